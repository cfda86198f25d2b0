//! Tables of Markdown, aligned, so that they can be read in a terminal too.

/// The first column to the left, figures to the right.
pub(super) fn aligned<const N: usize>(head: &[&str; N], rows: &[[String; N]]) -> String {
    let mut widths = head.map(|title| title.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let mut out = String::new();
        for (index, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width.saturating_sub(cell.chars().count()));
            out.push_str(&if index == 0 { format!("| {cell}{space} ") } else { format!("| {space}{cell} ") });
        }
        out + "|\n"
    };
    let mut rule = String::new();
    for (index, width) in widths.iter().enumerate() {
        let dashes = "-".repeat(width + 1);
        rule.push_str(&if index == 0 { format!("|{dashes}-") } else { format!("|{dashes}:") });
    }
    let mut out = line(*head) + &rule + "|\n";
    for row in rows {
        out.push_str(&line(row.each_ref().map(String::as_str)));
    }
    out
}
