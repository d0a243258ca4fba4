//! Who is compared. Each converts one frame of 20 ms and appends what comes out.

use crate::audio::resample::Resampler;
use crate::foreign::{Soxr, Speex, Swr};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, Fft, FixedAsync, FixedSync, Resampler as _, SincInterpolationParameters,
    SincInterpolationType, WindowFunction,
};

/// Converts one frame.
pub type Convert = Box<dyn FnMut(&[i16], &mut Vec<i16>)>;

/// One way to convert.
pub struct Contestant {
    pub name: &'static str,
    /// In the picture.
    pub drawn: bool,
    pub make: fn(u32, u32) -> Convert,
}

const fn contestant(name: &'static str, drawn: bool, make: fn(u32, u32) -> Convert) -> Contestant {
    Contestant { name, drawn, make }
}

/// All of them. Of equal quality (75 dB and a flat band) are ours, rubato's two, speexdsp from 3 on,
/// swresample with 64 taps, and soxr from MQ on.
pub const ALL: &[Contestant] = &[
    contestant("ours", true, ours),
    contestant("rubato fft", false, rubato_fft),
    contestant("rubato sinc 6 ms", true, rubato_sinc),
    contestant("speexdsp 3", false, |from, to| Speex::convert(from, to, 3)),
    contestant("speexdsp 5", true, |from, to| Speex::convert(from, to, 5)),
    contestant("swresample 32", false, |from, to| Swr::convert(from, to, 32)),
    contestant("swresample 64", true, |from, to| Swr::convert(from, to, 64)),
    contestant("soxr LQ", false, |from, to| Soxr::convert(from, to, 1)),
    contestant("soxr MQ", true, |from, to| Soxr::convert(from, to, 2)),
    contestant("soxr HQ", false, |from, to| Soxr::convert(from, to, 4)),
    contestant("soxr VHQ", false, |from, to| Soxr::convert(from, to, 6)),
    contestant("straight lines", true, lines),
];

fn ours(from: u32, to: u32) -> Convert {
    let mut resampler = Resampler::new(from, to);
    Box::new(move |input, out| resampler.process(input, out))
}

fn rubato_fft(from: u32, to: u32) -> Convert {
    let chunk = (from / 50) as usize;
    let inner = Fft::<f32>::new(from as usize, to as usize, chunk, 1, FixedSync::Input);
    by_rubato(inner.expect("rates above 0"), chunk)
}

/// As it can be set for telephony: exact phases, the cut-off by hand.
fn rubato_sinc(from: u32, to: u32) -> Convert {
    let chunk = (from / 50) as usize;
    let ratio = f64::from(to) / f64::from(from);
    let taps = (from as usize * 6 / 1000).next_multiple_of(8);
    let parameters = SincInterpolationParameters::new(taps, WindowFunction::Blackman)
        .oversampling_factor((to / gcd(from, to)) as usize)
        .interpolation(SincInterpolationType::Nearest)
        .f_cutoff(1.0);
    let inner = Async::<f32>::new_sinc(ratio, 1.01, &parameters, chunk, 1, FixedAsync::Input);
    by_rubato(inner.expect("a positive ratio"), chunk)
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn by_rubato(mut inner: impl rubato::Resampler<f32> + 'static, chunk: usize) -> Convert {
    let room = inner.output_frames_max();
    let (mut floats, mut result) = (vec![0.0_f32; chunk], vec![0.0_f32; room]);
    Box::new(move |input, out| {
        for (to, from) in floats.iter_mut().zip(input) {
            *to = f32::from(*from) / 32_768.0;
        }
        let source = InterleavedSlice::new(&floats, 1, chunk).expect("the right size");
        let mut sink = InterleavedSlice::new_mut(&mut result, 1, room).expect("the right size");
        let (_, written) =
            inner.process_into_buffer(&source, &mut sink, None).expect("whole chunks");
        out.extend(result[..written].iter().map(|y| (y * 32_768.0).round() as i16));
    })
}

/// What hand-made bots use.
fn lines(from: u32, to: u32) -> Convert {
    let step = f64::from(from) / f64::from(to);
    let (mut at, mut last) = (0.0_f64, 0.0_f64);
    Box::new(move |input, out| {
        while at < input.len() as f64 {
            let i = at as usize;
            let before = if i == 0 { last } else { f64::from(input[i - 1]) };
            let after = f64::from(input[i]);
            out.push((before + (after - before) * at.fract()) as i16);
            at += step;
        }
        at -= input.len() as f64;
        last = input.last().map_or(last, |sample| f64::from(*sample));
    })
}
