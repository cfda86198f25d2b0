//! Header lines in one buffer: one allocation for the bytes, one for the places.

use std::ops::Range;

/// The header lines of a request, as bytes in one buffer.
#[derive(Debug, Default)]
pub struct HeaderBlock {
    buffer: Vec<u8>,
    lines: Vec<(Range<usize>, Range<usize>)>,
}

impl HeaderBlock {
    /// Lines as places of names and values in `buffer`. A place outside the buffer reads as empty.
    #[must_use]
    pub const fn new(buffer: Vec<u8>, lines: Vec<(Range<usize>, Range<usize>)>) -> Self {
        Self { buffer, lines }
    }

    /// An empty block with room for this many lines and bytes.
    #[must_use]
    pub fn with_capacity(lines: usize, bytes: usize) -> Self {
        Self { buffer: Vec::with_capacity(bytes), lines: Vec::with_capacity(lines) }
    }

    /// Adds a line at the end.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let name = self.append(name);
        let value = self.append(value);
        self.lines.push((name, value));
    }

    fn append(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        start..self.buffer.len()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let at = |place: &Range<usize>| self.buffer.get(place.clone()).unwrap_or_default();
        self.lines.iter().map(move |(name, value)| (at(name), at(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_in_order_and_bad_places_are_empty() {
        let mut block = HeaderBlock::default();
        block.push(b":path", b"/a");
        block.push(b"x", b"\xff");
        let lines: Vec<_> = block.iter().collect();
        assert_eq!(lines, [(&b":path"[..], &b"/a"[..]), (&b"x"[..], &b"\xff"[..])]);
        let outside = HeaderBlock::new(vec![1], vec![(0..1, 5..9)]);
        assert_eq!(outside.iter().next(), Some((&[1u8][..], &[][..])));
    }
}
