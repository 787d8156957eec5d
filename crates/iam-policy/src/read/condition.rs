//! `Condition` (rules 1.16 to 1.21, 4.3, 4.11, 4.12, 7.1).

use std::borrow::Cow;
use std::net::IpAddr;

use super::{Path, Reader, opening};
use crate::code;
use crate::condition::{Condition, ConditionKey, Flag, Number, Typed, Values};
use crate::operator::{Family, Operator, Quantifier, Test, TestError};
use crate::pattern::Pattern;
use crate::policy::{Effect, PolicyKind};
use crate::resource::may_be_arn;
use crate::value::{Instant, IpRange, decode_base64, parse_word};
use iam_json::Code;
use iam_json::quoted;
use iam_json::{Kind, Member, Value};
use iam_json::{Span, Spanned};

/// Global keys and provider keys with several values (table 4b). The keys of single services are in the action catalogue.
const MULTIVALUED: [&str; 8] = [
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
    "sts:TransitiveTagKeys",
];

const TAG_KEYS: [&str; 3] = ["aws:PrincipalTag", "aws:RequestTag", "aws:ResourceTag"];

/// Keys that list the keys of tags, and what the keys of the single tags begin with. From IAM User Guide,
/// `reference_policies_condition-keys`, and the Amazon S3 page of the Service Authorization Reference.
const OF_TAGS: [(&str, &str); 2] =
    [("aws:TagKeys", "aws:RequestTag/"), ("s3:RequestObjectTagKeys", "s3:RequestObjectTag/")];

/// Global keys whose values AWS makes, such as account ids. VPC endpoint policies compare them whole (AWS PrivateLink Guide,
/// `vpc-endpoints-access`, which names two of them).
const IDENTIFIERS: [&str; 10] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

/// How the values of an operator that replaces no variables are read.
struct Literal<T> {
    /// The problem of a text that cannot be read, and what to write in its place.
    code: Code,
    help: &'static str,
    /// How a session policy holds a text that cannot be read. `None` if STS refuses such a text too.
    taken: Option<fn(&str) -> T>,
}

impl Reader<'_> {
    pub(super) fn conditions(
        &mut self,
        block: Value<'_>,
        path: &Path<'_>,
        effect: Option<Effect>,
    ) -> Option<Vec<Condition>> {
        if block.kind() != Kind::Object {
            let help = "Condition is an object: operator, then key, then value";
            self.report(code::DATA_TYPE_MISMATCH, path, block.span(), block.kind().name(), help);
            return None;
        }
        if self.kind == PolicyKind::Trust && block.members().next().is_none() {
            // IAM stores this, and its console writes it.
            let help = "leave it out, or add a test";
            self.report(code::EMPTY_TRUST_CONDITION, path, block.span(), "an empty object", help);
        } else {
            self.no_empty_object(block, path);
        }
        let keys: usize = block.members().map(|m| m.value.members().count()).sum();
        if keys > self.limits.condition_keys {
            let help = format!("at most {} are read", self.limits.condition_keys);
            self.report(code::TOO_MANY_CONDITION_KEYS, path, opening(block), format!("{keys} keys"), help);
            return None;
        }
        let mut conditions = Some(Vec::new());
        let mut tests: Vec<(Test, Cow<'_, str>)> = Vec::new();
        for member in block.members() {
            let name = member.key.string();
            let path = path.member(&name);
            if Test::parse(&name) == Err(TestError::Unknown)
                && member.value.kind() == Kind::Object
                && member.value.members().next().is_none()
            {
                // IAM stores this. There is no key to compare.
                let help = "leave it out, or write an operator such as StringEquals with a test";
                self.report(
                    code::UNKNOWN_OPERATOR_WITHOUT_TESTS,
                    &path,
                    member.key.span(),
                    quoted(&name),
                    help,
                );
                continue;
            }
            let Some(test) = self.test(&name, member.key.span(), &path) else {
                conditions = None;
                continue;
            };
            // One entry for each operator keeps the list short, however long the block is.
            match tests.iter().find(|(earlier, _)| *earlier == test) {
                Some((_, spelling)) if *spelling != name => {
                    let help = "keep one spelling; the two are one operator";
                    let code = code::DUPLICATE_KEYS_WITH_DIFFERENT_CASE;
                    self.report(code, &path, member.key.span(), quoted(&name), help);
                }
                Some(_) => {}
                None => tests.push((test, name.clone())),
            }
            if member.value.kind() != Kind::Object {
                let help = "an operator has an object of keys and values";
                self.report(
                    code::DATA_TYPE_MISMATCH,
                    &path,
                    member.value.span(),
                    member.value.kind().name(),
                    help,
                );
                conditions = None;
                continue;
            }
            self.no_empty_object(member.value, &path);
            self.same_key_in_two_cases(member.value, &path);
            for key in member.value.members() {
                let read = self.condition(Spanned::new(test, member.key.span()), key, &path);
                match (read, &mut conditions) {
                    (Some(condition), Some(list)) => list.push(condition),
                    _ => conditions = None,
                }
            }
        }
        let conditions = conditions?;
        if effect == Some(Effect::Allow) {
            self.for_all_values_on_allow(&conditions, &tests, path);
        }
        Some(conditions)
    }

    fn no_empty_object(&mut self, value: Value<'_>, path: &Path<'_>) {
        if value.members().next().is_none() {
            self.report(
                code::EMPTY_OBJECT_CONDITION,
                path,
                value.span(),
                "an empty object",
                "leave it out, or add a test",
            );
        }
    }

    fn test(&mut self, name: &str, span: Span, path: &Path<'_>) -> Option<Test> {
        match Test::parse(name) {
            Ok(test) => {
                let spelling = test.to_string();
                if spelling != name {
                    self.report(
                        code::CONDITION_OPERATOR_CASE,
                        path,
                        span,
                        quoted(name),
                        format!("write {spelling}"),
                    );
                }
                if test.operator == Operator::Null && test.quantifier.is_some() {
                    let help = "write Null without a set operator";
                    self.report(code::NULL_WITH_QUALIFIER, path, span, quoted(name), help);
                }
                Some(test)
            }
            Err(TestError::NullIfExists) => {
                let help = "Null asks whether the key exists; write Null alone";
                self.report(code::NULL_WITH_IF_EXISTS, path, span, quoted(name), help);
                None
            }
            Err(TestError::Unknown) => {
                let help = "write an operator such as StringEquals, with ForAllValues: or ForAnyValue: before it or IfExists behind it";
                self.report(code::INVALID_CONDITION_OPERATOR, path, span, quoted(name), help);
                None
            }
        }
    }

    fn same_key_in_two_cases(&mut self, keys: Value<'_>, path: &Path<'_>) {
        let mut names: Vec<(String, Cow<'_, str>, Span)> = keys
            .members()
            .map(|m| {
                let name = m.key.string();
                (name.to_ascii_lowercase(), name, m.key.span())
            })
            .collect();
        names.sort();
        for two in names.windows(2) {
            let [(first, spelling, _), (second, name, span)] = two else { continue };
            if first == second && spelling != name {
                let help = "keep one spelling; condition keys ignore case";
                self.report(
                    code::DUPLICATE_KEYS_WITH_DIFFERENT_CASE,
                    &path.member(name),
                    *span,
                    quoted(name),
                    help,
                );
            }
        }
    }

    fn condition(&mut self, test: Spanned<Test>, member: Member<'_>, path: &Path<'_>) -> Option<Condition> {
        let key = member.key.string();
        let path = path.member(&key);
        self.key(&key, test.value, member.key.span(), &path)?;
        let values = self.values(test.value, member.value, &path)?;
        self.identifier(&key, test.value, &values, member.key.span(), &path);
        Some(Condition { test, key: Spanned::new(ConditionKey::new(&key), member.key.span()), values })
    }

    fn key(&mut self, key: &str, test: Test, span: Span, path: &Path<'_>) -> Option<()> {
        self.text_limit(key, span, path)?;
        if key.contains("${") {
            let help = "variables are replaced in resources and condition values only";
            self.report(code::VARIABLE_UNSUPPORTED_IN_ELEMENT, path, span, quoted(key), help);
        }
        let lacks_tag = key.ends_with("Tag/") || TAG_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
        if lacks_tag {
            let help = "name the tag behind the slash, as in aws:ResourceTag/team";
            self.report(code::MISSING_TAG_KEY_IN_CONDITION, path, span, quoted(key), help);
        } else if !matches!(key.split_once(':'), Some((prefix, name)) if !prefix.is_empty() && !name.is_empty())
        {
            let help = "write it like aws:SourceIp or s3:prefix";
            self.report(code::INVALID_CONDITION_KEY_FORMAT, path, span, quoted(key), help);
        }
        let ends_with_amr = key
            .len()
            .checked_sub(4)
            .and_then(|at| key.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(":amr"));
        let multivalued = ends_with_amr || MULTIVALUED.iter().any(|known| known.eq_ignore_ascii_case(key));
        if multivalued && test.quantifier.is_none() && test.operator != Operator::Null {
            let help = format!(
                "write ForAnyValue:{0} or ForAllValues:{0}",
                Test::new(None, test.operator, test.if_exists)
            );
            self.report(code::MISSING_QUALIFIER, path, span, quoted(key), help);
        }
        Some(())
    }

    /// Reports a VPC endpoint policy that compares an identifier that AWS made, with a wildcard or as a number.
    fn identifier(&mut self, key: &str, test: Test, values: &Values, span: Span, path: &Path<'_>) {
        let is_identifier = || IDENTIFIERS.iter().any(|known| known.eq_ignore_ascii_case(key));
        if self.kind != PolicyKind::VpcEndpoint || !is_identifier() {
            return;
        }
        let is_like = matches!(test.operator, Operator::StringLike | Operator::StringNotLike);
        let has_wildcard = is_like && values.texts().iter().any(|text| text.contains(['*', '?']));
        if has_wildcard || test.operator.family() == Family::Numeric {
            let help = "write whole identifiers under StringEquals";
            self.report(code::IDENTIFIER_IN_ENDPOINT_POLICY, path, span, quoted(key), help);
        }
    }

    fn values(&mut self, test: Test, value: Value<'_>, path: &Path<'_>) -> Option<Values> {
        let mut texts: Vec<(Cow<'_, str>, Span, usize)> = Vec::new();
        let mut complete = true;
        let mut types: Vec<Kind> = Vec::new();
        let list = value.kind() == Kind::Array;
        let count = if list { value.items().count() } else { 1 };
        self.count(count, value, path)?;
        for (i, item) in if list { None } else { Some(value) }.into_iter().chain(value.items()).enumerate() {
            match item.kind() {
                Kind::String | Kind::Number | Kind::True | Kind::False => {
                    types.push(if item.kind() == Kind::False { Kind::True } else { item.kind() });
                    texts.push((item.string(), item.span(), i));
                }
                Kind::Null | Kind::Array | Kind::Object => {
                    let help = "a string, a number, a boolean, or a list of these";
                    let inner = path.item(i);
                    let path = if list { &inner } else { path };
                    self.report(
                        code::INVALID_CONDITION_DATA_TYPE,
                        path,
                        item.span(),
                        item.kind().name(),
                        help,
                    );
                    complete = false;
                }
            }
        }
        if list && count == 0 {
            let help = "without values ForAllValues and IfExists are true when the key is absent, negated operators always, others never";
            self.report(code::EMPTY_ARRAY_CONDITION, path, value.span(), "an empty list", help);
        }
        if types.windows(2).any(|two| matches!(two, [a, b] if a != b)) {
            let help = "write all of them as strings";
            self.report(
                code::MIXED_CONDITION_DATA_TYPES,
                path,
                value.span(),
                "values of different types",
                help,
            );
        }
        if matches!(test.operator, Operator::Bool | Operator::Null) && texts.len() > 1 {
            let found = format!("{} values", texts.len());
            self.report(
                code::INVALID_CONDITION_MULTIPLE_BOOLEAN,
                path,
                value.span(),
                found,
                "write true or false",
            );
        }
        let values = self.typed(test, &texts, list, path);
        if complete { values } else { None }
    }

    fn typed(
        &mut self,
        test: Test,
        texts: &[(Cow<'_, str>, Span, usize)],
        list: bool,
        path: &Path<'_>,
    ) -> Option<Values> {
        match test.operator.family() {
            Family::String => {
                let wildcards = matches!(test.operator, Operator::StringLike | Operator::StringNotLike);
                self.all(texts, list, path, |r, text, span, path| r.text(text, wildcards, span, path))
                    .map(Values::String)
            }
            Family::Arn => self.all(texts, list, path, Self::arn).map(Values::Arn),
            Family::Numeric => {
                let number = Literal {
                    code: code::TYPE_MISMATCH_NUMBER,
                    help: "write an integer or a decimal number such as 10 or 1.5",
                    taken: Some(Number::unreadable),
                };
                self.literals(texts, list, path, &number, Number::parse).map(Values::Numeric)
            }
            Family::Date => {
                let date = Literal {
                    code: code::INVALID_DATE_VALUE,
                    help: "write a date such as 2026-03-01T12:00:00Z, or seconds since 1970",
                    taken: Some(Typed::unreadable),
                };
                self.literals(texts, list, path, &date, |t| Some(Typed::new(t, Instant::parse(t)?)))
                    .map(Values::Date)
            }
            Family::Ip => {
                let range = Literal {
                    code: code::TYPE_MISMATCH_IP_RANGE,
                    help: "write an address or a range such as 203.0.113.0/24 or 2001:db8::/32",
                    taken: Some(Typed::unreadable),
                };
                let read = |t: &str| Some(Typed::new(t, IpRange::parse(t)?));
                let ranges = self.literals(texts, list, path, &range, read)?;
                self.dead_ranges(&ranges, texts, list, path);
                Some(Values::Ip(ranges))
            }
            Family::Binary => {
                let binary = Literal {
                    code: code::TYPE_MISMATCH_BINARY,
                    help: "write the bytes in base64, with padding",
                    taken: None,
                };
                self.literals(texts, list, path, &binary, |t| Some(Typed::new(t, decode_base64(t)?)))
                    .map(Values::Binary)
            }
            Family::Bool => self.all(texts, list, path, Self::flag).map(Values::Bool),
            Family::Null => {
                let help = "write true for an absent key or false for a present one";
                self.all(texts, list, path, |reader, text, span, path| {
                    reader.variable_is_none(text, span, path)?;
                    Some(reader.word(text, span, path, help))
                })
                .map(Values::Null)
            }
        }
    }

    fn all<T>(
        &mut self,
        texts: &[(Cow<'_, str>, Span, usize)],
        list: bool,
        path: &Path<'_>,
        mut read: impl FnMut(&mut Self, &str, Span, &Path<'_>) -> Option<T>,
    ) -> Option<Vec<Spanned<T>>> {
        let read: Vec<_> = texts
            .iter()
            .map(|(text, span, index)| {
                let item = path.item(*index);
                let path = if list { &item } else { path };
                self.text_limit(text, *span, path)?;
                read(self, text, *span, path).map(|value| Spanned::new(value, *span))
            })
            .collect();
        read.into_iter().collect()
    }

    /// Reads the values of an operator that does not replace variables.
    fn literals<T>(
        &mut self,
        texts: &[(Cow<'_, str>, Span, usize)],
        list: bool,
        path: &Path<'_>,
        literal: &Literal<T>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<Spanned<T>>> {
        self.all(texts, list, path, |reader, text, span, path| {
            if let Some(value) = parse(text) {
                return Some(value);
            }
            reader.variable_is_none(text, span, path)?;
            let Some(taken) = literal.taken.filter(|_| reader.kind == PolicyKind::Session) else {
                reader.report(literal.code, path, span, quoted(text), literal.help);
                return None;
            };
            reader.unreadable(text, literal.help, span, path);
            Some(taken(text))
        })
    }

    /// Refuses a variable under an operator that replaces none.
    fn variable_is_none(&mut self, text: &str, span: Span, path: &Path<'_>) -> Option<()> {
        if !(text.contains("${") && self.version.has_variables()) {
            return Some(());
        }
        let help = "variables are replaced under string and ARN operators only";
        self.report(code::INVALID_VARIABLE_FOR_OPERATOR, path, span, quoted(text), help);
        None
    }

    /// Reports a value of a session policy that STS takes and cannot read.
    fn unreadable(&mut self, text: &str, help: &str, span: Span, path: &Path<'_>) {
        let help = format!("{help}; STS takes this value and it equals nothing");
        self.report(code::UNREADABLE_CONDITION_VALUE, path, span, quoted(text), help);
    }

    /// Reports ranges that AWS matches with no address.
    fn dead_ranges(
        &mut self,
        ranges: &[Spanned<Typed<IpRange>>],
        texts: &[(Cow<'_, str>, Span, usize)],
        list: bool,
        path: &Path<'_>,
    ) {
        for (range, (text, span, index)) in ranges.iter().zip(texts) {
            let Some(range) = range.value.value().filter(|range| range.is_dead()) else { continue };
            let item = path.item(*index);
            let path = if list { &item } else { path };
            let is_mapped = matches!(range.address(), IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
            let (stored, help) = if is_mapped {
                (!text.contains('.'), "write the IPv4 range; no address of a request is IPv4-mapped")
            } else {
                (false, "write hexadecimal groups, and zeros behind the prefix")
            };
            let code = if stored || self.kind == PolicyKind::Session {
                code::DEAD_IP_RANGE
            } else {
                code::UNSUPPORTED_IPV6_RANGE
            };
            self.report(code, path, *span, quoted(text), help);
        }
    }

    fn text(&mut self, text: &str, wildcards: bool, span: Span, path: &Path<'_>) -> Option<Pattern> {
        let pattern = self.pattern(text, wildcards, span, path)?;
        // `${*}` and `${?}` stand for the plain characters.
        let plain = |text: &str| text.replace("${*}", "").replace("${?}", "").contains(['*', '?']);
        if !wildcards && text.contains(['*', '?']) && (!self.version.has_variables() || plain(text)) {
            let help = "use StringLike or StringNotLike if a wildcard is meant";
            self.report(code::WILDCARD_WITHOUT_LIKE_OPERATOR, path, span, quoted(text), help);
        }
        Some(pattern)
    }

    fn arn(&mut self, text: &str, span: Span, path: &Path<'_>) -> Option<Pattern> {
        let pattern = self.pattern(text, true, span, path)?;
        if !may_be_arn(&pattern) {
            let help = "write all six fields, with * where any value will do, such as arn:aws:iam::*:role/*";
            if self.kind == PolicyKind::Session {
                self.unreadable(text, help, span, path);
                return Some(pattern);
            }
            self.report(code::INVALID_ARN_IN_CONDITION, path, span, quoted(text), help);
            return None;
        }
        Some(pattern)
    }

    fn flag(&mut self, text: &str, span: Span, path: &Path<'_>) -> Option<Flag> {
        if text.contains("${") {
            let pattern = self.pattern(text, false, span, path)?;
            if pattern.has_variables() {
                return Some(Flag::Variable(pattern));
            }
        }
        Some(Flag::Literal(self.word(text, span, path, "write true or false")))
    }

    /// Reads a text without variables under `Bool` or `Null`. Every text but `true` is false (rule 7.36).
    fn word(&mut self, text: &str, span: Span, path: &Path<'_>, help: &str) -> bool {
        parse_word(text).unwrap_or_else(|| {
            let help = format!("{help}; AWS takes every other text for false");
            self.report(code::TYPE_MISMATCH_BOOLEAN, path, span, quoted(text), help);
            false
        })
    }

    /// Reports an Allow that tests `ForAllValues` but does not require the key.
    ///
    /// `ForAllValues` is true if the key is absent, so an Allow must also test that the key is present (rule 4.7).
    fn for_all_values_on_allow(
        &mut self,
        conditions: &[Condition],
        spellings: &[(Test, Cow<'_, str>)],
        path: &Path<'_>,
    ) {
        for condition in conditions {
            if condition.test.value.quantifier != Some(Quantifier::ForAllValues) {
                continue;
            }
            let key = condition.key.value.as_str();
            let tags = OF_TAGS.iter().find(|(keys, _)| keys.eq_ignore_ascii_case(key)).map(|(_, tag)| *tag);
            let asks_for_key = conditions.iter().any(|other| {
                let is_own = other.key == condition.key;
                // A request with a tag has the list of the keys of its tags.
                let is_tag = tags.is_some_and(|tag| begins_with(other.key.value.as_str(), tag));
                (is_own || is_tag) && is_false_without_key(other)
            });
            if !asks_for_key {
                let help = format!(
                    "add \"Null\": {{\"{}\": \"false\"}} if the key must be there",
                    condition.key.value
                );
                let spelling = spellings.iter().find(|(test, _)| *test == condition.test.value);
                let operator = path.member(spelling.map_or("", |(_, name)| name));
                self.report(
                    code::FORALLVALUES_WITHOUT_NULL_CHECK,
                    &operator.member(key),
                    condition.key.span,
                    quoted(key),
                    help,
                );
            }
        }
    }
}

/// Whether a text begins with another one. ASCII case does not matter.
fn begins_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|own| own.eq_ignore_ascii_case(head))
}

/// Whether a test is false of a request without its key (rule 4.7).
fn is_false_without_key(condition: &Condition) -> bool {
    let test = condition.test.value;
    match &condition.values {
        Values::Null(values) => values.iter().all(|v| !v.value),
        Values::String(_)
        | Values::Arn(_)
        | Values::Numeric(_)
        | Values::Date(_)
        | Values::Bool(_)
        | Values::Binary(_)
        | Values::Ip(_) => {
            let is_any = test.quantifier == Some(Quantifier::ForAnyValue);
            let is_plain = test.quantifier.is_none() && !test.operator.is_negated();
            (is_any || is_plain) && !test.if_exists
        }
    }
}
