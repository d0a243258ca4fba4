//! A polyphase filter for rates whose ratio is `up : down` in small whole numbers.
//!
//! The prototype is a Kaiser-windowed sinc at `up` times the incoming rate, cut off at half the
//! lower of the two rates, so that it is an M-th band filter: most coefficients of one branch are
//! zero and are never multiplied. Incoming samples are dealt onto `down` lanes, outgoing ones
//! come from `up` branches; each branch adds up one short filter per lane.
//!
//! With output `y[m]`, `m = up*q + p`, and input `x[i]`, `i = down*(q-j) + r`:
//! `y[m] = up * sum over r, j of h[up*down*j + p*down - r*up] * x[i]`.

/// The largest `up` or `down` that is done here; above it the tables grow without a use.
pub(super) const FACTOR_MAX: usize = 24;
/// Outputs of a branch computed together: eight SSE registers of four.
const BLOCK: usize = 32;
/// Most outputs of a branch per pass: a 20 ms frame of 8 kHz.
const PASS: usize = 160;
/// The pass band ends at this share of half the lower rate (8 kHz: 3.4 kHz); the stop band
/// begins as far above it (4.6 kHz).
const PASS_SHARE: f64 = 0.85;
/// What the design aims at; a little more than the 80 dB promised.
const REJECTION_DB: f64 = 81.0;
/// Coefficients below this are the zeros of the M-th band filter.
const ZERO: f64 = 1e-9;

/// One branch's filter over one lane: consecutive coefficients, the last in time first.
#[derive(Debug)]
struct Taps {
    lane: usize,
    /// Where in the lane the window of a block's first output begins.
    start: usize,
    coefficients: Vec<f32>,
}

#[derive(Debug)]
pub(super) struct Polyphase {
    up: usize,
    down: usize,
    /// Group delay in samples of `up` times the incoming rate.
    delay: usize,
    /// `branches[p]`: the filters that make output phase `p`.
    branches: Vec<Vec<Taps>>,
    /// Each lane: `history` old samples, then those of this pass, then room for a whole block.
    lanes: Vec<Vec<f32>>,
    history: usize,
    /// Samples that do not fill a group of `down` yet; there are `pending_len` of them.
    pending: [i16; FACTOR_MAX],
    pending_len: usize,
    /// One block of each branch, rounded, before it is interleaved.
    rounded: Vec<[i16; BLOCK]>,
}

impl Polyphase {
    pub(super) fn new(up: usize, down: usize) -> Self {
        assert!(up.max(down) <= FACTOR_MAX && up.min(down) > 0, "ratio {up}:{down}");
        let prototype = design(up, up.max(down));
        let history = prototype.len() / (up * down) + 2;
        let branches: Vec<Vec<Taps>> = (0..up)
            .map(|p| (0..down).filter_map(|r| taps(&prototype, up, down, p, r, history)).collect())
            .collect();
        Self {
            up,
            down,
            delay: prototype.len() / 2,
            branches,
            lanes: vec![vec![0.0; history + PASS + BLOCK]; down],
            history,
            pending: [0; FACTOR_MAX],
            pending_len: 0,
            rounded: vec![[0; BLOCK]; up],
        }
    }

    pub(super) fn process(&mut self, mut input: &[i16], out: &mut Vec<i16>) {
        out.reserve(self.yields(input.len()));
        if self.pending_len > 0 {
            let taken = (self.down - self.pending_len).min(input.len());
            let (head, rest) = input.split_at(taken);
            self.pending[self.pending_len..self.pending_len + taken].copy_from_slice(head);
            self.pending_len += taken;
            input = rest;
            if self.pending_len < self.down {
                return;
            }
            let group = self.pending;
            self.pending_len = 0;
            self.pass(&group[..self.down], out);
        }
        let whole = input.len() - input.len() % self.down;
        let (groups, rest) = input.split_at(whole);
        for part in groups.chunks(PASS * self.down) {
            self.pass(part, out);
        }
        self.pending[..rest.len()].copy_from_slice(rest);
        self.pending_len = rest.len();
    }

    pub(super) fn flush(&mut self, out: &mut Vec<i16>) {
        let silence = [0_i16; PASS];
        let mut left = self.delay.div_ceil(self.up);
        left += (self.down - (self.pending_len + left) % self.down) % self.down;
        while left > 0 {
            let part = left.min(PASS);
            self.process(&silence[..part], out);
            left -= part;
        }
        self.reset();
    }

    pub(super) fn reset(&mut self) {
        for lane in &mut self.lanes {
            lane.fill(0.0);
        }
        self.pending_len = 0;
    }

    pub(super) const fn delay_samples(&self) -> usize {
        self.delay.div_ceil(self.down)
    }

    pub(super) const fn yields(&self, input: usize) -> usize {
        (self.pending_len + input) / self.down * self.up
    }

    /// Converts whole groups, at most [`PASS`] of them.
    fn pass(&mut self, input: &[i16], out: &mut Vec<i16>) {
        let groups = input.len() / self.down;
        self.deal(input, groups);
        let mut done = 0;
        while done < groups {
            let count = (groups - done).min(BLOCK);
            for (branch, rounded) in self.branches.iter().zip(&mut self.rounded) {
                *rounded = block(branch, &self.lanes, done);
            }
            interleave(&self.rounded, count, out);
            done += count;
        }
        for lane in &mut self.lanes {
            lane.copy_within(groups..groups + self.history, 0);
        }
    }

    /// Puts the samples behind the history of their lanes.
    fn deal(&mut self, input: &[i16], groups: usize) {
        let (history, down) = (self.history, self.down);
        for (r, lane) in self.lanes.iter_mut().enumerate() {
            let fresh = &mut lane[history..history + groups];
            match down {
                1 => spread(fresh, input.iter()),
                2 => spread(fresh, input.as_chunks::<2>().0.iter().map(|group| &group[r])),
                3 => spread(fresh, input.as_chunks::<3>().0.iter().map(|group| &group[r])),
                _ => spread(fresh, input.iter().skip(r).step_by(down)),
            }
        }
    }
}

fn spread<'a>(lane: &mut [f32], samples: impl Iterator<Item = &'a i16>) {
    for (to, from) in lane.iter_mut().zip(samples) {
        *to = f32::from(*from);
    }
}

/// [`BLOCK`] outputs of one branch, beginning with output `done` of this pass.
///
/// One coefficient at a time is multiplied into a window of inputs: the sums stay in registers
/// and the compiler vectorises it, which it may not do with one dot product per output because
/// that would change the order of additions.
fn block(branch: &[Taps], lanes: &[Vec<f32>], done: usize) -> [i16; BLOCK] {
    let mut sums = [0.0_f32; BLOCK];
    for taps in branch {
        let start = taps.start + done;
        let span = &lanes[taps.lane][start..start + taps.coefficients.len() + BLOCK - 1];
        for (coefficient, window) in taps.coefficients.iter().zip(span.array_windows::<BLOCK>()) {
            for (sum, sample) in sums.iter_mut().zip(window) {
                *sum += coefficient * sample;
            }
        }
    }
    sums.map(round)
}

/// To the nearest sample, limited to its range. Adding 1.5 * 2^23 leaves the rounded number in
/// the low bits of the float; unlike a saturating cast that is plain vector arithmetic.
fn round(sum: f32) -> i16 {
    const MAGIC: f32 = 12_582_912.0;
    let low = if sum > -32_768.0 { sum } else { -32_768.0 };
    let limited = if low < 32_767.0 { low } else { 32_767.0 };
    (limited + MAGIC).to_bits() as i16
}

fn interleave(rounded: &[[i16; BLOCK]], count: usize, out: &mut Vec<i16>) {
    match rounded {
        [only] => out.extend_from_slice(&only[..count]),
        [a, b] => interleave_exact([a, b], count, out),
        [a, b, c] => interleave_exact([a, b, c], count, out),
        _ => {
            for i in 0..count {
                out.extend(rounded.iter().map(|phase| phase[i]));
            }
        }
    }
}

fn interleave_exact<const UP: usize>(
    phases: [&[i16; BLOCK]; UP],
    count: usize,
    out: &mut Vec<i16>,
) {
    let mut mixed = [[0_i16; UP]; BLOCK];
    for (i, group) in mixed.iter_mut().enumerate() {
        for (to, phase) in group.iter_mut().zip(&phases) {
            *to = phase[i];
        }
    }
    out.extend_from_slice(mixed[..count].as_flattened());
}

/// The filter of output phase `p` over lane `r`, without its zeros at both ends. `None`: all zero.
fn taps(
    prototype: &[f64],
    up: usize,
    down: usize,
    p: usize,
    r: usize,
    history: usize,
) -> Option<Taps> {
    let coefficient = |j: usize| {
        let index = (up * down * j + p * down).checked_sub(r * up)?;
        prototype.get(index).copied()
    };
    let mut own: Vec<(usize, f64)> = (0..=history)
        .filter_map(|j| Some((j, coefficient(j)?)))
        .skip_while(|(_, c)| c.abs() < ZERO)
        .collect();
    while own.pop_if(|(_, c)| c.abs() < ZERO).is_some() {}
    let (last, _) = *own.last()?;
    Some(Taps {
        lane: r,
        start: history - last,
        coefficients: own.iter().rev().map(|(_, c)| *c as f32).collect(),
    })
}

/// The prototype: a sinc cut off at the `band`-th part of half its rate (`band` = the larger of
/// the two factors), under a Kaiser window (Kaiser 1974: length and shape from rejection and
/// transition width), with a gain of `up`.
fn design(up: usize, band: usize) -> Vec<f64> {
    let cutoff = 0.5 / band as f64;
    let transition = 2.0 * (1.0 - PASS_SHARE) * cutoff;
    let beta = 0.1102 * (REJECTION_DB - 8.7);
    let half = ((REJECTION_DB - 7.95) / (14.36 * transition) / 2.0).ceil();
    let taps = 2 * half as usize + 1;
    let window = |x: f64| bessel_i0(beta * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(beta);
    let raw = |i: usize| {
        let t = i as f64 - half;
        2.0 * cutoff * sinc(2.0 * cutoff * t) * window(t / half)
    };
    let gain: f64 = (0..taps).map(raw).sum();
    (0..taps).map(|i| raw(i) * up as f64 / gain).collect()
}

fn sinc(x: f64) -> f64 {
    let angle = std::f64::consts::PI * x;
    if x == 0.0 { 1.0 } else { angle.sin() / angle }
}

/// The modified Bessel function of order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    let mut k = 1.0;
    while term > sum * 1e-17 {
        term *= (x / (2.0 * k)).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}
