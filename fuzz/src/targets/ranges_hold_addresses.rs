//! A range reads back from its address and prefix, and contains an address exactly if their leading bits are equal. The input has two lines:
//! range, address.

use std::net::IpAddr;

use iam_policy::value::IpRange;

use crate::input;

pub fn ranges_hold_addresses(data: &[u8]) {
    let Some([range, address]) = input::lines(data) else { return };
    let Some(read) = IpRange::parse(range) else {
        // A single address is a range.
        assert!(range.parse::<IpAddr>().is_err(), "{range:?}");
        return;
    };
    let printed = format!("{}/{}", read.address(), read.prefix());
    assert_eq!(IpRange::parse(&printed), Some(read), "{range:?} printed as {printed}");
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
