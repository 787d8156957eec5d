//! IAM, CloudWatch, Logs, Support, Service Quotas and CloudFormation.

use serde_json::{Value, json};

use super::service::{CLOUDFORMATION, CLOUDWATCH, IAM, LOGS, SERVICE_QUOTAS, SUPPORT};
use super::{Asked, At, Spec};

pub(super) fn list_roles(at: At<'_>) -> Spec {
    let asked = Asked::anywhere("iam:ListRoles", Some(&format!("arn:aws:iam::{}:role/", at.account)));
    Spec::read(&IAM, "ListRoles", vec![asked], Value::Null)
}

pub(super) fn role(role: &str, at: At<'_>) -> Spec {
    // Messages name a role that the account has by its ARN, and another one by its name.
    let (arn, shown) = at.role.map_or_else(
        || (format!("arn:aws:iam::{}:role/{role}", at.account), format!("role {role}")),
        |arn| (arn.to_owned(), arn.to_owned()),
    );
    let asked = Asked { shown: Some(shown), ..Asked::on("iam:GetRole", arn) };
    Spec::read(&IAM, "GetRole", vec![asked], json!({"roleName": role}))
}

pub(super) fn create_user(user: &str, at: At<'_>) -> Spec {
    let arn = format!("arn:aws:iam::{}:user/{user}", at.account);
    let response = json!({"user": {"path": "/", "userName": user, "arn": arn}});
    Spec::write(
        &IAM,
        "CreateUser",
        vec![Asked::on("iam:CreateUser", arn)],
        json!({"userName": user}),
        response,
    )
}

pub(super) fn metrics() -> Spec {
    let asked = Asked::anywhere("cloudwatch:GetMetricData", None);
    let metric = json!({"namespace": "AWS/EC2", "metricName": "CPUUtilization"});
    let statistic = json!({"metric": metric, "period": 300, "stat": "Average"});
    let query = json!({"id": "m1", "returnData": true, "metricStat": statistic});
    let parameters = json!({"metricDataQueries": [query], "scanBy": "TimestampDescending"});
    Spec::read(&CLOUDWATCH, "GetMetricData", vec![asked], parameters).data()
}

pub(super) fn log_events(group: &str, at: At<'_>) -> Spec {
    let arn = format!("arn:aws:logs:{}:{}:log-group:{group}:log-stream:", at.region, at.account);
    let asked = vec![Asked::on("logs:FilterLogEvents", arn)];
    Spec::read(&LOGS, "FilterLogEvents", asked, json!({"logGroupName": group, "limit": 100}))
}

pub(super) fn create_case(at: At<'_>) -> Spec {
    let asked = Asked::anywhere("support:CreateCase", None);
    let parameters = json!({"severityCode": "low", "categoryCode": "other", "language": "en", "serviceCode": "support-api",
        "issueType": "technical"});
    let response = json!({"caseId": format!("case-{}-muen-2026-c3f2077e504940f2", at.account)});
    Spec::write(&SUPPORT, "CreateCase", vec![asked], parameters, response)
}

pub(super) fn cases() -> Spec {
    let asked = Asked::anywhere("support:DescribeCases", None);
    let parameters = json!({"includeResolvedCases": false, "includeCommunications": false});
    Spec::read(&SUPPORT, "DescribeCases", vec![asked], parameters)
}

pub(super) fn quota(service: &str, quota: &str, at: At<'_>) -> Spec {
    let arn = format!("arn:aws:servicequotas:{}:{}:{service}/{quota}", at.region, at.account);
    let parameters = json!({"serviceCode": service, "quotaCode": quota, "desiredValue": 64});
    let requested = json!({"serviceCode": service, "quotaCode": quota, "status": "PENDING"});
    let asked = vec![Asked::on("servicequotas:RequestServiceQuotaIncrease", arn)];
    let response = json!({"requestedQuota": requested});
    Spec::write(&SERVICE_QUOTAS, "RequestServiceQuotaIncrease", asked, parameters, response)
}

pub(super) fn stacks(name: Option<&str>, at: At<'_>) -> Spec {
    let name_or_star = name.unwrap_or("*");
    let arn = format!("arn:aws:cloudformation:{}:{}:stack/{name_or_star}/*", at.region, at.account);
    let parameters = name.map_or(Value::Null, |name| json!({"stackName": name}));
    let asked = vec![Asked::on("cloudformation:DescribeStacks", arn)];
    Spec::read(&CLOUDFORMATION, "DescribeStacks", asked, parameters)
}
