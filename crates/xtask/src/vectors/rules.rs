//! Rules 4.2 and 4.6 to 4.10 as code: from samples that meet the list or do not, to the answer of a condition.
//!
//! No answer is taken from an engine. Every comparison has a definite answer (rule 4.9).

use super::format::{Certainty, Decision};
use super::operators::{Odd, Operator};

/// The answer of a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    True,
    False,
    /// An ARN pattern that cannot be read ended the comparison (rule 4.22).
    Indeterminate,
}

impl Answer {
    pub(super) fn of(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Indeterminate => "indeterminate",
        }
    }
}

/// The prefix of an operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quantifier {
    None,
    ForAllValues,
    ForAnyValue,
}

impl Quantifier {
    pub(super) const ALL: [Self; 3] = [Self::None, Self::ForAllValues, Self::ForAnyValue];

    /// The prefix as a policy spells it.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::ForAllValues => "ForAllValues:",
            Self::ForAnyValue => "ForAnyValue:",
        }
    }
}

/// A way in which a key can be present in the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Presence {
    Absent,
    EmptyList,
    OneInside,
    OneOutside,
    ListOfOneInside,
    PartlyOverlapping,
    PartlyOverlappingReversed,
    AllInside,
    Disjoint,
    EmptyString,
    WrongType,
    /// The presences from here on need a set operator.
    EmptyStringInList,
    InsideAndWrongType,
    OutsideAndWrongType,
}

/// The sample that a presence puts into the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pick {
    Inside(usize),
    Outside(usize),
    Empty,
    Wrong,
}

impl Presence {
    /// Every presence, in the order of the table.
    pub(super) const ALL: [Self; 14] = [
        Self::Absent,
        Self::EmptyList,
        Self::OneInside,
        Self::OneOutside,
        Self::ListOfOneInside,
        Self::PartlyOverlapping,
        Self::PartlyOverlappingReversed,
        Self::AllInside,
        Self::Disjoint,
        Self::EmptyString,
        Self::WrongType,
        Self::EmptyStringInList,
        Self::InsideAndWrongType,
        Self::OutsideAndWrongType,
    ];

    /// The name in ids and in the head of a column.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::EmptyList => "empty-list",
            Self::OneInside => "one-inside",
            Self::OneOutside => "one-outside",
            Self::ListOfOneInside => "list-of-one-inside",
            Self::PartlyOverlapping => "partly-overlapping",
            Self::PartlyOverlappingReversed => "partly-overlapping-reversed",
            Self::AllInside => "all-inside",
            Self::Disjoint => "disjoint",
            Self::EmptyString => "empty-string",
            Self::WrongType => "wrong-type",
            Self::EmptyStringInList => "empty-string-in-list",
            Self::InsideAndWrongType => "inside-and-wrong-type",
            Self::OutsideAndWrongType => "outside-and-wrong-type",
        }
    }

    /// Whether the key is multivalued, and its values.
    pub(super) fn picks(self) -> (bool, &'static [Pick]) {
        use Pick::{Empty, Inside, Outside, Wrong};
        match self {
            Self::Absent => (false, &[]),
            Self::EmptyList => (true, &[]),
            Self::OneInside => (false, &[Inside(1)]),
            Self::OneOutside => (false, &[Outside(0)]),
            Self::ListOfOneInside => (true, &[Inside(1)]),
            Self::PartlyOverlapping => (true, &[Inside(0), Outside(0), Inside(1)]),
            Self::PartlyOverlappingReversed => (true, &[Outside(0), Inside(1), Outside(1)]),
            Self::AllInside => (true, &[Inside(0), Inside(1)]),
            Self::Disjoint => (true, &[Outside(0), Outside(1)]),
            Self::EmptyString => (false, &[Empty]),
            Self::WrongType => (false, &[Wrong]),
            Self::EmptyStringInList => (true, &[Empty]),
            Self::InsideAndWrongType => (true, &[Inside(0), Wrong]),
            Self::OutsideAndWrongType => (true, &[Outside(0), Wrong]),
        }
    }

    /// Whether the cell says something that no other cell says.
    ///
    /// Without a set operator every list is the same (rule 4.9). A value of a wrong type beside a right one says nothing new if the operator
    /// takes it for text.
    pub(super) fn is_legal(self, quantifier: Quantifier, operator: &Operator) -> bool {
        match self {
            Self::EmptyStringInList => quantifier != Quantifier::None,
            Self::InsideAndWrongType | Self::OutsideAndWrongType => {
                quantifier != Quantifier::None && operator.wrong.1 != Odd::Text
            }
            _ => true,
        }
    }
}

/// An operator as a condition uses it.
pub(super) struct Form<'a> {
    pub(super) operator: &'a Operator,
    pub(super) quantifier: Quantifier,
    pub(super) if_exists: bool,
}

impl Form<'_> {
    /// The operator as a policy spells it.
    pub(super) fn spelling(&self) -> String {
        let suffix = if self.if_exists { "IfExists" } else { "" };
        format!("{}{}{suffix}", self.quantifier.prefix(), self.operator.name)
    }
}

/// An answer, its source, and what it rests on.
pub(super) struct Derivation {
    pub(super) answer: Answer,
    pub(super) rules: &'static str,
    pub(super) certainty: Certainty,
    pub(super) why: String,
}

/// The base operator on one value (rule 4.2): OR over the list, NOR for a negated operator. Rule 4.9 for values of another type.
fn base(operator: &Operator, pick: Pick) -> bool {
    let odd = |odd| match odd {
        Odd::Text | Odd::NoMatch => operator.negated,
        Odd::Neither => false,
    };
    let sample = |(_, meets): (&str, &[bool])| meets.contains(&true) != operator.negated;
    match pick {
        Pick::Inside(n) => sample(operator.inside[n]),
        Pick::Outside(n) => sample(operator.outside[n]),
        Pick::Empty => odd(operator.empty),
        Pick::Wrong => odd(operator.wrong.1),
    }
}

/// The answer of a form if the key is present in this way.
pub(super) fn derive(form: &Form<'_>, presence: Presence) -> Derivation {
    let (multivalued, picks) = presence.picks();
    let operator = form.operator;
    let kind = if operator.negated { "negated" } else { "positive" };
    let said = |answer: bool, rules, certainty, why| Derivation {
        answer: Answer::of(answer),
        rules,
        certainty,
        why,
    };

    // Rule 4.7, and rule 4.8 for the empty list.
    if picks.is_empty() {
        let rules = if multivalued { "rules 4.7, 4.8" } else { "rule 4.7" };
        let key = if multivalued { "A key without values counts as absent" } else { "The key is absent" };
        let (answer, form_of, open) = match (form.if_exists, form.quantifier) {
            (true, Quantifier::ForAnyValue) => (true, "IfExists answers before ForAnyValue", true),
            (true, _) => (true, "IfExists is then true", false),
            (false, Quantifier::ForAllValues) => (true, "ForAllValues is then true, negated or not", false),
            (false, Quantifier::ForAnyValue) => (false, "ForAnyValue is then false, negated or not", false),
            (false, Quantifier::None) => (operator.negated, "", false),
        };
        let why = match form_of {
            "" => format!("{key}: a {kind} operator is then {answer}."),
            text => format!("{key}: {text}."),
        };
        let certainty = if open { Certainty::Judgement } else { Certainty::Documented };
        return said(answer, rules, certainty, why);
    }
    // Rule 4.8: the null data set.
    if presence == Presence::EmptyStringInList && form.quantifier == Quantifier::ForAllValues {
        let why =
            "A value set that is only the empty string is a null data set: ForAllValues is true.".into();
        return said(true, "rules 4.8, 7.5", Certainty::Documented, why);
    }
    // Rule 4.9: a multivalued key needs a set operator.
    if multivalued && form.quantifier == Quantifier::None {
        let why =
            format!("A multivalued key without set operator never matches, so the {kind} operator is false.");
        return said(false, "rules 4.9, 7.1", Certainty::Observed, why);
    }

    let each: Vec<bool> = picks.iter().map(|pick| base(operator, *pick)).collect();
    let over_list = if operator.negated { "NOR" } else { "OR" };
    let words: Vec<&str> = each.iter().map(|answer| Answer::of(*answer).word()).collect();
    let words = words.join(", ");
    let (answer, rules, mut why) = match form.quantifier {
        Quantifier::None => (each[0], "rule 4.2", format!("{over_list} over the policy values is {words}.")),
        Quantifier::ForAllValues => {
            let all = !each.contains(&false);
            let why = format!("{over_list} for each request value: {words}; all of them: {all}.");
            (all, "rules 4.2, 4.10", why)
        }
        Quantifier::ForAnyValue => {
            let any = each.contains(&true);
            let why = format!("{over_list} for each request value: {words}; some of them: {any}.");
            (any, "rules 4.2, 4.10", why)
        }
    };
    if form.if_exists {
        why.push_str(" IfExists leaves a present key to the operator.");
    }
    let odd = picks.iter().find_map(|pick| match pick {
        Pick::Wrong => Some(operator.wrong.1),
        Pick::Empty => Some(operator.empty),
        Pick::Inside(_) | Pick::Outside(_) => None,
    });
    let is_empty = picks.contains(&Pick::Empty);
    if odd == Some(Odd::Neither) {
        why = format!(
            "{} is not of the operator's type: positive and negated operators are false. {why}",
            if is_empty { "The empty text" } else { "A value" }
        );
    }
    let (rules, certainty) = match odd {
        None => (rules, Certainty::Documented),
        // Rule 4.8: for `ForAnyValue`, a list of empty texts is a list like any other.
        Some(_) if presence == Presence::EmptyStringInList => ("rules 4.8, 7.42", Certainty::Judgement),
        Some(Odd::Text) if is_empty => ("rules 4.8, 7.5", Certainty::Observed),
        Some(Odd::Text) => ("rules 4.2, 4.26", Certainty::Documented),
        Some(_) if operator.name.starts_with("Arn") => ("rules 4.9, 4.22", Certainty::Observed),
        Some(_) if operator.name == "Bool" => ("rules 4.9, 4.15", Certainty::Observed),
        // Rule 4.9: what these answer was not observed.
        Some(_) if operator.name.contains("Less") || operator.name.contains("Greater") => {
            ("rules 4.9, 7.2", Certainty::Judgement)
        }
        Some(_) => ("rules 4.9, 7.2", Certainty::Observed),
    };
    said(answer, rules, certainty, why)
}

/// The decision of a statement: an Allow applies if the answer is true, a Deny if it is not false (rule 4.22). The Deny is next to an Allow
/// for everything.
pub(super) fn decision(deny: bool, answer: Answer) -> Decision {
    match (deny, answer) {
        (false, Answer::True) | (true, Answer::False) => Decision::Allowed,
        (false, _) => Decision::ImplicitDeny,
        (true, _) => Decision::ExplicitDeny,
    }
}
