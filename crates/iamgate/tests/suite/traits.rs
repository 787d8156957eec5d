//! The traits of every error, and of every value that a server keeps, checked by the compiler.

use std::error::Error;
use std::fmt::Display;

use iamgate::iam_analysis::{Doubt, EffectiveError, ResourcePolicies, Verdict, VerdictKind};
use iamgate::iam_catalog::{AccessLevel, Catalog, DataError, Details, KeyType, SensitivityClass, WordError};
use iamgate::iam_policy::{Limits, NameError, Report};
use iamgate::{
    CallerGroup, Cause, Claims, DocumentSchema, Finding, FindingCode, Gate, IdentityProviders, InputError,
    Installation, ManagedPolicies, NotRestricted, NotSent, Plan, Profile, Proof, Refusal, Refused,
    RestrictedKind, Restriction, RoleSnapshot, StsCall, TrustCaller, built_in,
};

const fn error<T: Error + Display + Send + Sync + 'static>() {}
const fn printed<T: Display + Send + Sync + 'static>() {}
/// For values that are used once: they are not `Clone`, which `compile_fail` examples show.
const fn once<T: Send + Sync + 'static>() {}
const fn kept<T: Clone + Send + Sync + 'static>() {}

const _: () = {
    error::<DataError>();
    error::<InputError>();
    error::<NameError>();
    error::<NotRestricted>();
    error::<NotSent>();
    error::<Refusal>();
    error::<Refused>();
    error::<Report>();
    error::<EffectiveError>();
    error::<WordError>();
    error::<iamgate::iam_eval::session::Refusal>();

    printed::<AccessLevel>();
    printed::<TrustCaller>();
    printed::<Cause>();
    printed::<DocumentSchema>();
    printed::<Doubt>();
    printed::<Finding>();
    printed::<FindingCode>();
    printed::<KeyType>();
    printed::<CallerGroup>();
    printed::<ResourcePolicies>();
    printed::<RestrictedKind>();
    printed::<SensitivityClass>();
    printed::<Verdict>();
    printed::<VerdictKind>();

    kept::<Gate>();
    once::<Plan>();
    once::<StsCall>();
    kept::<RoleSnapshot>();
    kept::<Profile>();
    kept::<IdentityProviders>();
    kept::<ManagedPolicies>();
    kept::<Installation>();
    kept::<Claims>();
    kept::<Proof>();
    kept::<Restriction>();
    kept::<Catalog<'static>>();
    kept::<Details<'static>>();
};

/// Each kind of error can be returned with `?`, and says in one sentence what was wrong and where.
#[test]
fn errors_work_with_the_question_mark() {
    fn said<T, E: Error + Send + Sync + 'static>(result: Result<T, E>) -> String {
        fn through<T, E: Error + Send + Sync + 'static>(
            result: Result<T, E>,
        ) -> Result<T, Box<dyn Error + Send + Sync>> {
            Ok(result?)
        }
        through(result).err().expect("an error").to_string()
    }
    let limits = Limits::default();
    assert_eq!(said(Catalog::parse("nothing\n")), "catalogue line 1: wrong head");
    let managed = built_in::managed().unwrap();
    let found = said(built_in::profile("standard", "1", &managed));
    assert_eq!(found, "standard.json: INVALID_ACCOUNT: `1` as account; an account id has twelve digits");
    let file = iamgate::File { name: "claims.json".to_owned(), text: "[]".to_owned() };
    let found = said(Claims::from_json(&file, &limits));
    assert!(found.starts_with("claims.json: INVALID_CLAIMS: "), "{found}");
    let details = iamgate::Details::embedded().unwrap();
    let tag = iamgate::SessionTag::new("DoitEnvironment", "1");
    let found = said(iamgate::restrict("payroll", "111122223333", None, &tag, &details));
    assert_eq!(found, "`payroll` is no ARN of a resource");
    let found = said(iamgate::restrict(
        "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
        "111122223333",
        None,
        &tag,
        &details,
    ));
    assert!(found.starts_with("such resources of `ec2` have no policy of their own"), "{found}");
}
