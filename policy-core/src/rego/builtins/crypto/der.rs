//! Distinguished encoding rules (X.690), as strictly as Go's readers.
//!
//! Lengths and integers are minimal, tags have one byte. What follows inside a sequence after the parts that are known
//! is left alone, because later versions add to the end; whoever forbids it asks [`Reader::is_empty`].

/// Tags.
pub(in crate::rego::builtins) mod tag {
    pub(in crate::rego::builtins) const BOOLEAN: u8 = 0x01;
    pub(in crate::rego::builtins) const INTEGER: u8 = 0x02;
    pub(in crate::rego::builtins) const BIT_STRING: u8 = 0x03;
    pub(in crate::rego::builtins) const OCTET_STRING: u8 = 0x04;
    pub(in crate::rego::builtins) const OID: u8 = 0x06;
    pub(in crate::rego::builtins) const SEQUENCE: u8 = 0x30;
    pub(in crate::rego::builtins) const SET: u8 = 0x31;

    /// A context-specific tag of a constructed value.
    pub(in crate::rego::builtins) const fn explicit(number: u8) -> u8 {
        0xa0 | number
    }

    /// A context-specific tag of a primitive value.
    pub(in crate::rego::builtins) const fn implicit(number: u8) -> u8 {
        0x80 | number
    }
}

/// One value: its tag, its contents, and all its bytes.
#[derive(Clone, Copy)]
pub(in crate::rego::builtins) struct Element<'d> {
    pub(in crate::rego::builtins) tag: u8,
    pub(in crate::rego::builtins) content: &'d [u8],
    pub(in crate::rego::builtins) full: &'d [u8],
}

impl<'d> Element<'d> {
    /// What is inside.
    pub(in crate::rego::builtins) fn reader(self) -> Reader<'d> {
        Reader::new(self.content)
    }
}

/// What is still to be read.
#[derive(Clone, Copy)]
pub(in crate::rego::builtins) struct Reader<'d>(&'d [u8]);

impl<'d> Reader<'d> {
    pub(in crate::rego::builtins) fn new(data: &'d [u8]) -> Self {
        Self(data)
    }

    pub(in crate::rego::builtins) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether the next value has this tag.
    pub(in crate::rego::builtins) fn at(self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Bytes of the next value's tag and length, and of its contents.
    fn header(self) -> Option<(usize, usize)> {
        let (&tag, after) = self.0.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, after) = after.split_first()?;
        if first < 0x80 {
            return Some((2, usize::from(first)));
        }
        let digits = usize::from(first & 0x7f);
        if digits == 0 || digits > 4 {
            return None;
        }
        let bytes = after.get(..digits)?;
        let length = bytes.iter().fold(0_usize, |length, byte| (length << 8) | usize::from(*byte));
        let is_minimal = length >= 0x80 && bytes.first() != Some(&0);
        Some((digits.checked_add(2)?, length)).filter(|_| is_minimal)
    }

    /// The next value.
    pub(in crate::rego::builtins) fn any(&mut self) -> Option<Element<'d>> {
        let tag = *self.0.first()?;
        let (header, length) = self.header()?;
        let end = header.checked_add(length)?;
        let full = self.0.get(..end)?;
        let content = full.get(header..)?;
        self.0 = self.0.get(end..)?;
        Some(Element { tag, content, full })
    }

    /// The next value, which must have this tag.
    pub(in crate::rego::builtins) fn value(&mut self, tag: u8) -> Option<Element<'d>> {
        if self.at(tag) { self.any() } else { None }
    }

    /// The next value if it has this tag: `None` if something of this tag is broken.
    pub(in crate::rego::builtins) fn optional(&mut self, tag: u8) -> Option<Option<Element<'d>>> {
        if self.at(tag) { self.any().map(Some) } else { Some(None) }
    }

    /// The next value if it has this tag, as Go's reader of structures sees it: `None` also if whatever is next has no
    /// tag and length, or has them at the very end where an explicit value might be.
    pub(in crate::rego::builtins) fn optional_field(&mut self, tag: u8) -> Option<Option<Element<'d>>> {
        if self.is_empty() {
            return Some(None);
        }
        let (header, _) = self.header()?;
        let is_explicit = tag & 0xa0 == 0xa0;
        if is_explicit && header == self.0.len() { None } else { self.optional(tag) }
    }

    /// A constructed value's inside.
    pub(in crate::rego::builtins) fn inside(&mut self, tag: u8) -> Option<Reader<'d>> {
        self.value(tag).map(Element::reader)
    }

    /// A sequence's inside.
    pub(in crate::rego::builtins) fn sequence(&mut self) -> Option<Reader<'d>> {
        self.inside(tag::SEQUENCE)
    }

    /// A whole number: two's complement, big-endian, minimal.
    pub(in crate::rego::builtins) fn integer(&mut self) -> Option<&'d [u8]> {
        integer(self.value(tag::INTEGER)?.content)
    }

    /// A whole number above zero, big-endian without leading zeros.
    pub(in crate::rego::builtins) fn positive(&mut self) -> Option<&'d [u8]> {
        positive(self.integer()?)
    }

    /// A whole number that fits.
    pub(in crate::rego::builtins) fn small(&mut self) -> Option<i64> {
        small(self.integer()?)
    }

    /// An object identifier.
    pub(in crate::rego::builtins) fn oid(&mut self) -> Option<Oid<'d>> {
        Oid::read(self.value(tag::OID)?.content)
    }

    /// A bit string: how many bits of the last byte are unused, and the bytes.
    pub(in crate::rego::builtins) fn bits(&mut self) -> Option<BitString<'d>> {
        BitString::read(self.value(tag::BIT_STRING)?.content)
    }

    /// A boolean: DER has only 0x00 and 0xff.
    pub(in crate::rego::builtins) fn boolean(&mut self) -> Option<bool> {
        match self.value(tag::BOOLEAN)?.content {
            [0x00] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }
}

/// Checks that an integer is minimal.
pub(in crate::rego::builtins) fn integer(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [] => None,
        [0x00, next, ..] if next & 0x80 == 0 => None,
        [0xff, next, ..] if next & 0x80 != 0 => None,
        _ => Some(bytes),
    }
}

/// The number without leading zeros, if it is above zero.
pub(in crate::rego::builtins) fn positive(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0x00] => None,
        [0x00, rest @ ..] => Some(rest),
        [first, ..] if first & 0x80 != 0 => None,
        _ => Some(bytes),
    }
}

/// The number, if it fits.
pub(in crate::rego::builtins) fn small(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 8 {
        return None;
    }
    let start = if bytes.first().is_some_and(|first| first & 0x80 != 0) { -1 } else { 0 };
    Some(bytes.iter().fold(start, |value: i64, byte| (value << 8) | i64::from(*byte)))
}

/// Whether contents are an object identifier, its arcs of any size.
pub(in crate::rego::builtins) fn is_oid(content: &[u8]) -> bool {
    let ends = |byte: &u8| byte & 0x80 == 0;
    content.last().is_some_and(ends)
        && content.split_inclusive(ends).all(|arc| arc.first().is_some_and(|first| *first != 0x80))
}

/// A bit string whose padding is zero.
#[derive(Clone, Copy)]
pub(in crate::rego::builtins) struct BitString<'d> {
    pub(in crate::rego::builtins) unused: u8,
    pub(in crate::rego::builtins) bytes: &'d [u8],
}

impl<'d> BitString<'d> {
    pub(in crate::rego::builtins) fn read(content: &'d [u8]) -> Option<Self> {
        let (&unused, bytes) = content.split_first()?;
        let padding = 1_u8.checked_shl(u32::from(unused)).filter(|_| unused < 8)?.wrapping_sub(1);
        if (bytes.is_empty() && unused > 0) || bytes.last().is_some_and(|last| last & padding != 0) {
            return None;
        }
        Some(Self { unused, bytes })
    }

    /// The bit at a place, the first being 0.
    pub(in crate::rego::builtins) fn at(self, place: usize) -> bool {
        let mask = 0x80_u8.checked_shr(u32::try_from(place % 8).unwrap_or(0)).unwrap_or(0);
        self.bytes.get(place / 8).is_some_and(|byte| byte & mask != 0)
    }

    /// The bits moved to the end, so that what is unused stands before the first.
    pub(in crate::rego::builtins) fn right_aligned(self) -> Vec<u8> {
        let mut carried = 0_u8;
        let shift = |byte: &u8| {
            if self.unused == 0 {
                return *byte;
            }
            let moved = carried | (byte >> self.unused);
            carried = byte << 8_u8.wrapping_sub(self.unused);
            moved
        };
        self.bytes.iter().map(shift).collect()
    }
}

/// An object identifier that is well formed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::rego::builtins) struct Oid<'d>(&'d [u8]);

impl<'d> Oid<'d> {
    /// Contents whose arcs are minimal and fit 31 bits.
    pub(in crate::rego::builtins) fn read(content: &'d [u8]) -> Option<Self> {
        let oid = Self(content);
        oid.arcs().map(|_| oid)
    }

    /// The encoded contents.
    pub(in crate::rego::builtins) fn bytes(self) -> &'d [u8] {
        self.0
    }

    /// The numbers.
    pub(in crate::rego::builtins) fn arcs(self) -> Option<Vec<i64>> {
        let mut arcs = Vec::new();
        let mut value: i64 = 0;
        let mut inside = false;
        for byte in self.0 {
            if !inside && *byte == 0x80 {
                return None;
            }
            value = (value << 7) | i64::from(byte & 0x7f);
            if value > i64::from(i32::MAX) {
                return None;
            }
            inside = byte & 0x80 != 0;
            if !inside {
                if arcs.is_empty() {
                    let first = (value / 40).min(2);
                    arcs.push(first);
                    arcs.push(value.checked_sub(first.checked_mul(40)?)?);
                } else {
                    arcs.push(value);
                }
                value = 0;
            }
        }
        (!inside && !arcs.is_empty()).then_some(arcs)
    }
}
