//! The days of the data about AWS on which answers rest.

use iamgate::ManagedPolicies;
use iamgate::iam_catalog::{Catalog, Details};
use serde::Serialize;

use crate::words::list;

/// The days of the data about AWS on which an answer rests, as `YYYY-MM-DD`. A day is left out if the answer does not rest on these data.
///
/// AWS changes its actions and its managed policies all the time, so an answer holds as of the day of its data. An answer has days and never
/// an age: the same input gives the same bytes on every day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DataDates {
    /// The day of the catalogue: names and levels of the actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<String>,
    /// The day of the details of the catalogue: resource types and condition keys of the actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// The day of the newest of the pinned AWS managed policies. Also left out if their manifest has no days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_policies: Option<String>,
}

impl DataDates {
    /// The same with the day of a catalogue.
    #[must_use]
    pub fn with_catalogue(self, catalog: &Catalog<'_>) -> Self {
        Self { catalogue: Some(catalog.date().to_owned()), ..self }
    }

    /// The same with the day of details.
    #[must_use]
    pub fn with_details(self, details: &Details<'_>) -> Self {
        Self { details: Some(details.date().to_owned()), ..self }
    }

    /// The same with the day of managed policies.
    #[must_use]
    pub fn with_managed(self, managed: &ManagedPolicies) -> Self {
        Self { managed_policies: managed.date().map(str::to_owned), ..self }
    }

    /// The days in one sentence. Empty if there are none.
    pub fn sentence(&self) -> String {
        let about = [
            ("the catalogue of actions", &self.catalogue),
            ("the resources and condition keys of actions", &self.details),
            ("the newest AWS managed policy", &self.managed_policies),
        ];
        let mut by_day: Vec<(&str, Vec<&str>)> = Vec::new();
        for (what, day) in about {
            let Some(day) = day.as_deref() else { continue };
            match by_day.iter_mut().find(|(own, _)| *own == day) {
                Some((_, all)) => all.push(what),
                None => by_day.push((day, vec![what])),
            }
        }
        if by_day.is_empty() {
            return String::new();
        }
        let parts = by_day.iter().map(|(day, all)| {
            let names = list(all.iter().map(|&name| name.to_owned()), "and");
            format!("{names} of {day}")
        });
        format!("Data of AWS: {}.", parts.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_each_day_once() {
        let day = |text: &str| Some(text.to_owned());
        let mut dates = DataDates::default();
        assert_eq!(dates.sentence(), "");
        dates.catalogue = day("2026-09-26");
        dates.details = day("2026-09-26");
        dates.managed_policies = day("2026-08-17");
        assert_eq!(
            dates.sentence(),
            "Data of AWS: the catalogue of actions and the resources and condition keys of actions of 2026-09-26; the newest AWS managed policy of \
             2026-08-17."
        );
    }
}
