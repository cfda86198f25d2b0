//! Tables with lines around their cells.

/// A table: centred titles, rows to the left.
#[must_use]
pub fn table(titles: &[String], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        titles.get(column).into_iter().chain(cells).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..titles.len()).map(width).collect();
    let rule = |left: &str, middle: &str, right: &str| {
        let bars: Vec<String> = widths.iter().map(|width| "─".repeat(width.saturating_add(2))).collect();
        format!("{left}{}{right}\n", bars.join(middle))
    };
    let line = |cells: Vec<String>| format!("│{}│\n", cells.join("│"));
    let mut text = rule("┌", "┬", "┐");
    text.push_str(&line(
        titles.iter().zip(&widths).map(|(title, width)| format!(" {title:^width$} ")).collect(),
    ));
    text.push_str(&rule("├", "┼", "┤"));
    for row in rows {
        text.push_str(&line(
            row.iter().zip(&widths).map(|(cell, width)| format!(" {cell:<width$} ")).collect(),
        ));
    }
    text.push_str(&rule("└", "┴", "┘"));
    text
}
