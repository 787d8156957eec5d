//! Premises: what an answer takes for true and does not show.
//!
//! A proof is about requests under certain policies. Which policies there are, which of them stay in force, and which actions AWS has, are
//! facts about an account and about AWS that no proof can show. They stand beside every answer that rests on them, and a profile can refuse
//! any of them.

use std::fmt;

use iam_analysis::{Fact, ResourcePolicies};
use iam_catalog::Catalog;
use iam_eval::{Layer, wire};
use iam_json::{Json, quoted};

use crate::finding::{Finding, FindingCode};
use crate::later::AddedLater;
use crate::managed::{beyond_partition, policy_name};
use crate::profile::{ManagedArn, Profile};
use crate::snapshot::RoleSnapshot;

/// Something that an answer takes for true and does not show. Displays as a clause that can follow "if".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Premise {
    /// What the policies of resources may grant.
    ResourcePolicies(ResourcePolicies),
    /// A condition key that has one value in every request, or is absent from every request.
    Context {
        /// The key.
        key: Box<str>,
        /// What is known of it.
        fact: Fact,
    },
    /// The role has the policies of the snapshot, and no others.
    Snapshot {
        /// The role's ARN.
        role: Box<str>,
    },
    /// A layer above the role without which the answer would be another: service control policies, resource control policies, or the
    /// permissions boundary.
    Limit {
        /// The layer.
        layer: Layer,
        /// An action that is possible without it; `None` if it is not known whether one is.
        without: Option<Box<str>>,
    },
    /// The account has this version of an AWS managed policy. The snapshot does not show which version it has.
    ManagedVersion {
        /// The ARN of the policy in the partition `aws`.
        arn: Box<str>,
        /// The version that was judged.
        version: Box<str>,
    },
    /// The managed policies of the role's partition have the documents of the partition `aws`, which were judged.
    Partition {
        /// The role's partition, such as `aws-cn`.
        partition: Box<str>,
    },
    /// AWS has the actions of a catalogue, with their access levels and classes.
    Catalogue {
        /// The day of the catalogue, as `YYYY-MM-DD`.
        date: Box<str>,
        /// Its number of actions.
        actions: usize,
    },
    /// AWS adds no actions that the wildcards of the session policies allow.
    LaterActions {
        /// The number of services with such wildcards.
        services: usize,
    },
}

impl Premise {
    /// The stable code. A profile that has it in `refuse` opens no session under the premise.
    pub const fn code(&self) -> FindingCode {
        match self {
            Self::ResourcePolicies(_) => FindingCode::PremiseResourcePolicies,
            Self::Context { .. } => FindingCode::PremiseContext,
            Self::Snapshot { .. } => FindingCode::PremiseSnapshot,
            Self::Limit { layer: Layer::Scp, .. } => FindingCode::PremiseScp,
            Self::Limit { layer: Layer::Rcp, .. } => FindingCode::PremiseRcp,
            Self::Limit { .. } => FindingCode::PremiseBoundary,
            Self::ManagedVersion { .. } => FindingCode::PremiseManagedVersion,
            Self::Partition { .. } => FindingCode::PremisePartition,
            Self::Catalogue { .. } => FindingCode::PremiseCatalogue,
            Self::LaterActions { .. } => FindingCode::PremiseLaterActions,
        }
    }

    /// The premise as canonical JSON: its code and its clause.
    pub fn json(&self) -> Json {
        Json::object([("code", Json::text(self.code().name())), ("says", Json::text(self.to_string()))])
    }

    /// The finding with which a profile refuses it.
    pub(crate) fn finding(&self) -> Finding {
        let help = match self {
            Self::Limit { .. } => "deny it in the role or in the profile, which bind every session",
            Self::ManagedVersion { .. } | Self::Partition { .. } => {
                "take the snapshot with the account's AWS managed policies: `aws iam get-account-authorization-details`"
            }
            Self::Context { .. } => "plan without the assumption",
            Self::ResourcePolicies(_) => "have the profile deny what no resource policy may grant",
            Self::Snapshot { .. } | Self::Catalogue { .. } | Self::LaterActions { .. } => {
                "take it out of the profile's `refuse`: every answer rests on it"
            }
        };
        Finding::new(self.code(), format!("the promise is kept only if {self}"), help)
    }

    /// The premises about resource policies and condition keys, as they were asked for.
    pub(crate) fn asked(resource_policies: ResourcePolicies, facts: &[(Box<str>, Fact)]) -> Vec<Self> {
        let mut all = Vec::new();
        if resource_policies != ResourcePolicies::Any {
            all.push(Self::ResourcePolicies(resource_policies));
        }
        all.extend(facts.iter().map(|(key, fact)| Self::Context { key: key.clone(), fact: fact.clone() }));
        all
    }

    /// The premises about a role's documents. `profile` is the one whose sessions are judged.
    pub(crate) fn of_documents(role: &RoleSnapshot, profile: &Profile) -> Vec<Self> {
        let mut all = vec![Self::Snapshot { role: role.arn().as_str().into() }];
        let own = profile.managed().iter().map(ManagedArn::found);
        let session =
            own.filter(|found| role.deployed(found.arn()).is_none()).map(|own| (own.arn(), own.version()));
        let mut seen: Vec<&str> = Vec::new();
        for (arn, version) in session.chain(role.taken()) {
            if !seen.contains(&beyond_partition(arn)) {
                seen.push(beyond_partition(arn));
                all.push(Self::ManagedVersion { arn: arn.into(), version: version.into() });
            }
        }
        if !seen.is_empty() && role.partition() != "aws" {
            all.push(Self::Partition { partition: role.partition().into() });
        }
        all
    }

    /// The premises about AWS's actions.
    pub(crate) fn of_actions(catalog: &Catalog<'_>, later: &AddedLater) -> Vec<Self> {
        let mut all = vec![Self::Catalogue { date: catalog.date().into(), actions: catalog.actions().len() }];
        if !later.services.is_empty() {
            all.push(Self::LaterActions { services: later.services.len() });
        }
        all
    }
}

impl fmt::Display for Premise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResourcePolicies(ResourcePolicies::Given) => {
                f.write_str("there are no policies of resources")
            }
            Self::ResourcePolicies(ResourcePolicies::NoneNamesTheSession) => {
                f.write_str("no policy of a resource names the session itself, or everyone")
            }
            Self::ResourcePolicies(ResourcePolicies::Any) => {
                f.write_str("policies of resources grant anything or nothing")
            }
            Self::Context { key, fact: Fact::Absent } => write!(f, "no request has {}", quoted(key)),
            Self::Context { key, fact: Fact::Value(value) } => match wire::value_json(value) {
                Some(value) => write!(f, "every request has {} = {value}", quoted(key)),
                None => write!(f, "{} is as given", quoted(key)),
            },
            Self::Snapshot { role } => {
                write!(f, "the policies of {} are those of the snapshot", quoted(role))
            }
            Self::Limit { layer, without } => {
                f.write_str(match layer {
                    Layer::Scp => {
                        "the account is not the management account, which service control policies do not bind, and they stay as they are"
                    }
                    Layer::Rcp => "the resource control policies stay as they are, and bind the resources",
                    Layer::Boundary
                    | Layer::Identity
                    | Layer::Session
                    | Layer::Scope
                    | Layer::Resource
                    | Layer::VpcEndpoint => "the permissions boundary of the role stays as it is",
                })?;
                match without {
                    Some(action) => write!(f, " (otherwise {action} is possible)"),
                    None => f.write_str(" (otherwise the promise is not proven)"),
                }
            }
            Self::ManagedVersion { arn, version } => {
                write!(f, "the account has {version} of {}, which was judged", policy_name(arn))
            }
            Self::Partition { partition } => {
                write!(f, "AWS managed policies say in {} what they say in aws", quoted(partition))
            }
            Self::Catalogue { date, actions } => {
                write!(f, "AWS has the {actions} actions of the catalogue of {date}, as it classes them")
            }
            Self::LaterActions { services } => {
                let word = if *services == 1 { "service" } else { "services" };
                write!(f, "AWS adds no action that a wildcard allows, in {services} {word}")
            }
        }
    }
}
