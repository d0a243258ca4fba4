//! Every ratio that the polyphase filter does not do, by `rubato`: the family of 44.1 kHz.

use crate::audio::frame_samples;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, Resampler as _, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

/// Zero crossings of the sinc at the lower rate: 6 ms of 8 kHz. `rubato`'s own choice of the
/// cut-off loses the upper speech band with filters this short, so it is set by hand.
const PERIODS: usize = 48;

pub(super) struct Other {
    inner: Async<f32>,
    ratio: f64,
    /// Input of less than a chunk.
    pending: Vec<f32>,
    chunk: usize,
    output: Vec<f32>,
}

impl std::fmt::Debug for Other {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Other").field("ratio", &self.ratio).finish_non_exhaustive()
    }
}

impl Other {
    pub(super) fn new(from: u32, to: u32) -> Self {
        let ratio = f64::from(to) / f64::from(from);
        let chunk = frame_samples(from).max(1);
        let taps = (PERIODS as f64 / ratio.min(1.0)) as usize;
        // As many phases as the exact ratio has, so that "nearest" is exact and no
        // interpolation is needed.
        let phases = (to / super::gcd(from, to)) as usize;
        let parameters =
            SincInterpolationParameters::new(taps.next_multiple_of(8), WindowFunction::Blackman)
                .oversampling_factor(phases)
                .interpolation(SincInterpolationType::Nearest)
                .f_cutoff(1.0);
        let inner = Async::new_sinc(ratio, 1.01, &parameters, chunk, 1, FixedAsync::Input)
            .expect("a positive ratio and one channel are always accepted");
        let output = vec![0.0; inner.output_frames_max()];
        Self { inner, ratio, pending: Vec::with_capacity(chunk), chunk, output }
    }

    pub(super) fn process(&mut self, mut input: &[i16], out: &mut Vec<i16>) {
        while !input.is_empty() {
            let (head, rest) = input.split_at((self.chunk - self.pending.len()).min(input.len()));
            self.pending.extend(head.iter().map(|sample| f32::from(*sample) / 32_768.0));
            input = rest;
            if self.pending.len() == self.chunk {
                self.convert(out);
            }
        }
    }

    fn convert(&mut self, out: &mut Vec<i16>) {
        let room = self.output.len();
        let input = InterleavedSlice::new(&self.pending, 1, self.chunk);
        let output = InterleavedSlice::new_mut(&mut self.output, 1, room);
        let (Ok(input), Ok(mut output)) = (input, output) else {
            unreachable!("both buffers have the size that they are said to have");
        };
        let written = match self.inner.process_into_buffer(&input, &mut output, None) {
            Ok((_, written)) => written,
            Err(error) => unreachable!("buffers of the sizes asked for: {error}"),
        };
        out.extend(self.output[..written].iter().map(|sample| (sample * 32_768.0).round() as i16));
        self.pending.clear();
    }

    pub(super) fn flush(&mut self, out: &mut Vec<i16>) {
        let delay = (self.delay_samples() as f64 / self.ratio).ceil() as usize;
        let wanted = out.len() + ((self.pending.len() + delay) as f64 * self.ratio).ceil() as usize;
        let chunks = (self.pending.len() + delay).div_ceil(self.chunk);
        for _ in 0..chunks {
            self.pending.resize(self.chunk, 0.0);
            self.convert(out);
        }
        out.truncate(wanted);
        self.reset();
    }

    pub(super) fn reset(&mut self) {
        self.inner.reset();
        self.pending.clear();
    }

    pub(super) fn delay_samples(&self) -> usize {
        self.inner.output_delay()
    }

    /// One less per chunk than the ratio says, because a chunk's share is rounded either way.
    pub(super) fn yields(&self, input: usize) -> usize {
        let whole = (self.pending.len() + input) / self.chunk * self.chunk;
        ((whole as f64 * self.ratio) as usize).saturating_sub(2)
    }
}
