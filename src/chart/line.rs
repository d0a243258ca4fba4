//! Lines over time, with a band around them and lines for what is wanted.

use super::days::Tick;
use super::plot::{self, CHAR, Ground};
use super::scale::{Linear, Steps, steps};
use super::sheet;
use super::table::{Cell, Table, shown};
use super::write::{Anchor, Svg, cut};
use super::{Frame, Picture, Show};

/// A value at a moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Point {
    /// Where on the axis of time: seconds, or a day's number.
    pub x: f64,
    /// The value; not finite: a gap.
    pub y: f64,
    /// The moment in words.
    pub name: String,
    /// Where what was counted is listed.
    pub href: Option<String>,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its points in order of time.
    pub points: Vec<Point>,
}

/// A level that is wanted or feared.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Its value.
    pub value: f64,
    /// Its name.
    pub name: String,
    /// Beyond it a person must act.
    pub alert: bool,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Lines {
    /// The lines, at most six.
    pub series: Vec<Series>,
    /// The area between the first two lines is filled.
    pub band: bool,
    /// Lines across.
    pub levels: Vec<Level>,
    /// Moments at which something was changed.
    pub events: Vec<Tick>,
    /// Where the axis of time has names.
    pub ticks: Vec<Tick>,
    /// What the first column of the table is called.
    pub time: String,
    /// How values are written.
    pub show: Show,
    /// What the values are.
    pub unit: String,
}

/// Draws lines.
#[must_use]
pub fn draw(frame: &Frame<'_>, lines: &Lines) -> Picture {
    let mut svg = Svg::new(frame);
    let points = || lines.series.iter().flat_map(|series| &series.points);
    let top = plot::largest(points().map(|point| point.y));
    if let Some(top) = top {
        let levels = lines.levels.iter().map(|level| level.value);
        let top = plot::largest(levels).map_or(top, |level| top.max(level));
        let least = points().map(|point| point.y).filter(|y| y.is_finite()).fold(0.0, f64::min);
        let whole = false;
        let longest = lines.series.iter().map(|series| series.name.chars().count()).max();
        let right = (longest.unwrap_or(0).min(16) as f64).mul_add(CHAR, 18.0);
        let ground = Ground::of(frame, right);
        let up = steps(least, top, 4, whole);
        paint(&mut svg, &ground, &up, lines);
    } else {
        plot::nothing(&mut svg, frame);
    }
    Picture { svg: svg.finish(frame), table: table(frame, lines) }
}

/// The axis of time: over all that lies on it.
fn along(ground: &Ground, lines: &Lines) -> Linear {
    let points = lines.series.iter().flat_map(|series| &series.points).map(|point| point.x);
    let all = || points.clone().filter(|x| x.is_finite());
    let (lo, hi) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    Linear { lo, hi, from: ground.left + 8.0, to: ground.right - 8.0 }
}

fn paint(svg: &mut Svg, ground: &Ground, up: &Steps, lines: &Lines) {
    let (x, y) = (along(ground, lines), ground.upwards(up));
    let place = |point: &Point| (x.at(point.x), y.at(point.y));
    ground.numbers(svg, up, lines.show, &lines.unit);
    for tick in &lines.ticks {
        if tick.at >= x.lo && tick.at <= x.hi {
            ground.name(svg, x.at(tick.at), &tick.name);
        }
    }
    for event in lines.events.iter().filter(|event| event.at >= x.lo && event.at <= x.hi) {
        svg.mark(None, &event.name, |svg| {
            let at = x.at(event.at);
            svg.line("c-event", (at, ground.top), (at, ground.bottom));
        });
    }
    if let (true, [low, high, ..]) = (lines.band, lines.series.as_slice()) {
        band(svg, low, high, place);
    }
    levels(svg, ground, lines, |value| y.at(value));
    for (number, series) in lines.series.iter().enumerate() {
        for run in runs(&series.points) {
            let places: Vec<(f64, f64)> = run.iter().map(place).collect();
            svg.path(sheet::stroke(number), &places, false);
        }
        for point in series.points.iter().filter(|point| point.y.is_finite()) {
            dot(svg, number, place(point), point, &series.name, lines.show);
        }
    }
    names(svg, ground, lines, place);
    ground.floor(svg);
}

/// Lines across, with their names over them; where two are near, one name stands farther off.
fn levels(svg: &mut Svg, ground: &Ground, lines: &Lines, place: impl Fn(f64) -> f64) {
    let known: Vec<&Level> = lines.levels.iter().filter(|one| one.value.is_finite()).collect();
    let wanted: Vec<f64> = known.iter().map(|level| place(level.value) - 4.0).collect();
    let places = plot::apart(&wanted, ground.top, ground.bottom);
    for (level, under) in known.iter().zip(places) {
        let class = if level.alert { "c-alert" } else { "c-target" };
        let at = place(level.value);
        svg.line(class, (ground.left, at), (ground.right, at));
        svg.text("c-note", (ground.left + 6.0, under), Anchor::Start, &level.name);
    }
}

fn dot(svg: &mut Svg, number: usize, at: (f64, f64), point: &Point, name: &str, show: Show) {
    let title = format!("{}, {name}: {}", point.name, shown(point.y, show));
    svg.mark(point.href.as_deref(), &title, |svg| {
        svg.circle("c-hit", at, 9.0);
        svg.circle(sheet::area(number), at, 3.0);
    });
}

/// The area between two lines, wherever both have values.
fn band(svg: &mut Svg, low: &Series, high: &Series, place: impl Fn(&Point) -> (f64, f64)) {
    let both: Vec<(Point, Point)> = low
        .points
        .iter()
        .zip(&high.points)
        .map(|(low, high)| {
            let y = if high.y.is_finite() { low.y } else { f64::NAN };
            (Point { y, ..low.clone() }, high.clone())
        })
        .collect();
    for run in both.split(|(low, _)| !low.y.is_finite()).filter(|run| run.len() > 1) {
        let mut outline: Vec<(f64, f64)> = run.iter().map(|(low, _)| place(low)).collect();
        outline.extend(run.iter().rev().map(|(_, high)| place(high)));
        svg.path("c-band", &outline, true);
    }
}

/// Stretches of points without a gap; a single point is its dot alone.
fn runs(points: &[Point]) -> impl Iterator<Item = &[Point]> {
    points.split(|point| !point.y.is_finite()).filter(|run| run.len() > 1)
}

/// The names of the lines at their ends, moved apart where they would cover each other.
fn names(svg: &mut Svg, ground: &Ground, lines: &Lines, place: impl Fn(&Point) -> (f64, f64)) {
    let ends: Vec<(f64, &str)> = lines
        .series
        .iter()
        .filter_map(|series| {
            let last = series.points.iter().rfind(|point| point.y.is_finite())?;
            Some((place(last).1, series.name.as_str()))
        })
        .collect();
    let wanted: Vec<f64> = ends.iter().map(|(y, _)| *y).collect();
    let places = plot::apart(&wanted, ground.top, ground.bottom);
    for ((_, name), y) in ends.iter().zip(places) {
        svg.text("c-tick", (ground.right, y + 4.0), Anchor::Start, &cut(name, 16));
    }
}

fn table(frame: &Frame<'_>, lines: &Lines) -> Table {
    let mut head = vec![lines.time.as_str()];
    head.extend(lines.series.iter().map(|series| series.name.as_str()));
    let mut table = Table::new(frame.title, &head);
    let longest = lines.series.iter().max_by_key(|series| series.points.len());
    for (at, point) in longest.into_iter().flat_map(|series| series.points.iter().enumerate()) {
        let mut row = vec![Cell::text(point.name.clone())];
        row.extend(lines.series.iter().map(|series| match series.points.get(at) {
            Some(point) => Cell::number(point.y, lines.show).to(point.href.clone()),
            None => Cell::number(f64::NAN, lines.show),
        }));
        table.rows.push(row);
    }
    table
}
