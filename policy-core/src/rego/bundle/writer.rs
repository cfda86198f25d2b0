//! Writes numbers, texts and lists. A text is written once; where it occurs is its place in the table.

use std::collections::HashMap;

use super::{CompiledError, DEPTH};

/// Bytes that are being written.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    texts: Vec<Box<str>>,
    places: HashMap<Box<str>, u64>,
    depth: usize,
}

/// Seven bits a byte, the low ones first; the high bit of a byte says that there are more.
pub(super) fn varint(into: &mut Vec<u8>, value: u64) {
    let mut rest = value;
    loop {
        let low = u8::try_from(rest & 0x7f).unwrap_or(0);
        rest >>= 7;
        if rest == 0 {
            into.push(low);
            return;
        }
        into.push(low | 0x80);
    }
}

impl Writer {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn texts(&self) -> &[Box<str>] {
        &self.texts
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn number(&mut self, value: u64) {
        varint(&mut self.bytes, value);
    }

    pub(super) fn size(&mut self, value: usize) {
        self.number(u64::try_from(value).unwrap_or(u64::MAX));
    }

    pub(super) fn text(&mut self, text: &str) {
        let next = u64::try_from(self.texts.len()).unwrap_or(u64::MAX);
        let place = match self.places.get(text) {
            Some(place) => *place,
            None => {
                self.places.insert(Box::from(text), next);
                self.texts.push(Box::from(text));
                next
            }
        };
        self.number(place);
    }

    pub(super) fn items<T>(
        &mut self,
        items: &[T],
        mut write: impl FnMut(&mut Self, &T) -> Result<(), CompiledError>,
    ) -> Result<(), CompiledError> {
        self.size(items.len());
        items.iter().try_for_each(|item| write(self, item))
    }

    pub(super) fn option<T>(
        &mut self,
        item: Option<&T>,
        write: impl FnOnce(&mut Self, &T) -> Result<(), CompiledError>,
    ) -> Result<(), CompiledError> {
        match item {
            None => {
                self.byte(0);
                Ok(())
            }
            Some(item) => {
                self.byte(1);
                write(self, item)
            }
        }
    }

    /// Writes one level further down, if a reader would follow.
    pub(super) fn deeper(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<(), CompiledError>,
    ) -> Result<(), CompiledError> {
        if self.depth >= DEPTH {
            return Err(CompiledError::TooLarge("levels of terms"));
        }
        self.depth = self.depth.saturating_add(1);
        let result = inside(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }
}
