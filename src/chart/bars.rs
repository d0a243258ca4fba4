//! Bars side by side, plain or stacked. They begin at 0.

use super::plot::{self, Ground};
use super::scale::{Linear, Steps, steps};
use super::sheet;
use super::table::{Cell, Table, shown};
use super::write::Svg;
use super::{Frame, Item, Picture, Show};

/// One bar: a name and its parts from the bottom up.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its name under the axis.
    pub name: String,
    /// Its parts, one a series; the part's own name is not shown.
    pub parts: Vec<Item>,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Bars {
    /// What the parts are, from the bottom up; one for plain bars.
    pub series: Vec<String>,
    /// The bars in order.
    pub bars: Vec<Bar>,
    /// What the first column of the table is called.
    pub across: String,
    /// How values are written.
    pub show: Show,
    /// What the values are.
    pub unit: String,
    /// What is counted has no fractions.
    pub whole: bool,
}

/// Draws bars.
#[must_use]
pub fn draw(frame: &Frame<'_>, bars: &Bars) -> Picture {
    let mut svg = Svg::new(frame);
    let sums = bars.bars.iter().map(|bar| bar.parts.iter().map(known).sum::<f64>());
    let any = bars.bars.iter().flat_map(|bar| &bar.parts).any(|part| part.value.is_finite());
    if let (true, Some(top)) = (any, plot::largest(sums)) {
        let up = steps(0.0, top.max(if bars.whole { 1.0 } else { 0.0 }), 4, bars.whole);
        paint(&mut svg, frame, &up, bars);
    } else {
        plot::nothing(&mut svg, frame);
    }
    Picture { svg: svg.finish(frame), table: table(frame, bars) }
}

/// What a part adds to its bar: nothing if it is not known, and never less than nothing.
fn known(part: &Item) -> f64 {
    if part.value.is_finite() { part.value.max(0.0) } else { 0.0 }
}

fn paint(svg: &mut Svg, frame: &Frame<'_>, up: &Steps, bars: &Bars) {
    let ground = Ground::of(frame, 12.0);
    let y = ground.upwards(up);
    ground.numbers(svg, up, bars.show, &bars.unit);
    if bars.series.len() > 1 {
        let names: Vec<(&str, &str)> = (bars.series.iter().enumerate())
            .map(|(at, name)| (sheet::area(at), name.as_str()))
            .collect();
        let from = ground.left + 60.0;
        plot::legend(svg, (from, 13.0), ground.right - from, &names);
    }
    let room = ground.width() / bars.bars.len().max(1) as f64;
    let longest = bars.bars.iter().map(|bar| bar.name.chars().count()).max().unwrap_or(0);
    let every = ground.every(bars.bars.len(), longest);
    for (at, bar) in bars.bars.iter().enumerate() {
        let left = ground.left + room * at as f64;
        stack(svg, y, (left + room * 0.12, room * 0.76), bar, bars);
        if at % every == 0 {
            ground.name(svg, left + room / 2.0, &bar.name);
        }
    }
    ground.floor(svg);
}

/// One bar from the bottom up; a part that is there is at least a hair thick.
fn stack(svg: &mut Svg, y: Linear, (left, width): (f64, f64), bar: &Bar, bars: &Bars) {
    let mut sum = 0.0;
    for (number, part) in bar.parts.iter().enumerate().filter(|(_, part)| known(part) > 0.0) {
        let from = y.at(sum);
        sum += known(part);
        let height = (from - y.at(sum)).max(1.0);
        let series = bars.series.get(number).map_or("", String::as_str);
        let title = says(&bar.name, series, part, bars.show);
        svg.mark(part.href.as_deref(), &title, |svg| {
            svg.rect(sheet::area(number), (left, from - height), width, height);
        });
    }
}

fn says(bar: &str, series: &str, part: &Item, show: Show) -> String {
    let note = if part.note.is_empty() { String::new() } else { format!(" ({})", part.note) };
    let series = if series.is_empty() { String::new() } else { format!(", {series}") };
    format!("{bar}{series}: {}{note}", shown(part.value, show))
}

fn table(frame: &Frame<'_>, bars: &Bars) -> Table {
    let mut head = vec![bars.across.as_str()];
    head.extend(bars.series.iter().map(String::as_str));
    let mut table = Table::new(frame.title, &head);
    for bar in &bars.bars {
        let mut row = vec![Cell::text(bar.name.clone())];
        row.extend(
            bar.parts.iter().map(|part| Cell::number(part.value, bars.show).to(part.href.clone())),
        );
        table.rows.push(row);
    }
    table
}
