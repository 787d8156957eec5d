//! Address ranges (rule 4.24).

use std::net::IpAddr;

/// An IPv4 or IPv6 range in CIDR notation, or a single address.
///
/// IPv4 and IPv6 never match each other. An IPv4-mapped IPv6 address counts as IPv6; convert it before the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IpRange {
    address: IpAddr,
    prefix: u32,
}

impl IpRange {
    /// Reads `address` or `address/prefix`. `None` if the text is neither.
    ///
    /// Bits after the prefix are ignored. Without a prefix, the range is the single address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let prefix = match prefix {
            None => most,
            Some(digits) if (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().ok().filter(|p| *p <= most)?
            }
            Some(_) => return None,
        };
        Some(Self { address, prefix })
    }

    /// Whether the address lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(one)) => {
                // A shift by all 32 bits yields `None`: no bit is left to differ.
                let differing = range.to_bits() ^ one.to_bits();
                differing.checked_shr(32u32.saturating_sub(self.prefix)).unwrap_or(0) == 0
            }
            (IpAddr::V6(range), IpAddr::V6(one)) => {
                let differing = range.to_bits() ^ one.to_bits();
                differing.checked_shr(128u32.saturating_sub(self.prefix)).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// The address as written, without the prefix.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// The number of leading bits that are compared.
    pub const fn prefix(&self) -> u32 {
        self.prefix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn contains(range: &str, address: &str, expected: bool) {
        assert_eq!(
            IpRange::parse(range).unwrap().contains(address.parse().unwrap()),
            expected,
            "{range} {address}"
        );
    }

    #[test]
    fn ranges_and_addresses() {
        contains("203.0.113.0/24", "203.0.113.255", true);
        contains("203.0.113.0/24", "203.0.114.0", false);
        contains("203.0.113.77/24", "203.0.113.1", true);
        contains("203.0.113.7", "203.0.113.7", true);
        contains("203.0.113.7", "203.0.113.8", false);
        contains("0.0.0.0/0", "255.255.255.255", true);
        contains("0.0.0.0/0", "::1", false);
        contains("::/0", "2001:db8::1", true);
        contains("::/0", "10.0.0.1", false);
        contains("2001:db8::/33", "2001:db8:7fff::1", true);
        contains("2001:db8::/33", "2001:db8:8000::1", false);
        contains("2001:DB8:0:0:0:0:0:1", "2001:db8::1", true);
        contains("::ffff:10.0.0.0/104", "10.0.0.1", false);
    }

    #[test]
    fn other_texts_are_no_ranges() {
        for text in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.*",
            "010.0.0.1",
            "10.0.0.0/0008",
            "fe80::1%eth0",
            "10.0.0.1 ",
        ] {
            assert_eq!(IpRange::parse(text), None, "{text}");
        }
    }
}
