//! The embedded table of operations against the embedded catalogue.

use iam_catalog::{Catalog, Choice, DecidedBy, NameRule, Operations, Unresolved, When};

#[test]
fn every_action_and_prefix_is_in_the_catalogue() {
    let (catalog, operations) = (Catalog::embedded().unwrap(), Operations::embedded().unwrap());
    let mut unknown = Vec::new();
    let mut rows = 0;
    for (prefix, name, needed) in operations.iter() {
        rows += 1;
        for action in needed.actions() {
            let found = catalog.action(&action.to_string()).map(|own| own.to_string());
            if found.as_deref() != Some(&*action.to_string()) {
                unknown.push(format!("{prefix}:{name} needs {action}"));
            }
        }
    }
    for (name, prefix) in operations.sources() {
        if catalog.service(prefix).is_none() {
            unknown.push(format!("{name} is {prefix}"));
        }
        let is_first = operations.prefix_of_source(name) == prefix;
        assert_eq!(catalog.service(name).is_some(), name == "autoscaling", "{name}");
        assert!(is_first || name == "autoscaling", "{name}");
    }
    assert_eq!(unknown, Vec::<String>::new());
    assert!(rows > 1_000, "{rows} rows");
}

#[test]
fn no_row_says_what_the_catalogue_says_without_it() {
    let catalog = Catalog::embedded().unwrap();
    for (prefix, name, needed) in Operations::embedded().unwrap().iter() {
        if let [only] = needed.groups().collect::<Vec<_>>()[..]
            && let [action] = only.actions().collect::<Vec<_>>()[..]
            && only.when == When::Always
        {
            let own = catalog.action(&format!("{prefix}:{name}"));
            let is_same = own.is_some_and(|own| own.service == action.service && own.name == action.name);
            assert!(!is_same || needed.decided_by() == DecidedBy::TrustPolicy, "{prefix}:{name}");
        }
    }
}

#[test]
fn operations_are_resolved() {
    let (catalog, operations) = (Catalog::embedded().unwrap(), Operations::embedded().unwrap());
    let told = |source: &str, name: &str| {
        let found = operations.resolve(&catalog, source, name).expect(name);
        let always = found.needed.groups().filter(|group| group.when == When::Always);
        let actions: Vec<String> = always
            .map(|group| {
                let names: Vec<String> = group.actions().map(|action| action.to_string()).collect();
                let joint = if group.choice == Choice::AnyOne { "|" } else { "/" };
                names.join(joint)
            })
            .collect();
        (actions.join(" "), found.rule, found.has_other_prefix, found.is_without_version)
    };
    for (source, name, actions, rule, other, version) in [
        ("s3.amazonaws.com", "GetBucketLocation", "s3:GetBucketLocation", NameRule::OwnName, false, false),
        ("s3", "listobjectsv2", "s3:ListBucket", NameRule::Table, false, false),
        (
            "s3.amazonaws.com.cn",
            "CopyObject",
            "s3:GetObject/s3:GetObjectVersion s3:PutObject",
            NameRule::Table,
            false,
            false,
        ),
        (
            "kms.amazonaws.com",
            "ReEncrypt",
            "kms:ReEncryptFrom kms:ReEncryptTo",
            NameRule::Table,
            false,
            false,
        ),
        (
            "monitoring.amazonaws.com",
            "PutMetricData",
            "cloudwatch:PutMetricData",
            NameRule::OwnName,
            true,
            false,
        ),
        (
            "autoscaling.amazonaws.com",
            "RegisterScalableTarget",
            "application-autoscaling:RegisterScalableTarget",
            NameRule::OwnName,
            true,
            false,
        ),
        (
            "autoscaling.amazonaws.com",
            "PutScalingPolicy",
            "autoscaling:PutScalingPolicy",
            NameRule::OwnName,
            false,
            false,
        ),
        (
            "cloudfront.amazonaws.com",
            "CreateDistributionWithTags2020_05_31",
            "cloudfront:CreateDistribution cloudfront:TagResource",
            NameRule::Table,
            false,
            true,
        ),
        ("apigateway.amazonaws.com", "GetResources", "apigateway:GET", NameRule::Verb, false, false),
        // Newer operations of API Gateway have actions of their own.
        ("apigateway.amazonaws.com", "GetPortal", "apigateway:GetPortal", NameRule::OwnName, false, false),
    ] {
        assert_eq!(told(source, name), (actions.to_owned(), rule, other, version), "{source} {name}");
    }
    let unresolved = |source: &str, name: &str| operations.resolve(&catalog, source, name).unwrap_err();
    assert_eq!(unresolved("unknown.amazonaws.com", "UnknownAPI"), Unresolved::Service);
    assert_eq!(unresolved("s3.amazonaws.com", "NoSuchOperation20150331"), Unresolved::Operation);
    assert_eq!(
        operations.nearest(&catalog, "s3", "ListObject").first().map(String::as_str),
        Some("s3:ListObjects")
    );
    assert_eq!(operations.nearest(&catalog, "s33.amazonaws.com", "X"), ["s3"]);
}

#[test]
fn malformed_lines_are_errors() {
    const HEAD: &str = "iam-catalog operations 1\nsource here 1\ndate 2026-01-02\n";
    for (body, line, what) in [
        ("counts 0 0\n#a\n", 5, "a source has a letter and a description"),
        ("counts 0 0\n#b x\n#a x\n", 6, "source out of order"),
        ("counts 1 0\n=x a y\n", 5, "a source that is not described"),
        ("counts 1 0\n#a x\n=x a\n", 6, "a name, a source and prefixes expected"),
        ("counts 1 0\n#a x\n=x a Y\n", 6, "a name, a source and prefixes expected"),
        ("counts 2 0\n#a x\n=y a z\n=x a z\n", 7, "name of a service out of order"),
        ("counts 0 0\n@A\n", 5, "not a service prefix"),
        ("counts 0 0\n@b\n@a\n", 6, "service out of order"),
        ("counts 0 1\n#a x\nX a Y\n", 6, "an operation before the first service"),
        ("counts 0 1\n#a x\n@a\nX a\n", 7, "an operation has a name, a source and what it needs"),
        ("counts 0 1\n#a x\n@a\nX a +Y\n", 7, "an operation has a name, a source and what it needs"),
        ("counts 0 2\n#a x\n@a\nY a Z\nX a Z\n", 8, "operation out of order"),
        ("counts 0 2\n#a x\n@a\nY a Z\n", 8, "number of services or actions differs from the head"),
    ] {
        let text = format!("{HEAD}{body}");
        let error = Operations::parse(&text).unwrap_err();
        assert_eq!((error.line(), error.what()), (line, what), "{body}");
    }
    let text = format!("{HEAD}counts 1 2\n#a x\n=n a p,q\n@p\nN a X\nO a -\n");
    let operations = Operations::parse(&text).unwrap();
    assert_eq!((operations.date(), operations.source()), ("2026-01-02", "here 1"));
    assert_eq!(operations.prefix_of_source("n.amazonaws.com"), "p");
    let needed = operations.actions_of("p", "o").unwrap();
    assert_eq!(
        (needed.decided_by(), needed.source(), needed.groups().count()),
        (DecidedBy::NoPolicy, "x", 0)
    );
    assert!(operations.actions_of("p", "P").is_none());
}
