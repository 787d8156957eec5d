//! The resources of one action, in the form in which the policies are asked about them.

use iam_trail::{ArnPattern, Piece, RequestResource, Resources};

/// A resource, or what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// One that is known.
    Exactly(Box<str>),
    /// One that one of these patterns of a policy matches.
    Matching(Vec<String>),
    /// Any one, or none.
    Anything,
}

/// What AWS asked about one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Targets {
    /// It asked about each of these; and, of each, about one of its alternatives.
    pub(crate) all: Vec<Vec<On>>,
    /// Whether it may have asked about more resources than the record tells.
    pub(crate) may_need_more: bool,
}

/// What AWS asked, by what is known of the resources.
///
/// For an action without a resource type the pages of AWS say that it is `*`. AWS was seen to ask about an ARN all the same (`iam:ListUsers` on
/// `user/`), so it is any resource.
pub(crate) fn targets(resources: &Resources<'_>) -> Targets {
    let one = |on: On| Targets { all: vec![vec![on]], may_need_more: false };
    match resources {
        // Of a resource that is untold, AWS asked about one all the same.
        Resources::Known { arns, .. } if arns.is_empty() => one(On::Anything),
        Resources::Known { arns, untold } => Targets {
            all: arns.iter().map(|own| alternatives(&own.arn)).collect(),
            may_need_more: !untold.is_empty(),
        },
        Resources::Unnamed(forms) => one(unnamed(forms)),
        Resources::NoResource | Resources::Unknown(_) | _ => one(On::Anything),
    }
}

/// `*`, or one of the forms.
fn unnamed(forms: &[RequestResource<'_>]) -> On {
    let patterns = forms.iter().map(|own| pattern(&own.arn));
    On::Matching(std::iter::once("${*}".to_owned()).chain(patterns).collect())
}

/// The resources about which AWS may have asked: one of these.
fn alternatives(arn: &ArnPattern) -> Vec<On> {
    if let Some(arn) = arn.exact() {
        return vec![On::Exactly(arn.into())];
    }
    let Some(asked) = arn.asked() else { return vec![On::Matching(vec![pattern(arn)])] };
    let mut all = vec![On::Exactly(asked.into())];
    if let [.., Piece::Asked(name)] = arn.pieces() {
        let head: String = arn.pieces().iter().filter_map(known).collect();
        let kind = name.split_once('/').map_or("*", |(kind, _)| kind);
        for stars in [format!("{kind}/*"), "*/*".to_owned(), "*".to_owned()] {
            all.push(On::Exactly(format!("{head}{stars}").into()));
        }
    }
    all
}

fn known(piece: &Piece) -> Option<&str> {
    if let Piece::Known(text) = piece { Some(text) } else { None }
}

/// The pattern of a policy that matches what an ARN may be.
fn pattern(arn: &ArnPattern) -> String {
    let mut text = String::new();
    for piece in arn.pieces() {
        match piece {
            Piece::Known(own) => escape(own, &mut text),
            // Also any text that AWS puts in its place.
            Piece::Asked(_) | Piece::Unknown | _ => text.push('*'),
        }
    }
    text
}

/// Adds a text so that a policy of version 2012-10-17 takes it for itself (rule 4.16).
pub(crate) fn escape(own: &str, text: &mut String) {
    for c in own.chars() {
        match c {
            '*' | '?' | '$' => {
                text.push_str("${");
                text.push(c);
                text.push('}');
            }
            c => text.push(c),
        }
    }
}
