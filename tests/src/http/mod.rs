//! A blocking HTTP/1.1 client that sends exactly the bytes it is given: repeated headers, values that are no UTF-8, no
//! normalisation of the path. A polite client library would not let a test do that.

mod tls;
mod wire;

use std::fmt;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;

pub use tls::tls_config;
pub use wire::Response;
use wire::Stream;

/// How long connecting, and each read and write, may take.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// A request, byte by byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Vec<u8>,
    /// The request target, as it is sent.
    pub path: Vec<u8>,
    /// Header lines in order. `host` and, for a body, `content-length` are added where they are missing.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: impl Into<Vec<u8>>, path: impl Into<Vec<u8>>) -> Self {
        Self { method: method.into(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// `GET path`.
    pub fn get(path: impl Into<Vec<u8>>) -> Self {
        Self::new("GET", path)
    }

    /// Adds one header line; a name may come more than once.
    #[must_use]
    pub fn header(mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn to_bytes(&self) -> Vec<u8> {
        let has =
            |wanted: &str| self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()));
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(&self.method);
        bytes.push(b' ');
        bytes.extend_from_slice(&self.path);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        if !has("host") {
            bytes.extend_from_slice(b"host: doorward.test\r\n");
        }
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name);
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        if !self.body.is_empty() && !has("content-length") && !has("transfer-encoding") {
            bytes.extend_from_slice(format!("content-length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Why there is no response.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// Nobody listens there.
    Connect(io::Error),
    /// The peer refused the handshake. Under TLS 1.3 a refused client certificate shows on the first read only.
    Tls(io::Error),
    /// The connection closed before a whole response came.
    Closed,
    /// Nothing came in time.
    TimedOut,
    /// What came is no HTTP/1.1 response.
    Malformed(&'static str),
    /// Reading or writing failed otherwise.
    Io(io::Error),
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(cause) => write!(f, "could not connect: {cause}"),
            Self::Tls(cause) => write!(f, "TLS handshake refused: {cause}"),
            Self::Closed => f.write_str("connection closed before the response"),
            Self::TimedOut => f.write_str("no response in time"),
            Self::Malformed(what) => write!(f, "malformed response: {what}"),
            Self::Io(cause) => write!(f, "{cause}"),
        }
    }
}

impl std::error::Error for HttpError {}

/// A client of one address with one identity, which keeps its connection open between requests.
pub struct Client {
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    connection: Option<Connection>,
}

struct Connection {
    stream: Stream,
    /// Bytes read beyond the last response.
    ahead: Vec<u8>,
}

impl Client {
    /// A client without TLS.
    pub fn plain(address: SocketAddr) -> Self {
        Self { address, tls: None, connection: None }
    }

    /// A client over TLS, see [`tls_config`].
    pub fn tls(address: SocketAddr, config: Arc<ClientConfig>) -> Self {
        Self { address, tls: Some(config), connection: None }
    }

    /// Sends a request and waits for its response, on the open connection if there is one.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub fn send(&mut self, request: &Request) -> Result<Response, HttpError> {
        self.send_raw(&request.to_bytes(), request.method == b"HEAD")
    }

    /// Sends bytes as they are. `head`: the response has no body whatever its headers say.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub fn send_raw(&mut self, bytes: &[u8], head: bool) -> Result<Response, HttpError> {
        if let Some(connection) = self.connection.take() {
            // The server may have closed an idle connection: then nothing was processed, and a fresh one may try again.
            match self.exchange(connection, bytes, head) {
                Err(HttpError::Closed) => {}
                other => return other,
            }
        }
        let connection = self.connect()?;
        match self.exchange(connection, bytes, head) {
            // Under TLS 1.3 the client is done before the server has looked at its certificate.
            Err(HttpError::Closed) if self.tls.is_some() => {
                Err(HttpError::Tls(io::Error::other("closed before the first byte of a response")))
            }
            other => other,
        }
    }

    /// Closes the connection; the next request opens another.
    pub fn close(&mut self) {
        self.connection = None;
    }

    fn exchange(
        &mut self,
        mut connection: Connection,
        bytes: &[u8],
        head: bool,
    ) -> Result<Response, HttpError> {
        // A server that refuses early may close its reading side and still have answered.
        let written = connection.stream.write_all(bytes).and_then(|()| connection.stream.flush());
        match wire::read_response(&mut connection.stream, &mut connection.ahead, head) {
            Ok((response, reusable)) => {
                if reusable && written.is_ok() {
                    self.connection = Some(connection);
                }
                Ok(response)
            }
            Err(HttpError::Closed) => match written {
                Err(cause) => Err(wire::classify(cause)),
                Ok(()) => Err(HttpError::Closed),
            },
            Err(other) => Err(other),
        }
    }

    fn connect(&self) -> Result<Connection, HttpError> {
        let socket = TcpStream::connect_timeout(&self.address, TIMEOUT).map_err(HttpError::Connect)?;
        socket.set_read_timeout(Some(TIMEOUT)).map_err(HttpError::Io)?;
        socket.set_write_timeout(Some(TIMEOUT)).map_err(HttpError::Io)?;
        socket.set_nodelay(true).map_err(HttpError::Io)?;
        let stream = match &self.tls {
            None => Stream::Plain(socket),
            Some(config) => {
                let name = ServerName::from(self.address.ip());
                let session = ClientConnection::new(Arc::clone(config), name)
                    .map_err(|cause| HttpError::Tls(io::Error::other(cause)))?;
                let mut stream = StreamOwned::new(session, socket);
                while stream.conn.is_handshaking() {
                    stream.conn.complete_io(&mut stream.sock).map_err(of_handshake)?;
                }
                Stream::Tls(Box::new(stream))
            }
        };
        Ok(Connection { stream, ahead: Vec::new() })
    }
}

/// A handshake that did not come to its end in time was not refused.
fn of_handshake(cause: io::Error) -> HttpError {
    match wire::classify(cause) {
        HttpError::TimedOut => HttpError::TimedOut,
        HttpError::Closed => HttpError::Tls(io::Error::other("closed during the handshake")),
        HttpError::Tls(cause) | HttpError::Io(cause) | HttpError::Connect(cause) => HttpError::Tls(cause),
        HttpError::Malformed(what) => HttpError::Tls(io::Error::other(what)),
    }
}
