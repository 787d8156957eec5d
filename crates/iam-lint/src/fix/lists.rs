//! Elements of lists, and statements that do nothing.

use iam_json::{Change, Kind, json_text, quoted};

use super::{Fix, Site, Spot, member, without_statement};
use crate::find::trust::missing_calls;

/// A value that another one includes. A variable without a value changes what NotResource says (rule 3.27).
pub(super) fn redundant(site: &Site<'_, '_>) -> Option<Fix> {
    if site.spot.key.is_some() || site.spot.others() == 0 {
        return None;
    }
    let text = site.text()?;
    let is_not = site.statement()?.resources.as_ref().is_some_and(|list| list.is_not);
    let of_resources = site.problem.code.name() == "REDUNDANT_RESOURCE";
    let is_safe = !(of_resources && is_not && text.contains("${"));
    Fix::new(is_safe, format!("leave {} out", quoted(&text)), vec![site.spot.removed()])
}

/// A statement that does nothing, or says again what another one says.
pub(super) fn statement(site: &Site<'_, '_>) -> Option<Fix> {
    let changes = without_statement(site.doc, site.statement()?)?;
    Fix::new(true, "leave the statement out", changes)
}

/// A list of principals without one.
pub(super) fn nobody(site: &Site<'_, '_>) -> Option<Fix> {
    let statement = site.statement()?;
    let principals = statement.principals.as_ref().filter(|own| !own.is_not)?;
    if !principals.entries.is_empty() && site.spot.key.is_some() && site.spot.others() > 0 {
        let says = "leave the empty list of principals out";
        return Fix::new(true, says, vec![site.spot.removed()]);
    }
    if !principals.entries.is_empty() {
        return None;
    }
    Fix::new(true, "leave the statement out: it applies to nobody", without_statement(site.doc, statement)?)
}

/// An element that does not belong into its list. The list must have another one.
pub(super) fn one_of_several(site: &Site<'_, '_>) -> Option<Fix> {
    if site.spot.key.is_some() || site.spot.others() == 0 {
        return None;
    }
    Fix::new(false, format!("leave {} out", quoted(&site.text()?)), vec![site.spot.removed()])
}

/// An element that does not belong into its list. Which policy it is may be a guess, so that a Deny keeps what it has.
pub(super) fn one_of_a_grant(site: &Site<'_, '_>) -> Option<Fix> {
    site.statement().filter(|own| own.allows()).and_then(|_| one_of_several(site))
}

pub(super) fn pass_role(site: &Site<'_, '_>) -> Option<Fix> {
    with_action(site, "NotAction", &["iam:PassRole"])
}

pub(super) fn service_linked_role(site: &Site<'_, '_>) -> Option<Fix> {
    with_action(site, "NotAction", &["iam:CreateServiceLinkedRole"])
}

pub(super) fn roles_anywhere(site: &Site<'_, '_>) -> Option<Fix> {
    with_action(site, "Action", &missing_calls(site.doc))
}

/// Actions added to an element of the statement.
fn with_action(site: &Site<'_, '_>, element: &str, actions: &[&str]) -> Option<Fix> {
    let own = member(site.statement()?.value, element)?;
    let says = format!("add {} to {element}", actions.join(" and "));
    let texts: Vec<String> = actions.iter().map(|action| json_text(action)).collect();
    let change = match own.value.kind() {
        Kind::String => {
            let json = format!("[{}, {}]", own.value.raw(), texts.join(", "));
            Change::Write { span: own.value.span(), json }
        }
        Kind::Array => {
            let last = own.value.items().last()?;
            let beside = Spot { parent: own.value, key: None, value: last }.span();
            // Several elements are added as one text: each of them would be beside the same one.
            Change::Add { beside, before: false, name: None, json: texts.join(", ") }
        }
        Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::Object => return None,
    };
    (!actions.is_empty()).then(|| Fix::new(false, says, vec![change]))?
}
