//! Policies in code of Terraform: what expressions say, and what they do not say.
#![cfg(feature = "hcl")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_document::UnknownKind::{self, Choice, Value as OneValue};
use iam_document::{Extracted, Found, Limits, UNKNOWN, code, read};
use iam_json::{Report, Span};
use serde_json::{Value, json};

#[track_caller]
fn found(text: &str) -> Found {
    read(text, "main.tf", &Limits::default()).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

#[track_caller]
fn refused(text: &str) -> Report {
    read(text, "main.tf", &Limits::default()).unwrap_err()
}

/// The policy of a resource whose attribute has this value.
#[track_caller]
fn policy(value: &str) -> (Value, Extracted) {
    let found = found(&format!("resource \"aws_iam_policy\" \"p\" {{\n  policy = {value}\n}}\n"));
    let [own] = found.documents.as_slice() else { panic!("{found:?}") };
    (serde_json::from_str(&own.text).unwrap(), own.clone())
}

/// What is not known in a policy.
fn whats(own: &Extracted) -> Vec<&str> {
    own.unknown.iter().map(|own| own.what.as_str()).collect()
}

#[track_caller]
fn place<'t>(own: &Extracted, text: &'t str, part: &str) -> &'t str {
    let at = own.text.find(part).unwrap_or_else(|| panic!("no {part} in {}", own.text));
    let (at, end) = (u32::try_from(at).unwrap(), u32::try_from(at.saturating_add(part.len())).unwrap());
    own.origin.span(Span::new(at, end)).of(text)
}

#[test]
fn values_are_what_terraform_makes_of_them() {
    let (value, own) = policy(
        r#"jsonencode({
            Version = "2012-10-17", "Id" : "x\u00e9\"\\", (var.key) = 1
            Statement = [{ Effect = "Allow", Action = ["a:${"b"}", "c:$${x}%%{y}"], n = -1.5, t = true, z = null }]
        })"#,
    );
    let statement =
        json!({"Effect": "Allow", "Action": ["a:b", "c:${x}%{y}"], "n": -1.5, "t": true, "z": null});
    let expected = json!({"Version": "2012-10-17", "Id": "xé\"\\", UNKNOWN: 1, "Statement": [statement]});
    assert_eq!(value, expected);
    assert_eq!(whats(&own), ["`var.key`"]);
}

#[test]
fn what_is_not_known_is_marked_and_nothing_is_left_out() {
    let (value, own) = policy(
        r#"jsonencode({ Statement = concat([
            { Effect = var.effect, Action = tolist(["a:b", var.action]), Resource = [for n in var.names : n] },
            { Effect = "Allow", Action = upper("a:b"), Resource = "arn:${var.p}:s3:::${local.gone}/*", Condition = merge(var.a, {}) },
        ], flatten([[local.gone], var.more])) })"#,
    );
    let u = UNKNOWN;
    let expected = json!({"Statement": [
        {"Effect": u, "Action": ["a:b", u], "Resource": u},
        {"Effect": "Allow", "Action": u, "Resource": format!("arn:{u}:s3:::{u}/*"), "Condition": u},
        u, u,
    ]});
    assert_eq!(value, expected);
    assert_eq!(own.unknown.len(), 9);
    assert_eq!(whats(&own)[2], "`[for n in var.names : n]`");
    assert_eq!(whats(&own)[4], "`${var.p}`");
}

#[test]
fn choices_say_both() {
    let (value, own) = policy(
        r#"jsonencode({ Statement = [var.a ? { Effect = "Deny" } : null, var.b ? { Effect = "Allow" } : { Effect = var.c ? "Allow" : "Deny" }],
            Version = var.d ? "2012-10-17" : null })"#,
    );
    let u = UNKNOWN;
    let effects = json!([{"Effect": "Deny"}, null, {"Effect": "Allow"}, {"Effect": u}]);
    assert_eq!(value.get("Statement").unwrap(), &effects);
    assert_eq!(value.get("Version").unwrap(), "2012-10-17");
    let choices = ["the condition `var.a`", "the condition `var.b`"];
    let expected = [&choices[..], &["`var.c ? \"Allow\" : \"Deny\"`", "the condition `var.d`"]].concat();
    assert_eq!(whats(&own), expected);
    // Each has the place of what it is about.
    let parts: Vec<&str> = own.unknown.iter().map(|one| one.place.of(&own.text)).collect();
    assert!(parts[0].starts_with("{\"Effect\": \"Deny\"}, null"), "{parts:?}");
    assert_eq!(parts[3], "\"2012-10-17\"");
    let kinds: Vec<UnknownKind> = own.unknown.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [Choice, Choice, OneValue, Choice]);
    assert!(own.has_choices() && !own.is_known());
}

#[test]
fn a_choice_that_the_code_decides_is_none() {
    let text = r#"
locals {
  wide = false
  more = local.wide ? ["s3:*"] : ["s3:GetObject"]
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = concat(local.more, true ? ["a:b"] : []), Resource = (local.wide) ? "*" : "arn:aws:s3:::b" }] })
}
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = local.wide ? [1] : []
    content { actions = ["x:never"] }
  }
  dynamic "statement" {
    for_each = toset(["a"])
    content { actions = ["x:often"] }
  }
}
"#;
    let found = found(text);
    let [policy, block] = found.documents.as_slice() else { panic!("{found:?}") };
    assert!(policy.is_known() && block.is_known(), "{found:?}");
    assert!(policy.text.contains(r#""Action": ["s3:GetObject", "a:b"], "Resource": "arn:aws:s3:::b""#));
    assert!(block.text.contains("x:often") && !block.text.contains("x:never"), "{}", block.text);
}

#[test]
fn blocks_that_may_be_made_are_choices() {
    let text = r#"
locals { conditional = var.c ? ["a:b"] : ["a:c"] }
data "aws_iam_policy_document" "d" {
  statement { actions = local.conditional }
  dynamic "statement" {
    for_each = var.deny ? [1] : []
    content {
      effect  = "Deny"
      actions = ["s3:*"]
    }
  }
  statement {
    actions = ["s3:GetObject"]
    dynamic "principals" {
      for_each = var.accounts
      content {
        type        = "AWS"
        identifiers = ["111122223333"]
      }
    }
    dynamic "condition" {
      for_each = var.tests
      content {
        test     = "Bool"
        variable = "aws:SecureTransport"
        values   = [true, 5, 1.50, 0]
      }
    }
  }
}
"#;
    let found = found(text);
    let [own] = found.documents.as_slice() else { panic!("{found:?}") };
    let expected =
        ["the condition `var.c`", "dynamic \"statement\"", "dynamic \"principals\"", "dynamic \"condition\""];
    assert_eq!(whats(own), expected);
    let parts: Vec<&str> = own.unknown.iter().map(|one| one.place.of(&own.text)).collect();
    assert!(parts[1].starts_with("{\"Effect\": \"Deny\"") && parts[1].ends_with('}'), "{parts:?}");
    assert!(parts[2].contains("111122223333") && !parts[2].contains("Bool"), "{parts:?}");
    assert!(parts[3].contains(r#""Bool": {"aws:SecureTransport": ["true", "5", "1.5", "0"]}"#), "{parts:?}");
}

#[test]
fn whether_a_policy_is_deployed_is_not_known_either() {
    let document = r#"jsonencode({ Statement = [{ Effect = "Deny", Action = "a:b", Resource = "*" }] })"#;
    let resource = |more: &str| {
        format!("locals {{\n  on = true\n}}\nresource \"aws_iam_policy\" \"p\" {{\n{more}\n}}\n")
    };
    let attributes = |more: &str| resource(&format!("  {more}\n  policy = {document}"));
    let data = "data \"aws_iam_policy_document\" \"d\" {\n  count = var.n\n  statement {\n    actions = [\"a:b\"]\n  }\n}\n";
    let inline = |each: &str| {
        resource(&format!(
            "  dynamic \"inline_policy\" {{\n    for_each = {each}\n    content {{\n      policy = {document}\n    }}\n  }}"
        ))
    };
    for (text, what) in [
        (attributes("count = var.on ? 1 : 0"), "count = `var.on ? 1 : 0`"),
        (attributes("for_each = var.names"), "for_each = `var.names`"),
        (data.to_owned(), "count = `var.n`"),
        (inline("var.names"), "dynamic \"inline_policy\""),
        (resource(&format!("  policy = var.on ? {document} : null")), "the condition `var.on`"),
        (
            "variable \"p\" {\n  default = <<-E\n    {\"Statement\": {\"Effect\": \"Deny\", \"Action\": \"a:b\", \"Resource\": \"*\"}}\n  E\n}\n".to_owned(),
            "the default of variable `p`",
        ),
    ] {
        let found = found(&text);
        let [own] = found.documents.as_slice() else { panic!("{text} {found:?}") };
        assert_eq!(whats(own), [what], "{text}");
        assert!(!own.is_deployed() && own.is_known() && !own.has_choices(), "{own:?}");
        assert_eq!(own.unknown[0].place.of(&own.text), own.text);
    }
    let both = resource(&format!("  policy = var.on ? {document} : {document}"));
    let both = found(&both);
    assert_eq!(both.documents.iter().filter(|own| own.is_deployed()).count(), 0, "{both:?}");
    assert_eq!(both.documents.len(), 2);
    for text in [
        attributes("count = 2"),
        attributes("count = local.on ? 1 : 0"),
        attributes("for_each = toset([\"a\"])"),
        attributes("for_each = { a = 1 }"),
        inline("[1]"),
    ] {
        let found = found(&text);
        assert!(found.documents.len() == 1 && found.documents[0].unknown.is_empty(), "{text} {found:?}");
    }
    assert!(found(&inline("[]")).documents.is_empty());
    for text in [
        attributes("count = 0"),
        attributes("count = local.on ? 0 : 1"),
        attributes("for_each = {}"),
        data.replace("var.n", "0"),
    ] {
        let found = found(&text);
        let [left] = found.left.as_slice() else { panic!("{text} {found:?}") };
        assert!(found.documents.is_empty() && left.why.starts_with("it is never made"), "{found:?}");
    }
}

#[test]
fn a_block_of_a_policy_is_deployed_as_what_uses_it() {
    let data = "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"a:b\"]\n  }\n}\nlocals {\n  on = true\n  d = data.aws_iam_policy_document.d.json\n}\n";
    let user = |name: &str, body: &str| format!("resource \"aws_iam_policy\" \"{name}\" {{\n{body}\n}}\n");
    let json = "data.aws_iam_policy_document.d.json";
    let counted = |count: &str| format!("  count = {count}\n  policy = {json}");
    let of = |users: &[String]| found(&format!("{data}{}", users.concat()));
    for (users, expected) in [
        (vec![], &[][..]),
        (vec![user("p", &counted("1"))], &[]),
        (vec![user("p", &counted("var.n"))], &["count = `var.n`"]),
        (vec![user("p", "  for_each = var.n\n  policy = local.d")], &["for_each = `var.n`"]),
        (vec![user("p", &format!("  policy = var.on ? {json} : var.other"))], &["the condition `var.on`"]),
        (vec![user("p", &format!("  policy = local.on ? {json} : var.other"))], &[]),
        (
            vec![user(
                "p",
                &format!(
                    "  dynamic \"x\" {{\n    for_each = var.n\n    content {{\n      policy = {json}\n    }}\n  }}"
                ),
            )],
            &["dynamic \"x\""],
        ),
        // It is deployed if one of them is.
        (
            vec![user("p", &counted("var.n")), user("q", &counted("var.m"))],
            &["count = `var.n`", "count = `var.m`"],
        ),
        (vec![user("p", &counted("var.n")), user("q", &counted("0"))], &["count = `var.n`"]),
        (vec![user("p", &counted("var.n")), user("q", &counted("2"))], &[]),
    ] {
        let found = of(&users);
        let [own] = found.documents.as_slice() else { panic!("{users:?} {found:?}") };
        assert_eq!(whats(own), expected, "{users:?}");
        assert_eq!(own.is_deployed(), expected.is_empty());
        assert!(own.is_known() && !own.has_choices());
    }
    let never = of(&[user("p", &counted("0")), user("q", &format!("  policy = local.on ? null : {json}"))]);
    assert!(never.documents.is_empty(), "{never:?}");
    assert!(never.left.iter().any(|own| own.name == "data.aws_iam_policy_document.d"), "{never:?}");
    // Choices of choices are looked into as far as that ends soon.
    let locals: Vec<String> =
        (0..200).map(|at| format!("a{at} = var.a ? local.a{0} : local.a{0}", at + 1)).collect();
    let locals = locals.join("\n");
    let text = format!("{data}locals {{\n{locals}\n}}\n{}", user("p", "  policy = local.a0"));
    assert_eq!(found(&text).documents.len(), 1);
}

#[test]
fn policies_of_blocks_that_deploy_nothing_are_found() {
    let document = r#"jsonencode({ Statement = [{ Effect = "Allow", Action = "a:b", Resource = "*" }] })"#;
    for (text, name) in [
        (
            format!(
                "provider \"aws\" {{\n  assume_role {{\n    role_arn = \"r\"\n    policy = {document}\n  }}\n}}\n"
            ),
            "provider.aws: policy",
        ),
        (
            format!("variable \"p\" {{\n  type = string\n  default = {document}\n}}\n"),
            "variable.p: policy at /default",
        ),
        (format!("output \"p\" {{\n  value = {document}\n}}\n"), "output.p: policy at /value"),
        (format!("ephemeral \"aws_x\" \"p\" {{\n  policy = {document}\n}}\n"), "ephemeral.aws_x.p"),
        (format!("inputs = {{\n  p = {document}\n}}\n"), "inputs: policy at /p"),
        (
            format!(
                "locals {{\n  all = {{ a = {document} }}\n}}\nresource \"aws_iam_policy\" \"p\" {{\n  policy = each.value\n  dynamic \"x\" {{\n    for_each = local.all\n    content {{}}\n  }}\n}}\n"
            ),
            "local.all: policy at /a",
        ),
    ] {
        let found = found(&text);
        let names: Vec<&str> = found.documents.iter().map(|own| own.name.as_str()).collect();
        assert_eq!(names, [name], "{text}");
        assert!(found.documents[0].text.contains("a:b"));
    }
    // What is read in a resource is not read again.
    let twice = format!(
        "variable \"p\" {{\n  default = {document}\n}}\nlocals {{\n  p = {document}\n}}\nresource \"aws_iam_policy\" \"p\" {{\n  policy = local.p\n}}\noutput \"p\" {{\n  value = local.p\n}}\n"
    );
    let names: Vec<String> = found(&twice).documents.into_iter().map(|own| own.name).collect();
    assert_eq!(names, ["variable.p: policy at /default", "aws_iam_policy.p"]);
}

#[test]
fn lists_in_lists_are_flattened_all_the_way() {
    let (value, _) = policy(
        r#"jsonencode({ Statement = flatten([["a", ["b", [["c"]]]], local.x]), Action = concat([["a"]], flatten(["d"])) })"#,
    );
    assert_eq!(value.get("Statement").unwrap(), &json!(["a", "b", "c", UNKNOWN]));
    assert_eq!(value.get("Action").unwrap(), &json!([["a"], "d"]));
}

#[test]
fn a_block_of_a_policy_is_what_the_provider_makes_of_it() {
    let text = r#"
data "aws_iam_policy_document" "d" {
  version   = "2008-10-17"
  policy_id = "id"
  statement {
    sid            = "One"
    effect         = "Deny"
    not_actions    = ["iam:*"]
    not_resources  = ["arn:aws:s3:::home/&{aws:username}/$${aws:userid}"]
    not_principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
    sid       = null
    principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = var.more
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["a"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["b"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/${var.tag}"
      values   = ["c"]
    }
  }
}
"#;
    let found = found(text);
    let [own] = found.documents.as_slice() else { panic!("{found:?}") };
    let value: Value = serde_json::from_str(&own.text).unwrap();
    let tag = format!("aws:PrincipalTag/{UNKNOWN}");
    let expected = json!({
        "Version": "2008-10-17",
        "Id": "id",
        "Statement": [
            {
                "Sid": "One", "Effect": "Deny", "NotAction": ["iam:*"],
                "NotResource": ["arn:aws:s3:::home/${aws:username}/${aws:userid}"],
                "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:root"]},
            },
            {
                "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"],
                "Principal": {"AWS": ["111122223333", UNKNOWN], "Service": ["ec2.amazonaws.com"]},
                "Condition": {
                    "StringEquals": {"aws:PrincipalTag/team": ["a", "b"], tag: ["c"]},
                    "Bool": {"aws:SecureTransport": ["true"]},
                },
            },
        ],
    });
    assert_eq!(value, expected);
    assert_eq!(whats(own), ["`var.more`", "`${var.tag}`"]);
    assert_eq!(place(own, text, "\"One\""), "\"One\"");
    assert_eq!(place(own, text, "iam:*"), "iam:*");
    assert_eq!(place(own, text, "${aws:username}"), "&{aws:username}");
}

#[test]
fn places_are_those_of_the_code() {
    let text = "resource \"aws_iam_policy\" \"é\" {\n  policy = <<-EOF\n    {\"Statement\": [{\"Effect\": \"Allow\",\n      \"Action\": \"s3:*\", \"Resource\": ${var.r}}]}\n  EOF\n}\n";
    let found = found(text);
    let own = found.documents.first().unwrap();
    assert_eq!(place(own, text, "\"s3:*\""), "\"s3:*\"");
    assert_eq!(place(own, text, UNKNOWN), "${var.r}");
    let text = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement : [{ Effect = \"Allow\", Action = \"s3:*\" }] })\n}\n";
    let found = self::found(text);
    let own = found.documents.first().unwrap();
    assert_eq!(place(own, text, "\"Effect\""), "Effect");
    assert_eq!(place(own, text, "\"Statement\""), "Statement");
    assert_eq!(place(own, text, "\"Allow\""), "\"Allow\"");
    assert_eq!(place(own, text, "[{\"Effect\""), "[{ Effect");
}

#[test]
fn code_is_known_by_its_content_too() {
    let text = "\u{FEFF}# x\r\nresource \"aws_kms_key\" \"k\" {\r\n  policy = jsonencode({ Statement = [] })\r\n}\r\n";
    for name in ["-", "policy", "x.txt", "main.tf"] {
        let found = read(text, name, &Limits::default()).unwrap();
        let names: Vec<&str> = found.documents.iter().map(|own| own.name.as_str()).collect();
        assert_eq!((found.said.as_str(), names), ("Terraform code", vec!["aws_kms_key.k"]), "{name}");
    }
    let marked = found(&format!("resource \"aws_kms_key\" \"k\" {{\n  policy = \"{UNKNOWN}\"\n}}\n"));
    assert!(marked.documents.is_empty() && marked.left.len() == 1);
    let none = found("variable \"x\" {}\n");
    assert!(none.documents.is_empty() && none.missing.contains("terraform plan"));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let report = refused("resource \"aws_iam_policy\" \"p\" {\n  policy = {\n}\n");
    let problem = report.problems().first().unwrap();
    assert_eq!(problem.code, code::NOT_A_POLICY);
    assert!(problem.found.contains("Terraform code that cannot be read"), "{problem}");
    assert!(problem.help.contains("terraform show -json"), "{problem}");
    assert!(problem.position.line >= 2, "{problem}");
    let large = "# x\n".repeat(100_000);
    assert!(refused(&large).has(code::DOCUMENT_TOO_LARGE));
}

#[test]
fn hostile_code_ends() {
    for (open, close) in
        [("[", "]"), ("{a=", "}"), ("\"${", "}\""), ("f(", ")"), ("(", ")"), ("-", ""), ("a ? ", " : b")]
    {
        for depth in [60, 1_000, 20_000] {
            let text = format!("a = {}1{}\n", open.repeat(depth), close.repeat(depth));
            let _ = read(&text, "x.tf", &Limits::default());
        }
    }
    let _ = read(&"a {\n".repeat(30_000), "x.tf", &Limits::default());
    // Local values that name each other, and ones that double.
    let mut text = "locals {\n  a = local.b\n  b = [local.a, local.b]\n  x0 = [\"x\", \"x\"]\n".to_owned();
    for level in 1..60 {
        text.push_str(&format!("  x{level} = concat(local.x{0}, [local.x{0}], local.x{0})\n", level - 1));
    }
    text.push_str("}\nresource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = local.x59, a = local.a })\n}\n");
    // Empty lists that double make no text.
    text.push_str("locals {\n  e0 = []\n");
    for level in 1..90 {
        text.push_str(&format!("  e{level} = concat(local.e{0}, local.e{0})\n", level - 1));
    }
    text.push_str(
        "}\nresource \"aws_iam_policy\" \"e\" {\n  policy = jsonencode({ Statement = local.e89 })\n}\n",
    );
    let found = found(&text);
    assert!(
        found.documents.is_empty() && found.left.iter().any(|own| own.name == "aws_iam_policy.p"),
        "{found:?}"
    );
}
