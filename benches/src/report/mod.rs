//! From figures to the table, and the table's place in `README.md`.

mod engines;
mod machine;
mod markdown;
mod table;

use std::fs;
use std::path::Path;

use doorward_tests::{Context, Error, Result};

pub use machine::{Machine, WasmTools};
pub use table::{Figures, render};

const BEGIN: &str = "<!-- figures: written by ./build.sh bench --write -->";
const END: &str = "<!-- end of figures -->";

/// Puts the text between the marks of the file.
///
/// # Errors
/// The file cannot be read or written, or has no such marks.
pub fn write_between_marks(file: &Path, text: &str) -> Result<()> {
    let old = fs::read_to_string(file).context(|| format!("read {}", file.display()))?;
    let new = between_marks(&old, text).ok_or_else(|| {
        Error::new(format!("{} has not one line `{BEGIN}` and after it one `{END}`", file.display()))
    })?;
    fs::write(file, new).context(|| format!("write {}", file.display()))
}

fn between_marks(old: &str, text: &str) -> Option<String> {
    let (before, rest) = old.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let old = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = between_marks(&old, "\nnew\n").unwrap();
        assert_eq!(new, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert_eq!(between_marks(&new, "new").as_ref(), Some(&new));
    }

    #[test]
    fn without_both_marks_nothing_is_written() {
        for old in ["", BEGIN, END, &format!("{END} {BEGIN}")] {
            assert_eq!(between_marks(old, "new"), None);
        }
    }
}
