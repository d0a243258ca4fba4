//! Horizontal bars, the longest on top.

use super::scale::Linear;
use super::table::{Cell, Table};
use super::write::{Anchor, Svg, cut};
use super::{Frame, Item, Picture, Show, plot, table};

/// Height of a bar with its room, units.
const ROW: f64 = 26.0;
/// Room for names, units.
const NAMES: f64 = 200.0;
/// Room for the value behind the longest bar, units.
const VALUES: f64 = 220.0;

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Sorted {
    /// The bars in any order.
    pub items: Vec<Item>,
    /// What the bars are: heads of the table's two columns.
    pub head: [String; 2],
    /// How values are written.
    pub show: Show,
}

/// Draws bars sorted by value, then by name. The picture is as high as they need.
#[must_use]
pub fn draw(frame: &Frame<'_>, sorted: &Sorted) -> Picture {
    let mut items: Vec<&Item> = sorted.items.iter().collect();
    let order = |item: &Item| if item.value.is_finite() { item.value } else { f64::NEG_INFINITY };
    items.sort_by(|one, other| {
        order(other).total_cmp(&order(one)).then_with(|| one.name.cmp(&other.name))
    });
    let frame = Frame { height: (items.len().max(1) as f64).mul_add(ROW, 12.0), ..*frame };
    let mut svg = Svg::new(&frame);
    let top = plot::largest(items.iter().map(|item| item.value));
    if let Some(top) = top {
        let right = (frame.width - VALUES).max(NAMES + 10.0);
        let scale = Linear { lo: 0.0, hi: top, from: NAMES, to: right };
        for (at, item) in items.iter().enumerate() {
            row(&mut svg, scale, (at as f64).mul_add(ROW, 6.0), item, sorted.show);
        }
        svg.line("c-axis", (NAMES, 2.0), (NAMES, frame.height - 2.0));
    } else {
        plot::nothing(&mut svg, &frame);
    }
    let mut table = Table::new(frame.title, &[&sorted.head[0], &sorted.head[1]]);
    table.rows.extend(items.iter().map(|item| {
        let value = Cell::number(item.value, sorted.show).to(item.href.clone());
        vec![Cell::text(item.name.clone()), value]
    }));
    Picture { svg: svg.finish(&frame), table }
}

fn row(svg: &mut Svg, scale: Linear, top: f64, item: &Item, show: Show) {
    svg.mark(item.href.as_deref(), &item.says(show), |svg| {
        svg.rect("c-hit", (0.0, top), scale.to + VALUES, ROW - 2.0);
        let chars = (NAMES / plot::CHAR) as usize - 1;
        svg.text("c-name", (NAMES - 8.0, top + 16.0), Anchor::End, &cut(&item.name, chars));
        let mut end = NAMES;
        if item.value.is_finite() && item.value > 0.0 {
            end = scale.at(item.value).max(NAMES + 1.0);
            svg.rect("c-s1", (NAMES, top + 2.0), end - NAMES, ROW - 8.0);
        }
        let mut value = table::shown(item.value, show);
        if !item.note.is_empty() {
            value = format!("{value} · {}", item.note);
        }
        let chars = (VALUES / plot::CHAR) as usize - 1;
        svg.text("c-tick", (end + 6.0, top + 16.0), Anchor::Start, &cut(&value, chars));
    });
}
