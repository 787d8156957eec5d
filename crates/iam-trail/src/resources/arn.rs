//! An ARN of which parts may be unknown.

use std::fmt;

/// A part of an ARN.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Piece {
    /// A text that is known. A `*` in it is a star of the request, not a wildcard.
    Known(String),
    /// The text of the request, such as `instance/i-1`, always the last piece. If AWS finds no such resource, it decides on `instance/*` or
    /// `*/*` instead. A request that failed does not tell which.
    Asked(String),
    /// Any text, also none.
    Unknown,
}

/// An ARN of which parts may be unknown. An ARN that is known whole has one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArnPattern {
    pieces: Vec<Piece>,
}

impl ArnPattern {
    /// An ARN that is known.
    pub fn known(arn: &str) -> Self {
        Self { pieces: vec![Piece::Known(arn.to_owned())] }
    }

    /// The pieces in their order. Two that are known, or two that are unknown, never stand side by side.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The ARN, if it is known whole.
    pub fn exact(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Known(text)] => Some(text),
            [] | [Piece::Asked(_) | Piece::Unknown] | [_, _, ..] => None,
        }
    }

    /// The ARN as the request asked for it, if no part is unknown.
    pub fn asked(&self) -> Option<String> {
        let mut arn = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Known(text) | Piece::Asked(text) => arn.push_str(text),
                Piece::Unknown => return None,
            }
        }
        Some(arn)
    }

    /// Whether an ARN may be the one that is meant: what is known is the same, and what is unknown is any text.
    pub fn covers(&self, arn: &str) -> bool {
        let mut rest = arn;
        let mut open = false;
        let mut pieces = self.pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            let text = match piece {
                Piece::Known(text) => text,
                Piece::Asked(text) if !open => return rest == text || is_star_of(rest, text),
                Piece::Asked(_) | Piece::Unknown => {
                    open = true;
                    continue;
                }
            };
            let behind = match (open, pieces.peek().is_none()) {
                (false, _) => rest.strip_prefix(text.as_str()),
                (true, true) => return rest.ends_with(text.as_str()),
                (true, false) => rest.split_once(text.as_str()).map(|(_, behind)| behind),
            };
            let Some(behind) = behind else { return false };
            rest = behind;
            open = false;
        }
        open || rest.is_empty()
    }

    /// Adds a text that is known.
    pub(crate) fn push(&mut self, text: &str) {
        if let Some(Piece::Known(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            self.pieces.push(Piece::Known(text.to_owned()));
        }
    }

    /// Adds a part that is unknown.
    pub(crate) fn push_unknown(&mut self) {
        if self.pieces.last() != Some(&Piece::Unknown) {
            self.pieces.push(Piece::Unknown);
        }
    }

    /// Adds the pieces of another.
    pub(crate) fn extend(&mut self, other: &Self) {
        for piece in &other.pieces {
            match piece {
                Piece::Known(text) => self.push(text),
                Piece::Asked(_) => self.pieces.push(piece.clone()),
                Piece::Unknown => self.push_unknown(),
            }
        }
    }

    /// The same, where AWS may have decided on `*` in place of the resource that was asked for: all behind the fifth colon.
    pub(crate) fn into_asked(self) -> Self {
        let Some(arn) = self.exact() else { return self };
        let mut colons = arn.match_indices(':');
        let Some((head, name)) = colons.nth(4).and_then(|(at, _)| arn.split_at_checked(at.saturating_add(1)))
        else {
            return self;
        };
        if name.ends_with("/*") {
            return self;
        }
        Self { pieces: vec![Piece::Known(head.to_owned()), Piece::Asked(name.to_owned())] }
    }
}

/// Whether a text is what AWS writes in place of `TYPE/ID`: `TYPE/*`, `*/*` or `*`.
fn is_star_of(text: &str, asked: &str) -> bool {
    let of_type = text.strip_suffix("/*").zip(asked.split_once('/'));
    matches!(text, "*" | "*/*") || of_type.is_some_and(|(own, (kind, _))| own == kind)
}

/// What is unknown is written as `{?}`, and what was asked for as `{instance/i-1|*}`: no ARN of AWS has braces.
impl fmt::Display for ArnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Known(text) => f.write_str(text)?,
                Piece::Asked(text) => write!(f, "{{{text}|*}}")?,
                Piece::Unknown => f.write_str("{?}")?,
            }
        }
        Ok(())
    }
}
