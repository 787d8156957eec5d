//! A pattern written again from its pieces has the same pieces, for every meaning that its place gives it. The properties of the pattern agree
//! with the pieces.

use iam_policy::{ARN_FIELDS, Pattern, Piece, ResourcePattern, Syntax, count_fields};

use crate::input;

pub fn patterns_read_back(data: &[u8]) {
    let Some(text) = input::text(data).filter(|text| text.len() <= 1_024) else { return };
    for syntax in [(false, false), (true, false), (false, true), (true, true)].map(|(w, v)| Syntax::new(w, v))
    {
        let Ok(pattern) = Pattern::parse(text, syntax) else {
            assert!(syntax.variables && text.contains("${"), "{syntax:?}: {text:?}");
            continue;
        };
        assert_eq!(pattern.text(), text);
        let pieces: Vec<Piece<'_>> = pattern.pieces().collect();
        let written: String = pieces.iter().map(|piece| written(*piece, syntax)).collect();
        let again = Pattern::parse(&written, syntax)
            .unwrap_or_else(|error| panic!("{syntax:?}: {text:?} as {written:?}: {error:?}"));
        assert_eq!(joined(&again), joined(&pattern), "{syntax:?}: {text:?} as {written:?}");
        assert_eq!(pieces.len(), pattern.len(), "{text:?}");
        let count = |wanted: Piece<'_>| pieces.iter().filter(|p| **p == wanted).count();
        assert_eq!(count(Piece::AnyRun), pattern.stars(), "{text:?}");
        let wild = count(Piece::AnyRun) + count(Piece::AnyOne) > 0;
        assert_eq!(wild, pattern.has_wildcards(), "{text:?}");
        let variables = pieces.iter().filter(|p| matches!(p, Piece::Variable(_))).count();
        assert_eq!(
            (variables, variables > 0),
            (pattern.variables().count(), pattern.has_variables()),
            "{text:?}"
        );
        assert!(
            pattern.as_literal().is_none_or(|literal| literal == text && !wild && variables == 0),
            "{text:?}"
        );
        assert_eq!(pattern.is_any(), pieces == [Piece::AnyRun], "{text:?}");
        assert!((1..=ARN_FIELDS).contains(&count_fields(&pattern)), "{text:?}");
        let resource = ResourcePattern::parse(text);
        assert!(resource.is_ok_and(|own| own.has_early_variable()) <= text.contains("${"), "{text:?}");
    }
}

fn written(piece: Piece<'_>, syntax: Syntax) -> String {
    match piece {
        Piece::AnyRun => "*".into(),
        Piece::AnyOne => "?".into(),
        Piece::Variable(variable) => match variable.default {
            Some(default) => format!("${{{}, '{default}'}}", variable.key),
            None => format!("${{{}}}", variable.key),
        },
        Piece::Text(text) if syntax.variables => text.chars().map(|c| escaped(c, syntax)).collect(),
        Piece::Text(text) => text.into(),
    }
}

fn escaped(c: char, syntax: Syntax) -> String {
    if c == '$' || (syntax.wildcards && matches!(c, '*' | '?')) { format!("${{{c}}}") } else { c.into() }
}

/// The pieces, neighbouring texts joined.
fn joined(pattern: &Pattern) -> Vec<String> {
    let mut joined = vec![String::new()];
    for piece in pattern.pieces() {
        match (piece, joined.last_mut()) {
            (Piece::Text(text), Some(last)) => last.push_str(text),
            (other, _) => joined.extend([format!("{other:?}"), String::new()]),
        }
    }
    joined
}
