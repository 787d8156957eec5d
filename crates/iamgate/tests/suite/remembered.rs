//! What a gate remembers is what it would find: for the same question, for a question that differs in one input, and for one byte anywhere.

use iam_testkit::Source;
use iam_testkit::case::{Layer, Spelling, document_text};
use iamgate::iam_analysis::ResourcePolicies;
use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_policy::Limits;
use iamgate::iam_policy::value::Instant;
use iamgate::{
    Claims, File, Finding, Gate, IdentityProviders, Judgement, Pins, Premises, Profile, Refusal, Refused,
    Rehearsal, RoleSnapshot,
};

use super::plan::{claims, example, from_an_address, providers};
use super::roles::{ACCOUNT, policy_text};
use super::small::{self, READS, TAGGED, file, profile_text};
use super::support::folder;

/// A question, whose parts may be changed.
#[derive(Clone)]
struct Asked {
    role: RoleSnapshot,
    profile: Profile,
    providers: IdentityProviders,
    claims: Claims,
    engineer: String,
    now: i64,
    call: Context,
}

type Outcome = Result<Judgement, Box<Refused>>;

impl Asked {
    fn of(role: RoleSnapshot) -> Self {
        let (providers, claims) = (providers(), claims(&example()));
        let (engineer, call) = ("ana@doit.com".to_owned(), Context::new());
        Self { role, profile: profile(READS), providers, claims, engineer, now: 1_795_000_000, call }
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut own = self.clone();
        change(&mut own);
        own
    }

    fn put(&self, gate: &Gate) -> Outcome {
        let pins = Pins::built_in().with_profile(self.profile.sha256());
        gate.clone().pinning(pins).rehearse(&Rehearsal {
            role: &self.role,
            profile: &self.profile,
            providers: &self.providers,
            provider: "support.cre.doit-intl.com",
            claims: &self.claims,
            engineer: &self.engineer,
            case: "4711",
            duration_seconds: 3_600,
            now: Instant::from_epoch_seconds(self.now),
            call: &self.call,
        })
    }
}

fn profile(reads: &str) -> Profile {
    let guard = r#"{"Effect": "Deny", "Action": ["secretsmanager:Get*Password", "secretsmanager:Get*Value", "sqs:Receive*"], "Resource": "*"}"#;
    small::load(&profile_text(&format!("{guard}, {TAGGED}")), &small::managed("v1", reads))
}

fn role(more: &[(&str, &str)]) -> RoleSnapshot {
    small::role(more, &small::managed("v1", READS))
}

fn everything() -> String {
    policy_text(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#)
}

/// All of an answer: the record, and the requests with the policies that they meet, which the record leaves out.
fn all(outcome: &Outcome) -> (String, Vec<Finding>, Vec<String>) {
    let witness = |refusal: &Refusal| format!("{:?} {refusal}", refusal.witness());
    match outcome {
        Ok(own) => (own.record().to_owned(), own.findings().to_vec(), Vec::new()),
        Err(own) => (own.record.clone(), own.findings.clone(), own.refusals.iter().map(witness).collect()),
    }
}

/// What is left of a record without what names the question itself.
fn decided(outcome: &Outcome) -> String {
    let mut json: serde_json::Value = serde_json::from_str(&all(outcome).0).unwrap();
    for member in ["inputs", "request", "plan", "call"] {
        json.as_object_mut().unwrap().remove(member);
    }
    json.to_string()
}

/// Puts a question to a gate that may know the answer, and to one that knows nothing.
#[track_caller]
#[expect(
    clippy::panic_in_result_fn,
    reason = "the result is that of the gate, and a test stops at the first surprise"
)]
fn same(gate: &Gate, asked: &Asked) -> Outcome {
    let remembered = asked.put(gate);
    let found = asked.put(&gate.clone().assuming(Premises::default()));
    assert_eq!(all(&remembered), all(&found));
    remembered
}

/// A question that differs in one input has the answer of its own, and not the one of the question before; then both are remembered.
#[test]
fn every_input_of_an_answer_counts() {
    let gate = Gate::embedded().unwrap();
    let own = everything();
    let base = Asked::of(role(&[("inline/own.json", &own)]));
    let with = |more: &[(&str, &str)]| {
        let files = [&[("inline/own.json", &*own)], more].concat();
        base.with(|asked| asked.role = role(&files))
    };
    let trust = folder("doit/support-gateway").into_iter().find(|own| own.name == "trust.json").unwrap().text;
    let timed = |until: &str| {
        let condition = format!(r#""Condition": {{"DateLessThan": {{"aws:CurrentTime": "{until}"}},"#);
        trust.replacen(r#""Condition": {"#, &condition, 1)
    };
    let (reads, writes) = (
        policy_text(
            r#"{"Effect": "Allow", "Action": ["sqs:GetQueueUrl", "sqs:ListQueues"], "Resource": "*"}"#,
        ),
        policy_text(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "sqs:List*", "Resource": "*"}"#,
        ),
    );
    let bucket = |principal: &str, action: &str| {
        policy_text(&format!(
            r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "{action}", "Resource": "arn:aws:s3:::b/*",
               "Condition": {{"ArnEquals": {{"aws:PrincipalArn": "arn:aws:iam::{ACCOUNT}:role/DoiT-Support-Gateway"}}}}}}"#
        ))
    };
    let others = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:root"}},
        "Action": "sts:AssumeRole"}}, {}]}}"#,
        {
            let from = trust.find('[').unwrap() + 1;
            let to = trust.rfind(']').unwrap();
            trust.get(from..to).unwrap().to_owned()
        }
    );
    let mut changed = vec![
        ("policies", base.with(|asked| asked.role = role(&[("inline/own.json", &reads)]))),
        (
            "boundary",
            with(&[(
                "boundary.json",
                &policy_text(r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#),
            )]),
        ),
        ("scp", with(&[("scp/0/own.json", &writes)])),
        ("trust", with(&[("trust.json", &others)])),
        ("resources", with(&[("resources/b.json", &bucket(r#""*""#, "s3:PutObject"))])),
        ("another resource", with(&[("resources/b.json", &bucket(r#""*""#, "s3:DeleteObject"))])),
        ("profile", base.with(|asked| asked.profile = profile(r#""sqs:Get*", "sqs:ListQueues""#))),
    ];
    // The documents of the account are those of a managed policy that the role shows.
    let shown = |actions: &str| {
        format!(r#"{{"Arn": "{}", "VersionId": "v2", "Document": {}}}"#, small::ARN, small::allowing(actions))
    };
    changed.push(("deployed", with(&[("aws-managed/own.json", &shown(r#""sqs:Get*""#))])));
    changed.push(("deployed, harmful", with(&[("aws-managed/own.json", &shown(r#""sqs:Purge*""#))])));
    let file = |from: &str, to: &str| {
        let text = folder("doit").into_iter().find(|f| f.name == "identity-providers.json").unwrap().text;
        assert!(text.contains(from), "{from}");
        let file = File { name: "providers".into(), text: text.replacen(from, to, 1) };
        IdentityProviders::load(&file, ACCOUNT, &Limits::default()).unwrap()
    };
    let audience = file(r#""audience": "{{account}}""#, r#""audience": "another""#);
    changed.push(("providers", base.with(|asked| asked.providers = audience)));
    // The time and the call count where the trust policy asks for them.
    let early = with(&[("trust.json", &timed("2027-01-01T00:00:00Z"))]);
    changed.push(("time", early.with(|asked| asked.now += 400_000_000)));
    changed.push(("time before", early));
    let near = with(&[("trust.json", &from_an_address())]);
    let from = |address: ContextValue| near.with(|asked| asked.call.set("aws:SourceIp", address));
    changed.push(("call", from(ContextValue::single("192.0.2.9"))));
    changed.push(("another call", from(ContextValue::single("203.0.113.9"))));
    changed.push(("unknown call", from(ContextValue::Unknown)));
    changed.push(("no call", near.clone()));

    let first = same(&gate, &base);
    let mut seen = vec![("base", decided(&first))];
    for (name, asked) in &changed {
        let own = decided(&same(&gate, asked));
        let is_like = seen.iter().find(|(_, other)| *other == own);
        // These decide as another one does: in time as if nobody asked for it, and of an address that is not known as of one that is not told.
        let may_be_like = ["time before", "call", "unknown call", "no call"].contains(name);
        assert!(may_be_like || is_like.is_none(), "{name} is like {is_like:?}");
        seen.push((*name, own));
    }
    // All of them again, now from memory, for others who ask.
    for (name, asked) in changed.iter().chain([&("base", base.clone())]) {
        let other = asked.with(|asked| asked.engineer = "bob@doit.com".into());
        let _ = same(&gate, &other);
        let own = decided(&same(&gate, asked));
        assert!(seen.contains(&(*name, own)), "{name}");
    }
    // Other premises are another memory.
    let mut any = Premises::default();
    any.resource_policies = ResourcePolicies::Any;
    let other = base.put(&gate.clone().assuming(any));
    assert_ne!(decided(&other), decided(&first));
    assert_eq!(decided(&base.put(&gate)), decided(&first));
}

/// A policy that names one session is about this session, whichever was asked about before.
#[test]
fn a_session_that_a_policy_names_is_not_any_session() {
    let gate = Gate::embedded().unwrap();
    let own = everything();
    let base = Asked::of(role(&[("inline/own.json", &own)]));
    let name = base.put(&gate).unwrap().parameters().role_session_name().to_owned();
    for (named, is_found) in [(&*name, true), ("session", false), ("another", false)] {
        let grant = policy_text(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:sts::{ACCOUNT}:assumed-role/DoiT-Support-Gateway/{named}"}},
               "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}}"#
        ));
        let asked = base.with(|asked| {
            asked.role = role(&[("inline/own.json", &own), ("resources/b.json", &grant)]);
        });
        // Somebody else asks first.
        let _ = same(&gate, &asked.with(|asked| asked.engineer = "bob@doit.com".into()));
        let outcome = same(&gate, &asked);
        let codes: Vec<&str> =
            outcome.as_ref().err().iter().flat_map(|own| &own.refusals).map(Refusal::code).collect();
        let findings = all(&outcome).1;
        let found = findings.iter().map(|own| own.code.name()).chain(codes);
        assert_eq!(
            found.into_iter().any(|code| code == "RESOURCE_POLICY_REACHES_SESSION"),
            is_found,
            "{named}"
        );
    }
}

/// Any byte of any document of the role: the changed role has its own answer, from a gate that knows the role as it was.
#[test]
fn one_byte_anywhere_is_another_question() {
    let gate = Gate::embedded().unwrap();
    let resource = policy_text(&format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:role/DoiT-Support-Gateway"}}, "Action": ["s3:PutObject", "s3:GetObject"],
           "Resource": "arn:aws:s3:::b/*", "Condition": {{"StringLike": {{"aws:userid": "A*:ana*"}}}}}}"#
    ));
    let inline = policy_text(
        r#"{"Sid": "Own", "Effect": "Allow", "Action": ["sqs:*", "secretsmanager:List*"], "Resource": ["arn:aws:sqs:*:*:q?", "*"],
            "Condition": {"StringNotLike": {"aws:PrincipalTag/team": "x*"}}}"#,
    );
    let more = [("inline/own.json", inline), ("resources/b.json", resource), ("boundary.json", everything())];
    let more: Vec<(&str, &str)> = more.iter().map(|(name, text)| (*name, &**text)).collect();
    let base = Asked::of(role(&more));
    same(&gate, &base).unwrap();
    let mut files = folder("doit/support-gateway");
    files.retain(|own| own.name == "role.json" || own.name == "trust.json");
    files.extend(more.iter().map(|(name, text)| file(name, text)));
    let managed = small::managed("v1", READS);
    let (mut roles, mut other) = (0, 0);
    for number in 0..400 {
        let mut source = Source::of_case(31, number);
        let mut changed = files.clone();
        let at = source.below(changed.len());
        let text = &mut changed[at].text;
        let place = source.below(text.len());
        if !text.is_char_boundary(place) || !text.is_char_boundary(place + 1) {
            continue;
        }
        let with = *source.pick(&["a", "A", "1", "9", "*", "?", "", "x"]);
        text.replace_range(place..=place, with);
        // Most changes are no policies any more.
        let Ok(role) = RoleSnapshot::from_folder(&changed, &managed, &Limits::default()) else { continue };
        roles += 1;
        other += usize::from(role.sha256() != base.role.sha256());
        let _ = same(&gate, &base.with(|asked| asked.role = role));
    }
    same(&gate, &base).unwrap();
    assert!(roles > 40 && other > 25, "{roles} {other}");
}

/// Random roles, asked about in turn by others at other times: what is remembered is what would be found.
#[test]
fn what_is_remembered_of_random_roles_is_what_is_found() {
    let gate = Gate::embedded().unwrap();
    let managed = small::managed("v1", READS);
    let mut asked = Vec::new();
    for number in 0..60 {
        let mut source = Source::of_case(37, number);
        let case = iam_testkit::generate::case(&mut source);
        let text = |layer: Layer| {
            let document = case.policies.get(&layer)?.first()?.first()?;
            Some(document_text(document, layer, Spelling::default()))
        };
        let mut files = folder("doit/support-gateway");
        files.retain(|own| own.name == "role.json" || own.name == "trust.json");
        files.extend(text(Layer::Identity).map(|text| file("inline/own.json", &text)));
        files.extend(text(Layer::Boundary).map(|text| file("boundary.json", &text)));
        files.extend(text(Layer::Resource).map(|text| file("resources/own.json", &text)));
        files.extend(text(Layer::Scp).map(|text| file("scp/0/own.json", &text)));
        if let Ok(role) = RoleSnapshot::from_folder(&files, &managed, &Limits::default()) {
            asked.push(Asked::of(role));
        }
    }
    assert!(asked.len() > 25, "{}", asked.len());
    for round in 0..2 {
        for (number, own) in asked.iter().enumerate() {
            let own = own.with(|asked| {
                asked.now += round * 7_000 + i64::try_from(number).unwrap();
                asked.engineer = format!("ana{round}@doit.com");
            });
            let _ = same(&gate, &own);
        }
    }
}

/// The order of the policies of a role decides nothing, but a list follows it: a role in another order has its own answer.
#[test]
fn an_answer_follows_the_order_of_the_documents() {
    let gate = Gate::embedded().unwrap();
    let policy = |action: &str| {
        policy_text(&format!(r#"{{"Effect": "Allow", "Action": ["sqs:*", "{action}"], "Resource": "*"}}"#))
    };
    let trust = folder("doit/support-gateway").into_iter().find(|own| own.name == "trust.json").unwrap().text;
    let dump = |names: [&str; 2]| {
        let own = names.map(|name| {
            format!(r#"{{"PolicyName": "{name}", "PolicyDocument": {}}}"#, policy(&format!("s3:{name}")))
        });
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/DoiT-Support-Gateway");
        let text = format!(
            r#"{{"RoleDetailList": [{{"RoleName": "DoiT-Support-Gateway", "Arn": "{arn}", "AssumeRolePolicyDocument": {trust},
               "RolePolicyList": [{}], "AttachedManagedPolicies": []}}], "Policies": []}}"#,
            own.join(", ")
        );
        let file = file("account.json", &text);
        RoleSnapshot::from_account_details(&file, None, &small::managed("v1", READS), &Limits::default())
            .unwrap()
    };
    let (one, other) = (dump(["GetObject", "PutObject"]), dump(["PutObject", "GetObject"]));
    assert_eq!(one.sha256(), other.sha256());
    let _ = same(&gate, &Asked::of(one));
    let _ = same(&gate, &Asked::of(other));
}
