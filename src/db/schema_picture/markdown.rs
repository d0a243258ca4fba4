//! The same as text, for those who search and compare.

use super::{Area, Schema, Table};
use std::fmt::Write as _;

/// One heading an area, one table a table.
#[must_use]
pub fn markdown(schema: &Schema) -> String {
    let mut out = String::from("# Treadline's tables\n");
    for area in Area::ALL {
        let mut tables = schema.of(area).peekable();
        if tables.peek().is_none() {
            continue;
        }
        let _ = writeln!(out, "\n## {}", area.title());
        tables.for_each(|table| one(&mut out, schema, table));
    }
    out
}

fn one(out: &mut String, schema: &Schema, table: &Table) {
    let by_month = table.months.map_or_else(String::new, |n| format!(" (by month, {n} now)"));
    let _ = writeln!(out, "\n### {}{by_month}\n", table.name);
    out.push_str("| column | type | null | refers to |\n|---|---|---|---|\n");
    for column in &table.columns {
        let name = if column.is_key { format!("**{}**", column.name) } else { column.name.clone() };
        let null = if column.nullable { "yes" } else { "" };
        let refers = schema.target(&table.name, &column.name).map_or_else(String::new, |known| {
            let how = if known.by_key { "" } else { " (kept by the program)" };
            format!("{}{how}", known.to)
        });
        let _ = writeln!(out, "| {name} | {} | {null} | {refers} |", column.kind);
    }
}
