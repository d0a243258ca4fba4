//! What came after what: one bar a step, where it began and how long it took.

use super::scale::{Linear, steps};
use super::table::{Cell, Table};
use super::write::{Anchor, Svg, cut};
use super::{Frame, Picture, Show, plot, sheet};

/// Height of a step with its room, units.
const ROW: f64 = 26.0;
/// Room for names, units.
const NAMES: f64 = 150.0;
/// Room for the scale under the bars, units.
const BELOW: f64 = 26.0;
/// Room behind the last bar for its value, units.
const VALUES: f64 = 90.0;

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// When it began, on the common clock.
    pub from: f64,
    /// How long it took, 0 or more.
    pub took: f64,
    /// Which colour, from 0: steps of one kind have the same.
    pub kind: usize,
    /// Where it is shown in full.
    pub href: Option<String>,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Waterfall {
    /// The steps in order.
    pub spans: Vec<Span>,
    /// How times are written.
    pub show: Show,
    /// Heads of the table: step, began, took.
    pub head: [String; 3],
}

/// Draws the steps. The picture is as high as they need.
#[must_use]
pub fn draw(frame: &Frame<'_>, fall: &Waterfall) -> Picture {
    let rows = fall.spans.len().max(1) as f64;
    let frame = Frame { height: rows.mul_add(ROW, BELOW + 8.0), ..*frame };
    let mut svg = Svg::new(&frame);
    let sound = |span: &&Span| span.from.is_finite() && span.took.is_finite() && span.took >= 0.0;
    let spans = || fall.spans.iter().filter(sound);
    if spans().next().is_some() {
        let first = spans().map(|span| span.from).fold(f64::INFINITY, f64::min);
        let last = spans().map(|span| span.from + span.took).fold(f64::NEG_INFINITY, f64::max);
        let last = if last > first { last } else { first + 1.0 };
        let right = (frame.width - VALUES).max(NAMES + 10.0);
        let x = Linear { lo: first, hi: last, from: NAMES, to: right };
        let floor = frame.height - BELOW;
        let along = steps(first, last, 5, false);
        for value in along.values.iter().filter(|value| **value >= first && **value <= last) {
            svg.line("c-grid", (x.at(*value), 2.0), (x.at(*value), floor));
            let name = (fall.show)(*value);
            svg.text("c-tick", (x.at(*value), floor + 17.0), Anchor::Middle, &name);
        }
        for (at, span) in fall.spans.iter().enumerate().filter(|(_, span)| sound(span)) {
            row(&mut svg, x, (at as f64).mul_add(ROW, 4.0), span, fall.show);
        }
        svg.line("c-axis", (NAMES, floor), (right, floor));
    } else {
        plot::nothing(&mut svg, &frame);
    }
    let mut table = Table::new(frame.title, &fall.head.each_ref().map(String::as_str));
    table.rows.extend(fall.spans.iter().map(|span| {
        vec![
            Cell::text(span.name.clone()),
            Cell::number(span.from, fall.show),
            Cell::number(span.took, fall.show).to(span.href.clone()),
        ]
    }));
    Picture { svg: svg.finish(&frame), table }
}

fn row(svg: &mut Svg, x: Linear, top: f64, span: &Span, show: Show) {
    let title = format!("{}: {} + {}", span.name, show(span.from), show(span.took));
    svg.mark(span.href.as_deref(), &title, |svg| {
        let chars = (NAMES / plot::CHAR) as usize - 1;
        svg.text("c-name", (NAMES - 8.0, top + 15.0), Anchor::End, &cut(&span.name, chars));
        let (from, to) = (x.at(span.from), x.at(span.from + span.took));
        svg.rect(sheet::area(span.kind), (from, top + 2.0), (to - from).max(1.0), ROW - 8.0);
        svg.text("c-tick", (to.max(from + 1.0) + 6.0, top + 15.0), Anchor::Start, &show(span.took));
    });
}
