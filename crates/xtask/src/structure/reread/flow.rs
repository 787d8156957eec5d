//! What flows where: functions, and what their results and their readers take from their parameters.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::visit::{self, Visit};

use super::TEXTS;
use super::walk::Walk;
use crate::sources::for_tests;

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flow {
    /// Whether it has JSON that was printed.
    pub(super) printed: bool,
    /// The parameters of the function that it has a part of.
    pub(super) parameters: BTreeSet<usize>,
}

impl Flow {
    pub(super) fn printed() -> Self {
        Self { printed: true, ..Self::default() }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.printed |= other.printed;
        self.parameters.extend(&other.parameters);
    }
}

/// What a function does with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// Where its result comes from.
    pub(super) result: Flow,
    /// The parameters that it reads as JSON.
    pub(super) reads: BTreeSet<usize>,
}

/// A function of the product.
pub(super) struct Function {
    file: String,
    /// The type of its `impl` block.
    pub(super) owner: Option<String>,
    pub(super) is_method: bool,
    /// The pattern of each parameter; `None` for `self`.
    pub(super) parameters: Vec<Option<syn::Pat>>,
    /// Whether each parameter may hold a text, by its type.
    pub(super) takes_text: Vec<bool>,
    /// Whether the result may hold a text, by its type.
    pub(super) gives_text: bool,
    /// `None` for a function of a trait, whose body is elsewhere.
    pub(super) body: Option<syn::Block>,
}

impl Function {
    /// Whether the function may be named through a module: that of its file, or one above it that exports it.
    fn is_in(&self, module: &str) -> bool {
        let path = self.file.replace('\\', "/");
        path.trim_end_matches(".rs").split('/').any(|part| part.replace('-', "_") == module)
    }
}

/// The functions and structs of the product.
#[derive(Default)]
pub(super) struct Product {
    functions: Vec<Function>,
    by_name: BTreeMap<String, Vec<usize>>,
    /// The structs that have a member of this name.
    pub(super) members: BTreeMap<String, BTreeSet<String>>,
}

/// What is known so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) summaries: Vec<Summary>,
    /// Structs and their members that hold JSON that was printed.
    pub(super) printed: BTreeSet<(String, String)>,
    pub(super) places: BTreeSet<(String, usize)>,
}

impl Product {
    /// Adds the functions and structs of a file.
    pub(super) fn add(&mut self, file: &str, syntax: &syn::File) {
        Collect { product: self, file, owner: None }.visit_file(syntax);
    }

    /// The places at which JSON is read that was printed, by file and line.
    pub(super) fn places(&self) -> Vec<(String, usize)> {
        let mut known =
            Known { summaries: vec![Summary::default(); self.functions.len()], ..Known::default() };
        // What is known only grows, so this ends.
        loop {
            let mut next = known.clone();
            for (at, function) in self.functions.iter().enumerate() {
                let summary = Walk::of(self, &mut next, &function.file, function);
                next.summaries[at] = summary;
            }
            if next == known {
                return known.places.into_iter().collect();
            }
            known = next;
        }
    }

    /// The functions of a type that a path may call.
    pub(super) fn associated(&self, owner: &str, name: &str) -> Vec<usize> {
        self.named(name)
            .filter(|(_, function)| function.owner.as_deref() == Some(owner))
            .map(|(at, _)| at)
            .collect()
    }

    /// The functions without a type that a path may call: those of the named module; without a module, those of the same file, or else all.
    pub(super) fn free(&self, module: Option<&str>, file: &str, name: &str) -> Vec<usize> {
        let all: Vec<(usize, &Function)> = self.named(name).filter(|(_, own)| own.owner.is_none()).collect();
        let those = |fits: &dyn Fn(&Function) -> bool| -> Vec<usize> {
            all.iter().filter(|(_, function)| fits(function)).map(|(at, _)| *at).collect()
        };
        if let Some(module) = module {
            return those(&|function| function.is_in(module));
        }
        let near = those(&|function| function.file == file);
        if near.is_empty() { those(&|_| true) } else { near }
    }

    /// The methods that a call with so many arguments may mean.
    pub(super) fn methods(&self, name: &str, arguments: usize) -> Vec<usize> {
        let fits = |function: &Function| function.is_method && function.parameters.len() == arguments + 1;
        self.named(name).filter(|(_, function)| fits(function)).map(|(at, _)| at).collect()
    }

    fn named<'p>(&'p self, name: &str) -> impl Iterator<Item = (usize, &'p Function)> {
        self.by_name.get(name).into_iter().flatten().map(|&at| (at, &self.functions[at]))
    }

    /// Whether a member of this name holds JSON that was printed, whichever struct it belongs to.
    pub(super) fn is_printed(&self, known: &Known, member: &str) -> bool {
        self.members.get(member).is_some_and(|structs| {
            structs.iter().all(|owner| known.printed.contains(&(owner.clone(), member.to_owned())))
        })
    }
}

struct Collect<'p> {
    product: &'p mut Product,
    file: &'p str,
    owner: Option<String>,
}

impl Collect<'_> {
    fn function(&mut self, signature: &syn::Signature, body: Option<&syn::Block>) {
        let takes_text = |input: &syn::FnArg| match input {
            syn::FnArg::Receiver(_) => false,
            syn::FnArg::Typed(typed) => holds_text(&typed.ty, &signature.generics),
        };
        let gives_text = match &signature.output {
            syn::ReturnType::Default => false,
            syn::ReturnType::Type(_, given) => holds_text(given, &signature.generics),
        };
        let parameters: Vec<Option<syn::Pat>> = signature
            .inputs
            .iter()
            .map(|input| match input {
                syn::FnArg::Receiver(_) => None,
                syn::FnArg::Typed(typed) => Some((*typed.pat).clone()),
            })
            .collect();
        let name = signature.ident.to_string();
        let at = self.product.functions.len();
        self.product.by_name.entry(name.clone()).or_default().push(at);
        self.product.functions.push(Function {
            file: self.file.to_owned(),
            owner: self.owner.clone(),
            is_method: parameters.first().is_some_and(Option::is_none),
            takes_text: signature.inputs.iter().map(takes_text).collect(),
            gives_text,
            parameters,
            body: body.cloned(),
        });
    }
}

impl<'s> Visit<'s> for Collect<'_> {
    fn visit_item_mod(&mut self, item: &'s syn::ItemMod) {
        if !for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_struct(&mut self, item: &'s syn::ItemStruct) {
        for name in item.fields.iter().filter_map(|field| field.ident.as_ref()) {
            self.product.members.entry(name.to_string()).or_default().insert(item.ident.to_string());
        }
    }

    fn visit_item_impl(&mut self, item: &'s syn::ItemImpl) {
        if for_tests(&item.attrs) {
            return;
        }
        let before = self.owner.take();
        if let syn::Type::Path(path) = &*item.self_ty {
            self.owner = path.path.segments.last().map(|last| last.ident.to_string());
        }
        visit::visit_item_impl(self, item);
        self.owner = before;
    }

    fn visit_item_fn(&mut self, item: &'s syn::ItemFn) {
        if !for_tests(&item.attrs) {
            let before = self.owner.take();
            self.function(&item.sig, Some(&item.block));
            visit::visit_item_fn(self, item);
            self.owner = before;
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'s syn::ImplItemFn) {
        if !for_tests(&item.attrs) {
            self.function(&item.sig, Some(&item.block));
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'s syn::TraitItemFn) {
        self.function(&item.sig, item.default.as_ref());
    }
}

/// Whether a value of this type may hold a text. A type parameter may if it has no bounds, or bounds that name a text.
fn holds_text(held: &syn::Type, generics: &syn::Generics) -> bool {
    let names = |tokens: proc_macro2::TokenStream| -> BTreeSet<String> {
        let text = tokens.to_string();
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words.map(str::to_owned).collect()
    };
    let is_text = |names: &BTreeSet<String>| TEXTS.iter().any(|text| names.contains(*text));
    let own = names(held.to_token_stream());
    let by_bound = |parameter: &syn::TypeParam| {
        own.contains(&parameter.ident.to_string())
            && (parameter.bounds.is_empty() || is_text(&names(parameter.bounds.to_token_stream())))
    };
    is_text(&own) || generics.type_params().any(by_bound)
}
