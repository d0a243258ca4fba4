//! A file as a table: its heading, and its rows cell by cell, every mistake with its place.

use super::text::{FIELD_BYTES_MAX, check_quotes, decode, separator};
use csv::{ReaderBuilder, StringRecord};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;

/// Characters of a wrong value that are shown.
const SHOWN_CHARS_MAX: usize = 60;
/// Characters of a text in our tables.
const TEXT_CHARS_MAX: usize = 200;

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadCell {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The column; empty if the whole row is meant.
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

impl std::fmt::Display for BadCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, column, value, reason } = self;
        if column.is_empty() {
            write!(f, "line {line}: {reason}")
        } else {
            write!(f, "line {line}, {column} = {value:?}: {reason}")
        }
    }
}

/// The columns of a kind of file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// Without these it is refused.
    pub(super) required: &'static [&'static str],
    /// These may be there.
    pub(super) optional: &'static [&'static str],
}

/// A good row. No two of a file may share a key.
pub(super) trait Keyed {
    /// What names the row: columns and their value.
    fn keys(&self) -> Vec<(&'static str, String)>;
}

/// The good rows of a file, and all that is wrong with the others.
#[derive(Debug)]
pub(super) struct Read<R> {
    /// Good rows.
    pub(super) rows: Vec<R>,
    /// All rows.
    pub(super) total: u64,
    /// Rows that are not good.
    pub(super) bad_rows: u64,
    /// Why.
    pub(super) bad: Vec<BadCell>,
}

/// Reads a whole file; `row` reads the cells of one line, `None` if it noted something.
///
/// # Errors
/// What is wrong with the file as a whole.
pub(super) fn read<R: Keyed>(
    bytes: &[u8],
    columns: Columns,
    row: impl Fn(&mut Cells<'_>) -> Option<R>,
) -> Result<Read<R>, String> {
    let text = decode(bytes)?;
    let separator = separator(text);
    check_quotes(text, separator)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        // Rows of another length are reported, not fatal.
        .flexible(true)
        .from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| error.to_string())?.clone();
    let places = places(&heading, columns)?;
    let mut read = Read { rows: Vec::new(), total: 0, bad_rows: 0, bad: Vec::new() };
    let mut keys = BTreeMap::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| error.to_string())? {
        let line = record.position().map_or(0, csv::Position::line);
        read.total += 1;
        let mut cells = Cells { places: &places, record: &record, line, bad: Vec::new() };
        cells.check_shape(heading.len());
        let good = if cells.bad.is_empty() { row(&mut cells) } else { None };
        if let Some(good) = &good {
            cells.check_keys(good, &mut keys);
        }
        let mut bad = cells.bad;
        match good {
            Some(good) if bad.is_empty() => read.rows.push(good),
            _ => {
                read.bad_rows += 1;
                read.bad.append(&mut bad);
            }
        }
    }
    Ok(read)
}

/// Which column stands where.
fn places(
    heading: &StringRecord,
    columns: Columns,
) -> Result<BTreeMap<&'static str, usize>, String> {
    let mut places = BTreeMap::new();
    let (mut unknown, mut twice) = (Vec::new(), Vec::new());
    let known = || columns.required.iter().chain(columns.optional);
    for (place, name) in heading.iter().enumerate() {
        let name = name.trim().to_lowercase();
        match known().find(|known| **known == name) {
            None => unknown.push(format!("{:?}", shown(&name))),
            Some(known) if places.insert(*known, place).is_some() => twice.push(*known),
            Some(_) => {}
        }
    }
    let missing: Vec<&str> =
        columns.required.iter().filter(|name| !places.contains_key(*name)).copied().collect();
    if missing.is_empty() && unknown.is_empty() && twice.is_empty() {
        return Ok(places);
    }
    let mut said = String::from("the heading is not as expected:");
    for (what, names) in [
        ("missing", missing.join(", ")),
        ("twice", twice.join(", ")),
        ("unknown", unknown.join(", ")),
    ] {
        if !names.is_empty() {
            let _ = write!(said, " {what}: {names};");
        }
    }
    Err(format!(
        "{said} expected: {}; and if there are any: {}",
        columns.required.join(", "),
        columns.optional.join(", ")
    ))
}

/// The cells of one row, and what was wrong with them.
pub(super) struct Cells<'r> {
    places: &'r BTreeMap<&'static str, usize>,
    record: &'r StringRecord,
    line: u64,
    bad: Vec<BadCell>,
}

impl<'r> Cells<'r> {
    fn check_shape(&mut self, columns: usize) {
        if self.record.len() != columns {
            let found = self.record.len();
            self.note("", "", format!("{found} fields, but the heading has {columns}"));
        }
        if let Some(field) = self.record.iter().find(|field| field.len() > FIELD_BYTES_MAX) {
            let reason = format!("a field of {} bytes; {FIELD_BYTES_MAX} are read", field.len());
            self.note("", field, reason);
        }
    }

    fn check_keys(&mut self, row: &impl Keyed, known: &mut BTreeMap<(&'static str, String), u64>) {
        for (columns, value) in row.keys() {
            match known.entry((columns, value.to_lowercase())) {
                Entry::Vacant(place) => {
                    place.insert(self.line);
                }
                Entry::Occupied(first) => {
                    let reason = format!("the same as on line {}", first.get());
                    self.note(columns, &value, reason);
                }
            }
        }
    }

    /// The line of the row, from 1.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// A cell without the blanks around it; empty if there is no such column.
    pub(super) fn cell(&self, name: &str) -> &'r str {
        let place = self.places.get(name);
        place.and_then(|place| self.record.get(*place)).unwrap_or_default().trim()
    }

    /// Notes what is wrong with a cell.
    pub(super) fn note(&mut self, column: &str, value: &str, reason: impl Into<String>) {
        self.bad.push(BadCell {
            line: self.line,
            column: column.to_owned(),
            value: shown(value),
            reason: reason.into(),
        });
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let text = self.optional_text(name)?;
        if text.is_empty() {
            self.note(name, "", "must not be empty");
            return None;
        }
        Some(text)
    }

    /// A text that may be empty; `None` if it is none that can be spoken.
    pub(super) fn optional_text(&mut self, name: &str) -> Option<String> {
        let cell = self.cell(name);
        if cell.chars().any(char::is_control) {
            self.note(name, cell, "has line breaks or other control characters");
            return None;
        }
        if cell.chars().count() > TEXT_CHARS_MAX {
            self.note(name, cell, format!("is longer than {TEXT_CHARS_MAX} characters"));
            return None;
        }
        Some(cell.to_owned())
    }

    /// A value that must be there.
    pub(super) fn value<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let cell = self.cell(name);
        let value = read(cell);
        if value.is_none() {
            self.note(name, cell, format!("must be {expected}"));
        }
        value
    }

    /// A value that may be missing: then `fallback`.
    pub(super) fn value_or<T>(
        &mut self,
        name: &str,
        fallback: T,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.cell(name).is_empty() { Some(fallback) } else { self.value(name, expected, read) }
    }
}

fn shown(value: &str) -> String {
    let mut shown: String =
        value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN_CHARS_MAX).collect();
    if value.chars().count() > SHOWN_CHARS_MAX {
        shown.push('…');
    }
    shown
}
