//! ARNs and their parts.

use iam_policy::{
    AccountId, Arn, ArnError, ArnField, ArnFields, IamResource, Partition, RoleArn, RoleName, SessionArn,
    SessionName, account_id, role_name, session_name,
};
use proptest::prelude::*;

#[test]
fn fields_are_those_between_colons() {
    for text in [
        "arn:aws:s3:::b/a:b",
        "arn:aws:iam::111122223333:role/p/R",
        "arn:aws:iam::aws:policy/job-function/Billing",
        "arn:aws-cn:sqs:cn-north-1:111122223333:q",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        "arn:aws:s3:::*",
    ] {
        let arn: Arn = text.parse().unwrap();
        let fields = ArnFields::split(text).unwrap();
        assert_eq!(arn.fields(), fields);
        assert_eq!(arn.to_string(), text);
        assert_eq!(fields.to_string(), text);
        assert_eq!(arn.name(), fields.name());
    }
    for text in ["", "*", "arn:aws:s3::", "arn", "x:aws:s3:::b", "ARN:aws:s3:::b"] {
        assert_eq!(ArnFields::split(text), None, "{text}");
        assert!(Arn::parse(text).is_err());
    }
    // Requests and patterns may hold anything between the colons.
    assert_eq!(ArnFields::split("arn:::::").unwrap().resource, "");
    assert_eq!(ArnFields::beyond_partition("arn:aws-cn:iam::aws:policy/A"), Some("iam::aws:policy/A"));
    let of = |resource: &str| {
        let text = format!("arn:aws:x:::{resource}");
        let fields = ArnFields::split(&text).unwrap();
        (fields.resource_type().map(str::to_owned), fields.name().to_owned())
    };
    assert_eq!(of("role/p/R"), (Some("role".into()), "R".into()));
    assert_eq!(of("function:f"), (Some("function".into()), "function:f".into()));
    assert_eq!(of("root"), (None, "root".into()));
}

#[test]
fn each_field_has_its_refusal() {
    let field = |text: &str| Arn::parse(text).unwrap_err().field();
    assert_eq!(field("aws:s3:::b"), ArnField::Arn);
    assert_eq!(field("arn:aws:s3"), ArnField::Arn);
    assert_eq!(field(&format!("arn:aws:s3:::{}", "b".repeat(2_048))), ArnField::Arn);
    assert_eq!(field("arn:*:s3:::b"), ArnField::Partition);
    assert_eq!(field("arn:aws::::b"), ArnField::Service);
    assert_eq!(field("arn:aws:S3:::b"), ArnField::Service);
    assert_eq!(field("arn:aws:s3:*::b"), ArnField::Region);
    assert_eq!(field("arn:aws:s3::12:b"), ArnField::Account);
    assert_eq!(field("arn:aws:s3::*:b"), ArnField::Account);
    assert_eq!(field("arn:aws:s3:::"), ArnField::Resource);
    assert_eq!(field("arn:aws:s3:::a\nb"), ArnField::Resource);
    assert_eq!(
        Arn::parse("arn:aws:s3:::a\u{1b}b").unwrap_err().to_string(),
        "the resource `a\\u{1b}b` must not be empty, and must not hold control characters"
    );
    assert!(Arn::parse(&format!("arn:aws:s3:::{}", "b".repeat(2_048 - 13))).is_ok());
}

#[test]
fn names_have_the_characters_and_lengths_of_the_api() {
    let role = |text: &str| text.parse::<RoleName>().is_ok();
    let session = |text: &str| text.parse::<SessionName>().is_ok();
    assert!(role("a") && !session("a") && session("ab"));
    assert!(role("aZ09_+=,.@-") && session("aZ09_+=,.@-"));
    for text in ["", "a b", "a/b", "a*b", "ü", "a:b", "a\n"] {
        assert!(!role(text) && !session(text), "{text:?}");
    }
    let (most, more) = ("a".repeat(64), "a".repeat(65));
    assert!(role(&most) && session(&most) && !role(&more) && !session(&more));
    for text in ["", "11112222333", "1111222233334", "11112222333a", "１１１１"] {
        assert_eq!(AccountId::new(text), None, "{text}");
    }
    assert_eq!("12".parse::<AccountId>().unwrap_err().to_string(), "the account `12` must be twelve digits");
    for partition in Partition::KNOWN {
        assert_eq!(partition.as_str().parse::<Partition>(), Ok(partition));
    }
    for text in ["", "AWS", "aws-", "awsx", "aws_cn", "aws-*", "amazon"] {
        assert!(text.parse::<Partition>().is_err(), "{text}");
    }
    assert_eq!(role_name!("Admin"), "Admin".parse::<RoleName>().unwrap());
    assert_eq!(session_name!("ana"), "ana".parse::<SessionName>().unwrap());
}

#[test]
fn roles_and_their_sessions() {
    let error = |text: &str| -> ArnError { RoleArn::parse(text).unwrap_err() };
    assert_eq!(error("arn:aws:iam::111122223333:user/R").field(), ArnField::Arn);
    assert_eq!(error("arn:aws:sts::111122223333:role/R").field(), ArnField::Arn);
    assert_eq!(error("arn:aws:iam:us-east-1:111122223333:role/R").field(), ArnField::Region);
    assert_eq!(error("arn:aws:iam::aws:role/R").field(), ArnField::Account);
    assert_eq!(error("arn:aws:iam:::role/R").field(), ArnField::Account);
    assert_eq!(error("arn:aws:iam::111122223333:role/").field(), ArnField::RoleName);
    assert_eq!(error("arn:aws:iam::111122223333:role/*").field(), ArnField::RoleName);
    assert_eq!(error("arn:aws:iam::111122223333:role/a b/R").field(), ArnField::Path);
    assert_eq!(
        error(&format!("arn:aws:iam::111122223333:role/{}/R", "p".repeat(511))).field(),
        ArnField::Path
    );
    assert_eq!(error("arn:aws:iam::111122223333:role").field(), ArnField::RoleName);
    assert_eq!(error("R").to_string(), "the ARN `R` must begin with `arn:`");
    let longest = format!("arn:aws:iam::111122223333:role/{}/R", "p".repeat(510));
    assert_eq!(longest.parse::<RoleArn>().unwrap().path().len(), 512);

    let role = RoleArn::new(&Partition::AWS_CN, account_id!("111122223333"), &role_name!("R"));
    assert_eq!((role.path(), role.name(), role.role_name()), ("/", "R", role_name!("R")));
    let session = role.session(&session_name!("ana"));
    assert_eq!(session.to_string().parse::<SessionArn>(), Ok(session.clone()));
    assert_eq!(session.role_without_path(), role);
    assert_eq!(session.account(), role.account());
    let error = |text: &str| SessionArn::parse(text).unwrap_err().field();
    assert_eq!(error("arn:aws:sts::111122223333:assumed-role/R"), ArnField::Arn);
    assert_eq!(error("arn:aws:sts::111122223333:assumed-role/R/s"), ArnField::SessionName);
    assert_eq!(error("arn:aws:sts::111122223333:assumed-role//ana"), ArnField::RoleName);
    assert_eq!(error("arn:aws:sts::111122223333:assumed-role/R/a/b"), ArnField::SessionName);
    assert_eq!(error("arn:aws:sts:::assumed-role/R/ana"), ArnField::Account);
}

#[test]
fn resources_of_iam_are_told_apart_and_written() {
    for resource in [
        IamResource::Root,
        IamResource::User("p/u"),
        IamResource::Role("p/r"),
        IamResource::Policy("p"),
        IamResource::OidcProvider("gitlab.com/x"),
        IamResource::SamlProvider("s"),
        IamResource::FederatedUser("f"),
        IamResource::AssumedRole { role: "r", session: "s" },
    ] {
        let text = resource.arn("aws-cn", "111122223333");
        assert_eq!(ArnFields::split(&text).unwrap().iam(), Some(resource), "{text}");
        assert!(Arn::parse(&text).is_ok());
    }
    for text in [
        "arn:aws:iam::111122223333:group/g",
        "arn:aws:iam::111122223333:root/x",
        "arn:aws:sts::111122223333:assumed-role/r",
        "arn:aws:s3:::role/r",
    ] {
        assert_eq!(ArnFields::split(text).unwrap().iam(), None, "{text}");
    }
}

proptest! {
    /// A text that is an ARN is that of its fields, and the two ways to look at it see the same.
    #[test]
    fn arns_are_their_fields(text in "arn:(aws|aws-cn):(s3|iam):(eu-west-1)?:(111122223333|aws)?:[a-z:/*]{1,12}") {
        let arn = Arn::parse(&text).unwrap();
        prop_assert_eq!(arn.as_str(), &text);
        prop_assert_eq!(Some(arn.fields()), ArnFields::split(&text));
        prop_assert_eq!(arn.account_id(), arn.fields().account_id());
    }

    /// The account is read as the digits that it is.
    #[test]
    fn accounts_are_their_digits(text in "[0-9a]{11,13}") {
        let is_account = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        prop_assert_eq!(text.parse::<AccountId>().is_ok(), is_account);
        if let Some(account) = AccountId::new(&text) {
            prop_assert_eq!(account.to_string(), text);
        }
    }
}
