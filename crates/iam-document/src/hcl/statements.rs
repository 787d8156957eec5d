//! Blocks `data "aws_iam_policy_document"`: what their attributes and blocks say, in the language of policies.

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use iam_json::{Span, json_text};

use super::place;
use super::write::{Writer, alone, content};

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

impl<'s> Writer<'_, 's> {
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
        for (span, body) in blocks(&block.body, "statement") {
            self.comma(&mut is_first);
            self.statement(span, body)?;
        }
        self.weaver.push_one("]", Span::new(span.end.saturating_sub(1), span.end));
        self.weaver.push_one("}", Span::new(span.end.saturating_sub(1), span.end));
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
            self.principals(element, &blocks(body, name))?;
        }
        for (name, element) in ELEMENTS {
            let Some(own) = value(body, name) else { continue };
            self.weaver.add(&format!(", {}: ", json_text(element)));
            self.value(own, true, 0)?;
        }
        self.conditions(&blocks(body, "condition"))?;
        self.weaver.push_one("}", end);
        Some(())
    }

    fn principals(&mut self, element: &str, blocks: &[(Span, &'s Body)]) -> Option<()> {
        let Some((first, _)) = blocks.first() else { return Some(()) };
        let mut types: Vec<(String, &'s Expression, Vec<&'s Expression>)> = Vec::new();
        for (_, body) in blocks {
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

    fn conditions(&mut self, blocks: &[(Span, &'s Body)]) -> Option<()> {
        let Some((first, _)) = blocks.first() else { return Some(()) };
        let mut operators: Vec<Operator<'s>> = Vec::new();
        for (_, body) in blocks {
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
            return self.value(only, true, 0);
        }
        let mut items = Vec::new();
        for list in lists {
            self.elements(list, &mut items, 0)?;
        }
        let start = lists.first().map_or_else(Span::default, |own| place(own.span()));
        self.list(&items, start, 0)
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

/// The bodies of the blocks of a name, also of dynamic ones, each with the place of its block.
fn blocks<'s>(body: &'s Body, name: &str) -> Vec<(Span, &'s Body)> {
    let own = |block: &'s Block| {
        let (own, body) = content(block)?;
        (own == name).then(|| (place(block.span()), body))
    };
    body.blocks().filter_map(own).collect()
}
