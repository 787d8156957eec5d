//! Which resource type an ARN is of.

use iam_catalog::{ResourceType, is_of_form};

/// Whether an ARN has a form of the catalogue. Where a placeholder is all that names the resource (a bucket, a topic, a queue), it has neither a
/// slash nor a colon: a key of an object is not a bucket.
pub(super) fn fits(arn: &str, form: &str) -> bool {
    is_of_form(arn, form) && !(is_bare(form) && name_of(arn).contains([':', '/']))
}

/// What is behind the fifth colon.
fn name_of(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or_default()
}

/// Whether one placeholder is all that names the resource.
fn is_bare(form: &str) -> bool {
    let inner = name_of(form).strip_prefix("${").and_then(|own| own.strip_suffix('}'));
    inner.is_some_and(|own| !own.contains('}'))
}

/// How much of a form is not a placeholder, in bytes: of two forms that an ARN has, the one with more says more.
pub(super) fn literals(form: &str) -> usize {
    form.split("${")
        .enumerate()
        .map(|(at, piece)| if at == 0 { piece } else { piece.split_once('}').map_or("", |(_, rest)| rest) })
        .map(str::len)
        .fold(0, usize::saturating_add)
}

/// The form of a type that an ARN has, as its [`literals`]. `None` if it has none.
pub(super) fn fit_of(arn: &str, kind: ResourceType<'_, '_>) -> Option<usize> {
    kind.arns().filter(|form| fits(arn, form)).map(literals).max()
}

#[cfg(test)]
mod tests {
    use super::{fits, literals};

    #[test]
    fn a_key_is_no_bucket() {
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        assert!(fits("arn:aws:s3:::b", bucket) && !fits("arn:aws:s3:::b/k", bucket));
        assert!(fits("arn:aws:s3:::b/k", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"));
        assert!(!fits("arn:aws:sns:r:1:t:u", "arn:${Partition}:sns:${Region}:${Account}:${TopicName}"));
        assert_eq!((literals(bucket), literals("a/${B}c")), (10, 3));
    }
}
