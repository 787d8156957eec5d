//! `iamgate.toml`: what a team decides about findings.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use iamgate::File;
use iamgate::iam_json::quoted;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Code, Level, PolicyKind};
use iamgate::nearest;
use iamgate_verbs::{
    Acceptance, Assertion, CheckSettings, Choice, Codes, FailOn, Files, PathSettings, Trouble, World as _,
};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::place::{Base, absolute, shown};
use crate::age;
use crate::args::Check;
use crate::disk::Disk;

/// The name of a configuration that is looked for.
const NAME: &str = "iamgate.toml";

/// The maximum length of a configuration in bytes.
const MOST: usize = 1 << 20;

/// A configuration.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) settings: CheckSettings,
    /// The baseline that it names, as it is opened.
    pub(super) baseline: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Toml {
    #[serde(default)]
    check: CheckTable,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CheckTable {
    fail_on: Option<FailOn>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    baseline: Option<String>,
    select: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    ignore: Vec<Spanned<String>>,
    #[serde(default)]
    levels: BTreeMap<Spanned<String>, FailOn>,
    #[serde(default)]
    path: Vec<PathTable>,
    #[serde(default)]
    accept: Vec<AcceptTable>,
    #[serde(default)]
    assert: Vec<AssertTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PathTable {
    files: Spanned<Vec<Spanned<String>>>,
    kind: Option<Spanned<String>>,
    select: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    ignore: Vec<Spanned<String>>,
    #[serde(default)]
    levels: BTreeMap<Spanned<String>, FailOn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AcceptTable {
    file: Spanned<String>,
    sid: Option<String>,
    code: Spanned<String>,
    reason: Spanned<String>,
    until: Option<Spanned<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AssertTable {
    name: Spanned<String>,
    files: Option<Spanned<Vec<Spanned<String>>>>,
    never_allows: Spanned<Vec<String>>,
    #[serde(default)]
    on: Vec<String>,
    #[serde(default)]
    except_on: Vec<String>,
}

/// The configuration that a question names, or the one that is found.
pub(super) fn load(args: &Check, disk: &Disk) -> Result<Config, Trouble> {
    let name = match &args.config {
        Some(name) => Some(name.clone()),
        None if args.isolated => None,
        None => args.args.paths.first().map(|path| find(path)).transpose()?.flatten(),
    };
    let Some(name) = name else { return Ok(Config::default()) };
    let source = disk.read(&name, MOST, "a configuration")?;
    let base = Base::of_file(&name)?;
    Reading { source, base, now: age::now(disk) }.config()
}

/// The nearest configuration in the folder of a path and those above, up to the root of the repository.
fn find(path: &str) -> Result<Option<String>, Trouble> {
    let is_glob =
        |part: &std::path::Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let plain = match path {
        "-" => Path::new(".").to_owned(),
        _ if Path::new(path).exists() => Path::new(path).to_owned(),
        _ => Path::new(path).components().take_while(|part| !is_glob(part)).collect(),
    };
    let start = absolute(if plain.as_os_str().is_empty() { Path::new(".") } else { &plain })?;
    for folder in start.ancestors() {
        let file = folder.join(NAME);
        // A link to nothing is an error when it is read.
        if file.symlink_metadata().is_ok() {
            return Ok(Some(shown(&file)));
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}

/// Reads a text.
struct Reading {
    source: File,
    base: Base,
    now: Instant,
}

impl Reading {
    fn config(self) -> Result<Config, Trouble> {
        let read: Toml = toml::from_str(&self.source.text).map_err(|error| {
            let message = error.message().to_owned();
            let help = near(&message).unwrap_or_else(|| "docs/check.md has an example".to_owned());
            self.wrong(error.span().unwrap_or(0..0), message, help)
        })?;
        let table = read.check;
        let mut settings = CheckSettings::default();
        settings.file = Some(self.source.name.clone());
        settings.fail_on = table.fail_on;
        settings.exclude = self.files(&table.exclude)?;
        settings.choice = self.choice(table.select.as_deref(), &table.ignore, &table.levels)?;
        for own in &table.path {
            let mut path = PathSettings::default();
            path.files = self.some_files(&own.files)?;
            path.kind = own.kind.as_ref().map(|kind| self.kind(kind)).transpose()?;
            path.choice = self.choice(own.select.as_deref(), &own.ignore, &own.levels)?;
            settings.paths.push(path);
        }
        for own in &table.accept {
            settings.accepts.push(self.acceptance(own)?);
        }
        for own in table.assert {
            settings.assertions.push(self.assertion(own)?);
        }
        let baseline = table.baseline.map(|file| self.base.open(&file));
        Ok(Config { settings, baseline })
    }

    fn wrong(&self, at: Range<usize>, found: impl Into<String>, help: impl Into<String>) -> Trouble {
        Trouble::config(self.source.clone(), at, found, help)
    }

    fn line(&self, at: &Range<usize>) -> u32 {
        let before = self.source.text.get(..at.start).unwrap_or_default();
        u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn files(&self, globs: &[Spanned<String>]) -> Result<Files, Trouble> {
        let set = self.globs(globs)?;
        let base = self.base.clone();
        Ok(Files::new(move |path| set.is_match(base.name(path))))
    }

    /// The files of a list with at least one glob.
    fn some_files(&self, globs: &Spanned<Vec<Spanned<String>>>) -> Result<Files, Trouble> {
        if globs.get_ref().is_empty() {
            return Err(self.wrong(
                globs.span(),
                "no globs",
                "name a file, a folder or a glob; `**` is every file",
            ));
        }
        self.files(globs.get_ref())
    }

    /// A glob without a slash is about the names of files in any folder. One that names a folder is about everything in it.
    fn globs(&self, globs: &[Spanned<String>]) -> Result<GlobSet, Trouble> {
        let mut set = GlobSetBuilder::new();
        for own in globs {
            let plain = own.get_ref().trim_start_matches("./").trim_end_matches('/');
            if matches!(plain.trim_matches([' ', '\t']), "" | ".") {
                let help = "name a file, a folder or a glob; `**` is every file";
                return Err(self.wrong(own.span(), "a glob without a name", help));
            }
            if let Some((found, help)) = self.base.never(plain) {
                return Err(self.wrong(own.span(), found, help));
            }
            let plain = if own.get_ref().trim_end_matches('/').contains('/') {
                plain.to_owned()
            } else {
                format!("**/{plain}")
            };
            for glob in [format!("{plain}/**"), plain] {
                let glob = GlobBuilder::new(&glob).literal_separator(true).build().map_err(|error| {
                    let help = "globs know *, **, ?, [a-z] and {a,b}";
                    self.wrong(own.span(), error.kind().to_string(), help)
                })?;
                set.add(glob);
            }
        }
        set.build().map_err(|error| self.wrong(0..0, error.to_string(), "write fewer or shorter globs"))
    }

    fn code(&self, name: &Spanned<String>) -> Result<Code, Trouble> {
        let unknown = |help| self.wrong(name.span(), format!("no code {}", quoted(name.get_ref())), help);
        Codes::find(name.get_ref()).map_err(unknown)
    }

    fn choice(
        &self,
        select: Option<&[Spanned<String>]>,
        ignore: &[Spanned<String>],
        levels: &BTreeMap<Spanned<String>, FailOn>,
    ) -> Result<Choice, Trouble> {
        let is_all = |name: &Spanned<String>| name.get_ref().eq_ignore_ascii_case("ALL");
        let codes = |names: &[Spanned<String>]| {
            names.iter().filter(|name| !is_all(name)).try_for_each(|name| self.code(name).map(|_| ()))?;
            let names: Vec<String> = names.iter().map(|name| name.get_ref().clone()).collect();
            Codes::of(&self.source.name, &names)
        };
        let mut choice = Choice::default();
        choice.select = select.map(codes).transpose()?;
        if let Some(all) = ignore.iter().find(|name| is_all(name)) {
            return Err(self.wrong(
                all.span(),
                "ignoring everything",
                "name the codes, or leave the files out with `exclude`",
            ));
        }
        choice.ignore = codes(ignore)?;
        for (name, level) in levels {
            choice.levels.insert(self.code(name)?, Level::from(*level));
        }
        Ok(choice)
    }

    fn kind(&self, name: &Spanned<String>) -> Result<PolicyKind, Trouble> {
        PolicyKind::from_name(name.get_ref()).ok_or_else(|| {
            let kinds = PolicyKind::ALL.map(PolicyKind::name);
            let help = match nearest(name.get_ref(), kinds, |own| own).first() {
                Some(own) => format!("did you mean {own}?"),
                None => format!("the kinds are {}", kinds.join(", ")),
            };
            self.wrong(name.span(), format!("no kind of policy {}", quoted(name.get_ref())), help)
        })
    }

    fn acceptance(&self, own: &AcceptTable) -> Result<Acceptance, Trouble> {
        if own.reason.get_ref().chars().all(char::is_whitespace) {
            return Err(self.wrong(own.reason.span(), "no reason", "say why the finding is accepted"));
        }
        let set = self.globs(std::slice::from_ref(&own.file))?;
        let base = self.base.clone();
        let files = Files::new(move |path| set.is_match(base.name(path)));
        let (written, line) = (own.file.get_ref().clone(), self.line(&own.code.span()));
        let mut made =
            Acceptance::new(files, written, self.code(&own.code)?, own.reason.get_ref().clone(), line);
        made.sid.clone_from(&own.sid);
        if let Some(until) = &own.until {
            let text = match until.get_ref() {
                Value::String(text) => text.clone(),
                Value::Datetime(day) => day.to_string(),
                Value::Integer(_)
                | Value::Float(_)
                | Value::Boolean(_)
                | Value::Array(_)
                | Value::Table(_) => until.get_ref().type_str().to_owned(),
            };
            let last = Instant::parse(&text).filter(|_| is_day(&text)).ok_or_else(|| {
                self.wrong(
                    until.span(),
                    format!("{} is no day", quoted(&text)),
                    "write a day such as 2026-12-31",
                )
            })?;
            made.is_expired = self.now.epoch_seconds() >= last.epoch_seconds().saturating_add(24 * 60 * 60);
            made.until = Some(text);
        }
        Ok(made)
    }

    fn assertion(&self, own: AssertTable) -> Result<Assertion, Trouble> {
        let at = own.name.span();
        let files = match &own.files {
            Some(globs) => self.some_files(globs)?,
            None => Files::new(|_| true),
        };
        let never = own.never_allows;
        if never.get_ref().is_empty() {
            return Err(self.wrong(
                never.span(),
                "no actions",
                "name one action or pattern at least, such as iam:PassRole",
            ));
        }
        let line = self.line(&at);
        Assertion::new(own.name.into_inner(), files, never.get_ref(), &own.on, &own.except_on, line).map_err(
            |trouble| match trouble {
                Trouble::Input { name, found, help, .. } => self.wrong(at, format!("{name}: {found}"), help),
                Trouble::Document { .. } | Trouble::Bug { .. } => trouble,
            },
        )
    }
}

/// Whether a text is written as YYYY-MM-DD.
fn is_day(text: &str) -> bool {
    let lengths = text.split('-').map(|part| {
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { part.len() } else { 0 }
    });
    lengths.eq([4, 2, 2])
}

/// The nearest name that is known, from a message of serde about one that is not.
fn near(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("unknown ")?;
    let mut names = rest.split('`').skip(1).step_by(2);
    let wanted = names.next()?;
    let known: Vec<&str> = names.collect();
    match nearest(wanted, known.iter(), |own| own).first() {
        Some(own) => Some(format!("did you mean {own}?")),
        None => Some(format!("known are {}", known.join(", "))),
    }
}
