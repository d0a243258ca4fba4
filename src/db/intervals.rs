//! How sure a figure of a sample is: 95 % confidence intervals. Wilson's for a share and
//! Newcombe's for the difference of two, both right near 0 and 1 and for few calls; Student's t
//! for a mean and Welch's for the difference of two, which need no equal variances. Pure.

/// The two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A value and between what it lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// What was measured.
    pub value: f64,
    /// Not less than this.
    pub low: f64,
    /// Not more than this.
    pub high: f64,
}

/// A sample of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Members.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their variance with n - 1; 0 for one member.
    pub variance: f64,
}

/// The share `hits` of `all` by Wilson's score interval; `None` without members. `hits` above
/// `all` count as all.
#[must_use]
pub fn share(hits: u64, all: u64) -> Option<Interval> {
    if all == 0 {
        return None;
    }
    let n = all as f64;
    let p = hits.min(all) as f64 / n;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Some(Interval { value: p, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
}

/// The difference `b - a` of two shares by Newcombe's hybrid of Wilson's intervals.
#[must_use]
pub fn share_difference(a: Interval, b: Interval) -> Interval {
    let value = b.value - a.value;
    let low = value - ((b.value - b.low).powi(2) + (a.high - a.value).powi(2)).sqrt();
    let high = value + ((b.high - b.value).powi(2) + (a.value - a.low).powi(2)).sqrt();
    Interval { value, low, high }
}

/// A mean by Student's t; `None` below two members, of which nothing can be said.
#[must_use]
pub fn mean(sample: Sample) -> Option<Interval> {
    if sample.count < 2 {
        return None;
    }
    let n = sample.count as f64;
    let half = quantile(n - 1.0) * (sample.variance / n).sqrt();
    Some(Interval { value: sample.mean, low: sample.mean - half, high: sample.mean + half })
}

/// The difference `b - a` of two means by Welch's t; `None` if one has below two members.
#[must_use]
pub fn mean_difference(a: Sample, b: Sample) -> Option<Interval> {
    if a.count < 2 || b.count < 2 {
        return None;
    }
    let of = |sample: Sample| sample.variance / sample.count as f64;
    let (va, vb) = (of(a), of(b));
    let value = b.mean - a.mean;
    let spread = va + vb;
    if spread <= 0.0 {
        return Some(Interval { value, low: value, high: value });
    }
    let freedom =
        spread * spread / (va * va / (a.count as f64 - 1.0) + vb * vb / (b.count as f64 - 1.0));
    let half = quantile(freedom) * spread.sqrt();
    Some(Interval { value, low: value - half, high: value + half })
}

/// The two-sided 95 % quantile of Student's t: tabled for few degrees of freedom (whole ones
/// below, which errs on the wide side), Cornish and Fisher's expansion from there on, right to
/// four digits.
fn quantile(freedom: f64) -> f64 {
    const TABLE: [f64; 9] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
    let whole = freedom.floor().max(1.0) as usize;
    if let Some(known) = TABLE.get(whole - 1) {
        return *known;
    }
    let (z3, z5) = (Z.powi(3), Z.powi(5));
    Z + (z3 + Z) / (4.0 * freedom) + (5.0 * z5 + 16.0 * z3 + 3.0 * Z) / (96.0 * freedom * freedom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(interval: Interval, expected: [f64; 3]) -> bool {
        let found = [interval.value, interval.low, interval.high];
        found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 5e-4)
    }

    #[test]
    fn shares_agree_with_published_intervals() {
        // Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29.
        for (hits, all, expected) in [
            (81, 263, [0.3080, 0.2553, 0.3662]),
            (15, 148, [0.1014, 0.0624, 0.1605]),
            (0, 20, [0.0, 0.0, 0.1611]),
            (1, 29, [0.0345, 0.0061, 0.1718]),
        ] {
            let found = share(hits, all).unwrap();
            assert!(near(found, expected), "{hits}/{all}: {found:?}");
        }
        assert_eq!(share(0, 0), None);
        assert!((share(5, 5).unwrap().high - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_difference_of_shares_agrees_with_a_published_interval() {
        // Newcombe 1998, II, method 10: 56/70 - 48/80 = 0.2, 0.0524 to 0.3339.
        let found = share_difference(share(48, 80).unwrap(), share(56, 70).unwrap());
        assert!(near(found, [0.2, 0.0524, 0.3339]), "{found:?}");
    }

    #[test]
    fn means_agree_with_a_published_t_interval() {
        // n = 10, mean 5, s = 2: 5 +- 2.262 * 2 / sqrt(10).
        let found = mean(Sample { count: 10, mean: 5.0, variance: 4.0 }).unwrap();
        assert!(near(found, [5.0, 3.5694, 6.4306]), "{found:?}");
        // t(30) = 2.0423, t(120) = 1.9799.
        assert!((quantile(30.0) - 2.0423).abs() < 2e-4 && (quantile(120.0) - 1.9799).abs() < 2e-4);
        assert_eq!(mean(Sample { count: 1, mean: 5.0, variance: 0.0 }), None);
    }

    #[test]
    fn welch_is_wider_than_nothing_and_right_where_it_is_known() {
        // Equal sizes and variances: n = 16 each, s2 = 1, df = 30.
        let of = |mean| Sample { count: 16, mean, variance: 1.0 };
        let found = mean_difference(of(0.0), of(1.0)).unwrap();
        let half = 2.0423 * (2.0_f64 / 16.0).sqrt();
        assert!(near(found, [1.0, 1.0 - half, 1.0 + half]), "{found:?}");
        let still = Sample { count: 4, mean: 1.0, variance: 0.0 };
        assert!(mean_difference(still, still).unwrap().high.abs() < 1e-9);
    }
}
