//! The figures of a picture in words: for those who cannot see it, and for a spreadsheet.

use super::Show;
use super::write::{escaped, own_address};
use std::borrow::Cow;
use std::fmt::Write as _;

/// What stands for a value that is not known.
pub const UNKNOWN: &str = "—";

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number: as the reader sees it, as a machine reads it, and where what was counted is
    /// listed. Not finite: not known.
    Number {
        /// For the reader.
        shown: String,
        /// For a machine.
        value: f64,
        /// Where what was counted is listed.
        href: Option<String>,
    },
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number that is written as `show` does.
    #[must_use]
    pub fn number(value: f64, show: Show) -> Self {
        Self::Number { shown: shown(value, show), value, href: None }
    }

    /// The same with a place where what was counted is listed.
    #[must_use]
    pub fn to(self, to: Option<String>) -> Self {
        match self {
            Self::Number { shown, value, .. } => Self::Number { shown, value, href: to },
            text @ Self::Text(_) => text,
        }
    }

    /// What the reader sees.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Number { shown, .. } => shown,
        }
    }
}

/// A value in words; a dash if it is not known.
#[must_use]
pub fn shown(value: f64, show: Show) -> String {
    if value.is_finite() { show(value) } else { UNKNOWN.into() }
}

/// Figures in rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it is about.
    pub caption: String,
    /// Names of the columns.
    pub head: Vec<String>,
    /// The rows; the first cell of each is its name.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows yet.
    #[must_use]
    pub fn new(caption: &str, head: &[&str]) -> Self {
        Self {
            caption: caption.to_owned(),
            head: head.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// As HTML: the first column heads its rows, numbers stand to the right and are links.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut out = format!(
            "<table class=\"chart-table\">\n<caption>{}</caption>\n<thead><tr>",
            escaped(&self.caption)
        );
        for name in &self.head {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(name));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for (at, cell) in row.iter().enumerate() {
                out.push_str(&html_cell(cell, at == 0));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
        out
    }

    /// As comma-separated values, lines ended as RFC 4180 wants them. A number is what a machine
    /// reads, nothing if it is not known; words that a spreadsheet would run are made harmless.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut out = String::new();
        let head: Vec<String> = self.head.iter().map(|name| csv_text(name)).collect();
        let _ = write!(out, "{}\r\n", head.join(","));
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell {
                    Cell::Text(text) => csv_text(text),
                    Cell::Number { value, .. } if value.is_finite() => plain_number(*value),
                    Cell::Number { .. } => String::new(),
                })
                .collect();
            let _ = write!(out, "{}\r\n", cells.join(","));
        }
        out
    }
}

fn html_cell(cell: &Cell, names_row: bool) -> String {
    match cell {
        Cell::Text(text) if names_row => format!("<th scope=\"row\">{}</th>", escaped(text)),
        Cell::Text(text) => format!("<td>{}</td>", escaped(text)),
        Cell::Number { shown, href, .. } => {
            let shown = escaped(shown);
            match href.as_deref().filter(|href| own_address(href)) {
                Some(href) => {
                    format!("<td class=\"n\"><a href=\"{}\">{shown}</a></td>", escaped(href))
                }
                None => format!("<td class=\"n\">{shown}</td>"),
            }
        }
    }
}

/// Up to six decimals (millionths of a dollar), no more than are needed.
fn plain_number(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// A value that stays text in the reader's table: what begins like a formula, and would be run as
/// one, gets an apostrophe before it, which a spreadsheet shows as text. A plain number below zero
/// is none.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    let begins = text.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    let runs = matches!(
        begins,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%' | '＝' | '＋' | '－' | '＠')
    );
    let number = text.strip_prefix('-').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if runs && !number { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A cell of words, [`harmless`]; quotes around what would break the line apart.
#[must_use]
pub fn csv_text(text: &str) -> String {
    let text = harmless(text).into_owned();
    if text.contains([',', ';', '"', '\n', '\r', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_becomes_a_formula_and_numbers_stay_numbers() {
        for bad in [
            "=1+1",
            "+380671234567",
            "-1+cmd|' /C calc'!A0",
            "-",
            "-.",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "%x",
            "|cmd",
            "＝1",
        ] {
            assert_eq!(harmless(bad), format!("'{bad}"), "{bad:?}");
        }
        for good in ["", "205/55 R16", "-12.50", "-1", "Олена", "a=b"] {
            assert_eq!(harmless(good), good);
        }
    }
}
