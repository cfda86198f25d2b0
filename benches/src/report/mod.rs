//! From figures to the table, and the table's place in `README.md`.

mod engines;
mod machine;
mod markdown;
mod proxy;
mod table;

use std::fs;
use std::path::Path;

use doorward_tests::{Context, Error, Result};

pub use machine::{Machine, WasmTools};
pub use proxy::render_proxy;
pub use table::{Figures, render};

/// Two lines of the file, between which figures stand.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    begin: &'static str,
    end: &'static str,
}

impl Marks {
    /// What a decision costs.
    pub const FIGURES: Self = Self {
        begin: "<!-- figures: written by ./build.sh bench --write -->",
        end: "<!-- end of figures -->",
    };
    /// What Envoy spends on a request.
    pub const ENVOY: Self = Self {
        begin: "<!-- envoy: written by ./build.sh bench envoy --write -->",
        end: "<!-- end of envoy -->",
    };
}

/// Puts the text between the marks of the file.
///
/// # Errors
/// The file cannot be read or written, or has no such marks.
pub fn write_between_marks(file: &Path, marks: Marks, text: &str) -> Result<()> {
    let old = fs::read_to_string(file).context(|| format!("read {}", file.display()))?;
    let new = between_marks(&old, marks, text).ok_or_else(|| {
        let Marks { begin, end } = marks;
        Error::new(format!("{} has not one line `{begin}` and after it one `{end}`", file.display()))
    })?;
    fs::write(file, new).context(|| format!("write {}", file.display()))
}

fn between_marks(old: &str, Marks { begin, end }: Marks, text: &str) -> Option<String> {
    let (before, rest) = old.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n\n{}\n\n{end}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: Marks = Marks::ENVOY;
    const BEGIN: &str = MARKS.begin;
    const END: &str = MARKS.end;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let old = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = between_marks(&old, MARKS, "\nnew\n").unwrap();
        assert_eq!(new, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert_eq!(between_marks(&new, MARKS, "new").as_ref(), Some(&new));
    }

    #[test]
    fn without_both_marks_nothing_is_written() {
        for old in ["", BEGIN, END, &format!("{END} {BEGIN}")] {
            assert_eq!(between_marks(old, MARKS, "new"), None);
        }
    }
}
