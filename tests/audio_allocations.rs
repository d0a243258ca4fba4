//! The parts of the audio path that run for every frame allocate nothing once they are warm.

use treadline::audio::playout::Playout;
use treadline::audio::resample::Resampler;
use treadline::audio::sound::Sound;
use treadline::audio::vad::Vad;
use treadline::turn::SpeechId;

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

#[test]
fn a_frame_that_is_handed_out_allocates_nothing_speech_or_silence() {
    let mut playout = Playout::default();
    let sound = Sound {
        loudness_db: Some(-22),
        comfort_noise_db: Some(-65),
        waiting_ms: Some(500),
        echo_guard: true,
    };
    playout.dress(&sound, 0);
    let voice: Vec<i16> =
        (0..48_000).map(|i| if i / 50 % 2 == 0 { 6_000 } else { -6_000 }).collect();
    let mut frame = Vec::with_capacity(160);
    // The first speech makes the converter.
    for id in [1, 2] {
        playout.begin(SpeechId(id), 24_000, 2_000);
        playout.push(SpeechId(id), &voice);
    }
    playout.finish(SpeechId(1));
    for _ in 0..101 {
        assert!(playout.next_frame(8_000, &mut frame));
    }
    let speech = allocations_in(|| {
        for _ in 0..90 {
            assert!(playout.next_frame(8_000, &mut frame));
        }
    });
    assert_eq!(speech, 0, "speech");
    playout.hush();
    playout.await_answer(true);
    let silence = allocations_in(|| {
        for _ in 0..500 {
            assert!(!playout.next_frame(8_000, &mut frame));
        }
    });
    assert_eq!(silence, 0, "silence, noise and notes");
}
