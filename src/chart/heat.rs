//! Hours of the week as cells: seven rows of twenty-four, the number printed in each.

use super::table::{Cell, Table, shown};
use super::write::{Anchor, Svg};
use super::{Frame, Picture, Show, plot};

/// Room for the days' names, units.
const NAMES: f64 = 60.0;
/// Room for the hours over the cells, units.
const HOURS: f64 = 22.0;

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spot {
    /// Its value; not finite: not known.
    pub value: f64,
    /// Where what was counted is listed.
    pub href: Option<String>,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Heat {
    /// The days' names, Monday first.
    pub days: [String; 7],
    /// By day, then by hour; what is missing is not known.
    pub spots: Vec<Vec<Spot>>,
    /// What the first column of the table is called.
    pub day: String,
    /// How values are written.
    pub show: Show,
}

/// Draws the week. Five steps of one colour from the smallest value above 0 to the largest.
#[must_use]
pub fn draw(frame: &Frame<'_>, heat: &Heat) -> Picture {
    let mut svg = Svg::new(frame);
    let values = heat.spots.iter().flatten().map(|spot| spot.value);
    match plot::largest(values) {
        Some(top) => paint(&mut svg, frame, heat, top),
        None => plot::nothing(&mut svg, frame),
    }
    Picture { svg: svg.finish(frame), table: table(frame, heat) }
}

fn paint(svg: &mut Svg, frame: &Frame<'_>, heat: &Heat, top: f64) {
    let width = (frame.width - NAMES - 6.0) / 24.0;
    let height = (frame.height - HOURS - 6.0) / 7.0;
    for hour in 0..24 {
        let x = NAMES + width * (f64::from(hour) + 0.5);
        svg.text("c-tick", (x, 15.0), Anchor::Middle, &format!("{hour:02}"));
    }
    for (day, name) in heat.days.iter().enumerate() {
        let y = HOURS + height * day as f64;
        svg.text("c-tick", (NAMES - 8.0, y + height / 2.0 + 4.0), Anchor::End, name);
        let spots = heat.spots.get(day).map_or(&[][..], Vec::as_slice);
        for (hour, spot) in spots.iter().take(24).enumerate() {
            let at = (NAMES + width * hour as f64, y);
            let title = format!("{name} {hour:02}:00: {}", shown(spot.value, heat.show));
            let step = step(spot.value, top);
            svg.mark(spot.href.as_deref().filter(|_| step > 0), &title, |svg| {
                let class = ["h-0", "h-1", "h-2", "h-3", "h-4", "h-5"][step];
                svg.rect(class, (at.0 + 1.0, at.1 + 1.0), width - 2.0, height - 2.0);
                let ink = if step >= 4 { "c-cell h-on" } else { "c-cell" };
                let words = if step == 0 { String::new() } else { shown(spot.value, heat.show) };
                let middle = (at.0 + width / 2.0, at.1 + height / 2.0 + 4.0);
                svg.text(ink, middle, Anchor::Middle, &words);
            });
        }
    }
}

/// 0 for nothing, else 1 to 5.
fn step(value: f64, top: f64) -> usize {
    if !value.is_finite() || value <= 0.0 || top <= 0.0 {
        return 0;
    }
    ((value / top * 5.0).ceil() as usize).clamp(1, 5)
}

fn table(frame: &Frame<'_>, week: &Heat) -> Table {
    let hours: Vec<String> = (0..24).map(|hour| format!("{hour:02}")).collect();
    let mut head = vec![week.day.as_str()];
    head.extend(hours.iter().map(String::as_str));
    let mut table = Table::new(frame.title, &head);
    for (name, spots) in week.days.iter().zip(&week.spots) {
        let mut row = vec![Cell::text(name.clone())];
        row.extend(
            spots.iter().take(24).map(|s| Cell::number(s.value, week.show).to(s.href.clone())),
        );
        table.rows.push(row);
    }
    table
}
