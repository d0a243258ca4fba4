//! The picture: tables with their columns, and lines from what names to what is named. Readable
//! on light and on dark pages; no script, no font from elsewhere.

use super::layout::{HEAD, Layout, MARGIN, Place, ROW, WIDTH, lay_out};
use super::{Relation, Schema, Table};
use std::cmp::Ordering;
use std::fmt::Write as _;

const STYLE: &str = "\
svg{--page:#ffffff;--card:#f6f8fa;--edge:#d0d7de;--text:#1f2328;--soft:#59636e;--head:#dbe9f9;\
--key:#9a6700;--tie:#3572b0;--code:#b5573a}\
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--card:#151b23;--edge:#3d444d;--text:#e6edf3;\
--soft:#9198a1;--head:#1f3350;--key:#d9a441;--tie:#5b9bdd;--code:#e08a68}}\
text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:10px;fill:var(--text)}\
.title{font-size:18px;font-weight:600}.area{font-size:14px;font-weight:600}\
.soft{fill:var(--soft)}.key{fill:var(--key);font-weight:600}.name{font-size:11px;font-weight:600}\
.card{fill:var(--card);stroke:var(--edge)}.head{fill:var(--head)}\
.tie{fill:none;stroke:var(--tie);stroke-opacity:.55}\
.code{fill:none;stroke:var(--code);stroke-opacity:.55;stroke-dasharray:4 3}";

/// Draws the schema; the same schema gives the same bytes.
#[must_use]
pub fn svg(schema: &Schema) -> String {
    let layout = lay_out(schema);
    let (width, height) = (layout.width, layout.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Treadline's tables\">\n\
         <style>{STYLE}</style>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"var(--page)\"/>\n"
    );
    legend(&mut out);
    for (area, y) in &layout.areas {
        let (y, title, right) = (y + 16, area.title(), width - MARGIN);
        let _ = writeln!(
            out,
            "<text class=\"area\" x=\"{MARGIN}\" y=\"{y}\">{title}</text>\
             <path d=\"M{MARGIN} {0}H{right}\" stroke=\"var(--edge)\"/>",
            y + 6
        );
    }
    // Under the cards, so that no line crosses a name.
    for relation in &schema.relations {
        line(&mut out, schema, &layout, relation);
    }
    for table in &schema.tables {
        if let Some(place) = layout.tables.get(table.name.as_str()) {
            card(&mut out, schema, table, *place);
        }
    }
    out += "</svg>\n";
    out
}

fn legend(out: &mut String) {
    let _ = writeln!(
        out,
        "<text class=\"title\" x=\"{MARGIN}\" y=\"32\">Treadline's tables</text>\n\
         <text class=\"soft\" x=\"{MARGIN}\" y=\"52\">drawn from the database by `treadline \
         schema`; ? may be null; every table with tenant_id refers to tenants</text>\n\
         <path class=\"tie\" d=\"M640 48h36\"/><text class=\"soft\" x=\"682\" y=\"52\">foreign \
         key</text>\n\
         <path class=\"code\" d=\"M780 48h36\"/><text class=\"soft\" x=\"822\" y=\"52\">kept by the \
         program and its tests (nothing refers into months)</text>"
    );
}

fn card(out: &mut String, schema: &Schema, table: &Table, place: Place) {
    let Place { x, y, height } = place;
    let _ = write!(
        out,
        "<rect class=\"card\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\" rx=\"4\"/>\
         <rect class=\"head\" x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" rx=\"3\"/>\
         <text class=\"name\" x=\"{4}\" y=\"{5}\">{6}</text>",
        x + 1,
        y + 1,
        WIDTH - 2,
        HEAD - 2,
        x + 8,
        y + 15,
        escaped(&table.name),
    );
    if let Some(months) = table.months {
        let _ = write!(
            out,
            "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">by month ×{months}</text>",
            x + WIDTH - 8,
            y + 15,
        );
    }
    out.push('\n');
    for (n, column) in table.columns.iter().enumerate() {
        let base = y + HEAD + ROW * n as i32 + 11;
        let class = if column.is_key { " class=\"key\"" } else { "" };
        let arrow = if schema.target(&table.name, &column.name).is_some() { " →" } else { "" };
        let question = if column.nullable { "?" } else { "" };
        let _ = writeln!(
            out,
            "<text{class} x=\"{}\" y=\"{base}\">{}{arrow}</text>\
             <text class=\"soft\" x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}{question}</text>",
            x + 8,
            escaped(&column.name),
            x + WIDTH - 8,
            escaped(&column.kind),
        );
    }
}

/// From the row of the naming column to the head of the named table, out of the side that is
/// nearer.
fn line(out: &mut String, schema: &Schema, layout: &Layout<'_>, relation: &Relation) {
    let Some((from, to)) =
        layout.tables.get(relation.from.as_str()).zip(layout.tables.get(relation.to.as_str()))
    else {
        return;
    };
    let row = schema
        .tables
        .iter()
        .find(|table| table.name == relation.from)
        .and_then(|table| table.columns.iter().position(|known| known.name == relation.column))
        .unwrap_or(0);
    let y1 = from.y + HEAD + ROW * row as i32 + 7;
    let y2 = to.y + HEAD / 2;
    let (x1, x2, bend1, bend2) = match from.x.cmp(&to.x) {
        Ordering::Less => (from.x + WIDTH, to.x, 30, -30),
        Ordering::Greater => (from.x, to.x + WIDTH, -30, 30),
        Ordering::Equal => (from.x + WIDTH, to.x + WIDTH, 24, 24),
    };
    let class = if relation.by_key { "tie" } else { "code" };
    let _ = writeln!(
        out,
        "<path class=\"{class}\" d=\"M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}\"/>",
        x1 + bend1,
        x2 + bend2,
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
