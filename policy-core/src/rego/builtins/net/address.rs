//! Addresses and networks, with what Go takes for one.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address; IPv4 in IPv6 (`::ffff:10.0.0.1`) is IPv4, as everywhere in Go's `net`. Zones are none.
pub(super) fn parse_ip(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// The addresses that share a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    /// The bits of the first address; those of IPv4 are the low 32.
    bits: u128,
    /// The length of the prefix, at most the width.
    prefix: u32,
    /// The bits of an address: 32 or 128.
    width: u32,
}

/// The prefix of the addresses that stand for IPv4: `::ffff:0:0/96`.
const MAPPED: u128 = 0xffff;
const MAPPED_PREFIX: u32 = 96;

impl Network {
    /// `address/prefix`; the bits after the prefix do not count. A network of IPv4 in IPv6 is one of IPv4.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (network, mapped) = Self::parse_literally(text)?;
        let prefix = network.prefix.saturating_sub(MAPPED_PREFIX);
        Some(if mapped { Self::new(network.bits & u128::from(u32::MAX), prefix, 32) } else { network })
    }

    /// The network as written, and whether it is one of IPv4 in IPv6.
    pub(super) fn parse_literally(text: &str) -> Option<(Self, bool)> {
        let (address, prefix) = text.split_once('/')?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = if digits { prefix.parse::<u32>().ok()? } else { return None };
        let (bits, width) = bits(address.parse().ok()?);
        let network = (prefix <= width).then(|| Self::new(bits, prefix, width))?;
        let mapped = width == 128 && network.bits.wrapping_shr(32) == MAPPED;
        Some((network, mapped))
    }

    pub(super) fn new(bits: u128, prefix: u32, width: u32) -> Self {
        let network = Self { bits, prefix, width };
        Self { bits: bits & !network.host_mask(), ..network }
    }

    fn host_mask(&self) -> u128 {
        let host = self.width.saturating_sub(self.prefix);
        1u128.checked_shl(host).map_or(u128::MAX, |bit| bit.wrapping_sub(1))
    }

    pub(super) fn first(&self) -> IpAddr {
        address(self.bits, self.width)
    }

    pub(super) fn last(&self) -> IpAddr {
        address(self.last_bits(), self.width)
    }

    pub(super) fn first_bits(&self) -> u128 {
        self.bits
    }

    pub(super) fn last_bits(&self) -> u128 {
        self.bits | self.host_mask()
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn prefix(&self) -> u32 {
        self.prefix
    }

    pub(super) fn contains(&self, other: IpAddr) -> bool {
        let (bits, width) = bits(other.to_canonical());
        width == self.width && (bits ^ self.bits) & !self.host_mask() == 0
    }

    /// How many addresses, if that fits.
    pub(super) fn size(&self) -> Option<u128> {
        self.host_mask().checked_add(1)
    }

    pub(super) fn addresses(self) -> impl Iterator<Item = IpAddr> {
        (self.bits..=self.last_bits()).map(move |bits| address(bits, self.width).to_canonical())
    }
}

pub(super) fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

pub(super) fn address(bits: u128, width: u32) -> IpAddr {
    match u32::try_from(bits) {
        Ok(bits) if width == 32 => IpAddr::V4(Ipv4Addr::from_bits(bits)),
        _ => IpAddr::V6(Ipv6Addr::from_bits(bits)),
    }
}
