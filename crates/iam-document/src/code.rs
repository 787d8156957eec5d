//! What only texts around policies have.

iam_json::codes! {
    /// The help says what the text looks like, and which command gives what is wanted.
    NOT_A_POLICY Error Error "the format" "the text has no policy"
    /// A role of which policies are missing looks harmless.
    TRUNCATED_OUTPUT Error Error "the format" "the output of a command is only a part"
    /// The place is that at which reading stopped.
    YAML_SYNTAX_ERROR Error Error "the format" "the text is not YAML"
    /// A unit is missing, or half of a pair stands alone.
    NOT_UTF16 Error Error "1.4" "the text is not UTF-16"
    /// More texts inside texts than are read.
    TOO_MANY_LAYERS Error Error "limit layers" "texts are nested too deeply in texts"
    /// More documents than are read.
    TOO_MANY_DOCUMENTS Error Error "limit documents" "the text has too many documents"
}

pub use iam_json::code::{
    BYTE_ORDER_MARK, DOCUMENT_TOO_LARGE, DUPLICATE_JSON_KEY, JSON_SYNTAX_ERROR, NESTING_TOO_DEEP,
};
