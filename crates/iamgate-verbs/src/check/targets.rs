//! The files that a question is about.

use std::collections::BTreeMap;
use std::path::Path;

use iamgate::iam_policy::PolicyKind;

use super::settings::CheckSettings;
use crate::args::CheckArgs;
use crate::trouble::Trouble;
use crate::world::{Target, World};

/// The files that a question is about.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// Those that are looked at, each once, with the kind that they are read as if somebody said so.
    pub(super) chosen: Vec<(Target, Option<PolicyKind>)>,
    /// Files that hold no policies by their names.
    pub(super) others: Vec<String>,
    /// Files that the configuration leaves out.
    pub(super) excluded: Vec<String>,
    /// Paths that stand for nothing.
    pub(super) unread: Vec<Trouble>,
}

impl Targets {
    pub(super) fn of(args: &CheckArgs, settings: &CheckSettings, world: &dyn World) -> Self {
        let mut all = Self::default();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut found: Vec<Target> = Vec::new();
        for path in &args.paths {
            match world.targets(path) {
                Ok(targets) => {
                    for target in targets {
                        let first = *places.entry(world.place(&target.path)).or_insert(found.len());
                        match found.get_mut(first) {
                            Some(same) => same.is_named |= target.is_named,
                            None => found.push(target),
                        }
                    }
                }
                Err(trouble) => all.unread.push(trouble),
            }
        }
        for mut target in found {
            target.is_named &= !args.skip_others;
            if args.skip_others && target.path != "-" && !Target::is_read(Path::new(&target.path)) {
                all.others.push(target.path);
            } else if settings.exclude.has(&target.path) {
                all.excluded.push(target.path);
            } else {
                let kind = args.kind.or_else(|| settings.kind(&target.path));
                all.chosen.push((target, kind));
            }
        }
        all
    }

    /// The trouble that nothing was looked at: no document was found, and neither trouble nor the configuration says why.
    pub(super) fn nothing(
        args: &CheckArgs,
        has_documents: bool,
        excluded: &[String],
        unread: &[Trouble],
    ) -> Option<Trouble> {
        let is_told = has_documents || !excluded.is_empty() || !unread.is_empty();
        (!is_told && !args.skip_others).then(|| {
            Trouble::input(
                &args.paths.join(", "),
                "NO_POLICIES_FOUND",
                "0 policies found",
                "name files, folders with policies, or quote a glob such as 'policies/**/*.json'",
            )
        })
    }
}
