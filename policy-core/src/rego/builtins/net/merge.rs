//! `net.cidr_merge`: the fewest networks that hold the same addresses.

use core::net::IpAddr;

use super::address::{Network, address, bits};
use crate::rego::builtins::arguments::{refuse, value};
use crate::rego::builtins::{Call, Failure};
use crate::rego::value::{SetBuilder, Value};

/// Adjacent addresses, and the network as it was written while it is the only one in them.
struct Range {
    first: u128,
    last: u128,
    width: u32,
    written: Option<String>,
}

pub(super) fn merge<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let members = match value(arguments, 1)? {
        Value::Array(items) => items.items(),
        Value::Set(items) => items.items(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            return refuse("operand must be an array");
        }
    };
    call.meter.makes(members.len().saturating_mul(size_of::<Range>().saturating_mul(2)))?;
    call.meter.steps(u64::try_from(members.len()).unwrap_or(u64::MAX))?;
    let mut ranges = members.iter().map(range).collect::<Result<Vec<_>, _>>()?;
    // IPv4 lies in IPv6 at `::ffff:0:0`.
    ranges.sort_by_key(|range| (range.width, range.last, range.first));
    let both = ranges.first().map(|range| range.width) != ranges.last().map(|range| range.width);
    // OPA merges networks of IPv6 with those of IPv4 that they surround; its result is not a set of networks then.
    if both && ranges.iter().any(surrounds_ipv4) {
        return Err(Failure::Limit("net.cidr_merge takes no network of IPv6 that surrounds IPv4 with IPv4"));
    }
    let mut merged: Vec<Range> = Vec::new();
    for range in ranges.into_iter().rev() {
        match merged.last_mut() {
            Some(later) if later.width == range.width && later.first.saturating_sub(1) <= range.last => {
                later.first = later.first.min(range.first);
                later.written = None;
            }
            _ => merged.push(range),
        }
    }
    let mut networks = SetBuilder::new();
    for range in merged {
        match range.written {
            Some(written) => networks.insert(Value::from(written)),
            None => split(call, &range, &mut networks)?,
        }
    }
    Ok(Some(Value::Set(networks.build())))
}

/// A network or, of IPv4, an address: which stands for the network of its class.
fn range(member: &Value<'_>) -> Result<Range, Failure> {
    let Some(text) = member.as_str() else { return refuse("element must be string") };
    if let Some(address) = super::parse_ip(text) {
        let IpAddr::V4(ip) = address else { return refuse("IPv6 invalid: needs prefix length") };
        let [first, ..] = ip.octets();
        let prefix = match first {
            0..0x80 => 8,
            0x80..0xc0 => 16,
            0xc0.. => 24,
        };
        let (bits, width) = bits(address);
        let network = Network::new(bits, prefix, width);
        return Ok(Range { written: Some(format!("{address}/{prefix}")), ..Range::from(network) });
    }
    match Network::parse_literally(text) {
        // OPA does not survive them.
        Some((_, true)) => Err(Failure::Limit("net.cidr_merge takes no networks of IPv4 in IPv6")),
        Some((network, false)) => Ok(Range::from(network)),
        None => refuse(super::NOT_A_NETWORK),
    }
}

impl From<Network> for Range {
    fn from(network: Network) -> Self {
        Self {
            first: network.first_bits(),
            last: network.last_bits(),
            width: network.width(),
            written: Some(format!("{}/{}", network.first(), network.prefix())),
        }
    }
}

/// Whether a range of IPv6 holds the place of IPv4 or touches it.
fn surrounds_ipv4(range: &Range) -> bool {
    const FIRST: u128 = 0xffff_0000_0000;
    const AFTER: u128 = 0x1_0000_0000_0000;
    range.width == 128 && range.first <= AFTER && range.last >= FIRST.wrapping_sub(1)
}

/// The fewest networks for a range, from its start.
fn split(call: &mut Call<'_>, range: &Range, networks: &mut SetBuilder<'_>) -> Result<(), Failure> {
    spanning_fits(range)?;
    let mut start = range.first;
    loop {
        call.meter.steps(1)?;
        let room = range.last.wrapping_sub(start);
        // The largest power of two that the start is a multiple of and that fits into what is left.
        let aligned = start.trailing_zeros().min(range.width);
        let fits = match room.checked_add(1) {
            Some(count) => count.ilog2(),
            None => 128,
        };
        let host = aligned.min(fits);
        let prefix = range.width.saturating_sub(host);
        networks.insert(Value::from(format!("{}/{prefix}", address(start, range.width))));
        let next = 1u128.checked_shl(host).and_then(|size| start.checked_add(size));
        match next {
            Some(next) if next <= range.last => start = next,
            _ => return Ok(()),
        }
    }
}

/// OPA does not survive a range of IPv6 whose common prefix begins with eight zeros without being zero.
fn spanning_fits(range: &Range) -> Result<(), Failure> {
    let different = 128u32.saturating_sub((range.first ^ range.last).leading_zeros());
    let mask = 1u128.checked_shl(different).map_or(u128::MAX, |bit| bit.wrapping_sub(1));
    let common = range.first & !mask;
    if range.width == 128 && common != 0 && common.leading_zeros() >= 8 {
        return Err(Failure::Limit("net.cidr_merge takes no such networks of IPv6"));
    }
    Ok(())
}
