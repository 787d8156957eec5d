//! A source file with all of its mutants in it, each behind a switch, so that one build serves them all.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::listed::{Genre, Mutant};

/// The function that tells whether a mutant is on.
const IS_ON: &str = "::mutant_switch::is_on";

/// A file with switches.
pub(super) struct Switched {
    pub(super) text: String,
    /// Where each mutant's code stands in the text: what only runs if it is on, and what its switch is part of.
    pub(super) places: Vec<Switch>,
    /// The mutants for which no switch can be written.
    pub(super) left: Vec<usize>,
}

/// The place of a switch in the new text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Switch {
    pub(super) id: usize,
    /// The code that runs if the mutant is on.
    pub(super) own: Range<usize>,
    /// The expression in place of which both stand.
    pub(super) whole: Range<usize>,
}

/// A place with one or more switches, by the bytes of the file as it was.
struct Node {
    range: Range<usize>,
    what: What,
}

enum What {
    /// The word `const` of a function, which is left out.
    Const,
    /// Before the first statement of a function.
    Entry(Vec<(usize, String)>),
    /// Two operands; the operator as it is, and others.
    Binary { left: Range<usize>, right: Range<usize>, operator: String, others: Vec<(usize, String)> },
    /// The operand, the operator, and the mutant without it.
    Unary { operand: Range<usize>, operator: String, id: usize },
    /// A guard, empty if there is none; the mutants in which it is true or false, and those without the arm.
    Guard { has_guard: bool, constant: Vec<(usize, String)>, without: Vec<usize> },
    /// A struct expression, one field of it with its comma, and the mutant without it.
    Field { fields: Vec<(usize, Range<usize>)> },
}

/// Writes the mutants of a file into its text. Each mutant has a number that is unique over all files.
///
/// A switch cannot be asked in a constant function. So functions are no longer constant, but for those with a name in `constant`.
pub(super) fn switched(
    text: &str,
    mutants: &[(usize, &Mutant)],
    constant: &BTreeSet<String>,
) -> Result<Switched, String> {
    let file = syn::parse_file(text).map_err(|e| e.to_string())?;
    let mut places: Vec<(usize, &Mutant, Range<usize>)> = Vec::new();
    for (id, mutant) in mutants {
        let bytes = mutant.bytes(text).ok_or_else(|| format!("{}: no such place", mutant.name))?;
        places.push((*id, mutant, bytes));
    }
    let mut find = Find { text, places: &places, constant, nodes: Vec::new(), done: Vec::new() };
    find.entries();
    find.visit_file(&file);
    let (mut nodes, done) = (find.nodes, find.done);
    // An entry stands before everything that begins where it does.
    nodes.sort_by_key(|node| (node.range.start, !is_entry(node), usize::MAX - node.range.end));
    let mut write = Write { text, nodes: &nodes, out: String::new(), places: Vec::new() };
    write.range(0..text.len(), 0);
    let left = places.iter().map(|(id, ..)| *id).filter(|id| !done.contains(id)).collect();
    Ok(Switched { text: write.out, places: write.places, left })
}

fn is_entry(node: &Node) -> bool {
    matches!(node.what, What::Entry(_))
}

struct Find<'f> {
    text: &'f str,
    places: &'f [(usize, &'f Mutant, Range<usize>)],
    constant: &'f BTreeSet<String>,
    nodes: Vec<Node>,
    done: Vec<usize>,
}

impl Find<'_> {
    fn entries(&mut self) {
        let mut entries: Vec<(usize, Vec<(usize, String)>)> = Vec::new();
        // A function that returns `impl Trait` returns values of one type only.
        let is_opaque = |m: &Mutant| m.function.as_ref().is_some_and(|f| f.return_type.contains("impl "));
        let values = self.places.iter().filter(|(_, m, _)| m.genre == Genre::FnValue && !is_opaque(m));
        for (id, mutant, bytes) in values {
            let one = (*id, mutant.replacement.clone());
            match entries.iter_mut().find(|(at, _)| *at == bytes.start) {
                Some((_, all)) => all.push(one),
                None => entries.push((bytes.start, vec![one])),
            }
            self.done.push(*id);
        }
        let nodes = entries.into_iter().map(|(at, all)| Node { range: at..at, what: What::Entry(all) });
        self.nodes.extend(nodes);
    }

    /// The mutants of a genre at exactly this place.
    fn at(&mut self, genre: Genre, place: &Range<usize>) -> Vec<(usize, String)> {
        let here = self.places.iter().filter(|(_, m, bytes)| m.genre == genre && bytes == place);
        let found: Vec<_> = here.map(|(id, mutant, _)| (*id, mutant.replacement.clone())).collect();
        self.done.extend(found.iter().map(|(id, _)| *id));
        found
    }
}

impl<'ast> Visit<'ast> for Find<'_> {
    fn visit_signature(&mut self, node: &'ast syn::Signature) {
        if let Some(word) =
            node.constness.as_ref().filter(|_| !self.constant.contains(&node.ident.to_string()))
        {
            self.nodes.push(Node { range: word.span().byte_range(), what: What::Const });
        }
        visit::visit_signature(self, node);
    }

    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        let (left, right) = (node.left.span().byte_range(), node.right.span().byte_range());
        if !has_let(&node.left) && !has_let(&node.right) {
            let operator = node.op.span().byte_range();
            let others = self.at(Genre::BinaryOperator, &operator);
            if !others.is_empty() {
                let range = left.start..right.end;
                let operator = self.text.get(operator).unwrap_or_default().to_owned();
                self.nodes.push(Node { range, what: What::Binary { left, right, operator, others } });
            }
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        let operator = node.op.span().byte_range();
        for (id, _) in self.at(Genre::UnaryOperator, &operator) {
            let operand = node.expr.span().byte_range();
            let range = operator.start..operand.end;
            let operator = self.text.get(operator.clone()).unwrap_or_default().to_owned();
            self.nodes.push(Node { range, what: What::Unary { operand, operator, id } });
        }
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        let arm = node.span().byte_range();
        let guard = match &node.pat {
            syn::Pat::Guard(pattern) => Some(&pattern.guard),
            _ => None,
        };
        let binds = guard.is_some_and(|guard| has_let(guard));
        let guard = guard.map(|guard| guard.span().byte_range());
        if !binds {
            let places = self.places.iter().filter(|(_, m, bytes)| {
                m.genre == Genre::MatchArm && bytes.start == arm.start && bytes.end <= arm.end + 1
            });
            let without: Vec<usize> = places.map(|(id, ..)| *id).collect();
            self.done.extend(&without);
            let constant = guard.as_ref().map(|g| self.at(Genre::MatchArmGuard, g)).unwrap_or_default();
            if !(without.is_empty() && constant.is_empty()) {
                let arrow = node.fat_arrow_token.span().byte_range().start;
                let range = guard.clone().unwrap_or(arrow..arrow);
                self.nodes.push(Node {
                    range,
                    what: What::Guard { has_guard: guard.is_some(), constant, without },
                });
            }
        }
        visit::visit_arm(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast syn::ExprStruct) {
        let mut fields = Vec::new();
        for pair in node.fields.pairs() {
            let field = pair.value().span().byte_range();
            let end = pair.punct().map_or(field.end, |comma| comma.span().byte_range().end);
            let places = self.places.iter().filter(|(_, m, bytes)| {
                m.genre == Genre::StructField && bytes.start == field.start && bytes.end <= end
            });
            fields.extend(places.map(|(id, ..)| (*id, field.start..end)));
        }
        if !fields.is_empty() {
            self.done.extend(fields.iter().map(|(id, _)| *id));
            self.nodes.push(Node { range: node.span().byte_range(), what: What::Field { fields } });
        }
        visit::visit_expr_struct(self, node);
    }
}

/// Whether an expression binds names for what follows it, so that it cannot be moved into a block.
fn has_let(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

struct Write<'w> {
    text: &'w str,
    nodes: &'w [Node],
    out: String,
    places: Vec<Switch>,
}

impl Write<'_> {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        self.out.push_str(&text.to_string());
    }

    fn raw(&mut self, range: Range<usize>) {
        self.out.push_str(self.text.get(range).unwrap_or_default());
    }

    /// Writes a range with the switches in it, from the node with the number `first` on.
    fn range(&mut self, range: Range<usize>, first: usize) {
        let mut at = range.start;
        let nodes = self.nodes;
        for (number, node) in nodes.iter().enumerate().skip(first) {
            if node.range.start >= range.end && !(node.range.start == range.end && node.range.is_empty()) {
                break;
            }
            // A place inside of one that is written already, or around this range.
            if node.range.start < at || node.range.end > range.end {
                continue;
            }
            self.raw(at..node.range.start);
            self.node(node, number + 1);
            at = node.range.end;
        }
        self.raw(at..range.end);
    }

    /// Writes what runs if a mutant is on, behind its switch.
    fn own(&mut self, id: usize, write: impl FnOnce(&mut Self)) -> (usize, Range<usize>) {
        self.put(format_args!("if {IS_ON}({id}) {{ "));
        let start = self.out.len();
        write(self);
        let own = start..self.out.len();
        self.out.push_str(" }");
        (id, own)
    }

    fn node(&mut self, node: &Node, next: usize) {
        let start = self.out.len();
        let mut own = Vec::new();
        match &node.what {
            What::Const => {}
            What::Entry(all) => {
                for (id, replacement) in all {
                    own.push(self.own(*id, |w| w.put(format_args!("return {replacement};"))));
                    self.out.push(' ');
                }
            }
            What::Binary { left, right, operator, others } => {
                self.out.push('(');
                for (id, other) in others {
                    own.push(self.own(*id, |w| {
                        w.out.push('(');
                        w.raw(left.clone());
                        w.put(format_args!(") {other} ("));
                        w.raw(right.clone());
                        w.out.push(')');
                    }));
                    self.out.push_str(" else ");
                }
                self.out.push_str("{ ");
                self.range(left.clone(), next);
                self.put(format_args!(" {operator} "));
                self.range(right.clone(), next);
                self.out.push_str(" })");
            }
            What::Unary { operand, operator, id } => {
                self.out.push('(');
                own.push(self.own(*id, |w| w.raw(operand.clone())));
                self.put(format_args!(" else {{ {operator}"));
                self.range(operand.clone(), next);
                self.out.push_str(" })");
            }
            What::Guard { has_guard, constant, without } => {
                if !has_guard {
                    self.out.push_str("if ");
                }
                for id in without {
                    own.push((*id, self.out.len()..self.out.len()));
                    self.put(format_args!("!{IS_ON}({id}) && "));
                }
                self.out.push('(');
                for (id, value) in constant {
                    own.push(self.own(*id, |w| w.out.push_str(value)));
                    self.out.push_str(" else ");
                }
                self.out.push_str("{ ");
                if *has_guard {
                    self.range(node.range.clone(), next);
                } else {
                    self.out.push_str("true");
                }
                self.out.push_str(" }) ");
            }
            What::Field { fields } => {
                self.out.push('(');
                for (id, field) in fields {
                    own.push(self.own(*id, |w| {
                        w.raw(node.range.start..field.start);
                        w.raw(field.end..node.range.end);
                    }));
                    self.out.push_str(" else ");
                }
                self.out.push_str("{ ");
                self.range(node.range.clone(), next);
                self.out.push_str(" })");
            }
        }
        let whole = start..self.out.len();
        self.places.extend(own.into_iter().map(|(id, own)| Switch { id, own, whole: whole.clone() }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::listed::{At, Lines};
    use super::*;

    fn mutant(text: &str, genre: Genre, part: &str, replacement: &str) -> Mutant {
        let start = text.find(part).expect("the part") + 1;
        let span =
            Lines { start: At { line: 1, column: start }, end: At { line: 1, column: start + part.len() } };
        Mutant {
            name: part.into(),
            file: String::new(),
            genre,
            replacement: replacement.into(),
            span,
            function: None,
        }
    }

    fn switch(text: &str, mutants: &[Mutant]) -> Switched {
        let numbered: Vec<(usize, &Mutant)> = mutants.iter().enumerate().collect();
        let switched = switched(text, &numbered, &BTreeSet::from(["kept".to_owned()])).expect("Rust");
        syn::parse_file(&switched.text).expect("still Rust");
        switched
    }

    #[test]
    fn each_kind_of_change_has_a_switch() {
        let text = "fn f(a: u8) -> bool { match a { 1 if a >= 2 => !g(a), 3 => a == 4 && h(T { x: 1, ..T::new() }), _ => false } }";
        let mutants = [
            mutant(text, Genre::FnValue, "match a { 1", "true"),
            mutant(text, Genre::BinaryOperator, ">=", "<"),
            mutant(text, Genre::MatchArmGuard, "a >= 2", "true"),
            mutant(text, Genre::UnaryOperator, "!", ""),
            mutant(text, Genre::MatchArm, "3 => a == 4 && h(T { x: 1, ..T::new() })", ""),
            mutant(text, Genre::BinaryOperator, "==", "!="),
            mutant(text, Genre::BinaryOperator, "&&", "||"),
            mutant(text, Genre::StructField, "x: 1", ""),
        ];
        let switched = switch(text, &mutants);
        assert_eq!(switched.left, Vec::<usize>::new());
        for own in [
            "return true;",
            "(a) < (2)",
            "g(a)",
            "(a) != (4)",
            "(a == 4) || (h(T { x: 1, ..T::new() }))",
            "T {  ..T::new() }",
        ] {
            assert!(switched.text.contains(&format!("{{ {own} }}")), "{own} in {}", switched.text);
        }
        assert!(
            switched.text.contains("3 if !::mutant_switch::is_on(4) && ({ true }) =>"),
            "{}",
            switched.text
        );
        assert_eq!(switched.places.len(), mutants.len());
        for place in &switched.places {
            assert!(place.whole.start <= place.own.start && place.own.end <= place.whole.end);
        }
    }

    #[test]
    fn functions_are_no_longer_constant_unless_they_must_be() {
        let text =
            "const A: u8 = kept(); const fn kept() -> u8 { 1 } impl T { pub const fn other() -> u8 { 2 } }";
        let wanted =
            "const A: u8 = kept(); const fn kept() -> u8 { 1 } impl T { pub  fn other() -> u8 { 2 } }";
        assert_eq!(switch(text, &[]).text, wanted);
    }

    #[test]
    fn what_returns_some_type_is_left() {
        let text = "fn f() -> impl Iterator<Item = u8> { [1].into_iter() }";
        let mut mutant = mutant(text, Genre::FnValue, "[1].into_iter()", "::std::iter::empty()");
        mutant.function =
            Some(super::super::listed::Function { return_type: "-> impl Iterator<Item = u8>".into() });
        let switched = switch(text, &[mutant]);
        assert_eq!((switched.left.as_slice(), switched.text.as_str()), (&[0][..], text));
    }

    #[test]
    fn what_binds_names_is_left() {
        let text = "fn f(a: Option<u8>) { if let Some(b) = a && b == 1 {} }";
        let mutants = [
            mutant(text, Genre::BinaryOperator, "&&", "||"),
            mutant(text, Genre::BinaryOperator, "==", "!="),
        ];
        let switched = switch(text, &mutants);
        assert_eq!(switched.left, [0]);
        assert!(
            switched.text.contains("if let Some(b) = a && (if ::mutant_switch::is_on(1)"),
            "{}",
            switched.text
        );
    }
}
