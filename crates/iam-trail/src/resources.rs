//! On which resources a recorded request acted, as far as the record tells.
//!
//! [`ResourceRules::embedded`] is the table that says which parameters fill the ARN of a resource. [`ResourceReader`] asks it about one event:
//! the record's own `resources` stand first, then its parameters. Nothing is guessed. What the record does not tell is a part of the ARN that
//! is unknown ([`Piece`]), a resource type that is untold ([`Untold`]), or a reason ([`UnknownResource`]).
//!
//! # Source
//! Service Authorization Reference (resource types and forms of ARNs, by the catalogue); CloudTrail User Guide, "CloudTrail record contents".

mod arn;
mod fill;
mod find;
mod outcome;
mod place;
mod recorded;
mod rules;
mod tree;
mod value;

pub use arn::{ArnPattern, Piece};
pub use outcome::{Origin, RequestResource, Resources, UnknownResource, Untold};
pub use rules::{ResourceRules, RuleError};

use std::cell::OnceCell;

use iam_catalog::Lookup;

use crate::event::Event;
use find::Search;
use tree::Parameters;

/// Reads the resources of one event. The parameters of the request are read once, when they are first needed.
#[derive(Debug)]
pub struct ResourceReader<'e> {
    event: &'e Event<'e>,
    parameters: OnceCell<Parameters<'e>>,
    record: bool,
}

impl<'e> ResourceReader<'e> {
    /// A reader of an event.
    pub const fn new(event: &'e Event<'e>) -> Self {
        Self { event, parameters: OnceCell::new(), record: true }
    }

    /// A reader that does not look at the record's `resources`, but derives all from the parameters. It serves to compare the two.
    pub const fn of_parameters(event: &'e Event<'e>) -> Self {
        Self { event, parameters: OnceCell::new(), record: false }
    }

    /// The resources on which AWS decided about an action that the request needed.
    ///
    /// `action` is the full name, such as `s3:GetObject`. `catalog` says which resource types the action supports.
    pub fn resources<'c, L: Lookup + ?Sized>(
        &self,
        action: &str,
        rules: &ResourceRules,
        catalog: &'c L,
    ) -> Resources<'c> {
        let Some(details) = catalog.action(action) else {
            return Resources::Unknown(UnknownResource::UnknownAction);
        };
        if details.resources().next().is_none() {
            return Resources::NoResource;
        }
        let parameters = self.parameters.get_or_init(|| Parameters::of(self.event));
        Search::new(self.event, parameters, action, rules, details).run(self.record)
    }
}
