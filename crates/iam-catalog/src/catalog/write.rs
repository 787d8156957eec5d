//! The text of a catalogue, written from its values.

use std::fmt;

use super::{Catalog, CatalogAction};

/// Writes the text that [`Catalog::parse`] reads. Two catalogues have the same text only if every look-up has the same result.
impl fmt::Display for Catalog<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head.write(f, "actions")?;
        for service in self.services() {
            let rcp = if service.supports_rcp() { "rcp" } else { "-" };
            writeln!(f, "@{} {rcp} {}", service.prefix(), service.name())?;
            for action in service.actions() {
                line(f, &action)?;
            }
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, action: &CatalogAction<'_>) -> fmt::Result {
    write!(f, "{}{}", action.level.letter(), action.name)?;
    for (at, class) in action.sensitivity.classes().enumerate() {
        write!(f, "{}{}", if at == 0 { " " } else { "" }, class.letter())?;
    }
    if let Some((class, pattern)) = action.only_on {
        write!(f, " {}={pattern}", class.letter())?;
    }
    writeln!(f)
}
