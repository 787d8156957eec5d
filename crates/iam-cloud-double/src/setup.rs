//! What exists in the cloud before the first call: accounts, roles, identity providers, resources.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use iam_eval::Layers;
use iam_policy::Policy;
use iamgate::{ManagedPolicies, RoleSnapshot};
use iamgate_token::{Algorithm, KeySet, Rules, StsIssuer, TokenError, TokenVerifier};

use crate::enforced::Enforced;

/// What exists, and how the trail of each account is set up. A clone shares the compiled policies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CloudSetup {
    accounts: BTreeMap<Box<str>, Account>,
    /// The Regions in which CloudTrail writes files. The first must be `us-east-1`, where the events of global services are.
    pub regions: Vec<Box<str>>,
    /// The bucket of the trail.
    pub bucket: Box<str>,
    /// The name of the trail.
    pub trail: Box<str>,
    /// Whether the trail records data events. As in AWS, it does not unless it is told to.
    pub data_events: bool,
    /// Whether the trail has digests. Each costs a signature with RSA.
    pub digests: bool,
    /// One of how many calls is throttled. `None` for none.
    pub throttled_one_in: Option<u64>,
    /// The id of the organization that all accounts are in, such as `o-a1b2c3d4e5`. `None` for no organization.
    pub organization: Option<Box<str>>,
    programs: Programs,
}

impl Default for CloudSetup {
    fn default() -> Self {
        Self {
            accounts: BTreeMap::new(),
            regions: ["us-east-1", "eu-central-1", "us-west-2"].map(Into::into).into(),
            bucket: "trail-of-the-double".into(),
            trail: "all-regions".into(),
            data_events: false,
            digests: true,
            throttled_one_in: None,
            organization: None,
            programs: Programs::default(),
        }
    }
}

impl CloudSetup {
    /// A setup without accounts, with three Regions and with digests.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same setup with this account, in place of one with the same id.
    #[must_use]
    pub fn with_account(mut self, account: Account) -> Self {
        self.accounts.insert(account.id.clone(), account);
        self.programs = Programs::default();
        self
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// The accounts, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The role with this ARN.
    pub(crate) fn role(&self, arn: &str) -> Option<(&Account, &RoleSnapshot)> {
        self.accounts.values().find_map(|account| {
            let role = account.roles.iter().find(|role| role.arn().as_str() == arn)?;
            Some((account, role))
        })
    }

    /// The account that owns a bucket.
    pub(crate) fn owner_of_bucket(&self, bucket: &str) -> Option<&str> {
        self.accounts.values().find(|account| account.buckets.contains(bucket)).map(|account| &*account.id)
    }

    pub(crate) const fn programs(&self) -> &Programs {
        &self.programs
    }
}

/// An account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Account {
    /// Its id.
    pub id: Box<str>,
    /// Its roles, with their policies, boundaries and service control policies.
    pub roles: Vec<RoleSnapshot>,
    /// Its OIDC providers.
    pub providers: Vec<Provider>,
    /// The managed policies that session policies may name.
    pub managed: ManagedPolicies,
    /// The resource control policies of the account, level by level from the root.
    pub rcp: Option<Vec<Vec<Arc<Policy>>>>,
    /// The policies of resources, by ARN.
    pub resources: BTreeMap<Box<str>, Arc<Policy>>,
    /// The names of its buckets. A bucket that no account has is taken for one of the caller's account.
    pub buckets: BTreeSet<Box<str>>,
}

impl Account {
    /// An account without roles.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.into(),
            roles: Vec::new(),
            providers: Vec::new(),
            managed: ManagedPolicies::default(),
            rcp: None,
            resources: BTreeMap::new(),
            buckets: BTreeSet::new(),
        }
    }
}

/// An OIDC provider of an account.
#[derive(Clone)]
pub struct Provider {
    arn: Box<str>,
    audiences: Vec<Box<str>>,
    verifier: TokenVerifier,
    keys: KeySet,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl Provider {
    /// A provider of an account, by its URL without `https://`, the audiences that it is registered with, and the keys that it publishes as a
    /// JWKS.
    ///
    /// # Errors
    /// The keys cannot be read, or none of them is for STS.
    pub fn new(account: &str, url: &str, audiences: &[&str], jwks: &str) -> Result<Self, TokenError> {
        let algorithms: Vec<Algorithm> = Algorithm::ALL.into_iter().filter(|own| own.is_for_sts()).collect();
        let issuer = format!("https://{url}");
        let rules = Rules::new(&issuer, &algorithms)?.with_most_lifetime(86_400)?;
        Ok(Self {
            arn: format!("arn:aws:iam::{account}:oidc-provider/{url}").into(),
            audiences: audiences.iter().map(|own| (*own).into()).collect(),
            verifier: TokenVerifier::new().with_sts(StsIssuer::new(rules)?)?,
            keys: KeySet::parse(&issuer, jwks)?,
        })
    }

    /// The ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    pub(crate) fn audiences(&self) -> impl Iterator<Item = &str> {
        self.audiences.iter().map(|own| &**own)
    }

    pub(crate) const fn verifier(&self) -> &TokenVerifier {
        &self.verifier
    }

    pub(crate) const fn keys(&self) -> &KeySet {
        &self.keys
    }
}

/// Compiled policies of sessions, by what they were made from: sessions of one role under one profile have the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Programs(Arc<Mutex<BTreeMap<ProgramKey, Arc<Enforced>>>>);

/// What a program is made from: the role, the session policies, and the resource that has a policy of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProgramKey {
    pub(crate) role: Box<str>,
    pub(crate) resource: Option<Box<str>>,
    pub(crate) owner: Box<str>,
    pub(crate) arns: Vec<Box<str>>,
    pub(crate) policy: Option<Box<str>>,
}

/// The programs that are remembered at most.
const MOST_PROGRAMS: usize = 256;

impl Programs {
    pub(crate) fn of(&self, key: &ProgramKey, make: impl FnOnce() -> Layers) -> Arc<Enforced> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(key) {
            return Arc::clone(known);
        }
        let program = Arc::new(Enforced::new(&make()));
        let mut known = lock();
        if known.len() >= MOST_PROGRAMS {
            known.clear();
        }
        known.insert(key.clone(), Arc::clone(&program));
        program
    }
}
