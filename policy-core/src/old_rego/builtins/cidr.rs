//! `net.cidr_*`, as Go's `net.ParseCIDR` and `net.ParseIP` read addresses: an IPv4 address mapped into IPv6 is the
//! IPv4 address.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, string};

pub(super) const CONTAINS: Function = contains;
pub(super) const IS_VALID: Function = is_valid;

/// A network: an address with the bits that count.
#[derive(Clone, Copy)]
struct Cidr {
    address: IpAddr,
    prefix: u32,
}

impl Cidr {
    /// Reads `address/length`. No sign, no leading zero in the length that Go's parser would refuse.
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        if length.is_empty() || length.len() > 3 || !length.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let prefix: u32 = length.parse().ok()?;
        // Go: "IPv4 addresses in IPv6 form" keep their 128 bits in a CIDR and are then masked as such.
        match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(v4) if prefix <= 32 => Some(Self { address: IpAddr::V4(v4), prefix }),
            IpAddr::V6(v6) if prefix <= 128 => Some(match (v6.to_ipv4_mapped(), prefix.checked_sub(96)) {
                (Some(v4), Some(prefix)) => Self { address: IpAddr::V4(v4), prefix },
                _ => Self { address: IpAddr::V6(v6), prefix },
            }),
            IpAddr::V4(_) | IpAddr::V6(_) => None,
        }
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask =
                    |a: Ipv4Addr| u32::from(a).checked_shr(32u32.saturating_sub(self.prefix)).unwrap_or(0);
                mask(network) == mask(address)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask =
                    |a: Ipv6Addr| u128::from(a).checked_shr(128u32.saturating_sub(self.prefix)).unwrap_or(0);
                mask(network) == mask(address)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// An address, with an IPv4 address mapped into IPv6 as the IPv4 address.
fn parse_address(text: &str) -> Option<IpAddr> {
    Some(match text.parse::<IpAddr>().ok()? {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4),
        v4 @ IpAddr::V4(_) => v4,
    })
}

fn contains(_: &Patterns, args: &[Inner]) -> Answer {
    let (Some(network), Some(inside)) = (string(args, 0), string(args, 1)) else {
        return Ok(Inner::Undefined);
    };
    let Some(network) = Cidr::parse(network) else { return Ok(Inner::Undefined) };
    let found = match parse_address(inside) {
        Some(address) => network.contains(address),
        None => match Cidr::parse(inside) {
            Some(inside) => network.prefix <= inside.prefix && network.contains(inside.address),
            None => return Ok(Inner::Undefined),
        },
    };
    Ok(Inner::Bool(found))
}

fn is_valid(_: &Patterns, args: &[Inner]) -> Answer {
    Ok(Inner::Bool(string(args, 0).and_then(Cidr::parse).is_some()))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn ask(network: &str, inside: &str) -> Option<bool> {
        let args = [Inner::from(network), Inner::from(inside)];
        contains(&Patterns::new(), &args).ok().and_then(|value| value.as_bool().ok().copied())
    }

    #[test]
    fn networks_contain_addresses_and_networks() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", Some(true)),
            ("10.0.0.0/8", "11.0.0.1", Some(false)),
            ("10.0.0.0/8", "::ffff:10.1.2.3", Some(true)),
            ("10.0.0.0/8", "::10.1.2.3", Some(false)),
            ("10.1.2.3/8", "10.9.9.9", Some(true)),
            ("10.0.0.0/8", "10.1.0.0/16", Some(true)),
            ("10.1.0.0/16", "10.0.0.0/8", Some(false)),
            ("0.0.0.0/0", "255.255.255.255", Some(true)),
            ("0.0.0.0/0", "::1", Some(false)),
            ("10.0.0.1/32", "10.0.0.1", Some(true)),
            ("10.0.0.1/32", "10.0.0.2", Some(false)),
            ("fe80::/10", "fe80::1", Some(true)),
            ("fe80::/10", "fec0::1", Some(false)),
            ("::/0", "2001:db8::1", Some(true)),
            ("10.0.0.0/33", "10.0.0.1", None),
            ("10.0.0.0", "10.0.0.1", None),
            ("10.0.0.0/-1", "10.0.0.1", None),
            ("10.0.0.0/+8", "10.0.0.1", None),
            ("010.0.0.0/8", "10.0.0.1", None),
            ("10.0.0.0/8", "10.0.0", None),
            ("10.0.0.0/8", "host", None),
            ("", "", None),
        ];
        for (network, inside, want) in cases {
            assert_eq!(ask(network, inside), want, "{network} {inside}");
        }
    }
}
