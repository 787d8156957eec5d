//! Tokens that were used before.

use std::collections::BTreeMap;

/// The answer of a store of used tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The token was not in the store, and now is, durably.
    Never,
    /// The token was in the store.
    Before,
    /// The store cannot say, or cannot keep the token. The token is then refused.
    NotKnown,
}

/// A store of used tokens, which the caller keeps.
///
/// A program with several processes needs one store for all of them, and a program that restarts one that lasts. Looking up and keeping have to
/// be one step: of two calls for one token, at most one may answer [`Seen::Never`].
pub trait SeenTokens {
    /// Keeps a token until `until` (seconds since 1970), and says whether it was there before.
    ///
    /// `token` identifies the token among all tokens of all issuers: the SHA-256 of issuer and `jti`, or of the signed part if there is no
    /// `jti`. From `until` on, the token is refused as expired, so that the store may forget it.
    fn keep(&mut self, token: [u8; 32], until: i64, now: i64) -> Seen;
}

/// A store of used tokens in memory, for one process, with a bound on its size.
///
/// A full store forgets expired tokens. If none has expired, it answers [`Seen::NotKnown`], so that new tokens are refused: it never forgets
/// a token that could be used again. A clock that is set back makes the store remember for longer, not shorter: what was forgotten had expired.
#[derive(Clone, Debug)]
pub struct RecentTokens {
    most: usize,
    until: BTreeMap<[u8; 32], i64>,
    /// The latest time that was given. A token that had expired then is refused even if the clock was set back since.
    latest: i64,
}

impl RecentTokens {
    /// An empty store for at most so many tokens. A token needs about 60 bytes.
    pub const fn new(most: usize) -> Self {
        Self { most, until: BTreeMap::new(), latest: i64::MIN }
    }

    /// The number of tokens in the store.
    pub fn len(&self) -> usize {
        self.until.len()
    }

    /// Whether the store is empty.
    pub fn is_empty(&self) -> bool {
        self.until.is_empty()
    }
}

impl SeenTokens for RecentTokens {
    fn keep(&mut self, token: [u8; 32], until: i64, now: i64) -> Seen {
        self.latest = self.latest.max(now);
        if self.until.contains_key(&token) {
            return Seen::Before;
        }
        if until <= self.latest {
            // It may have been here and been forgotten.
            return Seen::NotKnown;
        }
        if self.until.len() >= self.most {
            let latest = self.latest;
            self.until.retain(|_, until| *until > latest);
            if self.until.len() >= self.most {
                return Seen::NotKnown;
            }
        }
        self.until.insert(token, until);
        Seen::Never
    }
}
