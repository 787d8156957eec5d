//! A message that was made from parts is read back to its parts, however its lines are broken and whatever it stands in.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the tests' own small texts"
)]

use iam_denial::{Cause, PolicyType, read};
use proptest::prelude::*;

/// The parts of a message.
#[derive(Clone, Debug)]
struct Parts {
    who: String,
    action: String,
    resource: Option<String>,
    reason: Option<(bool, PolicyType)>,
    policy: Option<String>,
    missing: Option<String>,
    /// Text of EC2 around the sentence.
    is_ec2: bool,
}

fn who() -> impl Strategy<Value = String> {
    prop_oneof![
        ("[0-9]{12}", "[A-Za-z][A-Za-z0-9+=,.@_-]{0,20}", "[a-z][a-z0-9+=,.@_-]{1,20}").prop_map(
            |(account, role, session)| format!("arn:aws:sts::{account}:assumed-role/{role}/{session}x")
        ),
        ("[0-9]{12}", "[A-Za-z][A-Za-z0-9]{0,20}")
            .prop_map(|(account, name)| format!("arn:aws-cn:iam::{account}:user/{name}")),
        Just("anonymous".to_owned()),
    ]
}

fn action() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9-]{1,12}:[A-Z][A-Za-z]{2,24}"
}

fn resource() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        ("[a-z][a-z0-9]{1,8}", "[a-z]{2}-[a-z]{4}-[1-3]", "[0-9]{12}", "[a-z]{1,9}[:/][A-Za-z0-9_-]{1,30}")
            .prop_map(|(service, region, account, name)| format!(
                "arn:aws:{service}:{region}:{account}:{name}"
            )),
        "[a-z]{3,9}/[A-Za-z0-9'_=-]{0,30}z".prop_map(|key| format!("\"arn:aws:s3:::{key}\"")),
        "[A-Za-z][A-Za-z0-9]{0,20}".prop_map(|name| format!("instance profile {name}")),
        "[A-Za-z][A-Za-z0-9]{3,20}".prop_map(|name| format!("role {name}")),
        "[a-z]{1,8}/[A-Za-z0-9]{4,20}",
    ]
}

fn parts() -> impl Strategy<Value = Parts> {
    let reason = proptest::option::of((any::<bool>(), proptest::sample::select(&PolicyType::ALL[..])));
    let policy = proptest::option::of(prop_oneof![
        "[0-9]{12}".prop_map(|own| format!(
            "arn:aws:organizations::{own}:policy/o-abcdefghij/service_control_policy/p-abcdefgh"
        )),
        "[A-Za-z0-9]{4,20}".prop_map(|name| format!("arn:aws:iam::aws:policy/{name}")),
        "p-[a-z0-9]{8}",
    ]);
    (
        who(),
        action(),
        proptest::option::of(resource()),
        reason,
        policy,
        proptest::option::of(action()),
        any::<bool>(),
    )
        .prop_map(|(who, action, resource, reason, policy, missing, is_ec2)| Parts {
            who,
            action,
            resource,
            policy: policy.filter(|_| reason.is_some_and(|(is_explicit, _)| is_explicit)),
            missing: missing.filter(|_| reason.is_some_and(|(is_explicit, _)| !is_explicit)),
            reason,
            is_ec2,
        })
}

impl Parts {
    fn text(&self) -> String {
        let mut text = format!("User: {} is not authorized to perform: {}", self.who, self.action);
        if let Some(resource) = &self.resource {
            text += &format!(" on resource: {resource}");
        }
        match self.reason {
            Some((true, kind)) => text += &format!(" with an explicit deny in a {}", kind.words()),
            Some((false, kind)) => {
                let missing = self.missing.as_ref().unwrap_or(&self.action);
                text += &format!(" because no {} allows the {missing} action", kind.words());
            }
            None => {}
        }
        if let Some(policy) = &self.policy {
            text += &format!(": {policy}");
        }
        if self.is_ec2 {
            text = format!(
                "You are not authorized to perform this operation. {text}. Encoded authorization failure message: aB3_-xyz"
            );
        }
        text
    }

    fn assert_read(&self, text: &str) {
        let found = read(text);
        assert_eq!(found.len(), 1, "{text}");
        let own = &found[0];
        assert_eq!(own.who.as_ref().map(|who| who.text.value.as_str()), Some(self.who.as_str()), "{text}");
        assert_eq!(own.action.as_ref().map(|own| own.value.as_str()), Some(self.action.as_str()), "{text}");
        let resource = self.resource.as_ref().map(|own| own.trim_matches('"'));
        assert_eq!(own.resource.as_ref().map(|own| own.text.value.as_str()), resource, "{text}");
        let cause = self.reason.map_or(Cause::Unknown, |(is_explicit, _)| {
            if is_explicit { Cause::ExplicitDeny } else { Cause::NotAllowed }
        });
        assert_eq!(own.cause, cause, "{text}");
        let named = own.layer.as_ref().and_then(|layer| layer.policy_type);
        assert_eq!(named, self.reason.map(|(_, kind)| kind), "{text}");
        assert_eq!(own.policy.as_ref().map(|own| own.value.as_str()), self.policy.as_deref(), "{text}");
        let missing = self
            .reason
            .filter(|(is_explicit, _)| !is_explicit)
            .map(|_| self.missing.as_ref().unwrap_or(&self.action));
        assert_eq!(own.missing.as_ref().map(|own| &own.value), missing, "{text}");
        assert_eq!(own.encoded.is_some(), self.is_ec2, "{text}");
        assert!(own.span.end as usize <= text.len() && text.is_char_boundary(own.span.start as usize));
    }
}

/// A text with its lines broken at a column, in the middle of words.
fn broken(text: &str, column: usize, bar: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars
        .chunks(column)
        .map(|line| format!("{bar}{}", line.iter().collect::<String>()))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A text with its lines broken at spaces, which are dropped.
fn filled(text: &str, column: usize, bar: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().unwrap();
        if !last.is_empty() && last.len() + 1 + word.len() > column {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines.iter().map(|line| format!("{bar}{line}")).collect::<Vec<_>>().join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A message on one line, in any of the texts that it is found in.
    #[test]
    fn a_message_reads_back_to_its_parts(parts in parts(), id in "[a-f0-9]{8}-[a-f0-9]{4}") {
        let text = parts.text();
        parts.assert_read(&text);
        parts.assert_read(&format!("An error occurred (AccessDenied) when calling the X operation: {text}\n"));
        parts.assert_read(&format!("x: operation error S: X, https response error StatusCode: 403, RequestID: {id}, api error AccessDenied: {text}"));
        parts.assert_read(&format!("AccessDeniedException: {text}\n\tstatus code: 400, request id: {id}"));
        parts.assert_read(&serde_json::json!({"__type": "AccessDeniedException", "Message": text}).to_string());
        let event = serde_json::json!({"eventSource": "s.amazonaws.com", "eventName": "X", "errorCode": "AccessDenied", "errorMessage": text});
        parts.assert_read(&event.to_string());
        parts.assert_read(&serde_json::json!({"Events": [{"CloudTrailEvent": event.to_string()}]}).to_string());
        let escaped = text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&apos;");
        parts.assert_read(&format!("<Error><Code>AccessDenied</Code><Message>{escaped}</Message><RequestId>{id}</RequestId></Error>"));
        parts.assert_read(&text.replace('"', "\\\""));
    }

    /// Lines broken at any column, with and without the bars of a box.
    #[test]
    fn lines_may_be_broken_anywhere(parts in parts(), column in 12_usize..160) {
        let text = parts.text();
        let head = format!("Error: doing: operation error S: X, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: {text}");
        parts.assert_read(&format!("╷\n{}\n│ \n│   with aws_x.y,\n╵", broken(&head, column, "│ ")));
        parts.assert_read(&format!("╷\n{}\n│ \n│   with aws_x.y,\n╵", filled(&head, column, "│ ")));
        parts.assert_read(&filled(&head, column, ""));
        if head.len() > 2 * column {
            parts.assert_read(&broken(&head, column, ""));
        }
    }

    /// No text makes it panic, and every span lies in the text.
    #[test]
    fn any_text_is_read(text in "(\\PC|\n|│|\\\\|\"|User: |arn:aws:|is not authorized to perform: |on resource: |with an explicit deny in a |because no |\\{\"|Access Denied|&quot;|\u{1b}\\[){0,40}") {
        for denial in read(&text) {
            let span = denial.span;
            prop_assert!(span.start <= span.end && span.end as usize <= text.len());
            prop_assert!(text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize));
        }
    }
}

/// Hostile repetition takes time linear in its length.
#[test]
fn repetition_costs_no_more_than_its_length() {
    for unit in [
        "User: ",
        "arn:",
        "not authorized to perform",
        "{\"",
        "on resource: \"",
        "a\n",
        "│ a\n",
        "with an explicit deny in a ",
        "because no ",
        "\\",
        "(",
        "not authorized to perform: a:A on resource: \"",
        "{\"a\":\"{",
        "You are not authorized to perform this operation. ",
    ] {
        let text = unit.repeat((1 << 19) / unit.len());
        let found = read(&text);
        assert!(found.len() <= iam_denial::MOST_DENIALS);
    }
}
