//! The marks of a timeline: shape and colour each tell the verdict.

use iamgate_audit::CallVerdict;

/// Colours for light and dark, as on the page.
pub(super) const STYLE: &str = "\
text{fill:#1b2330;font:12px ui-sans-serif,system-ui,sans-serif}\
.ground{fill:#fff}.valid{fill:#eef1f6}.line{stroke:#d3d8e0;fill:none}.edge{stroke:#566173;fill:none;stroke-width:1.5}\
.dim{fill:#566173}.head{font-size:16px;font-weight:600}.name{font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}\
.mark{fill:none;stroke-width:1.6}.as_planned{fill:#1a6b3c;stroke:none}.denied_as_planned{stroke:#1f5fbf}\
.refused_by_others{stroke:#566173}.not_proven{stroke:#7a5200}.cannot_be_judged{stroke:#8a3ea8}\
.outside_the_plan{stroke:#a8201a;stroke-width:2.6}.not_a_decision{stroke:#566173}.by{stroke:#566173;fill:none;stroke-width:.8}\
.good{fill:#1a6b3c}.bad{fill:#a8201a}.soso{fill:#7a5200}\
@media(prefers-color-scheme:dark){text{fill:#e8ecf2}.ground{fill:#12161d}.valid{fill:#1a2029}.line{stroke:#364152}\
.edge,.by,.refused_by_others,.not_a_decision{stroke:#a3afc0}.dim{fill:#a3afc0}.as_planned{fill:#7fd6a2}\
.denied_as_planned{stroke:#8ab4f8}.not_proven{stroke:#f0c674}.cannot_be_judged{stroke:#d7a6ee}.outside_the_plan{stroke:#ff9c94}\
.good{fill:#7fd6a2}.bad{fill:#ff9c94}.soso{fill:#f0c674}}";

/// The mark of a verdict with its centre and radius. A frame around it tells that a service made the calls.
pub(super) fn mark((by_service, verdict): (bool, CallVerdict), x: f64, y: f64, r: f64) -> String {
    let class = verdict.name();
    let path = |d: String| format!("<path class=\"mark {class}\" d=\"{d}\"/>");
    let own = match verdict {
        CallVerdict::AsPlanned => {
            format!("<circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\"/>")
        }
        // A ring with a bar, as on the sign that forbids to enter.
        CallVerdict::DeniedAsPlanned => {
            let bar = r * 0.55;
            format!("<circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\"/>")
                + &path(format!("M{:.1} {y:.1}h{:.1}", x - bar, bar * 2.0))
        }
        CallVerdict::RefusedByOthers => {
            let side = r * 1.7;
            path(format!("M{:.1} {:.1}h{side:.1}v{side:.1}h-{side:.1}z", x - side / 2.0, y - side / 2.0))
        }
        CallVerdict::NotProven => {
            let r = r * 1.15;
            path(format!("M{x:.1} {:.1}l{r:.1} {r:.1}l-{r:.1} {r:.1}l-{r:.1} -{r:.1}z", y - r))
        }
        CallVerdict::CannotBeJudged => {
            let (half, high) = (r * 1.05, r * 1.8);
            path(format!("M{x:.1} {:.1}l{half:.1} {high:.1}h-{:.1}z", y - r, half * 2.0))
        }
        CallVerdict::Outside => {
            let side = r * 2.0;
            let (left, top) = (x - side / 2.0, y - side / 2.0);
            path(format!("M{left:.1} {top:.1}l{side:.1} {side:.1}m0 -{side:.1}l-{side:.1} {side:.1}"))
        }
        CallVerdict::NotADecision => path(format!("M{:.1} {y:.1}h{:.1}", x - r, r * 2.0)),
    };
    if !by_service {
        return own;
    }
    let side = r + 2.4;
    let (left, top, whole) = (x - side, y - side, side * 2.0);
    format!(
        "{own}<rect class=\"by\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{whole:.1}\" height=\"{whole:.1}\" rx=\"2\"/>"
    )
}
