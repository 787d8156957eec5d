//! All error types work with `?`, and say in one line what was wrong; the enums that people print have a `Display`.

use std::error::Error;

use iam_policy::{
    ActionPattern, Arn, ArnError, BuildError, Effect, Level, Limits, Mode, NameError, NamedPrincipal,
    Operator, Pattern, Policy, PolicyKind, PrincipalError, Report, Syntax, Test, TestError, VariableError,
    Version,
};

const fn is_error<E: Error + Send + Sync + 'static>() {}

const _: () = {
    is_error::<ArnError>();
    is_error::<BuildError>();
    is_error::<NameError>();
    is_error::<PrincipalError>();
    is_error::<Report>();
    is_error::<TestError>();
    is_error::<VariableError>();
};

#[test]
fn errors_are_one_sentence() {
    let errors: [Box<dyn Error + Send + Sync>; 8] = [
        Arn::parse("x").unwrap_err().into(),
        "s3".parse::<ActionPattern>().unwrap_err().into(),
        "polcy".parse::<PolicyKind>().unwrap_err().into(),
        NamedPrincipal::parse_aws("x").unwrap_err().into(),
        NamedPrincipal::parse_aws("a*").unwrap_err().into(),
        Policy::parse("{}", PolicyKind::Managed, Mode::Strict, &Limits::default()).unwrap_err().into(),
        "Equals".parse::<Test>().unwrap_err().into(),
        Pattern::parse("a${b", Syntax::new(true, true)).unwrap_err().into(),
    ];
    for error in errors {
        let text = error.to_string();
        assert!(text.len() > 20 && !text.contains("Error"), "{text}");
    }
    assert_eq!("polcy".parse::<Mode>().unwrap_err().to_string(), "`polcy` is not one of strict, deployed");
}

#[test]
fn names_read_back() {
    for kind in PolicyKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    let error = "x".parse::<PolicyKind>().unwrap_err().to_string();
    assert!(PolicyKind::ALL.iter().all(|kind| error.contains(kind.name())));
    for mode in [Mode::Strict, Mode::Deployed] {
        assert_eq!(mode.to_string().parse(), Ok(mode));
    }
    for effect in [Effect::Allow, Effect::Deny] {
        assert_eq!(effect.to_string().parse(), Ok(effect));
    }
    for version in [Version::V2008, Version::V2012] {
        assert_eq!(version.to_string().parse(), Ok(version));
    }
    assert_eq!(Version::Missing.to_string(), "no version");
    assert_eq!(Level::SecurityWarning.to_string(), "SECURITY_WARNING");
    for operator in Operator::ALL {
        assert_eq!(operator.to_string().parse(), Ok(*operator));
    }
}
