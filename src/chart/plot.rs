//! The ground that pictures with two axes stand on.

use super::scale::{Linear, Steps};
use super::write::{Anchor, Svg, cut};
use super::{Frame, Show};

/// Room for numbers to the left, units.
const LEFT: f64 = 60.0;
/// Room for the names of steps under the axis, units.
const BELOW: f64 = 28.0;
/// Room for the unit over the axis, units.
const ABOVE: f64 = 22.0;
/// How high a picture without anything in it is, units.
const EMPTY_HEIGHT: f64 = 64.0;
/// How far apart names are written that stand over each other, units: a line of them.
const LINE: f64 = 15.0;
/// How wide a character is at most on average, units: what is written fits.
pub(super) const CHAR: f64 = 7.2;

/// Where the figures are drawn, in units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Ground {
    /// All but the room for numbers and names; `right` units are kept for labels at the ends.
    pub(super) fn of(frame: &Frame<'_>, right: f64) -> Self {
        Self {
            left: LEFT,
            right: (frame.width - right.max(12.0)).max(LEFT + 10.0),
            top: ABOVE,
            bottom: (frame.height - BELOW).max(ABOVE + 10.0),
        }
    }

    pub(super) const fn width(&self) -> f64 {
        self.right - self.left
    }

    /// From the lowest step at the bottom to the highest at the top.
    pub(super) const fn upwards(&self, steps: &Steps) -> Linear {
        Linear { lo: steps.lo, hi: steps.hi, from: self.bottom, to: self.top }
    }

    /// Lines and numbers of the steps, and what they count.
    pub(super) fn numbers(&self, svg: &mut Svg, steps: &Steps, show: Show, unit: &str) {
        let scale = self.upwards(steps);
        for value in &steps.values {
            let y = scale.at(*value);
            svg.line("c-grid", (self.left, y), (self.right, y));
            svg.text("c-tick", (self.left - 6.0, y + 4.0), Anchor::End, &show(*value));
        }
        if !unit.is_empty() {
            svg.text("c-tick", (4.0, 13.0), Anchor::Start, unit);
        }
    }

    /// A name under the axis.
    pub(super) fn name(&self, svg: &mut Svg, x: f64, name: &str) {
        svg.text("c-tick", (x, self.bottom + 18.0), Anchor::Middle, name);
    }

    /// The axis itself, over what stands on it.
    pub(super) fn floor(&self, svg: &mut Svg) {
        svg.line("c-axis", (self.left, self.bottom), (self.right, self.bottom));
    }

    /// Every how many of `count` evenly laid names, the longest of `chars`, can be written.
    pub(super) fn every(&self, count: usize, chars: usize) -> usize {
        let room = self.width() / count.max(1) as f64;
        let wanted = chars as f64 * CHAR + 8.0;
        ((wanted / room).ceil() as usize).max(1)
    }
}

/// Says that there is nothing to draw, in no more room than that needs.
pub(super) fn nothing(svg: &mut Svg, frame: &Frame<'_>) {
    let height = frame.height.min(EMPTY_HEIGHT);
    svg.shrink(height);
    let middle = (frame.width / 2.0, height / 2.0 + 4.0);
    svg.text("c-note", middle, Anchor::Middle, frame.empty);
}

/// Where names are written that are wanted at these heights, in the order given: as near as can be,
/// none over another, and all between `top` and `bottom` if there is room for them.
pub(super) fn apart(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|one, other| wanted[*one].total_cmp(&wanted[*other]));
    let mut places = wanted.to_vec();
    let mut free = top;
    for at in &order {
        places[*at] = places[*at].max(free);
        free = places[*at] + LINE;
    }
    // What was pushed out at the bottom pushes the others back up, but not out at the top.
    let mut last = bottom;
    for at in order.iter().rev() {
        places[*at] = places[*at].min(last);
        last = places[*at] - LINE;
    }
    let over = order.first().map_or(0.0, |at| (top - places[*at]).max(0.0));
    places.iter().map(|place| place + over).collect()
}

/// Squares with the names of the series, in the order in which they are stacked. Names are cut
/// only if they do not all fit.
pub(super) fn legend(svg: &mut Svg, from: (f64, f64), room: f64, names: &[(&str, &str)]) {
    let width = |name: &str| name.chars().count() as f64 * CHAR + 28.0;
    let fits = names.iter().map(|(_, name)| width(name)).sum::<f64>() <= room;
    let each = ((room / names.len().max(1) as f64 - 28.0) / CHAR).max(3.0) as usize;
    let mut x = from.0;
    for (class, name) in names {
        let name = if fits { (*name).to_owned() } else { cut(name, each) };
        svg.rect(class, (x, from.1 - 10.0), 11.0, 11.0);
        svg.text("c-tick", (x + 16.0, from.1), Anchor::Start, &name);
        x += width(&name);
    }
}

/// The largest of the values that are finite; `None` if there is none.
pub(super) fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.filter(|value| value.is_finite()).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_near_where_they_are_wanted_and_none_over_another() {
        for (wanted, places) in [
            (&[50.0, 100.0][..], &[50.0, 100.0][..]),
            (&[50.0, 52.0], &[50.0, 65.0]),
            (&[52.0, 50.0, 51.0], &[80.0, 50.0, 65.0]),
            // At the bottom they go up, at the top down.
            (&[199.0, 200.0, 200.0], &[170.0, 185.0, 200.0]),
            (&[1.0, 1.0], &[22.0, 37.0]),
            (&[], &[]),
        ] {
            assert_eq!(apart(wanted, 22.0, 200.0), places, "{wanted:?}");
        }
    }

    #[test]
    fn however_many_names_there_are_none_is_over_another() {
        for count in 1..40 {
            for spread in [0.0, 3.0, 40.0] {
                let wanted: Vec<f64> = (0..count).map(|at| 30.0 + f64::from(at) * spread).collect();
                let mut places = apart(&wanted, 22.0, 200.0);
                places.sort_by(f64::total_cmp);
                assert!(places[0] >= 22.0 - 1e-9, "{wanted:?}: {places:?}");
                for pair in places.windows(2) {
                    assert!(pair[1] - pair[0] >= LINE - 1e-9, "{wanted:?}: {places:?}");
                }
            }
        }
    }
}
