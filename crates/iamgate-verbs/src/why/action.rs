//! The action that a message is about, as the catalogue writes it.

use iam_denial::{Denial, Form};
use iamgate::iam_catalog::{Catalog, Service};

/// The services whose prefix differs from the source of their events.
///
/// Source: CloudTrail User Guide, "CloudTrail supported services and integrations", and Service Authorization Reference.
const SOURCES: &[(&str, &str)] = &[
    ("monitoring", "cloudwatch"),
    ("email", "ses"),
    ("application-insights", "applicationinsights"),
    ("streams.dynamodb", "dynamodb"),
    ("tagging", "tag"),
    ("config-multiaccountsetup", "config"),
];

/// Operations of S3, by the action that they ask for: where its name is another one, or where other services have the operation too.
///
/// Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
const OF_S3: &[(&str, &str)] = &[
    // Other services have operations of these names too. A message that names no service is taken for one of S3, which says `Access Denied` alone.
    ("GetObject", "GetObject"),
    ("PutObject", "PutObject"),
    ("DeleteObject", "DeleteObject"),
    ("HeadObject", "GetObject"),
    ("HeadBucket", "ListBucket"),
    ("ListBuckets", "ListAllMyBuckets"),
    ("ListObjects", "ListBucket"),
    ("ListObjectsV2", "ListBucket"),
    ("ListObjectVersions", "ListBucketVersions"),
    ("ListMultipartUploads", "ListBucketMultipartUploads"),
    ("ListParts", "ListMultipartUploadParts"),
    ("CreateMultipartUpload", "PutObject"),
    ("UploadPart", "PutObject"),
    ("CompleteMultipartUpload", "PutObject"),
    ("DeleteObjects", "DeleteObject"),
];

/// The action whose permission is missing. `None` if the message does not say it, and the operation does not tell it for sure.
///
/// An action that the catalogue does not have is returned as the message writes it.
pub(super) fn of(denial: &Denial, catalog: &Catalog<'_>) -> Option<String> {
    if denial.form == Form::CrossAccountPassRole {
        return Some("iam:PassRole".to_owned());
    }
    if let Some(action) = denial.missing.as_ref().or(denial.action.as_ref()) {
        let known = catalog.action(&action.value).map(|own| own.to_string());
        return Some(known.unwrap_or_else(|| action.value.clone()));
    }
    let operation = undated(&denial.operation.as_ref()?.value);
    let service = match (&denial.service, &denial.resource) {
        (Some(service), _) => service_of(&service.value, catalog)?,
        (None, Some(resource)) => {
            let arn = resource.arn()?;
            catalog.service(iamgate::iam_policy::ArnFields::split(arn)?.service)?
        }
        (None, None) => only_service(operation, catalog)?,
    };
    let is_s3 = service.prefix() == "s3";
    let renamed =
        OF_S3.iter().find(|(own, _)| is_s3 && *own == operation).map_or(operation, |(_, action)| action);
    service.action(renamed).map(|own| own.to_string())
}

/// The service of an event's source such as `s3.amazonaws.com`, or of a name such as `Secrets Manager`.
fn service_of<'c, 't>(name: &str, catalog: &'c Catalog<'t>) -> Option<Service<'c, 't>> {
    let source = name.split(".amazonaws.com").next().unwrap_or(name);
    let source = SOURCES.iter().find(|(own, _)| *own == source).map_or(source, |(_, prefix)| prefix);
    catalog.service(source).or_else(|| {
        let plain: String = source.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        catalog.service(&plain.to_ascii_lowercase())
    })
}

/// The only service with an operation of this name. Those of S3 count as one: their actions have the same names.
fn only_service<'c, 't>(operation: &str, catalog: &'c Catalog<'t>) -> Option<Service<'c, 't>> {
    if OF_S3.iter().any(|(own, _)| *own == operation) {
        return catalog.service("s3");
    }
    let mut having = catalog.services().filter(|service| service.action(operation).is_some());
    let first = having.next()?;
    let of_s3 = |service: &Service<'_, '_>| service.prefix() == "s3" || service.prefix().starts_with("s3-");
    let others: Vec<Service<'_, '_>> = having.collect();
    match (others.is_empty(), of_s3(&first) && others.iter().all(of_s3)) {
        (true, _) => Some(first),
        (false, true) => catalog.service("s3").filter(|own| own.action(operation).is_some()),
        (false, false) => None,
    }
}

/// An operation without the date that some services write behind it: `CreateFunction20150331v2`, `CreateFunction2020_05_31`.
fn undated(operation: &str) -> &str {
    let bare = operation
        .strip_suffix("v2")
        .filter(|own| own.ends_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(operation);
    let name = bare.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let digits = bare.bytes().skip(name.len()).filter(u8::is_ascii_digit).count();
    if digits == 8 { name } else { operation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_lose_their_dates() {
        for (operation, name) in [
            ("CreateFunction20150331", "CreateFunction"),
            ("GetFunctionConfiguration20150331v2", "GetFunctionConfiguration"),
            ("CreateFunction2020_05_31", "CreateFunction"),
            ("ListObjectsV2", "ListObjectsV2"),
            ("Get2020", "Get2020"),
        ] {
            assert_eq!(undated(operation), name);
        }
    }

    #[test]
    fn an_operation_tells_its_action_only_where_that_is_sure() {
        let catalog = Catalog::embedded().unwrap();
        let action = |text: &str| of(&iam_denial::read(text).remove(0), &catalog);
        let event = |source: &str, name: &str| {
            action(&format!(
                r#"{{"eventSource": "{source}", "eventName": "{name}", "errorCode": "AccessDenied"}}"#
            ))
        };
        assert_eq!(event("s3.amazonaws.com", "ListBuckets").as_deref(), Some("s3:ListAllMyBuckets"));
        assert_eq!(
            event("lambda.amazonaws.com", "GetFunction20150331v2").as_deref(),
            Some("lambda:GetFunction")
        );
        assert_eq!(
            event("monitoring.amazonaws.com", "PutMetricData").as_deref(),
            Some("cloudwatch:PutMetricData")
        );
        assert_eq!(event("s3.amazonaws.com", "NoSuchOperation"), None);
        let bare = |name: &str| {
            action(&format!(
                "An error occurred (AccessDenied) when calling the {name} operation: Access Denied"
            ))
        };
        assert_eq!(bare("HeadObject").as_deref(), Some("s3:GetObject"));
        assert_eq!(bare("GetObject").as_deref(), Some("s3:GetObject"));
        assert_eq!(bare("TagResource"), None);
        assert_eq!(
            action("User: a is not authorized to perform: SNS:listtopics").as_deref(),
            Some("sns:ListTopics")
        );
    }
}
