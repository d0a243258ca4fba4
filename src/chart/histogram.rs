//! How often each value came, on an axis of ratios: a time of 200 ms is as far from 100 as 10 s
//! from 5.

use super::line::Level;
use super::plot::{self, Ground};
use super::scale::{Log, steps};
use super::table::{Cell, Table};
use super::write::{Anchor, Svg};
use super::{Frame, Picture, Show};

/// Values between two edges.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// The lower edge, more than 0.
    pub from: f64,
    /// The upper edge, more than `from`.
    pub to: f64,
    /// How many values lie between.
    pub count: u64,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// The buckets in order.
    pub buckets: Vec<Bucket>,
    /// Values to be marked: percentiles, limits.
    pub levels: Vec<Level>,
    /// How values are written.
    pub show: Show,
    /// How counts are written.
    pub show_count: Show,
    /// What is counted.
    pub unit: String,
    /// Heads of the table: from, to, count.
    pub head: [String; 3],
}

/// Draws the buckets between the first and the last that hold something.
#[must_use]
pub fn draw(frame: &Frame<'_>, histogram: &Histogram) -> Picture {
    let mut svg = Svg::new(frame);
    let buckets = filled(&histogram.buckets);
    match (buckets.first(), buckets.last()) {
        (Some(first), Some(last)) => paint(&mut svg, frame, histogram, (first, last, buckets)),
        _ => plot::nothing(&mut svg, frame),
    }
    let mut table = Table::new(frame.title, &histogram.head.each_ref().map(String::as_str));
    table.rows.extend(buckets.iter().filter(|bucket| bucket.count > 0).map(|bucket| {
        vec![
            Cell::number(bucket.from, histogram.show),
            Cell::number(bucket.to, histogram.show),
            Cell::number(bucket.count as f64, histogram.show_count),
        ]
    }));
    Picture { svg: svg.finish(frame), table }
}

/// Without the empty ends, and without any if an edge cannot be drawn.
fn filled(buckets: &[Bucket]) -> &[Bucket] {
    let sound =
        |bucket: &Bucket| bucket.from > 0.0 && bucket.to > bucket.from && bucket.to.is_finite();
    let first = buckets.iter().position(|bucket| bucket.count > 0);
    let last = buckets.iter().rposition(|bucket| bucket.count > 0);
    match (first, last) {
        (Some(first), Some(last)) if buckets.iter().all(sound) => &buckets[first..=last],
        _ => &[],
    }
}

fn paint(
    svg: &mut Svg,
    frame: &Frame<'_>,
    histogram: &Histogram,
    (first, last, buckets): (&Bucket, &Bucket, &[Bucket]),
) {
    let ground = Ground::of(frame, 12.0);
    let x = Log { lo: first.from, hi: last.to, from: ground.left, to: ground.right };
    let most = buckets.iter().map(|bucket| bucket.count).max().unwrap_or(0);
    let up = steps(0.0, most as f64, 4, true);
    let y = ground.upwards(&up);
    ground.numbers(svg, &up, histogram.show_count, &histogram.unit);
    let mut free = f64::NEG_INFINITY;
    for value in x.ticks() {
        let name = (histogram.show)(value);
        let half = name.chars().count() as f64 * plot::CHAR / 2.0;
        if x.at(value) - half >= free {
            ground.name(svg, x.at(value), &name);
            free = x.at(value) + half + 6.0;
        }
    }
    for bucket in buckets.iter().filter(|bucket| bucket.count > 0) {
        let (left, right) = (x.at(bucket.from), x.at(bucket.to));
        let title = format!(
            "{}–{}: {}",
            (histogram.show)(bucket.from),
            (histogram.show)(bucket.to),
            (histogram.show_count)(bucket.count as f64)
        );
        svg.mark(None, &title, |svg| {
            let height = (ground.bottom - y.at(bucket.count as f64)).max(1.0);
            let width = (right - left).max(1.0);
            svg.rect("c-area c-s1", (left, ground.bottom - height), width, height);
        });
    }
    for (number, level) in histogram.levels.iter().enumerate() {
        if level.value < x.lo || level.value > x.hi || !level.value.is_finite() {
            continue;
        }
        let at = x.at(level.value);
        let class = if level.alert { "c-alert" } else { "c-target" };
        svg.line(class, (at, ground.top), (at, ground.bottom));
        let height = ground.top + 12.0 + 15.0 * (number % 3) as f64;
        let near_end = at > ground.right - 90.0;
        let (anchor, off) = if near_end { (Anchor::End, -4.0) } else { (Anchor::Start, 4.0) };
        svg.text("c-note", (at + off, height), anchor, &level.name);
    }
    ground.floor(svg);
}
