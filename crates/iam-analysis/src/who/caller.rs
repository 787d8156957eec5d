//! A principal and its keys, of a text that the search found.

use iam_eval::{Context, ContextValue, Principal};

use super::{CallerKind, Callers};

/// The principal that a text of the caller's tuple describes.
pub(crate) fn principal(callers: &Callers, text: &str) -> Principal {
    let Some(tuple) = callers.tuples.first() else { return Principal::Anonymous };
    let of = |key: &str| -> Box<str> {
        tuple.place(key).map_or_else(String::new, |key| tuple.value(key, text)).into()
    };
    let (arn, account) = (of("aws:PrincipalArn"), of("aws:PrincipalAccount"));
    match callers.kind {
        CallerKind::User => Principal::IamUser { arn, account },
        CallerKind::Session => {
            Principal::AssumedRole { arn: of("session"), role_arn: arn, account, service_linked: false }
        }
        CallerKind::FederatedUser => Principal::FederatedUser { arn, user_arn: of("user"), account },
        CallerKind::Root => Principal::Root { arn, account },
        CallerKind::Anonymous | CallerKind::Service => callers.any(),
    }
}

impl Callers {
    /// Adds the keys that a text of a tuple describes, without those that the request lacks.
    pub(crate) fn describe(&self, number: u8, text: &str, lacks: &[usize], context: &mut Context) {
        let Some(tuple) = self.tuples.get(usize::from(number)) else { return };
        for (place, key) in tuple.keys.iter().enumerate() {
            let is_known = self.fact(&key.name.to_ascii_lowercase()).is_some();
            if is_known || lacks.contains(&place) || !key.name.contains(':') {
                continue;
            }
            let value = tuple.value(place, text);
            let value =
                if key.is_list { ContextValue::multiple([value]) } else { ContextValue::single(value) };
            context.set(key.name, value);
        }
    }

    /// Whether a condition key belongs to the caller, or to the resource for which it acts.
    pub(crate) fn is_tied(&self, name: &str) -> bool {
        self.tied(name).is_some()
    }
}
