//! The hashes of the built-in content, by which a gate knows it.

use std::fmt::Write as _;
use std::fs;

use iamgate::{Catalog, Details, built_in, catalog_sha256, details_sha256};

use super::{Outcome, structure};

const FILE: &str = "crates/iamgate/src/built_in/pins.rs";

/// Writes the hashes, or with `check` compares them.
pub(crate) fn run(check: bool) -> Outcome {
    let path = structure::root()?.join(FILE);
    let wanted = wanted().map_err(|error| error.to_string())?;
    if !check {
        fs::write(&path, wanted).map_err(|error| format!("{FILE}: {error}"))?;
        return Ok(format!("seals: {FILE} written"));
    }
    if fs::read_to_string(&path).ok().as_ref() != Some(&wanted) {
        return Err(format!("{FILE} has other hashes than the built-in content: run `cargo xtask seals`"));
    }
    Ok("seals: the hashes are those of the built-in content".into())
}

fn wanted() -> Result<String, Box<dyn std::error::Error>> {
    let (catalog, details) = (Catalog::embedded()?, Details::embedded()?);
    let managed = built_in::managed()?;
    let mut text = format!(
        "//! The hashes of the built-in content, by which a gate knows it. Written by `cargo xtask seals`.\n\n\
         /// The hash of the content of the embedded catalogue.\n\
         pub const CATALOG_SHA256: &str = \"{}\";\n\n\
         /// The hash of the content of the embedded details.\n\
         pub const DETAILS_SHA256: &str = \"{}\";\n\n\
         /// The hash of the content of each built-in profile with the built-in managed policies, by its name.\n\
         pub const PROFILES_SHA256: &[(&str, &str)] = &[\n",
        catalog_sha256(&catalog),
        details_sha256(&details)
    );
    for profile in built_in::profiles("123456789012", &managed)? {
        writeln!(text, "    (\"{}\", \"{}\"),", profile.name(), profile.sha256())?;
    }
    text.push_str("];\n");
    Ok(text)
}
