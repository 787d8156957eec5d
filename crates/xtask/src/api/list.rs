//! The public items of a crate, and their paths.

use std::collections::BTreeMap;

use syn::{Fields, ImplItem, Item, TraitItem, UseTree, Visibility};

use super::print;

/// A module's path from the root of the crate, and a name in it.
type Name = (Vec<String>, String);

/// The lines of a crate, sorted by path.
pub(super) fn of(name: &str, items: Vec<Item>) -> Result<Vec<String>, String> {
    let mut api = Api { modules: BTreeMap::new(), public: BTreeMap::new(), lines: Vec::new() };
    collect(&[], items, &mut api.modules);
    api.module(&[], name)?;
    api.implementations();
    api.lines.sort();
    api.lines.dedup();
    Ok(api.lines.into_iter().map(|(_, line)| line).collect())
}

struct Api {
    modules: BTreeMap<Vec<String>, Vec<Item>>,
    /// The public path of each item.
    public: BTreeMap<Name, Vec<String>>,
    /// Lines, each with the path by which it is sorted.
    lines: Vec<(String, String)>,
}

fn collect(path: &[String], items: Vec<Item>, modules: &mut BTreeMap<Vec<String>, Vec<Item>>) {
    let mut kept = Vec::new();
    for mut item in items {
        if let Item::Mod(module) = &mut item {
            let below: Vec<String> = path.iter().cloned().chain([module.ident.to_string()]).collect();
            let (_, items) = module.content.take().unwrap_or_default();
            collect(&below, items, modules);
        }
        kept.push(item);
    }
    modules.insert(path.to_vec(), kept);
}

/// The path of each name that a `use` imports, and that name. A glob has the name `*`.
fn leaves(tree: &UseTree, before: &[String]) -> Vec<(Vec<String>, String)> {
    let with = |last: &syn::Ident| before.iter().cloned().chain([last.to_string()]).collect::<Vec<_>>();
    let of_self = |name: String| (before.to_vec(), name);
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(&path.ident)),
        UseTree::Group(group) => group.items.iter().flat_map(|tree| leaves(tree, before)).collect(),
        UseTree::Name(name) if name.ident == "self" => {
            vec![of_self(before.last().cloned().unwrap_or_default())]
        }
        UseTree::Name(name) => vec![(with(&name.ident), name.ident.to_string())],
        UseTree::Rename(rename) if rename.ident == "self" => vec![of_self(rename.rename.to_string())],
        UseTree::Rename(rename) => vec![(with(&rename.ident), rename.rename.to_string())],
        UseTree::Glob(_) => vec![of_self("*".to_owned())],
    }
}

/// The name and visibility of an item that has both, except macros and imports.
fn named(item: &Item) -> Option<(&syn::Ident, &Visibility)> {
    match item {
        Item::Const(i) => Some((&i.ident, &i.vis)),
        Item::Enum(i) => Some((&i.ident, &i.vis)),
        Item::Fn(i) => Some((&i.sig.ident, &i.vis)),
        Item::Mod(i) => Some((&i.ident, &i.vis)),
        Item::Static(i) => Some((&i.ident, &i.vis)),
        Item::Struct(i) => Some((&i.ident, &i.vis)),
        Item::Trait(i) => Some((&i.ident, &i.vis)),
        Item::Type(i) => Some((&i.ident, &i.vis)),
        Item::Union(i) => Some((&i.ident, &i.vis)),
        _ => None,
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

impl Api {
    fn line(&mut self, path: &str, line: String) {
        self.lines.push((path.to_owned(), line));
    }

    /// The item of this crate to which a path leads from a module.
    fn resolve(&self, module: &[String], path: &[String]) -> Option<Name> {
        let mut here = module.to_vec();
        let mut rest = path;
        while let [first, after @ ..] = rest {
            match first.as_str() {
                "crate" => here.clear(),
                "self" => {}
                "super" => drop(here.pop()),
                _ => break,
            }
            rest = after;
        }
        let (last, folders) = rest.split_last()?;
        for folder in folders {
            let name = self.find(&here, folder)?;
            here = name.0;
            here.push(name.1);
            self.modules.get(&here)?;
        }
        self.find(&here, last)
    }

    /// The item to which a name refers in a module.
    fn find(&self, module: &[String], name: &str) -> Option<Name> {
        let items = self.modules.get(module)?;
        if items.iter().filter_map(named).any(|(ident, _)| ident == name) {
            return Some((module.to_vec(), name.to_owned()));
        }
        let uses = items.iter().filter_map(|item| if let Item::Use(i) = item { Some(&i.tree) } else { None });
        // `use x;` of another crate would find itself.
        let mut leaves = uses.flat_map(|tree| leaves(tree, &[])).filter(|(path, _)| path.len() > 1);
        leaves.find(|(_, known)| known == name).and_then(|(path, _)| self.resolve(module, &path))
    }

    /// Adds the public items of a module whose public path is `prefix`.
    fn module(&mut self, module: &[String], prefix: &str) -> Result<(), String> {
        for item in self.modules.get(module).cloned().unwrap_or_default() {
            match &item {
                Item::Use(import) if is_public(&import.vis) => {
                    for (path, name) in leaves(&import.tree, &[]) {
                        self.import(module, &path, &name, prefix)?;
                    }
                }
                Item::Macro(definition)
                    if definition.attrs.iter().any(|a| a.path().is_ident("macro_export")) =>
                {
                    // Wherever it is defined, its path is that of the crate.
                    let root = prefix.split("::").next().unwrap_or(prefix);
                    let name = definition.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                    self.line(&format!("{root}::{name}"), format!("pub macro {root}::{name}!"));
                }
                _ => {
                    if let Some((ident, _)) = named(&item).filter(|(_, visibility)| is_public(visibility)) {
                        let name = ident.to_string();
                        self.item((module.to_vec(), name.clone()), &format!("{prefix}::{name}"))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn import(&mut self, module: &[String], path: &[String], name: &str, prefix: &str) -> Result<(), String> {
        let target = self.resolve(module, path);
        if name == "*" {
            let target = target.map(|(mut module, name)| {
                module.push(name);
                module
            });
            let module =
                target.ok_or_else(|| format!("pub use {}::*: not of this crate", path.join("::")))?;
            return self.module(&module, prefix);
        }
        let found_at = format!("{prefix}::{name}");
        if let Some(target) = target {
            return self.item(target, &found_at);
        }
        let of_crate = path.first().is_some_and(|first| matches!(first.as_str(), "crate" | "self" | "super"));
        if of_crate || self.find(module, &path[0]).is_some() {
            return Err(format!("{prefix}: pub use {} leads nowhere", path.join("::")));
        }
        self.line(&found_at, format!("pub use {found_at} = {}", path.join("::")));
        Ok(())
    }

    /// Adds one item, or several with the same name (a type and a function).
    fn item(&mut self, name: Name, path: &str) -> Result<(), String> {
        let here = self.modules.get(&name.0).cloned().unwrap_or_default();
        for item in here.iter().filter(|item| named(item).is_some_and(|(ident, _)| *ident == name.1)) {
            if let Item::Mod(_) = item {
                let below: Vec<String> = name.0.iter().cloned().chain([name.1.clone()]).collect();
                self.line(path, format!("pub mod {path}"));
                self.module(&below, path)?;
                continue;
            }
            self.line(path, print::header(item, path)?);
            self.members(item, path);
        }
        self.public.entry(name).or_default().push(path.to_owned());
        Ok(())
    }

    /// Adds fields, variants, and the items of a trait.
    fn members(&mut self, item: &Item, path: &str) {
        match item {
            Item::Struct(item) => {
                for (index, field) in item.fields.iter().enumerate().filter(|(_, f)| is_public(&f.vis)) {
                    let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
                    self.line(path, format!("pub {path}::{name}: {}", print::of_type(&field.ty)));
                }
            }
            Item::Enum(item) => {
                for variant in &item.variants {
                    self.line(path, format!("pub {path}::{}", print::variant(variant)));
                }
            }
            Item::Trait(item) => {
                for member in &item.items {
                    let line = match member {
                        TraitItem::Fn(f) => {
                            print::function(&f.sig, path) + if f.default.is_some() { " { .. }" } else { "" }
                        }
                        other => format!("{path}: {}", print::in_trait(other)),
                    };
                    self.line(path, line);
                }
            }
            _ => {}
        }
    }

    /// Adds implementations on public types, and implementations of public traits on foreign types.
    fn implementations(&mut self) {
        let mut found = Vec::new();
        for (module, items) in &self.modules {
            let implementations =
                items.iter().filter_map(|item| if let Item::Impl(i) = item { Some(i) } else { None });
            for implementation in implementations.filter(|i| !print::is_internal(i)) {
                let own =
                    print::path_of(&implementation.self_ty).and_then(|path| self.resolve(module, &path));
                let Some(own) = own else {
                    if implementation.trait_.is_some() {
                        found.push((String::new(), print::implementation(implementation, None)));
                    }
                    continue;
                };
                for path in self.public.get(&own).into_iter().flatten() {
                    if implementation.trait_.is_some() {
                        found.push((path.clone(), print::implementation(implementation, Some(path))));
                        continue;
                    }
                    for member in &implementation.items {
                        let line = match member {
                            ImplItem::Fn(f) if is_public(&f.vis) => {
                                format!("pub {}", print::function(&f.sig, path))
                            }
                            ImplItem::Const(c) if is_public(&c.vis) => {
                                format!("pub const {path}::{}: {}", c.ident, print::of_type(&c.ty))
                            }
                            _ => continue,
                        };
                        found.push((path.clone(), line));
                    }
                }
            }
        }
        self.lines.extend(found);
    }
}

/// Whether other crates cannot build the value by naming its fields.
pub(super) fn has_private_fields(fields: &Fields) -> bool {
    fields.iter().any(|field| !is_public(&field.vis))
}

#[cfg(test)]
mod tests {
    use super::of;

    fn lines(text: &str) -> Vec<String> {
        of("k", syn::parse_file(text).expect("Rust").items).expect("listed")
    }

    #[test]
    fn items_are_listed_where_the_public_finds_them() {
        let text = "mod a { pub struct S { pub x: u8, y: u8 } impl S { pub fn new(x: u8, y: u8) -> Self { S { x, y } } fn z(&self) {} }
              pub fn hidden() {} mod b { use super::S; impl S { pub const N: usize = 1; } } }
            pub mod c { pub use super::a::S as T; pub use std::fmt; pub(crate) fn f() {} }
            pub use a::S; pub use other;";
        assert_eq!(
            lines(text),
            [
                "pub const k::S::N: usize",
                "pub fn k::S::new(x: u8, y: u8) -> Self",
                "pub k::S::x: u8",
                "pub struct k::S { .. }",
                "pub mod k::c",
                "pub const k::c::T::N: usize",
                "pub fn k::c::T::new(x: u8, y: u8) -> Self",
                "pub k::c::T::x: u8",
                "pub struct k::c::T { .. }",
                "pub use k::c::fmt = std::fmt",
                "pub use k::other = other",
            ]
        );
    }

    #[test]
    fn each_change_that_others_see_changes_a_line() {
        let before = "pub struct S; pub enum E { A, B(u8) } pub fn f(a: u8) {} pub trait T { fn g(&self); } impl T for S {}
            #[derive(Clone)] pub struct U { pub a: u8 } pub const C: u8 = 1; pub type A = u8; impl T for u8 {}";
        let changes = [
            ("pub struct S;", "pub struct S(pub u8);"),
            ("A, B(u8)", "A, B(u16)"),
            ("A, B(u8)", "A"),
            ("pub enum E", "#[non_exhaustive] pub enum E"),
            ("f(a: u8)", "f(a: u16)"),
            ("pub fn f", "pub const fn f"),
            ("pub fn f", "fn f"),
            ("fn g(&self);", "fn g(&self) {}"),
            ("impl T for S {}", ""),
            ("impl T for u8 {}", ""),
            ("pub a: u8", "pub a: u8, b: u8"),
            ("C: u8", "C: u16"),
            ("type A = u8", "type A = u16"),
        ];
        for (from, to) in changes {
            assert!(before.contains(from));
            assert_ne!(lines(before), lines(&before.replacen(from, to, 1)), "{from} -> {to}");
        }
        assert_eq!(lines(before), lines(&format!("{before} fn private() {{}} mod m {{ pub struct P; }}")));
    }
}
