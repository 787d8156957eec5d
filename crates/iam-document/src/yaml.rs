//! YAML as JSON, with the place of each value.
//!
//! The events are those of `saphyr-parser`. What they say is written as JSON: scalars become strings, numbers, booleans or null as JSON writes
//! them; the short tags of CloudFormation become functions, `!Sub x` becomes `{"Fn::Sub": "x"}`; aliases are written out. Repeated keys stay
//! repeated, and the reader of the JSON reports them.

pub(crate) mod edit;
mod places;
mod scalar;
mod tree;

use iam_json::{Place, Problem, Report, Span, json_text};

use crate::code;
use crate::limits::Limits;
use crate::origin::{Coding, OriginMap, Weaver, narrow};

use tree::{Content, Node, Tree};

/// The functions of CloudFormation that have a tag. `Ref` and `Condition` have no prefix.
const TAGS: [&str; 20] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ForEach",
];

/// The documents of a YAML text as JSON, with their maps, given the map of the text.
///
/// # Errors
/// `YAML_SYNTAX_ERROR`; `NESTING_TOO_DEEP` or `DOCUMENT_TOO_LARGE`, also for what aliases expand to.
pub(crate) fn read(
    text: &str,
    outer: &OriginMap,
    limits: &Limits,
) -> Result<Vec<(String, OriginMap)>, Report> {
    let tree = Tree::read(text, limits)?;
    // A few aliases may stand for a lot of text.
    let most = text.len().saturating_mul(16).saturating_add(1 << 20).min(limits.document_bytes);
    let mut documents = Vec::new();
    for root in &tree.roots {
        let mut writer = Writer { tree: &tree, text, weaver: Weaver::default(), most, depth: limits.depth };
        writer.node(*root, 0)?;
        let (json, origin) = writer.weaver.finish(outer, Coding::Yaml);
        documents.push((json, origin.sharing(outer, tree.shared())));
    }
    Ok(documents)
}

/// The error at a place.
fn refusal(code: iam_json::Code, text: &str, span: Span, found: String, help: &str) -> Report {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let lines = iam_json::LineIndex::of(before);
    Problem::refusal(code, Place::root(span), found, help.to_owned(), &lines).into()
}

struct Writer<'t> {
    tree: &'t Tree,
    text: &'t str,
    weaver: Weaver,
    most: usize,
    depth: usize,
}

impl Writer<'_> {
    fn node(&mut self, index: usize, depth: usize) -> Result<(), Report> {
        let Some(node) = self.tree.nodes.get(index) else { return Ok(()) };
        if depth > self.depth {
            let found = format!("more than {} arrays and objects inside each other", self.depth);
            return Err(refusal(code::NESTING_TOO_DEEP, self.text, node.span, found, "policies need 6"));
        }
        if self.weaver.len() > self.most {
            let found = format!("aliases that stand for more than {} bytes", self.most);
            let help = "write out what the aliases stand for";
            return Err(refusal(code::DOCUMENT_TOO_LARGE, self.text, node.span, found, help));
        }
        self.weaver.stand_at(node.span.start);
        match node.tag.as_deref().and_then(function) {
            Some(name) => {
                self.weaver.add(&format!("{{{}: ", json_text(&name)));
                self.content(node, depth.saturating_add(1))?;
                self.weaver.add("}");
                Ok(())
            }
            None => self.content(node, depth),
        }
    }

    fn content(&mut self, node: &Node, depth: usize) -> Result<(), Report> {
        let inner = depth.saturating_add(1);
        match &node.content {
            Content::Alias(target) => self.node(*target, inner)?,
            Content::Scalar(value, style) => {
                let raw = node.span.of(self.text);
                match scalar::plain(value, *style, node.tag.as_deref()) {
                    Some(word) if word == raw => self.weaver.push(raw, node.span),
                    Some(word) => self.weaver.push_one(word, node.span),
                    None => scalar::weave(&mut self.weaver, value, raw, node.span.start, *style),
                }
            }
            Content::Sequence(items) => {
                self.weaver.stand_at(self.first(node, None));
                self.weaver.add("[");
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.weaver.add(", ");
                    }
                    self.node(*item, inner)?;
                }
                self.close("]", node);
            }
            Content::Mapping(members) => {
                self.weaver.stand_at(self.first(node, members.first().map(|(key, _)| *key)));
                self.weaver.add("{");
                let mut is_first = true;
                for (key, value) in self.tree.merged(members) {
                    if !std::mem::take(&mut is_first) {
                        self.weaver.add(", ");
                    }
                    self.key(key)?;
                    self.weaver.add(": ");
                    self.node(value, inner)?;
                }
                self.close("}", node);
            }
        }
        Ok(())
    }

    /// Where a list or mapping begins, behind its tag and anchor. One without brackets begins at its first key.
    fn first(&self, node: &Node, key: Option<usize>) -> u32 {
        let start = node.span.start;
        let rest = self.text.get(start as usize..).unwrap_or_default();
        let key = key.filter(|_| node.end.of(self.text) != "}").and_then(|own| self.tree.nodes.get(own));
        match key {
            Some(key) if rest.starts_with(['!', '&']) => key.span.start,
            _ => start.saturating_add(narrow(scalar::properties(rest))),
        }
    }

    /// A closing bracket stands where the original has one, or else behind the last value.
    fn close(&mut self, bracket: &str, node: &Node) {
        if node.end.of(self.text) == bracket {
            self.weaver.push(bracket, node.end);
        } else {
            self.weaver.add(bracket);
        }
    }

    fn key(&mut self, index: usize) -> Result<(), Report> {
        let Some(node) = self.tree.nodes.get(index) else { return Ok(()) };
        match &node.content {
            Content::Scalar(value, style) => {
                self.weaver.stand_at(node.span.start);
                scalar::weave(&mut self.weaver, value, node.span.of(self.text), node.span.start, *style);
                Ok(())
            }
            Content::Alias(target) if !matches!(self.tree.content(*target), Some(Content::Alias(_))) => {
                self.key(*target)
            }
            Content::Alias(_) | Content::Sequence(_) | Content::Mapping(_) => {
                let found = "a key that is no text".to_owned();
                Err(refusal(code::YAML_SYNTAX_ERROR, self.text, node.span, found, "name members by texts"))
            }
        }
    }
}

/// The function of CloudFormation that a tag stands for.
fn function(tag: &str) -> Option<String> {
    match tag {
        "Ref" | "Condition" => Some(tag.to_owned()),
        other => TAGS.contains(&other).then(|| format!("Fn::{other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::narrow;

    #[track_caller]
    fn json(text: &str) -> String {
        let read = read(text, &OriginMap::default(), &Limits::default()).unwrap();
        let texts: Vec<String> = read.into_iter().map(|(text, _)| text).collect();
        for text in &texts {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
        }
        texts.join("\n")
    }

    #[test]
    fn yaml_says_the_same_as_json() {
        assert_eq!(json("a: b\nc: [1, 'x''y', \"\\u00e9\\n\"]\n"), r#"{"a": "b", "c": [1, "x'y", "é\n"]}"#);
        assert_eq!(json("Version: 2012-10-17\n"), r#"{"Version": "2012-10-17"}"#);
        assert_eq!(
            json("- true\n- null\n- ~\n-\n- 'true'\n- 0123\n- 1.5\n- 1e3\n- .5\n- No"),
            r#"[true, null, null, null, "true", "0123", 1.5, 1e3, ".5", "No"]"#
        );
        assert_eq!(
            json("a: |\n  {\"x\":\n    1}\nb: >-\n  one\n  two\n"),
            r#"{"a": "{\"x\":\n  1}\n", "b": "one two"}"#
        );
        assert_eq!(json("---\na: 1\n---\nb: 2\n"), "{\"a\": 1}\n{\"b\": 2}");
        assert_eq!(json("1: x\n"), r#"{"1": "x"}"#);
    }

    #[test]
    fn tags_become_functions_and_aliases_are_written_out() {
        assert_eq!(
            json(
                "a: !Sub '${B}/*'\nb: !Ref C\nc: !GetAtt A.Arn\nd: !Join [':', [x, !Ref Y]]\ne: !!str 12\nf: !other x"
            ),
            r#"{"a": {"Fn::Sub": "${B}/*"}, "b": {"Ref": "C"}, "c": {"Fn::GetAtt": "A.Arn"}, "d": {"Fn::Join": [":", ["x", {"Ref": "Y"}]]}, "e": "12", "f": "x"}"#
        );
        assert_eq!(
            json("a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, q: 3}\n"),
            r#"{"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 2}, "c": {"q": 3, "p": 1}}"#
        );
    }

    #[test]
    fn every_value_has_its_place() {
        let text = "é: 'a''b'\nlist:\n  - \"x\\ty\"\n  - plain text\n  - |\n    {\"k\": \"v\"}\n  - {a: 1, b: [2]}\n";
        let (json, origin) = read(text, &OriginMap::default(), &Limits::default()).unwrap().remove(0);
        let place = |needle: &str| {
            let at = json.find(needle).unwrap();
            origin.span(Span::new(narrow(at), narrow(at + needle.len()))).of(text)
        };
        assert_eq!(place("é"), "é");
        assert_eq!(place("a'b"), "a''b");
        assert_eq!(place(r"x\ty"), "x\\ty");
        assert_eq!(place("\"x\\ty\""), "\"x\\ty\"");
        assert_eq!(place("plain text"), "plain text");
        assert_eq!(place(r#"{\"k\": \"v\"}"#), "{\"k\": \"v\"}");
        assert_eq!(place(r#"{"a": 1, "b": [2]}"#), "{a: 1, b: [2]}");
        assert_eq!(place("[2]"), "[2]");
    }

    #[test]
    fn hostile_yaml_is_refused() {
        let refused = |text: &str| read(text, &OriginMap::default(), &Limits::default()).unwrap_err();
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..40 {
            bomb.push_str(&format!("a{level}: &a{level} [*a{}, *a{}]\n", level - 1, level - 1));
        }
        assert!(refused(&bomb).has(code::DOCUMENT_TOO_LARGE));
        assert!(refused("&a [*a, *a]").has(code::NESTING_TOO_DEEP));
        assert!(refused(&"[".repeat(100_000)).problems().len() == 1);
        assert!(refused(&"- ".repeat(100_000)).problems().len() == 1);
        assert!(refused("a: *unknown").has(code::YAML_SYNTAX_ERROR));
        assert!(refused("? {a: 1}\n: 2").has(code::YAML_SYNTAX_ERROR));
        let report = refused("a:\n  - b\n c: 'x\n");
        assert!(report.has(code::YAML_SYNTAX_ERROR) && report.problems()[0].position.line > 1, "{report}");
        let merges = "a: &a {<<: *a, x: 1}\n";
        let _ = read(merges, &OriginMap::default(), &Limits::default());
    }
}
