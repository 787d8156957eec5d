//! EC2, Lambda and ECS.

use serde_json::{Value, json};

use super::service::{EC2, ECS, LAMBDA};
use super::{Asked, At, Spec};

pub(super) fn describe_instances(instances: &[Box<str>]) -> Spec {
    let asked = Asked::anywhere("ec2:DescribeInstances", None);
    let parameters = json!({"instancesSet": set(instances), "filterSet": {}});
    Spec::read(&EC2, "DescribeInstances", vec![asked], parameters)
}

pub(super) fn terminate(instances: &[Box<str>], is_dry: bool, at: At<'_>) -> Spec {
    let each = |id: &str| Asked::on("ec2:TerminateInstances", arn("instance", id, at));
    let asked = instances.iter().map(AsRef::as_ref).map(each).collect();
    let state = |id: &str| {
        json!({"instanceId": id, "currentState": {"code": 32, "name": "shutting-down"},
            "previousState": {"code": 16, "name": "running"}})
    };
    let changed: Vec<Value> = instances.iter().map(AsRef::as_ref).map(state).collect();
    let response = json!({"instancesSet": {"items": changed}});
    let parameters = json!({"instancesSet": set(instances)});
    Spec { is_dry, ..Spec::write(&EC2, "TerminateInstances", asked, parameters, response) }
}

pub(super) fn run(image: &str, subnet: &str, group: &str, at: At<'_>) -> Spec {
    let asked = [
        format!("arn:aws:ec2:{}::image/{image}", at.region),
        arn("instance", "*", at),
        arn("volume", "*", at),
        arn("network-interface", "*", at),
        arn("security-group", group, at),
        arn("subnet", subnet, at),
    ]
    .map(|arn| Asked::on("ec2:RunInstances", arn));
    let parameters = json!({
        "instancesSet": {"items": [{"imageId": image, "minCount": 1, "maxCount": 1}]},
        "groupSet": {"items": [{"groupId": group}]}, "instanceType": "t3.micro", "blockDeviceMapping": {},
        "monitoring": {"enabled": false}, "subnetId": subnet, "disableApiTermination": false, "disableApiStop": false
    });
    let instances = json!({"items": [{"imageId": image}]});
    let response = json!({"ownerId": at.account, "groupSet": {}, "instancesSet": instances});
    Spec::write(&EC2, "RunInstances", asked.into(), parameters, response)
}

pub(super) fn list_functions() -> Spec {
    let asked = Asked::anywhere("lambda:ListFunctions", Some("*"));
    Spec::read(&LAMBDA, "ListFunctions20150331", vec![asked], Value::Null)
}

pub(super) fn function(function: &str, at: At<'_>) -> Spec {
    let arn = format!("arn:aws:lambda:{}:{}:function:{function}", at.region, at.account);
    let asked = vec![Asked::on("lambda:GetFunction", arn)];
    Spec::read(&LAMBDA, "GetFunction20150331v2", asked, json!({"functionName": function}))
}

pub(super) fn list_clusters() -> Spec {
    let asked = Asked::anywhere("ecs:ListClusters", Some("*"));
    Spec::read(&ECS, "ListClusters", vec![asked], json!({"maxResults": 100}))
}

fn arn(kind: &str, id: &str, at: At<'_>) -> String {
    format!("arn:aws:ec2:{}:{}:{kind}/{id}", at.region, at.account)
}

/// Instances as EC2 lists them in a record: an empty object for none.
fn set(instances: &[Box<str>]) -> Value {
    if instances.is_empty() {
        return json!({});
    }
    let items: Vec<Value> = instances.iter().map(|id| json!({"instanceId": id})).collect();
    json!({"items": items})
}
