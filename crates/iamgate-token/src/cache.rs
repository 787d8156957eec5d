//! When to fetch the keys of an issuer, and which keys to use meanwhile.

use crate::error::TokenError;
use crate::keys::KeySet;

/// Seconds for which keys are used without asking again.
const FRESH: i64 = 300;

/// Seconds between two fetches, at least.
const FLOOR: i64 = 30;

/// Seconds after which a fetch that did not report counts as failed.
const PATIENCE: i64 = 30;

/// Seconds for which the last good keys are used while no newer ones can be fetched.
const KEPT: i64 = 86_400;

/// The keys of one issuer and the rules by which they are fetched. It opens no connection and has no clock: the caller fetches, and says what
/// time it is (in seconds since 1970).
///
/// - Keys are used for 5 minutes. Then they are fetched again, and used on until the new ones are there.
/// - A token with an unknown key id causes one fetch, so that a new key works at once.
/// - At least 30 seconds lie between two fetches, whatever tokens are presented.
/// - Only one fetch is under way. One that has not reported after 30 seconds counts as failed, and its late report is ignored.
/// - If fetching fails, the last good keys are kept for 24 hours, and [`is_alarmed`](Self::is_alarmed) says so.
/// - New keys replace the old ones as a whole: a key that the issuer has taken back is gone.
///
/// A clock that is set back makes the keys count as old, so that they are fetched.
#[derive(Clone, Debug)]
pub struct JwksCache {
    issuer: Box<str>,
    good: Option<Good>,
    /// The time of the last attempt.
    tried: Option<i64>,
    /// The fetch that is under way.
    running: Option<FetchTicket>,
    failed: bool,
    tickets: u64,
}

#[derive(Clone, Debug)]
struct Good {
    keys: KeySet,
    at: i64,
}

/// A fetch that the caller has been asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "report the fetch with JwksCache::fetched or JwksCache::failed"]
pub struct FetchTicket {
    number: u64,
    at: i64,
}

/// What to do for a token.
#[derive(Clone, Debug)]
pub enum KeysToUse<'k> {
    /// Verify the token with these keys.
    Cached(&'k KeySet),
    /// Fetch the keys, report the result with the ticket, and ask again.
    Fetch(FetchTicket),
    /// Ask again at this time at the latest, or when the fetch that is under way has reported.
    Wait {
        /// In seconds since 1970.
        until: i64,
    },
}

impl JwksCache {
    /// A cache without keys for an issuer, by the text of `iss`.
    pub fn new(issuer: &str) -> Self {
        Self { issuer: issuer.into(), good: None, tried: None, running: None, failed: false, tickets: 0 }
    }

    /// What to do for a token that names this key, or none.
    pub fn ask(&mut self, key_id: Option<&str>, now: i64) -> KeysToUse<'_> {
        if let Some(ticket) = self.running.filter(|ticket| is_lost(*ticket, now)) {
            self.failed(ticket);
        }
        let age = self.good.as_ref().map(|good| since(good.at, now));
        let fresh = age.is_some_and(|age| (0..FRESH).contains(&age));
        let usable = age.is_some_and(|age| age < KEPT);
        let known = usable && self.good.as_ref().is_some_and(|good| good.keys.has(key_id));
        // A fetch while keys are used on is asked of one caller only; the others go on with what is there.
        let wants = !(fresh && known);
        let next =
            self.tried.map_or(now, |tried| if tried > now { now } else { tried.saturating_add(FLOOR) });
        if wants && self.running.is_none() && now >= next {
            return KeysToUse::Fetch(self.start(now));
        }
        match &self.good {
            Some(good) if known => KeysToUse::Cached(&good.keys),
            // The newest keys are younger than the floor, and do not have the token's: the verifier says so.
            Some(good) if usable && self.running.is_none() => KeysToUse::Cached(&good.keys),
            _ => KeysToUse::Wait {
                until: self.running.map_or(next, |ticket| ticket.at.saturating_add(PATIENCE)),
            },
        }
    }

    fn start(&mut self, now: i64) -> FetchTicket {
        self.tickets = self.tickets.wrapping_add(1);
        let ticket = FetchTicket { number: self.tickets, at: now };
        self.tried = Some(now);
        self.running = Some(ticket);
        ticket
    }

    /// Takes what was fetched.
    ///
    /// # Errors
    /// The text is no acceptable set of keys. That counts as a failed fetch: the last good keys stay.
    pub fn fetched(&mut self, ticket: FetchTicket, text: &str, now: i64) -> Result<(), TokenError> {
        if self.running.is_some_and(|running| is_lost(running, now)) {
            self.failed(ticket);
        }
        if self.running != Some(ticket) {
            return Ok(()); // A late report.
        }
        match KeySet::parse(&self.issuer, text) {
            Ok(keys) => {
                self.good = Some(Good { keys, at: now });
                (self.running, self.failed) = (None, false);
                Ok(())
            }
            Err(error) => {
                self.failed(ticket);
                Err(error)
            }
        }
    }

    /// Takes note that a fetch has failed.
    pub fn failed(&mut self, ticket: FetchTicket) {
        if self.running == Some(ticket) {
            (self.running, self.failed) = (None, true);
        }
    }

    /// Whether the last fetch failed, so that the keys in use may be old or there are none. Somebody has to look at it within 24 hours.
    pub const fn is_alarmed(&self) -> bool {
        self.failed
    }

    /// The time at which the keys in use were fetched, in seconds since 1970. `None` if there are none.
    pub fn fetched_at(&self) -> Option<i64> {
        self.good.as_ref().map(|good| good.at)
    }
}

/// Whether a fetch should have reported by now, or the clock was set back since it began.
fn is_lost(ticket: FetchTicket, now: i64) -> bool {
    !(0..PATIENCE).contains(&since(ticket.at, now))
}

/// The seconds from one time to another; negative if the clock was set back.
const fn since(from: i64, now: i64) -> i64 {
    now.saturating_sub(from)
}
