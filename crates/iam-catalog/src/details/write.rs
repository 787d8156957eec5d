//! The text of details, written from their values.

use std::fmt;

use super::Details;
use crate::key::ConditionKey;

/// Writes the text that [`Details::parse`] reads. Two details have the same text only if every look-up has the same result.
impl fmt::Display for Details<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head.write(f, "details")?;
        for key in self.keys.iter().filter(|key| key.global) {
            line(f, 'g', key)?;
        }
        for service in &self.services {
            writeln!(f, "@{}", service.tables.prefix)?;
            for key in &service.tables.keys {
                line(f, 'k', key)?;
            }
            for own in &service.tables.types {
                writeln!(f, "t{}\t{}\t{}", own.name, own.arns, own.keys)?;
            }
            for own in &service.actions {
                writeln!(f, "a{}\t{}\t{}", own.name, own.keys, own.resources)?;
            }
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, mark: char, key: &ConditionKey<'_>) -> fmt::Result {
    let letter = key.key_type.letter();
    let letter = if key.multivalued { letter.to_ascii_uppercase() } else { letter };
    writeln!(f, "{mark}{letter}{}", key.name)
}
