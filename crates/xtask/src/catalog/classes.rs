//! What an action returns or does beyond its access level: `data/classes.tsv`, from what outputs hold and from the lists of sensitive actions.
//!
//! A row of `source/rulings.tsv` overrules what the rules here derive: it gives a class to an action, or says that a member of an output holds
//! nothing to protect.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

pub(crate) use iamgate::SensitivityClass as Class;

use super::outputs::{Member, Output, Outputs, is_held, words};
use super::sensitivity::Lists;
use super::source::Catalogue;

/// Why an action has a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) evidence: String,
    pub(crate) source: String,
    pub(crate) reviewed: bool,
    /// A pattern of the ARNs for which alone the action has the class.
    pub(crate) only_on: Option<String>,
}

/// The reasons of each class of each action.
pub(crate) type Reasons = BTreeMap<(String, Class), Reason>;

/// The rulings of `source/rulings.tsv`.
pub(crate) struct Rulings {
    /// Classes that somebody gave to an action.
    given: Vec<(String, Class, Reason)>,
    /// Members that hold nothing to protect: the action, `*` or the service's prefix with `:*`, and the member's name in lower case.
    harmless: BTreeSet<(String, String)>,
    /// Classes that an action does not have, although a rule says so.
    refused: BTreeSet<(String, Class)>,
}

impl Rulings {
    /// Reads the table: subject, ruling, reason, source.
    ///
    /// The subject is an action, and for the ruling `harmless` an action, all of a service (`rds:*`) or `*`, a blank, and the name of a member. The
    /// ruling is a class, a class, ` on ` and a pattern of the ARNs for which alone it holds, `not` and a class, or `harmless`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut rulings = Self { given: Vec::new(), harmless: BTreeSet::new(), refused: BTreeSet::new() };
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let wrong = |what: &str| format!("rulings.tsv:{}: {what}", number + 1);
            let cells: Vec<&str> = line.split('\t').collect();
            let [subject, ruling, reason, source] = cells[..] else {
                return Err(wrong("four columns expected"));
            };
            if reason.is_empty() || source.is_empty() {
                return Err(wrong("a reason and its source expected"));
            }
            let class = Class::from_name;
            let fresh = if ruling == "harmless" {
                let (action, member) =
                    subject.split_once(' ').ok_or_else(|| wrong("an action and a member expected"))?;
                rulings.harmless.insert((action.to_owned(), member.to_ascii_lowercase()))
            } else if let Some(class) = ruling.strip_prefix("not ").and_then(class) {
                rulings.refused.insert((subject.to_owned(), class))
            } else {
                let (name, only_on) = match ruling.split_once(" on ") {
                    Some((name, pattern)) => (name, Some(pattern.to_owned())),
                    None => (ruling, None),
                };
                let class = class(name).ok_or_else(|| wrong("unknown ruling"))?;
                let twice = rulings.given.iter().any(|given| given.0 == subject && given.1 == class);
                let (evidence, source) = (reason.to_owned(), source.to_owned());
                let reason = Reason { evidence, source, reviewed: true, only_on };
                rulings.given.push((subject.to_owned(), class, reason));
                !twice
            };
            if !fresh {
                return Err(wrong("the same ruling stands above"));
            }
        }
        Ok(rulings)
    }

    pub(crate) fn is_harmless(&self, output: &Output) -> bool {
        let name = output.member.name().to_ascii_lowercase();
        let of_service = format!("{}:*", output.action.split(':').next().unwrap_or_default());
        [output.action.as_str(), &of_service, "*"]
            .iter()
            .any(|action| self.harmless.contains(&((*action).to_owned(), name.clone())))
    }

    /// Every action that a ruling names.
    fn actions(&self) -> impl Iterator<Item = &str> {
        let given = self.given.iter().map(|given| given.0.as_str());
        let refused = self.refused.iter().map(|(action, _)| action.as_str());
        let harmless =
            self.harmless.iter().map(|(action, _)| action.as_str()).filter(|action| *action != "*");
        given.chain(refused).chain(harmless)
    }
}

/// The classes of all actions.
pub(super) fn derive(
    catalogue: &Catalogue,
    outputs: &Outputs,
    rulings: &Rulings,
    lists: &Lists,
    withdrawn: &BTreeSet<String>,
) -> Result<Reasons, String> {
    let mut reasons = Reasons::new();
    let known = |action: &str| {
        let parts = action.split_once(':');
        parts.is_some_and(|(prefix, name)| {
            catalogue
                .services
                .get(prefix)
                .is_some_and(|service| name == "*" || service.actions.contains_key(name))
        })
    };
    if let Some(action) = rulings.actions().find(|action| !known(action)) {
        return Err(format!("rulings.tsv: {action} is not in the catalogue"));
    }
    lists.exist(catalogue, withdrawn)?;
    for (action, class, reason) in &rulings.given {
        reasons.insert((action.clone(), *class), reason.clone());
    }
    let refused = |action: &str, class: Class| rulings.refused.contains(&(action.to_owned(), class));
    for (action, class, reason, source) in lists.reasons(catalogue) {
        if !refused(&action, class) {
            let source = source.to_owned();
            let reason = Reason { evidence: reason, source, reviewed: true, only_on: None };
            reasons.entry((action, class)).or_insert(reason);
        }
    }
    // Of several members that give the same class, the one that lies least deep is the evidence.
    let mut best: BTreeMap<(&str, Class), &Output> = BTreeMap::new();
    for output in outputs.rows.iter().filter(|output| !rulings.is_harmless(output) && known(&output.action)) {
        if let Some(class) = class_of(output).filter(|class| !refused(&output.action, *class)) {
            let place = best.entry((&output.action, class)).or_insert(output);
            if (output.member.depth(), &output.member.path) < (place.member.depth(), &place.member.path) {
                *place = output;
            }
        }
    }
    for ((action, class), output) in best {
        let evidence = format!("{} {}", output.operation, output.member.path);
        let reason = Reason { evidence, source: outputs.source.clone(), reviewed: false, only_on: None };
        reasons.entry((action.to_owned(), class)).or_insert(reason);
    }
    for (prefix, service) in &catalogue.services {
        for (name, action) in &service.actions {
            let full = format!("{prefix}:{name}");
            let read = ["Read", "List"].contains(&action.level.as_str());
            for (class, evidence) in by_name(name, read) {
                if !refused(&full, class) {
                    let source = catalogue.source.split(" (").next().unwrap_or_default().to_owned();
                    reasons.entry((full.clone(), class)).or_insert(Reason {
                        evidence,
                        source,
                        reviewed: false,
                        only_on: None,
                    });
                }
            }
        }
    }
    Ok(reasons)
}

/// What a member's name ends with if it only refers to something, or describes it.
const REFERENCES: &[&str] = &[
    "arn",
    "arns",
    "id",
    "ids",
    "name",
    "names",
    "type",
    "types",
    "status",
    "state",
    "algorithm",
    "count",
    "version",
    "mode",
    "method",
    "source",
    "stage",
    "stages",
    "scheme",
    "strategy",
    "provider",
    "vendor",
    "format",
    "field",
    "header",
    "location",
    "issuer",
    "claim",
    "domain",
    "domains",
    "endpoint",
    "xpath",
    "behavior",
    "behaviour",
    "standard",
    "capability",
    "capabilities",
    "number",
    "days",
    "policy",
    "alias",
    "at",
    "date",
    "time",
    "expiration",
    "reference",
    "prefix",
    "parameter",
    "rotation",
    "usage",
    "spec",
    "action",
    "flows",
    "expression",
    "role",
    "manager",
    "owner",
    "description",
    "fingerprint",
    "uid",
    "label",
    "mechanism",
    "criteria",
    "length",
    "challenge",
];

/// What a member's name ends with if it holds a key, a password or a token.
const CREDENTIALS: &[&str] = &[
    "password",
    "passwords",
    "passphrase",
    "passcode",
    "secret",
    "secrets",
    "token",
    "tokens",
    "credential",
    "credentials",
    "secretstring",
    "secretbinary",
    "secretvalue",
    "secretcode",
    "tokenvalue",
    "secretaccesskey",
    "accesskey",
    "secretkey",
    "privatekey",
    "apikey",
    "presharedkey",
    "authkey",
    "streamkey",
    "sharedkey",
    "sshkey",
    "bearer",
    "otp",
    "jwt",
    "keytab",
    "authcode",
    "authorizationcode",
    "activationcode",
    "unlockcode",
    "keymaterial",
    "passworddata",
    "walletfile",
    "wallet",
    "seed",
    "privatekeybase64",
    "privatekeyplaintext",
    "qrcodepng",
    "passwordparam",
    "cookievalue",
    "privatepem",
    "pem",
];

/// Words of a member that holds what customers stored, if AWS marks it as sensitive.
const CONTENTS: &[&str] = &[
    "body",
    "content",
    "contents",
    "data",
    "payload",
    "input",
    "output",
    "text",
    "transcript",
    "result",
    "results",
    "record",
    "records",
    "document",
    "event",
    "events",
    "bytes",
    "answer",
    "completion",
    "query",
    "row",
    "rows",
    "attributes",
    "history",
];

/// Words of a member into which people write secrets, if AWS marks it as sensitive.
const TEXTS: &[&str] = &[
    "environment",
    "variable",
    "variables",
    "parameter",
    "parameters",
    "header",
    "headers",
    "command",
    "commands",
    "argument",
    "arguments",
    "configuration",
    "properties",
    "property",
    "spec",
    "template",
    "script",
    "url",
    "uri",
];

/// The class that a member of an output gives its action.
pub(crate) fn class_of(output: &Output) -> Option<Class> {
    let member = &output.member;
    let words = words(member.name());
    let last = words.last().map(String::as_str).unwrap_or_default();
    let address = ["url", "urls", "uri", "link", "location"].contains(&last);
    let signed = member.name().to_ascii_lowercase().contains("signed")
        && !member.name().to_ascii_lowercase().contains("assigned");
    let fetched = output.operation.to_ascii_lowercase().ends_with("url")
        || ["download", "upload", "stream", "embed"].iter().any(|word| words.iter().any(|own| own == word));
    let asked_for = fetched && member.is_marked('s');
    if address && (signed || asked_for || member.is_marked('u')) {
        return Some(Class::SignsUrl);
    }
    if is_credential(member) {
        return Some(Class::Credentials);
    }
    if is_held(member) {
        return Some(Class::SecretText);
    }
    if member.is_marked('b') || member.is_marked('t') {
        return Some(Class::StoredData);
    }
    if !member.is_marked('s') {
        return None;
    }
    if CONTENTS.contains(&last) {
        Some(Class::StoredData)
    } else if TEXTS.contains(&last)
        || (["value", "values"].contains(&last) && words.iter().any(|word| TEXTS.contains(&word.as_str())))
    {
        Some(Class::SecretText)
    } else {
        None
    }
}

fn is_credential(member: &Member) -> bool {
    let words = words(member.name());
    let last = words.last().map(String::as_str).unwrap_or_default();
    let whole = words.concat();
    !REFERENCES.contains(&last)
        && CREDENTIALS.iter().any(|end| whole.ends_with(end) && (end.len() > 4 || last == *end))
}

/// First words of names of actions that change, run or send something.
const VERBS: &[&str] = &[
    "Accept",
    "Add",
    "Apply",
    "Approve",
    "Assume",
    "Cancel",
    "Chat",
    "Converse",
    "Create",
    "Delete",
    "Deliver",
    "Disable",
    "Enable",
    "Execute",
    "Generate",
    "Import",
    "Invoke",
    "Optimize",
    "Pass",
    "Publish",
    "Put",
    "Register",
    "Reject",
    "Request",
    "Reset",
    "Run",
    "Send",
    "Start",
    "Stop",
    "Submit",
    "Synthesize",
    "Update",
    "Upload",
    "Use",
];

/// Ends of names of actions that return a key, a token or a signed URL.
const NAMED: &[(&str, Class)] = &[
    ("Credentials", Class::Credentials),
    ("CredentialsForOrganization", Class::Credentials),
    ("Credential", Class::Credentials),
    ("AccessToken", Class::Credentials),
    ("AuthToken", Class::Credentials),
    ("AuthorizationToken", Class::Credentials),
    ("FederationToken", Class::Credentials),
    ("SessionToken", Class::Credentials),
    ("BearerToken", Class::Credentials),
    ("Password", Class::Credentials),
    ("SecretValue", Class::Credentials),
    ("SignedUrl", Class::SignsUrl),
    ("SignedURL", Class::SignsUrl),
    ("signedUrl", Class::SignsUrl),
    ("signedURL", Class::SignsUrl),
];

/// The classes that the name of an action gives it.
fn by_name(name: &str, read: bool) -> Vec<(Class, String)> {
    let mut found = Vec::new();
    if !read {
        return found;
    }
    let verb = VERBS.iter().find(|verb| {
        name.strip_prefix(**verb)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase()))
    });
    if let Some(verb) = verb {
        found.push((Class::Acts, format!("a name that begins with {verb}")));
    }
    let gets = ["Get", "BatchGet", "Download", "Retrieve"].iter().any(|verb| name.starts_with(verb));
    if let Some((end, class)) = NAMED.iter().find(|(end, _)| gets && name.ends_with(end)) {
        found.push((*class, format!("a name that ends with {end}")));
    }
    found
}

/// The text of `data/classes.tsv`.
pub(crate) fn write(catalogue: &Catalogue, outputs: &Outputs, reasons: &Reasons) -> String {
    let actions: BTreeSet<&str> = reasons.keys().map(|(action, _)| action.as_str()).collect();
    let origin = catalogue.source.split(" (").next().unwrap_or_default();
    let mut text = format!(
        "iam-catalog classes 1\nsource {}, {origin}\ndate {}\ncounts {} {}\n",
        outputs.source,
        outputs.date,
        actions.len(),
        reasons.len()
    );
    let mut rows: Vec<_> = reasons.iter().collect();
    rows.sort_by_key(|((action, class), _)| {
        let (prefix, name) = action.split_once(':').unwrap_or((action, ""));
        (prefix, name.to_ascii_lowercase(), *class)
    });
    for ((action, class), reason) in rows {
        let reviewed = if reason.reviewed { "yes" } else { "no" };
        let only_on = reason.only_on.as_deref().unwrap_or_default();
        let Reason { evidence, source, .. } = reason;
        _ = writeln!(text, "{action}\t{}\t{evidence}\t{source}\t{reviewed}\t{only_on}", class.name());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(action: &str, path: &str) -> Output {
        let member = Member { path: path.to_owned(), marks: "s".to_owned() };
        Output { action: action.to_owned(), operation: "x:Y".to_owned(), member }
    }

    #[test]
    fn what_is_harmless_is_so_in_one_action_a_service_or_everywhere() {
        let text = "a:Get Secret\tharmless\tr\ts\nb:* Secret\tharmless\tr\ts\n* Token\tharmless\tr\ts";
        let rulings = Rulings::read(text).expect("a table");
        for (action, path, expected) in [
            ("a:Get", "X.Secret", true),
            ("a:Put", "X.Secret", false),
            ("b:Put", "X.secret", true),
            ("bb:Put", "X.Secret", false),
            ("b:Put", "X.Password", false),
            ("c:Get", "Token", true),
        ] {
            assert_eq!(rulings.is_harmless(&output(action, path)), expected, "{action} {path}");
        }
        assert!(Rulings::read(&format!("{text}\nb:* Secret\tharmless\tr\ts")).is_err());
    }
}
