//! The condition keys that a policy asks for.

use crate::condition::{Flag, Values};
use crate::pattern::{Pattern, Variable};
use crate::policy::{Policy, Statement};
use crate::resource::ResourceElement;

impl Values {
    /// The values that are patterns, in which variables may stand: those of string and ARN operators, and variables of `Bool`.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let (texts, flags) = match self {
            Self::String(values) | Self::Arn(values) => (values.as_slice(), [].as_slice()),
            Self::Bool(flags) => ([].as_slice(), flags.as_slice()),
            Self::Numeric(_) | Self::Date(_) | Self::Binary(_) | Self::Ip(_) | Self::Null(_) => {
                ([].as_slice(), [].as_slice())
            }
        };
        let flags = flags.iter().filter_map(|own| match &own.value {
            Flag::Variable(pattern) => Some(pattern),
            Flag::Literal(_) => None,
        });
        texts.iter().map(|own| &own.value).chain(flags)
    }
}

impl Statement {
    /// The variables of the statement, in resources and in values of conditions, in their order in it. A key may come several times.
    pub fn variables(&self) -> impl Iterator<Item = Variable<'_>> {
        let resources =
            self.resource.iter().flat_map(ResourceElement::patterns).map(|own| own.value.pattern());
        let values = self.conditions.iter().flat_map(|own| own.values.patterns());
        resources.chain(values).flat_map(Pattern::variables)
    }

    /// The condition keys on which it may depend whether the statement applies to a request: those of its conditions, and those that its
    /// variables stand for, as the statement spells them. A key may come several times.
    ///
    /// A request in which a key is unknown must say so for each of them: a key that it does not have is absent.
    pub fn asked_keys(&self) -> impl Iterator<Item = &str> {
        let of_conditions = self.conditions.iter().map(|own| own.key.value.as_str());
        of_conditions.chain(self.variables().map(|own| own.key))
    }
}

impl Policy {
    /// The condition keys of all statements, as [`Statement::asked_keys`].
    pub fn asked_keys(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(Statement::asked_keys)
    }
}
