//! A plot with logarithmic axes as SVG, readable on light and dark backgrounds.

use std::fmt::Write;

/// A line of points.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    /// The number of statements, and the nanoseconds of a decision.
    pub points: Vec<(f64, f64)>,
    pub colour: &'static str,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;

/// The plot of lines. Axes cover whole powers of ten.
pub fn svg(title: &str, lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| &line.points);
    let decades = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        (low.log10().floor(), high.log10().ceil())
    };
    let (x0, x1) = decades(&mut all().map(|p| p.0));
    let (y0, y1) = decades(&mut all().map(|p| p.1));
    let x = |v: f64| LEFT + (v.log10() - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT);
    let y = |v: f64| HEIGHT - BOTTOM - (v.log10() - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"{title}\">\n\
         <style>text{{fill:#333}}.grid{{stroke:#8888;stroke-width:.5}}.ground{{fill:#fff}}@media(prefers-color-scheme:dark){{text{{fill:#ddd}}.ground{{fill:#161b22}}}}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{title}</text>\n"
    );
    let mut decade = x0;
    while decade <= x1 {
        let at = x(10f64.powf(decade));
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 18.0,
            crate::table::thousands(10f64.powf(decade))
        );
        decade += 1.0;
    }
    let mut decade = y0;
    while decade <= y1 {
        let at = y(10f64.powf(decade));
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0,
            crate::table::time(10f64.powf(decade)).replace(".0 ", " ")
        );
        decade += 1.0;
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">statements</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 10.0
    );
    for line in lines {
        let points: Vec<String> =
            line.points.iter().map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"{}\"/>",
            line.colour,
            points.join(" ")
        );
        for (a, b) in &line.points {
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{}\"/>",
                x(*a),
                y(*b),
                line.colour
            );
        }
    }
    // Names are written after the last points, in the order of these points, and below each other if points meet.
    let mut names: Vec<(f64, f64, &Line)> = lines
        .iter()
        .filter_map(|line| line.points.last().map(|(a, b)| (y(*b) + 4.0, x(*a) + 10.0, line)))
        .collect();
    names.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut free = f64::MIN;
    for (at, left, line) in names {
        let at = at.max(free);
        free = at + 15.0;
        let _ = writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{at:.1}\" style=\"fill:{}\">{}</text>",
            line.colour, line.name
        );
    }
    out.push_str("</svg>\n");
    out
}
