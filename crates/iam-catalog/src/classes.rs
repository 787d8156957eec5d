//! Why actions are sensitive.
//!
//! The text has a head. Then it has a line for each class of each action, with six parts separated by tabs: the action, the name of the class,
//! the evidence, the source of the evidence, `yes` or `no` for whether a person looked at it, and a pattern of the ARNs for which alone the
//! class holds, or nothing. Lines are sorted by service prefix, by the
//! action's name without ASCII case, and by class. Reading checks the order.

use crate::error::DataError;
use crate::fold;
use crate::lines::{Head, Lines};
use crate::sensitivity::SensitivityClass;
use std::cmp::Ordering;

/// One class of one action, and why the action has it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClassReason<'t> {
    /// The class.
    pub class: SensitivityClass,
    /// A member of an output, as operation and path (`ssm:GetAccessToken Credentials.SecretAccessKey`), or a reason in words.
    pub evidence: &'t str,
    /// The package or list that the evidence comes from.
    pub source: &'t str,
    /// Whether a person looked at it. Otherwise a rule over names and types found it.
    pub reviewed: bool,
    /// A pattern of the ARNs for which alone the action has the class. `None` if it has it on every resource.
    pub only_on: Option<&'t str>,
}

/// The classes of every sensitive action with the reason for each, as of one day.
///
/// [`CatalogAction::sensitivity`](crate::CatalogAction::sensitivity) has the same classes without the reasons.
///
/// An action without a class is not known to be harmless: a service model may be missing, or the rules may miss a member.
///
/// # Cost
///
/// Reading is one pass over the text (0.15 MB). The text is not copied. A look-up takes `O(log n)` comparisons. A program that never reads it does
/// not contain it.
#[derive(Clone, Debug)]
pub struct Classes<'t> {
    head: Head<'t>,
    rows: Vec<Row<'t>>,
}

#[derive(Clone, Debug)]
struct Row<'t> {
    prefix: &'t str,
    name: &'t str,
    reason: ClassReason<'t>,
}

impl Classes<'static> {
    /// Reads the classes inside this crate.
    ///
    /// # Errors
    ///
    /// Never in a released version, because a test reads the embedded text. The error is returned so that callers need not panic.
    pub fn embedded() -> Result<Self, DataError> {
        Self::parse(include_str!("../data/classes.tsv"))
    }
}

impl<'t> Classes<'t> {
    /// Reads a text of classes, such as a newer `data/classes.tsv`.
    ///
    /// # Errors
    ///
    /// The first line that is malformed, out of order or missing.
    pub fn parse(text: &'t str) -> Result<Self, DataError> {
        let mut lines = Lines::of(text)?;
        let head = Head::read(&mut lines, "classes")?;
        let mut classes = Self { head, rows: Vec::new() };
        let mut actions: usize = 0;
        while let Some(line) = lines.next() {
            let row = Row::read(line).map_err(|what| lines.error(what))?;
            let order = classes.rows.last().map(|last| last.compare(row.prefix, row.name));
            match order {
                None | Some(Ordering::Less) => actions = actions.saturating_add(1),
                Some(Ordering::Equal)
                    if classes.rows.last().is_some_and(|last| last.reason.class < row.reason.class) => {}
                Some(Ordering::Equal | Ordering::Greater) => return Err(lines.error("out of order")),
            }
            classes.rows.push(row);
        }
        classes.head.check(&lines, actions, classes.rows.len())?;
        Ok(classes)
    }

    /// The day of the service models, as `YYYY-MM-DD`.
    pub fn date(&self) -> &'t str {
        self.head.date
    }

    /// The origin of the data: packages and versions.
    pub fn source(&self) -> &'t str {
        self.head.source
    }

    /// The classes of the action with this full name, such as `s3:GetObject`, ignoring ASCII case, in the order of [`SensitivityClass::ALL`].
    ///
    /// Empty for an action without a class, and for an unknown name.
    ///
    /// ```
    /// use iam_catalog::{SensitivityClass, Classes};
    ///
    /// let classes = Classes::embedded()?;
    /// let found: Vec<SensitivityClass> = classes.action("ssm:getaccesstoken").map(|reason| reason.class).collect();
    /// assert_eq!(found, [SensitivityClass::Credentials]);
    /// # Ok::<(), iam_catalog::DataError>(())
    /// ```
    pub fn action(&self, name: &str) -> impl ExactSizeIterator<Item = ClassReason<'t>> + '_ {
        let (prefix, name) = name.split_once(':').unwrap_or_default();
        let from = self.rows.partition_point(|row| row.compare(prefix, name) == Ordering::Less);
        let rest = self.rows.get(from..).unwrap_or_default();
        let count = rest.iter().take_while(|row| row.compare(prefix, name) == Ordering::Equal).count();
        rest.get(..count).unwrap_or_default().iter().map(|row| row.reason)
    }

    /// Whether the action with this full name has the class.
    pub fn has(&self, name: &str, class: SensitivityClass) -> bool {
        self.action(name).any(|reason| reason.class == class)
    }

    /// Every class of every action, as service prefix, name and reason.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'t str, &'t str, ClassReason<'t>)> + '_ {
        self.rows.iter().map(|row| (row.prefix, row.name, row.reason))
    }
}

impl<'t> Row<'t> {
    fn read(line: &'t str) -> Result<Self, &'static str> {
        let Some([action, class, evidence, source, reviewed, only_on]) = columns(line) else {
            return Err("six parts expected");
        };
        let colon =
            action.bytes().position(|byte| byte == b':').ok_or("an action has a prefix and a name")?;
        let prefix = action.get(..colon).unwrap_or_default();
        let name = action.get(colon.saturating_add(1)..).unwrap_or_default();
        if !fold::is_prefix(prefix) || name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("an action has a prefix and a name");
        }
        let class = SensitivityClass::from_name(class).ok_or("unknown class")?;
        if evidence.is_empty() || source.is_empty() {
            return Err("a class without evidence or source");
        }
        let reviewed = match reviewed {
            "yes" => true,
            "no" => false,
            _ => return Err("`yes` or `no` expected"),
        };
        let only_on = (!only_on.is_empty()).then_some(only_on);
        if only_on.is_some_and(|pattern| !pattern.starts_with("arn:")) {
            return Err("a pattern of ARNs expected");
        }
        Ok(Self { prefix, name, reason: ClassReason { class, evidence, source, reviewed, only_on } })
    }

    fn compare(&self, prefix: &str, name: &str) -> Ordering {
        fold::compare(self.prefix, prefix).then_with(|| fold::compare(self.name, name))
    }
}

/// The six texts between tabs.
fn columns(line: &str) -> Option<[&str; 6]> {
    let mut tabs = memchr::memchr_iter(b'\t', line.as_bytes());
    let mut start = 0;
    let mut next = || {
        let end = tabs.next()?;
        let text = line.get(start..end);
        start = end.saturating_add(1);
        text
    };
    let [action, class, evidence, source, reviewed] = [next()?, next()?, next()?, next()?, next()?];
    let only_on = line.get(start..)?;
    tabs.next().is_none().then_some([action, class, evidence, source, reviewed, only_on])
}

#[cfg(test)]
mod tests {
    use super::{Classes, SensitivityClass};

    const HEAD: &str = "iam-catalog classes 1\nsource here 1\ndate 2026-01-02\n";

    #[track_caller]
    fn refused(body: &str, line: usize, what: &str) {
        let text = format!("{HEAD}{body}");
        let error = Classes::parse(&text).expect_err("malformed");
        assert_eq!((error.line(), error.what()), (line, what));
    }

    #[test]
    fn a_small_text_is_read() {
        let text = format!(
            "{HEAD}counts 3 4\na:GetX\tCredentials\to p\tm 1\tno\t\na:GetX\tActs\twords\tlist\tyes\t\na:gety\tActs\tw\tl\tyes\t\n\
             b:GetX\tSignsUrl\tw\tl\tno\tarn:*:b:::k\n"
        );
        let classes = Classes::parse(&text).expect("well formed");
        assert_eq!((classes.date(), classes.source()), ("2026-01-02", "here 1"));
        let of = |name: &str| classes.action(name).map(|reason| reason.class).collect::<Vec<_>>();
        assert_eq!(of("A:GETX"), [SensitivityClass::Credentials, SensitivityClass::Acts]);
        assert_eq!(of("a:GetY"), [SensitivityClass::Acts]);
        for unknown in ["", ":", "a:", "a:Get", "a:GetXx", "c:GetX", "b:GetY"] {
            assert_eq!(of(unknown), [], "{unknown}");
        }
        assert!(
            classes.has("b:getx", SensitivityClass::SignsUrl)
                && !classes.has("b:getx", SensitivityClass::Acts)
        );
        let first = classes.action("a:GetX").next().expect("a class");
        assert_eq!((first.evidence, first.source, first.reviewed), ("o p", "m 1", false));
        let narrow = classes.action("b:GetX").next().expect("a class");
        assert_eq!((first.only_on, narrow.only_on), (None, Some("arn:*:b:::k")));
        assert_eq!(classes.iter().len(), 4);
    }

    #[test]
    fn malformed_lines_are_errors() {
        refused("counts 1 1\na:B\tActs\te\ts\n", 5, "six parts expected");
        refused("counts 1 1\naB\tActs\te\ts\tno\t\n", 5, "an action has a prefix and a name");
        refused("counts 1 1\nA:B\tActs\te\ts\tno\t\n", 5, "an action has a prefix and a name");
        refused("counts 1 1\na:B\tActing\te\ts\tno\t\n", 5, "unknown class");
        refused("counts 1 1\na:B\tActs\t\ts\tno\t\n", 5, "a class without evidence or source");
        refused("counts 1 1\na:B\tActs\te\ts\tnein\t\n", 5, "`yes` or `no` expected");
        refused("counts 1 1\na:B\tActs\te\ts\tno\tx\n", 5, "a pattern of ARNs expected");
        let out_of_order = "a:B\tActs\te\ts\tno\t\na:B\tCredentials\te\ts\tno\t\n";
        refused(&format!("counts 1 2\n{out_of_order}"), 6, "out of order");
        refused("counts 2 2\na:b\tActs\te\ts\tno\t\na:A\tActs\te\ts\tno\t\n", 6, "out of order");
        refused(
            "counts 1 2\na:B\tActs\te\ts\tno\t\n",
            6,
            "number of services or actions differs from the head",
        );
    }
}
