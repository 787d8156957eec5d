//! Cases with a call that creates a session.

use iam_json::{Kind, Value};

use super::members::{ABOUT, Field, Reader, optional, required};
use super::{SessionCase, SessionExpectation};

const ROLE: [Field; 4] =
    [required("arn"), required("role_id"), required("max_session_duration"), optional("tags")];

const REQUEST: [Field; 8] = [
    optional("role_session_name"),
    optional("name"),
    optional("duration_seconds"),
    optional("policy"),
    optional("policy_arns"),
    optional("tags"),
    optional("transitive_tag_keys"),
    optional("source_identity"),
];

const CALLER: [Field; 6] = [
    required("type"),
    required("arn"),
    optional("principal_tags"),
    optional("transitive_tags"),
    optional("source_identity"),
    optional("tags"),
];

pub(super) fn read<'d>(reader: &mut Reader, case: Value<'d>) -> Option<SessionCase<'d>> {
    let [id, about, source, certainty, why] = ABOUT;
    let fields = [
        id,
        about,
        source,
        certainty,
        why,
        required("operation"),
        required("role"),
        required("request"),
        required("caller"),
        required("provider"),
        required("token"),
        required("expect"),
    ];
    let [id, about, source, certainty, why, operation, role, request, caller, provider, token, expect] =
        reader.members(case, fields)?;
    let about = reader.about([id, about, source, certainty, why]);
    let operation =
        reader.word(operation?, "AssumeRoleWithWebIdentity, AssumeRole or GetFederationToken", |word| {
            ["AssumeRoleWithWebIdentity", "AssumeRole", "GetFederationToken"].contains(&word).then_some(())
        });
    let (role, request, caller, provider, token) = (role?, request?, caller?, provider?, token?);
    reader.members(request, REQUEST);
    if role.kind() != Kind::Null {
        reader.members(role, ROLE);
    }
    if caller.kind() != Kind::Null {
        reader.members(caller, CALLER);
    }
    if provider.kind() != Kind::Null {
        reader.text(provider);
    }
    let expect = expectation(reader, expect?);
    operation?;
    let operation = case.member("operation")?.string();
    Some(SessionCase {
        about: about?,
        case,
        operation,
        role,
        request,
        caller,
        provider,
        token,
        expect: match expect? {
            Expected::Session(session) => Some(*session),
            Expected::Refusal => None,
        },
    })
}

/// The expected result of a call.
enum Expected<'d> {
    Session(Box<SessionExpectation<'d>>),
    Refusal,
}

fn expectation<'d>(reader: &mut Reader, expect: Value<'d>) -> Option<Expected<'d>> {
    let fields = [
        required("result"),
        optional("duration_seconds"),
        optional("session_arn"),
        optional("principal_tags"),
        optional("transitive_tag_keys"),
        optional("context"),
        optional("trust_context"),
        optional("present"),
        optional("absent"),
    ];
    let [result, duration, arn, tags, transitive, context, trust_context, present, absent] =
        reader.members(expect, fields)?;
    let created = reader.word(result?, "ok or rejected", |word| match word {
        "ok" => Some(true),
        "rejected" => Some(false),
        _ => None,
    })?;
    if !created {
        // A refused call has no session to describe.
        reader.members(expect, [required("result")])?;
        return Some(Expected::Refusal);
    }
    Some(Expected::Session(Box::new(SessionExpectation {
        duration_seconds: duration.and_then(|v| reader.natural(v)),
        session_arn: arn.and_then(|v| reader.text(v)),
        principal_tags: tags.and_then(|v| reader.keys(v)),
        transitive_tag_keys: transitive.and_then(|v| reader.texts(v)),
        context: context.and_then(|v| reader.keys(v)).unwrap_or_default(),
        trust_context: trust_context.and_then(|v| reader.keys(v)).unwrap_or_default(),
        present: present.and_then(|v| reader.texts(v)).unwrap_or_default(),
        absent: absent.and_then(|v| reader.texts(v)).unwrap_or_default(),
    })))
}
