//! Ports for tests that must know one before anybody listens on it: a scenario's Envoy has its ports in a file.
//!
//! A port that the system chose and took back may be the next client's. These are below what systems give to clients, and
//! reserved among all processes that ask here, by a UDP socket of the same number that stays open until the process ends.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::{Error, Result};

/// Above the scenarios' own ports, below the clients' (on Linux from 32768, elsewhere from 49152).
const PORTS: Range<u16> = 20_000..32_000;

static RESERVED: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// A TCP port of 127.0.0.1 that is free, and that nobody else gets here.
///
/// # Errors
/// There is none left.
pub fn free() -> Result<u16> {
    let mut reserved = RESERVED.lock().unwrap_or_else(PoisonError::into_inner);
    for port in PORTS {
        let address = (Ipv4Addr::LOCALHOST, port);
        let Ok(reservation) = UdpSocket::bind(address) else { continue };
        if TcpListener::bind(address).is_ok() {
            reserved.push(reservation);
            return Ok(port);
        }
    }
    Err(Error::new(format!("no port is free from {} to {}", PORTS.start, PORTS.end)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nobody_gets_the_same_port() {
        let ports: BTreeSet<u16> = (0..20).map(|_| free().unwrap()).collect();
        assert_eq!(ports.len(), 20);
        assert!(ports.iter().all(|port| PORTS.contains(port)));
        assert!(ports.iter().all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()));
    }

    #[test]
    fn a_port_in_use_is_passed_over() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, free().unwrap())).unwrap();
        assert_ne!(free().unwrap(), taken.local_addr().unwrap().port());
    }
}
