//! The vectors themselves, built in.

/// Every vector file: its path below `conformance/`, and its text. Sorted by path.
pub static FILES: &[(&str, &str)] = &[
    ("aws/decisions.json", include_str!("../conformance/aws/decisions.json")),
    ("aws/documents.json", include_str!("../conformance/aws/documents.json")),
    ("aws/sessions.json", include_str!("../conformance/aws/sessions.json")),
    ("defect-documents.json", include_str!("../conformance/defect-documents.json")),
    ("defect-sessions.json", include_str!("../conformance/defect-sessions.json")),
    ("defects.json", include_str!("../conformance/defects.json")),
    ("layers.json", include_str!("../conformance/layers.json")),
    ("more-decisions.json", include_str!("../conformance/more-decisions.json")),
    ("more-documents.json", include_str!("../conformance/more-documents.json")),
    ("more-sessions.json", include_str!("../conformance/more-sessions.json")),
    ("operators.json", include_str!("../conformance/operators.json")),
    ("unknown.json", include_str!("../conformance/unknown.json")),
];
