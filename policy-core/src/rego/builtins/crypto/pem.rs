//! PEM blocks, found where Go's reader finds them.

use super::encoding::{Base64, base64_decode};

/// A block, and what follows the line on which it ends.
pub(in crate::rego::builtins) struct PemBlock<'d> {
    pub(in crate::rego::builtins) label: &'d [u8],
    pub(in crate::rego::builtins) bytes: Vec<u8>,
    pub(in crate::rego::builtins) rest: &'d [u8],
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";

/// The first block of a text, wherever it begins; `None` if there is none.
///
/// A block is what stands between the last BEGIN line before an END line and that line. One that is broken is passed
/// over, as text between blocks is.
pub(in crate::rego::builtins) fn pem_block(text: &[u8]) -> Option<PemBlock<'_>> {
    let mut rest = text;
    loop {
        let end = find(rest, END)?;
        let after_end = end.checked_add(END.len())?;
        match block_before(rest, end, after_end) {
            Found::Block(block) => return Some(block),
            Found::Nothing => {}
            Found::End => return None,
        }
        rest = rest.get(after_end..)?;
    }
}

/// What stands before an END line.
enum Found<'d> {
    Block(PemBlock<'d>),
    /// No block: look behind the END line.
    Nothing,
    /// No block, and the search ends.
    End,
}

fn block_before(text: &[u8], end: usize, after_end: usize) -> Found<'_> {
    let Some((label, mut at)) = label_before(text, end) else {
        return Found::Nothing;
    };
    let mut headers = false;
    loop {
        let Some((header, next)) = line(text, at).filter(|_| at < text.len()) else {
            return Found::End;
        };
        if !header.contains(&b':') {
            break;
        }
        headers = true;
        at = next;
    }
    if at > after_end {
        return Found::End;
    }
    // The newline before END may be the one that ended the last header line.
    if headers && end < at {
        return Found::Nothing;
    }
    contents(text, label, at, end, after_end).map_or(Found::Nothing, Found::Block)
}

/// The label of the last BEGIN line, and where the next line begins.
fn label_before(text: &[u8], end: usize) -> Option<(&[u8], usize)> {
    let begin = find_last(text.get(..end)?, BEGIN)?;
    let starts_line = begin.checked_sub(1).is_none_or(|before| text.get(before) == Some(&b'\n'));
    if !starts_line {
        return None;
    }
    let (line, next) = line(text, begin.checked_add(BEGIN.len())?)?;
    Some((line.strip_suffix(DASHES)?, next))
}

fn contents<'d>(
    text: &'d [u8],
    label: &'d [u8],
    at: usize,
    end: usize,
    after_end: usize,
) -> Option<PemBlock<'d>> {
    let trailer = text.get(after_end..)?.strip_prefix(label)?.strip_prefix(DASHES)?;
    if !line(trailer, 0)?.0.is_empty() {
        return None;
    }
    let bytes = match text.get(at..end) {
        Some(body) if !body.is_empty() => {
            let body: Vec<u8> = body.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
            base64_decode(Base64::Standard, &body)?
        }
        _ => Vec::new(),
    };
    let (_, next) = line(text, after_end)?;
    Some(PemBlock { label, bytes, rest: text.get(next..)? })
}

/// The line at a place, without white space at its end, and where the next one begins.
fn line(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = text.get(at..)?;
    let (line, next) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => {
            let line = rest.get(..end)?;
            (line.strip_suffix(b"\r").unwrap_or(line), at.checked_add(end)?.checked_add(1)?)
        }
        None => (rest, text.len()),
    };
    let kept =
        line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last.saturating_add(1));
    Some((line.get(..kept)?, next))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn find_last(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).rposition(|window| window == wanted)
}
