//! A created session keeps what STS promises. Its duration and its tags are within bounds, its ARN is made from the role's, its keys are its
//! tags, and a request of the session cannot set them. A refusal gives its reason.

use iam_eval::session::{self, Caller, Opening, Operation, Session, SessionLimits};
use iam_eval::{Action, Context, ContextValue};
use iam_policy::value::Instant;

use crate::input;

pub fn sessions_keep_bounds(data: &[u8]) {
    let Some(document) = input::text(data).and_then(input::document) else { return };
    let now = Instant::from_epoch_seconds(1_767_225_600);
    let Ok(opening) = session::wire::opening(document.root(), now) else { return };
    let opened = opening.clone().open(&SessionLimits::default());
    assert_eq!(opening.clone().open(&SessionLimits::default()), opened, "not the same again");
    match opened {
        Ok(session) => bounds(&opening, &session),
        Err(refusals) => {
            assert!(refusals.iter().next().is_some(), "refused for no reason");
            let told = refusals.iter().map(ToString::to_string).collect::<String>();
            assert!(!told.contains(char::is_control), "control characters: {told:?}");
        }
    }
}

fn bounds(opening: &Opening, session: &Session) {
    let most = match (opening.operation, &opening.caller) {
        (Operation::GetFederationToken, Caller::Root { .. }) => 3_600,
        (Operation::GetFederationToken, _) => 129_600,
        (_, Caller::AssumedRole { .. }) => 3_600,
        // Without `DurationSeconds` the duration is one hour, which the setting of every role permits.
        _ => opening.role.as_ref().map_or(0, |role| role.max_session_duration.clamp(3_600, 43_200)),
    };
    assert!(
        (900..=most).contains(&session.duration_seconds),
        "{} of {most} seconds",
        session.duration_seconds
    );
    // STS shortens the sessions that the root user asks for.
    let is_root = matches!(opening.caller, Caller::Root { .. });
    let given = |asked: i64| if is_root { asked.min(most) } else { asked };
    assert!(opening.parameters.duration_seconds.is_none_or(|asked| given(asked) == session.duration_seconds));
    let own = opening.role.as_ref().map_or(0, |role| role.tags.len());
    arn(opening, session);
    let tags: Vec<(&str, &str)> = session.principal_tags.iter().collect();
    for (key, value) in &tags {
        let held = session.context().value(&format!("aws:principaltag/{key}"));
        let is_last = session.principal_tags.value(key) == Some(value) || own > 1;
        assert!(held.is_some() && is_last, "{key}: {held:?}, {tags:?}");
    }
    for key in &session.transitive_tag_keys {
        assert!(session.principal_tags.value(key).is_some(), "transitive {key}, and no such tag");
    }
    let Some(action) = Action::new("s3:GetObject") else { return };
    for (key, _) in session.context().iter() {
        let forged = Context::new().with(key.to_ascii_uppercase(), ContextValue::single("x"));
        assert!(session.request(action.clone(), "*", &forged).is_err(), "{key} can be set");
    }
    let requests = session.authorization_requests();
    let called = format!("sts:{}", opening.operation.name());
    assert!(
        requests.len() <= 3 && requests.first().is_some_and(|r| r.action.as_str() == called),
        "{requests:?}"
    );
}

/// Checks the ARN of a session, and the ARN of its role if the session has one.
fn arn(opening: &Opening, session: &Session) {
    let name = &opening.parameters.name;
    let most = if opening.operation == Operation::GetFederationToken { 32 } else { 64 };
    assert!(
        session.arn.ends_with(&format!("/{name}")) && (2..=most).contains(&name.len()),
        "{}",
        session.arn
    );
    let Some(role) = &opening.role else { return };
    if let ["arn", partition, "iam", "", account, resource] = *role.arn.splitn(6, ':').collect::<Vec<_>>()
        && let Some(role) = resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next())
    {
        assert_eq!(*session.arn, format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}"));
    }
}
