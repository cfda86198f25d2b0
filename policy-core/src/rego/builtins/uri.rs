//! `uri.*`, as Go's `net/url` reads addresses.

use core::net::Ipv6Addr;

use super::arguments::{refuse, text};
use super::encoding::hex_digit;
use super::urlquery::unescape;
use super::{Call, Failure, Run};
use crate::rego::value::{ObjectBuilder, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("uri.is_valid", is_valid), ("uri.parse", parse)];

fn parse<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.makes(text.len().saturating_mul(4))?;
    let uri = Uri::parse(text)?;
    let mut parts = ObjectBuilder::new();
    let mut tell = |name: &'static str, part: &str| {
        if !part.is_empty() {
            parts.insert(Value::text(name), Value::string(part));
        }
    };
    tell("scheme", &uri.scheme);
    tell("hostname", &uri.hostname);
    tell("port", &uri.port);
    let path = unescape(uri.path, false)?;
    tell("path", &path);
    // The path as it was written, if writing it anew would give another one.
    tell("raw_path", if is_plain(&path, uri.path) { &path } else { uri.path });
    tell("raw_query", uri.query);
    tell("fragment", &unescape(uri.fragment, false)?);
    Ok(Some(Value::Object(parts.build())))
}

/// An empty text is not valid, though it can be parsed.
fn is_valid<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let Ok(text) = text(arguments, 1) else { return Ok(Some(Value::Bool(false))) };
    call.meter.makes(text.len().saturating_mul(2))?;
    let valid = match Uri::parse(text) {
        Ok(_) => !text.is_empty(),
        Err(Failure::Operand(_)) => false,
        Err(limit) => return Err(limit),
    };
    Ok(Some(Value::Bool(valid)))
}

#[derive(Default)]
struct Uri<'t> {
    scheme: String,
    hostname: String,
    port: String,
    /// With its escapes, which are well formed.
    path: &'t str,
    query: &'t str,
    fragment: &'t str,
}

impl<'t> Uri<'t> {
    fn parse(text: &'t str) -> Result<Self, Failure> {
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return refuse("invalid control character in URL");
        }
        escapes(fragment, |_| true)?;
        if text == "*" {
            return Ok(Self { path: text, fragment, ..Self::default() });
        }
        let (scheme, rest) = scheme(text)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self { scheme: scheme.to_ascii_lowercase(), query, fragment, ..Self::default() };
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                // Opaque, like `mailto:`.
                return Ok(uri);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return refuse("first path segment in URL cannot contain colon");
            }
        }
        uri.path = rest;
        if let Some(behind) = rest.strip_prefix("//")
            && (!scheme.is_empty() || !behind.starts_with('/'))
        {
            let end = behind.find('/').unwrap_or(behind.len());
            let (authority, path) = behind.split_at_checked(end).unwrap_or((behind, ""));
            uri.path = path;
            uri.authority(authority)?;
        }
        escapes(uri.path, |_| true)?;
        Ok(uri)
    }

    fn authority(&mut self, authority: &str) -> Result<(), Failure> {
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (user, host),
            None => ("", authority),
        };
        let host = self.host(host)?;
        let valid = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
        if !user.chars().all(valid) {
            return refuse("invalid userinfo");
        }
        escapes(user, |_| true)?;
        unescape(user, false)?;
        let (name, port) = match host.rfind(':').and_then(|colon| host.split_at_checked(colon)) {
            Some((name, port)) if is_port(port) => (name, port.strip_prefix(':').unwrap_or("")),
            _ => (host.as_str(), ""),
        };
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        self.hostname = bare.unwrap_or(name).to_owned();
        self.port = port.to_owned();
        Ok(())
    }

    /// The host with its port, without escapes.
    fn host(&self, host: &str) -> Result<String, Failure> {
        const INVALID: &str = "invalid IP-literal";
        match host.rfind('[') {
            Some(0) => {}
            Some(_) => return refuse(INVALID),
            None => {
                if let Some(first) = host.find(':') {
                    let last = host.rfind(':').unwrap_or(first);
                    // Several hosts with ports are taken where nobody defines what a host is.
                    let strict = matches!(self.scheme.as_str(), "http" | "https");
                    let port = host.get(if strict { first } else { last }..).unwrap_or("");
                    if !is_port(port) {
                        return refuse("invalid port after host");
                    }
                }
                escapes(host, host_escape)?;
                host_characters(host)?;
                return unescape(host, false);
            }
        }
        let inside = host.strip_prefix('[').and_then(|host| host.rsplit_once(']'));
        let Some((address, port)) = inside else { return refuse("missing ']' in host") };
        if !is_port(port) {
            return refuse("invalid port after host");
        }
        // RFC 6874: a zone begins with an escaped percent sign, and may escape more.
        let at = address.find("%25").unwrap_or(address.len());
        let (name, zone) = address.split_at_checked(at).unwrap_or((address, ""));
        escapes(name, host_escape)?;
        escapes(zone, |byte| matches!(byte, b'%' | b' ') || is_host(byte))?;
        host_characters(address)?;
        let address = unescape(address, false)?;
        let (name, zone) = match address.split_once('%') {
            Some((name, zone)) => (name, Some(zone)),
            None => (address.as_str(), None),
        };
        if name.parse::<Ipv6Addr>().is_err() || zone == Some("") {
            return refuse("invalid host");
        }
        Ok(format!("[{address}]{port}"))
    }
}

/// The scheme, and what follows its colon.
fn scheme(text: &str) -> Result<(&str, &str), Failure> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return refuse("missing protocol scheme"),
            b':' => return Ok(text.split_once(':').unwrap_or(("", text))),
            _ => break,
        }
    }
    Ok(("", text))
}

/// Whether every escape is well formed and stands for a byte that may be escaped.
fn escapes(text: &str, allowed: impl Fn(u8) -> bool) -> Result<(), Failure> {
    for behind in text.split('%').skip(1) {
        let mut digits = behind.bytes().map(hex_digit);
        match (digits.next().flatten(), digits.next().flatten()) {
            (Some(high), Some(low)) if allowed(high.wrapping_shl(4) | low) => {}
            _ => return refuse("invalid URL escape"),
        }
    }
    Ok(())
}

/// In a host only bytes beyond ASCII are escaped, and the percent sign.
fn host_escape(byte: u8) -> bool {
    byte >= 0x80 || byte == b'%'
}

fn host_characters(host: &str) -> Result<(), Failure> {
    if host.bytes().all(|byte| byte >= 0x80 || byte == b'%' || is_host(byte)) {
        Ok(())
    } else {
        refuse("invalid character in host name")
    }
}

/// What stands for itself in a host.
fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$&'()*+,;=:[]<>\"-_.~".contains(&byte)
}

fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => text.is_empty(),
    }
}

/// Whether a path would be written as it was.
fn is_plain(path: &str, written: &str) -> bool {
    let mut rest = written.bytes();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte) {
            if rest.next() != Some(byte) {
                return false;
            }
            continue;
        }
        let digit = |digit: u8| char::from_digit(u32::from(digit), 16).map(|c| c.to_ascii_uppercase());
        for want in [Some('%'), digit(byte.wrapping_shr(4)), digit(byte & 15)] {
            if rest.next().map(char::from) != want {
                return false;
            }
        }
    }
    rest.next().is_none()
}
