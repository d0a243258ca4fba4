use super::*;
use crate::audio::resample::Resampler;
use crate::audio::vad::{Vad, VadEvent};

/// A recording of the tests, 8 kHz.
fn recording(name: &str) -> Vec<i16> {
    let path = format!("{}/tests/fixtures/audio/{name}.wav", env!("CARGO_MANIFEST_DIR"));
    let mut reader = hound::WavReader::open(path).unwrap();
    reader.samples::<i16>().map(Result::unwrap).collect()
}

/// The agent's sound as it comes back: so late, so loud, with a second path through the room and a
/// little noise.
fn echo_of(agent: &[i16], delay_ms: usize, gain: f32) -> Vec<i16> {
    let mut seed = 7_u32;
    let at = |i: usize, late: usize| i.checked_sub(late).map_or(0.0, |i| f32::from(agent[i]));
    (0..agent.len())
        .map(|i| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 28) as f32 - 8.0;
            let late = delay_ms * 8;
            (gain * (at(i, late) + 0.35 * at(i, late + 31)) + noise) as i16
        })
        .collect()
}

fn mixed(a: &[i16], b: &[i16]) -> Vec<i16> {
    let longest = a.len().max(b.len());
    let at = |sound: &[i16], i: usize| sound.get(i).copied().unwrap_or(0);
    (0..longest).map(|i| at(a, i).saturating_add(at(b, i))).collect()
}

/// The caller begins `at_ms`.
fn from(at_ms: usize, sound: &[i16]) -> Vec<i16> {
    let mut all = vec![0; at_ms * 8];
    all.extend_from_slice(sound);
    all
}

/// When a voice is told of, milliseconds: guarded, or as the detector alone says.
fn told(agent: &[i16], heard: &[i16], guarded: bool) -> Vec<usize> {
    let (mut played, mut guard) = (Played::new(0), EchoGuard::default());
    let (mut vad, mut wider) = (Vad::new(), Resampler::new(8_000, 16_000));
    let (mut told, mut held, mut recent) = (Vec::new(), false, Vec::new());
    let silence = [0_i16; 160];
    for (n, heard) in heard.chunks_exact(160).enumerate() {
        played.push(8_000, agent.get(n * 160..n * 160 + 160).unwrap_or(&silence));
        let mut wide = Vec::new();
        wider.process(heard, &mut wide);
        guard.hear(16_000, &wide);
        played.copy_into(&mut recent);
        for event in vad.push(&wide) {
            match event {
                VadEvent::Started { .. } if guarded && guard.begins(&recent) => held = true,
                VadEvent::Started { .. } => told.push(n * 20),
                VadEvent::Ended { .. } => held = false,
            }
        }
        if held && !guard.goes_on(&recent) {
            held = false;
            told.push(n * 20);
        }
    }
    told
}

#[test]
fn our_own_voice_does_not_interrupt_us_however_late_and_loud_it_comes_back() {
    let agent = recording("hello-winter-size");
    let mut wrong = Vec::new();
    for delay_ms in [5, 60, 183, 400, 900] {
        for gain in [0.7, 0.3, 0.1] {
            let echo = echo_of(&agent, delay_ms, gain);
            let alone = told(&agent, &echo, false);
            assert!(!alone.is_empty(), "{delay_ms} ms, {gain}: the detector hears a voice");
            let guarded = told(&agent, &echo, true);
            if !guarded.is_empty() {
                wrong.push(format!("{delay_ms} ms, {gain}: {guarded:?} of {alone:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_caller_who_speaks_over_the_agent_is_told_of_as_soon_as_without_the_guard() {
    let agent = recording("hello-winter-size");
    for name in ["phone", "operator", "no", "summer", "yes", "four"] {
        let heard = from(1_500, &recording(name));
        let (alone, guarded) = (told(&agent, &heard, false), told(&agent, &heard, true));
        let (alone, guarded) = (alone[0], guarded.first().copied().unwrap_or(usize::MAX));
        assert!(guarded <= alone + 60, "{name}: {guarded} instead of {alone}");
    }
}

#[test]
fn a_caller_who_speaks_over_the_echo_stops_the_agent_too() {
    let agent = recording("hello-winter-size");
    let echo = echo_of(&agent, 120, 0.1);
    for name in ["phone", "operator", "stock"] {
        let caller = from(1_500, &recording(name));
        let first = told(&agent, &caller, false)[0];
        let guarded = told(&agent, &mixed(&echo, &caller), true);
        let at = guarded.first().copied().unwrap_or(usize::MAX);
        assert!((1_500..=first + 300).contains(&at), "{name}: {guarded:?}, alone {first}");
    }
}

#[test]
fn when_nothing_was_said_nothing_is_held_back() {
    let caller = recording("phone");
    assert_eq!(told(&[], &caller, true), told(&[], &caller, false));
    let mut recent = vec![1];
    let mut played = Played::new(0);
    played.copy_into(&mut recent);
    assert!(recent.is_empty());
    played.push(8_000, &[500; 160]);
    played.copy_into(&mut recent);
    assert_eq!(recent.len(), 80);
    assert_eq!(recent[3..], [500; 77]);
    for _ in 0..100 {
        played.push(8_000, &[0; 160]);
    }
    played.copy_into(&mut recent);
    assert!(recent.is_empty(), "what was said is too long ago");
}

#[test]
fn a_rate_that_cannot_be_thinned_turns_the_guard_off() {
    let mut played = Played::new(0);
    played.push(44_100, &[500; 882]);
    let mut recent = Vec::new();
    played.copy_into(&mut recent);
    assert!(recent.is_empty());
    assert!(!EchoGuard::default().begins(&recent));
}
