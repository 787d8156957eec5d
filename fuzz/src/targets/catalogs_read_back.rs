//! An accepted catalogue text has the same content after it is written again, and everything in it is found by its name in any ASCII case. In a
//! text of details, every action and every condition key is found.

use iam_catalog::{AccessLevel, Catalog, Details, SensitivityClass};

use crate::input;

pub fn catalogs_read_back(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    if let Ok(catalog) = Catalog::parse(text) {
        let written = written(&catalog, usize::MAX);
        let again = Catalog::parse(&written).unwrap_or_else(|error| panic!("{written:?}: {error}"));
        assert!(again.actions().eq(catalog.actions()), "{written:?}");
        let service =
            |s: iam_catalog::Service<'_, '_>| format!("{} {} {}", s.prefix(), s.name(), s.supports_rcp());
        assert!(again.services().map(service).eq(catalog.services().map(service)), "{written:?}");
        assert_eq!((again.date(), again.source()), (catalog.date(), catalog.source()));
        for action in catalog.actions() {
            for name in [action.to_string(), action.to_string().to_ascii_uppercase()] {
                assert_eq!(catalog.action(&name), Some(action), "{name:?} is not found: {text:?}");
            }
        }
    }
    if let Ok(details) = Details::parse(text) {
        for key in details.condition_keys() {
            let found = details.condition_key(&key.name.to_ascii_uppercase());
            assert!(found.is_some_and(|found| key.is_family() || found == key), "{key:?}: {found:?}");
        }
        let mut prefix = "";
        for line in text.lines().skip(4) {
            prefix = line.strip_prefix('@').unwrap_or(prefix);
            if let Some(name) = line.strip_prefix('a').and_then(|rest| rest.split('\t').next()) {
                let full = format!("{prefix}:{name}");
                let found =
                    details.action(&full).unwrap_or_else(|| panic!("{full:?} is not found: {text:?}"));
                let _ = (found.condition_keys(), found.resources().count());
            }
        }
    }
}

/// The text of a catalogue's first services.
pub fn written(catalog: &Catalog<'_>, services: usize) -> String {
    let count = catalog.services().take(services).map(|s| s.actions().len()).sum::<usize>();
    let counts = format!("{} {count}", catalog.services().take(services).count());
    let mut text = format!(
        "iam-catalog actions 1\nsource {}\ndate {}\ncounts {counts}\n",
        catalog.source(),
        catalog.date()
    );
    let letter =
        |level| "LRWTP".chars().zip(AccessLevel::ALL).find(|(_, l)| *l == level).map_or('?', |(c, _)| c);
    for service in catalog.services().take(services) {
        text += &format!(
            "@{} {} {}\n",
            service.prefix(),
            if service.supports_rcp() { "rcp" } else { "-" },
            service.name()
        );
        for action in service.actions() {
            let classes: String = action.sensitivity.classes().map(SensitivityClass::letter).collect();
            let gap = if classes.is_empty() { "" } else { " " };
            let narrow =
                action.only_on.map(|(own, arns)| format!(" {}={arns}", own.letter())).unwrap_or_default();
            text += &format!("{}{}{gap}{classes}{narrow}\n", letter(action.level), action.name);
        }
    }
    text
}
