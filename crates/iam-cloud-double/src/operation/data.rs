//! S3, Secrets Manager, KMS, DynamoDB and RDS.

use serde_json::{Value, json};

use super::service::{DYNAMODB, KMS, RDS, S3, SECRETS_MANAGER};
use super::{Asked, At, Spec};

pub(super) fn list_buckets(at: At<'_>) -> Spec {
    let asked = Asked::anywhere("s3:ListAllMyBuckets", None);
    Spec::read(&S3, "ListBuckets", vec![asked], json!({"Host": format!("s3.{}.amazonaws.com", at.region)}))
}

pub(super) fn get_object(bucket: &str, key: &str, at: At<'_>) -> Spec {
    let (asked, parameters, resources) = object("s3:GetObject", bucket, key, at);
    Spec::read(&S3, "GetObject", asked, parameters).data().naming(resources)
}

pub(super) fn put_object(bucket: &str, key: &str, at: At<'_>) -> Spec {
    let (asked, parameters, resources) = object("s3:PutObject", bucket, key, at);
    let response = json!({"x-amz-server-side-encryption": "AES256"});
    Spec::write(&S3, "PutObject", asked, parameters, response).data().naming(resources)
}

pub(super) fn bucket_policy(bucket: &str, at: At<'_>) -> Spec {
    let arn = format!("arn:aws:s3:::{bucket}");
    let parameters = json!({"Host": host(bucket, at.region), "bucketName": bucket, "policy": ""});
    let resources = vec![resource("AWS::S3::Bucket", &arn, at.owner.unwrap_or(at.account))];
    let asked = vec![s3("s3:GetBucketPolicy", arn, at)];
    Spec::read(&S3, "GetBucketPolicy", asked, parameters).naming(resources)
}

pub(super) fn secret(secret: &str) -> Spec {
    let asked = Asked::on("secretsmanager:GetSecretValue", secret.to_owned());
    Spec::read(&SECRETS_MANAGER, "GetSecretValue", vec![asked], json!({"secretId": secret}))
}

pub(super) fn list_secrets() -> Spec {
    let asked = Asked::anywhere("secretsmanager:ListSecrets", None);
    Spec::read(&SECRETS_MANAGER, "ListSecrets", vec![asked], json!({"maxResults": 100}))
}

pub(super) fn decrypt(key: &str, at: At<'_>) -> Spec {
    let arn = format!("arn:aws:kms:{}:{}:key/{key}", at.region, at.account);
    let parameters = json!({"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": arn});
    let resources = vec![resource("AWS::KMS::Key", &arn, at.account)];
    Spec::read(&KMS, "Decrypt", vec![Asked::on("kms:Decrypt", arn)], parameters).naming(resources)
}

pub(super) fn item(table: &str, at: At<'_>) -> Spec {
    let key = json!({"id": "HIDDEN_DUE_TO_SECURITY_REASONS"});
    let parameters = json!({"tableName": table, "key": key, "consistentRead": false});
    items("GetItem", "dynamodb:GetItem", table, at, parameters)
}

pub(super) fn scan(table: &str, at: At<'_>) -> Spec {
    items("Scan", "dynamodb:Scan", table, at, json!({"tableName": table, "limit": 25}))
}

pub(super) fn databases(instance: Option<&str>, at: At<'_>) -> Spec {
    let arn = format!("arn:aws:rds:{}:{}:db:{}", at.region, at.account, instance.unwrap_or("*"));
    let parameters = instance.map_or(Value::Null, |id| json!({"dBInstanceIdentifier": id}));
    Spec::read(&RDS, "DescribeDBInstances", vec![Asked::on("rds:DescribeDBInstances", arn)], parameters)
}

fn object(action: &'static str, bucket: &str, key: &str, at: At<'_>) -> (Vec<Asked>, Value, Vec<Value>) {
    let arn = format!("arn:aws:s3:::{bucket}/{key}");
    let parameters = json!({"bucketName": bucket, "Host": host(bucket, at.region), "key": key});
    let bucket_arn = format!("arn:aws:s3:::{bucket}");
    let resources = vec![
        json!({"type": "AWS::S3::Object", "ARN": arn}),
        resource("AWS::S3::Bucket", &bucket_arn, at.owner.unwrap_or(at.account)),
    ];
    (vec![s3(action, arn, at)], parameters, resources)
}

/// A request on a bucket or an object. Messages of S3 have the ARN in quotation marks.
fn s3(action: &'static str, arn: String, at: At<'_>) -> Asked {
    Asked { action, shown: Some(format!("\"{arn}\"")), resource: arn, owner: at.owner.map(Into::into) }
}

fn items(name: &'static str, action: &'static str, table: &str, at: At<'_>, parameters: Value) -> Spec {
    let arn = format!("arn:aws:dynamodb:{}:{}:table/{table}", at.region, at.account);
    let resources = vec![resource("AWS::DynamoDB::Table", &arn, at.account)];
    Spec::read(&DYNAMODB, name, vec![Asked::on(action, arn)], parameters).data().naming(resources)
}

fn host(bucket: &str, region: &str) -> String {
    format!("{bucket}.s3.{region}.amazonaws.com")
}

fn resource(kind: &str, arn: &str, account: &str) -> Value {
    json!({"accountId": account, "type": kind, "ARN": arn})
}
