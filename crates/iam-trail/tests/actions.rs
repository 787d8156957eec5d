//! The actions behind events, as AWS's pages say.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use iam_catalog::DecidedBy;
use iam_trail::{ActionMapping, Authorization, Event, NoDecision, UnknownReason};

/// What an event asks for: groups with a space between them, those that may be needed with `?`, alternatives with `|` if any is enough and `/` if
/// not. Or else the reason.
fn told(mapping: &ActionMapping<'_>, json: &str) -> String {
    let event = Event::read(json).unwrap();
    let authorization = mapping.authorization(&event);
    let (mark, asked) = match &authorization {
        Authorization::Policies(asked) => ("", asked),
        Authorization::TrustPolicy(asked) => ("trust ", asked),
        Authorization::NoDecision(NoDecision::NoPermissionNeeded(source)) => {
            assert!(!source.is_empty());
            return "none needed".to_owned();
        }
        Authorization::NoDecision(reason) => return format!("{reason:?}"),
        Authorization::Unknown(own) => return format!("unknown {:?}", own.reason),
    };
    assert!(matches!(asked.resolved().needed.decided_by(), DecidedBy::Policies | DecidedBy::TrustPolicy));
    let groups = asked.groups().map(|group| {
        let actions: Vec<String> = group.actions().map(|action| action.to_string()).collect();
        let joint = if group.is_any_enough { "|" } else { "/" };
        format!("{}{}", if group.is_certain { "" } else { "?" }, actions.join(joint))
    });
    format!("{mark}{}", groups.collect::<Vec<_>>().join(" "))
}

/// Asserts what calls ask for: lines with source, name, parameters and the outcome, with ` ; ` between them.
fn assert_calls(lines: &str) {
    let mapping = ActionMapping::embedded().unwrap();
    for line in lines.lines() {
        let [source, name, parameters, wanted] = line.split(" ; ").collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let json = format!(
            r#"{{"eventType": "AwsApiCall", "eventSource": "{source}.amazonaws.com", "eventName": "{name}", "requestParameters": {parameters}}}"#
        );
        assert_eq!(told(&mapping, &json), wanted, "{line}");
    }
}

/// Amazon S3 User Guide, "Required permissions for Amazon S3 API operations"; the operations' pages in the Amazon S3 API Reference.
#[test]
fn operations_of_s3() {
    assert_calls(
        r#"s3 ; GetObject ; {"bucketName": "b", "key": "k"} ; s3:GetObject
s3 ; GetObject ; {"bucketName": "b", "key": "k", "versionId": "v"} ; s3:GetObjectVersion
s3 ; GetObject ; null ; s3:GetObject/s3:GetObjectVersion
s3 ; HeadObject ; {"bucketName": "b"} ; s3:GetObject
s3 ; HeadBucket ; {"bucketName": "b"} ; s3:ListBucket
s3 ; ListObjects ; {"bucketName": "b", "list-type": "2"} ; s3:ListBucket
s3 ; ListBuckets ; null ; s3:ListAllMyBuckets
s3 ; ListObjectVersions ; null ; s3:ListBucketVersions
s3 ; ListParts ; null ; s3:ListMultipartUploadParts
s3 ; ListMultipartUploads ; null ; s3:ListBucketMultipartUploads
s3 ; UploadPart ; null ; s3:PutObject
s3 ; CompleteMultipartUpload ; null ; s3:PutObject
s3 ; AbortMultipartUpload ; null ; s3:AbortMultipartUpload
s3 ; PutObject ; {"bucketName": "b", "key": "k"} ; s3:PutObject
s3 ; PutObject ; {"key": "k", "x-amz-tagging": "a=b", "x-amz-acl": "public-read"} ; s3:PutObject ?s3:PutObjectAcl s3:PutObjectTagging
s3 ; PutObject ; null ; s3:PutObject ?s3:PutObjectAcl ?s3:PutObjectTagging ?s3:PutObjectRetention ?s3:PutObjectLegalHold
s3 ; CopyObject ; {"key": "k", "x-amz-copy-source": "b/k"} ; s3:GetObject/s3:GetObjectVersion s3:PutObject ?s3:GetObjectTagging ?s3:PutObjectTagging
s3 ; DeleteObject ; {"key": "k"} ; s3:DeleteObject
s3 ; DeleteObject ; {"key": "k", "versionId": "v"} ; s3:DeleteObjectVersion
s3 ; DeleteObjects ; {"delete": ""} ; s3:DeleteObject/s3:DeleteObjectVersion
s3 ; GetBucketEncryption ; null ; s3:GetEncryptionConfiguration
s3 ; DeleteBucketEncryption ; null ; s3:PutEncryptionConfiguration
s3 ; PutBucketLifecycle ; null ; s3:PutLifecycleConfiguration
s3 ; DeleteBucketLifecycle ; null ; s3:PutLifecycleConfiguration
s3 ; PutBucketReplication ; null ; s3:PutReplicationConfiguration iam:PassRole
s3 ; DeleteBucketPublicAccessBlock ; null ; s3:PutBucketPublicAccessBlock
s3 ; GetBucketLocation ; null ; s3:GetBucketLocation
s3 ; CreateBucket ; {"bucketName": "b", "x-amz-object-ownership": "ObjectWriter"} ; s3:CreateBucket s3:PutBucketOwnershipControls
s3 ; CreateAccessPoint ; {"name": "p"} ; s3:CreateAccessPoint
s3 ; SelectObjectContent ; null ; s3:GetObject
s3-outposts ; HeadBucket ; null ; s3-outposts:ListBucket
s3-outposts ; CreateAccessPoint ; null ; s3-outposts:CreateAccessPoint
s3-object-lambda ; HeadObject ; {"key": "k"} ; s3-object-lambda:GetObject
s3-object-lambda ; WriteGetObjectResponse ; null ; s3-object-lambda:WriteGetObjectResponse
s3express ; GetObject ; {"key": "k"} ; s3express:CreateSession
s3express ; ListDirectoryBuckets ; null ; s3express:ListAllMyDirectoryBuckets"#,
    );
}

/// Service Authorization Reference and the API references of the services; for API Gateway, the HTTP methods of the operations.
#[test]
fn operations_of_other_services() {
    assert_calls(
        r#"ec2 ; DescribeInstances ; null ; ec2:DescribeInstances
ec2 ; CreateVpc ; null ; ec2:CreateVpc ?ec2:CreateTags
logs ; CreateLogGroup ; {"tags": {"a": "b"}} ; logs:CreateLogGroup logs:TagResource|logs:TagLogGroup
ec2 ; CreateVpc ; {"tagSpecificationSet": {"items": [{"resourceType": "vpc"}]}} ; ec2:CreateVpc ec2:CreateTags
ec2 ; RunInstances ; {"iamInstanceProfile": {"name": "p"}} ; ec2:RunInstances iam:PassRole
ec2 ; RunInstances ; {"iamInstanceProfile": {}, "instanceType": "t3.nano"} ; ec2:RunInstances
ec2 ; RunInstances ; {"launchTemplate": {"launchTemplateId": "lt-1"}} ; ec2:RunInstances ?iam:PassRole ?ec2:CreateTags
iam ; AddRoleToInstanceProfile ; {"roleName": "r"} ; iam:AddRoleToInstanceProfile iam:PassRole
iam ; CreateUser ; {"userName": "u", "tags": [{"key": "k"}]} ; iam:CreateUser iam:TagUser
lambda ; Invoke ; {"functionName": "f"} ; lambda:InvokeFunction
lambda ; CreateFunction20150331 ; {"role": "arn:aws:iam::1:role/r"} ; lambda:CreateFunction iam:PassRole
lambda ; UpdateFunctionCode20150331v2 ; {"functionName": "f"} ; lambda:UpdateFunctionCode
lambda ; TagResource20170331v2 ; {} ; lambda:TagResource
cloudfront ; CreateFunction2020_05_31 ; {} ; cloudfront:CreateFunction
kms ; ReEncrypt ; null ; kms:ReEncryptFrom kms:ReEncryptTo
kms ; GenerateDataKey ; null ; kms:GenerateDataKey
kms ; CreateKey ; {"policy": "", "tags": []} ; kms:CreateKey
dynamodb ; ExecuteStatement ; {"statement": "x"} ; dynamodb:PartiQLSelect/dynamodb:PartiQLInsert/dynamodb:PartiQLUpdate/dynamodb:PartiQLDelete
dynamodb ; TransactGetItems ; null ; dynamodb:GetItem
dynamodb ; GetItem ; null ; dynamodb:GetItem
sqs ; SendMessageBatch ; null ; sqs:SendMessage
sns ; PublishBatch ; null ; sns:Publish
bedrock ; Converse ; {"modelId": "m"} ; bedrock:InvokeModel ?bedrock:CallWithBearerToken
budgets ; DescribeBudgets ; null ; budgets:ViewBudget
glue ; GetColumnStatisticsForTable ; null ; glue:GetTable
cloudformation ; CreateStack ; {"roleARN": "arn:aws:iam::1:role/r"} ; cloudformation:CreateStack iam:PassRole
cloudformation ; CreateStack ; {"stackName": "s"} ; cloudformation:CreateStack
monitoring ; DeleteAlarms ; null ; cloudwatch:DeleteAlarms
tagging ; GetResources ; null ; tag:GetResources
cloudcontrolapi ; CreateResource ; null ; cloudformation:CreateResource
pinpoint ; GetApps ; null ; mobiletargeting:GetApps
autoscaling ; RegisterScalableTarget ; {} ; application-autoscaling:RegisterScalableTarget
autoscaling ; UpdateAutoScalingGroup ; {} ; autoscaling:UpdateAutoScalingGroup
apigateway ; GetRestApis ; null ; apigateway:GET
apigateway ; CreateApi ; null ; apigateway:POST
apigateway ; CreateRestApi ; {"name": "a"} ; apigateway:POST
apigateway ; CreateRestApi ; {"policy": "{}"} ; apigateway:POST apigateway:UpdateRestApiPolicy
apigateway ; UpdateStage ; null ; apigateway:PATCH
apigateway ; PutMethod ; null ; apigateway:PUT
apigateway ; DeleteRoute ; null ; apigateway:DELETE
apigateway ; FlushStageCache ; null ; apigateway:DELETE
apigateway ; TestInvokeMethod ; null ; apigateway:POST
apigateway ; ImportRestApi ; null ; apigateway:POST ?apigateway:UpdateRestApiPolicy
apigateway ; UntagResource ; null ; apigateway:DELETE/apigateway:PATCH"#,
    );
}

/// IAM User Guide, "Passing session tags" and "Monitor and control actions taken with assumed roles"; AWS STS API Reference; IAM User Guide, "Switch
/// to an IAM role (console)". The pages of Amazon Cognito's and IAM Identity Center's operations that need no credentials of AWS.
#[test]
fn sessions_and_operations_without_a_permission() {
    assert_calls(
        r#"sts ; AssumeRole ; {"roleArn": "r"} ; sts:AssumeRole
sts ; AssumeRole ; {"tags": [{"key": "k"}], "sourceIdentity": "i"} ; sts:AssumeRole sts:TagSession sts:SetSourceIdentity
sts ; AssumeRole ; null ; sts:AssumeRole ?sts:TagSession ?sts:SetSourceIdentity ?sts:SetContext
sts ; AssumeRoleWithWebIdentity ; {"principalTags": {"a": "b"}} ; trust sts:AssumeRoleWithWebIdentity sts:TagSession
sts ; AssumeRoleWithSAML ; {"roleArn": "r"} ; trust sts:AssumeRoleWithSAML
sts ; GetCallerIdentity ; null ; none needed
sts ; GetSessionToken ; null ; none needed
sts ; GetFederationToken ; {"name": "n"} ; sts:GetFederationToken
sts ; DecodeAuthorizationMessage ; null ; sts:DecodeAuthorizationMessage
cognito-idp ; InitiateAuth ; {} ; none needed
cognito-idp ; AdminInitiateAuth ; {} ; cognito-idp:AdminInitiateAuth
cognito-identity ; GetCredentialsForIdentity ; null ; none needed
sso ; GetRoleCredentials ; null ; none needed
sso ; CreateToken ; null ; none needed
signin ; SwitchRole ; null ; sts:AssumeRole"#,
    );
}

/// CloudTrail User Guide, "CloudTrail record contents", "AWS Management Console sign-in events", "Non-API events captured by CloudTrail".
#[test]
fn events_that_are_no_requests() {
    let mapping = ActionMapping::embedded().unwrap();
    let told = |json: &str| told(&mapping, json);
    for (members, wanted) in [
        (
            r#""eventType": "AwsServiceEvent", "eventSource": "kms.amazonaws.com", "eventName": "RotateKey""#,
            "ServiceEvent",
        ),
        (
            r#""eventType": "AwsConsoleSignIn", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin""#,
            "SignIn",
        ),
        (
            r#""eventType": "AwsConsoleSignIn", "eventSource": "signin.amazonaws.com", "eventName": "GetSigninToken""#,
            "SignIn",
        ),
        (
            r#""eventType": "AwsConsoleSignIn", "eventSource": "signin.amazonaws.com", "eventName": "SwitchRole""#,
            "sts:AssumeRole",
        ),
        (r#""eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin""#, "SignIn"),
        (
            r#""eventType": "AwsCloudTrailInsight", "eventCategory": "Insight", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances""#,
            "Insight",
        ),
        (
            r#""eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity", "eventSource": "s3.amazonaws.com", "eventName": "GetObject""#,
            "NetworkActivity",
        ),
        (
            r#""eventType": "AwsConsoleAction", "eventSource": "billingconsole.amazonaws.com", "eventName": "GetContactInformation""#,
            "unknown ConsoleInternal",
        ),
        (
            r#""eventType": "AwsApiCall", "eventSource": "s3.amazonaws.com", "eventName": "GetStorageLensDashboardDataInternal""#,
            "unknown ConsoleInternal",
        ),
        (
            r#""eventType": "ApiCall", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets""#,
            "unknown EventType",
        ),
        (r#""eventType": "AwsApiCall", "eventSource": "s3.amazonaws.com""#, "unknown NoName"),
        (r#""eventType": "AwsApiCall", "eventSource": "", "eventName": "ListBuckets""#, "unknown NoName"),
        (r#""eventSource": "s3.amazonaws.com", "eventName": "ListBuckets""#, "s3:ListAllMyBuckets"),
        (
            r#""eventType": "AwsApiCall", "eventSource": "unknown.amazonaws.com", "eventName": "UnknownAPI""#,
            "unknown Service",
        ),
        (
            r#""eventType": "AwsApiCall", "eventSource": "s3.amazonaws.com", "eventName": "ListObjekts""#,
            "unknown Operation",
        ),
    ] {
        assert_eq!(told(&format!("{{{members}}}")), wanted, "{members}");
    }
}

#[test]
fn unknown_names_have_near_ones() {
    let mapping = ActionMapping::embedded().unwrap();
    let near = |source: &str, name: &str| {
        let json =
            format!(r#"{{"eventType": "AwsApiCall", "eventSource": "{source}", "eventName": "{name}"}}"#);
        let event = Event::read(&json).unwrap();
        let Authorization::Unknown(unknown) = mapping.authorization(&event) else { panic!("{json}") };
        (unknown.reason, mapping.nearest(&unknown).into_iter().next())
    };
    assert_eq!(
        near("s3.amazonaws.com", "ListObjekts"),
        (UnknownReason::Operation, Some("s3:ListObjects".to_owned()))
    );
    assert_eq!(
        near("dynamodbb.amazonaws.com", "GetItem"),
        (UnknownReason::Service, Some("dynamodb".to_owned()))
    );
    assert_eq!(near("s3.amazonaws.com", "Nothing"), (UnknownReason::Operation, None));
}
