//! Questions about signed decision records.

#[cfg(feature = "clap")]
use clap::Args;
use serde::Deserialize;

/// A file of signed records that is checked.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct CheckRecordsArgs {
    /// The file, with one signed record in each line, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "FILE"))]
    pub file: String,
    /// A public key that you trust, as PEM or JWK; several if the signer changed keys
    #[cfg_attr(feature = "clap", arg(long, required = true, value_name = "PUBLIC-KEY"))]
    pub key: Vec<String>,
    /// The head that you kept, NUMBER:SHA256: it has to be in the file
    #[cfg_attr(feature = "clap", arg(long, value_name = "HEAD"))]
    pub head: Option<String>,
    /// The head before the first line, if the file begins in the middle of a chain
    #[cfg_attr(feature = "clap", arg(long, value_name = "HEAD"))]
    pub after: Option<String>,
}

/// A record that is signed.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct SignRecordArgs {
    /// The decision record, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "RECORD"))]
    pub record: String,
    /// The private key, Ed25519 or P-256, as PEM (PKCS #8)
    #[cfg_attr(feature = "clap", arg(long, value_name = "PRIVATE-KEY"))]
    pub key: String,
    /// The file whose chain goes on with this record; a new chain if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub chain: Option<String>,
}
