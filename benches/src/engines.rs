//! The engines that are measured.

mod ours;
#[cfg(feature = "peers")]
pub mod peers;

use crate::work::Work;

pub use ours::{layers, request};

/// An engine that has read policies and requests.
pub trait Ready {
    /// Whether the request with this number is allowed.
    fn allows(&self, ask: usize) -> bool;
}

/// An engine.
#[derive(Clone, Copy)]
pub struct Engine {
    pub name: &'static str,
    /// Whether it is one of this workspace.
    pub own: bool,
    /// Reads policies and requests. `None` if the engine cannot express the work.
    pub prepare: fn(&Work) -> Option<Box<dyn Ready>>,
}

/// Every engine. Ours are first.
pub fn all() -> Vec<Engine> {
    let own = [("iam-eval", ours::program as fn(&Work) -> _), ("iam-eval, every statement", ours::scan)];
    let own = own.map(|(name, prepare)| Engine { name, own: true, prepare });
    #[cfg(feature = "peers")]
    let own = own.into_iter().chain(peers::all());
    own.into_iter().collect()
}

/// The engine with the work, if it can express it. Asserts that its answers are right.
pub fn prepared(engine: &Engine, work: &Work) -> Option<Box<dyn Ready>> {
    let ready = (engine.prepare)(work)?;
    for (i, ask) in work.asks.iter().enumerate() {
        assert_eq!(ready.allows(i), ask.allowed, "{} on {} {}", engine.name, work.name, ask.name);
    }
    Some(ready)
}
