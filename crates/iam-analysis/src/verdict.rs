//! Answers: a proof, a request that shows the contrary, or the reasons why neither is known.

use std::fmt;

use iam_eval::{Point, Request, wire};
use iam_json::{Json, quoted};

use crate::load::QuestionLoad;

/// The answer to a question about all requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Proven for every request in question.
    Holds,
    /// Disproven: the evaluator has confirmed that this request shows the contrary.
    Fails(Box<Witness>),
    /// Neither proven nor disproven, for these reasons.
    Unknown(Vec<Doubt>),
}

/// The kind of a [`Verdict`]. It displays as `holds`, `fails` or `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerdictKind {
    /// Proven.
    Holds,
    /// Disproven.
    Fails,
    /// Neither proven nor disproven.
    Unknown,
}

impl VerdictKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Holds, Self::Fails, Self::Unknown];

    /// The name of the kind: `holds`, `fails` or `unknown`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of several verdicts together.
    ///
    /// It is `Fails` if one verdict fails; otherwise `Unknown` if one is unknown; otherwise `Holds`.
    pub fn together(kinds: impl IntoIterator<Item = Self>) -> Self {
        kinds.into_iter().fold(Self::Holds, |all, own| match (all, own) {
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Holds, Self::Holds) => Self::Holds,
        })
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Verdict {
    /// The verdict without its request or its reasons.
    pub const fn kind(&self) -> VerdictKind {
        match self {
            Self::Holds => VerdictKind::Holds,
            Self::Fails(_) => VerdictKind::Fails,
            Self::Unknown(_) => VerdictKind::Unknown,
        }
    }

    /// The name of the kind: `holds`, `fails` or `unknown`.
    pub const fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Whether the claim is proven under the first reading of the rules, by which decisions are made, though not always under every one.
    ///
    /// A claim of which another reading has a request against it is [`Verdict::Unknown`] with [`Doubt::Readings`].
    pub fn holds_at_first(&self) -> bool {
        match self {
            Self::Holds => true,
            Self::Fails(_) => false,
            Self::Unknown(doubts) => {
                !doubts.is_empty() && doubts.iter().all(|doubt| matches!(doubt, Doubt::Readings { .. }))
            }
        }
    }

    /// Whether the evaluator judged a request differently from the analysis.
    ///
    /// This is a defect of the crate, and not an answer.
    pub fn is_defect(&self) -> bool {
        matches!(self, Self::Unknown(doubts) if doubts.iter().any(|doubt| matches!(doubt, Doubt::Defect { .. })))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A counterexample to a claim, such as a request that the first layers of a question allow and the others do not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Witness {
    /// The request.
    pub request: Request,
}

/// A reason why an answer is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The budget ran out at this action, or before any action was considered.
    OutOfSteps {
        /// An action.
        action: Option<Box<str>>,
        /// What the question was about.
        load: Box<QuestionLoad>,
    },
    /// A condition key is compared as text and as another type, and no value was found that satisfies both.
    MixedTypes {
        /// The key.
        key: Box<str>,
        /// An action.
        action: Box<str>,
    },
    /// Policy variables make keys depend on each other, and no values were found for them.
    Variables {
        /// The keys of the variables.
        keys: Vec<Box<str>>,
        /// An action.
        action: Box<str>,
    },
    /// A pattern has characters of which the analysis does not know exactly what they match, and no request was found.
    Characters {
        /// An action.
        action: Box<str>,
    },
    /// The policy allows the action to somebody who it does not say who it is: a canonical user, or those whom an identity provider knows.
    Unidentified {
        /// The name in the policy.
        named: Box<str>,
        /// An action.
        action: Box<str>,
    },
    /// The question was not asked about something that matters: what is known of AWS, or what was given, does not say how.
    Unasked {
        /// What it was not asked about.
        about: Box<str>,
    },
    /// The claim holds under the first reading of the rules, and not under another one (part 8 of the rules).
    Readings {
        /// The points at which the other reading has the other answer, as few as suffice.
        points: Vec<Point>,
        /// A request that shows the contrary under the other reading.
        request: Box<Request>,
    },
    /// A request was found that the evaluator judges differently: a defect of this crate.
    Defect {
        /// The request.
        request: Box<Request>,
    },
}

impl Doubt {
    /// The name of the kind: `steps`, `types`, `variables`, `characters`, `unidentified`, `readings` or `defect`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OutOfSteps { .. } => "steps",
            Self::MixedTypes { .. } => "types",
            Self::Variables { .. } => "variables",
            Self::Characters { .. } => "characters",
            Self::Unidentified { .. } => "unidentified",
            Self::Unasked { .. } => "unasked",
            Self::Readings { .. } => "readings",
            Self::Defect { .. } => "defect",
        }
    }

    /// The doubt for programs: an object.
    ///
    /// - `kind`: the name of the kind.
    /// - `says`: the sentence that the doubt displays as.
    /// - `action`: the action, except for `readings` and `defect`.
    /// - `keys`: the condition keys, for `types` and `variables`.
    /// - `named`: the name in the policy, for `unidentified`.
    /// - `readings`: for `readings`, an object for each open point, with its name (`point`), its `rule`, and the other `answer`.
    /// - `request`: the request, for `readings` and `defect`.
    /// - `load`, for `steps`: an object with what the question was about ([`QuestionLoad`]).
    ///
    /// # Examples
    /// ```
    /// use iam_analysis::Doubt;
    ///
    /// let doubt = Doubt::Variables { keys: vec!["aws:username".into()], action: "s3:GetObject".into() };
    /// assert_eq!(
    ///     doubt.to_json().to_string(),
    ///     concat!(
    ///         r#"{"action":"s3:GetObject","keys":["aws:username"],"kind":"variables","#,
    ///         r#""says":"the policy variables aws:username tie condition keys to each other (s3:GetObject)"}"#
    ///     )
    /// );
    /// ```
    pub fn to_json(&self) -> Json {
        let of_action = |action: &str| ("action", Json::text(action));
        let list = |keys: &[Box<str>]| ("keys", Json::list(keys, |key| Json::text(&**key)));
        let of_request = |request: &Request| ("request", wire::request_json(request));
        let own = match self {
            Self::OutOfSteps { action, load } => {
                let action = action.iter().map(|action| of_action(action));
                action.chain([("load", load.to_json())]).collect()
            }
            Self::MixedTypes { key, action } => {
                vec![of_action(action), list(std::slice::from_ref(key))]
            }
            Self::Variables { keys, action } => vec![of_action(action), list(keys)],
            Self::Characters { action } => vec![of_action(action)],
            Self::Unidentified { named, action } => {
                vec![of_action(action), ("named", Json::text(&**named))]
            }
            Self::Unasked { about } => vec![("about", Json::text(&**about))],
            Self::Readings { points, request } => {
                let point = |point: &Point| {
                    let [_, answer] = point.answers();
                    Json::object([
                        ("point", Json::text(point.name())),
                        ("rule", Json::text(point.rule())),
                        ("answer", Json::text(answer)),
                    ])
                };
                vec![("readings", Json::list(points, point)), of_request(request)]
            }
            Self::Defect { request } => vec![of_request(request)],
        };
        let both = [("kind", Json::text(self.name())), ("says", Json::text(self.to_string()))];
        let members = both.into_iter().chain(own);
        Json::Object(members.map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// Writes a sentence without a full stop.
impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfSteps { action, load } => {
                let spent = if load.is_all { "for all questions together " } else { "" };
                write!(f, "the steps {spent}ran out ")?;
                match (action, &load.action) {
                    (None, None) => f.write_str("before any action was looked at")?,
                    (Some(action), Some(own)) if action == own => write!(f, "on {action}")?,
                    (Some(action), None) => write!(f, "before {action}")?,
                    (Some(action), Some(own)) => write!(f, "before {action}, on {own}")?,
                    (None, Some(own)) => write!(f, "on {own}")?,
                }
                write!(f, ": {load}")
            }
            Self::MixedTypes { key, action } => {
                write!(f, "{} is compared as text and as another type ({action})", quoted(key))
            }
            Self::Variables { keys, action } => {
                let keys = keys.join(", ");
                write!(f, "the policy variables {keys} tie condition keys to each other ({action})")
            }
            Self::Characters { action } => {
                write!(f, "a pattern has characters that AWS may compare in more than one way ({action})")
            }
            Self::Unidentified { named, action } => {
                write!(f, "the policy names {}, and does not say who that is ({action})", quoted(named))
            }
            Self::Unasked { about } => write!(f, "it was not asked about {about}"),
            Self::Readings { points, request } => {
                f.write_str("what is known of AWS leaves it open: if ")?;
                for (number, point) in points.iter().enumerate() {
                    let [_, other] = point.answers();
                    write!(
                        f,
                        "{}{other} (rule {})",
                        if number > 0 { ", and if " } else { "" },
                        point.rule()
                    )?;
                }
                let (action, resource) = (request.action.as_str(), quoted(&request.resource));
                write!(f, ", it does not hold for {action} on {resource}")
            }
            Self::Defect { request } => write!(
                f,
                "iamgate contradicts itself, which is a bug: the evaluator judges {} on {} otherwise than the analysis",
                request.action.as_str(),
                quoted(&request.resource)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_eval::{Action, Principal};

    use super::*;

    #[test]
    fn answers_together_are_as_bad_as_the_worst() {
        use VerdictKind::{Fails, Holds, Unknown};
        for (kinds, wanted) in [
            (&[][..], Holds),
            (&[Holds, Holds], Holds),
            (&[Holds, Unknown], Unknown),
            (&[Unknown, Fails, Holds], Fails),
            (&[Fails, Unknown], Fails),
        ] {
            assert_eq!(VerdictKind::together(kinds.iter().copied()), wanted, "{kinds:?}");
        }
        assert_eq!(
            VerdictKind::ALL.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            "holds fails unknown"
        );
    }

    #[test]
    fn a_doubt_about_readings_says_what_it_rests_on() {
        let request =
            Request::new(Principal::Anonymous, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::b/k");
        let points = vec![Point::Milliseconds, Point::StarAndServices];
        assert_eq!(
            Doubt::Readings { points, request: Box::new(request) }.to_string(),
            "what is known of AWS leaves it open: if instants are compared to the nanosecond (rule 4.23), and if an Allow for {\"AWS\": \"*\"} names no service \
             principal (rule 5.6), it does not hold for s3:GetObject on `arn:aws:s3:::b/k`"
        );
    }

    #[test]
    fn a_program_gets_the_open_points_and_the_request() {
        let request =
            Request::new(Principal::Anonymous, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::b/k");
        let points = vec![Point::Milliseconds, Point::StarAndServices];
        let doubt = Doubt::Readings { points, request: Box::new(request) };
        assert_eq!(
            doubt.to_json().to_string(),
            format!(
                "{}{doubt}\"}}",
                concat!(
                    r#"{"kind":"readings","readings":["#,
                    r#"{"answer":"instants are compared to the nanosecond","point":"milliseconds","rule":"4.23"},"#,
                    r#"{"answer":"an Allow for {\"AWS\": \"*\"} names no service principal","point":"star-and-services","rule":"5.6"}],"#,
                    r#""request":{"action":"s3:GetObject","principal":{"type":"anonymous"},"resource":"arn:aws:s3:::b/k"},"says":""#
                )
            )
            .replace(r#"for {"AWS": "*"} names no service principal (rule"#, r#"for {\"AWS\": \"*\"} names no service principal (rule"#)
        );
        let kinds = [
            (
                Doubt::OutOfSteps { action: None, load: Box::default() },
                r#"{"kind":"steps","load":{"is_all":false,"policies":0,"steps":0},"says":""#,
            ),
            (
                Doubt::OutOfSteps { action: Some("a:B".into()), load: Box::default() },
                r#"{"action":"a:B","kind":"steps","load":{"#,
            ),
            (
                Doubt::MixedTypes { key: "k:k".into(), action: "a:B".into() },
                r#"{"action":"a:B","keys":["k:k"],"kind":"types","says":""#,
            ),
            (Doubt::Characters { action: "a:B".into() }, r#"{"action":"a:B","kind":"characters","says":""#),
        ];
        for (doubt, wanted) in kinds {
            assert!(doubt.to_json().to_string().starts_with(wanted), "{doubt:?}");
        }
    }

    #[test]
    fn only_a_contradiction_is_a_defect() {
        let request =
            Request::new(Principal::Anonymous, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::b/k");
        let defect = Doubt::Defect { request: Box::new(request) };
        assert_eq!(
            defect.to_string(),
            "iamgate contradicts itself, which is a bug: the evaluator judges s3:GetObject on `arn:aws:s3:::b/k` otherwise than the analysis"
        );
        let steps = Doubt::OutOfSteps { action: None, load: Box::default() };
        assert!(!Verdict::Unknown(vec![steps.clone()]).is_defect());
        assert!(Verdict::Unknown(vec![steps, defect]).is_defect());
    }
}
