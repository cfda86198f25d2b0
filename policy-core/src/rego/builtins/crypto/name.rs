//! Distinguished names (RFC 5280 section 4.1.2.4).

use super::der::{Element, Oid, tag};

/// A name: its attributes in order.
pub(super) struct Name(pub(super) Vec<Attribute>);

/// A type and its value.
pub(super) struct Attribute {
    pub(super) arcs: Vec<i64>,
    pub(super) value: String,
}

impl Name {
    /// Reads the sequence of a name; `None` if it, or a string in it, is not well formed.
    pub(super) fn read(name: Element<'_>) -> Option<Self> {
        let mut attributes = Vec::new();
        let mut sets = name.reader();
        while !sets.is_empty() {
            let mut set = sets.inside(tag::SET)?;
            while !set.is_empty() {
                let mut pair = set.sequence()?;
                let arcs = pair.oid().and_then(Oid::arcs)?;
                let value = text(pair.any()?)?;
                attributes.push(Attribute { arcs, value });
            }
        }
        Some(Self(attributes))
    }

    /// The values of an attribute of X.520, 2.5.4.number.
    pub(super) fn values(&self, number: i64) -> impl Iterator<Item = &str> {
        let is_it = move |attribute: &&Attribute| attribute.arcs == [2, 5, 4, number];
        self.0.iter().filter(is_it).map(|attribute| attribute.value.as_str())
    }
}

/// The text of a string type; `None` for other types, and for characters that the type has not.
pub(super) fn text(value: Element<'_>) -> Option<String> {
    const UTF8: u8 = 12;
    const NUMERIC: u8 = 18;
    const PRINTABLE: u8 = 19;
    const TELETEX: u8 = 20;
    const IA5: u8 = 22;
    const BMP: u8 = 30;
    let bytes = value.content;
    match value.tag {
        UTF8 => ascii_or_utf8(bytes, |_| true),
        NUMERIC => ascii_or_utf8(bytes, |byte| byte.is_ascii_digit() || byte == b' '),
        PRINTABLE => ascii_or_utf8(bytes, is_printable),
        TELETEX => Some(bytes.iter().copied().map(char::from).collect()),
        IA5 => ascii_or_utf8(bytes, |byte| byte.is_ascii()),
        BMP => basic_plane(bytes),
        _ => None,
    }
}

fn ascii_or_utf8(bytes: &[u8], may: impl Fn(u8) -> bool) -> Option<String> {
    let all = bytes.iter().all(|byte| may(*byte));
    std::str::from_utf8(bytes).ok().filter(|_| all).map(str::to_owned)
}

/// X.680 section 41.4, and `*` and `&`, which Go forgives.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte)
}

fn basic_plane(bytes: &[u8]) -> Option<String> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let bytes = bytes.strip_suffix(&[0, 0]).unwrap_or(bytes);
    let character = |pair: &[u8]| {
        let [high, low] = <[u8; 2]>::try_from(pair).ok()?;
        let unit = u16::from_be_bytes([high, low]);
        let is_none = matches!(unit, 0xfffe | 0xffff | 0xfdd0..=0xfdef);
        char::from_u32(u32::from(unit)).filter(|_| !is_none)
    };
    bytes.chunks(2).map(character).collect()
}
