//! Pictures of numbers: data in, SVG text out. Nothing here asks, waits or keeps anything.
//!
//! Colours are classes, so that the page decides about light and dark; an exported picture brings
//! [`sheet::own_style`] with it and looks right alone. Every mark says its number in a `<title>`, every
//! picture has the same figures as a [`Table`], and what the figures were counted from is one link
//! away. A number that is not finite is a gap, never a coordinate.

pub mod bars;
pub mod days;
pub mod funnel;
pub mod heat;
pub mod histogram;
pub mod line;
mod plot;
pub mod scale;
pub mod sheet;
pub mod sorted;
pub mod spark;
pub mod table;
#[cfg(test)]
mod tests;
pub mod waterfall;
mod write;

pub use table::{Cell, Table};

/// How a value is put into words: digits and unit, in the reader's language.
pub type Show = fn(f64) -> String;

/// What stands around a picture.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Unique in its page: letters, digits, hyphens.
    pub id: &'a str,
    /// What is shown.
    pub title: &'a str,
    /// What it says, in one sentence.
    pub finding: &'a str,
    /// What stands in its place if there is nothing to draw.
    pub empty: &'a str,
    /// Width of the drawing, in units of its own.
    pub width: f64,
    /// Height of the drawing, in units of its own.
    pub height: f64,
    /// Is it to be looked at without a page around it? Then it brings its own style and title,
    /// and no links.
    pub standalone: bool,
}

impl<'a> Frame<'a> {
    /// A frame of the ordinary size, for a page.
    #[must_use]
    pub const fn new(id: &'a str, title: &'a str) -> Self {
        Self {
            id,
            title,
            finding: "",
            empty: "no data",
            width: 720.0,
            height: 280.0,
            standalone: false,
        }
    }
}

/// A picture and the same figures in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The whole `<svg>` element.
    pub svg: String,
    /// The figures behind it.
    pub table: Table,
}

/// Something with a name and one value: a bar, a step, a bucket.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    /// Its name, as the reader knows it.
    pub name: String,
    /// Its value; not finite: not known.
    pub value: f64,
    /// A word more for the `<title>` and the table: a share, an interval.
    pub note: String,
    /// Where what was counted is listed.
    pub href: Option<String>,
}

impl Item {
    /// A value with a name.
    #[must_use]
    pub fn new(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, ..Self::default() }
    }

    /// The same with a place where what was counted is listed.
    #[must_use]
    pub fn to(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// The same with a word more.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// What is said of it in one line.
    fn says(&self, show: Show) -> String {
        let value = table::shown(self.value, show);
        let note = if self.note.is_empty() { String::new() } else { format!(" ({})", self.note) };
        format!("{}: {value}{note}", self.name)
    }
}
