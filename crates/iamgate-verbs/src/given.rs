//! The policies and roles in the files that a question names, whatever is around them.

use std::collections::BTreeSet;

use iam_document::{Account, Extracted, Found, OriginMap};
use iamgate::File;
use iamgate::iam_json::{LineIndex, Report, code, quoted};
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};

use crate::trouble::Trouble;
use crate::words::first;
use crate::world::{DUMP_BYTES, World};

/// Names of policies that are shown when a file has several.
const NAMES: usize = 6;

/// A policy in a file.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The file.
    file: File,
    extracted: Extracted,
    /// The text in which the places of the policy are. It is the file's, if the file has the policy word for word.
    pub(crate) source: File,
}

/// What the texts of a question are held to.
pub(crate) fn limits() -> iam_document::Limits {
    iam_document::Limits::of_bytes(DUMP_BYTES)
}

/// The policies in a file.
pub(crate) fn found(file: &File) -> Result<Found, Trouble> {
    iam_document::read(&file.text, &file.name, &limits())
        .map_err(|report| Trouble::document(file.clone(), report))
}

/// The trouble of a file without a policy.
pub(crate) fn nothing(file: &File, found: &Found) -> Trouble {
    let left: Vec<String> = found.left.iter().map(|own| format!("{}: {}", own.name, own.why)).collect();
    let found_text =
        if left.is_empty() { found.said.clone() } else { format!("{}; {}", found.said, left.join("; ")) };
    let help = if found.missing.is_empty() { "give a policy" } else { &found.missing };
    Trouble::input(&file.name, "NOT_A_POLICY", found_text, help)
}

/// The trouble of a file with what AWS would not read, such as comments.
fn refused(file: &File, found: &Found) -> Result<(), Trouble> {
    // A byte order mark is not a part of the policy, and what it says does not depend on it.
    let refused: Vec<_> =
        found.problems.iter().filter(|own| own.code != code::BYTE_ORDER_MARK).cloned().collect();
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Trouble::document(file.clone(), refused.into_iter().collect()))
    }
}

/// The trouble of a policy with values that are known only when it is deployed: also choices, and defaults that may be replaced, and whether it is
/// deployed at all. `None` if it has none.
fn unknown(file: &File, own: &Extracted) -> Option<Trouble> {
    if own.unknown.is_empty() {
        return None;
    }
    let mut seen = BTreeSet::new();
    let names = own.unknown.iter().map(|own| own.what.as_str()).filter(|own| seen.insert(*own));
    let names: Vec<&str> = names.collect();
    let unknown = format!("values that are known only when it is deployed: {}", first(&names, NAMES));
    let help = "give the policy as it is deployed: the output of the command that prints it";
    Some(Trouble::input(&file.name, "UNKNOWN_VALUES", unknown, help))
}

impl Given {
    /// Reads the one policy in a file that can be of a kind.
    ///
    /// # Errors
    /// The file cannot be read, or has no such policy, or several.
    pub(crate) fn read(world: &dyn World, path: &str, kind: PolicyKind) -> Result<Self, Trouble> {
        let file = world.read(path, DUMP_BYTES, "one document")?;
        Self::of(file, kind)
    }

    /// Every policy in a file. Empty if there is none.
    ///
    /// # Errors
    /// The file cannot be read, has what AWS would not read, or values that are known only when it is deployed.
    pub(crate) fn each_in(file: &File) -> Result<Vec<Self>, Trouble> {
        let found = found(file)?;
        refused(file, &found)?;
        let mut all = Vec::new();
        for own in found.documents {
            if let Some(trouble) = unknown(file, &own) {
                return Err(trouble);
            }
            all.push(Self::new(file.clone(), own));
        }
        Ok(all)
    }

    /// What the policy is in its file, such as `trust policy of role X`; empty if the file is the policy.
    pub(crate) fn name(&self) -> &str {
        &self.extracted.name
    }

    /// Its kind, if its surroundings tell.
    pub(crate) const fn told(&self) -> Option<PolicyKind> {
        self.extracted.kind
    }

    /// The policy as JSON.
    pub(crate) fn json(&self) -> &str {
        &self.extracted.text
    }

    /// The one policy in a file that can be of a kind.
    pub(crate) fn of(file: File, kind: PolicyKind) -> Result<Self, Trouble> {
        let found = found(&file)?;
        if found.documents.is_empty() {
            return Err(nothing(&file, &found));
        }
        refused(&file, &found)?;
        let fits =
            |own: &&Extracted| found.documents.len() == 1 || own.kind.is_none_or(|own| is_alike(own, kind));
        let fitting: Vec<&Extracted> = found.documents.iter().filter(fits).collect();
        match fitting.as_slice() {
            [one] => match unknown(&file, one) {
                Some(trouble) => Err(trouble),
                None => Ok(Self::new(file, (*one).clone())),
            },
            several => {
                let all =
                    if several.is_empty() { found.documents.iter().collect() } else { several.to_vec() };
                let names: Vec<&str> = all.iter().map(|own| own.name.as_str()).collect();
                let count = if several.is_empty() {
                    format!("no {}", noun(kind))
                } else {
                    format!("{} policies", all.len())
                };
                let said = if found.said.is_empty() { String::new() } else { format!(" in {}", found.said) };
                let help = format!("give a file with one of them: {}", first(&names, NAMES));
                Err(Trouble::input(&file.name, "SEVERAL_POLICIES", format!("{count}{said}"), help))
            }
        }
    }

    fn new(file: File, extracted: Extracted) -> Self {
        let source = match placed(&file.text, &extracted) {
            Some(text) => File { name: file.name.clone(), text },
            None if extracted.name.is_empty() => {
                File { name: file.name.clone(), text: extracted.text.clone() }
            }
            None => File { name: format!("{}: {}", file.name, extracted.name), text: extracted.text.clone() },
        };
        Self { file, extracted, source }
    }

    /// Reads the policy.
    ///
    /// # Errors
    /// The policy is refused. Places are in the file.
    pub(crate) fn policy(&self, kind: PolicyKind, mode: Mode, limits: &Limits) -> Result<Policy, Trouble> {
        match Policy::parse(&self.source.text, kind, mode, limits) {
            Ok(policy) => Ok(policy),
            Err(_) => Policy::parse(&self.extracted.text, kind, mode, limits).map_err(|report| {
                Trouble::document(self.file.clone(), in_file(report, &self.file, &self.extracted.origin))
            }),
        }
    }
}

/// The text of a policy with all that is before it in the file as white space, so that places in it are places in the file. `None` if the file
/// has the policy in other words, or far behind. A file that is the policy stays as it is.
fn placed(file: &str, extracted: &Extracted) -> Option<String> {
    const MOST: usize = 262_144;
    let start = extracted.origin.verbatim_from()? as usize;
    if file.trim_ascii() == extracted.text {
        return Some(file.to_owned());
    }
    if start.saturating_add(extracted.text.len()) > MOST {
        return None;
    }
    let mut text: String =
        file.get(..start)?.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.push_str(&extracted.text);
    Some(text)
}

/// A report about a text that was found in a file, with the places of the file.
pub(crate) fn in_file(report: Report, file: &File, origin: &OriginMap) -> Report {
    let lines = LineIndex::of(&file.text);
    report.into_problems().into_iter().map(|problem| origin.problem(problem, &lines)).collect()
}

/// Whether a policy of one kind can be meant where another is asked for.
fn is_alike(own: PolicyKind, wanted: PolicyKind) -> bool {
    let class = |kind: PolicyKind| match kind {
        PolicyKind::Identity
        | PolicyKind::Managed
        | PolicyKind::AwsManaged
        | PolicyKind::Boundary
        | PolicyKind::Session => 0,
        PolicyKind::Resource | PolicyKind::Kms => 1,
        PolicyKind::Trust => 2,
        PolicyKind::Scp => 3,
        PolicyKind::Rcp => 4,
        PolicyKind::VpcEndpoint => 5,
    };
    class(own) == class(wanted)
}

/// The kind without its article.
fn noun(kind: PolicyKind) -> &'static str {
    let words = kind.description();
    words.strip_prefix("an ").or_else(|| words.strip_prefix("a ")).unwrap_or(words)
}

/// The roles in a file, by output.
pub(crate) fn accounts(file: &File) -> Result<Vec<Account>, Trouble> {
    iam_document::accounts(&file.text, &file.name, &limits())
        .map_err(|report| Trouble::document(file.clone(), report))
}

/// The output with a role.
pub(crate) struct RoleGiven {
    /// The output, as a file.
    pub(crate) file: File,
    pub(crate) origin: OriginMap,
    /// The name or ARN of the role; `None` if the output has no other.
    pub(crate) role: Option<String>,
    pub(crate) has_permissions: bool,
}

impl RoleGiven {
    fn new(file: &File, own: Account, role: Option<&str>) -> Self {
        let is_whole = own.origin.verbatim_from() == Some(0);
        let text = if is_whole { file.text.clone() } else { own.text };
        let file = File { name: file.name.clone(), text };
        let role = role.map(str::to_owned);
        Self { file, origin: own.origin, role, has_permissions: own.has_permissions }
    }
}

/// The output with the role that a name or an ARN says, or with the only role.
///
/// # Errors
/// There is no such role in any of several outputs, or there are several. Of one output, its reader says so.
pub(crate) fn role(
    file: &File,
    mut accounts: Vec<Account>,
    wanted: Option<&str>,
) -> Result<RoleGiven, Trouble> {
    if accounts.len() == 1
        && let Some(own) = accounts.pop()
    {
        return Ok(RoleGiven::new(file, own, wanted));
    }
    let roles: Vec<&(String, String)> = accounts.iter().flat_map(|own| &own.roles).collect();
    let is_wanted = |(name, arn): &&&(String, String)| wanted.is_none_or(|own| own == name || own == arn);
    let matching: Vec<&(String, String)> = roles.iter().filter(is_wanted).copied().collect();
    let [(_, arn)] = matching.as_slice() else {
        let found = match wanted {
            Some(wanted) => format!("{} roles {}", matching.len(), quoted(wanted)),
            None => format!("{} roles in {} outputs", matching.len(), accounts.len()),
        };
        return Err(Trouble::input(&file.name, "ROLE_NOT_FOUND", found, which(&roles, &matching, wanted)));
    };
    let arn = arn.clone();
    let own = accounts.into_iter().find(|own| own.roles.iter().any(|(_, own)| *own == arn));
    let Some(own) = own else { return Err(Trouble::bug("a role that was found is not there")) };
    Ok(RoleGiven::new(file, own, Some(&arn)))
}

/// What to do if a file has no role of a name, or several.
fn which(all: &[&(String, String)], matching: &[&(String, String)], wanted: Option<&str>) -> String {
    let mut arns: Vec<&str> = matching.iter().map(|(_, arn)| arn.as_str()).collect();
    arns.sort_unstable();
    arns.dedup();
    if matching.len() > 1 && arns.len() == 1 {
        return "the outputs have the same role several times: give one output of each account".to_owned();
    }
    if matching.len() > 1 {
        return format!("name one by its ARN with --role: {}", first(&arns, NAMES));
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let near = wanted.map(|wanted| iamgate::nearest(wanted, &names, |name| name)).unwrap_or_default();
    if near.is_empty() {
        return format!("name one with --role, such as {}", first(&names, NAMES));
    }
    let near: Vec<String> = near.into_iter().map(|name| quoted(name)).collect();
    format!("did you mean {}?", near.join(" or "))
}

/// The trouble of an output without the permissions of roles.
pub(crate) fn no_permissions(file: &str) -> Trouble {
    let help = "run `aws iam get-account-authorization-details --filter Role LocalManagedPolicy`, and give what it prints; `iamgate trust` needs no permissions";
    Trouble::input(
        file,
        "NO_PERMISSIONS",
        "a role without its permissions, as `aws iam get-role` prints it",
        help,
    )
}

/// A trouble with a part of a file, with the places of the file.
pub(crate) fn placed_in(trouble: Trouble, part: &File, whole: &File, origin: &OriginMap) -> Trouble {
    match trouble {
        Trouble::Document { source, problems } if source.text == part.text => {
            let lines = LineIndex::of(&whole.text);
            let problems = problems.into_iter().map(|own| origin.problem(own, &lines)).collect();
            Trouble::Document { source: whole.clone(), problems }
        }
        other @ (Trouble::Document { .. } | Trouble::Input { .. } | Trouble::Bug { .. }) => other,
    }
}
