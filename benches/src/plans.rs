//! The time of plans: what a broker waits for when it asks for a session of the real role.

use std::hint::black_box;

use iamgate::iam_analysis::{ActionNames, VerdictKind};
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_eval::Context;
use iamgate::iam_policy::Limits;
use iamgate::iam_policy::value::Instant;
use iamgate::{
    Claims, File, Gate, IdentityProviders, Premises, Profile, Rehearsal, RoleSnapshot, built_in, preview,
    prove_read_only, trust,
};

use crate::measure;
use crate::table::{Table, thousands, time};

/// What is measured, in the order of the table.
pub const PARTS: [&str; 5] = ["new role", "unchanged role", "proof", "counts", "trust"];

/// Everything that a plan is made from.
struct Work {
    gate: Gate,
    catalog: Catalog<'static>,
    details: Details<'static>,
    role: RoleSnapshot,
    profile: Profile,
    providers: IdentityProviders,
    claims: String,
}

impl Work {
    fn of(profile: &str) -> Self {
        let managed = built_in::managed().expect("the pinned policies");
        let role = built_in::support_gateway(&managed).expect("the role");
        let profile = built_in::profile(profile, role.account(), &managed).expect("a profile");
        let providers = built_in::providers(role.account()).expect("the providers");
        let files = crate::work::files("doit");
        let claims = files.into_iter().find(|file| file.name == "example-claims.json").expect("the claims");
        Self {
            gate: Gate::embedded().expect("the catalogue"),
            catalog: Catalog::embedded().expect("the catalogue"),
            details: Details::embedded().expect("the catalogue"),
            role,
            profile,
            providers,
            claims: claims.text,
        }
    }

    /// A plan for another engineer, another case, another token and another time with each number.
    fn plan(&self, gate: &Gate, number: i64) {
        let text = self.claims.replacen('{', &format!(r#"{{"jti": "{number}", "#), 1);
        let claims = Claims::from_json(&File { name: "token".into(), text }, &Limits::default());
        let claims = claims.expect("claims");
        let (engineer, case) = (format!("ana{number}@doit.com"), format!("{number}"));
        let asked = Rehearsal {
            role: &self.role,
            profile: &self.profile,
            providers: &self.providers,
            provider: claims.issuer().expect("an issuer"),
            claims: &claims,
            engineer: &engineer,
            case: &case,
            duration_seconds: 3_600,
            now: Instant::from_epoch_seconds(1_795_000_000 + number),
            call: &Context::new(),
        };
        black_box(gate.rehearse(&asked).expect("a plan"));
    }

    fn part(&self, part: &str, number: i64) {
        match part {
            "new role" => self.plan(&self.gate.clone().assuming(Premises::default()), number),
            "unchanged role" => self.plan(&self.gate, number),
            "proof" => {
                let (catalog, details) = (&self.catalog, &self.details);
                let premises = Premises::default();
                let proof = prove_read_only(Some(&self.role), &self.profile, catalog, details, &premises);
                assert_eq!(proof.verdict(), VerdictKind::Holds);
            }
            "counts" => {
                black_box(preview(&self.role, &self.profile, &self.catalog));
            }
            "names" => {
                let full: Vec<String> = self.catalog.actions().map(|action| action.to_string()).collect();
                black_box(ActionNames::new(full.iter().map(String::as_str)));
            }
            "trust" => {
                let now = Instant::from_epoch_seconds(1_795_000_000 + number);
                let (tag, call) = (self.profile.tag(), Context::new());
                black_box(trust(&self.role, &self.providers, tag, now, &call, &self.details));
            }
            other => panic!("{other} is none of {PARTS:?}"),
        }
    }
}

/// Does a part again and again, for `callgrind` and `perf`.
pub fn repeat(part: &str, profile: &str, times: i64) {
    let work = Work::of(profile);
    work.plan(&work.gate, -1);
    for number in 0..times {
        asked(&work, part, number);
    }
}

/// One part, in a function of its own, so that its instructions can be counted separately.
#[inline(never)]
fn asked(work: &Work, part: &str, number: i64) {
    work.part(black_box(part), number);
}

/// The table: the least time of each part under each profile and, if valgrind is installed, its instructions.
pub fn table() -> Table {
    let mut table = Table::new(std::iter::once("profile").chain(PARTS));
    for profile in built_in::profile_names() {
        let work = Work::of(profile);
        work.plan(&work.gate, -1);
        let cells = PARTS.map(|part| {
            let mut number = 0;
            let least = measure::least(40, || {
                number += 1;
                asked(&work, part, number);
            });
            let times = if part == "unchanged role" { 20 } else { 1 };
            let toggle = "iamgate_benches::plans::asked";
            let counted = measure::counted(toggle, &["plan-loop", part, profile, &times.to_string()]);
            let counted = counted.map(|all| format!(" ({} million)", thousands(all / times as f64 / 1e6)));
            format!("{}{}", time(least), counted.unwrap_or_default())
        });
        table.row(std::iter::once(profile.to_string()).chain(cells));
    }
    table
}
