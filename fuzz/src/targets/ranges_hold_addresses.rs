//! A range reads back from its address and prefix, and contains an address exactly if their leading bits are equal. The address of a request
//! is in the range of that address, or is mapped. The input has two lines: range, address.

use std::net::IpAddr;

use iam_policy::value::{IpRange, parse_address};

use crate::input;

pub fn ranges_hold_addresses(data: &[u8]) {
    let Some([range, address]) = input::lines(data) else { return };
    let Some(read) = IpRange::parse(range) else {
        // A single address is a range.
        assert!(range.parse::<IpAddr>().is_err(), "{range:?}");
        return;
    };
    let printed = format!("{}/{}", read.address(), read.prefix());
    let again = IpRange::parse(&printed).expect("a range");
    assert_eq!(
        (again.address(), again.prefix()),
        (read.address(), read.prefix()),
        "{range:?} printed as {printed}"
    );
    // A dotted tail, which makes a range dead, is not always printed.
    assert!(read.is_dead() || !again.is_dead(), "{range:?} printed as {printed}");
    if let Some(one) = parse_address(address) {
        let alone = IpRange::parse(address).expect("an address is a range");
        assert_eq!(alone.contains(one), alone.address().is_ipv4() == one.is_ipv4(), "{address:?}");
    }
    let mut addresses = vec![read.address()];
    addresses.extend(address.parse::<IpAddr>());
    // Neighbours: the same address with one bit changed.
    let width = bits(read.address()).len();
    addresses.extend((0..width).map(|bit| flipped(read.address(), bit)));
    for address in addresses {
        let (wanted, seen) = (bits(read.address()), bits(address));
        let equal = wanted.len() == seen.len()
            && wanted.iter().zip(&seen).take(read.prefix() as usize).all(|(a, b)| a == b);
        assert_eq!(read.contains(address), equal, "{range:?} and {address}");
    }
}

/// The bits of an address, the leading one first.
fn bits(address: IpAddr) -> Vec<bool> {
    let octets = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    octets.iter().flat_map(|octet| (0..8).map(move |bit| octet >> (7 - bit) & 1 == 1)).collect()
}

fn flipped(address: IpAddr, bit: usize) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mut octets = v4.octets();
            octets[bit / 8] ^= 0x80 >> (bit % 8);
            octets.into()
        }
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[bit / 8] ^= 0x80 >> (bit % 8);
            octets.into()
        }
    }
}
