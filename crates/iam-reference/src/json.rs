//! JSON exactly as RFC 8259 defines it.

use crate::value::all_digits;

/// A JSON value. Numbers keep their text (rule 7.35), and objects keep the order of their members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string, with its escapes decoded.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object. No name occurs twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member `name` of an object. `None` if there is no such member, or the value is not an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.object().ok()?.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    pub(crate) fn must(&self, name: &str) -> Result<&Json, String> {
        self.get(name).ok_or_else(|| format!("{name} is missing"))
    }

    /// The members of an object. An error for any other value.
    pub fn object(&self) -> Result<&[(String, Json)], String> {
        if let Json::Object(members) = self { Ok(members) } else { Err("an object was expected".to_owned()) }
    }

    /// Rule 1.3: the members of an object. An error if two of them have the same name.
    pub(crate) fn distinct(&self, same: fn(&str, &str) -> bool) -> Result<&[(String, Json)], String> {
        let members = self.object()?;
        for (place, (name, _)) in members.iter().enumerate() {
            if members.iter().take(place).any(|(other, _)| same(name, other)) {
                return Err(format!("the member {name:?} is given twice"));
            }
        }
        Ok(members)
    }

    /// The elements of an array. An error for any other value.
    pub fn array(&self) -> Result<&[Json], String> {
        if let Json::Array(elements) = self { Ok(elements) } else { Err("an array was expected".to_owned()) }
    }

    /// Rules 1.10, 1.14, 1.15 and 1.16: the elements of an array, or the value itself as the only element.
    pub fn one_or_more(&self) -> &[Json] {
        if let Json::Array(elements) = self { elements } else { std::slice::from_ref(self) }
    }

    /// The text of a string. An error for any other value.
    pub fn string(&self) -> Result<&str, String> {
        if let Json::String(text) = self { Ok(text) } else { Err("a string was expected".to_owned()) }
    }

    /// Rules 1.16, 4.26 and 7.35: the text form of a string, number or boolean.
    ///
    /// An error for any other value.
    pub fn scalar(&self) -> Result<&str, String> {
        match self {
            Json::String(text) | Json::Number(text) => Ok(text),
            Json::Bool(flag) => Ok(if *flag { "true" } else { "false" }),
            Json::Null | Json::Array(_) | Json::Object(_) => Err("a single value was expected".to_owned()),
        }
    }
}

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Reads a text that is one JSON value. Duplicate members and nesting deeper than 128 are errors.
pub fn parse(text: &str) -> Result<Json, String> {
    let mut rest = text;
    let value = value(&mut rest, 128).filter(|_| rest.trim_start_matches(SPACE).is_empty());
    value.ok_or_else(|| format!("not JSON, too deep, or a member twice, {} bytes before the end", rest.len()))
}

/// Reads this character after white space. `None` if another one is next.
fn take(rest: &mut &str, sign: char) -> Option<()> {
    *rest = rest.trim_start_matches(SPACE);
    *rest = rest.strip_prefix(sign)?;
    Some(())
}

/// Reads the text before the next character of this kind.
fn until<'a>(rest: &mut &'a str, kind: fn(char) -> bool) -> &'a str {
    let (taken, after) = rest.split_at_checked(rest.find(kind).unwrap_or(rest.len())).unwrap_or_default();
    *rest = after;
    taken
}

fn value(rest: &mut &str, depth: usize) -> Option<Json> {
    let below = depth.checked_sub(1)?;
    *rest = rest.trim_start_matches(SPACE);
    match rest.chars().next()? {
        '"' => string(rest).map(Json::String),
        '[' => list(rest, ']', |rest| value(rest, below)).map(Json::Array),
        '{' => {
            let object = Json::Object(list(rest, '}', |rest| {
                let name = string(rest)?;
                take(rest, ':')?;
                Some((name, value(rest, below)?))
            })?);
            object.distinct(|a, b| a == b).is_ok().then_some(object)
        }
        _ => match until(rest, |c| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.')) {
            "null" => Some(Json::Null),
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            number => is_number(number).then(|| Json::Number(number.to_owned())),
        },
    }
}

/// Reads an opening bracket, and items with commas between them.
fn list<T>(rest: &mut &str, close: char, item: impl Fn(&mut &str) -> Option<T>) -> Option<Vec<T>> {
    *rest = rest.get(1..)?;
    let mut items = Vec::new();
    while take(rest, close).is_none() {
        if !items.is_empty() {
            take(rest, ',')?;
        }
        items.push(item(rest)?);
    }
    Some(items)
}

/// Reads a string. Escapes are UTF-16, in which a lone surrogate is an error.
fn string(rest: &mut &str) -> Option<String> {
    take(rest, '"')?;
    let mut text = String::new();
    loop {
        text.push_str(until(rest, |c| c == '"' || c == '\\' || c < ' '));
        if let Some(after) = rest.strip_prefix('"') {
            *rest = after;
            return Some(text);
        }
        let first = escape(rest)?;
        let second = if (0xd800..0xdc00).contains(&first) { Some(escape(rest)?) } else { None };
        text.push(char::decode_utf16([first].into_iter().chain(second)).next()?.ok()?);
    }
}

/// Reads an escape: a backslash with one character, or with `u` and four hexadecimal digits.
fn escape(rest: &mut &str) -> Option<u16> {
    let escaped = rest.strip_prefix('\\')?;
    let (name, after) = escaped.split_at_checked(if escaped.starts_with('u') { 5 } else { 1 })?;
    *rest = after;
    match name.strip_prefix('u') {
        Some(digits) => u16::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+')),
        None => "\"\\/\u{8}\u{c}\n\r\t".encode_utf16().nth("\"\\/bfnrt".find(name)?),
    }
}

/// Whether the text is a number: an optional sign, an integer without leading zeros, an optional fraction and an optional exponent.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    (integer == "0" || !integer.starts_with('0')) && [integer, fraction, exponent].into_iter().all(all_digits)
}
