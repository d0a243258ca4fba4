//! Where each table stands in the picture: areas below each other, tables in columns.

use super::{Area, Schema, Table};
use std::collections::BTreeMap;

/// Columns of tables beside each other.
const ACROSS: usize = 5;
/// The width of a table, and of the space between two, where the lines run; pixels.
pub(super) const WIDTH: i32 = 236;
const BETWEEN: i32 = 54;
/// Around everything, and above the first area: title and legend.
pub(super) const MARGIN: i32 = 24;
const TOP: i32 = 76;
/// An area's heading, and the space below an area and below a table.
const HEADING: i32 = 34;
const BELOW_AREA: i32 = 26;
const BELOW_TABLE: i32 = 20;
/// A table's head and one row of it.
pub(super) const HEAD: i32 = 22;
pub(super) const ROW: i32 = 14;
/// Below the last row.
const FOOT: i32 = 6;

/// Where a table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) height: i32,
}

/// Where everything stands.
pub(super) struct Layout<'s> {
    pub(super) tables: BTreeMap<&'s str, Place>,
    /// Each area that has a table, and where its heading stands.
    pub(super) areas: Vec<(Area, i32)>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Places the tallest tables of an area first, each in the column that is shortest by then.
pub(super) fn lay_out(schema: &Schema) -> Layout<'_> {
    let mut tables = BTreeMap::new();
    let mut areas = Vec::new();
    let mut y = TOP;
    for area in Area::ALL {
        let mut of_area: Vec<&Table> = schema.of(area).collect();
        if of_area.is_empty() {
            continue;
        }
        of_area.sort_by_key(|table| (-height(table), table.name.as_str()));
        areas.push((area, y));
        let mut ends = [y + HEADING; ACROSS];
        for table in of_area {
            let column = (0..ACROSS).min_by_key(|column| ends[*column]).unwrap_or(0);
            let height = height(table);
            let x = MARGIN + column as i32 * (WIDTH + BETWEEN);
            tables.insert(table.name.as_str(), Place { x, y: ends[column], height });
            ends[column] += height + BELOW_TABLE;
        }
        y = ends.into_iter().max().unwrap_or(y) + BELOW_AREA;
    }
    let width = 2 * MARGIN + ACROSS as i32 * WIDTH + (ACROSS as i32 - 1) * BETWEEN;
    Layout { tables, areas, width, height: y }
}

fn height(table: &Table) -> i32 {
    HEAD + ROW * table.columns.len() as i32 + FOOT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::schema_picture::Column;

    #[test]
    fn no_table_stands_on_another() {
        let column =
            Column { name: "id".into(), kind: "uuid".into(), nullable: false, is_key: true };
        let tables: Vec<Table> = (0..40)
            .map(|n| Table {
                name: format!("table_{n:02}"),
                area: Area::ALL[n % 3],
                columns: vec![column.clone(); 1 + n * 7 % 19],
                months: None,
            })
            .collect();
        let schema = Schema { tables, relations: Vec::new() };
        let laid = lay_out(&schema);
        assert_eq!(laid.tables.len(), 40);
        let places: Vec<Place> = laid.tables.values().copied().collect();
        for (n, a) in places.iter().enumerate() {
            assert!(a.x + WIDTH <= laid.width && a.y + a.height <= laid.height);
            for b in &places[n + 1..] {
                let apart = a.x != b.x || a.y + a.height < b.y || b.y + b.height < a.y;
                assert!(apart, "{a:?} {b:?}");
            }
        }
    }
}
