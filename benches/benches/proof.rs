//! Questions about all requests: the promise of each profile for the real role and for worse ones, cold; the preview of the real role; and a
//! comparison of two managed policies, cold and warm, over the catalogue and over every name.
//!
//! "Cold" starts from the texts of the policies. The catalogue, which a program loads once, is already loaded.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use iamgate::iam_analysis::{ActionNames, Actions, Analysis, Question, Space, VerdictKind};
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_eval::Layers;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{
    Claims, Context, File, Gate, ManagedPolicies, Premises, Profile, Rehearsal, RoleSnapshot, action_names,
    built_in, preview_knowing, prove_read_only,
};
use iamgate_benches::work::files;

const READ_ONLY: &str = include_str!("../../policies/aws-managed/ReadOnlyAccess.json");
const VIEW_ONLY: &str = include_str!("../../policies/aws-managed/ViewOnlyAccess.json");
const ADMINISTRATOR: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

fn policy(text: &str) -> Arc<Policy> {
    Arc::new(
        Policy::parse(text, PolicyKind::Managed, Mode::Deployed, &Limits::default())
            .expect("a policy of AWS"),
    )
}

fn layers(text: &str) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(policy(text));
    layers
}

fn promises(criterion: &mut Criterion) {
    let limits = Limits::default();
    let (catalog, details) =
        (Catalog::embedded().expect("the catalogue"), Details::embedded().expect("the catalogue"));
    let managed = ManagedPolicies::load(&files("aws-managed"), &limits).expect("the pinned policies");
    let folder: Vec<File> = files("doit/support-gateway");
    let profiles = files("doit/profiles");
    let mut group = criterion.benchmark_group("promise");
    group.sample_size(20);
    for name in ["standard", "narrow", "diagnostics"] {
        let file = profiles.iter().find(|f| f.name == format!("{name}.json")).expect("a profile");
        for (role_name, more) in [
            ("real role", ""),
            ("with ReadOnlyAccess", READ_ONLY),
            ("with AdministratorAccess", ADMINISTRATOR),
        ] {
            let mut folder = folder.clone();
            if !more.is_empty() {
                folder.push(File { name: "managed/more.json".to_owned(), text: more.to_owned() });
            }
            group.bench_function(BenchmarkId::new(name, role_name), |bencher| {
                bencher.iter(|| {
                    let role = RoleSnapshot::from_folder(&folder, &managed, &limits).expect("the role");
                    let profile = Profile::load(file, role.account(), &managed, &limits).expect("a profile");
                    let proof =
                        prove_read_only(Some(&role), &profile, &catalog, &details, &Premises::default());
                    assert_eq!(proof.verdict(), VerdictKind::Holds);
                });
            });
        }
    }
    group.finish();
}

/// A rehearsal of a session of the real role: by a gate that has not judged the role before, and by one that has.
fn plans(criterion: &mut Criterion) {
    let managed = built_in::managed().expect("the pinned policies");
    let role = built_in::support_gateway(&managed).expect("the role");
    let profile = built_in::profile("standard", role.account(), &managed).expect("a profile");
    let providers = built_in::providers(role.account()).expect("the providers");
    let claims =
        files("doit").into_iter().find(|file| file.name == "example-claims.json").expect("the claims");
    let claims = Claims::from_json(&claims, &Limits::default()).expect("the claims");
    let call = Context::new();
    let asked = Rehearsal {
        role: &role,
        profile: &profile,
        providers: &providers,
        provider: claims.issuer().expect("an issuer"),
        claims: &claims,
        engineer: "ana@doit.com",
        case: "4711",
        duration_seconds: 3_600,
        now: Instant::from_epoch_seconds(1_795_000_000),
        call: &call,
    };
    let gate = Gate::embedded().expect("the catalogue");
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(20);
    group.bench_function("new role", |bencher| {
        bencher.iter(|| gate.clone().assuming(Premises::default()).rehearse(&asked).expect("a plan"));
    });
    group.bench_function("unchanged role", |bencher| {
        bencher.iter(|| gate.rehearse(&asked).expect("a plan"));
    });
    group.finish();
}

/// The preview of the real role under each profile, from policies that have been read.
fn previews(criterion: &mut Criterion) {
    let limits = Limits::default();
    let catalog = Catalog::embedded().expect("the catalogue");
    let names = action_names(&catalog);
    let managed = ManagedPolicies::load(&files("aws-managed"), &limits).expect("the pinned policies");
    let role =
        RoleSnapshot::from_folder(&files("doit/support-gateway"), &managed, &limits).expect("the role");
    let mut group = criterion.benchmark_group("preview");
    group.sample_size(20);
    for name in ["standard", "narrow", "diagnostics"] {
        let files = files("doit/profiles");
        let file = files.iter().find(|f| f.name == format!("{name}.json")).expect("a profile");
        let profile = Profile::load(file, role.account(), &managed, &limits).expect("a profile");
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(preview_knowing(&role, &profile, (&catalog, &names), &[])));
        });
    }
    group.finish();
}

fn pairs(criterion: &mut Criterion) {
    let catalog = Catalog::embedded().expect("the catalogue");
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    let names = ActionNames::new(full.iter().map(String::as_str));
    let mut group = criterion.benchmark_group("pair");
    group.sample_size(30);
    for (title, a, b) in [
        ("ReadOnlyAccess in AdministratorAccess", READ_ONLY, ADMINISTRATOR),
        ("ReadOnlyAccess in itself", READ_ONLY, READ_ONLY),
        ("ViewOnlyAccess in ReadOnlyAccess", VIEW_ONLY, READ_ONLY),
        ("AdministratorAccess in ReadOnlyAccess", ADMINISTRATOR, READ_ONLY),
    ] {
        for (axis, actions) in [("closed", Actions::Listed), ("open", Actions::Open)] {
            let (one, other) = (layers(a), layers(b));
            let mut warm = Analysis::with_names(Space::new(), names.clone());
            group.bench_function(BenchmarkId::new(format!("{title}, warm"), axis), |bencher| {
                bencher.iter(|| {
                    warm.forget();
                    black_box(warm.never(&Question::new(&one).beyond(&other).about(actions.clone())))
                });
            });
            group.bench_function(BenchmarkId::new(format!("{title}, cold"), axis), |bencher| {
                bencher.iter(|| {
                    let (one, other) = (layers(a), layers(b));
                    let mut analysis = Analysis::with_names(Space::new(), names.clone());
                    black_box(analysis.never(&Question::new(&one).beyond(&other).about(actions.clone())))
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, promises, plans, previews, pairs);
criterion_main!(benches);
