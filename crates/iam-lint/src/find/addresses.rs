//! Addresses that aws:SourceIp never has, and ranges with bits behind their prefix.

use std::net::IpAddr;

use iam_json::quoted;
use iam_policy::Operator;
use iam_policy::value::IpRange;

use super::Run;
use crate::code;
use crate::view::Cond;

impl Run<'_, '_> {
    pub(super) fn addresses(&mut self, cond: &Cond<'_>) {
        let is_negated = match cond.operator() {
            Some(Operator::IpAddress) => false,
            Some(Operator::NotIpAddress) => true,
            _ => return,
        };
        let ranges: Vec<_> = cond
            .values
            .iter()
            .filter_map(|value| IpRange::parse(&value.text).map(|range| (value, range)))
            .collect();
        for (value, range) in &ranges {
            if let Some(first) = first_address(range) {
                let help = match value.text.split_once('/') {
                    // Nobody writes an address to mean all of them.
                    Some((address, _)) if range.prefix() == 0 => {
                        format!("write {first} for every address, or {address} for this one")
                    }
                    _ => format!("write {first}"),
                };
                self.at(code::IMPROVE_IP_RANGE, value, quoted(&value.text), help);
            }
        }
        if !cond.is("aws:SourceIp") {
            return;
        }
        let private: Vec<_> = ranges.iter().filter(|(_, range)| is_private(range)).collect();
        let is_all = private.len() == cond.values.len();
        let code = match (is_negated, is_all) {
            (false, true) => code::PRIVATE_IP_ADDRESS,
            (false, false) => code::PRIVATE_IP_ADDRESS_SUBSET,
            (true, true) => code::PRIVATE_NOT_IP_ADDRESS,
            (true, false) => code::PRIVATE_NOT_IP_ADDRESS_SUBSET,
        };
        for (value, _) in private {
            let help =
                "aws:SourceIp is a public address; test aws:VpcSourceIp with aws:SourceVpc for a private one";
            self.at(code, value, quoted(&value.text), help);
        }
    }
}

/// The range with zeros behind its prefix, if it has other bits there.
pub(crate) fn first_address(range: &IpRange) -> Option<String> {
    let prefix = range.prefix();
    match range.address() {
        IpAddr::V4(address) => {
            let mask = !u32::MAX.checked_shr(prefix).unwrap_or(0);
            let first = address.to_bits() & mask;
            (first != address.to_bits()).then(|| format!("{}/{prefix}", std::net::Ipv4Addr::from_bits(first)))
        }
        IpAddr::V6(address) => {
            let mask = !u128::MAX.checked_shr(prefix).unwrap_or(0);
            let first = address.to_bits() & mask;
            (first != address.to_bits()).then(|| format!("{}/{prefix}", std::net::Ipv6Addr::from_bits(first)))
        }
    }
}

/// Whether every address of the range is private (RFC 1918, RFC 4193), of one link, or of the machine itself.
fn is_private(range: &IpRange) -> bool {
    let within = |prefix: u32, is: bool| is && range.prefix() >= prefix;
    match range.address() {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            within(8, a == 10 || a == 127)
                || within(12, a == 172 && (16..32).contains(&b))
                || within(16, (a == 192 && b == 168) || (a == 169 && b == 254))
        }
        IpAddr::V6(address) => {
            let [first, ..] = address.segments();
            within(7, first & 0xfe00 == 0xfc00)
                || within(10, first & 0xffc0 == 0xfe80)
                || within(128, address.is_loopback())
        }
    }
}
