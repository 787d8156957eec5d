//! Addresses and networks (rule 4.24), each as a text of 32 or 128 binary digits.

use crate::value::all_digits;

/// The first 96 bits of an IPv6 address that stands for an IPv4 address.
fn mapped_prefix() -> String {
    format!("{:080b}{:016b}", 0, 0xffff)
}

/// Reads four decimal numbers. Leading zeros do not matter.
fn v4(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('.').collect();
    let bytes = parts.iter().map(|part| part.parse::<u8>().ok().filter(|_| all_digits(part)));
    let bits: Option<String> = bytes.map(|byte| byte.map(|byte| format!("{byte:08b}"))).collect();
    bits.filter(|_| parts.len() == 4)
}

/// Reads groups of hexadecimal digits with a colon between them: 16 bits for each group.
fn groups(text: &str) -> Option<String> {
    let group = |group: &str| {
        let plain = group.len() <= 4 && group.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(group, 16).ok().filter(|_| plain).map(|group| format!("{group:016b}"))
    };
    if text.is_empty() { Some(String::new()) } else { text.split(':').map(group).collect() }
}

/// Reads eight groups, or fewer with one run of zeros (`::` or `:::`). A lone colon at the start stands after a zero, one at the end for
/// nothing.
fn v6(text: &str) -> Option<String> {
    let text = if text.ends_with("::") { text } else { text.strip_suffix(':').unwrap_or(text) };
    let lone = text.starts_with(':') && !text.starts_with("::");
    let text = if lone { format!("0{text}") } else { text.to_owned() };
    let Some((before, after)) = text.split_once("::") else {
        return groups(&text).filter(|bits| bits.len() == 128);
    };
    let (before, after) = (groups(before)?, groups(after.strip_prefix(':').unwrap_or(after))?);
    let zeros = 128_usize.checked_sub(before.len())?.checked_sub(after.len())?;
    (zeros > 0).then(|| before + &"0".repeat(zeros) + &after)
}

/// Replaces the four decimal numbers at the end of an IPv6 address by two groups. `None` if there are none.
fn without_tail(text: &str) -> Option<String> {
    let (before, tail) = text.rsplit_once(':')?;
    let (high, low) = v4(tail)?.split_at_checked(16).map(|(high, low)| (high.to_owned(), low.to_owned()))?;
    let group = |bits: &str| u16::from_str_radix(bits, 2).ok();
    Some(format!("{before}:{:x}:{:x}", group(&high)?, group(&low)?))
}

/// The address of a request. A mapped address is an IPv4 address. Only there may the end be four decimal numbers.
pub(crate) fn address(text: &str) -> Option<String> {
    if let Some(bits) = v4(text) {
        return Some(bits);
    }
    let plain = without_tail(text.strip_suffix(':').unwrap_or(text));
    let bits = v6(plain.as_deref().unwrap_or(text))?;
    match bits.strip_prefix(&mapped_prefix()) {
        Some(v4) => Some(v4.to_owned()),
        None => Some(bits).filter(|_| plain.is_none()),
    }
}

/// The number of bits of the addresses in a network of a policy, and the bits that they share. Without a prefix, the network is one
/// address. `None` if the entry is dead. If `masks`, an IPv6 network may have host bits and be mapped.
pub(crate) fn network(text: &str, masks: bool) -> Option<(usize, String)> {
    let (base, prefix) = text.split_once('/').map_or((text, None), |(base, prefix)| (base, Some(prefix)));
    let bits = v4(base).or_else(|| v6(base))?;
    let shared = match prefix {
        Some(prefix) => prefix.strip_prefix('+').unwrap_or(prefix),
        None => {
            return Some((bits.len(), bits.clone())).filter(|_| masks || !bits.starts_with(&mapped_prefix()));
        }
    };
    let shared = shared.parse::<usize>().ok().filter(|_| all_digits(shared))?;
    let (network, host) = bits.split_at_checked(shared)?;
    let dead = bits.len() == 128 && (host.contains('1') || bits.starts_with(&mapped_prefix()));
    (masks || !dead).then(|| (bits.len(), network.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_many_forms() {
        for (a, b) in [
            ("192.000.002.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1:", "192.0.2.1"),
            ("0:0:0:0:0:FFFF:c000:201", "192.0.2.1"),
            ("2001:db8:::1", "2001:db8::1"),
            ("2001:db8::1:", "2001:DB8:0:0:0:0:0:1"),
            (":2001:db8::1", "0:2001:db8::1"),
            (":::", "::"),
            ("::", "0:0:0:0:0:0:0:0"),
            ("1::", "1:0:0:0:0:0:0:0:"),
        ] {
            assert_eq!(address(a), address(b), "{a}");
            assert!(address(a).is_some(), "{a}");
        }
        for bad in [
            "",
            ":",
            "192.0.513",
            "3221225985",
            "192.0.2.1/32",
            "192.0.2.1:",
            "256.0.0.1",
            "1.2.3.+4",
            "1.2.3.4.5",
            "2001:db8::192.0.2.1",
            "2001:db8::::1",
            "2001::db8::1",
            "2001::db8:::1",
            "::ffff:::192.0.2.1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4::5:6:7:8",
            "12345::",
            "+1::",
            "g::",
            "::1%eth0",
        ] {
            assert_eq!(address(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn networks_may_be_dead() {
        let ten = (32, "00001010".to_owned());
        for text in ["10.0.0.0/8", "10.255.0.0/8", "010.0.0.0/008", "10.0.0.0/+8"] {
            assert_eq!(network(text, false), Some(ten.clone()), "{text}");
        }
        assert_eq!(network("10.0.0.0/0", false), Some((32, String::new())));
        assert_eq!(network("::1", false), Some((128, format!("{:0>128}", 1))));
        for dead in ["::ffff:c000:200/120", "::ffff:c000:201", "2001:db8::5/64"] {
            assert_eq!(network(dead, false), None, "{dead}");
            assert!(network(dead, true).is_some(), "{dead}");
        }
        for bad in [
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/-8",
            "::/129",
            "10.0.0",
            "::ffff:192.0.2.0/120",
            "::1.2.3.4",
        ] {
            assert_eq!(network(bad, true), None, "{bad:?}");
        }
    }
}
