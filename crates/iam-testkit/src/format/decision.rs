//! Cases with a request and a decision.

use std::collections::BTreeSet;

use iam_json::Value;
use iam_json::quoted;
use iam_policy::code;

use super::members::{ABOUT, Field, Reader, optional, required};
use super::{Decision, DecisionCase};
use crate::engine::Question;

const REQUEST: [Field; 7] = [
    required("principal"),
    required("action"),
    required("resource"),
    optional("resource_account"),
    optional("resource_kind"),
    optional("context"),
    optional("unknown"),
];

const POLICIES: [Field; 8] = [
    optional("identity"),
    optional("resource"),
    optional("boundary"),
    optional("session"),
    optional("scope"),
    optional("vpc_endpoint"),
    optional("scp"),
    optional("rcp"),
];

pub(super) fn read<'d>(reader: &mut Reader, case: Value<'d>) -> Option<DecisionCase<'d>> {
    let [id, about, source, certainty, why] = ABOUT;
    let fields = [
        id,
        about,
        source,
        certainty,
        why,
        required("section"),
        required("request"),
        required("policies"),
        required("expect"),
        optional("or_reject"),
    ];
    let [id, about, source, certainty, why, section, request, policies, expect, or_reject] =
        reader.members(case, fields)?;
    let about = reader.about([id, about, source, certainty, why]);
    let section = reader.text(section?);
    let (request, policies) = (request?, policies?);
    let open = request_members(reader, request);
    reader.members(policies, POLICIES);
    let expect = decision(reader, expect?, open);
    let or_reject = match or_reject {
        Some(value) => reader.boolean(value)?,
        None => false,
    };
    Some(DecisionCase {
        about: about?,
        section: section?,
        question: Question { request, policies },
        expect: expect?,
        or_reject,
    })
}

/// Checks the members of a request. Returns whether the request has unknown keys, or a key in two spellings (rule 4.5).
fn request_members(reader: &mut Reader, request: Value<'_>) -> bool {
    let Some([principal, action, resource, account, kind, context, unknown]) =
        reader.members(request, REQUEST)
    else {
        return false;
    };
    for text in [action, resource, kind].into_iter().flatten() {
        reader.text(text);
    }
    if let Some(account) = account.filter(|v| v.raw() != "null") {
        reader.text(account);
    }
    if let Some(principal) = principal {
        principal_members(reader, principal);
    }
    let has_unknown = unknown.and_then(|list| reader.texts(list)).is_some_and(|keys| !keys.is_empty());
    has_unknown || context.is_some_and(has_key_twice)
}

/// Whether a context has a key in two spellings that differ in ASCII case.
fn has_key_twice(context: Value<'_>) -> bool {
    let mut keys = BTreeSet::new();
    context.members().any(|member| !keys.insert(member.key.string().to_ascii_lowercase()))
}

fn principal_members(reader: &mut Reader, principal: Value<'_>) {
    const KINDS: &str =
        "iam_user, assumed_role, federated_user, root, aws_service, anonymous, web_identity or saml";
    let Some(kind) = principal.member("type") else {
        reader.report(code::MISSING_MEMBER, principal, "no member `type`", KINDS);
        return;
    };
    let Some(name) = reader.text(kind) else { return };
    let known = match &*name {
        "iam_user" | "root" => {
            reader.members(principal, [required("type"), required("arn"), required("account")]).map(|_| ())
        }
        "assumed_role" => {
            let fields = [
                required("type"),
                required("arn"),
                required("role_arn"),
                required("account"),
                optional("service_linked"),
            ];
            reader.members(principal, fields).map(|_| ())
        }
        "federated_user" => {
            let fields = [required("type"), required("arn"), required("user_arn"), required("account")];
            reader.members(principal, fields).map(|_| ())
        }
        "aws_service" => reader.members(principal, [required("type"), required("service")]).map(|_| ()),
        "anonymous" => reader.members(principal, [required("type")]).map(|_| ()),
        "web_identity" | "saml" => {
            reader.members(principal, [required("type"), required("provider")]).map(|_| ())
        }
        other => {
            reader.report(code::INVALID_MEMBER, kind, quoted(other), KINDS);
            None
        }
    };
    if known.is_some() {
        for member in principal.members().filter(|m| m.key.string() != "service_linked") {
            reader.text(member.value);
        }
    }
}

fn decision(reader: &mut Reader, expect: Value<'_>, open: bool) -> Option<Decision> {
    let [decision] = reader.members(expect, [required("decision")])?;
    let help = if open {
        "allowed, explicit_deny, implicit_deny or depends"
    } else {
        "allowed, explicit_deny or implicit_deny; depends only where request.unknown names keys or a key has two spellings"
    };
    reader.word(decision?, help, |word| Decision::from_name(word).filter(|d| open || *d != Decision::Depends))
}
