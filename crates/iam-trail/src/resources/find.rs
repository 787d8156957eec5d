//! The resources of one action of one event.

use iam_catalog::{ActionDetails, ResourceType};

use super::arn::ArnPattern;
use super::fill::{Filled, Filling, MOST, compose, paths, whole_paths};
use super::outcome::{Origin, RequestResource, Resources, UnknownResource, Untold};
use super::place::Place;
use super::recorded::fit_of;
use super::rules::{ResourceRules, Row, fold};
use super::tree::{Parameters, Tree};
use crate::event::{Event, Text};

/// The search for the resources of an action.
pub(super) struct Search<'s, 'c> {
    event: &'s Event<'s>,
    parameters: &'s Parameters<'s>,
    service: String,
    name: &'s str,
    operation: &'s str,
    lines: Lines<'s>,
    kinds: Vec<Kind<'c>>,
    found: Vec<Found>,
    seen: Vec<&'s str>,
    claimed: Vec<&'s str>,
    paths: Vec<&'static str>,
}

/// The lines of the table for the operation and the action.
#[derive(Clone, Copy)]
struct Lines<'s> {
    own: &'s [Row],
    of_service: &'s [Row],
    /// Whether they say what the operation needs beside its own action: the record's resources are those of its own.
    is_beside: bool,
}

/// A resource type of the action.
struct Kind<'c> {
    of: ResourceType<'c, 'c>,
    is_required: bool,
    is_answered: bool,
    failed: Option<UnknownResource>,
}

struct Found {
    kind: usize,
    arn: ArnPattern,
    origin: Origin,
    /// Whether a type that the action does not require is named only in part: `table/t/index/` by the name of the table.
    is_doubtful: bool,
}

impl<'s> Lines<'s> {
    fn of(
        rules: &'s ResourceRules,
        event: &Event<'_>,
        service: &str,
        name: &str,
        action: &str,
        operation: &str,
    ) -> Self {
        let of_own = |name| Self {
            own: rules.rows(service, name, ""),
            of_service: rules.rows(service, "", ""),
            is_beside: false,
        };
        if operation.eq_ignore_ascii_case(name) {
            return of_own(name);
        }
        let source = event.event_source.as_ref().map_or("", Text::as_str);
        let source = source.split('.').next().unwrap_or_default();
        let beside = rules.rows(service, operation, action);
        let beside = if beside.is_empty() { rules.rows(source, operation, action) } else { beside };
        if !beside.is_empty() {
            Self { own: beside, of_service: &[], is_beside: true }
        } else if source == service {
            of_own(name)
        } else {
            Self { own: &[], of_service: &[], is_beside: false }
        }
    }

    /// What fills a type, and whether it is a line of all types.
    fn fill(self, kind: &str) -> Option<(&'static str, bool)> {
        let line = |rows: &'s [Row], kind: &str| {
            let at = rows.binary_search_by(|row| fold(row.resource_type, kind)).ok()?;
            rows.get(at).map(|row| row.fill)
        };
        line(self.own, kind)
            .map(|fill| (fill, false))
            .or_else(|| line(self.own, "*").map(|fill| (fill, true)))
            .or_else(|| line(self.of_service, kind).map(|fill| (fill, false)))
    }

    fn for_all(self) -> Option<&'static str> {
        self.own.iter().find(|row| row.resource_type == "*").map(|row| row.fill)
    }
}

/// The operation without the version behind its name: `20150331`, `20150331v2`, `2020_05_31`.
fn without_version(name: &str) -> &str {
    let rest = name.trim_end_matches(|own: char| own.is_ascii_digit());
    let rest = rest.strip_suffix('v').filter(|rest| rest.ends_with(|own: char| own.is_ascii_digit()));
    let rest = rest.unwrap_or(name);
    let bare = rest.trim_end_matches(|own: char| own.is_ascii_digit() || own == '_');
    let digits = name.bytes().skip(bare.len()).filter(u8::is_ascii_digit).count();
    if digits >= 8 { bare } else { name }
}

/// Whether a parameter only chooses how much of the answer is returned.
fn is_neutral(name: &str, value: &Tree<'_>) -> bool {
    const NAMES: [&str; 21] = [
        "maxresults",
        "maxrecords",
        "maxitems",
        "limit",
        "pagesize",
        "nexttoken",
        "marker",
        "filter",
        "filters",
        "filterset",
        "startingtoken",
        "includeshared",
        "includepublic",
        "sortby",
        "sortorder",
        "host",
        "granularity",
        "groupby",
        "metric",
        "metrics",
        "timeperiod",
    ];
    value.is_empty()
        || matches!(value, Tree::Number(_))
        || NAMES.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Whether an action only reads, by its name.
fn is_read(name: &str) -> bool {
    ["Describe", "List", "Get", "Search", "BatchGet", "View"].iter().any(|own| name.starts_with(own))
}

impl<'s, 'c> Search<'s, 'c> {
    pub(super) fn new(
        event: &'s Event<'s>,
        parameters: &'s Parameters<'s>,
        action: &'s str,
        rules: &'s ResourceRules,
        details: ActionDetails<'c, 'c>,
    ) -> Self {
        let (service, name) = action.split_once(':').unwrap_or(("", action));
        let service = service.to_ascii_lowercase();
        let operation = without_version(event.event_name.as_ref().map_or("", Text::as_str));
        let lines = Lines::of(rules, event, &service, name, action, operation);
        let kinds = details.resources().map(|own| Kind {
            of: own.resource_type(),
            is_required: own.is_required(),
            is_answered: false,
            failed: None,
        });
        let kinds = kinds.collect();
        let (found, seen, claimed, paths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { event, parameters, service, name, operation, lines, kinds, found, seen, claimed, paths }
    }

    pub(super) fn run(mut self, record: bool) -> Resources<'c> {
        if record && !self.lines.is_beside {
            self.take_record();
        }
        let place = Place::of(self.event);
        match self.parameters {
            Parameters::Known(tree) => {
                self.take_parameters(tree, place);
                self.take_fixed(place);
                self.take_caller();
            }
            Parameters::Unknown(reason) => {
                for kind in self.kinds.iter_mut().filter(|kind| !kind.is_answered) {
                    kind.failed = Some(*reason);
                }
            }
        }
        self.result(place)
    }

    /// The ARNs of the record that are of a type of the action.
    fn take_record(&mut self) {
        let resources = self.event.resources.as_deref().unwrap_or_default();
        for arn in resources.iter().filter_map(|own| own.arn.as_ref()).take(MOST) {
            if let Some(kind) = self.best(arn) {
                self.push(kind, ArnPattern::known(arn), Origin::Record);
            }
        }
    }

    /// The type of the action whose form says the most of an ARN.
    fn best(&self, arn: &str) -> Option<usize> {
        let fit = |(at, kind): (usize, &Kind<'c>)| Some((fit_of(arn, kind.of)?, at));
        self.kinds.iter().enumerate().filter_map(fit).max_by_key(|(fit, _)| *fit).map(|(_, at)| at)
    }

    fn push(&mut self, kind: usize, arn: ArnPattern, origin: Origin) {
        if let Some(own) = self.kinds.get_mut(kind) {
            own.is_answered = true;
        }
        if !self.found.iter().any(|found| found.arn == arn) {
            self.found.push(Found { kind, arn, origin, is_doubtful: false });
        }
    }

    fn take_parameters(&mut self, tree: &'s Tree<'s>, place: Place<'s>) {
        let is_ec2 = self.service == "ec2";
        let failed = self.event.error_code.is_some() || self.event.error_message.is_some();
        let filling = Filling { tree, place, is_ec2, operation: self.operation, failed };
        self.take_for_all(&filling);
        for at in 0..self.kinds.len() {
            let Some(kind) = self.kinds.get(at).filter(|kind| !kind.is_answered) else { continue };
            let Some((fill, false)) = self.lines.fill(kind.of.name()) else { continue };
            match filling.fill(fill, kind.of) {
                Ok(filled) => self.take_filled(at, filled),
                Err(reason) => self.fail(at, reason),
            }
        }
    }

    /// What a line for all types has: each ARN is of the type whose form says the most of it.
    fn take_for_all(&mut self, filling: &Filling<'s>) {
        for path in self.lines.for_all().into_iter().flat_map(whole_paths) {
            let texts = match filling.texts(path) {
                Ok(texts) => texts,
                Err(reason) => {
                    (0..self.kinds.len()).for_each(|at| self.fail(at, reason));
                    return;
                }
            };
            for text in texts {
                self.seen.push(text);
                if let Some(kind) = self.best(text) {
                    self.claimed.push(text);
                    self.push(kind, ArnPattern::known(text), Origin::Parameter);
                    self.kinds.iter_mut().for_each(|kind| kind.is_answered = true);
                }
            }
        }
    }

    fn take_filled(&mut self, kind: usize, filled: Filled<'s>) {
        let is_optional = self.kinds.get(kind).is_some_and(|kind| !kind.is_required);
        for (arn, origin) in filled.arns {
            self.push(kind, arn, origin);
            if let Some(last) = self.found.last_mut().filter(|last| last.kind == kind) {
                last.is_doubtful = is_optional && filled.is_partial;
            }
        }
        self.seen.extend(filled.seen);
        self.claimed.extend(filled.claimed);
        self.paths.extend(filled.paths);
        if filled.untold {
            self.fail(kind, UnknownResource::Missing);
        }
    }

    fn fail(&mut self, kind: usize, reason: UnknownResource) {
        if let Some(own) = self.kinds.get_mut(kind).filter(|own| !own.is_answered) {
            own.failed = Some(reason);
        }
    }

    /// A type without a placeholder that the action requires, such as the hub of an account.
    fn take_fixed(&mut self, place: Place<'_>) {
        if self.lines.for_all().is_some() {
            return;
        }
        for at in 0..self.kinds.len() {
            let Some(kind) = self.kinds.get(at).filter(|kind| kind.is_required && !kind.is_answered) else {
                continue;
            };
            let mut forms = kind.of.arns();
            let (Some(form), None) = (forms.next(), forms.next()) else { continue };
            let name = form.splitn(6, ':').nth(5).unwrap_or_default();
            if self.lines.fill(kind.of.name()).is_none() && !name.contains(['$', '*']) {
                self.push(at, compose(form, place, |_, _, _| false), Origin::Rule);
            }
        }
    }

    /// An operation of IAM on a user that names none is on the caller.
    ///
    /// # Source
    /// IAM API Reference, such as "GetUser" (UserName).
    fn take_caller(&mut self) {
        let who = self.event.user_identity.as_ref();
        let is_user = who.and_then(|who| who.identity_type.as_deref()).is_some_and(|own| own == "IAMUser");
        let Some(arn) = who.and_then(|who| who.arn.as_deref()).filter(|_| is_user) else { return };
        if self.service != "iam" || !self.found.is_empty() || !self.seen.is_empty() {
            return;
        }
        let user = self.kinds.iter().position(|kind| kind.of.name() == "user" && kind.failed.is_none());
        if let Some(user) = user.filter(|_| self.kinds.len() == 1) {
            self.push(user, ArnPattern::known(arn), Origin::Rule);
        }
    }

    fn result(mut self, place: Place<'_>) -> Resources<'c> {
        if self.found.iter().any(|found| !found.is_doubtful) {
            self.found.retain(|found| !found.is_doubtful);
        }
        self.claimed.sort_unstable();
        let is_claimed = |own: &&str| self.claimed.binary_search(own).is_ok();
        // What the record says is not doubted for what it leaves aside.
        let by_record = self.found.iter().any(|found| found.origin == Origin::Record);
        let has_unclaimed = !by_record && !self.seen.iter().all(is_claimed);
        if self.found.len() > MOST {
            return Resources::Unknown(UnknownResource::TooMany);
        }
        if self.found.is_empty() { self.none(has_unclaimed, place) } else { self.known(has_unclaimed) }
    }

    fn known(self, has_unclaimed: bool) -> Resources<'c> {
        let mut untold: Vec<Untold<'c>> = Vec::new();
        for kind in self.kinds.iter().filter(|kind| !kind.is_answered) {
            let fill = self.lines.fill(kind.of.name()).map(|(fill, _)| fill);
            let is_told = fill.into_iter().flat_map(paths).any(|path| self.paths.contains(&path));
            let missing = if fill.is_some() { UnknownResource::Missing } else { UnknownResource::NoRule };
            let reason = kind.failed.or_else(|| (kind.is_required && !is_told).then_some(missing));
            if let Some(reason) = reason {
                untold.push(Untold { resource_type: Some(kind.of.name()), reason });
            }
        }
        if has_unclaimed {
            untold.push(Untold { resource_type: None, reason: UnknownResource::Form });
        }
        let code = self.event.error_code.as_ref().map(Text::as_str);
        let may_be_star =
            self.service == "ec2" && code.is_some_and(|code| !code.ends_with("DryRunOperation"));
        let kinds = &self.kinds;
        let own = |found: Found| {
            let kind = kinds.get(found.kind)?;
            let is_asked = may_be_star && found.origin != Origin::Record;
            let arn = if is_asked { found.arn.into_asked() } else { found.arn };
            Some(RequestResource { arn, resource_type: kind.of.name(), origin: found.origin })
        };
        let arns = self.found.into_iter().filter_map(own).collect();
        Resources::Known { arns, untold }
    }

    fn none(self, has_unclaimed: bool, place: Place<'_>) -> Resources<'c> {
        let failed = self.kinds.iter().find_map(|kind| kind.failed);
        if let Some(reason) = failed.or_else(|| has_unclaimed.then_some(UnknownResource::Form)) {
            return Resources::Unknown(reason);
        }
        let Parameters::Known(tree) = self.parameters else {
            return Resources::Unknown(UnknownResource::NoParameters);
        };
        let is_free = is_read(self.name) || self.kinds.iter().all(|kind| !kind.is_required);
        if !is_free || !tree.members().all(|(name, own)| is_neutral(name, own)) {
            let has_lines = self.kinds.iter().any(|kind| self.lines.fill(kind.of.name()).is_some());
            let reason = if has_lines { UnknownResource::Missing } else { UnknownResource::NoRule };
            return Resources::Unknown(reason);
        }
        let form = |kind: &Kind<'c>| {
            let (kind, of) = (kind.of.name(), kind.of);
            of.arns()
                .map(|form| RequestResource {
                    arn: compose(form, place, |_, _, _| false),
                    resource_type: kind,
                    origin: Origin::Rule,
                })
                .collect::<Vec<_>>()
        };
        Resources::Unnamed(self.kinds.iter().flat_map(form).collect())
    }
}
