//! Messages in a text that is no JSON, or in a string of JSON.
#![expect(clippy::wildcard_enum_match_arm, reason = "each place looks for a few of many phrases")]

use iam_json::Spanned;

use crate::clause::{Reader, in_action, in_id, in_word};
use crate::denial::{Cause, Denial, Form, NamedLayer};
use crate::event::is_denial_code;
use crate::flow::{Flow, is_gap};
use crate::lines::END;
use crate::mapped::Mapped;
use crate::marks::{Kind, Mark, Marks, policy_type};
use crate::records::{Record, records};
use crate::resource::{Resource, ResourceForm};
use crate::who::Who;

/// The longest name of a type of policy that is not known.
const LONGEST_NAME: usize = 80;

/// What IAM writes before the name of a resource.
const TYPES: [&str; 6] = ["instance profile", "policy path", "role", "user", "group", "policy"];

/// The messages of a text, in order.
pub(crate) fn read(source: &Mapped<'_>) -> Vec<Denial> {
    if !may_have_any(source.text()) {
        return Vec::new();
    }
    let flow = Flow::new(source);
    let marks = Marks::of(&flow);
    let records = records(&flow, &marks);
    let mut found = Vec::with_capacity(records.len());
    let mut begin = 0_usize;
    for (index, record) in records.iter().enumerate() {
        let next = records.get(index.saturating_add(1)).map(|next| next.start);
        let reader = Reader { flow: &flow, marks: &marks, end: next.unwrap_or(flow.len()) };
        let (mut denial, end) = clause(reader, record);
        // What stands between two messages belongs to the first one up to where the next error begins.
        let after = next.map(|next| {
            let error = marks.first(end, next, Kind::begins_error).map(|mark| mark.start);
            let paragraph = flow.text(end, next).find(END).map(|at| end.saturating_add(at));
            error.into_iter().chain(paragraph).min().unwrap_or(next)
        });
        let after = after.unwrap_or(flow.len());
        before(&mut denial, reader, begin, record.mark.start);
        within(&mut denial, reader, begin, end, after);
        found.push(denial);
        begin = after;
    }
    found
}

/// Whether a text can have a message. Most strings of an event cannot, and cost little then.
fn may_have_any(text: &str) -> bool {
    let letters = text.bytes().map(|b| b.to_ascii_lowercase()).filter(u8::is_ascii_lowercase);
    let letters: Vec<u8> = letters.collect();
    let has = |word: &[u8]| letters.windows(word.len()).any(|own| own == word);
    has(b"authorized") || has(b"denied") || has(b"unauthorized") || has(b"ciphertext") || has(b"passrole")
}

/// The message itself, and the byte after it.
fn clause(reader: Reader<'_>, record: &Record) -> (Denial, usize) {
    let flow = reader.flow;
    let mut denial = Denial::new(record.form, flow.span(record.start, record.mark.end));
    let mut at = record.mark.end;
    match record.form {
        Form::Classic => {
            denial.who = who(reader, record);
            at = classic(&mut denial, reader, at);
        }
        Form::Resource => {
            denial.who = who(reader, record);
            at = reason(&mut denial, reader, at).unwrap_or(at);
        }
        Form::Ciphertext => denial.cause = Cause::OneOfThree,
        Form::Bare if record.mark.kind == Kind::DueTo => {
            let from = flow.skip(at, &[]);
            let article = ["an", "a", "the"].iter().find_map(|word| flow.phrase_at(from, word));
            if let Some((layer, end)) = named_layer(reader, flow.skip(article.unwrap_or(from), &[]), &[]) {
                denial.layer = Some(layer);
                at = end;
            }
        }
        Form::Operation
        | Form::Bare
        | Form::CrossAccountPassRole
        | Form::Decoded
        | Form::AuthorizationDetails => {}
    }
    denial.span = flow.span(record.start, at);
    (denial, at)
}

/// `: ACTION on resource: RESOURCE because ...`, after the words before the colon.
fn classic(denial: &mut Denial, reader: Reader<'_>, start: usize) -> usize {
    let flow = reader.flow;
    let mut at = flow.skip(start, &[':', '"', '\'', '`']);
    let unnamed = ["this operation", "this action", "the requested operation", "the requested action"];
    if let Some(end) = unnamed.iter().find_map(|words| flow.phrase_at(at, words)) {
        at = end;
    } else if let Some((word, end)) = reader.word(at, in_action) {
        at = end;
        if word.value.contains(':') {
            denial.action = Some(trimmed(word, &[':']));
        } else {
            denial.operation = Some(word);
        }
    } else {
        return start;
    }
    let next = flow.skip(at, &['"', '\'', '`']);
    if let Some(mark) = reader.marks.at(next, |kind| {
        matches!(kind, Kind::OnResource | Kind::OnCiphertext | Kind::OnSpecified | Kind::OnArn)
    }) {
        at = resource(denial, reader, mark);
    }
    reason(denial, reader, at).unwrap_or(at)
}

/// Reads the resource, and returns the byte after it.
fn resource(denial: &mut Denial, reader: Reader<'_>, mark: Mark) -> usize {
    let flow = reader.flow;
    let form = match mark.kind {
        Kind::OnCiphertext => Some(ResourceForm::OfCiphertext),
        Kind::OnSpecified => Some(ResourceForm::Specified),
        _ => None,
    };
    if let Some(form) = form {
        let text = reader.joined(mark.start, mark.end);
        denial.resource = Some(Resource { text, form });
        return mark.end;
    }
    let start = if mark.kind == Kind::OnArn {
        // The phrase has the beginning of the ARN.
        flow.skip(mark.start.saturating_add("on".len()), &[])
    } else {
        flow.skip(mark.end, &[':'])
    };
    let (text, end) = resource_text(reader, start);
    denial.resource = Some(Resource::new(text));
    end
}

fn resource_text(reader: Reader<'_>, start: usize) -> (Spanned<String>, usize) {
    let flow = reader.flow;
    if let Some(found) = reader.quoted(start) {
        return found;
    }
    let paragraph =
        flow.text(start, reader.end).split(END).next().map_or(start, |own| start.saturating_add(own.len()));
    let word = reader.word(start, in_word);
    let ends_sentence = word.as_ref().is_some_and(|(word, end)| {
        word.value.ends_with(['.', ',', ';']) && flow.after(*end).starts_with(is_gap)
    });
    let whole = reader.marks.first(start, paragraph, Kind::is_reason).filter(|_| !ends_sentence);
    if let Some(mark) = whole {
        let (from, to) = reader.trimmed(start, mark.start);
        return (reader.joined(from, to), to);
    }
    let marks = ['.', ',', ';', ')', '}', ']', '\''];
    if let Some((own, end)) = TYPES.iter().find_map(|own| Some((own, flow.phrase_at(start, own)?)))
        && flow.after(end).starts_with(is_gap)
    {
        let next = flow.skip(end, &[]);
        let is_other = reader.marks.at(next, Kind::ends_value).is_some();
        return match reader.word(next, in_word).filter(|_| !is_other) {
            Some((name, end)) => {
                let name = trimmed(name, &marks);
                let span = iam_json::Span::new(flow.span(start, start).start, name.span.end);
                (Spanned::new(format!("{own} {}", name.value), span), end)
            }
            None => (flow.spanned((*own).to_owned(), start, end), end),
        };
    }
    match word {
        Some((word, end)) => (trimmed(word, &marks), end),
        None => (flow.spanned(String::new(), start, start), start),
    }
}

/// Reads why access is denied, if that follows, and returns the byte after it.
fn reason(denial: &mut Denial, reader: Reader<'_>, start: usize) -> Option<usize> {
    let flow = reader.flow;
    let next = flow.skip(start, &['"', '\'', '`', ',']);
    let mark = reader.marks.at(next, Kind::is_reason)?;
    match mark.kind {
        Kind::BecauseThree => {
            denial.cause = Cause::OneOfThree;
            let rest = "in this region, no resource-based policies allow access, or a resource-based policy explicitly denies access";
            let from = flow.skip(mark.end, &[]);
            Some(flow.phrase_at(from, rest).unwrap_or(mark.end))
        }
        Kind::BecauseNo => {
            let from = flow.skip(mark.end, &[]);
            let (layer, at) = named_layer(reader, from, &["allow"])?;
            let mut at = flow.skip(at, &[]);
            denial.cause = Cause::NotAllowed;
            denial.layer = Some(layer);
            for words in ["allows the", "allow the", "allows", "allow"] {
                if let Some(end) = flow.phrase_at(at, words) {
                    at = end;
                    break;
                }
            }
            let from = flow.skip(at, &['"', '\'', '`']);
            let word = reader.word_before(from, in_action, "action");
            if let Some((action, end)) = word.filter(|(word, _)| word.value.contains(':')) {
                denial.missing = Some(trimmed(action, &[':']));
                at = end;
                let from = flow.skip(at, &['"', '\'', '`']);
                at = flow.phrase_at(from, "action").unwrap_or(at);
            }
            Some(at)
        }
        _ => {
            denial.cause = Cause::ExplicitDeny;
            let from = flow.skip(mark.end, &[]);
            let within = ["in an", "in a", "in the", "in"];
            let Some(named) = within.iter().find_map(|words| flow.phrase_at(from, words)) else {
                return Some(mark.end);
            };
            let from = flow.skip(named, &[]);
            let Some((layer, at)) = named_layer(reader, from, &[]) else { return Some(mark.end) };
            denial.layer = Some(layer);
            Some(policy(denial, reader, at).unwrap_or(at))
        }
    }
}

/// The type of policy at a byte, and the byte after its name. A name that is not known ends at one of `ends`, or at punctuation.
fn named_layer(reader: Reader<'_>, start: usize, ends: &[&str]) -> Option<(NamedLayer, usize)> {
    let flow = reader.flow;
    if let Some((own, end)) = policy_type(flow, start) {
        return Some((NamedLayer { policy_type: Some(own), words: reader.joined(start, end) }, end));
    }
    let text = flow.text(start, reader.end);
    let bound =
        text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST_NAME).last().unwrap_or_default();
    let text = text.get(..bound)?;
    let punctuation = text.find([':', '.', ',', ';', '"', '<', END]);
    let end = if ends.is_empty() {
        punctuation.unwrap_or(text.len())
    } else {
        ends.iter().find_map(|own| text.find(own))?
    };
    let (from, to) = reader.trimmed(start, start.saturating_add(end));
    (from < to).then(|| (NamedLayer { policy_type: None, words: reader.joined(from, to) }, to))
}

/// Reads the policy after a colon: an ARN, or an id of an organization's policy.
fn policy(denial: &mut Denial, reader: Reader<'_>, start: usize) -> Option<usize> {
    let next = reader.flow.skip(start, &[]);
    if !reader.flow.after(next).starts_with(':') {
        return None;
    }
    let from = reader.flow.skip(next, &[':', '"', '\'', '`']);
    let (word, end) = reader.word(from, in_word)?;
    let word = trimmed(word, &['.', ',', ';', '\'']);
    (word.value.starts_with("arn:") || word.value.starts_with("p-")).then(|| {
        denial.policy = Some(word);
        end
    })
}

/// Who was denied: what follows `User:`, or the ARN before the verb.
fn who(reader: Reader<'_>, record: &Record) -> Option<Who> {
    let flow = reader.flow;
    let verb = ["is", "are", "was"].iter().find_map(|word| ends_with(flow, record.mark.start, word));
    let end = flow.skip_back(verb.unwrap_or(record.mark.start), &[]);
    let mark =
        reader.marks.within(record.start, record.mark.start).iter().rfind(|mark| mark.kind == Kind::User);
    let start = match mark {
        Some(mark) => flow.skip(mark.end, &['"', '\'', '`']),
        None => record.subject?,
    };
    if start >= end {
        return None;
    }
    let text = reader.joined(start, end);
    let first = text.value.split(' ').next().unwrap_or_default();
    let is_cut = first.len() < text.value.len();
    if is_cut && !first.starts_with("arn:") {
        return None;
    }
    let value = first.trim_matches(['"', '\'', '`', ',']).to_owned();
    (!value.is_empty()).then(|| Who::new(Spanned::new(value, text.span)))
}

/// The byte at which a word begins that ends before `end`, gaps aside.
fn ends_with(flow: &Flow, end: usize, word: &str) -> Option<usize> {
    let mut text = flow.before(end).trim_end_matches(is_gap);
    for wanted in word.chars().rev() {
        text = text.trim_end_matches([crate::lines::HARD, crate::lines::SOFT]);
        let last = text.chars().next_back()?;
        if !last.eq_ignore_ascii_case(&wanted) {
            return None;
        }
        text = text.strip_suffix(last)?;
    }
    text.ends_with(is_gap).then_some(text.len())
}

/// Reads what stands before the message: operation, service and code.
fn before(denial: &mut Denial, reader: Reader<'_>, start: usize, end: usize) {
    let flow = reader.flow;
    for mark in reader.marks.within(start, end) {
        let at = flow.skip(mark.end, &[]);
        match mark.kind {
            Kind::Calling => {
                denial.operation = reader.word(at, in_id).map(|(word, _)| word).or(denial.operation.take());
                denial.code = code_before(reader, mark.start).or(denial.code.take());
            }
            Kind::OperationError => {
                // `operation error EC2: CreateVpcEndpoint,`; the name of a service may have spaces.
                let text = flow.text(at, end);
                let Some(colon) =
                    text.char_indices().take(60).find(|(_, c)| *c == ':').map(|(index, _)| index)
                else {
                    continue;
                };
                let colon = at.saturating_add(colon);
                denial.service = Some(reader.joined(at, colon));
                let from = flow.skip(colon, &[':']);
                denial.operation = reader.word(from, in_id).map(|(word, _)| word);
            }
            Kind::ApiError | Kind::XmlCode => {
                let code = reader.word(at, |c| in_id(c) || c == '.').map(|(word, _)| word);
                denial.code = code.or(denial.code.take());
            }
            Kind::Api if denial.action.is_none() => {
                let action = reader.word(at, in_action).map(|(word, _)| word);
                denial.action = action.filter(|word| word.value.contains(':'));
            }
            _ => {}
        }
    }
    if denial.code.is_none() {
        denial.code = code_before_colon(reader, start, denial_start(reader, start, end));
    }
}

/// The byte at which the sentence begins: its `User:`, or the phrase itself.
fn denial_start(reader: Reader<'_>, start: usize, end: usize) -> usize {
    let user =
        reader.marks.within(start, end).iter().rfind(|mark| matches!(mark.kind, Kind::User | Kind::Lead));
    user.map_or(end, |mark| mark.start)
}

/// The code in `(AccessDenied) when calling`.
fn code_before(reader: Reader<'_>, end: usize) -> Option<Spanned<String>> {
    let flow = reader.flow;
    let close = flow.skip_back(end, &[]);
    let text = flow.before(close).strip_suffix(')')?;
    let from = flow.back(text.len(), LONGEST_NAME);
    let open = flow.text(from, text.len()).rfind('(')?;
    Some(reader.joined(from.saturating_add(open).saturating_add(1), text.len()))
}

/// The code in `AccessDeniedException: User:`.
fn code_before_colon(reader: Reader<'_>, start: usize, end: usize) -> Option<Spanned<String>> {
    let flow = reader.flow;
    let colon = flow.skip_back(end, &[]);
    let text = flow.before(colon).strip_suffix(':')?;
    let head = text.trim_end_matches(|c: char| in_id(c) || c == '.').len().max(start);
    let word = reader.joined(head, text.len());
    is_denial_code(&word.value).then_some(word)
}

/// Reads what stands after the message: how to learn more, and the id of the request, which may also stand before it.
fn within(denial: &mut Denial, reader: Reader<'_>, begin: usize, after: usize, end: usize) {
    let flow = reader.flow;
    let reader = Reader { end: reader.end.max(end), ..reader };
    for mark in reader.marks.within(begin, end) {
        let is_after = mark.start >= after;
        let at = flow.skip(mark.end, &[':', '"', '\'']);
        match mark.kind {
            Kind::Encoded if is_after => {
                denial.encoded = reader.word(at, in_word).map(|(word, _)| word.span);
            }
            Kind::AuthorizationId if is_after => {
                let id = reader.word(at, in_id).map(|(word, _)| word);
                denial.authorization_id = id.or(denial.authorization_id.take());
            }
            Kind::AuthorizationDetails if is_after && denial.authorization_id.is_none() => {
                denial.authorization_id = reader.word(mark.end, in_id).map(|(word, _)| word);
            }
            Kind::RequestId | Kind::XmlRequestId if denial.request_id.is_none() => {
                denial.request_id = reader.word(at, in_id).map(|(word, _)| word);
            }
            _ => {}
        }
    }
}

/// A word without some characters at its end.
fn trimmed(word: Spanned<String>, marks: &[char]) -> Spanned<String> {
    let kept = word.value.trim_end_matches(marks).len();
    let removed = u32::try_from(word.value.len().saturating_sub(kept)).unwrap_or_default();
    let mut value = word.value;
    value.truncate(kept);
    Spanned::new(value, iam_json::Span::new(word.span.start, word.span.end.saturating_sub(removed)))
}
