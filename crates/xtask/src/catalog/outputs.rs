//! The members of outputs that may hold something to protect: `source/outputs.tsv`, which `cargo xtask refresh` writes from the service
//! models.

use std::fmt::Write as _;

/// A member of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The path from the output: names with dots between, `[]` for the items of a list, `{}` and `{key}` for the values and keys of a map.
    pub(crate) path: String,
    /// `s` sensitive, `b` bytes, `t` stream, `u` described as a signed URL.
    pub(crate) marks: String,
}

/// A member of the output of an operation that an action authorises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) action: String,
    /// The service's name among the models, and the operation.
    pub(crate) operation: String,
    pub(crate) member: Member,
}

/// The file: where it comes from, and its rows.
pub(crate) struct Outputs {
    /// Package and version.
    pub(crate) source: String,
    /// The day of the package.
    pub(crate) date: String,
    pub(crate) rows: Vec<Output>,
}

impl Outputs {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut outputs = Self { source: String::new(), date: String::new(), rows: Vec::new() };
        for (number, line) in text.lines().enumerate() {
            let wrong = |what: &str| format!("outputs.tsv:{}: {what}", number + 1);
            if let Some(rest) = line.strip_prefix("# source ") {
                rest.clone_into(&mut outputs.source);
            } else if let Some(rest) = line.strip_prefix("# date ") {
                rest.clone_into(&mut outputs.date);
            } else if !line.starts_with('#') {
                let cells: Vec<&str> = line.split('\t').collect();
                let [action, operation, path, marks] = cells[..] else {
                    return Err(wrong("four columns expected"));
                };
                if !action.contains(':')
                    || path.is_empty()
                    || !marks.chars().all(|mark| "sbtu".contains(mark))
                {
                    return Err(wrong("an action, an operation, a path and marks expected"));
                }
                let member = Member { path: path.to_owned(), marks: marks.to_owned() };
                outputs.rows.push(Output {
                    action: action.to_owned(),
                    operation: operation.to_owned(),
                    member,
                });
            }
        }
        if outputs.source.is_empty() || outputs.date.is_empty() {
            return Err("outputs.tsv: no source or no date at its top".into());
        }
        Ok(outputs)
    }

    pub(crate) fn write(&self) -> String {
        let mut text = format!(
            "# Members of outputs that may hold something to protect: action, operation, path, marks.\n\
             # Written by `cargo xtask refresh`. `crates/xtask/src/catalog/outputs.rs` describes the columns.\n\
             # source {}\n# date {}\n",
            self.source, self.date
        );
        for Output { action, operation, member } in &self.rows {
            _ = writeln!(text, "{action}\t{operation}\t{}\t{}", member.path, member.marks);
        }
        text
    }
}

impl Member {
    /// The name of the member, or of the list or map whose item it is.
    pub(crate) fn name(&self) -> &str {
        let path = self.path.rsplit('.').next().unwrap_or_default();
        path.find(['[', '{']).map_or(path, |at| &path[..at])
    }

    /// The name before the last one; empty if there is none.
    pub(crate) fn parent(&self) -> &str {
        let path = self.path.rsplit('.').nth(1).unwrap_or_default();
        path.find(['[', '{']).map_or(path, |at| &path[..at])
    }

    /// The last two names of the path in lower case.
    pub(crate) fn last_names(&self) -> String {
        let names: Vec<&str> = self.path.rsplit('.').take(2).collect();
        names.join(" ").to_ascii_lowercase()
    }

    /// How deep the member lies.
    pub(crate) fn depth(&self) -> usize {
        self.path.matches(['.', '[', '{']).count()
    }

    /// Whether it is the key of a map.
    pub(crate) fn is_key(&self) -> bool {
        self.path.ends_with("{key}")
    }

    pub(crate) fn is_marked(&self, mark: char) -> bool {
        self.marks.contains(mark)
    }
}

/// The words of a name in lower case: `SecretAccessKey` is `secret`, `access`, `key`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            open = false;
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after_small = before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let starts = letter.is_ascii_uppercase()
            && (after_small || (before.is_some_and(|c| c.is_ascii_uppercase()) && before_small));
        match words.last_mut() {
            Some(word) if open && !starts => word.push(letter.to_ascii_lowercase()),
            _ => words.push(letter.to_ascii_lowercase().to_string()),
        }
        open = true;
    }
    words
}

/// Names of members that only continue a list or repeat a request.
const PAGING: &[&str] = &[
    "nexttoken",
    "nextpagetoken",
    "paginationtoken",
    "continuationtoken",
    "nextcontinuationtoken",
    "clienttoken",
    "clientrequesttoken",
    "idempotencytoken",
    "nextbackwardtoken",
    "nextforwardtoken",
    "pagetoken",
    "nextchunktoken",
    "nextmessagetoken",
];

pub(crate) fn is_paging(name: &str) -> bool {
    PAGING.contains(&name.to_ascii_lowercase().as_str())
}

/// Parts of names that speak of a key, token, password or signed URL.
const NOTED: &[&str] = &[
    "secret",
    "password",
    "passphrase",
    "passcode",
    "token",
    "credential",
    "accesskey",
    "privatekey",
    "apikey",
    "presharedkey",
    "authkey",
    "streamkey",
    "sharedkey",
    "sshkey",
    "encryptionkey",
    "presigned",
    "signedurl",
    "authorizedurl",
    "jwt",
    "otp",
    "bearer",
    "cookie",
    "authcode",
    "authorizationcode",
    "activationcode",
    "unlockcode",
    "keymaterial",
    "keytab",
    "wallet",
    "seed",
    "plaintext",
    "pem",
];

/// Whether the name of a member speaks of a key, token, password or signed URL.
pub(crate) fn is_noted(member: &Member) -> bool {
    let name = member.name().to_ascii_lowercase().replace(['_', '-'], "");
    let short = words(member.name());
    NOTED
        .iter()
        .any(|part| if part.len() <= 4 { short.iter().any(|word| word == part) } else { name.contains(part) })
}

/// Whether a member is one of those into which people write secrets, whatever its name: variables of an environment, user data, and the like.
pub(crate) fn is_held(member: &Member) -> bool {
    let name = member.name().to_ascii_lowercase();
    let variables = |name: &str| {
        let words = words(name);
        ["environment", "env", "variables"].iter().any(|word| words.iter().any(|own| own == word))
            && !["files", "file", "tags", "error"].iter().any(|word| words.iter().any(|own| own == word))
    };
    let environment = if member.path.ends_with("{}") {
        variables(member.name()) || (name == "properties" && variables(member.parent()))
    } else {
        name == "value" && variables(member.parent())
    };
    environment
        || ["userdata", "connectionstring", "jdbcurl", "connectionurl", "webhookurl"]
            .iter()
            .any(|held| name.ends_with(held))
}
