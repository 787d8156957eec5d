//! S3, EC2, IAM, secrets and keys.

use super::assert_cases;

#[test]
fn s3() {
    let cases = [
        ("ListBuckets>s3:ListAllMyBuckets", "null", "none"),
        (
            "GetBucketPolicy",
            r#"{"bucketName":"b","policy":"","Host":"b.s3.amazonaws.com"}"#,
            "bucket arn:aws:s3:::b",
        ),
        ("GetObject", r#"{"bucketName":"b","key":"a/b c.txt"}"#, "object arn:aws:s3:::b/a/b c.txt"),
        ("GetObject", r#"{"bucketName":"b","key":"*"}"#, "object arn:aws:s3:::b/*"),
        ("GetObject", r#"{"bucketName":"b"}"#, "object arn:aws:s3:::b/{?}"),
        ("ListObjectsV2>s3:ListBucket", r#"{"bucketName":"b","prefix":"p/"}"#, "bucket arn:aws:s3:::b"),
        (
            "GetObject",
            r#"{"bucketName":"arn:aws:s3:us-east-1:111122223333:accesspoint/ap","key":"k"}"#,
            "accesspointobject arn:aws:s3:$E:accesspoint/ap/object/k",
        ),
        (
            "ListObjects>s3:ListBucket",
            r#"{"bucketName":"arn:aws:s3:us-east-1:111122223333:accesspoint/ap"}"#,
            "accesspoint arn:aws:s3:$E:accesspoint/ap",
        ),
        ("GetObject", r#"{"bucketName":"ap-x1-s3alias","key":"k"}"#, "unknown alias"),
        ("PutBucketPolicy", r#"{"bucketName":"***"}"#, "unknown redacted"),
        (
            "CopyObject>s3:PutObject",
            r#"{"bucketName":"b","key":"k","x-amz-copy-source":"c/l"}"#,
            "object arn:aws:s3:::b/k",
        ),
        (
            "CopyObject>s3:GetObject",
            r#"{"bucketName":"b","key":"k","x-amz-copy-source":"/c/l%20m?versionId=1"}"#,
            "object arn:aws:s3:::c/l m",
        ),
        ("CopyObject>s3:GetObject", r#"{"bucketName":"b","key":"k"}"#, "unknown missing"),
        ("DeleteObjects>s3:DeleteObject", r#"{"bucketName":"b","delete":""}"#, "object arn:aws:s3:::b/{?}"),
        (
            "DeleteObjects>s3:DeleteObject",
            r#"{"bucketName":"b","delete":{"objects":[{"key":"x"},{"key":"y"}]}}"#,
            "object arn:aws:s3:::b/x; object arn:aws:s3:::b/y",
        ),
    ];
    assert_cases("s3", "s3", &cases);
}

#[test]
fn ec2() {
    let cases = [
        ("DescribeInstances", "{}", "none"),
        ("GetPasswordData", r#"{"instanceId":"i-1"}"#, "instance arn:aws:ec2:$E:instance/i-1"),
        (
            "TerminateInstances",
            r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#,
            "instance arn:aws:ec2:$E:instance/i-1; instance arn:aws:ec2:$E:instance/i-2",
        ),
        ("DescribeVpcAttribute", r#"{"vpcId":"vpc-1"}"#, "vpc arn:aws:ec2:$E:vpc/vpc-1"),
        (
            "ModifySnapshotAttribute",
            r#"{"snapshotId":"snap-1","attributeType":"X"}"#,
            "snapshot arn:aws:ec2:us-east-1::snapshot/snap-1",
        ),
        (
            "AttachVolume",
            r#"{"volumeId":"vol-1","instanceId":"i-1"}"#,
            "instance arn:aws:ec2:$E:instance/i-1; volume arn:aws:ec2:$E:volume/vol-1",
        ),
        ("CreateVpc", r#"{"cidrBlock":"10.0.0.0/16"}"#, "vpc arn:aws:ec2:$E:vpc/*"),
        (
            "CreateSubnet",
            r#"{"vpcId":"vpc-1","cidrBlock":"10.0.0.0/24"}"#,
            "subnet arn:aws:ec2:$E:subnet/*; vpc arn:aws:ec2:$E:vpc/vpc-1",
        ),
        (
            "CreateTags",
            r#"{"resourcesSet":{"items":[{"resourceId":"ami-1"},{"resourceId":"i-1"}]},"tagSet":{}}"#,
            "image arn:aws:ec2:us-east-1::image/ami-1; instance arn:aws:ec2:$E:instance/i-1",
        ),
        (
            "CreateTags",
            r#"{"resourcesSet":{"items":[{"resourceId":"i-1"},{"resourceId":"zz-1"}]},"tagSet":{}}"#,
            "instance arn:aws:ec2:$E:instance/i-1; ? any",
        ),
        (
            "AssociateRouteTable",
            r#"{"routeTableId":"rtb-1","gatewayId":"igw-1"}"#,
            "internet-gateway arn:aws:ec2:$E:internet-gateway/igw-1; route-table arn:aws:ec2:$E:route-table/rtb-1",
        ),
        ("DisassociateRouteTable", r#"{"associationId":"rtbassoc-1"}"#, "unknown missing"),
        (
            "DeleteNatGateway",
            r#"{"DeleteNatGatewayRequest":{"NatGatewayId":"nat-1"}}"#,
            "natgateway arn:aws:ec2:$E:natgateway/nat-1",
        ),
        (
            "DeleteFlowLogs",
            r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-1"}}}"#,
            "vpc-flow-log arn:aws:ec2:$E:vpc-flow-log/fl-1",
        ),
        ("DeleteSecurityGroup", r#"{"groupId":"sg-1"}"#, "security-group arn:aws:ec2:$E:security-group/sg-1"),
        ("DeleteSecurityGroup", r#"{"groupName":"web"}"#, "unknown missing"),
        (
            "RunInstances",
            r#"{"instancesSet":{"items":[{"imageId":"ami-1","minCount":1}]},"subnetId":"subnet-1","groupSet":{"items":[{"groupId":"sg-1"}]}}"#,
            "image arn:aws:ec2:us-east-1::image/ami-1; instance arn:aws:ec2:$E:instance/*; network-interface arn:aws:ec2:$E:network-interface/*; security-group arn:aws:ec2:$E:security-group/sg-1; subnet arn:aws:ec2:$E:subnet/subnet-1; volume arn:aws:ec2:$E:volume/*",
        ),
    ];
    assert_cases("ec2", "ec2", &cases);
}

#[test]
fn iam() {
    let cases = [
        ("ListRoles", "null", "none"),
        ("GetUser", "null", "user arn:aws:iam::$A:user/dev/ann"),
        ("GetUser", r#"{"userName":"bob"}"#, "user arn:aws:iam::$A:user/{?}bob"),
        ("GetRole", r#"{"roleName":"r"}"#, "role arn:aws:iam::$A:role/{?}r"),
        ("CreateRole", r#"{"roleName":"r","path":"/a/b/"}"#, "role arn:aws:iam::$A:role/a/b/r"),
        ("CreateUser", r#"{"userName":"u"}"#, "user arn:aws:iam::$A:user/u"),
        (
            "DeletePolicy",
            r#"{"policyArn":"arn:aws:iam::111122223333:policy/p"}"#,
            "policy arn:aws:iam::$A:policy/p",
        ),
        (
            "AttachRolePolicy",
            r#"{"roleName":"r","policyArn":"arn:aws:iam::aws:policy/P"}"#,
            "role arn:aws:iam::$A:role/{?}r",
        ),
        ("DeletePolicy", r#"{"policyArn":"p"}"#, "unknown form"),
        (
            "CreateInstanceProfile",
            r#"{"instanceProfileName":"i","path":"/"}"#,
            "instance-profile arn:aws:iam::$A:instance-profile/i",
        ),
        (
            "CreateServiceLinkedRole",
            r#"{"aWSServiceName":"autoscaling.amazonaws.com"}"#,
            "role arn:aws:iam::$A:role/aws-service-role/autoscaling.amazonaws.com/{?}",
        ),
        (
            "SimulatePrincipalPolicy",
            r#"{"policySourceArn":"arn:aws:iam::111122223333:group/g","actionNames":["s3:GetObject"]}"#,
            "group arn:aws:iam::$A:group/g",
        ),
    ];
    assert_cases("iam", "iam", &cases);
    let pass = [
        (
            "CreateFunction20150331>iam:PassRole",
            r#"{"functionName":"f","role":"arn:aws:iam::111122223333:role/x/r"}"#,
            "role arn:aws:iam::$A:role/x/r",
        ),
        ("CreateFunction20150331>iam:PassRole", r#"{"functionName":"f"}"#, "unknown missing"),
        ("TagResource>iam:PassRole", r#"{"resource":"x"}"#, "unknown no_rule"),
    ];
    assert_cases("lambda", "lambda", &pass);
}

#[test]
fn secrets_and_keys() {
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-Ab12Cd";
    let cases = [
        ("GetSecretValue", format!(r#"{{"secretId":"{secret}"}}"#), format!("Secret {secret}")),
        (
            "GetSecretValue",
            r#"{"secretId":"a/s"}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:a/s-{?}".to_owned(),
        ),
        (
            "DescribeSecret",
            r#"{"secretId":"arn:aws:secretsmanager:us-east-1:111122223333:secret:s"}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:s-{?}".to_owned(),
        ),
        (
            "CreateSecret",
            r#"{"name":"s"}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:s{?}".to_owned(),
        ),
        (
            "GetSecretValue",
            r#"{"secretId":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#.to_owned(),
            "unknown redacted".to_owned(),
        ),
        ("GetSecretValue", r#"{"secretId":"arn:aws:s3:::b"}"#.to_owned(), "unknown form".to_owned()),
        (
            "GetSecretValue",
            r#"{"secretId":["a","b"]}"#.to_owned(),
            "Secret arn:aws:secretsmanager:$E:secret:a-{?}; Secret arn:aws:secretsmanager:$E:secret:b-{?}"
                .to_owned(),
        ),
        ("GetSecretValue", r#"{"secretId":{"x":1}}"#.to_owned(), "unknown form".to_owned()),
    ];
    let cases: Vec<(&str, &str, &str)> = cases.iter().map(|(a, b, c)| (*a, b.as_str(), c.as_str())).collect();
    assert_cases("secretsmanager", "secretsmanager", &cases);
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let keys = [
        ("DescribeKey", format!(r#"{{"keyId":"{id}"}}"#), format!("key arn:aws:kms:$E:key/{id}")),
        (
            "Encrypt",
            format!(r#"{{"keyId":"arn:aws:kms:eu-west-1:444455556666:key/{id}"}}"#),
            format!("key arn:aws:kms:eu-west-1:444455556666:key/{id}"),
        ),
        ("Encrypt", r#"{"keyId":"alias/a"}"#.to_owned(), "unknown alias".to_owned()),
        (
            "Encrypt",
            r#"{"keyId":"arn:aws:kms:us-east-1:111122223333:alias/a"}"#.to_owned(),
            "unknown alias".to_owned(),
        ),
        (
            "Decrypt",
            r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#.to_owned(),
            "unknown missing".to_owned(),
        ),
        (
            "ReEncrypt>kms:ReEncryptTo",
            format!(r#"{{"destinationKeyId":"{id}"}}"#),
            format!("key arn:aws:kms:$E:key/{id}"),
        ),
        (
            "ReEncrypt>kms:ReEncryptFrom",
            format!(r#"{{"destinationKeyId":"{id}"}}"#),
            "unknown missing".to_owned(),
        ),
        (
            "CreateAlias",
            format!(r#"{{"aliasName":"alias/a","targetKeyId":"{id}"}}"#),
            format!("alias arn:aws:kms:$E:alias/a; key arn:aws:kms:$E:key/{id}"),
        ),
    ];
    let keys: Vec<(&str, &str, &str)> = keys.iter().map(|(a, b, c)| (*a, b.as_str(), c.as_str())).collect();
    assert_cases("kms", "kms", &keys);
}
