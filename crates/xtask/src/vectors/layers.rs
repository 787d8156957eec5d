//! The layers: the result of each layer, and the decision by the rules 5.10 to 5.53.

mod documents;
mod table;

use std::collections::BTreeMap;

use super::format::{Certainty, Decision, Vector};

/// The result of a layer that restricts or grants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layer {
    /// Does not apply.
    Absent,
    /// Applies, and has no statement about the request.
    Silent,
    Allow,
    Deny,
}

/// The result of the resource policy, by grant strength (rule 5.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Grant {
    Absent,
    /// There is a policy, but it is for another principal.
    Silent,
    Deny,
    Direct,
    Limited,
    Account,
}

/// The caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    User,
    Role,
    ServiceLinkedRole,
    Federated,
    Root,
    Service,
    Anonymous,
    WebIdentity,
}

/// The kind of the resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Generic,
    Trust,
    Kms,
}

/// One combination.
#[derive(Clone, Copy, Debug)]
struct Case {
    who: Who,
    cross: bool,
    kind: Kind,
    identity: Layer,
    resource: Grant,
    boundary: Layer,
    session: Layer,
    scp: Layer,
    rcp: Layer,
    endpoint: Layer,
}

impl Case {
    /// A caller in the resource's account, an ordinary resource, and no policy at all.
    const fn new(who: Who) -> Self {
        let (identity, none) = (Layer::Silent, Layer::Absent);
        Self {
            who,
            cross: false,
            kind: Kind::Generic,
            identity,
            resource: Grant::Absent,
            boundary: none,
            session: none,
            scp: none,
            rcp: none,
            endpoint: none,
        }
    }

    /// The layers and their results, as the end of an id.
    fn name(&self) -> String {
        let word = |layer| match layer {
            Layer::Absent => None,
            Layer::Silent => Some("silent"),
            Layer::Allow => Some("allow"),
            Layer::Deny => Some("deny"),
        };
        let grant = match self.resource {
            Grant::Absent => None,
            Grant::Silent => Some("silent"),
            Grant::Deny => Some("deny"),
            Grant::Direct => Some("direct"),
            Grant::Limited => Some("limited"),
            Grant::Account => Some("account"),
        };
        let identity = if self.has_identity() { word(self.identity) } else { None };
        let parts = [
            ("identity", identity),
            ("resource", grant),
            ("boundary", word(self.boundary)),
            ("session", word(self.session)),
            ("scp", word(self.scp)),
            ("rcp", word(self.rcp)),
            ("endpoint", word(self.endpoint)),
        ];
        let parts: Vec<String> =
            parts.iter().filter_map(|(layer, word)| word.map(|w| format!("{layer}-{w}"))).collect();
        if parts.is_empty() { "nothing".into() } else { parts.join("+") }
    }

    /// Whether the caller can have identity policies.
    fn has_identity(&self) -> bool {
        matches!(self.who, Who::User | Who::Role | Who::ServiceLinkedRole | Who::Federated)
    }
}

/// The decision, its rules, and the reason in words.
type Truth = (Decision, &'static str, &'static str);

/// The truth table of part 5.
fn truth(case: &Case) -> Truth {
    use Decision::{Allowed, ExplicitDeny, ImplicitDeny};
    let open = |layer| matches!(layer, Layer::Absent | Layer::Allow);
    let no_account = matches!(case.who, Who::Service | Who::Anonymous | Who::WebIdentity);
    let exempt = case.who == Who::ServiceLinkedRole;
    let scp = if exempt || no_account { Layer::Absent } else { case.scp }; // 5.40
    let rcp = if exempt { Layer::Absent } else { case.rcp }; // 5.41
    let restricting = [case.identity, case.boundary, case.session, scp, rcp, case.endpoint];

    if restricting.contains(&Layer::Deny) || case.resource == Grant::Deny {
        return (ExplicitDeny, "rule 5.10", "An explicit deny in any layer decides.");
    }
    if !open(rcp) || !open(scp) {
        return (ImplicitDeny, "rules 5.11, 5.12, 5.15, 5.42", "A level of SCPs or RCPs has no Allow.");
    }
    if !open(case.endpoint) {
        return (ImplicitDeny, "VPC endpoint policy", "The endpoint policy has no Allow, whatever grants.");
    }
    let granted = matches!(case.resource, Grant::Direct | Grant::Limited | Grant::Account);
    if no_account {
        let why = "A caller without account needs the resource policy and nothing else.";
        return (if granted { Allowed } else { ImplicitDeny }, "rules 5.13, 5.52", why);
    }
    let session = case.session == Layer::Allow || case.session == Layer::Absent && case.who != Who::Federated;
    let limits = open(case.boundary) && session;
    let own = case.who == Who::Root || case.identity == Layer::Allow && limits;
    let (allowed, rules, why) = match (case.cross, case.resource, case.kind) {
        (true, ..) => (granted && own, "rules 5.30, 5.31", "Across accounts both sides must allow."),
        (_, Grant::Direct, _) => (true, "rule 5.20", "A direct grant is enough in the same account."),
        (_, Grant::Limited, _) => (limits, "rule 5.21", "A limited grant needs boundary and session policy."),
        (_, _, Kind::Generic) => (own, "rule 5.22", "Identity, boundary and session policies must allow."),
        (_, Grant::Account, _) => (own, "rule 5.23", "The account is named, so the identity side decides."),
        _ => (false, "rules 5.23, 5.53", "The policy of the role or key grants nothing to the caller."),
    };
    (if allowed { Allowed } else { ImplicitDeny }, rules, why)
}

/// Whether a page or a judgement call of the rules decides the case.
fn certainty(case: &Case) -> Certainty {
    let decided = truth(case).0;
    let with = |change: fn(&mut Case)| {
        let mut other = *case;
        change(&mut other);
        truth(&other).0 != decided
    };
    // 5.2: a same-account entry for the account is not a grant by itself.
    let account = case.resource == Grant::Account
        && case.kind == Kind::Generic
        && !case.cross
        && with(|c| c.resource = Grant::Direct);
    // Part 5c: a federated user without session policy gets nothing through its user.
    let federated = case.who == Who::Federated
        && case.resource == Grant::Limited
        && case.session == Layer::Absent
        && with(|c| c.session = Layer::Allow);
    // 5.15: a missing RCP Allow is an implicit deny, not an explicit one.
    let rcp = case.rcp == Layer::Silent && with(|c| c.rcp = Layer::Absent);
    // The rules have no chapter on endpoint policies.
    let endpoint = case.endpoint == Layer::Silent && with(|c| c.endpoint = Layer::Absent);
    // 5.33 wants the account named; whether `*` names it is open.
    let root = case.who == Who::Root
        && case.cross
        && case.resource == Grant::Direct
        && with(|c| c.resource = Grant::Silent);
    if account || federated || rcp || endpoint || root { Certainty::Judgement } else { Certainty::Documented }
}

/// All combinations of the table, each once, in the order of their ids.
pub(super) fn all() -> Vec<Vector> {
    let mut vectors = BTreeMap::new();
    for case in table::cases() {
        let vector = documents::vector(&case, truth(&case), certainty(&case));
        vectors.insert(vector.id.clone(), vector);
    }
    vectors.into_values().collect()
}
