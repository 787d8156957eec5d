//! The inputs that targets make of bytes: texts, a choice and a text, several lines.

use std::sync::Arc;

use iam_eval::{Layers, PolicyRef};
use iam_json::{Document, Value};
use iam_policy::{Limits, Policy, PolicyKind};

/// The bytes as text.
pub fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Exactly `N` lines. The last one keeps further line breaks.
pub fn lines<const N: usize>(data: &[u8]) -> Option<[&str; N]> {
    text(data)?.splitn(N, '\n').collect::<Vec<_>>().try_into().ok()
}

/// A kind of policy and a text. The first byte chooses the kind: `a` is [`PolicyKind::ALL`]`[0]`, `b` the next, and so on.
pub fn kind_and_text(data: &[u8]) -> Option<(PolicyKind, &str)> {
    let (first, rest) = data.split_first()?;
    let index = usize::from(first.wrapping_sub(b'a')) % PolicyKind::ALL.len();
    Some((PolicyKind::ALL[index], text(rest)?))
}

/// The bytes that [`kind_and_text`] splits.
pub fn with_kind(kind: PolicyKind, text: &str) -> Vec<u8> {
    let index = PolicyKind::ALL.iter().position(|k| *k == kind).unwrap_or_default();
    let mut data = vec![b'a' + u8::try_from(index).unwrap_or_default()];
    data.extend(text.as_bytes());
    data
}

/// Limits that bound a document only to protect the reader. Printing may make a document longer, so the quotas are not used.
pub fn limits() -> Limits {
    let mut limits = Limits::default();
    for quota in [
        &mut limits.document_bytes,
        &mut limits.inline_policy_characters,
        &mut limits.managed_policy_characters,
        &mut limits.trust_policy_characters,
        &mut limits.scp_characters,
        &mut limits.rcp_characters,
        &mut limits.key_policy_bytes,
        &mut limits.session_policy_characters,
    ] {
        *quota = 1 << 24;
    }
    limits
}

/// A document without duplicate members.
pub fn document(text: &str) -> Option<Document<'_>> {
    Document::parse(text, &limits()).ok()?.refuse_duplicates().ok()
}

/// Calls `visit` with a value and every value inside it; names of members are left out.
pub fn walk<'d>(value: Value<'d>, visit: &mut impl FnMut(Value<'d>)) {
    visit(value);
    for item in value.items() {
        walk(item, visit);
    }
    for member in value.members() {
        walk(member.value, visit);
    }
}

/// Base64 with padding, written in the simplest way.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |group: &[u8]| {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(group.get(i).copied().unwrap_or(0)));
        (0..4).map(move |i| DIGITS[(bits >> (18 - 6 * i) & 63) as usize] as char).take(group.len() + 1)
    };
    let padding = (3 - bytes.len() % 3) % 3;
    bytes.chunks(3).flat_map(digits).chain(std::iter::repeat_n('=', padding)).collect()
}

/// The layers with every policy replaced.
pub fn with_policies(layers: &Layers, mut change: impl FnMut(&Policy) -> Policy) -> Layers {
    let mut changed = layers.clone();
    let lists = [
        Some(&mut changed.identity),
        changed.boundary.as_mut(),
        changed.session.as_mut(),
        changed.vpc_endpoint.as_mut(),
    ];
    let levels =
        [changed.scope.as_mut(), changed.scp.as_mut(), changed.rcp.as_mut()].into_iter().flatten().flatten();
    let policies = lists.into_iter().flatten().chain(levels).flatten().chain(changed.resource.as_mut());
    for policy in policies {
        *policy = Arc::new(change(policy));
    }
    changed
}

/// The layers with the policy at one place replaced.
pub fn with_policy(layers: &Layers, place: PolicyRef, policy: &Policy) -> Layers {
    let old = layers.policy(place).map(Arc::as_ptr);
    with_policies(
        layers,
        |one| if old == Some(std::ptr::from_ref(one)) { policy.clone() } else { one.clone() },
    )
}

/// A JSON text whose characters beyond ASCII are escapes.
pub fn ascii(text: &str) -> String {
    let escape = |c: char| match c {
        '\0'..='\x7f' => String::from(c),
        _ => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    text.chars().map(escape).collect()
}
