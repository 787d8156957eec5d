//! If one pattern covers another, it matches every text that the other can match. The input has three lines: outer pattern, inner pattern, and
//! the text that replaces wildcards and variables of the inner one.

use iam_analysis::{covers, overlap};
use iam_eval::{LetterCase, matches};
use iam_policy::{Pattern, Piece, Syntax};

use crate::input;

pub fn covers_is_sound(data: &[u8]) {
    let Some([outer, inner, material]) = input::lines(data) else { return };
    if data.len() > 512 {
        return;
    }
    let read = |text: &str| Pattern::parse(text, Syntax::new(true, true)).ok();
    let (Some(outer), Some(inner)) = (read(outer), read(inner)) else { return };
    let covers = |outer: &Pattern, inner: &Pattern| covers(outer, inner, LetterCase::Sensitive);
    assert!(covers(&outer, &outer) && covers(&inner, &inner), "a pattern covers itself: {outer:?} {inner:?}");
    // A variable of the outer pattern has one value, which is not known here.
    if !covers(&outer, &inner) || outer.has_variables() {
        return;
    }
    assert!(
        overlap(&outer, &inner, LetterCase::Sensitive),
        "{outer:?} covers {inner:?} and shares no text with it"
    );
    // Two ways of sharing the material: all of it for one wildcard, or a piece for each.
    let wildcards = inner.pieces().filter(|piece| !matches!(piece, Piece::Text(_))).count();
    for all in 0..=wildcards {
        let mut rest = material.chars();
        let mut at = 0;
        let mut text = String::new();
        for piece in inner.pieces() {
            at += usize::from(!matches!(piece, Piece::Text(_)));
            match piece {
                Piece::Text(own) => text.push_str(own),
                Piece::AnyOne => text.push(rest.next().unwrap_or('*')),
                Piece::AnyRun | Piece::Variable(_) if at == all => text.extend(rest.by_ref()),
                Piece::AnyRun | Piece::Variable(_) => text.extend(rest.by_ref().take(at % 3)),
            }
        }
        assert!(
            matches(&outer, &text, LetterCase::Sensitive),
            "{outer:?} covers {inner:?} and does not match {text:?}"
        );
    }
}
