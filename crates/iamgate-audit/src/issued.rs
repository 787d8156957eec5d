//! The record of the call that opened a session, held against the plan of it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use iam_trail::{Event, Outcome};
use iamgate::iam_policy::value::Instant;
use serde::Deserialize;

use crate::planned::PlannedSession;

/// What the record of `AssumeRoleWithWebIdentity` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// The id of the event.
    pub event_id: Box<str>,
    /// When AWS answered.
    pub time: Option<Instant>,
    /// The access key id of the credentials.
    pub access_key: Option<Box<str>>,
    /// The id of the role and the name of the session: `AROA…:NAME`.
    pub assumed_role_id: Option<Box<str>>,
    /// When the credentials end.
    pub expiration: Option<Instant>,
    /// Where it is not as planned.
    pub mismatches: Vec<Mismatch>,
    /// What the record does not have, so that it is not known whether it is as planned.
    pub untold: Vec<Parameter>,
}

/// Something of a call that opened a session which is not as planned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// What it is.
    pub parameter: Parameter,
    /// What was planned. Empty if nothing was.
    pub planned: Box<str>,
    /// What is recorded. Empty if nothing is.
    pub recorded: Box<str>,
}

/// Something of a call that opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Parameter {
    /// `RoleArn`
    Role,
    /// `RoleSessionName`
    Name,
    /// `DurationSeconds`
    Duration,
    /// `Policy`
    Policy,
    /// `PolicyArns`
    PolicyArns,
    /// The session tags that the token carries.
    Tags,
    /// The keys of its transitive tags.
    TransitiveTags,
    /// The source identity.
    SourceIdentity,
    /// The identity provider of the token.
    Provider,
    /// When the credentials end.
    Expiration,
    /// When the call was made: not before the plan, nor after it had expired.
    Time,
}

impl Parameter {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Name => "name",
            Self::Duration => "duration",
            Self::Policy => "policy",
            Self::PolicyArns => "policy_arns",
            Self::Tags => "tags",
            Self::TransitiveTags => "transitive_tags",
            Self::SourceIdentity => "source_identity",
            Self::Provider => "provider",
            Self::Expiration => "expiration",
            Self::Time => "time",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Parameters<'a> {
    #[serde(borrow)]
    role_arn: Option<Cow<'a, str>>,
    #[serde(borrow)]
    role_session_name: Option<Cow<'a, str>>,
    duration_seconds: Option<i64>,
    #[serde(borrow)]
    policy: Option<Cow<'a, str>>,
    #[serde(borrow)]
    policy_arns: Option<Vec<PolicyArn<'a>>>,
    principal_tags: Option<BTreeMap<String, String>>,
    transitive_tag_keys: Option<Vec<String>>,
    #[serde(borrow)]
    source_identity: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum PolicyArn<'a> {
    Object {
        #[serde(borrow)]
        arn: Cow<'a, str>,
    },
    Text(#[serde(borrow)] Cow<'a, str>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Response<'a> {
    #[serde(borrow)]
    credentials: Credentials<'a>,
    #[serde(borrow)]
    assumed_role_user: AssumedRoleUser<'a>,
    #[serde(borrow)]
    provider: Option<Cow<'a, str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Credentials<'a> {
    #[serde(borrow)]
    access_key_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    expiration: Option<Cow<'a, str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AssumedRoleUser<'a> {
    #[serde(borrow)]
    assumed_role_id: Option<Cow<'a, str>>,
}

/// The role and the name of the session that a record of `AssumeRoleWithWebIdentity` has opened. `None` for any other event, and for a call that failed.
pub(crate) fn opened<'e>(event: &'e Event<'_>) -> Option<(Cow<'e, str>, Cow<'e, str>)> {
    let is_call = event.event_source.as_deref() == Some("sts.amazonaws.com")
        && event.event_name.as_deref() == Some("AssumeRoleWithWebIdentity")
        && Outcome::of(event) == Outcome::Succeeded;
    let own = is_call.then(|| parameters(event)).flatten()?;
    Some((own.role_arn?, own.role_session_name?))
}

fn parameters<'e>(event: &'e Event<'_>) -> Option<Parameters<'e>> {
    serde_json::from_str(event.request_parameters?.get()).ok()
}

/// The identity provider of a call that opens a session: that of the response, or that of the caller.
pub(crate) fn provider(event: &Event<'_>) -> Option<Box<str>> {
    let response =
        event.response_elements.and_then(|own| serde_json::from_str::<Response<'_>>(own.get()).ok());
    let told = response.and_then(|own| own.provider).map(|own| own.as_ref().into());
    told.or_else(|| event.user_identity.as_ref()?.identity_provider.as_deref().map(Into::into))
}

impl Issued {
    /// What the record of the call says, held against the plan.
    ///
    /// Source: STS API Reference, `AssumeRoleWithWebIdentity`; CloudTrail User Guide, "Logging IAM and AWS STS API calls".
    pub(crate) fn of(event: &Event<'_>, plan: &PlannedSession) -> Self {
        let text = |own: Option<&str>| own.unwrap_or_default().into();
        let mut issued = Self {
            event_id: text(event.event_id.as_deref()),
            time: event.event_time.as_deref().and_then(Instant::parse),
            ..Self::default()
        };
        issued.check_parameters(&parameters(event).unwrap_or_default(), plan);
        let response = event.response_elements.map(|own| serde_json::from_str::<Response<'_>>(own.get()));
        if let Some(Ok(response)) = response {
            issued.access_key = response.credentials.access_key_id.as_deref().map(Into::into);
            issued.assumed_role_id = response.assumed_role_user.assumed_role_id.as_deref().map(Into::into);
            issued.expiration = response.credentials.expiration.as_deref().and_then(instant);
        }
        issued.text(Parameter::Provider, Some(&plan.provider), provider(event).as_deref(), true);
        issued.check_times(plan);
        issued
    }

    fn check_parameters(&mut self, own: &Parameters<'_>, plan: &PlannedSession) {
        self.text(Parameter::Role, Some(plan.role.as_str()), own.role_arn.as_deref(), true);
        self.text(Parameter::Name, Some(&plan.name), own.role_session_name.as_deref(), true);
        let duration = own.duration_seconds.map(|own| own.to_string());
        self.text(Parameter::Duration, Some(&plan.duration_seconds.to_string()), duration.as_deref(), true);
        let policy = (!plan.policy.is_empty()).then_some(&*plan.policy);
        self.text(Parameter::Policy, policy, own.policy.as_deref(), true);
        let arns = own.policy_arns.iter().flatten().map(|own| match own {
            PolicyArn::Object { arn } | PolicyArn::Text(arn) => arn.as_ref(),
        });
        let recorded = own.policy_arns.is_some().then(|| sorted(arns));
        let planned = sorted(plan.policy_arns.iter().map(|own| &**own));
        self.text(Parameter::PolicyArns, some(&planned), recorded.as_deref(), true);
        self.check_tags(own, plan);
        let identity = plan.source_identity.as_deref();
        self.text(Parameter::SourceIdentity, identity, own.source_identity.as_deref(), false);
    }

    /// The tags that the token passes. A tag of the role that the token passes too may be recorded or not.
    fn check_tags(&mut self, own: &Parameters<'_>, plan: &PlannedSession) {
        let none = BTreeMap::new();
        let recorded = own.principal_tags.as_ref().unwrap_or(&none);
        let of_role = |key: &str, value: &str| plan.role_tags.value(key) == Some(value);
        let planned: Vec<(&str, &str)> = plan
            .tags
            .iter()
            .filter(|(key, value)| !of_role(key, value) || recorded.contains_key(*key))
            .collect();
        let line = |(key, value): (&str, &str)| format!("{key}={value}");
        let planned = sorted(planned.into_iter().map(line));
        let told = sorted(recorded.iter().map(|(key, value)| line((key, value))));
        self.text(Parameter::Tags, some(&planned), some(&told), false);
        let recorded = sorted(own.transitive_tag_keys.iter().flatten());
        let planned = sorted(&plan.transitive_tag_keys);
        self.text(Parameter::TransitiveTags, some(&planned), some(&recorded), false);
    }

    fn check_times(&mut self, plan: &PlannedSession) {
        if let (Some(time), Some(end)) = (self.time, self.expiration) {
            let most = time.epoch_seconds().saturating_add(plan.duration_seconds).saturating_add(CLOCKS);
            if end.epoch_seconds() > most {
                let planned = Instant::from_epoch_seconds(most).to_string();
                self.differs(Parameter::Expiration, &planned, &end.to_string());
            }
        }
        if let Some(time) = self.time {
            let seconds = time.epoch_seconds();
            let from = plan.planned.epoch_seconds().saturating_sub(CLOCKS);
            let until = plan.expires.map(|own| own.epoch_seconds().saturating_add(CLOCKS));
            if seconds < from || until.is_some_and(|own| seconds > own) {
                self.differs(Parameter::Time, &plan.planned.to_string(), &time.to_string());
            }
        }
    }

    /// Compares two texts. With `may_be_untold`, a record without the parameter does not say that the call had none.
    fn text(
        &mut self,
        parameter: Parameter,
        planned: Option<&str>,
        recorded: Option<&str>,
        may_be_untold: bool,
    ) {
        if planned.is_some() && recorded.is_none() && may_be_untold {
            self.untold.push(parameter);
        } else if planned != recorded {
            self.differs(parameter, planned.unwrap_or_default(), recorded.unwrap_or_default());
        }
    }

    fn differs(&mut self, parameter: Parameter, planned: &str, recorded: &str) {
        self.mismatches.push(Mismatch { parameter, planned: planned.into(), recorded: recorded.into() });
    }
}

/// How far two clocks may be apart, in seconds.
pub(crate) const CLOCKS: i64 = 60;

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn sorted<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut texts: Vec<String> = texts.into_iter().map(|own| own.as_ref().to_owned()).collect();
    texts.sort_unstable();
    texts.join("\n")
}

/// A time as records have it: by ISO 8601, or as in `Mar 23, 2016 2:39:51 AM`, which is UTC.
fn instant(text: &str) -> Option<Instant> {
    if let Some(instant) = Instant::parse(text) {
        return Some(instant);
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let [month, day, year, clock, half] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|own| own == month)?.checked_add(1)?;
    let [hour, minute, second] = clock.splitn(3, ':').collect::<Vec<_>>().try_into().ok()?;
    let hour: u8 = hour.parse().ok().filter(|own| (1..=12).contains(own))?;
    let hour = match *half {
        "AM" => hour.checked_rem(12)?,
        "PM" => hour.checked_rem(12)?.checked_add(12)?,
        _ => return None,
    };
    Instant::parse(&format!("{year}-{month:02}-{day:0>2}T{hour:02}:{minute}:{second}Z"))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_both_forms() {
        let same = |text: &str, iso: &str| assert_eq!(instant(text), Instant::parse(iso), "{text}");
        same("2026-09-24T21:03:09Z", "2026-09-24T21:03:09Z");
        same("Mar 23, 2016 2:39:51 AM", "2016-03-23T02:39:51Z");
        same("Dec 3, 2026 12:00:00 PM", "2026-12-03T12:00:00Z");
        same("Dec 3, 2026 12:00:00 AM", "2026-12-03T00:00:00Z");
        for other in
            ["", "Dec 3, 2026", "Dez 3, 2026 1:00:00 AM", "Dec 3, 2026 13:00:00 PM", "Dec 3, 2026 0:00:00 AM"]
        {
            assert_eq!(instant(other), None, "{other}");
        }
    }
}
