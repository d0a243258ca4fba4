//! Rate conversion for speech, streaming, any number of samples at a time.
//!
//! Rates whose ratio is one of small whole numbers (all of 8, 12, 16, 24, 32, 48, 96 and 192 kHz)
//! go through an own polyphase filter: about 2.2 ms of delay to and from 8 kHz, 80 dB of
//! rejection, no allocation. The family of 44.1 kHz goes through `rubato`, which is known here only.

mod other;
mod polyphase;

use other::Other;
use polyphase::Polyphase;

/// Converts one stream of mono 16-bit samples from one rate to another.
#[derive(Debug)]
pub struct Resampler {
    from: u32,
    to: u32,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Same,
    Polyphase(Box<Polyphase>),
    Other(Box<Other>),
}

impl Resampler {
    /// A converter from `from` to `to` samples a second; both 8,000 to 192,000 in practice, and
    /// anything above 0 works.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Self {
        let (from, to) = (from.max(1), to.max(1));
        let divisor = gcd(from, to);
        let (up, down) = ((to / divisor) as usize, (from / divisor) as usize);
        let kind = if up == down {
            Kind::Same
        } else if up.max(down) <= polyphase::FACTOR_MAX {
            Kind::Polyphase(Box::new(Polyphase::new(up, down)))
        } else {
            Kind::Other(Box::new(Other::new(from, to)))
        };
        Self { from, to, kind }
    }

    /// True if every whole 20 ms frame of `from` gives exactly one of `to`, from the first one on.
    #[must_use]
    pub const fn is_even(from: u32, to: u32) -> bool {
        let divisor = gcd(from, to);
        let factor = if from > to { from / divisor } else { to / divisor };
        divisor.is_multiple_of(50) && factor as usize <= polyphase::FACTOR_MAX
    }

    /// Samples a second that go in.
    pub const fn from_rate(&self) -> u32 {
        self.from
    }

    /// Samples a second that come out.
    pub const fn to_rate(&self) -> u32 {
        self.to
    }

    /// Converts `input` and appends to `out` what can be said so far. See
    /// [`Resampler::is_even`] for how much that is.
    pub fn process(&mut self, input: &[i16], out: &mut Vec<i16>) {
        match &mut self.kind {
            Kind::Same => out.extend_from_slice(input),
            Kind::Polyphase(filter) => filter.process(input, out),
            Kind::Other(filter) => filter.process(input, out),
        }
    }

    /// Appends what the filter still holds back, as if silence followed, and begins anew.
    pub fn flush(&mut self, out: &mut Vec<i16>) {
        match &mut self.kind {
            Kind::Same => {}
            Kind::Polyphase(filter) => filter.flush(out),
            Kind::Other(filter) => filter.flush(out),
        }
    }

    /// Forgets everything heard: the next sample is the first of a new stream.
    pub fn reset(&mut self) {
        match &mut self.kind {
            Kind::Same => {}
            Kind::Polyphase(filter) => filter.reset(),
            Kind::Other(filter) => filter.reset(),
        }
    }

    /// The filter's delay, in samples of the rate that comes out, rounded up.
    pub fn delay_samples(&self) -> usize {
        match &self.kind {
            Kind::Same => 0,
            Kind::Polyphase(filter) => filter.delay_samples(),
            Kind::Other(filter) => filter.delay_samples(),
        }
    }

    /// At least so many samples will come out when `input` more samples go in.
    pub fn yields(&self, input: usize) -> usize {
        match &self.kind {
            Kind::Same => input,
            Kind::Polyphase(filter) => filter.yields(input),
            Kind::Other(filter) => filter.yields(input),
        }
    }
}

const fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests;
