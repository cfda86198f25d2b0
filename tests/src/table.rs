//! A table for the terminal: aligned, cut to the terminal's width, in colour where somebody looks.

use std::env;
use std::io::{IsTerminal, stdout};

/// The narrowest that a column is cut to, in characters.
const NARROWEST: usize = 8;
const GAP: &str = "  ";

/// How a row stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Characters a line may have; `None` cuts nothing.
    pub width: Option<usize>,
    /// Whether escape sequences for colour are written.
    pub colour: bool,
}

impl Style {
    /// What suits standard output: cut and coloured on a terminal (unless `NO_COLOR` is set), whole and plain in a pipe.
    pub fn of_stdout() -> Self {
        let terminal = stdout().is_terminal();
        let width = match terminal {
            true => rustix::termios::tcgetwinsize(stdout()).ok().map(|size| usize::from(size.ws_col)),
            false => None,
        };
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { width: width.filter(|width| *width > 0), colour: terminal && !no_colour }
    }

    /// Wraps `text` in a colour.
    pub fn paint(self, text: &str, mark: Mark) -> String {
        match (self.colour, mark) {
            (false, _) => text.to_owned(),
            (true, Mark::Good) => format!("\x1b[32m{text}\x1b[0m"),
            (true, Mark::Bad) => format!("\x1b[31m{text}\x1b[0m"),
        }
    }
}

/// Rows under a heading; the mark is a column of its own at the left.
#[derive(Clone, Debug, Default)]
pub struct Table {
    heading: Vec<String>,
    right: Vec<bool>,
    rows: Vec<(Mark, Vec<String>)>,
}

impl Table {
    /// A table with these columns; a name that starts with `>` stands at the right.
    pub fn new(columns: &[&str]) -> Self {
        Self {
            heading: columns.iter().map(|name| name.trim_start_matches('>').to_owned()).collect(),
            right: columns.iter().map(|name| name.starts_with('>')).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, mark: Mark, cells: Vec<String>) {
        self.rows.push((mark, cells));
    }

    /// The table as text, each line with its end.
    pub fn render(&self, style: Style) -> String {
        let widths = self.widths(style.width);
        let mut text = format!("{GAP}{}\n", self.line(&self.heading, &widths));
        let rule: usize = widths.iter().sum::<usize>() + GAP.len() * widths.len();
        text.push_str(&"─".repeat(rule));
        text.push('\n');
        for (mark, cells) in &self.rows {
            let sign = match mark {
                Mark::Good => "✓",
                Mark::Bad => "✗",
            };
            let mut line = self.line(cells, &widths);
            if *mark == Mark::Bad {
                line = style.paint(&line, *mark);
            }
            text.push_str(&format!("{} {line}\n", style.paint(sign, *mark)));
        }
        text
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let padded = cells.iter().zip(widths).zip(&self.right).map(|((cell, width), right)| {
            let cell = cut(cell, *width);
            match right {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            }
        });
        padded.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    }

    /// Widths that show everything, or, if that is too wide, with the widest columns cut first.
    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let lines = || self.rows.iter().map(|(_, cells)| cells).chain([&self.heading]);
        let column = |index: usize| lines().filter_map(move |cells| cells.get(index));
        let mut widths: Vec<usize> = (0..self.heading.len())
            .map(|index| column(index).map(|cell| cell.chars().count()).max().unwrap_or(0))
            .collect();
        if let Some(limit) = limit {
            while widths.iter().sum::<usize>() + GAP.len() * widths.len() > limit {
                match widths.iter_mut().max() {
                    Some(widest) if *widest > NARROWEST => *widest -= 1,
                    _ => break,
                }
            }
        }
        widths
    }
}

fn cut(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.to_owned();
    }
    let mut short: String = cell.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["caller", "request", ">HTTP"]);
        table.row(Mark::Good, vec!["frontend".into(), "GET /v1/accounts/1".into(), "200".into()]);
        table.row(Mark::Bad, vec!["nobody".into(), "GET /".into(), "403".into()]);
        table
    }

    #[test]
    fn columns_are_aligned() {
        let text = table().render(Style { width: None, colour: false });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "  caller    request             HTTP");
        assert_eq!(lines[2], "✓ frontend  GET /v1/accounts/1   200");
        assert_eq!(lines[3], "✗ nobody    GET /                403");
    }

    #[test]
    fn the_widest_column_is_cut_to_the_terminal() {
        let text = table().render(Style { width: Some(30), colour: false });
        assert!(text.lines().all(|line| line.chars().count() <= 30), "{text}");
        assert!(text.contains("GET /v1/acc…"), "{text}");
        assert!(text.contains("frontend"), "{text}");
    }

    #[test]
    fn no_escape_sequences_without_colour() {
        assert!(!table().render(Style { width: None, colour: false }).contains('\x1b'));
        assert!(table().render(Style { width: None, colour: true }).contains("\x1b[31m"));
    }
}
