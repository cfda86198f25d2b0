//! Load in a closed loop: some connections stay open, and each sends its next request when the last was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use doorward_tests::http::{Client, Request};
use doorward_tests::lab::Lab;
use doorward_tests::{Error, Result};

use super::cases::{CALLER, PATH, PATH_REFUSED};

/// Connections at a time.
pub(super) const CONNECTIONS: usize = 4;

/// The clients of one listener. Their connections stay open from round to round.
pub(super) struct Load {
    clients: Vec<Client>,
    request: Request,
}

impl Load {
    /// Connections to this listener, with this token if any.
    ///
    /// # Errors
    /// The caller has no certificate that can be used.
    pub(super) fn new(listener: SocketAddr, lab: &Lab, token: Option<&str>) -> Result<Self> {
        let tls = lab.client(CALLER)?;
        let clients = (0..CONNECTIONS).map(|_| Client::tls(listener, Arc::clone(&tls))).collect();
        Ok(Self { clients, request: request(PATH, token) })
    }

    /// Sends so many requests, shared among the connections, and returns how many it were.
    ///
    /// # Errors
    /// One was not answered with 200.
    pub(super) fn run(&mut self, requests: u64) -> Result<u64> {
        let each = requests.div_ceil(CONNECTIONS as u64);
        let request = &self.request;
        thread::scope(|scope| {
            let running: Vec<_> = self
                .clients
                .iter_mut()
                .map(|client| scope.spawn(move || send(client, request, each, 200)))
                .collect();
            for thread in running {
                thread.join().map_err(|_| Error::new("a thread that sends requests ended early"))??;
            }
            Ok(each * CONNECTIONS as u64)
        })
    }

    /// Sees that the policy really decides: a path that it does not name gets 403.
    ///
    /// # Errors
    /// It gets anything else.
    pub(super) fn check_refused(&mut self, token: Option<&str>) -> Result<()> {
        let Some(client) = self.clients.first_mut() else { return Err(Error::new("no connection")) };
        send(client, &request(PATH_REFUSED, token), 1, 403)
    }
}

fn send(client: &mut Client, request: &Request, times: u64, wanted: u16) -> Result<()> {
    for _ in 0..times {
        let response = client.send(request).map_err(|error| Error::new(error.to_string()))?;
        if response.status != wanted {
            return Err(Error::new(format!("answered {}, not {wanted}", response.status)));
        }
    }
    Ok(())
}

/// What a service's client sends.
fn request(path: &str, token: Option<&str>) -> Request {
    let request = Request::get(path)
        .header("host", "orders.corp.example.com")
        .header("user-agent", "orders-client/2.4")
        .header("accept", "application/json")
        .header("accept-encoding", "gzip")
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    }
}
