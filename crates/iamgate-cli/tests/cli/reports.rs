//! `iamgate check` in the formats of other programs.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::config::{APP, ROLES, project, run_in};
use super::run::{exits, output, stdout};

#[test]
fn gitlab_gets_what_its_code_quality_reads() {
    let run = exits(output(&["check", "./bad.json", "warns.json", "absent.json", "--format", "gitlab"]), 2);
    let all: Vec<Value> = serde_json::from_str(&stdout(&run)).unwrap();
    let mut prints = BTreeSet::new();
    for own in &all {
        for member in ["description", "check_name", "fingerprint"] {
            assert!(!own[member].as_str().unwrap().is_empty(), "{own}");
        }
        assert!(
            ["info", "minor", "major", "critical", "blocker"].contains(&own["severity"].as_str().unwrap())
        );
        assert!(!own["location"]["path"].as_str().unwrap().starts_with("./"));
        assert!(own["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        assert!(prints.insert(own["fingerprint"].as_str().unwrap().to_owned()), "twice: {own}");
    }
    let severity = |code: &str| &all.iter().find(|own| own["check_name"] == code).unwrap()["severity"];
    assert_eq!(severity("INVALID_EFFECT"), "critical");
    assert_eq!(severity("FORALLVALUES_WITHOUT_NULL_CHECK"), "major");
    assert_eq!(severity("FILE_NOT_FOUND"), "blocker");
}

#[test]
fn junit_has_a_suite_for_each_file() {
    let good = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/k"}}"#;
    let root = project(
        "junit",
        &[
            ("app.json", APP),
            ("good.json", good),
            ("a<&\".json", "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"al\\u0001<low\"}]}"),
        ],
    );
    let run = exits(run_in(&root, &["check", ".", "--format", "junit"]), 2);
    let text = stdout(&run);
    assert!(
        text.starts_with(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"iamgate check\" tests=\""
        ),
        "{text}"
    );
    assert!(text.contains("<testsuite name=\"a&lt;&amp;&quot;.json\""), "{text}");
    assert!(text.contains("<testsuite name=\"good.json\" tests=\"1\" failures=\"0\" errors=\"0\">\n    <testcase name=\"policy\" classname=\"good.json\"/>"), "{text}");
    assert!(text.contains("<testsuite name=\"app.json\" tests=\"2\" failures=\"2\" errors=\"0\">"), "{text}");
    assert!(text.contains("<failure type=\"SECURITY_WARNING\" message=\""), "{text}");
    assert!(text.contains("<error type=\"ERROR\" message=\""), "{text}");
    assert!(!text.contains('\u{1}'), "{text}");
    // Below the level it passes.
    let run = exits(run_in(&root, &["check", "app.json", "--format", "junit", "--fail-on", "error"]), 0);
    let text = stdout(&run);
    assert!(text.contains("failures=\"0\"") && text.contains("<system-out>SECURITY_WARNING: "), "{text}");
    // Every element that begins ends.
    let opened = text.matches("<test").count() - text.matches("\"/>").count();
    assert_eq!(opened, text.matches("</test").count());
}

/// The SARIF of a run, of which the members that GitHub reads are there.
pub(crate) fn sarif(text: &str) -> Value {
    let report: Value = serde_json::from_str(text).unwrap();
    let run = &report["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        for member in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[member]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        let markdown = rule["help"]["markdown"].as_str().unwrap();
        assert!(markdown.ends_with(&format!(
            "[{}]({})",
            rule["id"].as_str().unwrap(),
            rule["helpUri"].as_str().unwrap()
        )));
    }
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().ends_with(":1"));
        for place in result["locations"].as_array().unwrap() {
            let artifact = &place["physicalLocation"]["artifactLocation"];
            assert_eq!(artifact["uriBaseId"], "%SRCROOT%", "{artifact}");
            let uri = artifact["uri"].as_str().unwrap();
            assert!(!uri.starts_with('/') && !uri.starts_with("./") && !uri.contains(':'), "{uri}");
        }
    }
    assert!(run["originalUriBaseIds"]["%SRCROOT%"].is_object());
    report
}

#[test]
fn sarif_has_fingerprints_that_stay_when_lines_move() {
    let root = project("sarif", &[("a b.json", APP)]);
    let whole = root.join("a b.json");
    let prints = |path: &str| {
        let report = sarif(&stdout(&run_in(&root, &["check", path, "--format", "sarif"])));
        let results = report["runs"][0]["results"].as_array().unwrap().clone();
        assert_eq!(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.json");
        let prints: Vec<String> =
            results.iter().map(|own| own["partialFingerprints"]["iamgate/v1"].to_string()).collect();
        assert_eq!(prints.iter().collect::<BTreeSet<_>>().len(), prints.len());
        (results[0]["ruleId"].clone(), prints)
    };
    let (rule, before) = prints("a b.json");
    assert_eq!((rule, before.len()), (ROLES.into(), 2));
    fs::write(&whole, format!("\n\n{APP}")).unwrap();
    assert_eq!(prints("a b.json").1, before);
    // A path from the root is the same file.
    prints(whole.to_str().unwrap());
    sarif(&stdout(&output(&["check", "bad.json", "warns.json", "--format", "sarif"])));
}

#[test]
fn what_makes_a_check_fail_is_in_every_report() {
    let good = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/k"}}"#;
    let config = "[[check.assert]]\nname = \"no roles\"\nnever-allows = [\"iam:PasRole\"]\n";
    let root = project("reports-notices", &[("good.json", good), ("iamgate.toml", config)]);
    let report = |format: &str| stdout(&exits(run_in(&root, &["check", "good.json", "--format", format]), 1));
    let report_of = |format: &str| serde_json::from_str::<Value>(&report(format)).unwrap();
    let told = |text: &Value| text.as_str().unwrap().contains("`no roles`");

    let sarif = report_of("sarif");
    let own = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!((&own["level"], &own["descriptor"]["id"]), (&"error".into(), &"ASSERTION_UNKNOWN".into()));
    assert!(told(&own["message"]["text"]), "{sarif}");
    let place = &own["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"iamgate.toml".into(), &2.into())
    );

    let gitlab = report_of("gitlab");
    assert_eq!(gitlab.as_array().unwrap().len(), 1);
    assert!(told(&gitlab[0]["description"]), "{gitlab}");
    assert_eq!(gitlab[0]["location"]["path"], "iamgate.toml");
    assert_eq!(gitlab[0]["location"]["lines"]["begin"], 2);

    let junit = report("junit");
    assert!(
        junit.contains("<testsuite name=\"iamgate.toml\" tests=\"1\" failures=\"1\" errors=\"0\">"),
        "{junit}"
    );
    assert!(junit.contains("<failure type=\"ASSERTION_UNKNOWN\""), "{junit}");

    let github = report("github");
    assert!(github.contains("::error file=iamgate.toml,line=2,title=ASSERTION_UNKNOWN::"), "{github}");
}

#[test]
fn a_file_has_one_name_in_reports_whatever_way_it_is_given() {
    let text = APP.replace("\"s3:PutObject\"]", "\"s3:PutObject\", \"s3:PutObject\"]");
    let root = project("reports-names", &[("sub/a b.json", &text)]);
    let whole = root.join("sub/a b.json");
    let report = |folder: &str, path: &str, format: &str| -> Value {
        serde_json::from_str(&stdout(&run_in(&root.join(folder), &["check", path, "--format", format])))
            .unwrap()
    };
    let ways = [".", "sub", "./sub/../sub/a b.json", whole.to_str().unwrap()];
    let (sarif, gitlab) = (report(".", "sub/a b.json", "sarif"), report(".", "sub/a b.json", "gitlab"));
    for way in ways {
        assert_eq!(report(".", way, "sarif"), sarif, "{way}");
        assert_eq!(report(".", way, "gitlab"), gitlab, "{way}");
    }
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let fixed = results.iter().find(|own| own["fixes"].is_array()).unwrap();
    let artifact = &fixed["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(artifact["uri"], "sub/a%20b.json");
    assert_eq!(&fixed["fixes"][0]["artifactChanges"][0]["artifactLocation"], artifact);
    assert_eq!(gitlab[0]["location"]["path"], "sub/a b.json");
    let prints = |sarif: &Value| -> Vec<String> {
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        results
            .iter()
            .map(|own| own["partialFingerprints"]["iamgate/v1"].as_str().unwrap().to_owned())
            .collect()
    };
    let in_gitlab: Vec<&str> =
        gitlab.as_array().unwrap().iter().map(|own| own["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints(&sarif), in_gitlab);
    // Outside of the folder, there is no name from the root of the sources.
    fs::create_dir_all(root.join("beside")).unwrap();
    for way in ["../sub/a b.json", whole.to_str().unwrap()] {
        let sarif = report("beside", way, "sarif");
        let artifact =
            &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert!(artifact["uri"].as_str().unwrap().starts_with("file:///"), "{artifact}");
        assert!(artifact["uri"].as_str().unwrap().ends_with("/reports-names/sub/a%20b.json"), "{artifact}");
        assert_eq!(report("beside", way, "gitlab")[0]["location"]["path"], "../sub/a b.json");
    }
}

#[test]
fn reports_call_a_file_by_one_name() {
    let root = project("reports-name", &[("sub/app.json", APP)]);
    let whole = root.join("sub/app.json").to_str().unwrap().to_owned();
    for format in ["junit", "gitlab", "github", "sarif"] {
        let report = |path: &str| {
            let text = stdout(&exits(run_in(&root, &["check", path, "--format", format]), 1));
            assert!(!text.contains("./sub") && !text.contains(&whole), "{text}");
            text
        };
        let plain = report("sub/app.json");
        assert_eq!(report("./sub/../sub/app.json"), plain);
        assert_eq!(report(&whole), plain);
    }
    let said = stdout(&exits(run_in(&root, &["check", "./sub/absent.json", "--format", "junit"]), 2));
    assert!(said.contains("<testsuite name=\"sub/absent.json\""), "{said}");
}
