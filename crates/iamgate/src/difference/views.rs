//! Who asks, and beneath which policies: the questions that a comparison of two documents consists of.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{ActionNames, ActsFor, CallerKind, Callers, Fact, Inside, Space};
use iam_eval::{Layers, Principal, ResourceKind};
use iam_policy::{
    AccountId, ArnFields, Effect, IamResource, NamedPrincipal as Entry, Partition, Policy, PolicyKind,
    PrincipalElement, Principals, ResourceElement, RoleArn, RoleName, Spanned, Statement,
};

use super::apart::Apart;
use super::{Asker, ComparedKind, Comparing};
use crate::outsiders::named::{Service, partitions, services};
use crate::outsiders::{spaces, variables};
use crate::proof::{layers_without_session, space};
use crate::snapshot::RoleSnapshot;
use crate::trust::space_of_calls;

/// A question about some callers.
pub(super) struct View {
    /// Who asks. `None` if the documents name no principals.
    pub(super) asker: Option<Asker>,
    pub(super) space: Space,
    pub(super) principal: Option<Principal>,
    pub(super) owner: Option<AccountId>,
    pub(super) resource: ResourceKind,
    /// The old and the new layers.
    pub(super) layers: [Layers; 2],
    /// Layers of the same form that allow everything.
    pub(super) everything: Layers,
    /// The actions that are asked about. `None` stands for all.
    pub(super) actions: Option<ActionNames>,
    /// What the policies are called.
    pub(super) called: Vec<(Arc<Policy>, Box<str>)>,
}

/// The maximum number of accounts that documents name and that are looked at as owners.
const OWNERS: usize = 4;

/// The actions of STS about which trust policies are asked, by who asks.
const BY_CREDENTIALS: [&str; 4] =
    ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];
const BY_TOKEN: [&str; 4] =
    ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];
const BY_ASSERTION: [&str; 4] =
    ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];

/// The questions about two documents, and what the answers rest on.
pub(super) fn of(old: &Arc<Policy>, new: &Arc<Policy>, about: &Comparing<'_>) -> (Vec<View>, Vec<Box<str>>) {
    let pair = Pair::new(old, new, about);
    let mut premises = vec![format!("Each document is read as {}.", about.kind.description())];
    let views = match about.kind {
        ComparedKind::Identity | ComparedKind::Role => {
            premises.push("The requests are those of a role session, with every value of every condition key. No other policy is considered.".into());
            vec![pair.unnamed(ComparedKind::Identity)]
        }
        ComparedKind::Scp => {
            premises.push("The principal's own policies allow everything. No other control policy is considered, and principals that service control policies do not bind are left out.".into());
            premises.push(pair.full_access_premise("FullAWSAccess"));
            vec![pair.unnamed(ComparedKind::Scp)]
        }
        ComparedKind::Rcp | ComparedKind::VpcEndpoint => {
            premises.push("The principal's own policies and those of the resource allow everything. No other policy is considered.".into());
            if pair.is_known {
                premises.push(pair.owner_premise());
            }
            if about.kind == ComparedKind::Rcp {
                premises.push(pair.full_access_premise("RCPFullAWSAccess"));
            }
            premises.push(KEYS.into());
            pair.callers()
        }
        ComparedKind::Resource | ComparedKind::Key | ComparedKind::Trust => {
            premises.push(pair.owner_premise());
            premises.push("The own policies of callers of other accounts allow everything. Callers of the owner's account are looked at twice: with policies that allow everything, and without any.".into());
            premises.push("No other policy is considered: no SCP, RCP, boundary or endpoint policy, and no settings of the resource such as Block Public Access.".into());
            if about.kind == ComparedKind::Trust {
                premises.push("Each request of a call counts by itself: sts:AssumeRole, sts:TagSession and so on. STS checks signature, issuer and audience of a token before it asks.".into());
            }
            premises.push(KEYS.into());
            pair.callers()
        }
    };
    premises.push(if about.is_closed {
        "Only actions of the catalogue are compared.".into()
    } else if about.kind == ComparedKind::Trust {
        "Only the actions of STS about which trust policies are asked are compared.".into()
    } else {
        "Every action name counts, also those that the catalogue does not have.".into()
    });
    (views, premises.into_iter().map(Into::into).collect())
}

/// What the views for two documents do not reach.
pub(super) fn beyond(old: &Arc<Policy>, new: &Arc<Policy>, about: &Comparing<'_>) -> Vec<Box<str>> {
    let pair = Pair::new(old, new, about);
    super::beyond::beyond([old, new], &Apart::of(old, new, &pair.both), about, pair.is_known, pair.is_cut)
}

/// The statements that matter where two documents differ.
pub(super) fn apart(old: &Arc<Policy>, new: &Arc<Policy>, about: &Comparing<'_>) -> Apart {
    Apart::of(old, new, &Pair::new(old, new, about).both)
}

/// The question beside policies that allow everything, for documents whose Deny statements also count there. `None` for others.
pub(super) fn beneath(old: &Arc<Policy>, new: &Arc<Policy>, about: &Comparing<'_>) -> Option<View> {
    let pair = Pair::new(old, new, about);
    let denies = pair.both.statements.iter().any(|own| own.effect.value == Effect::Deny);
    if !denies || pair.only_deny() {
        return None;
    }
    let kind = about.kind;
    matches!(kind, ComparedKind::Identity | ComparedKind::Scp).then(|| {
        let mut view = pair.unnamed(ComparedKind::Identity);
        for layers in &mut view.layers {
            layers.identity.push(Arc::clone(&pair.everything));
        }
        view
    })
}

const KEYS: &str =
    "Each caller has the condition keys that AWS documents for one of its kind. All other keys are free.";

/// The question about what two roles may do.
pub(super) fn of_roles(
    old: &RoleSnapshot,
    new: &RoleSnapshot,
    about: &Comparing<'_>,
) -> (Vec<View>, Vec<Box<str>>) {
    let conditions = |role: &RoleSnapshot| -> Vec<iam_policy::Condition> {
        let layers = layers_without_session(role);
        layers
            .policies()
            .flat_map(|(_, own)| &own.statements)
            .flat_map(|own| own.conditions.clone())
            .collect()
    };
    let all = [conditions(old), conditions(new)].concat();
    let view = View {
        asker: None,
        space: space(&all, about.details),
        principal: None,
        owner: None,
        resource: ResourceKind::Generic,
        layers: [layers_without_session(old), layers_without_session(new)],
        everything: identity(&Arc::new(Policy::everything())),
        actions: None,
        called: Vec::new(),
    };
    let premises = [
        "The requests are those of a session of the role without session policies, with every value of every condition key.",
        "The policies of the role count, its boundary, and the control policies in the folder. No policy of a resource is considered.",
        if about.is_closed {
            "Only actions of the catalogue are compared."
        } else {
            "Every action name counts, also those that the catalogue does not have."
        },
    ];
    (vec![view], premises.map(Into::into).into())
}

fn identity(policy: &Arc<Policy>) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(Arc::clone(policy));
    layers
}

/// Accounts that no document names.
pub(super) fn fresh_accounts(policies: &[&Policy], count: usize) -> Vec<AccountId> {
    let texts: Vec<String> = policies.iter().map(ToString::to_string).collect();
    let candidates = (1_u64..).map(|number| 555_000_000_000_u64.saturating_add(number.saturating_mul(111)));
    let free = candidates.map(|number| number.to_string());
    let free = free.filter(|own| !texts.iter().any(|text| text.contains(own.as_str())));
    free.filter_map(|own| AccountId::new(&own)).take(count).collect()
}

/// Two documents of one kind.
struct Pair<'p> {
    old: &'p Arc<Policy>,
    new: &'p Arc<Policy>,
    about: &'p Comparing<'p>,
    /// The statements of both.
    both: Policy,
    everything: Arc<Policy>,
    /// The accounts that may own the resource. Callers of other accounts are those outside the first.
    owners: Vec<AccountId>,
    /// The account of the documents, if they or the question say which it is.
    is_known: bool,
    /// Whether the documents name more accounts than are looked at as owners.
    is_cut: bool,
}

impl<'p> Pair<'p> {
    fn new(old: &'p Arc<Policy>, new: &'p Arc<Policy>, about: &'p Comparing<'p>) -> Self {
        let mut both = (**old).clone();
        both.statements.extend(new.statements.iter().cloned());
        let mut said: Vec<AccountId> = about.owner.into_iter().collect();
        if said.is_empty() {
            said = owners_said(&both, about.kind);
        }
        let is_known = said.len() == 1;
        let mut owners = said;
        let mut is_cut = false;
        if !is_known {
            let is_about_one = matches!(about.kind, ComparedKind::Rcp | ComparedKind::VpcEndpoint);
            let named = owners.into_iter().chain(accounts(&both)).filter(|_| !is_about_one);
            let mut named: BTreeSet<AccountId> = named.collect();
            is_cut = named.len() > OWNERS;
            named = named.into_iter().take(OWNERS).collect();
            owners = fresh_accounts(&[old, new], 1);
            owners.extend(named);
        }
        let everything = Arc::new(Policy::everything());
        Self { old, new, about, both, everything, owners, is_known, is_cut }
    }

    fn owner_premise(&self) -> String {
        let names: Vec<&str> = self.owners.iter().map(AccountId::as_str).collect();
        let what = match self.about.kind {
            ComparedKind::Trust => "role",
            ComparedKind::Key => "key",
            ComparedKind::Identity
            | ComparedKind::Resource
            | ComparedKind::Scp
            | ComparedKind::Rcp
            | ComparedKind::VpcEndpoint
            | ComparedKind::Role => "resource",
        };
        if self.is_known {
            return format!("The {what} belongs to the account {}.", names.join(", "));
        }
        let (first, others) = names.split_first().unwrap_or((&"", &[]));
        let first =
            format!("The {what} belongs to an account that the documents do not name, such as {first}");
        if others.is_empty() {
            format!("{first}. --owner says which it is.")
        } else {
            format!("{first}, or to {}. --owner says which it is.", others.join(" or "))
        }
    }

    fn full_access_premise(&self, name: &str) -> String {
        if self.only_deny() {
            format!("Neither document allows anything. {name} is beside each, as AWS attaches it.")
        } else {
            format!(
                "A document allows something, so {name} is taken not to be beside them: what they do not allow is not possible."
            )
        }
    }

    fn only_deny(&self) -> bool {
        !self.both.statements.iter().any(|own| own.effect.value == Effect::Allow)
    }

    /// The question about documents that name no principals.
    fn unnamed(&self, kind: ComparedKind) -> View {
        let layers = |policy: &Arc<Policy>| {
            if kind != ComparedKind::Scp {
                return identity(policy);
            }
            let mut layers = identity(&self.everything);
            let mut level = vec![Arc::clone(policy)];
            if self.only_deny() {
                level.push(Arc::clone(&self.everything));
            }
            layers.scp = Some(vec![level]);
            layers
        };
        View {
            asker: None,
            space: space(self.both.statements.iter().flat_map(|own| &own.conditions), self.about.details),
            principal: None,
            owner: None,
            resource: ResourceKind::Generic,
            layers: [layers(self.old), layers(self.new)],
            everything: identity(&self.everything),
            actions: None,
            called: self.called(),
        }
    }

    fn called(&self) -> Vec<(Arc<Policy>, Box<str>)> {
        let [old, new] = self.about.called.clone();
        vec![(Arc::clone(self.old), old), (Arc::clone(self.new), new)]
    }

    fn resource(&self) -> ResourceKind {
        match self.about.kind {
            ComparedKind::Key => ResourceKind::KmsKey,
            ComparedKind::Trust => ResourceKind::IamRoleTrust,
            ComparedKind::Identity
            | ComparedKind::Resource
            | ComparedKind::Scp
            | ComparedKind::Rcp
            | ComparedKind::VpcEndpoint
            | ComparedKind::Role => ResourceKind::Generic,
        }
    }

    /// The layers with the document, for callers whose own policies allow everything or nothing.
    fn layers(&self, policy: &Arc<Policy>, kind: Option<CallerKind>, may_everything: bool) -> Layers {
        let mut layers = Layers::new();
        if may_everything {
            layers.identity.push(Arc::clone(&self.everything));
        }
        // Federated users have the permissions that a session policy gives them, and no others (rule 6.14).
        if kind == Some(CallerKind::FederatedUser) {
            layers.session = Some(vec![Arc::clone(&self.everything)]);
        }
        match self.about.kind {
            ComparedKind::Rcp => {
                layers.resource = Some(for_everyone());
                let mut level = vec![Arc::clone(policy)];
                if self.only_deny() {
                    level.push(Arc::new(Policy::rcp_full_access()));
                }
                layers.rcp = Some(vec![level]);
            }
            ComparedKind::VpcEndpoint => {
                layers.resource = Some(for_everyone());
                layers.vpc_endpoint = Some(vec![Arc::clone(policy)]);
            }
            ComparedKind::Resource | ComparedKind::Key | ComparedKind::Trust => {
                layers.resource = Some(Arc::clone(policy));
            }
            ComparedKind::Identity | ComparedKind::Scp | ComparedKind::Role => {}
        }
        layers
    }

    /// Layers that allow every request of some callers.
    fn all(&self, kind: Option<CallerKind>) -> Layers {
        let mut layers = identity(&self.everything);
        layers.session =
            (kind == Some(CallerKind::FederatedUser)).then(|| vec![Arc::clone(&self.everything)]);
        layers.resource = Some(for_everyone());
        layers
    }

    fn view(&self, asker: Asker, space: Space, kind: Option<CallerKind>, actions: Option<&[&str]>) -> View {
        let may_everything = !matches!(asker, Asker::Own { may_everything: false, .. });
        let layers = |policy| self.layers(policy, kind, may_everything);
        View {
            space,
            principal: None,
            owner: None,
            resource: self.resource(),
            layers: [layers(self.old), layers(self.new)],
            everything: self.all(kind),
            actions: actions.map(|names| ActionNames::new(names.iter().copied())),
            called: self.called(),
            asker: Some(asker),
        }
    }

    /// What is known of the requests of callers with credentials, and of services, to the resource of an account.
    fn spaces(&self, partition: &Partition, owner: AccountId) -> Vec<Space> {
        if self.about.kind == ComparedKind::Trust {
            let Some(role) = self.role(partition, owner) else { return Vec::new() };
            return vec![space_of_calls(&role, None, self.about.now, self.about.details)];
        }
        // A control policy and an endpoint are asked about resources of every account.
        if !self.is_known && !self.grants() {
            let conditions = self.both.statements.iter().flat_map(|own| &own.conditions);
            let mut own = space(conditions, self.about.details);
            for name in variables(&self.both).into_iter().filter(|name| !name.contains(':')) {
                own.set_fact(name, Fact::Absent);
            }
            return vec![own];
        }
        spaces(&self.both, &Inside::of(owner), self.about.details)
    }

    /// A role with the statements of both documents.
    fn role(&self, partition: &Partition, owner: AccountId) -> Option<RoleSnapshot> {
        let name: RoleName = "Role".parse().ok()?;
        let arn = RoleArn::new(partition, owner, &name);
        Some(RoleSnapshot::named("Role".into(), arn).trusting(Arc::new(self.both.clone())))
    }

    /// The questions about every kind of callers.
    fn callers(&self) -> Vec<View> {
        let is_trust = self.about.kind == ComparedKind::Trust;
        let actions = is_trust.then_some(BY_CREDENTIALS.as_slice());
        // Root users cannot assume roles, and neither can federated users (rule 6.12).
        let is_asked = |kind: CallerKind| {
            !is_trust || matches!(kind, CallerKind::Session | CallerKind::User | CallerKind::Service)
        };
        let mut views = Vec::new();
        let Some(first) = self.owners.first().copied() else { return views };
        let inside = Inside::of(first);
        for partition in &partitions(&self.both) {
            let mut add = |asker: &Asker, callers: &Callers, owner: AccountId| {
                for space in self.spaces(partition, owner) {
                    let space = space.with_callers(callers.clone());
                    views.push(self.view(asker.clone(), space, Some(callers.kind()), actions));
                }
            };
            for kind in CallerKind::PEOPLE.into_iter().filter(|kind| is_asked(*kind)) {
                add(&Asker::Outside(kind), &Callers::of(kind, partition, &inside), first);
            }
            for service in self.services() {
                for acts_for in [ActsFor::InAccount, ActsFor::Elsewhere] {
                    let callers = match &service {
                        Some(name) => Callers::service(name, acts_for, partition, &inside),
                        None => Callers::any_service(acts_for, partition, &inside),
                    };
                    let asker = Asker::Service(service.clone());
                    add(&asker, &callers.with_those_inside(), first);
                }
            }
            for account in self.owners.iter().copied() {
                for kind in CallerKind::PEOPLE.into_iter().filter(|kind| is_asked(*kind)) {
                    let Some(callers) = Callers::within(kind, partition, account) else { continue };
                    for may_everything in [true, false] {
                        // A root user has every permission of its own.
                        let has_two = kind != CallerKind::Root && self.grants();
                        if may_everything || has_two {
                            add(&Asker::Own { kind, account, may_everything }, &callers, account);
                        }
                    }
                }
            }
            if is_trust {
                views.extend(self.providers(partition, first));
            }
        }
        views
    }

    /// Whether the documents give access, and do not only limit it.
    const fn grants(&self) -> bool {
        matches!(self.about.kind, ComparedKind::Resource | ComparedKind::Key | ComparedKind::Trust)
    }

    /// The services that the documents may name; `None` stands for all others.
    fn services(&self) -> BTreeSet<Option<Box<str>>> {
        let mut found = BTreeSet::new();
        for service in self.both.statements.iter().flat_map(services) {
            match service {
                Service::Any => {
                    found.insert(None);
                }
                Service::Named(name) => {
                    found.insert(Some(name));
                }
                // They are told apart.
                Service::Identity(_) => {}
            }
        }
        found
    }

    /// The questions about tokens and assertions of the providers that the documents name.
    fn providers(&self, partition: &Partition, owner: AccountId) -> Vec<View> {
        let entries = |own: &Statement| -> Vec<Box<str>> {
            let entries = own.principal.iter().flat_map(|element| element.principals().entries());
            let named = entries.filter_map(|entry| match &entry.value {
                Entry::Federated(name) => Some(name.clone()),
                Entry::Aws
                | Entry::Account { .. }
                | Entry::User(_)
                | Entry::Role(_)
                | Entry::Session(_)
                | Entry::FederatedUser(_)
                | Entry::Deleted(_)
                | Entry::Service(_)
                | Entry::CanonicalUser(_) => None,
            });
            named.collect()
        };
        let mut named: BTreeSet<Box<str>> = self.both.statements.iter().flat_map(entries).collect();
        // A statement for everyone may be one for all providers, too.
        let is_for_everyone = |own: &Statement| {
            !matches!(&own.principal, Some(PrincipalElement::Principal(Principals::Entries(entries)))
                if !entries.iter().any(|entry| matches!(entry.value, Entry::Aws)))
        };
        if self.both.statements.iter().any(is_for_everyone) {
            for other in [IamResource::OidcProvider("other.example.com"), IamResource::SamlProvider("Other")]
            {
                named.insert(other.arn(partition.as_str(), owner.as_str()).into());
            }
        }
        let Some(role) = self.role(partition, owner) else { return Vec::new() };
        let mut views = Vec::new();
        for provider in named {
            let is_saml = matches!(
                ArnFields::split(&provider).and_then(|fields| fields.iam()),
                Some(IamResource::SamlProvider(_))
            );
            let (principal, actions) = if is_saml {
                (Principal::Saml { provider: provider.clone() }, BY_ASSERTION)
            } else {
                (Principal::WebIdentity { provider: provider.clone() }, BY_TOKEN)
            };
            let mut space = space_of_calls(&role, Some(&provider), self.about.now, self.about.details);
            for name in variables(&self.both).into_iter().filter(|name| !name.contains(':')) {
                space.set_fact(name, Fact::Absent);
            }
            // A statement for everyone names no web identity (rule 5.6).
            let own = Entry::Federated(provider.clone());
            let principals = Principals::Entries(vec![Spanned::placeless(own)]);
            let mut view = self.view(Asker::Provider(provider), space, None, Some(&actions));
            view.everything.resource = Some(everything_for(&principals));
            view.principal = Some(principal);
            view.owner = Some(owner);
            views.push(view);
        }
        views
    }
}

/// A resource policy that allows everyone everything.
fn for_everyone() -> Arc<Policy> {
    everything_for(&Principals::Everyone(Spanned::placeless(())))
}

fn everything_for(principals: &Principals) -> Arc<Policy> {
    let mut own = Policy::everything();
    own.kind = PolicyKind::Resource;
    for statement in &mut own.statements {
        statement.principal = Some(PrincipalElement::Principal(principals.clone()));
    }
    Arc::new(own)
}

/// The accounts that principals belong to.
fn accounts(policy: &Policy) -> BTreeSet<AccountId> {
    let entries = policy.statements.iter().flat_map(|own| &own.principal);
    let entries = entries.flat_map(|element| element.principals().entries());
    let texts = entries.filter_map(|entry| {
        let text = entry.value.text();
        AccountId::new(ArnFields::account_of(text).unwrap_or(text))
    });
    texts.collect()
}

/// The accounts to which the documents say that their resource belongs: those of the resources, or of the providers of a trust policy.
fn owners_said(policy: &Policy, kind: ComparedKind) -> Vec<AccountId> {
    let mut texts: Vec<&str> = Vec::new();
    for statement in &policy.statements {
        if kind == ComparedKind::Trust {
            let entries = statement.principal.iter().flat_map(|element| element.principals().entries());
            let providers = entries.filter(|entry| matches!(entry.value, Entry::Federated(_)));
            texts.extend(providers.map(|entry| entry.value.text()));
        } else if matches!(kind, ComparedKind::Resource | ComparedKind::Key) {
            let patterns = statement.resource.iter().flat_map(ResourceElement::patterns);
            texts.extend(patterns.map(|pattern| pattern.value.text()));
        }
    }
    let found: BTreeSet<AccountId> =
        texts.into_iter().filter_map(ArnFields::account_of).filter_map(AccountId::new).collect();
    found.into_iter().collect()
}
