//! Misdeeds: what a cloud does that no audit may overlook.

/// What goes wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Misdeed {
    /// A write that the policies deny is done.
    DeniedWriteDone,
    /// A secret that the policies deny is given out.
    SecretRead,
    /// The session assumes another role, which the policies deny.
    RoleChained,
    /// Somebody else opens a session with a token of the same provider, under another name.
    SessionUnplanned,
    /// The call of STS has a wider session policy than the plan. The record says so.
    PolicyWidened,
    /// The session has a wider policy than the call of STS and its record, so that a call is done that the recorded policy denies.
    PolicyWidenedUnseen,
    /// A letter of the recorded session policy is another one.
    PolicyLetter,
    /// A letter of the recorded session name is another one.
    NameLetter,
    /// A letter of a recorded session tag is another one.
    TagLetter,
    /// The record of the session's opening is never written.
    OpeningUnrecorded,
    /// A record is cut out of a file after it was delivered.
    EventDropped,
    /// A letter of a file is another one after it was delivered.
    FileLetter,
    /// A file is taken away.
    FileLost,
    /// A digest in the middle of the chain is taken away.
    DigestLost,
}

impl Misdeed {
    /// Every misdeed.
    pub const ALL: [Self; 14] = [
        Self::DeniedWriteDone,
        Self::SecretRead,
        Self::RoleChained,
        Self::SessionUnplanned,
        Self::PolicyWidened,
        Self::PolicyWidenedUnseen,
        Self::PolicyLetter,
        Self::NameLetter,
        Self::TagLetter,
        Self::OpeningUnrecorded,
        Self::EventDropped,
        Self::FileLetter,
        Self::FileLost,
        Self::DigestLost,
    ];

    /// A name for output, such as `secret-read`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeniedWriteDone => "denied-write-done",
            Self::SecretRead => "secret-read",
            Self::RoleChained => "role-chained",
            Self::SessionUnplanned => "session-unplanned",
            Self::PolicyWidened => "policy-widened",
            Self::PolicyWidenedUnseen => "policy-widened-unseen",
            Self::PolicyLetter => "policy-letter",
            Self::NameLetter => "name-letter",
            Self::TagLetter => "tag-letter",
            Self::OpeningUnrecorded => "opening-unrecorded",
            Self::EventDropped => "event-dropped",
            Self::FileLetter => "file-letter",
            Self::FileLost => "file-lost",
            Self::DigestLost => "digest-lost",
        }
    }

    /// Whether only the digests can show it, because what is left fits together.
    pub const fn needs_digests(self) -> bool {
        match self {
            Self::EventDropped | Self::FileLetter | Self::FileLost | Self::DigestLost => true,
            Self::DeniedWriteDone
            | Self::SecretRead
            | Self::RoleChained
            | Self::SessionUnplanned
            | Self::PolicyWidened
            | Self::PolicyWidenedUnseen
            | Self::PolicyLetter
            | Self::NameLetter
            | Self::TagLetter
            | Self::OpeningUnrecorded => false,
        }
    }
}

/// A misdeed that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planted {
    /// The misdeed.
    pub misdeed: Misdeed,
    /// The id of its event, or of one of its file; the key of a digest. Empty if it has none.
    pub at: Box<str>,
}

/// The session policy that misdeeds put in place of another one.
pub(crate) const WIDE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// The text with another letter in place of the one at or after a place. `None` if there is none behind it.
pub(crate) fn another_letter(text: &str, place: usize) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let at = bytes.iter().enumerate().skip(place).find(|(_, byte)| byte.is_ascii_alphanumeric())?.0;
    let byte = bytes.get_mut(at)?;
    *byte = match *byte {
        b'0' => b'1',
        b'1'..=b'9' => b'0',
        b'a' => b'b',
        b'A' => b'B',
        b'b'..=b'z' => b'a',
        _ => b'A',
    };
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::another_letter;

    #[test]
    fn one_letter_is_another_one() {
        assert_eq!(another_letter("{\"a\"", 0).as_deref(), Some("{\"b\""));
        assert_eq!(another_letter("x9", 1).as_deref(), Some("x0"));
        assert_eq!(another_letter("\u{e9}{}", 0), None);
    }
}
