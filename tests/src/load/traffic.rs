//! Steady requests on connections that are kept, each judged by what the one policy or the other would answer.

use std::net::SocketAddr;
use std::ops::AddAssign;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustls::ClientConfig;

use crate::faulty::PROVOKE;
use crate::http::{Client, HttpError, Request, Response};
use crate::upstream::Echo;

/// Between two requests of one client.
const PAUSE: Duration = Duration::from_millis(1);
/// Requests on one connection where listeners go and come.
const REQUESTS_EACH: usize = 16;
/// After a connection that was not taken.
const LONGER_PAUSE: Duration = Duration::from_millis(20);
/// The header in which a policy says which it is.
pub(super) const POLICY: &str = "x-policy";

/// Answers, each right for one of the two policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Let in by the first policy.
    pub by_a: u64,
    /// Let in by the second.
    pub by_b: u64,
    /// Refused.
    pub refused: u64,
    /// Refused for want of an identity.
    pub unknown: u64,
    /// Faults that were asked for.
    pub faults: u64,
    /// Connections that ended or were not taken: where listeners go and come, and only there.
    pub interrupted: u64,
}

impl Counts {
    /// All answers.
    pub fn answers(&self) -> u64 {
        self.by_a + self.by_b + self.refused + self.unknown + self.faults
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.by_a += other.by_a;
        self.by_b += other.by_b;
        self.refused += other.refused;
        self.unknown += other.unknown;
        self.faults += other.faults;
        self.interrupted += other.interrupted;
    }
}

/// A client, and what it does.
pub(super) struct Caller {
    pub(super) address: SocketAddr,
    pub(super) tls: Arc<ClientConfig>,
    /// It has a certificate that is an identity.
    pub(super) known: bool,
    /// Some of its requests ask for a fault.
    pub(super) faults: bool,
    /// Its connections may end.
    pub(super) may_be_interrupted: bool,
}

impl Caller {
    /// Sends requests until told to stop.
    ///
    /// # Errors
    /// An answer that neither policy gives, with the request's path.
    pub(super) fn run(&self, stop: &AtomicBool) -> Result<Counts, String> {
        let mut client = Client::tls(self.address, Arc::clone(&self.tls));
        let mut counts = Counts::default();
        let mut number = 0_usize;
        while !stop.load(Ordering::Relaxed) {
            let path = PATHS.get(number % PATHS.len()).copied().unwrap_or("/none");
            let fault = self.faults && number.is_multiple_of(5);
            number += 1;
            let request = Request::get(path);
            let request = if fault { request.header(PROVOKE, "1") } else { request };
            match client.send(&request) {
                Ok(response) => {
                    counts += self.judge(path, fault, &response).map_err(|why| format!("{path}: {why}"))?;
                }
                Err(HttpError::Connect(_) | HttpError::Tls(_) | HttpError::Closed)
                    if self.may_be_interrupted =>
                {
                    counts.interrupted += 1;
                    thread::sleep(LONGER_PAUSE);
                }
                Err(error) => return Err(format!("{path}: {error}")),
            }
            // An old listener serves its connections for a while, by the policy that it had.
            if self.may_be_interrupted && number.is_multiple_of(REQUESTS_EACH) {
                client.close();
            }
            thread::sleep(PAUSE);
        }
        Ok(counts)
    }

    fn judge(&self, path: &str, fault: bool, response: &Response) -> Result<Counts, String> {
        let wrong = |why: &str| Err(format!("{why}: status {}, {}", response.status, response.text()));
        let none = Counts::default();
        if fault {
            return match response.status {
                500 => Ok(Counts { faults: 1, ..none }),
                _ => wrong("a fault that is no fault"),
            };
        }
        match (self.known, response.status) {
            (false, 403) => Ok(Counts { unknown: 1, ..none }),
            (true, 403) if path != "/both" => Ok(Counts { refused: 1, ..none }),
            (true, 200) => {
                let echo: Option<Echo> = serde_json::from_slice(&response.body).ok();
                let policy = echo.and_then(|echo| echo.headers.get(POLICY).cloned()).unwrap_or_default();
                // Request and response are of one and the same policy.
                if response.header("x-served-by") != policy.first().cloned() {
                    return wrong("two policies in one answer");
                }
                match (path, policy.join(",").as_str()) {
                    ("/a" | "/both", "a") => Ok(Counts { by_a: 1, ..none }),
                    ("/b" | "/both", "b") => Ok(Counts { by_b: 1, ..none }),
                    _ => wrong("let in by neither policy"),
                }
            }
            _ => wrong("an answer of neither policy"),
        }
    }
}

/// One that the first policy allows, one that the second does, one that both do and one that neither does.
const PATHS: [&str; 4] = ["/a", "/both", "/b", "/none"];
