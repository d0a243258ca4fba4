//! From values to places: even steps, steps of a factor, and where to write numbers.

/// The largest value that is drawn; beyond it a number is a mistake, and floats lose their steps.
const VALUE_MAX: f64 = 1e15;

/// Values that lie evenly, `lo` at `from` and `hi` at `to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    /// The value at `from`.
    pub lo: f64,
    /// The value at `to`.
    pub hi: f64,
    /// Where `lo` is drawn.
    pub from: f64,
    /// Where `hi` is drawn.
    pub to: f64,
}

impl Linear {
    /// Where a value is drawn; what lies outside is drawn at the edge.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let span = self.hi - self.lo;
        if !value.is_finite() || span <= 0.0 {
            return f64::midpoint(self.from, self.to);
        }
        let share = ((value - self.lo) / span).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }
}

/// Values that lie by their ratio, `lo` at `from` and `hi` at `to`; both are more than 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Log {
    /// The value at `from`, more than 0.
    pub lo: f64,
    /// The value at `to`, more than `lo`.
    pub hi: f64,
    /// Where `lo` is drawn.
    pub from: f64,
    /// Where `hi` is drawn.
    pub to: f64,
}

impl Log {
    /// Where a value is drawn; what lies outside, or is not more than 0, is drawn at the edge.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let value = if value.is_finite() { value.clamp(self.lo, self.hi) } else { self.lo };
        let span = (self.hi / self.lo).ln();
        if span.is_nan() || span <= 0.0 {
            return f64::midpoint(self.from, self.to);
        }
        self.from + (value / self.lo).ln() / span * (self.to - self.from)
    }

    /// 1, 2 and 5 of every power of ten between the ends.
    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        if !(self.lo > 0.0 && self.hi >= self.lo && self.hi <= VALUE_MAX) {
            return Vec::new();
        }
        let (first, last) = (self.lo.log10().floor() as i32, self.hi.log10().ceil() as i32);
        (first..=last)
            .flat_map(|power| [1.0, 2.0, 5.0].map(|times| times * 10_f64.powi(power)))
            .filter(|value| *value >= self.lo * 0.999 && *value <= self.hi * 1.001)
            .collect()
    }
}

/// Where numbers are written along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    /// The first of them; the axis begins here.
    pub lo: f64,
    /// The last of them; the axis ends here.
    pub hi: f64,
    /// All of them in order.
    pub values: Vec<f64>,
}

/// About `count` round steps that hold `lo` and `hi` and 0 or more between them. `whole`: no
/// fractions, because what is counted has none. Values that are not finite count as 0, equal ones
/// get room around them.
#[must_use]
pub fn steps(lo: f64, hi: f64, count: u32, whole: bool) -> Steps {
    let clean =
        |value: f64| if value.is_finite() { value.clamp(-VALUE_MAX, VALUE_MAX) } else { 0.0 };
    let (mut lo, mut hi) = (clean(lo).min(clean(hi)), clean(lo).max(clean(hi)));
    if hi - lo < f64::EPSILON * hi.abs().max(1.0) {
        let room = if hi.abs() > 0.0 { hi.abs() / 2.0 } else { 1.0 };
        (lo, hi) =
            if lo >= 0.0 { ((lo - room).max(0.0), hi + room) } else { (lo - room, hi + room) };
    }
    let step = round_step((hi - lo) / f64::from(count.max(1)));
    let step = if whole { step.max(1.0).round() } else { step };
    let (first, last) = ((lo / step).floor(), (hi / step).ceil());
    let number = (last - first).clamp(1.0, 64.0) as u32;
    let values: Vec<f64> = (0..=number).map(|at| (first + f64::from(at)) * step).collect();
    Steps { lo: first * step, hi: (first + f64::from(number)) * step, values }
}

/// The next of 1, 2, 5 times a power of ten that is not smaller.
fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let times = rough / power;
    let round =
        [1.0, 2.0, 5.0].into_iter().find(|round| times <= round * 1.000_001).unwrap_or(10.0);
    round * power
}
