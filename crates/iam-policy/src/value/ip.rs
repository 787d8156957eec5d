//! Addresses and address ranges (rule 4.24).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv4 or IPv6 range in CIDR notation, or a single address, as a policy writes it.
///
/// IPv4 and IPv6 never match each other. [`parse_address`] reads the address of a request, and makes an IPv4-mapped address an IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IpRange {
    address: IpAddr,
    prefix: u32,
    is_dead: bool,
}

impl IpRange {
    /// Reads `address` or `address/prefix`. `None` if the text is neither.
    ///
    /// Without a prefix, the range is the single address. The prefix may have leading zeros and a `+`, up to three digits.
    ///
    /// The spellings of addresses are those that IAM reads. Parts of IPv4 addresses are decimal and may have leading zeros. In an IPv6
    /// address, a colon at the end is ignored, and a group before a lone colon at the beginning, or before a third colon in a row, is zero:
    /// `2001:db8:::1` is `2001:db8::1`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let has_dotted_tail = address.contains(':') && address.contains('.');
        let address = read_address(address)?;
        let most = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let prefix = match prefix {
            None => most,
            Some(text) => read_prefix(text).filter(|prefix| *prefix <= most)?,
        };
        let is_dead = match address {
            IpAddr::V4(_) => false,
            IpAddr::V6(v6) => {
                let host = u128::MAX.checked_shr(prefix).unwrap_or(0);
                has_dotted_tail || v6.to_ipv4_mapped().is_some() || v6.to_bits() & host != 0
            }
        };
        Some(Self { address, prefix, is_dead })
    }

    /// Whether AWS was observed to match no address with this range, not even the range's own.
    ///
    /// These ranges are dead: an IPv4-mapped network, an IPv6 network with a bit set behind the prefix, and an IPv6 address that ends like
    /// an IPv4 address. IPv4 ranges are never dead: bits behind the prefix are ignored.
    pub const fn is_dead(&self) -> bool {
        self.is_dead
    }

    /// Whether the leading bits of the address are those of the range. Bits behind the prefix are ignored.
    ///
    /// This is what the notation says, and it is true of [dead](Self::is_dead) ranges too.
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

/// Reads the address of a request. `None` if AWS cannot read it, so that it is in no range and outside of none.
///
/// An IPv4-mapped IPv6 address is the IPv4 address. The spellings are those of [`IpRange::parse`], but an IPv6 address that ends like an
/// IPv4 address is read only if it is mapped. A range, such as `192.0.2.1/32`, is not read.
pub fn parse_address(text: &str) -> Option<IpAddr> {
    match read_address(text)? {
        IpAddr::V4(v4) => Some(IpAddr::V4(v4)),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => Some(IpAddr::V4(v4)),
            None if text.contains('.') => None,
            None => Some(IpAddr::V6(v6)),
        },
    }
}

fn read_address(text: &str) -> Option<IpAddr> {
    if text.contains(':') { read_v6(text).map(IpAddr::V6) } else { read_v4(text).map(IpAddr::V4) }
}

/// Reads four decimal parts of one to three digits.
fn read_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| (1..=3).contains(&part.len()))?;
        // A sign would be read by `parse`.
        *octet = if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok()? } else { return None };
    }
    parts.next().is_none().then(|| octets.into())
}

/// Reads groups of up to four hexadecimal digits, with at most one run of zeros, `::`, for one or more of them.
fn read_v6(text: &str) -> Option<Ipv6Addr> {
    let Some((before, behind)) = text.split_once("::") else {
        let groups = Groups::read(text)?;
        return (groups.count == 8).then(|| groups.values.into());
    };
    // The dotted tail is a tail. A second run of zeros is a group without digits, which `Groups::read` refuses.
    if before.contains('.') {
        return None;
    }
    let (before, behind) = (Groups::read(before)?, Groups::read(behind)?);
    let zeros = 8usize.checked_sub(before.count)?.checked_sub(behind.count).filter(|zeros| *zeros > 0)?;
    let mut groups = before.values;
    let last = before.count.checked_add(zeros)?;
    for (group, value) in groups.iter_mut().skip(last).zip(behind.values) {
        *group = value;
    }
    Some(groups.into())
}

/// The groups on one side of `::`, or all of them.
struct Groups {
    values: [u16; 8],
    count: usize,
}

impl Groups {
    fn read(text: &str) -> Option<Self> {
        let mut groups = Self { values: [0; 8], count: 0 };
        let text = text.strip_suffix(':').unwrap_or(text);
        if text.is_empty() {
            return Some(groups);
        }
        let mut parts = text.split(':').enumerate().peekable();
        while let Some((at, part)) = parts.next() {
            if parts.peek().is_none() && part.contains('.') {
                let [a, b, c, d] = read_v4(part)?.octets();
                groups.push(u16::from_be_bytes([a, b]))?;
                groups.push(u16::from_be_bytes([c, d]))?;
            } else if at == 0 && part.is_empty() {
                // A colon alone at the beginning has a zero before it.
                groups.push(0)?;
            } else if (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit()) {
                groups.push(u16::from_str_radix(part, 16).ok()?)?;
            } else {
                return None;
            }
        }
        Some(groups)
    }

    fn push(&mut self, group: u16) -> Option<()> {
        *self.values.get_mut(self.count)? = group;
        self.count = self.count.checked_add(1)?;
        Some(())
    }
}

/// Reads one to three digits, with or without a plus sign before them.
fn read_prefix(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
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
        contains("2001:db8::5/64", "2001:db8::6", true);
    }

    #[test]
    fn odd_spellings_that_iam_reads() {
        for (odd, plain) in [
            ("192.000.002.0/24", "192.0.2.0/24"),
            ("192.000.002.1", "192.0.2.1/32"),
            ("010.0.0.1", "10.0.0.1/32"),
            ("192.0.2.0/024", "192.0.2.0/24"),
            ("192.0.2.0/+24", "192.0.2.0/24"),
            ("2001:DB8::/064", "2001:db8::/64"),
            ("2001:db8:::1/128", "2001:db8::1/128"),
            ("2001:db8::1:/128", "2001:db8::1/128"),
            (":2001:db8::1", "0:2001:db8::1/128"),
            (":1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7/128"),
            ("1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8/128"),
            (":::/0", "::/0"),
        ] {
            assert_eq!(IpRange::parse(odd), IpRange::parse(plain), "{odd}");
            assert!(IpRange::parse(odd).is_some_and(|range| !range.is_dead()), "{odd}");
        }
    }

    #[test]
    fn dead_ranges() {
        for text in [
            "::ffff:c000:200/120",
            "::ffff:192.0.2.0/120",
            "::ffff:c000:201",
            "::192.0.2.0/120",
            "2001:db8::192.0.2.0/120",
            "2001:db8::5/64",
            "2001:db8::5/127",
            "2001:db8::1/0",
            "::ffff:0:0/95",
        ] {
            assert!(IpRange::parse(text).unwrap().is_dead(), "{text}");
        }
        for text in ["192.0.2.5/24", "192.0.2.0/0", "::/0", "2001:db8::1", "2001:db8::4/127", "::fffe:0:0/95"]
        {
            assert!(!IpRange::parse(text).unwrap().is_dead(), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_ranges() {
        for text in [
            "",
            "/8",
            ":",
            "10.0.0.0/33",
            "::/129",
            "::ffff:192.0.2.0/129",
            "10.0.0/8",
            "10.0.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.0/+",
            "10.0.0.0/++8",
            "10.0.0.0/8/8",
            "10.0.0.*",
            "10.0.0.256",
            "10.0.0.0001",
            "+10.0.0.1",
            "10.0.0.+1",
            "10.0.0.0/0008",
            "192.0.2.1::",
            "192.0.2.1::1/128",
            "2001:192.0.2.1::/64",
            "1::2::3",
            "1::2::",
            "::2::3",
            "1::::2",
            "::::",
            "::1::",
            "fe80::1%eth0",
            "10.0.0.1 ",
            "not-an-ip",
        ] {
            assert_eq!(IpRange::parse(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_of_requests() {
        for (text, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.000.002.1", Some("192.0.2.1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("::FFFF:c000:201", Some("192.0.2.1")),
            ("0:0:0:0:0:ffff:192.0.2.1", Some("192.0.2.1")),
            ("2001:0db8:0000:0000:0000:0000:0000:0001", Some("2001:db8::1")),
            ("2001:db8:::1", Some("2001:db8::1")),
            ("2001:db8::1:", Some("2001:db8::1")),
            (":2001:db8::1", Some("0:2001:db8::1")),
            (":::", Some("::")),
            ("::", Some("::")),
            ("1:2:3:4:5:6:7::", Some("1:2:3:4:5:6:7:0")),
            ("::2:3:4:5:6:7:8", Some("0:2:3:4:5:6:7:8")),
            ("2001:db8::192.0.2.1", None),
            ("::192.0.2.1", None),
            ("2001:db8::::1", None),
            ("2001::db8::1", None),
            ("2001::db8:::1", None),
            ("::ffff:::192.0.2.1", None),
            ("1:2:3:4:5:6:7", None),
            ("1:2:3:4:5:6:7:8:9", None),
            ("1:2:3:4::5:6:7:8", None),
            ("1:2:3:4:5:6:7:8::", None),
            ("2001:db8::00001", None),
            ("2001:db8::g", None),
            ("2001:db8::-1", None),
            ("1.2.3.4::", None),
            ("192.0.513", None),
            ("3221225985", None),
            ("0xC0000201", None),
            ("192.0.2.1/32", None),
            ("not-an-ip", None),
            ("", None),
            (" 192.0.2.1", None),
        ] {
            assert_eq!(parse_address(text), expected.map(|text| text.parse().unwrap()), "{text}");
        }
    }
}
