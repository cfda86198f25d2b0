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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn parse(target: &str) -> Option<String> {
        let pairs = parse_query(target.as_bytes())?;
        Some(
            pairs
                .iter()
                .map(|(name, values)| format!("{name}={}", values.join("|")))
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn names_keep_their_order_and_all_their_values() {
        assert_eq!(parse("/a").as_deref(), Some(""));
        assert_eq!(parse("/a?").as_deref(), Some(""));
        assert_eq!(parse("/a?b=1&c&b=2&&=x").as_deref(), Some("b=1|2 c= =x"));
        assert_eq!(parse("/a?q=a+b%20c&k=1=2").as_deref(), Some("q=a b c k=1=2"));
        assert_eq!(parse("/a?x=1?y=2").as_deref(), Some("x=1?y=2"));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for target in ["/?a=%", "/?a=%zz", "/?%=1", "/?a;b=1", "/?a=1;b=2", "/?a=%ff"] {
            assert_eq!(parse(target), None, "{target}");
        }
    }
}
