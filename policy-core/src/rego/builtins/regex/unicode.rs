//! The tables of Unicode behind `\p`: the crate's, cut to the version that Go has.
//!
//! Go 1.26 has Unicode 15.0. A later version only assigns characters that were free, so a class of 15.0 is the
//! later one's, as far as its characters were assigned in 15.0.

use std::sync::OnceLock;

use regex_syntax::Parser;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// The characters that Unicode 15.0 assigns.
pub(super) fn assigned() -> &'static ClassUnicode {
    static ASSIGNED: OnceLock<ClassUnicode> = OnceLock::new();
    ASSIGNED.get_or_init(|| table(r"\p{age:15.0}").unwrap_or_else(ClassUnicode::empty))
}

/// Whether a class is folded with the rest of an expression: Go has no table for this one.
pub(super) fn is_folded(name: &str) -> bool {
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect();
    !matches!(name.to_ascii_lowercase().as_str(), "lc" | "casedletter")
}

/// A letter or a decimal digit of any script.
pub(super) fn is_letter_or_digit(c: char) -> bool {
    static CLASS: OnceLock<ClassUnicode> = OnceLock::new();
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let class = CLASS.get_or_init(|| known(r"[\p{L}\p{Nd}]").unwrap_or_else(ClassUnicode::empty));
    class
        .ranges()
        .binary_search_by(|range| match range {
            range if range.end() < c => std::cmp::Ordering::Less,
            range if range.start() > c => std::cmp::Ordering::Greater,
            _ => std::cmp::Ordering::Equal,
        })
        .is_ok()
}

/// The class with a name of Go's; `None` if there is none.
///
/// Go passes over case, spaces, `_` and `-` in a name, and therefore finds no script with more than one word.
pub(super) fn class(name: &str) -> Option<ClassUnicode> {
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect();
    if !name.is_ascii() || name.is_empty() {
        return None;
    }
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "any" => return table(r"[\x{0}-\x{10FFFF}]"),
        "ascii" => return table(r"[\x{0}-\x{7F}]"),
        "assigned" => return unassigned().map(negated),
        "cn" | "unassigned" => return unassigned(),
        "c" | "other" => {
            let mut class = table(r"[\p{Cc}\p{Cf}\p{Co}]")?;
            class.union(&unassigned()?);
            return Some(class);
        }
        // Halves of pairs, which no text has.
        "cs" | "surrogate" => return Some(ClassUnicode::empty()),
        "lc" | "casedletter" => return known(r"[\p{Lu}\p{Ll}\p{Lt}]"),
        _ => {}
    }
    // What became another kind of mark after 15.0.
    const MOVED: &str = r"\x{1171E}";
    match name.as_str() {
        "mn" | "nonspacingmark" => return known(&format!(r"[\p{{gc=mn}}{MOVED}]")),
        "mc" | "spacingmark" => return known(&format!(r"[\p{{gc=mc}}--{MOVED}]")),
        _ => {}
    }
    let category = CATEGORIES.iter().find(|(short, alias)| *short == name || (*alias == name));
    if let Some((short, _)) = category {
        return known(&format!(r"\p{{gc={short}}}"));
    }
    match name.as_str() {
        "cntrl" => known(r"\p{gc=cc}"),
        "digit" => known(r"\p{gc=nd}"),
        "punct" => known(r"\p{gc=p}"),
        "combiningmark" => known(r"\p{gc=m}"),
        script => SCRIPTS.contains(&script).then(|| known(&format!(r"\p{{sc={script}}}")))?,
    }
}

/// Everything else. The crate takes the neighbours U+D7FF and U+E000 for the edges of a gap, though there is no
/// character between them; so they are joined first.
pub(super) fn negated(mut class: ClassUnicode) -> ClassUnicode {
    const BEFORE: char = '\u{d7ff}';
    const AFTER: char = '\u{e000}';
    let ends = class.ranges().iter().any(|range| range.end() == BEFORE);
    let starts = class.ranges().iter().any(|range| range.start() == AFTER);
    if ends && starts {
        let low =
            class.ranges().iter().find(|range| range.end() == BEFORE).map_or(BEFORE, |range| range.start());
        let high =
            class.ranges().iter().find(|range| range.start() == AFTER).map_or(AFTER, |range| range.end());
        class.push(ClassUnicodeRange::new(low, high));
    }
    class.negate();
    class
}

/// What is assigned to nothing, and the code points that never will be.
fn unassigned() -> Option<ClassUnicode> {
    let mut class = table(r"\p{gc=cn}")?;
    class.union(&negated(assigned().clone()));
    Some(class)
}

/// A class, as far as Go's version knows its characters.
fn known(expression: &str) -> Option<ClassUnicode> {
    let mut class = table(expression)?;
    class.intersect(assigned());
    Some(class)
}

fn table(expression: &str) -> Option<ClassUnicode> {
    match Parser::new().parse(expression).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        // A class of one character.
        HirKind::Literal(literal) => {
            let c = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(c, c)]))
        }
        HirKind::Empty
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}

/// General categories and their long names.
const CATEGORIES: &[(&str, &str)] = &[
    ("cc", "control"),
    ("cf", "format"),
    ("co", "privateuse"),
    ("l", "letter"),
    ("ll", "lowercaseletter"),
    ("lm", "modifierletter"),
    ("lo", "otherletter"),
    ("lt", "titlecaseletter"),
    ("lu", "uppercaseletter"),
    ("m", "mark"),
    ("me", "enclosingmark"),
    ("n", "number"),
    ("nd", "decimalnumber"),
    ("nl", "letternumber"),
    ("no", "othernumber"),
    ("p", "punctuation"),
    ("pc", "connectorpunctuation"),
    ("pd", "dashpunctuation"),
    ("pe", "closepunctuation"),
    ("pf", "finalpunctuation"),
    ("pi", "initialpunctuation"),
    ("po", "otherpunctuation"),
    ("ps", "openpunctuation"),
    ("s", "symbol"),
    ("sc", "currencysymbol"),
    ("sk", "modifiersymbol"),
    ("sm", "mathsymbol"),
    ("so", "othersymbol"),
    ("z", "separator"),
    ("zl", "lineseparator"),
    ("zp", "paragraphseparator"),
    ("zs", "spaceseparator"),
];

/// Scripts with names of one word.
#[rustfmt::skip]
const SCRIPTS: &[&str] = &[
    "adlam", "ahom", "arabic", "armenian", "avestan", "balinese", "bamum", "batak", "bengali", "bhaiksuki",
    "bopomofo", "brahmi", "braille", "buginese", "buhid", "carian", "chakma", "cham", "cherokee", "chorasmian",
    "common", "coptic", "cuneiform", "cypriot", "cyrillic", "deseret", "devanagari", "dogra", "duployan",
    "elbasan", "elymaic", "ethiopic", "georgian", "glagolitic", "gothic", "grantha", "greek", "gujarati",
    "gurmukhi", "han", "hangul", "hanunoo", "hatran", "hebrew", "hiragana", "inherited", "javanese", "kaithi",
    "kannada", "katakana", "kawi", "kharoshthi", "khmer", "khojki", "khudawadi", "lao", "latin", "lepcha",
    "limbu", "lisu", "lycian", "lydian", "mahajani", "makasar", "malayalam", "mandaic", "manichaean", "marchen",
    "medefaidrin", "miao", "modi", "mongolian", "mro", "multani", "myanmar", "nabataean", "nandinagari", "newa",
    "nko", "nushu", "ogham", "oriya", "osage", "osmanya", "palmyrene", "phoenician", "rejang", "runic",
    "samaritan", "saurashtra", "sharada", "shavian", "siddham", "sinhala", "sogdian", "soyombo", "sundanese",
    "syriac", "tagalog", "tagbanwa", "takri", "tamil", "tangsa", "tangut", "telugu", "thaana", "thai", "tibetan",
    "tifinagh", "tirhuta", "toto", "ugaritic", "vai", "vithkuqi", "wancho", "yezidi", "yi",];
