//! What an operation needs.

use std::fmt;

/// What an operation needs: groups of actions, all of which must be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed<'t> {
    service: &'t str,
    needs: &'t str,
    evidence: &'t str,
}

/// Who decides whether an operation is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DecidedBy {
    /// The policies of the caller, and the others that apply to the request.
    Policies,
    /// The trust policy of the role alone. The caller has no credentials of AWS.
    TrustPolicy,
    /// No policy: whoever can call the operation may, even if a policy denies it.
    NoPolicy,
    /// Nobody outside of AWS knows: it is an operation of a console that no page describes.
    Unknown,
}

/// Actions of which one or more are needed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'t> {
    service: &'t str,
    alternatives: &'t str,
    /// Which of them are needed.
    pub choice: Choice<'t>,
    /// When the group is needed.
    pub when: When<'t>,
}

/// Which actions of a group are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'t> {
    /// Any one of them is enough. A group of one action has this choice.
    AnyOne,
    /// Those that the request is about: one or more. What the statement says that DynamoDB executes, for example.
    Fitting,
    /// The second of two if the request has the parameter, else the first.
    ByParameter(&'t str),
}

/// When a group is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When<'t> {
    /// Always.
    Always,
    /// If the request has one of the parameters.
    With(Parameters<'t>),
    /// At times. If there are parameters, only if the request has one of them.
    Perhaps(Option<Parameters<'t>>),
}

/// Names of parameters as CloudTrail writes them, at any depth of `requestParameters`. ASCII case does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters<'t>(&'t str);

impl<'t> Parameters<'t> {
    /// The names.
    pub fn names(self) -> impl Iterator<Item = &'t str> + Clone + use<'t> {
        self.0.split(',')
    }
}

/// The name of an action. Displays as `s3:GetObject`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionName<'t> {
    /// The service prefix, such as `s3`.
    pub service: &'t str,
    /// The name without the prefix, such as `GetObject`.
    pub name: &'t str,
}

impl fmt::Display for ActionName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}

impl<'t> Needed<'t> {
    pub(super) const fn of_row(service: &'t str, needs: &'t str, evidence: &'t str) -> Self {
        Self { service, needs, evidence }
    }

    /// The prefix of the service that has the operation.
    pub const fn service(&self) -> &'t str {
        self.service
    }

    /// Where the fact is from.
    pub const fn source(&self) -> &'t str {
        self.evidence
    }

    /// Who decides.
    pub fn decided_by(&self) -> DecidedBy {
        match self.needs.as_bytes().first() {
            Some(b'-') => DecidedBy::NoPolicy,
            Some(b'~') => DecidedBy::Unknown,
            Some(b'!') => DecidedBy::TrustPolicy,
            Some(_) | None => DecidedBy::Policies,
        }
    }

    /// The groups, all of which are needed. None if no policy decides, or nobody knows.
    pub fn groups(&self) -> impl Iterator<Item = Group<'t>> + use<'t> {
        let service = self.service;
        let texts = self.needs.split(' ').filter(|text| !matches!(*text, "-" | "~" | "!"));
        texts.map(move |text| Group::read(service, text))
    }

    /// Every action that is or may be needed.
    pub fn actions(&self) -> impl Iterator<Item = ActionName<'t>> + use<'t> {
        self.groups().flat_map(|group| group.actions())
    }

    /// The one action that is needed always, if there is only one: that without the parameter if a parameter chooses.
    ///
    /// `None` if several are needed, or if the name of the operation does not tell which.
    pub fn only_action(&self) -> Option<ActionName<'t>> {
        let mut always = self.groups().filter(|group| group.when == When::Always);
        let (Some(group), None) = (always.next(), always.next()) else { return None };
        let mut actions = group.actions();
        match (actions.next(), actions.next(), group.choice) {
            (Some(first), None, _) | (Some(first), Some(_), Choice::ByParameter(_)) => Some(first),
            (_, _, Choice::AnyOne | Choice::Fitting | Choice::ByParameter(_)) => None,
        }
    }
}

impl<'t> Group<'t> {
    fn read(service: &'t str, text: &'t str) -> Self {
        let (head, parameters) = match text.split_once('=') {
            Some((head, parameters)) => (head, Some(Parameters(parameters))),
            None => (text, None),
        };
        let (head, when) = match (head.strip_prefix('+'), head.strip_prefix('?'), parameters) {
            (Some(head), _, Some(parameters)) => (head, When::With(parameters)),
            (Some(head), _, None) => (head, When::Always),
            (None, Some(head), parameters) => (head, When::Perhaps(parameters)),
            (None, None, _) => (head, When::Always),
        };
        let (alternatives, choice) = match head.split_once('@') {
            Some((alternatives, parameter)) => (alternatives, Choice::ByParameter(parameter)),
            None if head.contains('/') => (head, Choice::Fitting),
            None => (head, Choice::AnyOne),
        };
        Self { service, alternatives, choice, when }
    }

    /// The actions.
    pub fn actions(&self) -> impl Iterator<Item = ActionName<'t>> + Clone + use<'t> {
        let service = self.service;
        self.alternatives.split(['|', '/']).map(move |name| match name.split_once(':') {
            Some((service, name)) => ActionName { service, name },
            None => ActionName { service, name },
        })
    }
}

/// Whether a text says what an operation needs.
pub(super) fn is_well_formed(needs: &str) -> bool {
    if matches!(needs, "-" | "~") {
        return true;
    }
    needs.strip_prefix("! ").unwrap_or(needs).split(' ').all(is_group)
}

fn is_group(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_word = |word: &str| {
        word.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric()) && word.bytes().all(is_sign)
    };
    let is_action = |name: &str| match name.split_once(':') {
        Some((service, name)) => is_word(service) && is_word(name),
        None => is_word(name),
    };
    let (head, parameters) = match text.split_once('=') {
        Some((head, parameters)) => (head, Some(parameters)),
        None => (text, None),
    };
    let (mark, head) = match head.strip_prefix(['+', '?']) {
        Some(rest) => (head.chars().next(), rest),
        None => (None, head),
    };
    let (head, parameter) = match head.split_once('@') {
        Some((head, parameter)) => (head, Some(parameter)),
        None => (head, None),
    };
    // A sign of choice, and not both.
    let is_mixed = head.contains('|') && (head.contains('/') || parameter.is_some());
    let is_two = || head.split('/').count() == 2;
    !is_mixed
        && head.split(['|', '/']).all(is_action)
        && parameter.is_none_or(|parameter| is_word(parameter) && is_two())
        && match mark {
            Some('+') => parameters.is_some(),
            Some(_) => true,
            None => parameters.is_none(),
        }
        && parameters.is_none_or(|all| all.split(',').all(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read() {
        let needed = Needed::of_row("a", "! X/b:Y@p +Z=q,r ?c:W A|B C/D ?V=s", "src");
        assert_eq!(needed.decided_by(), DecidedBy::TrustPolicy);
        let groups: Vec<Group<'_>> = needed.groups().collect();
        let told: Vec<String> = groups
            .iter()
            .map(|group| {
                let actions: Vec<String> = group.actions().map(|action| action.to_string()).collect();
                format!("{} {:?} {:?}", actions.join(" "), group.choice, group.when)
            })
            .collect();
        assert_eq!(
            told,
            [
                "a:X b:Y ByParameter(\"p\") Always",
                "a:Z AnyOne With(Parameters(\"q,r\"))",
                "c:W AnyOne Perhaps(None)",
                "a:A a:B AnyOne Always",
                "a:C a:D Fitting Always",
                "a:V AnyOne Perhaps(Some(Parameters(\"s\")))",
            ]
        );
        let none = Needed::of_row("a", "-", "src");
        assert_eq!((none.decided_by(), none.groups().count()), (DecidedBy::NoPolicy, 0));
        assert_eq!(Needed::of_row("a", "~", "src").decided_by(), DecidedBy::Unknown);
    }

    #[test]
    fn the_only_action_is_told() {
        let only = |needs: &'static str| Needed::of_row("a", needs, "").only_action().map(|own| own.name);
        assert_eq!(only("X ?Y +Z=p"), Some("X"));
        assert_eq!(only("X/Y@p"), Some("X"));
        for needs in ["X Y", "X/Y", "X|Y", "?X", "-", "~"] {
            assert_eq!(only(needs), None, "{needs}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for needs in ["X", "X y:Z", "X|Y|Z", "X/Y/Z", "+X=p", "?X", "?X=p,q", "! X", "-", "~", "X/Y@v-1"] {
            assert!(is_well_formed(needs), "{needs}");
        }
        for needs in [
            "", " X", "X ", "X  Y", "!", "- X", "X=p", "+X", "X|Y/Z", "X@p", "X|Y@p", "X/Y/Z@p", "X/", "+X=",
            "X:",
        ] {
            assert!(!is_well_formed(needs), "{needs}");
        }
    }
}
