//! Amounts as they are written: "2800", "2,800.00", "12 800,50", "2,5".

use super::Script;

/// An amount: its whole part, the figures after the point, and its tokens.
pub(super) struct Amount {
    pub whole: u64,
    pub fraction: String,
    pub used: usize,
}

impl Amount {
    /// The fraction as hundredths, for money.
    pub fn cents(&self) -> u64 {
        let value = self.fraction.parse::<u64>().unwrap_or(0);
        if self.fraction.len() == 1 { value * 10 } else { value }
    }

    /// True if it has a fraction that is not zero.
    pub fn is_broken(&self) -> bool {
        self.fraction.bytes().any(|digit| digit != b'0')
    }
}

/// The amount at `at`; none for rows with leading zeros or more than nine figures: those are
/// dictated, not counted.
pub(super) fn amount(script: &Script<'_>, at: usize) -> Option<Amount> {
    let first = script.digits(at)?;
    if first.len() > 9 || (first.len() > 1 && first.starts_with('0')) {
        return None;
    }
    let mut digits = first.to_owned();
    let mut used = 1;
    while first.len() <= 3 && first != "0" && digits.len() <= 6 {
        let comma = usize::from(script.glued_mark(at + used, ',') && script.glued(at + used + 1));
        let group = script.digits(at + used + comma).filter(|group| group.len() == 3);
        // "4 205/55 R16" is four of a size, and "2 044 …" no thousand but a telephone.
        let other = script.mark(at + used + comma + 1, '/')
            && script.digits(at + used + comma + 2).is_some();
        let Some(group) = group.filter(|_| !other) else { break };
        digits.push_str(group);
        used += 1 + comma;
    }
    let mut fraction = String::new();
    if (script.glued_mark(at + used, '.') || script.glued_mark(at + used, ','))
        && let Some(part) = script.glued_digits(at + used + 1).filter(|part| part.len() <= 3)
    {
        part.clone_into(&mut fraction);
        used += 2;
    }
    Some(Amount { whole: digits.parse().ok()?, fraction, used })
}
