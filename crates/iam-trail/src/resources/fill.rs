//! The form of an ARN, filled with the parameters of a request.

use iam_catalog::ResourceType;

use super::arn::ArnPattern;
use super::outcome::{Origin, UnknownResource};
use super::place::Place;
use super::recorded::fit_of;
use super::tree::Tree;
use super::value::{Account, Applied, Context, apply, is_redacted};

/// More resources of one request than this are not listed.
pub(super) const MOST: usize = 1_000;

/// What filling the form of a type needs to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filling<'t> {
    pub(super) tree: &'t Tree<'t>,
    pub(super) place: Place<'t>,
    pub(super) is_ec2: bool,
    pub(super) operation: &'t str,
    pub(super) failed: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Filled<'t> {
    pub(super) arns: Vec<(ArnPattern, Origin)>,
    /// The values of parameters that may name a resource of the action.
    pub(super) seen: Vec<&'t str>,
    /// Those of them that name one of this type.
    pub(super) claimed: Vec<&'t str>,
    /// The paths that had a value.
    pub(super) paths: Vec<&'static str>,
    /// Whether AWS takes a resource that the record does not tell.
    pub(super) untold: bool,
    /// Whether a placeholder that a parameter fills has none.
    pub(super) is_partial: bool,
}

/// An item of a line of the table.
#[derive(Clone, Copy, Debug)]
struct Item {
    /// The placeholder. Empty: the only one.
    name: &'static str,
    paths: &'static str,
    must: bool,
}

impl Item {
    /// The items that fill placeholders.
    fn all(fill: &'static str) -> impl Iterator<Item = Self> {
        fill.split(' ').filter(|item| !item.starts_with('=') && *item != "-").map(|item| {
            let (item, must) = item.strip_suffix('!').map_or((item, false), |item| (item, true));
            let (name, paths) = item.split_once('=').unwrap_or(("", item));
            Self { name, paths, must }
        })
    }

    /// Whether a parameter fills it.
    fn is_path(self) -> bool {
        !matches!(self.paths, "?" | "\"*\"" | "%")
    }
}

/// The paths of the items that have the whole ARN.
pub(super) fn whole_paths(fill: &'static str) -> impl Iterator<Item = &'static str> {
    fill.split(' ').filter_map(|item| item.strip_prefix('=')).flat_map(|paths| paths.split('|'))
}

/// All paths, without their rules.
pub(super) fn paths(fill: &'static str) -> impl Iterator<Item = &'static str> {
    let of_items = Item::all(fill).filter(|item| item.is_path()).flat_map(|item| item.paths.split('|'));
    whole_paths(fill).chain(of_items).map(|path| path.split('~').next().unwrap_or(path))
}

/// What fills a placeholder.
#[derive(Debug)]
struct Slot {
    parts: Vec<(ArnPattern, Account)>,
    by_rule: bool,
}

impl<'t> Filling<'t> {
    /// The texts of a parameter.
    pub(super) fn texts(&self, path: &str) -> Result<Vec<&'t str>, UnknownResource> {
        let mut texts = Vec::new();
        for own in self.values(path)? {
            match own {
                Tree::Text(text) if is_redacted(text) => return Err(UnknownResource::Redacted),
                Tree::Text(text) => texts.push(text.as_ref()),
                Tree::Other | Tree::Number(_) | Tree::List(_) | Tree::Object(_) => {
                    return Err(UnknownResource::Form);
                }
            }
        }
        if texts.len() > MOST { Err(UnknownResource::TooMany) } else { Ok(texts) }
    }

    fn values(&self, path: &str) -> Result<Vec<&'t Tree<'t>>, UnknownResource> {
        let mut found = Vec::new();
        if self.is_ec2 && !path.contains('.') {
            self.tree.in_ec2(path, &mut found)?;
        } else {
            self.tree.at(path, &mut found)?;
        }
        Ok(found)
    }

    /// Fills a form of a type.
    ///
    /// # Errors
    /// A parameter does not tell the resource.
    pub(super) fn fill(
        &self,
        fill: &'static str,
        kind: ResourceType<'_, '_>,
    ) -> Result<Filled<'t>, UnknownResource> {
        let mut out = Filled::default();
        let has_items = Item::all(fill).next().is_some();
        for path in whole_paths(fill) {
            for text in self.texts(path)? {
                if text.starts_with("arn:") || !has_items {
                    out.seen.push(text);
                }
                if fit_of(text, kind).is_some() {
                    out.claimed.push(text);
                    out.paths.push(path);
                    out.arns.push((ArnPattern::known(text), Origin::Parameter));
                }
            }
        }
        if has_items && out.arns.is_empty() {
            let has = |form: &&str, item: &Item| {
                item.name.is_empty() || form.contains(&*format!("${{{}}}", item.name))
            };
            let form = kind.arns().find(|form| Item::all(fill).all(|item| has(form, &item)));
            if let Some(form) = form.or_else(|| kind.arns().next()) {
                self.fill_form(fill, form, kind, &mut out)?;
            }
        }
        Ok(out)
    }

    fn fill_form(
        &self,
        fill: &'static str,
        form: &str,
        kind: ResourceType<'_, '_>,
        out: &mut Filled<'t>,
    ) -> Result<(), UnknownResource> {
        let mut any_path = false;
        let mut any_value = false;
        let mut slots: Vec<(Item, Option<Slot>)> = Vec::new();
        for item in Item::all(fill) {
            if item.paths == "?" {
                slots.push((item, None));
                continue;
            }
            if item.paths == "\"*\"" {
                let parts = vec![(ArnPattern::known("*"), Account::Own)];
                slots.push((item, Some(Slot { parts, by_rule: true })));
                continue;
            }
            let is_place = matches!(item.name, "Account" | "Region");
            let before = before(form, item.name);
            let seen = out.seen.len();
            let slot = self.slot(item, before, kind, out)?;
            if slot.is_none() && out.seen.len() > seen {
                // It is named, but not by what fills the form: it has the whole ARN, or is of another type.
                return Ok(());
            }
            any_path |= !is_place;
            any_value |= slot.is_some() && !is_place;
            if slot.is_none() && (item.must || is_place) {
                if is_place {
                    continue;
                }
                return Ok(());
            }
            slots.push((item, slot));
        }
        if any_path && !any_value {
            return Ok(());
        }
        let many = slots.iter().filter(|(_, slot)| slot.as_ref().is_some_and(|own| own.parts.len() > 1));
        if many.count() > 1 {
            return Err(UnknownResource::Form);
        }
        let count = slots.iter().filter_map(|(_, slot)| slot.as_ref()).map(|own| own.parts.len()).max();
        let by_rule = slots.iter().any(|(_, slot)| slot.as_ref().is_none_or(|own| own.by_rule));
        let origin = if by_rule { Origin::Rule } else { Origin::Parameter };
        out.is_partial = slots.iter().any(|(item, slot)| item.is_path() && slot.is_none());
        for at in 0..count.unwrap_or(1) {
            out.arns.push((self.compose(form, &slots, at), origin));
        }
        Ok(())
    }

    /// What a parameter has for a placeholder. Whole ARNs go to `out`.
    fn slot(
        &self,
        item: Item,
        before: &str,
        kind: ResourceType<'_, '_>,
        out: &mut Filled<'t>,
    ) -> Result<Option<Slot>, UnknownResource> {
        let at = Context { tree: self.tree, before, operation: self.operation, failed: self.failed };
        let mut slot = Slot { parts: Vec::new(), by_rule: false };
        for alternative in item.paths.split('|') {
            let (path, rule) = alternative.split_once('~').unwrap_or((alternative, ""));
            if path == "%" {
                out.untold |= slot.parts.is_empty() && out.arns.is_empty();
                continue;
            }
            let texts = if rule == "keys" {
                let objects = self.values(path)?;
                objects.into_iter().flat_map(Tree::members).map(|(name, _)| name).collect()
            } else {
                self.texts_for(path, item.name, &mut slot)?
            };
            for text in texts {
                out.seen.push(text);
                let fits = text.starts_with("arn:") && fit_of(text, kind).is_some();
                match apply(if rule == "keys" { "" } else { rule }, text, fits, at) {
                    Applied::Part(arn, account) => slot.parts.push((arn, account)),
                    Applied::Whole(arn) => {
                        let plain = arn.exact() == Some(text);
                        let origin = if plain { Origin::Parameter } else { Origin::Rule };
                        out.arns.push((arn, origin));
                    }
                    Applied::OfAnother => continue,
                    Applied::Nothing => {
                        out.claimed.push(text);
                        continue;
                    }
                    Applied::Fails(reason) => return Err(reason),
                }
                out.claimed.push(text);
                out.paths.push(path);
                slot.by_rule |= !rule.is_empty();
            }
            if slot.parts.len().saturating_add(out.arns.len()) > MOST {
                return Err(UnknownResource::TooMany);
            }
        }
        Ok((!slot.parts.is_empty()).then_some(slot))
    }

    /// The texts of a parameter that fills a placeholder. A number is one, where no zero before it can be lost.
    fn texts_for(&self, path: &str, name: &str, slot: &mut Slot) -> Result<Vec<&'t str>, UnknownResource> {
        let values = self.values(path)?;
        if let [Tree::Number(number)] = values.as_slice()
            && !name.contains("Account")
        {
            slot.parts.push((ArnPattern::known(&number.to_string()), Account::Own));
            return Ok(Vec::new());
        }
        self.texts(path)
    }

    /// The form with what fills it.
    fn compose(&self, form: &str, slots: &[(Item, Option<Slot>)], at: usize) -> ArnPattern {
        let part_of = |slot: &'_ Slot| slot.parts.get(at).or_else(|| slot.parts.first()).cloned();
        let find = |name: &str| slots.iter().find(|(item, _)| item.name == name);
        let account = slots
            .iter()
            .filter_map(|(_, slot)| part_of(slot.as_ref()?))
            .map(|(_, account)| account)
            .find(|account| *account != Account::Own);
        compose(form, self.place, |name, is_account, out| {
            if let Some((_, slot)) = find(name) {
                match slot.as_ref().and_then(part_of) {
                    Some((part, _)) => out.extend(&part),
                    None => out.push_unknown(),
                }
                return true;
            }
            match &account {
                Some(Account::Given(own)) if is_account => out.push(own),
                Some(Account::Unknown) if is_account => out.push_unknown(),
                Some(Account::Given(_) | Account::Unknown | Account::Own) | None if is_account => {
                    return false;
                }
                Some(Account::Given(_) | Account::Unknown | Account::Own) | None => {
                    match slots.iter().find(|(item, _)| item.name.is_empty()) {
                        Some((_, Some(slot))) if !matches!(name, "Partition" | "Region") => {
                            match part_of(slot) {
                                Some((part, _)) => out.extend(&part),
                                None => out.push_unknown(),
                            }
                        }
                        Some(_) | None => return false,
                    }
                }
            }
            true
        })
    }
}

/// The text of a form just before a placeholder.
fn before<'f>(form: &'f str, name: &str) -> &'f str {
    if name.is_empty() {
        return form.rsplit_once("${").map_or("", |(before, _)| before);
    }
    let head = form.split_once(&*format!("${{{name}}}")).map_or("", |(before, _)| before);
    head.rsplit_once('}').map_or(head, |(_, behind)| behind)
}

/// A form whose placeholders are filled: by `fill`, which is told the name and whether it stands for the account, or else by the place of the
/// request, or not at all.
pub(super) fn compose(
    form: &str,
    place: Place<'_>,
    fill: impl Fn(&str, bool, &mut ArnPattern) -> bool,
) -> ArnPattern {
    let mut out = ArnPattern::default();
    let mut colons = 0_usize;
    for (at, piece) in form.split("${").enumerate() {
        let literal = match piece.split_once('}').filter(|_| at > 0) {
            None => piece,
            Some((name, literal)) => {
                let is_account = name == "Account" || colons == 4;
                if !fill(name, is_account, &mut out) {
                    let own = match name {
                        "Partition" => Some(place.partition),
                        "Region" => place.region,
                        _ if is_account => place.account,
                        _ => None,
                    };
                    match own {
                        Some(own) => out.push(own),
                        None => out.push_unknown(),
                    }
                }
                literal
            }
        };
        colons = colons.saturating_add(literal.bytes().filter(|byte| *byte == b':').count());
        for (at, text) in literal.split('*').enumerate() {
            if at > 0 {
                out.push_unknown();
            }
            out.push(text);
        }
    }
    out
}
