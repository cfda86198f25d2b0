//! What Go knows of characters: Unicode 15.0, and mappings of case from one character to one.

/// Whether Go prints the character as it is: letters, marks, numbers, punctuation, symbols and the space.
pub(in crate::rego) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    // Rust escapes by the same categories; a mark is escaped only at the beginning.
    let mut buffer = [b'a'; 5];
    let length = buffer.split_first_mut().map_or(0, |(_, rest)| character.encode_utf8(rest).len());
    let text = buffer.get(..length.saturating_add(1)).and_then(|bytes| std::str::from_utf8(bytes).ok());
    text.is_some_and(|text| text.escape_debug().nth(1) != Some('\\')) && !is_unknown(character)
}

/// The character in lower case, as Go's `unicode.ToLower`.
pub(in crate::rego) fn to_lower(character: char) -> char {
    if character == 'İ' { 'i' } else { single(character, character.to_lowercase()) }
}

/// The character in upper case, as Go's `unicode.ToUpper`.
pub(in crate::rego) fn to_upper(character: char) -> char {
    let by =
        |distance: u32| char::from_u32(u32::from(character).saturating_add(distance)).unwrap_or(character);
    match character {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => by(8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => by(9),
        _ => single(character, character.to_uppercase()),
    }
}

/// The mapping if it is one character that Go knows, otherwise the character itself.
fn single(character: char, mut mapping: impl Iterator<Item = char>) -> char {
    match (mapping.next(), mapping.next()) {
        (Some(one), None) if one != character && !is_unknown(one) && !is_unknown(character) => one,
        _ => character,
    }
}

/// Whether Unicode has the character only since 15.1.
fn is_unknown(character: char) -> bool {
    let place = UNKNOWN.partition_point(|(_, last)| *last < character);
    UNKNOWN.get(place).is_some_and(|(first, _)| *first <= character)
}

/// What was added to Unicode after 15.0, up to 17.0.
const UNKNOWN: &[(char, char)] = &[
    ('\u{88f}', '\u{88f}'),
    ('\u{897}', '\u{897}'),
    ('\u{c5c}', '\u{c5c}'),
    ('\u{cdc}', '\u{cdc}'),
    ('\u{1acf}', '\u{1add}'),
    ('\u{1ae0}', '\u{1aeb}'),
    ('\u{1b4e}', '\u{1b4f}'),
    ('\u{1b7f}', '\u{1b7f}'),
    ('\u{1c89}', '\u{1c8a}'),
    ('\u{20c1}', '\u{20c1}'),
    ('\u{2427}', '\u{2429}'),
    ('\u{2b96}', '\u{2b96}'),
    ('\u{2ffc}', '\u{2fff}'),
    ('\u{31e4}', '\u{31e5}'),
    ('\u{31ef}', '\u{31ef}'),
    ('\u{a7cb}', '\u{a7cf}'),
    ('\u{a7d2}', '\u{a7d2}'),
    ('\u{a7d4}', '\u{a7d4}'),
    ('\u{a7da}', '\u{a7dc}'),
    ('\u{a7f1}', '\u{a7f1}'),
    ('\u{fbc3}', '\u{fbd2}'),
    ('\u{fd90}', '\u{fd91}'),
    ('\u{fdc8}', '\u{fdce}'),
    ('\u{105c0}', '\u{105f3}'),
    ('\u{10940}', '\u{10959}'),
    ('\u{10d40}', '\u{10d65}'),
    ('\u{10d69}', '\u{10d85}'),
    ('\u{10d8e}', '\u{10d8f}'),
    ('\u{10ec2}', '\u{10ec7}'),
    ('\u{10ed0}', '\u{10ed8}'),
    ('\u{10efa}', '\u{10efc}'),
    ('\u{11380}', '\u{11389}'),
    ('\u{1138b}', '\u{1138b}'),
    ('\u{1138e}', '\u{1138e}'),
    ('\u{11390}', '\u{113b5}'),
    ('\u{113b7}', '\u{113c0}'),
    ('\u{113c2}', '\u{113c2}'),
    ('\u{113c5}', '\u{113c5}'),
    ('\u{113c7}', '\u{113ca}'),
    ('\u{113cc}', '\u{113d5}'),
    ('\u{113d7}', '\u{113d8}'),
    ('\u{113e1}', '\u{113e2}'),
    ('\u{116d0}', '\u{116e3}'),
    ('\u{11b60}', '\u{11b67}'),
    ('\u{11bc0}', '\u{11be1}'),
    ('\u{11bf0}', '\u{11bf9}'),
    ('\u{11db0}', '\u{11ddb}'),
    ('\u{11de0}', '\u{11de9}'),
    ('\u{11f5a}', '\u{11f5a}'),
    ('\u{13460}', '\u{143fa}'),
    ('\u{16100}', '\u{16139}'),
    ('\u{16d40}', '\u{16d79}'),
    ('\u{16ea0}', '\u{16eb8}'),
    ('\u{16ebb}', '\u{16ed3}'),
    ('\u{16ff2}', '\u{16ff6}'),
    ('\u{187f8}', '\u{187ff}'),
    ('\u{18cff}', '\u{18cff}'),
    ('\u{18d09}', '\u{18d1e}'),
    ('\u{18d80}', '\u{18df2}'),
    ('\u{1cc00}', '\u{1ccfc}'),
    ('\u{1cd00}', '\u{1ceb3}'),
    ('\u{1ceba}', '\u{1ced0}'),
    ('\u{1cee0}', '\u{1cef0}'),
    ('\u{1e5d0}', '\u{1e5fa}'),
    ('\u{1e5ff}', '\u{1e5ff}'),
    ('\u{1e6c0}', '\u{1e6de}'),
    ('\u{1e6e0}', '\u{1e6f5}'),
    ('\u{1e6fe}', '\u{1e6ff}'),
    ('\u{1f6d8}', '\u{1f6d8}'),
    ('\u{1f777}', '\u{1f77a}'),
    ('\u{1f8b2}', '\u{1f8bb}'),
    ('\u{1f8c0}', '\u{1f8c1}'),
    ('\u{1f8d0}', '\u{1f8d8}'),
    ('\u{1fa54}', '\u{1fa57}'),
    ('\u{1fa89}', '\u{1fa8a}'),
    ('\u{1fa8e}', '\u{1fa8f}'),
    ('\u{1fabe}', '\u{1fabe}'),
    ('\u{1fac6}', '\u{1fac6}'),
    ('\u{1fac8}', '\u{1fac8}'),
    ('\u{1facd}', '\u{1facd}'),
    ('\u{1fadc}', '\u{1fadc}'),
    ('\u{1fadf}', '\u{1fadf}'),
    ('\u{1fae9}', '\u{1faea}'),
    ('\u{1faef}', '\u{1faef}'),
    ('\u{1fbcb}', '\u{1fbef}'),
    ('\u{1fbfa}', '\u{1fbfa}'),
    ('\u{2b73a}', '\u{2b73f}'),
    ('\u{2cea2}', '\u{2cead}'),
    ('\u{2ebf0}', '\u{2ee5d}'),
    ('\u{323b0}', '\u{33479}'),
];

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn maps_one_to_one() {
        let lower = |text: &str| text.chars().map(to_lower).collect::<String>();
        let upper = |text: &str| text.chars().map(to_upper).collect::<String>();
        assert_eq!(lower("AÉİΣẞ\u{212a}"), "aéiσßk");
        assert_eq!(upper("aéıßŉ\u{1f80}\u{1ff3}"), "AÉIßŉ\u{1f88}\u{1ffc}");
        assert_eq!(upper("\u{10d70}\u{264}"), "\u{10d70}\u{264}");
    }

    #[test]
    fn prints_what_go_prints() {
        for character in ['a', ' ', 'é', '\u{301}', '\u{1f600}', '\u{fffd}', '\u{1ff80}'] {
            assert_eq!(is_printable(character), character != '\u{1ff80}', "{character:?}");
        }
        for character in
            ['\n', '\u{a0}', '\u{200b}', '\u{e000}', '\u{feff}', '\u{10d50}', '\u{a7cb}', '\u{323b0}']
        {
            assert!(!is_printable(character), "{character:?}");
        }
    }
}
