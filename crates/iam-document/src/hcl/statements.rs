//! Blocks `data "aws_iam_policy_document"`: what their attributes and blocks say, in the language of policies.

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use iam_json::{Span, json_text};

use super::lists::{Gathered, Part};
use super::place;
use super::write::{Writer, alone};

/// Attributes of a statement, and the elements that they are.
const ELEMENTS: [(&str, &str); 4] = [
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

/// Attributes that add the statements of other documents.
const OTHERS: [&str; 4] =
    ["source_policy_documents", "override_policy_documents", "source_json", "override_json"];

/// The values of a condition: those of the blocks with one operator, by key.
struct Operator<'s> {
    test: &'s Expression,
    keys: Vec<(&'s Expression, Vec<&'s Expression>)>,
}

impl<'c, 's: 'c> Writer<'c, 's> {
    /// Writes the policy that a block makes. `None` if that is more text, or deeper, than is read.
    pub(super) fn document(&mut self, block: &'s Block) -> Option<()> {
        self.has_variables = true;
        let span = place(block.span());
        self.weaver.push_one("{", Span::new(span.start, span.start.saturating_add(1)));
        match value(&block.body, "version") {
            Some(own) => self.member("Version", own),
            None => self.weaver.add("\"Version\": \"2012-10-17\""),
        }
        if let Some(own) = value(&block.body, "policy_id") {
            self.weaver.add(", ");
            self.member("Id", own);
        }
        self.weaver.add(", \"Statement\": [");
        let mut is_first = true;
        for name in OTHERS {
            let Some(own) = value(&block.body, name) else { continue };
            let list = own.as_array().map(|own| own.iter().collect());
            let lists: Vec<&Expression> = list.unwrap_or_else(|| vec![own]);
            for document in lists {
                self.comma(&mut is_first);
                self.not_known(place(document.span()));
            }
        }
        for part in self.blocks(&block.body, "statement") {
            self.comma(&mut is_first);
            let start = self.weaver.len();
            self.statement(part.span, part.body)?;
            self.dynamic(&[part], start);
        }
        self.weaver.push_one("]", Span::new(span.end.saturating_sub(1), span.end));
        self.weaver.push_one("}", Span::new(span.end.saturating_sub(1), span.end));
        self.made(block, 0);
        Some(())
    }

    fn statement(&mut self, span: Span, body: &'s Body) -> Option<()> {
        let (start, end) = (span.start, Span::new(span.end.saturating_sub(1), span.end));
        self.weaver.push_one("{", Span::new(start, start.saturating_add(1)));
        if let Some(own) = value(body, "sid") {
            self.member("Sid", own);
            self.weaver.add(", ");
        }
        match value(body, "effect") {
            Some(own) => self.member("Effect", own),
            None => self.weaver.add("\"Effect\": \"Allow\""),
        }
        for (name, element) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
            let parts = self.blocks(body, name);
            let start = self.weaver.len();
            self.principals(element, &parts)?;
            self.dynamic(&parts, start);
        }
        for (name, element) in ELEMENTS {
            let Some(own) = value(body, name) else { continue };
            self.weaver.add(&format!(", {}: ", json_text(element)));
            self.texts(own)?;
        }
        let parts = self.blocks(body, "condition");
        let start = self.weaver.len();
        self.conditions(&parts)?;
        self.dynamic(&parts, start);
        self.weaver.push_one("}", end);
        Some(())
    }

    fn principals(&mut self, element: &str, blocks: &[Part<'s>]) -> Option<()> {
        let Some(Part { span: first, .. }) = blocks.first() else { return Some(()) };
        let mut types: Vec<(String, &'s Expression, Vec<&'s Expression>)> = Vec::new();
        for Part { body, .. } in blocks {
            let (Some(kind), Some(own)) = (value(body, "type"), value(body, "identifiers")) else { continue };
            match types.iter_mut().find(|(name, ..)| *name == self.key(kind)) {
                Some((.., values)) => values.push(own),
                None => types.push((self.key(kind), kind, vec![own])),
            }
        }
        self.weaver.stand_at(first.start);
        self.weaver.add(&format!(", {}: ", json_text(element)));
        // The type `*` with the identifier `*` is everybody.
        if let [(_, Expression::String(kind), values)] = types.as_slice()
            && kind.as_str() == "*"
            && let [Expression::Array(list)] = values.as_slice()
            && let (1, Some(Expression::String(only))) = (list.len(), list.get(0))
            && only.as_str() == "*"
        {
            self.string(place(only.span()));
            return Some(());
        }
        self.weaver.add("{");
        for (at, (_, kind, values)) in types.iter().enumerate() {
            if at > 0 {
                self.weaver.add(", ");
            }
            self.text(kind);
            self.weaver.add(": ");
            self.values(values)?;
        }
        self.weaver.add("}");
        Some(())
    }

    fn conditions(&mut self, blocks: &[Part<'s>]) -> Option<()> {
        let Some(Part { span: first, .. }) = blocks.first() else { return Some(()) };
        let mut operators: Vec<Operator<'s>> = Vec::new();
        for Part { body, .. } in blocks {
            let (Some(test), Some(key), Some(values)) =
                (value(body, "test"), value(body, "variable"), value(body, "values"))
            else {
                continue;
            };
            let at = operators.iter().position(|own| self.key(own.test) == self.key(test));
            let at = at.unwrap_or_else(|| {
                operators.push(Operator { test, keys: Vec::new() });
                operators.len().saturating_sub(1)
            });
            let Some(operator) = operators.get_mut(at) else { continue };
            match operator.keys.iter_mut().find(|(own, _)| self.key(own) == self.key(key)) {
                Some((_, all)) => all.push(values),
                None => operator.keys.push((key, vec![values])),
            }
        }
        self.weaver.stand_at(first.start);
        self.weaver.add(", \"Condition\": {");
        for (at, operator) in operators.iter().enumerate() {
            if at > 0 {
                self.weaver.add(", ");
            }
            self.text(operator.test);
            self.weaver.add(": {");
            for (at, (key, values)) in operator.keys.iter().enumerate() {
                if at > 0 {
                    self.weaver.add(", ");
                }
                self.text(key);
                self.weaver.add(": ");
                self.values(values)?;
            }
            self.weaver.add("}");
        }
        self.weaver.add("}");
        Some(())
    }

    /// Lists of several blocks as one.
    fn values(&mut self, lists: &[&'s Expression]) -> Option<()> {
        if let [only] = lists {
            return self.texts(only);
        }
        let mut all = Gathered::default();
        for list in lists {
            self.elements(list, &mut all, 0)?;
        }
        let start = lists.first().map_or_else(Span::default, |own| place(own.span()));
        self.is_text = true;
        let done = self.list(&all.items, start, 0);
        self.is_text = false;
        done
    }

    /// Writes a list of texts. Terraform makes texts of numbers and truth values.
    fn texts(&mut self, value: &'s Expression) -> Option<()> {
        self.is_text = true;
        let done = self.value(value, true, 0);
        self.is_text = false;
        done
    }

    /// The blocks of a name, also dynamic ones that may be made.
    fn blocks(&mut self, body: &'s Body, name: &str) -> Vec<Part<'s>> {
        let mut parts = Vec::new();
        for block in body.blocks() {
            parts.extend(self.part(block).filter(|(own, _)| *own == name).map(|(_, part)| part));
        }
        parts
    }

    /// The characters of an expression, by which equal names are found.
    fn key(&self, value: &Expression) -> String {
        place(value.span()).of(self.code.text).to_owned()
    }

    fn member(&mut self, name: &str, value: &'s Expression) {
        self.weaver.stand_at(place(value.span()).start);
        self.weaver.add(&format!("{}: ", json_text(name)));
        self.text(value);
    }

    fn comma(&mut self, is_first: &mut bool) {
        if !std::mem::take(is_first) {
            self.weaver.add(", ");
        }
    }
}

/// The value of an attribute. `null` is none.
fn value<'s>(body: &'s Body, name: &str) -> Option<&'s Expression> {
    let own = alone(&body.get_attribute(name)?.value);
    (!own.is_null()).then_some(own)
}
