//! Items as one line of text each.

use syn::{Fields, Item, ItemImpl, Signature, TraitItem, Type, Variant, parse_quote};

use super::list::has_private_fields;

/// Implementations that the compiler adds for its own use.
const INTERNAL: &[&str] = &["StructuralPartialEq", "TrivialClone"];

/// The head of an item, without its members and body.
pub(super) fn header(item: &Item, path: &str) -> Result<String, String> {
    let mut private = false;
    let (name, attributes, bare): (_, _, Item) = match item.clone() {
        Item::Fn(i) => return Ok(format!("pub {}", function(&i.sig, parent(path)))),
        Item::Const(i) => return Ok(format!("pub const {path}: {}", of_type(&i.ty))),
        Item::Static(i) => return Ok(format!("pub static {path}: {}", of_type(&i.ty))),
        Item::Struct(mut i) => {
            private = has_private_fields(&i.fields);
            i.fields = Fields::Unit;
            (i.ident.clone(), std::mem::take(&mut i.attrs), Item::Struct(i))
        }
        Item::Enum(mut i) => {
            i.variants.clear();
            (i.ident.clone(), std::mem::take(&mut i.attrs), Item::Enum(i))
        }
        Item::Trait(mut i) => {
            i.items.clear();
            (i.ident.clone(), std::mem::take(&mut i.attrs), Item::Trait(i))
        }
        Item::Type(mut i) => (i.ident.clone(), std::mem::take(&mut i.attrs), Item::Type(i)),
        _ => return Err(format!("{path}: an item of a kind that cannot be listed yet")),
    };
    let text = one_line(bare).trim_end_matches([';', ' ', '{', '}']).to_owned();
    let open = attributes.iter().any(|a| a.path().is_ident("non_exhaustive"));
    Ok(format!(
        "{}{}{}",
        if open { "#[non_exhaustive] " } else { "" },
        text.replacen(&format!(" {name}"), &format!(" {path}"), 1),
        if private { " { .. }" } else { "" }
    ))
}

fn parent(path: &str) -> &str {
    path.rsplit_once("::").map_or(path, |(parent, _)| parent)
}

/// A function below `path`.
pub(super) fn function(signature: &Signature, path: &str) -> String {
    let text = one_line(parse_quote!(#signature {}));
    let name = &signature.ident;
    text.trim_end_matches([' ', '{', '}']).replacen(&format!("fn {name}"), &format!("fn {path}::{name}"), 1)
}

/// A type as the source writes it.
pub(super) fn of_type(of: &Type) -> String {
    let text = one_line(parse_quote!(type X = #of;));
    text.trim_start_matches("type X = ").trim_end_matches(';').to_owned()
}

/// A variant with its fields.
pub(super) fn variant(variant: &Variant) -> String {
    let mut variant = variant.clone();
    variant.attrs.clear();
    variant.fields.iter_mut().for_each(|field| field.attrs.clear());
    let text = one_line(parse_quote!(enum X { #variant }));
    text.trim_start_matches("enum X { ").trim_end_matches([' ', '}', ',']).to_owned()
        + if matches!(variant.fields, Fields::Named(_)) { " }" } else { "" }
}

/// A constant or type of a trait.
pub(super) fn in_trait(item: &TraitItem) -> String {
    let mut item = item.clone();
    match &mut item {
        TraitItem::Const(item) => item.attrs.clear(),
        TraitItem::Type(item) => item.attrs.clear(),
        _ => {}
    }
    one_line(parse_quote!(trait X { #item }))
        .trim_start_matches("trait X { ")
        .trim_end_matches(" }")
        .to_owned()
}

/// An implementation of a trait, with its associated types. `path` replaces the name of the type.
pub(super) fn implementation(implementation: &ItemImpl, path: Option<&str>) -> String {
    let mut implementation = implementation.clone();
    implementation.attrs.clear();
    implementation.items.retain(|item| matches!(item, syn::ImplItem::Type(_)));
    if let Some((of, _)) = &mut implementation.trait_ {
        of.leading_colon = None;
        of.segments = of.segments.last().cloned().into_iter().collect();
    }
    if let (Some(path), Type::Path(of)) = (path, bare(&mut implementation.self_ty)) {
        let arguments = of.path.segments.last().map(|last| last.arguments.clone()).unwrap_or_default();
        if let Ok(mut path) = syn::parse_str::<syn::Path>(path) {
            if let Some(last) = path.segments.last_mut() {
                last.arguments = arguments;
            }
            of.path = path;
        }
    }
    one_line(Item::Impl(implementation)).trim_end_matches(" {}").to_owned()
}

/// The type behind references.
fn bare(of: &mut Type) -> &mut Type {
    match of {
        Type::Reference(reference) => bare(&mut reference.elem),
        other => other,
    }
}

/// The path of a named type, behind references.
pub(super) fn path_of(of: &Type) -> Option<Vec<String>> {
    match of {
        Type::Path(of) => Some(of.path.segments.iter().map(|s| s.ident.to_string()).collect()),
        Type::Reference(reference) => path_of(&reference.elem),
        _ => None,
    }
}

/// Whether the compiler added an implementation for its own use.
pub(super) fn is_internal(implementation: &ItemImpl) -> bool {
    implementation.trait_.as_ref().is_some_and(|(of, _)| {
        of.segments.last().is_some_and(|last| INTERNAL.iter().any(|name| last.ident == name))
    })
}

/// An item on one line, in the usual spacing.
fn one_line(item: Item) -> String {
    let file = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] };
    let text = prettyplease::unparse(&file);
    let mut line = String::new();
    for part in text.lines().map(|part| part.trim_matches(' ')) {
        let closes = part.starts_with([')', ']', '>']);
        if closes {
            line.truncate(line.trim_end_matches(',').len());
        } else if !line.is_empty() && !line.ends_with(['(', '[', '<']) && !part.starts_with('.') {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_is_joined() {
        let long = "a_rather_long_name_of_a_function_that_does_not_fit_on_one_line";
        let text = format!(
            "fn {long}(first: &'a str, second: BTreeMap<String, Vec<u8>>, third: u8) -> Result<(), Error>"
        );
        let signature: Signature = syn::parse_str(&text).expect("a signature");
        assert_eq!(function(&signature, "k"), text.replace("fn ", "fn k::"));
    }

    #[test]
    fn variants_keep_their_fields() {
        let print = |text: &str| variant(&syn::parse_str(text).expect("a variant"));
        assert_eq!(print("/// A.\nA"), "A");
        assert_eq!(print("B(u8, &'a str)"), "B(u8, &'a str)");
        assert_eq!(print("C { /// x\n a: u8, b: Vec<u8> }"), "C { a: u8, b: Vec<u8> }");
        assert_eq!(print("D = 4"), "D = 4");
    }

    #[test]
    fn implementations_name_the_public_path() {
        let print =
            |text: &str| implementation(&syn::parse_str(text).expect("an implementation"), Some("k::m::S"));
        assert_eq!(
            print("impl<'a> ::core::clone::Clone for S<'a> { fn clone(&self) -> Self { *self } }"),
            "impl<'a> Clone for k::m::S<'a>"
        );
        assert_eq!(
            print("impl Iterator for &'a S { type Item = u8; fn next(&mut self) -> Option<u8> { None } }"),
            "impl Iterator for &'a k::m::S { type Item = u8; }"
        );
    }
}
