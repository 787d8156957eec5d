//! Streams of questions, answered on several cores in the order of the stream.
//!
//! [`in_order`] is the stream alone. An iterator gives the parts, workers turn each part into an answer, and a sink takes the answers in the
//! order of the parts. A part can be anything: a chunk of lines, a block of columns, the rows of a table. [`Lines`] cuts a reader into chunks
//! of lines. [`Cases`] answers such chunks: one line of JSON for each case.
//!
//! ```
//! use std::convert::Infallible;
//! use std::io::BufReader;
//! use std::num::NonZero;
//!
//! use iamgate::iam_policy::Mode;
//! use iamgate_verbs::Depth;
//! use iamgate_verbs::batch::{Cases, Chunk, LINE_BYTES, Lines, in_order};
//!
//! let ana = r#"{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}"#;
//! let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
//! let case = |id: u32, action: &str| {
//!     format!(
//!         r#"{{"id": {id}, "request": {{"principal": {ana}, "action": "{action}", "resource": "*"}}, "policies": {{"identity": [{policy}]}}}}"#
//!     )
//! };
//! let text = [case(1, "s3:GetObject"), case(2, "s3:PutObject"), "{".to_owned()].join("\n");
//!
//! let mut out = Vec::new();
//! let worker = || {
//!     let mut cases = Cases::new(Mode::Deployed, Depth::Decision, None);
//!     move |chunk: Chunk| cases.answer(&chunk)
//! };
//! in_order(Lines::new(BufReader::new(text.as_bytes()), LINE_BYTES), NonZero::<usize>::MIN, worker, |answers| {
//!     out.extend(answers.text);
//!     Ok::<_, Infallible>(())
//! })
//! .unwrap();
//! let out = String::from_utf8(out).unwrap();
//! let lines: Vec<&str> = out.lines().collect();
//! assert_eq!(lines[0], r#"{"id":1,"decision":"allowed"}"#);
//! assert_eq!(lines[1], r#"{"id":2,"decision":"implicit_deny"}"#);
//! assert!(lines[2].starts_with(r#"{"id":null,"error":{"code":"JSON_SYNTAX_ERROR","line":3,"#));
//! ```

mod cases;
mod lines;
mod order;

pub use cases::{Cases, GivenPolicies, LineAnswers};
pub use lines::{Chunk, Lines};
pub use order::{Stop, in_order};

/// The maximum length of a line in bytes. The 100 largest policies that AWS stores fit.
pub const LINE_BYTES: usize = 4 << 20;
