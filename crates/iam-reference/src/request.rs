//! The request of a case.

use crate::json::Json;
use crate::principal::account_of;
use crate::reading::Reading;
use crate::value::flag;

/// The value that the request has for a key.
pub(crate) enum Found<'a> {
    Unknown,                 // Listed in `request.unknown`.
    Known(Option<&'a Json>), // Its value; never an empty list.
}

/// Keys of a request with their values. No two keys differ only in case.
pub(crate) type Context<'a> = Vec<(&'a str, &'a Json)>;

/// Rule 4.5: the contexts that a request may have. Two keys that differ only in case are one key with one of the two values. An error for
/// more than 4,096 contexts.
pub(crate) fn contexts(request: &Json) -> Result<Vec<Context<'_>>, String> {
    let members = request.get("context").map_or(Ok([].as_slice()), Json::object)?;
    let mut contexts: Vec<Context<'_>> = vec![Vec::new()];
    for (place, (name, value)) in members.iter().enumerate() {
        value.one_or_more().iter().try_for_each(|value| value.scalar().map(|_| ()))?;
        let same = |(other, _): &&(String, Json)| other.eq_ignore_ascii_case(name);
        if members.iter().take(place).any(|member| same(&member)) {
            continue;
        }
        let mut values: Vec<&Json> = Vec::new();
        for (_, value) in members.iter().filter(same) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let with = |value| {
            contexts.iter().map(move |context| [context.as_slice(), &[(name.as_str(), value)]].concat())
        };
        contexts = values.into_iter().flat_map(with).collect();
        if contexts.len() > 4096 {
            return Err("too many keys differ only in case".to_owned());
        }
    }
    Ok(contexts)
}

/// A request, borrowed from the parsed case.
pub(crate) struct Request<'a> {
    pub(crate) who: &'a str,             // Rule 5.1: the type of the caller.
    pub(crate) name: (&'a str, &'a str), // The entry that names it, after its kind: ARN, service, provider.
    pub(crate) behind: Option<&'a str>,  // The role of a session, the user of a federated user.
    pub(crate) account: Option<&'a str>, // Rule 5.13: services, anonymous and federated callers have none.
    pub(crate) service_linked: bool,
    pub(crate) has_boundary: bool,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) kind: &'a str, // `generic`, `iam_role_trust` or `kms_key`.
    resource_account: Option<&'a str>,
    context: Context<'a>,
    pub(crate) unknown: Vec<&'a str>,
    pub(crate) reading: &'a Reading,
}

/// Refuses an object with a member other than `names`, which are separated by spaces. So nothing is left unread.
pub(crate) fn only(object: &Json, names: &str) -> Result<(), String> {
    let unknown = object.object()?.iter().find(|(name, _)| !names.split(' ').any(|known| known == name));
    unknown.map_or(Ok(()), |(name, _)| Err(format!("unknown member {name:?}")))
}

/// A field of an ARN. `None` if the field is empty or the text is not an ARN.
pub(crate) fn arn_field(arn: &str, colons: usize) -> Option<&str> {
    arn.splitn(6, ':').nth(colons).filter(|field| arn.starts_with("arn:") && !field.is_empty())
}

/// Rule 5.54: the kind of the resource, if the request does not state it.
fn kind_of(action: &str, resource: &str) -> &'static str {
    let action = action.to_ascii_lowercase();
    let takes_role = action.starts_with("sts:assumerole")
        || ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"].contains(&action.as_str());
    let is = |service, kind| {
        arn_field(resource, 2) == Some(service)
            && arn_field(resource, 5).is_some_and(|name| name.starts_with(kind))
    };
    match () {
        () if takes_role && is("iam", "role/") => "iam_role_trust",
        () if is("kms", "key/") => "kms_key",
        () => "generic",
    }
}

impl<'a> Request<'a> {
    /// Reads the request of a case, except for its context. Principal, action and resource are mandatory.
    pub(crate) fn read(
        json: &'a Json,
        has_boundary: bool,
        context: Context<'a>,
        reading: &'a Reading,
    ) -> Result<Request<'a>, String> {
        only(json, "principal action resource resource_account resource_kind context unknown")?;
        let principal = json.must("principal")?;
        only(principal, "type arn account role_arn user_arn service_linked service provider")?;
        let text = |name| principal.must(name)?.string();
        let who = text("type")?;
        let (name, behind) = match who {
            "iam_user" | "root" => (("AWS", text("arn")?), None),
            "assumed_role" => (("AWS", text("arn")?), Some(text("role_arn")?)),
            "federated_user" => (("AWS", text("arn")?), Some(text("user_arn")?)),
            "aws_service" => (("Service", text("service")?), None),
            "web_identity" | "saml" => (("Federated", text("provider")?), None),
            "anonymous" => (("", ""), None),
            other => return Err(format!("unknown type of principal {other:?}")),
        };
        let linked = flag(principal.get("service_linked").map_or(Ok("false"), Json::scalar)?);
        let (action, resource) = (json.must("action")?.string()?, json.must("resource")?.string()?);
        let kind = json.get("resource_kind").map_or_else(|| Ok(kind_of(action, resource)), Json::string)?;
        if !["generic", "iam_role_trust", "kms_key"].contains(&kind) {
            return Err(format!("unknown resource_kind {kind:?}"));
        }
        let owner = json.get("resource_account").filter(|owner| **owner != Json::Null);
        let unknown = json.get("unknown").map_or(Ok([].as_slice()), Json::array)?;
        Ok(Request {
            who,
            name,
            behind,
            account: if name.0 == "AWS" { Some(text("account")?) } else { None },
            service_linked: linked && who == "assumed_role",
            has_boundary: has_boundary && name.0 == "AWS",
            action,
            resource,
            kind,
            resource_account: owner.map(Json::string).transpose()?,
            context,
            unknown: unknown.iter().map(Json::string).collect::<Result<_, _>>()?,
            reading,
        })
    }

    /// Rules 4.4, 4.8: finds a key, ignoring ASCII case. An unknown key stays unknown, whatever the context has.
    pub(crate) fn find(&self, key: &str) -> Found<'a> {
        if self.unknown.iter().any(|name| name.eq_ignore_ascii_case(key)) {
            return Found::Unknown;
        }
        let found = self.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        Found::Known(found.map(|(_, value)| *value).filter(|value| !value.one_or_more().is_empty()))
    }

    /// Rule 5.55: whether the action needs no permission. Callers without an identity are not told one.
    pub(crate) fn needs_no_permission(&self) -> bool {
        let is_signed = self.account.is_some() || self.who == "aws_service";
        is_signed && self.action.eq_ignore_ascii_case("sts:GetCallerIdentity")
    }

    /// Rules 5.13, 7.38: whether the principal's account owns the resource. The owner is the stated account, or the one in the ARN, or the
    /// principal's.
    pub(crate) fn is_same_account(&self) -> bool {
        let in_arn = || arn_field(self.resource, 4).filter(|field| account_of(field).is_some());
        self.resource_account.or_else(in_arn).is_none_or(|owner| self.account == Some(owner))
    }

    /// Rule 5.34: whether principal and resource are known to be in different partitions.
    pub(crate) fn crosses_partitions(&self) -> bool {
        let own = self.account.and_then(|_| arn_field(self.name.1, 1));
        own.zip(arn_field(self.resource, 1)).is_some_and(|(own, other)| own != other)
    }
}
