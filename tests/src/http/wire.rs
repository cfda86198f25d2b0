//! Reading an HTTP/1.1 response (RFC 9112): status line, header lines, and a body by length, by chunks or until the end.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use rustls::{ClientConnection, StreamOwned};

use super::HttpError;

/// The longest head that is read, in bytes.
const MAX_HEAD: usize = 256 * 1024;
/// The longest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A whole response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header lines in order, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header, for reading by a person: bytes that are no UTF-8 are replaced.
    pub fn header(&self, name: &str) -> Option<String> {
        let line = self.headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(&line.1).into_owned())
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The connection, with or without TLS.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(from),
            Self::Tls(stream) => stream.write(from),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// Whose fault a failed read or write is. rustls reports an alert as `InvalidData`.
pub(super) fn classify(cause: io::Error) -> HttpError {
    use io::ErrorKind as Kind;
    match cause.kind() {
        Kind::WouldBlock | Kind::TimedOut => HttpError::TimedOut,
        Kind::InvalidData => HttpError::Tls(cause),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof => {
            HttpError::Closed
        }
        _ => HttpError::Io(cause),
    }
}

/// Reads one final response; `ahead` holds what was read beyond the previous one. Tells also whether the connection can
/// carry another request.
pub(super) fn read_response(
    stream: &mut Stream,
    ahead: &mut Vec<u8>,
    head: bool,
) -> Result<(Response, bool), HttpError> {
    let mut reader = Reader { stream, buffer: ahead };
    loop {
        let (status, headers) = parse_head(&reader.head()?)?;
        // RFC 9110 section 15.2: interim responses come before the final one.
        if (100..200).contains(&status) && status != 101 {
            continue;
        }
        let mut response = Response { status, headers, body: Vec::new() };
        let close = response.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let chunked =
            response.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        let length = response.header("content-length");
        let mut delimited = true;
        // RFC 9112 section 6.3, in its order.
        if head || matches!(status, 101 | 204 | 304) {
        } else if chunked {
            response.body = reader.chunks()?;
        } else if let Some(length) = length {
            let length = length.parse().map_err(|_| HttpError::Malformed("content-length"))?;
            response.body = reader.exactly(length)?;
        } else {
            response.body = reader.rest()?;
            delimited = false;
        }
        return Ok((response, delimited && !close));
    }
}

type Head = (u16, Vec<(String, Vec<u8>)>);

fn parse_head(head: &[u8]) -> Result<Head, HttpError> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let status_line = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mut words = status_line.split(' ');
    if !words.next().is_some_and(|version| version.starts_with("HTTP/1.")) {
        return Err(HttpError::Malformed("status line"));
    }
    let status =
        words.next().and_then(|code| code.parse().ok()).ok_or(HttpError::Malformed("status line"))?;
    let mut headers = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':').ok_or(HttpError::Malformed("header line"))?;
        let (name, value) = line.split_at(colon);
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        headers.push((name, value.get(1..).unwrap_or_default().trim_ascii().to_vec()));
    }
    Ok((status, headers))
}

struct Reader<'a> {
    stream: &'a mut Stream,
    buffer: &'a mut Vec<u8>,
}

impl Reader<'_> {
    /// Reads some more; `false` at the end of the stream.
    fn fill(&mut self) -> Result<bool, HttpError> {
        let mut chunk = [0_u8; 16 * 1024];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
                    return Ok(true);
                }
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(classify(cause)),
            }
        }
    }

    /// Everything up to and with the next `end`.
    fn until(&mut self, end: &[u8], limit: usize) -> Result<Vec<u8>, HttpError> {
        loop {
            if let Some(at) = self.buffer.windows(end.len()).position(|window| window == end) {
                return Ok(self.buffer.drain(..at + end.len()).collect());
            }
            if self.buffer.len() > limit {
                return Err(HttpError::Malformed("too long"));
            }
            if !self.fill()? {
                return Err(HttpError::Closed);
            }
        }
    }

    fn head(&mut self) -> Result<Vec<u8>, HttpError> {
        self.until(b"\r\n\r\n", MAX_HEAD)
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>, HttpError> {
        if length > MAX_BODY {
            return Err(HttpError::Malformed("body too long"));
        }
        while self.buffer.len() < length {
            if !self.fill()? {
                return Err(HttpError::Closed);
            }
        }
        Ok(self.buffer.drain(..length).collect())
    }

    fn rest(&mut self) -> Result<Vec<u8>, HttpError> {
        while self.buffer.len() <= MAX_BODY && self.fill()? {}
        Ok(std::mem::take(self.buffer))
    }

    /// RFC 9112 section 7.1; trailers are read and dropped.
    fn chunks(&mut self) -> Result<Vec<u8>, HttpError> {
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n", MAX_HEAD)?;
            let text = String::from_utf8_lossy(&line);
            let size = text.trim().split(';').next().unwrap_or_default();
            let size = usize::from_str_radix(size, 16).map_err(|_| HttpError::Malformed("chunk size"))?;
            if size == 0 {
                while self.until(b"\r\n", MAX_HEAD)? != b"\r\n" {}
                return Ok(body);
            }
            body.extend(self.exactly(size)?);
            self.exactly(2)?;
            if body.len() > MAX_BODY {
                return Err(HttpError::Malformed("body too long"));
            }
        }
    }
}
