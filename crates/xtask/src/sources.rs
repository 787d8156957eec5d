//! The source files of a crate, parsed, as its `mod` items name them.

use std::fs;
use std::path::{Path, PathBuf};

use super::structure;

/// A file of a crate.
pub(crate) struct Source {
    pub(crate) file: PathBuf,
    pub(crate) syntax: syn::File,
    /// Whether it is compiled for tests only.
    pub(crate) test: bool,
}

/// Every file in `folder/src`, starting from `lib.rs` and `main.rs`, as far as there are these.
///
/// A file that no `mod` item names is an error, because nothing would check it.
pub(crate) fn of_crate(folder: &Path) -> Result<Vec<Source>, String> {
    let mut found = Vec::new();
    let root = folder.join("src");
    let (lib, main) = (root.join("lib.rs"), root.join("main.rs"));
    let is_program = main.exists() || !lib.exists();
    if lib.exists() {
        read(&lib, &root, false, &mut found)?;
    }
    if is_program {
        read(&main, &root, false, &mut found)?;
    }
    let mut on_disk = Vec::new();
    structure::files(&root, "rs", &mut on_disk)?;
    for file in on_disk {
        if !found.iter().any(|source| source.file == file) {
            return Err(format!("{}: no mod line names it", file.display()));
        }
    }
    Ok(found)
}

/// Reads `file`, whose modules are in the folder `modules`.
fn read(file: &Path, modules: &Path, test: bool, found: &mut Vec<Source>) -> Result<(), String> {
    let code = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let syntax = syn::parse_file(&code).map_err(|e| format!("{}: {e}", file.display()))?;
    follow(&syntax.items, modules, test, found)?;
    found.push(Source { file: file.to_owned(), syntax, test });
    Ok(())
}

fn follow(items: &[syn::Item], folder: &Path, test: bool, found: &mut Vec<Source>) -> Result<(), String> {
    for item in items {
        let syn::Item::Mod(module) = item else { continue };
        let test = test || for_tests(&module.attrs);
        let below = folder.join(module.ident.to_string());
        if let Some((_, items)) = &module.content {
            follow(items, &below, test, found)?;
            continue;
        }
        if module.attrs.iter().any(|a| a.path().is_ident("path")) {
            return Err(format!("mod {}: a path attribute hides the file from these checks", module.ident));
        }
        let beside = below.with_extension("rs");
        let file = if beside.exists() { beside } else { below.join("mod.rs") };
        read(&file, &below, test, found)?;
    }
    Ok(())
}

/// Whether an item is compiled for tests only.
pub(crate) fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let only = |name: &str| attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident(name));
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg") && (only("test") || only("doctest")))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    #[test]
    fn every_file_is_found_through_its_mod_line() {
        let folder = std::env::temp_dir().join(format!("xtask-sources-{}", std::process::id()));
        let write = |file: &str, text: &str| {
            let path = folder.join("src").join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("written");
        };
        write("lib.rs", "mod a; mod c { mod d; } #[cfg(test)] mod t;");
        write("a.rs", "mod b;");
        write("a/b.rs", "");
        write("c/d/mod.rs", "");
        write("t.rs", "");
        let found = super::of_crate(&folder).expect("all found");
        let tests = found.iter().filter(|source| source.test).map(|source| source.file.clone());
        assert_eq!(found.len(), 5);
        assert_eq!(tests.collect::<Vec<_>>(), [folder.join("src/t.rs")]);
        write("a/orphan.rs", "");
        let said = super::of_crate(&folder).err().expect("an orphan");
        assert!(said.ends_with("a/orphan.rs: no mod line names it"), "{said}");
        fs::remove_file(folder.join("src/a/orphan.rs")).expect("removed");
        fs::rename(folder.join("src/lib.rs"), folder.join("src/main.rs")).expect("renamed");
        assert_eq!(super::of_crate(&folder).expect("a program").len(), 5);
        fs::remove_dir_all(folder).expect("removed");
    }
}
