//! When sessions made their calls, as a picture: SVG without scripts, for light and dark.

mod axis;
mod lanes;
mod marks;

use std::fmt::Write as _;

use iamgate_audit::{SessionVerdict, Timeline};
use iamgate_verbs::audit_words::{call_verdict, session_verdict};
use iamgate_verbs::words::{number, plural};
use iamgate_verbs::{AuditAnswer, AuditedSession};

use super::summary::count;
use crate::display::xml::text;
use axis::Axis;
use lanes::{Lane, lanes};
use marks::{STYLE, mark};

/// What tells a picture of this program from other files.
pub(super) const MARK: &str = "data-from=\"iamgate audit --timeline\"";

/// The number of sessions that are drawn.
const SESSIONS: usize = 20;

const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 16.0;
/// Where the names of verdicts begin.
const VERDICTS: f64 = 144.0;
/// Where the time begins and ends.
const LEFT: f64 = 350.0;
const RIGHT: f64 = 936.0;
/// The height of a row, and the space between lanes.
const ROW: f64 = 18.0;
const GAP: f64 = 7.0;

/// The picture of the sessions, one below the other.
pub(super) fn svg(answer: &AuditAnswer) -> String {
    let (mut body, mut y) = (String::new(), MARGIN);
    let mut said: Vec<String> = Vec::new();
    for session in answer.sessions().take(SESSIONS) {
        let panel = Panel::of(&session);
        said.push(panel.description(&session));
        y = panel.draw(&session, y, &mut body);
    }
    let more = answer.sessions().count().saturating_sub(SESSIONS);
    let left_out = match more {
        0 if said.is_empty() => "No session has a plan.".to_owned(),
        0 => String::new(),
        more => format!("{} more are not drawn.", plural(more, "session", "sessions")),
    };
    if !left_out.is_empty() {
        let _ = writeln!(body, "<text class=\"dim\" x=\"{MARGIN}\" y=\"{:.1}\">{left_out}</text>", y + 14.0);
        y += 24.0;
        said.push(left_out);
    }
    let verdict = session_verdict(answer.report.verdict());
    let title = text(&format!("When sessions of {} made their calls: {verdict}", answer.role().arn()));
    let height = y + MARGIN / 2.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\" {MARK} \
         role=\"img\" aria-labelledby=\"title about\">\n<title id=\"title\">{title}</title>\n<desc id=\"about\">{}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height:.0}\"/>\n{body}</svg>\n",
        text(&said.join(" "))
    )
}

/// A session in the picture.
struct Panel {
    lanes: Vec<Lane>,
    axis: Axis,
    /// The largest number of calls of a mark.
    most: u64,
}

impl Panel {
    fn of(session: &AuditedSession<'_>) -> Self {
        let lanes = lanes(&session.report.timeline);
        let axis = Axis::of(session, &lanes, (LEFT, RIGHT));
        let rows = lanes.iter().flat_map(|lane| lane.rows.values());
        let most = rows.flat_map(|row| axis.columns(row).into_values()).max().unwrap_or_default();
        Self { lanes, axis, most }
    }

    /// Draws the panel from `y` on. Returns where it ends.
    fn draw(&self, session: &AuditedSession<'_>, y: f64, out: &mut String) -> f64 {
        let report = session.report;
        let style = match report.verdict {
            SessionVerdict::Complete => "good",
            SessionVerdict::Broken => "bad",
            SessionVerdict::CompleteNotValidated
            | SessionVerdict::Provisional
            | SessionVerdict::Incomplete
            | _ => "soso",
        };
        let verdict = session_verdict(report.verdict);
        let _ = writeln!(
            out,
            "<text class=\"head\" x=\"{MARGIN}\" y=\"{:.1}\">{}: <tspan class=\"{style}\">{verdict}</tspan></text>",
            y + 16.0,
            text(&shortened(&report.planned.name, 80))
        );
        let _ = writeln!(
            out,
            "<text class=\"dim\" x=\"{MARGIN}\" y=\"{:.1}\">{}</text>",
            y + 36.0,
            text(&self.sentence(session))
        );
        let top = y + 64.0;
        let rows: usize = self.lanes.iter().map(|lane| lane.rows.len()).fold(0, usize::saturating_add);
        let height = float(rows) * ROW + float(self.lanes.len()) * GAP + GAP;
        let bottom = top + height.max(ROW * 2.0);
        self.axis.draw(out, top, bottom);
        let _ = writeln!(
            out,
            "<text class=\"dim end\" x=\"{:.1}\" y=\"{:.1}\">calls</text>",
            WIDTH - MARGIN,
            top - 8.0
        );
        let about = if self.lanes.is_empty() {
            String::new()
        } else {
            format!("A mark: the calls of {} seconds; larger: more", self.axis.seconds_of_column())
        };
        let below = bottom + 16.0;
        let _ = writeln!(out, "<text class=\"dim\" x=\"{MARGIN}\" y=\"{below:.1}\">{about}</text>");
        if self.lanes.is_empty() {
            let _ = writeln!(
                out,
                "<text class=\"dim\" x=\"{MARGIN}\" y=\"{:.1}\">No record has a call of the session.</text>",
                top + ROW
            );
        }
        let mut at = top + GAP;
        for lane in &self.lanes {
            at = self.lane(lane, &report.timeline, at, out);
        }
        bottom + 40.0
    }

    /// The rows of a service. Returns where they end.
    fn lane(&self, lane: &Lane, timeline: &Timeline, top: f64, out: &mut String) -> f64 {
        let mut y = top;
        let line = top - GAP / 2.0;
        let _ = writeln!(out, "<path class=\"line\" d=\"M{MARGIN} {line:.1}H{:.1}\"/>", WIDTH - MARGIN);
        let full = text(&lane.name);
        let name = text(&shortened(&lane.name, 18));
        let _ = writeln!(
            out,
            "<text class=\"name\" x=\"{MARGIN}\" y=\"{:.1}\"><title>{full}</title>{name}</text>",
            y + 13.0
        );
        for (row, counts) in &lane.rows {
            let (by_service, verdict) = *row;
            let middle = y + ROW / 2.0;
            let service = if by_service { ", by services" } else { "" };
            let total = counts.values().copied().fold(0, u64::saturating_add);
            let _ = writeln!(
                out,
                "{}<text class=\"dim\" x=\"{:.1}\" y=\"{:.1}\">{}{service}</text><text class=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                mark(*row, VERDICTS, middle, 4.2),
                VERDICTS + 12.0,
                y + 13.0,
                call_verdict(verdict),
                WIDTH - MARGIN,
                y + 13.0,
                number(count(total))
            );
            for (column, calls) in self.axis.columns(counts) {
                let x = self.axis.x_of(column);
                let says = format!(
                    "{}, {}{service}: {}, {}",
                    lane.name,
                    call_verdict(verdict),
                    plural(count(calls), "call", "calls"),
                    self.axis.says(column, timeline)
                );
                let _ = writeln!(
                    out,
                    "<g><title>{}</title>{}</g>",
                    text(&says),
                    mark(*row, x, middle, self.radius(calls))
                );
            }
            y += ROW;
        }
        y + GAP
    }

    /// The radius of a mark: its area grows with the number of calls, and one call is seen.
    fn radius(&self, calls: u64) -> f64 {
        let over = |calls: u64| float(count(calls.saturating_sub(1)));
        let share = over(calls) / over(self.most).max(9.0);
        3.4 + 2.8 * share.sqrt()
    }

    /// What is said below the name.
    fn sentence(&self, session: &AuditedSession<'_>) -> String {
        let sum = |services: bool| {
            let rows = self.lanes.iter().flat_map(|lane| &lane.rows).filter(|((own, _), _)| *own == services);
            rows.flat_map(|(_, row)| row.values()).copied().fold(0, u64::saturating_add)
        };
        let planned = &session.report.planned;
        let by_services = match sum(true) {
            0 => String::new(),
            some => format!(", {} by services in its name (framed)", number(count(some))),
        };
        let own = sum(false);
        format!(
            "{}, times in UTC. Profile {}, {} minutes. {} {} by the session itself{by_services}.",
            self.axis.days(),
            session.profile().name(),
            planned.duration_seconds.div_euclid(60),
            number(count(own)),
            if own == 1 { "call" } else { "calls" },
        )
    }

    /// The panel in words, for those who do not see it.
    fn description(&self, session: &AuditedSession<'_>) -> String {
        let report = session.report;
        let mut says = format!(
            "The session {}: {}. {} {}",
            report.planned.name,
            session_verdict(report.verdict),
            self.sentence(session),
            self.axis.description()
        );
        for lane in &self.lanes {
            let rows = lane.rows.iter().map(|((by_service, verdict), counts)| {
                let service = if *by_service { " by services" } else { "" };
                let total = counts.values().copied().fold(0, u64::saturating_add);
                format!("{} {}{service}", number(count(total)), call_verdict(*verdict))
            });
            let _ = write!(says, " {}: {}.", lane.name, rows.collect::<Vec<_>>().join(", "));
        }
        says
    }
}

/// A text of at most so many characters.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// A number for the arithmetic of places.
fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
