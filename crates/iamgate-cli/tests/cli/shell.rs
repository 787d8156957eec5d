//! Help, completions and the manual page.

use super::run::{exits, output, stderr, stdout};

const VERBS: [&str; 6] = ["eval", "explain", "check", "conformance", "completions", "man"];

#[test]
fn help_names_verbs_and_exit_codes() {
    let text = stdout(&exits(output(&["--help"]), 0));
    for word in VERBS.iter().chain(&["0 ", "1 ", "2 ", "3 ", "70 ", "stdout", "stderr"]) {
        assert!(text.contains(word), "no {word} in\n{text}");
    }
    for verb in VERBS {
        exits(output(&[verb, "--help"]), 0);
    }
}

#[test]
fn wrong_usage_is_no_answer() {
    for args in [&[][..], &["frobnicate"], &["check"], &["check", "--kind", "bucket", "role.json"]] {
        let run = exits(output(args), 2);
        assert_eq!(stdout(&run), "");
        assert!(!stderr(&run).is_empty());
    }
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = exits(output(&["completions", shell]), 0);
        assert!(stdout(&run).contains("conformance"), "{shell}");
    }
}

#[test]
fn the_manual_page_has_every_verb() {
    let text = stdout(&exits(output(&["man"]), 0));
    for verb in VERBS {
        assert!(text.contains(&format!("iamgate\\-{verb}")), "{verb}");
    }
}
