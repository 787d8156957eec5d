//! The GitHub Action and the hooks of pre-commit, at the root of the repository. The steps of the action run as a runner runs them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::config::{APP, ROLES, TAGS, project, run_in};
use super::run::{exits, stdout};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn yaml(name: &str) -> Value {
    serde_norway::from_str(&fs::read_to_string(root().join(name)).unwrap()).unwrap()
}

/// How a run of the action ended.
struct Ended {
    code: i32,
    log: String,
    outputs: BTreeMap<String, String>,
}

/// The values of expressions such as `${{ inputs.paths }}`.
fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (name, behind) = after.split_once("}}").unwrap();
        out.push_str(before);
        out.push_str(values.get(name.trim_matches(' ')).map_or("", String::as_str));
        rest = behind;
    }
    out + rest
}

/// Runs the steps of the action in a folder, as a runner does: bash with its flags, inputs by expressions, outputs by a file. The first step
/// that fails ends it.
fn act(folder: &Path, inputs: &[(&str, &str)], path: Option<&Path>) -> Ended {
    let action = yaml("action.yml");
    let mut values = BTreeMap::new();
    for (name, input) in action["inputs"].as_object().unwrap() {
        values.insert(format!("inputs.{name}"), input["default"].as_str().unwrap().to_owned());
    }
    for (name, value) in inputs {
        let known = values.insert(format!("inputs.{name}"), (*value).to_owned());
        assert!(known.is_some(), "no input {name}");
    }
    values.insert("github.action_path".to_owned(), root().to_str().unwrap().to_owned());
    let temp = folder.join("temp");
    fs::create_dir_all(&temp).unwrap();
    let mut ended = Ended { code: 0, log: String::new(), outputs: BTreeMap::new() };
    for step in action["runs"]["steps"].as_array().unwrap() {
        let (id, script) = (step["id"].as_str().unwrap(), step["run"].as_str().unwrap());
        assert_eq!(step["shell"], "bash");
        assert!(!script.contains("${{"), "{id}: an input in a script could be a command");
        let (file, written) = (temp.join(format!("{id}.sh")), temp.join(format!("{id}.out")));
        fs::write(&file, script).unwrap();
        fs::write(&written, "").unwrap();
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(&file).current_dir(folder);
        bash.env("GITHUB_OUTPUT", &written).env("RUNNER_TEMP", &temp).env("IAMGATE_TODAY", "2026-12-01");
        if let Some(path) = path {
            bash.env("PATH", format!("{}:{}", path.display(), std::env::var("PATH").unwrap()));
        }
        for (name, value) in step["env"].as_object().unwrap() {
            bash.env(name, fill(value.as_str().unwrap(), &values));
        }
        let run = bash.output().unwrap();
        ended.code = run.status.code().unwrap();
        ended.log.push_str(&stdout(&run));
        for line in fs::read_to_string(&written).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        if ended.code != 0 {
            break;
        }
    }
    for (name, output) in action["outputs"].as_object().unwrap() {
        ended.outputs.insert(name.clone(), fill(output["value"].as_str().unwrap(), &values));
    }
    ended
}

fn program() -> String {
    assert_cmd::cargo::cargo_bin("iamgate").to_str().unwrap().to_owned()
}

#[test]
fn the_action_shows_findings_and_fails() {
    let root = project("action", &[("a b/app.json", APP), ("other.json", APP)]);
    let program = program();
    let ended = act(&root, &[("iamgate", &program), ("paths", "a b\n\nother.json\n")], None);
    assert_eq!(ended.code, 1, "{}", ended.log);
    assert!(
        ended
            .log
            .contains(&format!("::warning file=a b/app.json,line=4,col=97,endColumn=100,title={ROLES}::")),
        "{}",
        ended.log
    );
    assert!(ended.log.contains(&format!("title={TAGS}::")), "{}", ended.log);
    assert_eq!(ended.outputs["exit-code"], "1");
    assert_eq!(ended.outputs["sarif-file"], "");
    assert_eq!(act(&root, &[("iamgate", &program), ("fail-on", "error")], None).code, 0);
    // An input is a value, whatever is in it.
    let hostile =
        act(&root, &[("iamgate", &program), ("paths", "$(touch hacked); `touch hacked`\n--version")], None);
    assert_eq!((hostile.code, root.join("hacked").exists()), (2, false), "{}", hostile.log);
    assert!(hostile.log.contains("::error file=--version,"), "{}", hostile.log);
    assert_eq!(act(&root, &[("iamgate", &program), ("fail-on", "nothing")], None).code, 2);
}

#[test]
fn the_action_takes_configuration_and_baseline_and_writes_sarif() {
    let config = format!("[check]\nignore = [\"{TAGS}\"]\n");
    let root = project("action-files", &[("app.json", APP), ("my.toml", &config)]);
    let program = program();
    let with = |more: &[(&str, &str)]| {
        let all = [
            &[
                ("iamgate", &*program),
                ("config", "my.toml"),
                ("sarif-file", "out.sarif"),
                ("paths", "app.json"),
            ],
            more,
        ]
        .concat();
        let ended = act(&root, &all, None);
        let sarif: Value =
            serde_json::from_str(&fs::read_to_string(root.join("out.sarif")).unwrap()).unwrap();
        (ended, sarif["runs"][0]["results"].as_array().unwrap().len())
    };
    let (ended, results) = with(&[]);
    assert_eq!((ended.code, results, &*ended.outputs["sarif-file"]), (1, 1, "out.sarif"), "{}", ended.log);
    exits(run_in(&root, &["check", "app.json", "--write-baseline", "base.json"]), 0);
    let (ended, results) = with(&[("baseline", "base.json"), ("format", "human")]);
    assert_eq!((ended.code, results, &*ended.outputs["exit-code"]), (0, 0, "0"), "{}", ended.log);
}

#[test]
fn the_action_builds_the_program_from_its_own_source() {
    let root = project("action-builds", &[("app.json", APP)]);
    let bin = root.join("bin");
    fs::create_dir_all(&bin).unwrap();
    // Stands for Cargo, which would build for minutes: it says how it was called, and installs the program of this test.
    let stub = format!(
        "#!/usr/bin/env bash\nset -e\necho \"cargo $*\"\nwhile [ $# -gt 0 ]; do\n  case \"$1\" in\n    --root) to=\"$2\";;\n    --path) test -f \"$2/Cargo.toml\";;\n  esac\n  shift\ndone\nmkdir -p \"$to/bin\"\ncp '{}' \"$to/bin/iamgate\"\n",
        program()
    );
    fs::write(bin.join("cargo"), stub).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(bin.join("cargo")).status().unwrap().success());
    let ended = act(&root, &[("paths", "app.json")], Some(&bin));
    assert_eq!(ended.code, 1, "{}", ended.log);
    assert!(ended.log.starts_with("cargo install --locked --quiet --root "), "{}", ended.log);
    assert!(ended.log.contains(ROLES), "{}", ended.log);
}

#[test]
fn the_hooks_of_pre_commit_name_programs_that_are_there() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let root = project("hooks", &[("app.json", APP), ("package.json", "{}"), ("list.yaml", "a: 1\n")]);
    for hook in hooks.as_array().unwrap() {
        for member in ["id", "name", "entry", "language"] {
            assert!(hook[member].is_string(), "{hook}");
        }
        let words: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').collect();
        let expected = if hook["language"] == "rust" { "iamgate-hook" } else { "iamgate" };
        assert_eq!(words[0], expected);
        // As pre-commit calls it: with names of files, of which some are no policies.
        let run = run_in(&root, &[&words[1..], &["app.json", "package.json", "list.yaml"]].concat());
        assert!(stdout(&exits(run, 1)).contains(ROLES));
        exits(run_in(&root, &[&words[1..], &["package.json", "list.yaml"]].concat()), 0);
    }
    // `cargo install --path .` at the root, which pre-commit runs for hooks in Rust, needs a package with a program of that name.
    let manifest: toml::Table =
        toml::from_str(&fs::read_to_string(self::root().join("Cargo.toml")).unwrap()).unwrap();
    assert_eq!(manifest["bin"][0]["name"].as_str(), Some("iamgate-hook"));
    assert!(self::root().join(manifest["bin"][0]["path"].as_str().unwrap()).exists());
}

/// The blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// Every command of the page runs in a project that has the page's own configuration, and ends with a yes or a no.
#[test]
fn the_commands_of_the_page_are_true() {
    let page = fs::read_to_string(root().join("docs/check.md")).unwrap();
    let blocks = blocks(&page);
    let config = &blocks.iter().find(|(language, _)| language == "toml").unwrap().1;
    let scp =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
    let root = project(
        "page",
        &[("policies/app.json", APP), ("policies/scp/a.json", scp), ("iamgate.toml", config)],
    );
    let mut count = 0;
    let lines = blocks.iter().filter(|(language, _)| language == "sh").flat_map(|(_, text)| text.lines());
    for line in lines.filter(|line| line.starts_with("iamgate ")) {
        let line = line.split("  #").next().unwrap();
        // The shell of a reader: quotes and redirections.
        let run = Command::new("bash")
            .args(["-c", &line.replacen("iamgate", &format!("'{}'", program()), 1)])
            .current_dir(&root)
            .env("IAMGATE_TODAY", "2026-12-01")
            .output()
            .unwrap();
        let code = run.status.code().unwrap();
        assert!(code == 0 || code == 1, "{line}: {code}: {}", String::from_utf8_lossy(&run.stderr));
        count += 1;
    }
    assert!(count >= 8, "{count}");
    for code in iamgate_verbs::Codes::OWN.iter().map(|(code, ..)| code.name()) {
        let anchor = format!("\n### {code}\n");
        assert!(page.contains(&anchor), "the page has no section {code}");
    }
}
