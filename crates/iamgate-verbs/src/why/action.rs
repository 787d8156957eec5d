//! The action that a message is about, as the catalogue writes it.

use std::borrow::Cow;
use std::sync::LazyLock;

use iam_denial::{Denial, Form};
use iamgate::iam_catalog::{Catalog, Operations, Service};

/// The operations of the APIs, read once for all messages of a text.
static OPERATIONS: LazyLock<Option<Operations<'static>>> = LazyLock::new(|| Operations::embedded().ok());

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
    let operations = OPERATIONS.as_ref()?;
    let operation = denial.operation.as_ref()?.value.as_str();
    let service = match (&denial.service, &denial.resource) {
        (Some(service), _) => source_of(&service.value, catalog, operations),
        (None, Some(resource)) => {
            Cow::Borrowed(iamgate::iam_policy::ArnFields::split(resource.arn()?)?.service)
        }
        (None, None) => Cow::Borrowed(only_service(operation, catalog, operations)?),
    };
    let needed = operations.resolve(catalog, &service, operation).ok()?.needed;
    needed.only_action().map(|own| own.to_string())
}

/// An event's source such as `s3.amazonaws.com` as it is, and a name such as `Secrets Manager` as CloudTrail would write it.
fn source_of<'n>(name: &'n str, catalog: &Catalog<'_>, operations: &Operations<'_>) -> Cow<'n, str> {
    if catalog.service(operations.prefix_of_source(name)).is_some() {
        return Cow::Borrowed(name);
    }
    let plain: String = name.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    Cow::Owned(plain.to_ascii_lowercase())
}

/// The only service with an operation of this name, be it an action or not. Those of S3 count as one: their actions have the same names.
///
/// A message that names no service is taken for one of S3, which says `Access Denied` alone, if the table has the operation with actions of S3.
fn only_service<'t>(operation: &str, catalog: &Catalog<'t>, operations: &Operations<'t>) -> Option<&'t str> {
    let of_s3 = operations.actions_of("s3", operation).and_then(|needed| needed.actions().next());
    if of_s3.is_some_and(|action| action.service == "s3") {
        return Some("s3");
    }
    let of_catalog = catalog.services().filter(|service| service.action(operation).is_some());
    let of_table = operations.iter().filter(|(_, name, _)| name.eq_ignore_ascii_case(operation));
    let mut having: Vec<&'t str> = of_catalog.map(Service::prefix).collect();
    having.extend(of_table.map(|(prefix, ..)| prefix));
    having.sort_unstable();
    having.dedup();
    match having[..] {
        [only] => Some(only),
        [first, ..] if having.iter().all(|own| *own == "s3" || own.starts_with("s3-")) => {
            Some(first).filter(|own| *own == "s3")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(bare("ListParts").as_deref(), Some("s3:ListMultipartUploadParts"));
        assert_eq!(bare("PublishBatch").as_deref(), Some("sns:Publish"));
        for unsure in ["TagResource", "CreateSession", "CopyObject", "DeleteObjects", "GetCallerIdentity"] {
            assert_eq!(bare(unsure), None, "{unsure}");
        }
        assert_eq!(
            action("User: a is not authorized to perform: SNS:listtopics").as_deref(),
            Some("sns:ListTopics")
        );
    }
}
