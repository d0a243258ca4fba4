//! A line the size of a word, beside a figure.

use super::scale::Linear;
use super::table::{Cell, Table, shown};
use super::write::Svg;
use super::{Frame, Picture, Show};

/// A sparkline's ordinary size, units.
pub const SIZE: (f64, f64) = (140.0, 32.0);

/// Draws the values in order, from 0 to the largest; the last of them has a dot. `names` are the
/// moments, for the table. A value that is not finite is a gap.
#[must_use]
pub fn draw(frame: &Frame<'_>, names: &[String], values: &[f64], show: Show) -> Picture {
    let mut svg = Svg::new(frame);
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (bottom, top) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    let last = values.len().saturating_sub(1) as f64;
    let x = Linear { lo: 0.0, hi: last, from: 4.0, to: frame.width - 5.0 };
    let flat = top <= bottom;
    let y = Linear {
        lo: bottom,
        hi: if flat { bottom + 1.0 } else { top },
        from: frame.height - 4.0,
        to: 4.0,
    };
    let places: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            (x.at(at as f64), if value.is_finite() { y.at(*value) } else { f64::NAN })
        })
        .collect();
    for run in places.split(|place| place.1.is_nan()).filter(|run| run.len() > 1) {
        svg.path("c-l1", run, false);
    }
    if let Some(place) = places.last().filter(|place| !place.1.is_nan()) {
        svg.circle("c-s1", *place, 3.0);
    }
    let mut table = Table::new(frame.title, &["", frame.title]);
    for (name, value) in names.iter().zip(values) {
        table.rows.push(vec![Cell::text(name.clone()), Cell::number(*value, show)]);
    }
    let words = match (values.first(), values.last()) {
        (Some(first), Some(last)) => format!("{} → {}", shown(*first, show), shown(*last, show)),
        _ => frame.empty.to_owned(),
    };
    let finding = if frame.finding.is_empty() { words.as_str() } else { frame.finding };
    Picture { svg: svg.finish(&Frame { finding, ..*frame }), table }
}
