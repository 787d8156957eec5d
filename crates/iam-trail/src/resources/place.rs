//! Partition, Region and account of an ARN that a request names only by its name.

use crate::event::Event;

/// Partition, Region and account where a request looks for what it names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'e> {
    pub(super) partition: &'e str,
    pub(super) region: Option<&'e str>,
    /// `None` if the caller's account and the trail's differ, or neither is known.
    pub(super) account: Option<&'e str>,
}

/// The beginnings of the names of Regions outside the partition `aws`.
///
/// # Source
/// AWS General Reference, "Amazon Resource Names (ARNs)"; botocore's `partitions.json`.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
];

impl<'e> Place<'e> {
    pub(super) fn of(event: &'e Event<'e>) -> Self {
        let full = |text: &'e crate::event::Text<'_>| Some(text.as_str()).filter(|text| !text.is_empty());
        let who = event.user_identity.as_ref();
        let region = event.aws_region.as_ref().and_then(full);
        let of_caller = who.and_then(|who| who.arn.as_ref()).and_then(|arn| arn.as_str().split(':').nth(1));
        let of_region = || {
            let begins = |(head, _): &&(&str, &'static str)| region.is_some_and(|own| own.starts_with(head));
            PARTITIONS.iter().find(begins).map_or("aws", |(_, own)| *own)
        };
        let partition = of_caller.filter(|own| own.starts_with("aws")).unwrap_or_else(of_region);
        let caller = who.and_then(|who| who.account_id.as_ref()).and_then(full);
        let recipient = event.recipient_account_id.as_ref().and_then(full);
        let account = match (caller, recipient) {
            (Some(caller), Some(recipient)) => (caller == recipient).then_some(caller),
            (one, other) => one.or(other),
        };
        Self { partition, region, account }
    }
}
