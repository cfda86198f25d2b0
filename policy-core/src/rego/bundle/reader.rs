//! Reads what the writer wrote. Nothing is taken because a length says so: every element of a list is read before it
//! takes memory, and costs at least one byte.

use std::sync::Arc;

use super::{CompiledError, DEPTH, NODES};
use crate::rego::syntax::Name;

/// Elements that are given room before they are read.
const ROOM: u64 = 64;

/// Bytes that are being read.
pub(super) struct Reader<'b> {
    rest: &'b [u8],
    texts: Vec<Name>,
    nodes: usize,
    depth: usize,
}

const CUT: CompiledError = CompiledError::Malformed("it ends too early");

impl<'b> Reader<'b> {
    /// Starts with the table of texts.
    pub(super) fn new(bytes: &'b [u8]) -> Result<Self, CompiledError> {
        let mut reader = Self { rest: bytes, texts: Vec::new(), nodes: NODES, depth: DEPTH };
        reader.texts = reader.items(|reader| {
            let size = usize::try_from(reader.number()?).unwrap_or(usize::MAX);
            let (text, rest) = reader.rest.split_at_checked(size).ok_or(CUT)?;
            reader.rest = rest;
            let text = str::from_utf8(text).map_err(|_| CompiledError::Malformed("a text is not UTF-8"))?;
            Ok(Arc::from(text))
        })?;
        Ok(reader)
    }

    /// So many nodes may follow.
    pub(super) fn limit_nodes(&mut self, nodes: usize) {
        self.nodes = nodes;
    }

    pub(super) fn node(&mut self) -> Result<(), CompiledError> {
        self.nodes = self.nodes.checked_sub(1).ok_or(CompiledError::TooLarge("nodes"))?;
        Ok(())
    }

    pub(super) fn byte(&mut self) -> Result<u8, CompiledError> {
        let (byte, rest) = self.rest.split_first().ok_or(CUT)?;
        self.rest = rest;
        Ok(*byte)
    }

    pub(super) fn number(&mut self) -> Result<u64, CompiledError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            let moved = low << shift;
            if moved >> shift != low {
                break;
            }
            value |= moved;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(CompiledError::Malformed("a number does not fit"))
    }

    pub(super) fn small(&mut self) -> Result<u32, CompiledError> {
        u32::try_from(self.number()?).map_err(|_| CompiledError::Malformed("a number does not fit"))
    }

    pub(super) fn flag(&mut self) -> Result<bool, CompiledError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CompiledError::Malformed("a flag is neither 0 nor 1")),
        }
    }

    pub(super) fn text(&mut self) -> Result<Name, CompiledError> {
        let place = usize::try_from(self.number()?).ok();
        let text = place.and_then(|place| self.texts.get(place)).cloned();
        text.ok_or(CompiledError::Malformed("a text is not in the table"))
    }

    pub(super) fn items<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, CompiledError>,
    ) -> Result<Vec<T>, CompiledError> {
        let size = self.number()?;
        let mut items = Vec::with_capacity(usize::try_from(size.min(ROOM)).unwrap_or(0));
        for _ in 0..size {
            if self.rest.is_empty() {
                return Err(CUT);
            }
            items.push(read(self)?);
        }
        Ok(items)
    }

    pub(super) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CompiledError>,
    ) -> Result<Option<T>, CompiledError> {
        self.flag()?.then(|| read(self)).transpose()
    }

    /// Reads one level further down.
    pub(super) fn deeper<T>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<T, CompiledError>,
    ) -> Result<T, CompiledError> {
        let above = self.depth;
        self.depth = above.checked_sub(1).ok_or(CompiledError::TooLarge("levels"))?;
        let result = inside(self);
        self.depth = above;
        result
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), CompiledError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CompiledError::Malformed("something follows its end")) }
    }
}
