//! `parsed_query` of the OPA-Envoy document.

use super::path::unescape;

/// The query's names with their values in order of appearance, names in order of first appearance.
///
/// As Go's `url.ParseQuery`, which OPA-Envoy uses: `&` separates, `+` is a space, a name without `=` has an empty
/// value. `None` when an escape is bad, or a `;` or a byte that is not UTF-8 is found: OPA-Envoy refuses such a
/// request, and so do we.
pub(crate) fn parse_query(target: &[u8]) -> Option<Vec<(String, Vec<String>)>> {
    let mut pairs: Vec<(String, Vec<String>)> = Vec::new();
    let Some(at) = target.iter().position(|byte| *byte == b'?') else { return Some(pairs) };
    let query = target.get(at.saturating_add(1)..).unwrap_or_default();
    let mut seen = std::collections::BTreeMap::new();
    for part in query.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
        if part.contains(&b';') {
            return None;
        }
        let mut halves = part.splitn(2, |byte| *byte == b'=');
        let name = unescape(halves.next().unwrap_or_default(), true)?;
        let value = unescape(halves.next().unwrap_or_default(), true)?;
        match seen.get(&name).and_then(|index: &usize| pairs.get_mut(*index)) {
            Some((_, values)) => values.push(value),
            None => {
                seen.insert(name.clone(), pairs.len());
                pairs.push((name, vec![value]));
            }
        }
    }
    Some(pairs)
}
