//! proxy-wasm's form of header maps: a count, then the sizes of names and values, then their bytes, each followed
//! by a zero byte. All numbers are 32 bits, little-endian.

use doorward_flow::{HeaderBlock, HostError};

/// proxy-wasm's `ParseFailure`: what we answer ourselves when the host's bytes are not a header map.
const PARSE_FAILURE: HostError = HostError(3);

/// Reads a header map. The buffer becomes the block's own: no byte is copied.
pub(crate) fn read(buffer: Vec<u8>) -> Result<HeaderBlock, HostError> {
    if buffer.is_empty() {
        return Ok(HeaderBlock::default());
    }
    let lines = places(&buffer).ok_or(PARSE_FAILURE)?;
    Ok(HeaderBlock::new(buffer, lines))
}

type Place = std::ops::Range<usize>;

fn places(buffer: &[u8]) -> Option<Vec<(Place, Place)>> {
    let count = number(buffer, 0)?;
    let sizes_end = count.checked_mul(8)?.checked_add(4)?;
    // The sizes must be there before anything is reserved for them.
    buffer.get(..sizes_end)?;
    let mut lines = Vec::with_capacity(count);
    let mut at = sizes_end;
    for size_at in (4..sizes_end).step_by(8) {
        let name = at..at.checked_add(number(buffer, size_at)?)?;
        let value_start = name.end.checked_add(1)?;
        let value = value_start..value_start.checked_add(number(buffer, size_at.checked_add(4)?)?)?;
        at = value.end.checked_add(1)?;
        buffer.get(name.start..value.end)?;
        lines.push((name, value));
    }
    Some(lines)
}

fn number(buffer: &[u8], at: usize) -> Option<usize> {
    let bytes = buffer.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// Writes a header map.
pub(crate) fn write(headers: &[(String, String)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut push = |number: usize| out.extend(u32::try_from(number).unwrap_or(0).to_le_bytes());
    push(headers.len());
    for (name, value) in headers {
        push(name.len());
        push(value.len());
    }
    for (name, value) in headers {
        for text in [name, value] {
            out.extend_from_slice(text.as_bytes());
            out.push(0);
        }
    }
    out
}
