//! The combinations that get a vector.

use super::{Case, Grant, Kind, Layer, Who};

const IDENTITY: [Layer; 3] = [Layer::Silent, Layer::Allow, Layer::Deny];
const LAYER: [Layer; 4] = [Layer::Absent, Layer::Silent, Layer::Allow, Layer::Deny];
const ROLE_GRANTS: [Grant; 6] =
    [Grant::Absent, Grant::Silent, Grant::Deny, Grant::Direct, Grant::Limited, Grant::Account];
const USER_GRANTS: [Grant; 5] = [Grant::Absent, Grant::Silent, Grant::Deny, Grant::Direct, Grant::Account];
/// Callers without an account are named directly or not at all.
const FOREIGN_GRANTS: [Grant; 4] = [Grant::Absent, Grant::Silent, Grant::Deny, Grant::Direct];

/// A change to one layer.
type Set = fn(&mut Case, Layer);

const BOUNDARY: Set = |case, layer| case.boundary = layer;
const SESSION: Set = |case, layer| case.session = layer;
const SCP: Set = |case, layer| case.scp = layer;
const RCP: Set = |case, layer| case.rcp = layer;
const ENDPOINT: Set = |case, layer| case.endpoint = layer;

/// All combinations. Some occur twice.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    roles(&mut cases);
    other_callers(&mut cases);
    for kind in [Kind::Trust, Kind::Kms] {
        guarded(&mut cases, kind);
    }
    cases
}

/// Role sessions: every combination within one account, and all pairs of layers, within one account and across accounts.
fn roles(cases: &mut Vec<Case>) {
    let role = Case::new(Who::Role);
    for identity in IDENTITY {
        for resource in ROLE_GRANTS {
            for boundary in LAYER {
                for session in LAYER {
                    cases.push(Case { identity, resource, boundary, session, ..role });
                }
            }
        }
    }
    for cross in [false, true] {
        // A base that allows, so that the pair decides.
        let resource = if cross { Grant::Limited } else { Grant::Absent };
        let base = Case { cross, identity: Layer::Allow, resource, ..role };
        let sets = [BOUNDARY, SESSION, SCP, RCP, ENDPOINT];
        for (n, first) in sets.iter().enumerate() {
            for one in LAYER {
                let mut case = base;
                first(&mut case, one);
                cases.extend(IDENTITY.map(|identity| Case { identity, ..case }));
                cases.extend(ROLE_GRANTS.map(|resource| Case { resource, ..case }));
                // Only a direct grant, to show what still denies it.
                cases.push(Case { identity: Layer::Silent, resource: Grant::Direct, ..case });
                for second in &sets[n + 1..] {
                    for two in LAYER {
                        let mut pair = case;
                        second(&mut pair, two);
                        cases.push(pair);
                    }
                }
            }
        }
        for identity in IDENTITY {
            cases.extend(ROLE_GRANTS.map(|resource| Case { identity, resource, ..base }));
        }
    }
}

/// Everybody else.
fn other_callers(cases: &mut Vec<Case>) {
    for cross in [false, true] {
        let user = Case { cross, ..Case::new(Who::User) };
        let root = Case { cross, ..Case::new(Who::Root) };
        let federated = Case { cross, ..Case::new(Who::Federated) };
        for resource in USER_GRANTS {
            for layer in LAYER {
                cases.extend(IDENTITY.map(|identity| Case { identity, resource, boundary: layer, ..user }));
                cases.push(Case { resource, scp: layer, ..root });
                cases.push(Case { resource, rcp: layer, ..root });
                cases.push(Case { resource, endpoint: layer, ..root });
            }
        }
        for resource in ROLE_GRANTS {
            for session in LAYER {
                for identity in [Layer::Silent, Layer::Allow] {
                    let case = Case { identity, resource, session, ..federated };
                    cases.push(case);
                    cases.push(Case { boundary: Layer::Silent, ..case });
                }
            }
        }
    }

    let linked = Case { identity: Layer::Allow, ..Case::new(Who::ServiceLinkedRole) };
    for layer in LAYER {
        for identity in IDENTITY {
            cases.push(Case { identity, scp: layer, ..linked });
            cases.push(Case { identity, rcp: layer, ..linked });
        }
        cases.push(Case { endpoint: layer, ..linked });
    }
    for who in [Who::Service, Who::Anonymous] {
        for resource in FOREIGN_GRANTS {
            for layer in LAYER {
                let case = Case { resource, ..Case::new(who) };
                cases.push(Case { rcp: layer, ..case });
                cases.push(Case { scp: layer, ..case });
                cases.push(Case { endpoint: layer, ..case });
            }
        }
    }
}

/// Role trust policies and key policies, which must name the caller (rule 5.23).
fn guarded(cases: &mut Vec<Case>, kind: Kind) {
    let there = |grant: &Grant| *grant != Grant::Absent;
    for cross in [false, true] {
        let role = Case { cross, kind, ..Case::new(Who::Role) };
        for resource in ROLE_GRANTS.into_iter().filter(there) {
            for identity in IDENTITY {
                let case = Case { identity, resource, ..role };
                cases.extend(
                    [Layer::Absent, Layer::Silent, Layer::Allow].map(|session| Case { session, ..case }),
                );
                cases.push(Case { boundary: Layer::Silent, ..case });
            }
        }
        for resource in USER_GRANTS.into_iter().filter(there) {
            let user = Case { cross, kind, resource, ..Case::new(Who::User) };
            cases.extend(IDENTITY.map(|identity| Case { identity, ..user }));
            cases.push(Case { identity: Layer::Allow, boundary: Layer::Silent, ..user });
            cases.push(Case { identity: Layer::Allow, scp: Layer::Silent, ..user });
            cases.push(Case { identity: Layer::Allow, rcp: Layer::Deny, ..user });
            if kind == Kind::Kms {
                cases.push(Case { cross, kind, resource, ..Case::new(Who::Root) });
            }
        }
    }
    for resource in FOREIGN_GRANTS.into_iter().filter(there) {
        let service = Case { kind, resource, ..Case::new(Who::Service) };
        cases.extend(LAYER.map(|rcp| Case { rcp, ..service }));
        if kind == Kind::Trust {
            let caller = Case { kind, resource, ..Case::new(Who::WebIdentity) };
            cases.extend(LAYER.map(|rcp| Case { rcp, ..caller }));
            cases.extend(LAYER.map(|scp| Case { scp, ..caller }));
        }
    }
}
