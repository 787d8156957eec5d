//! Input that `iamgate preview` cannot use gives exit code 2, one error with its code, and nothing on stdout.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Output;

use super::preview::{folder, role};
use super::run::{exits, iamgate, output, scratch, stderr, stdout, with_stdin};

const ROLE: &str = "../../../../../policies/doit/support-gateway";
const READ: &str = r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#;

#[track_caller]
fn refused(run: Output, wanted: &str) {
    let run = exits(run, 2);
    assert_eq!(stdout(&run), "", "an answer to a question that has none");
    assert!(stderr(&run).contains(wanted), "no {wanted} in {}", stderr(&run));
}

#[test]
fn profiles_that_are_not_there() {
    for name in ["none", "", "../standard", "standard.json", "Standard", "README"] {
        refused(output(&["preview", ROLE, "--profile", name]), "error[PROFILE_NOT_FOUND]");
    }
    refused(output(&["preview", ROLE, "--profiles", "absent"]), "error[FILE_NOT_FOUND]: absent");
    refused(output(&["preview", ROLE, "--profiles", ROLE]), "error[PROFILE_NOT_FOUND]");
    refused(output(&["preview", ROLE, "--managed", ROLE]), "error[FILE_NOT_FOUND]: MANIFEST.json");
    refused(output(&["preview", ROLE, "--account", "12"]), "error[INVALID_ACCOUNT]");
    refused(output(&["preview", ROLE, "--format", "xml"]), "invalid value 'xml'");
    refused(output(&["preview"]), "required");
}

/// A folder that somebody else wrote must not bring the promise by which it is judged.
#[test]
fn profiles_beside_a_role_are_not_taken_unasked() {
    let above = folder("profiles-beside-a-role");
    let (role, profiles) = (above.join("role"), above.join("policies/doit/profiles"));
    fs::create_dir_all(role.join("inline")).unwrap();
    fs::create_dir_all(&profiles).unwrap();
    fs::write(profiles.join("standard.json"), "{}").unwrap();
    let about = r#"{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r"}"#;
    fs::write(role.join("role.json"), about).unwrap();
    fs::write(role.join("inline/p.json"), format!(r#"{{"Version": "2012-10-17", "Statement": {READ}}}"#))
        .unwrap();
    let run = exits(iamgate(&["preview", "role"]).current_dir(&above).output().unwrap(), 0);
    assert!(stdout(&run).contains("built in"), "{}", stdout(&run));
}

#[test]
fn a_folder_is_one_role() {
    exits(output(&["preview", ROLE, "--role", "DoiT-Support-Gateway"]), 0);
    refused(output(&["preview", ROLE, "--role", "Other"]), "error[ROLE_NOT_FOUND]");
}

#[test]
fn folders_that_are_no_role() {
    refused(output(&["preview", "absent"]), "error[FILE_NOT_FOUND]: absent");
    refused(output(&["preview", ""]), "error[FILE_NOT_FOUND]");
    let empty = folder("role-empty");
    refused(output(&["preview", empty.to_str().unwrap()]), "error[NO_POLICIES]");
    refused(output(&["preview", "../../../../../policies"]), "error[FILE_NOT_FOUND]: role.json");
    let nameless = role("role-nameless", READ);
    fs::remove_file(format!("{nameless}/role.json")).unwrap();
    refused(output(&["preview", &nameless]), "error[FILE_NOT_FOUND]: role.json");
    let extra = role("role-extra", READ);
    fs::write(format!("{extra}/policy.json"), "{}").unwrap();
    refused(output(&["preview", &extra]), "error[UNEXPECTED_FILE]: policy.json");
    let bare = role("role-bare", READ);
    fs::remove_file(format!("{bare}/inline/own.json")).unwrap();
    refused(output(&["preview", &bare]), "error[NO_POLICIES]");
}

#[test]
fn documents_that_are_broken() {
    refused(
        output(&["preview", &role("role-effect", &READ.replace("Allow", "Permit"))]),
        "error[INVALID_EFFECT]",
    );
    let binary = role("role-binary", READ);
    fs::write(format!("{binary}/inline/own.json"), b"\x00\xff\xfe\x01").unwrap();
    refused(output(&["preview", &binary]), "error[");
    let deep = role("role-deep", READ);
    fs::write(format!("{deep}/inline/own.json"), "[".repeat(100_000)).unwrap();
    refused(output(&["preview", &deep]), "error[NESTING_TOO_DEEP]");
    let large = role("role-large", READ);
    fs::write(format!("{large}/inline/own.json"), " ".repeat(600_000)).unwrap();
    refused(output(&["preview", &large]), "error[DOCUMENT_TOO_LARGE]");
    let many = role("role-many", &vec![READ; 1_000].join(","));
    fs::copy(format!("{many}/inline/own.json"), format!("{many}/inline/two.json")).unwrap();
    refused(output(&["preview", &many]), "error[TOO_MANY_STATEMENTS]");
    let arn = role("role-arn", READ);
    fs::write(format!("{arn}/managed-arns.json"), r#"["arn:aws:iam::aws:policy/Unheard"]"#).unwrap();
    refused(output(&["preview", &arn]), "error[UNRESOLVED_POLICY_ARN]");
    let owner = role("role-owner", READ);
    fs::write(format!("{owner}/role.json"), r#"{"RoleName": "R", "Arn": "R"}"#).unwrap();
    refused(output(&["preview", &owner]), "error[INVALID_ROLE_ARN]");
}

#[test]
fn files_that_are_no_account_details() {
    refused(output(&["preview", &format!("{ROLE}/role.json")]), "error[ROLE_NOT_FOUND]");
    let text = scratch("preview-text.json", b"not JSON");
    refused(output(&["preview", text.to_str().unwrap()]), "error[JSON_SYNTAX_ERROR]");
    refused(with_stdin(&["preview", "-"], b""), "error[EMPTY_DOCUMENT]");
    refused(with_stdin(&["preview", "-"], b"{\"RoleDetailList\": 1}"), "error[INVALID_MEMBER]");
    refused(with_stdin(&["preview", "-"], &vec![b'['; 1 << 20]), "error[NESTING_TOO_DEEP]");
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("huge-details.json");
    File::create(&path).unwrap().set_len(300 << 20).unwrap();
    let run = output(&["preview", path.to_str().unwrap()]);
    assert!(stderr(&run).contains(": 314572800 bytes"), "{}", stderr(&run));
    refused(run, "error[DOCUMENT_TOO_LARGE]");
}

/// Text from documents and file names reaches neither the terminal nor the page as a command.
#[test]
fn control_characters_are_not_printed() {
    let sly = role(
        "role-sly",
        r#"{"Sid": "A\u001b[31m\nB", "Effect": "Allow", "Action": ["support:*", "s3:*"], "Resource": "*"}, {"Sid": "D\u001b[2J", "Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}"#,
    );
    let about = r#"{"RoleName": "R\u001b[31m\u202e", "Arn": "arn:aws:iam::123456789012:role/R"}"#;
    let own = fs::read_to_string(format!("{sly}/role.json")).unwrap();
    fs::write(format!("{sly}/role.json"), about).unwrap();
    let told = stderr(&exits(output(&["preview", &sly]), 2));
    assert!(told.contains("ROLE_NAME_MISMATCH") && !told.contains(['\u{1b}', '\u{202e}']), "{told}");
    fs::write(format!("{sly}/role.json"), own).unwrap();
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "T\u001b[31m", "Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:\u009b*"]}]}"#;
    fs::write(format!("{sly}/trust.json"), trust).unwrap();
    fs::rename(format!("{sly}/inline/own.json"), format!("{sly}/inline/\u{1b}[31mown\n.json")).unwrap();
    for format in ["human", "markdown"] {
        // Colours are on, because without them the program removes everything that looks like a colour.
        let run = iamgate(&["preview", &sly, "--format", format, "--full"])
            .env("CLICOLOR_FORCE", "1")
            .output()
            .unwrap();
        assert_eq!(stderr(&run), "");
        // The program's own colours consist of these characters. The colours in the documents use others.
        let shown = stdout(&run);
        assert!(
            !shown.contains("\u{1b}[31mown") && !shown.contains("A\u{1b}") && !shown.contains("A\n"),
            "{format}"
        );
        let control = |c: &char| {
            (c.is_control() && *c != '\n' && *c != '\u{1b}') || ('\u{202a}'..='\u{202e}').contains(c)
        };
        let found: Vec<char> = shown.chars().filter(control).collect();
        assert!(found.is_empty(), "{format}: {found:?}");
    }
}
