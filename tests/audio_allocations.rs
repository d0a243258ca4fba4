//! The parts of the audio path that run for every frame allocate nothing once they are warm.

use treadline::audio::resample::Resampler;
use treadline::audio::vad::Vad;

/// Allocations of this thread while `work` runs.
fn allocations_in(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).count_total
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations_in(|| drop(std::hint::black_box(vec![1_u8; 64]))), 1);
}

#[test]
fn a_warm_converter_allocates_nothing() {
    let pairs =
        [(8_000, 16_000), (16_000, 8_000), (24_000, 8_000), (48_000, 8_000), (22_050, 8_000)];
    for (from, to) in pairs {
        let mut resampler = Resampler::new(from, to);
        let frame = vec![1_000_i16; from as usize / 50];
        let mut out = Vec::with_capacity(to as usize / 10);
        resampler.process(&frame, &mut out);
        let count = allocations_in(|| {
            for _ in 0..500 {
                out.clear();
                resampler.process(&frame, &mut out);
            }
        });
        assert_eq!(count, 0, "{from} -> {to}");
    }
}

#[test]
fn listening_to_silence_allocates_nothing() {
    let mut vad = Vad::new();
    let frame = [0_i16; 320];
    vad.push(&frame);
    let count = allocations_in(|| {
        for _ in 0..500 {
            assert!(vad.push(&frame).is_empty());
        }
    });
    assert_eq!(count, 0);
}
