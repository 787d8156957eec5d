//! Decision records as a signed chain.
//!
//! A file of records has one record in each line. A line is signed, has a number, and names the SHA-256 of the line before, so that nobody can
//! change, remove, repeat, insert or move a line unseen. Whoever checks a file needs it and a public key, and nothing else.
//!
//! ```
//! use iamgate_record::{FileKey, PublicKey, RecordChain, Signer as _, verify};
//!
//! // A key made for this example.
//! let key = FileKey::from_pem(
//!     "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n",
//! )?;
//! let mut chain = RecordChain::new();
//! let mut file = String::new();
//! for record in [r#"{"verdict":"planned"}"#, r#"{"verdict":"refused"}"#] {
//!     file.push_str(&chain.append(record, &key)?);
//! }
//! let keys = [key.public_key().clone()];
//! let report = verify(&file, &keys, None, None);
//! assert!(report.is_intact() && report.records == 2);
//!
//! let report = verify(&file.replace("refused", "planned"), &keys, None, None);
//! assert_eq!(report.faults[0].to_string(), "line 2, /record/verdict: MEMBER_CHANGED: the member is not the one that was signed");
//! # Ok::<(), iamgate_record::RecordError>(())
//! ```
//!
//! # How do I
//!
//! | Task | Where |
//! | --- | --- |
//! | sign records | [`RecordChain`], with a [`Signer`]: [`FileKey`], or a service that keeps the key |
//! | go on with a file | [`RecordChain::after`], with the [`Head`] of [`verify`] |
//! | check a file | [`verify`], or line by line [`ChainVerifier`] |
//! | read a public key | [`PublicKey::read`] |
//!
//! # The form of a line
//!
//! A JSON object in canonical form, and a line end:
//!
//! | Member | Value |
//! | --- | --- |
//! | `schema`, `version` | `iamgate/signed-record`, 1 |
//! | `sequence` | the number of the record in the chain, from 1 |
//! | `previous` | the SHA-256 of the line before, with its signature and without its line end; `null` for the first |
//! | `record` | the record, an object |
//! | `digests` | for each member of the record, the SHA-256 of its value in canonical form |
//! | `signer` | `algorithm` (`Ed25519` or `ES256`) and `key`, the thumbprint of the public key (RFC 7638) |
//! | `signature` | the signature in base64url over the line without `record` and `signature`, in canonical form |
//!
//! Canonical form: no white space; texts with the short escapes of JSON, and `\u` with small digits for control characters and for every
//! character above U+00FF; numbers as they were written; the members of the line, of its parts and of the record sorted by the code points of
//! their names. Inside the values of a record members keep their order, so that a record in a chain has the very bytes that its writer gave
//! it. (RFC 8785 would sort them too, and would rewrite numbers.) A line in another form is refused.
//!
//! ECDSA has two signatures for one message and key; only the one with the smaller S counts. So not one byte of a line can be changed.
//!
//! # What a chain does not show
//!
//! Whoever has the private key can write another chain. Whoever has the file can cut lines off its end; only somebody who kept the head (the
//! SHA-256 of a line that was the last one) sees that. So heads belong in other hands than the file.
#![forbid(unsafe_code)]

mod canonical;
mod chain;
mod error;
mod fault;
mod key;
mod line;
mod signer;
mod verify;

pub use chain::{Head, NotAHead, RecordChain};
pub use error::RecordError;
pub use fault::{Fault, FaultCode};
pub use key::PublicKey;
pub use signer::{FileKey, Signer};
pub use verify::{ChainReport, ChainVerifier, verify};
