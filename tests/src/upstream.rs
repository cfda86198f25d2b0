//! The workload behind the proxy: answers every request with what it received, as JSON, so that a test can see what got
//! through and what was added or taken away.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Context, Result};

/// What the workload says it received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// The workload's name.
    pub workload: String,
    /// The method.
    pub method: String,
    /// The request target.
    pub path: String,
    /// Header values by lower-case name, in order; bytes that are no UTF-8 are replaced.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Length of the body in bytes.
    pub body_bytes: usize,
}

/// A running workload; it ends when this is dropped.
pub struct Upstream {
    address: SocketAddr,
    received: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    /// Starts a workload on 127.0.0.1; port 0 takes any free one.
    ///
    /// # Errors
    /// The port is taken.
    pub fn start(name: &str, port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .context(|| format!("upstream {name}: port {port} cannot be used"))?;
        let address = listener.local_addr().context(|| "the upstream's address")?;
        let stop = Arc::new(AtomicBool::new(false));
        let received = Arc::new(AtomicU64::new(0));
        let (stopping, counter, name) = (Arc::clone(&stop), Arc::clone(&received), name.to_owned());
        let accept = move || {
            for connection in listener.incoming() {
                if stopping.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(connection), counter, name) = (connection, Arc::clone(&counter), name.clone()) else {
                    continue;
                };
                // A broken connection is the proxy's to report; the workload just goes on with the next.
                thread::spawn(move || serve(&connection, &name, &counter));
            }
        };
        let thread = thread::Builder::new().spawn(accept).context(|| "start an upstream's thread")?;
        Ok(Self { address, received, stop, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests reached it.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::SeqCst)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // A connection of our own wakes the accept loop.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let (true, Some(thread)) = (woken, self.thread.take()) {
            drop(thread.join());
        }
    }
}

fn serve(connection: &TcpStream, name: &str, received: &AtomicU64) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(60)))?;
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    while let Some((mut echo, close)) = read_request(&mut reader, connection)? {
        received.fetch_add(1, Ordering::SeqCst);
        echo.workload = name.to_owned();
        let mut body = serde_json::to_vec(&echo)?;
        body.push(b'\n');
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        if echo.method != "HEAD" {
            answer.extend_from_slice(&body);
        }
        (&mut &*connection).write_all(&answer)?;
        if close {
            break;
        }
    }
    Ok(())
}

/// Reads one request; `None` at a clean end.
fn read_request(
    reader: &mut BufReader<&TcpStream>,
    connection: &TcpStream,
) -> io::Result<Option<(Echo, bool)>> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let first = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
    let mut words = first.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let mut headers = BTreeMap::<String, Vec<String>>::new();
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        let text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').unwrap_or((&text, ""));
        headers.entry(name.to_ascii_lowercase()).or_default().push(value.trim().to_owned());
    }
    let first_of = |name: &str| headers.get(name).and_then(|values| values.first()).map(String::as_str);
    if first_of("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        (&mut &*connection).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let body_bytes = if first_of("transfer-encoding").is_some() {
        skip_chunks(reader)?
    } else {
        let length = first_of("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        skip(reader, length)?
    };
    let close = first_of("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok(Some((Echo { workload: String::new(), method, path, headers, body_bytes }, close)))
}

fn skip(reader: &mut impl Read, length: u64) -> io::Result<usize> {
    let skipped = io::copy(&mut reader.take(length), &mut io::sink())?;
    Ok(usize::try_from(skipped).unwrap_or(usize::MAX))
}

fn skip_chunks(reader: &mut BufReader<&TcpStream>) -> io::Result<usize> {
    let mut total = 0_usize;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.trim().split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
        total = total.saturating_add(skip(reader, size)?);
        // The line end after the data; after the last chunk, the empty line that ends the trailers.
        reader.read_line(&mut line)?;
        if size == 0 {
            return Ok(total);
        }
    }
}
