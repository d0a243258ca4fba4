use super::*;

/// A small generator of repeatable noise.
struct Noise(u32);

impl Noise {
    /// The next value, -1 to 1.
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / u32::MAX as f32 * 2.0 - 1.0
    }
}

/// A sung "ah-ee": pulses of a gliding pitch through three resonances, in syllables of 150 ms.
fn voice(ms: usize, level: f32) -> Vec<i16> {
    let mut phase = 0.0_f32;
    let mut states = [[0.0_f32; 2]; 3];
    let mut sound: Vec<f32> = (0..ms * 16)
        .map(|i| {
            let t = i as f32 / 16_000.0;
            let pitch = 120.0 + 25.0 * (t * 5.0).sin();
            phase += pitch / 16_000.0;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase %= 1.0;
            let open = (t / 0.15).rem_euclid(2.0) < 1.0;
            let formants = if open { [700.0, 1_200.0, 2_600.0] } else { [320.0, 2_100.0, 2_900.0] };
            let mut sum = 0.0;
            for (state, formant) in states.iter_mut().zip(formants) {
                let r = 0.97_f32;
                let turn = std::f32::consts::TAU * formant / 16_000.0;
                let y = pulse + 2.0 * r * turn.cos() * state[0] - r * r * state[1];
                *state = [y, state[0]];
                sum += y;
            }
            sum * (0.6 + 0.4 * (t * 21.0).sin())
        })
        .collect();
    let peak = sound.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    for s in &mut sound {
        *s *= level / peak;
    }
    sound.iter().map(|s| *s as i16).collect()
}

fn white(ms: usize, level: f32) -> Vec<i16> {
    let mut noise = Noise(0x9e37_79b9);
    (0..ms * 16).map(|_| (noise.next() * level) as i16).collect()
}

/// White noise through Kellet's filter: 3 dB an octave.
fn pink(ms: usize, level: f32) -> Vec<i16> {
    let mut noise = Noise(0x1234_5678);
    let mut b = [0.0_f32; 3];
    (0..ms * 16)
        .map(|_| {
            let white = noise.next();
            b[0] = 0.997_65 * b[0] + white * 0.099_046;
            b[1] = 0.963_00 * b[1] + white * 0.296_516_4;
            b[2] = 0.570_00 * b[2] + white * 1.052_691_3;
            ((b[0] + b[1] + b[2] + white * 0.184_8) * level * 0.3) as i16
        })
        .collect()
}

/// Events with the time of the sound that they speak of, in milliseconds of the stream.
fn listen(vad: &mut Vad, stream: &[i16], piece: usize) -> Vec<(bool, u64)> {
    let mut heard = 0_u64;
    let mut found = Vec::new();
    for samples in stream.chunks(piece) {
        heard += samples.len() as u64;
        for event in vad.push(samples) {
            found.push(match event {
                VadEvent::Started { ago_ms } => (true, (heard / 16).saturating_sub(ago_ms)),
                VadEvent::Ended { ago_ms } => (false, (heard / 16).saturating_sub(ago_ms)),
            });
        }
    }
    found
}

#[test]
fn silence_is_never_voice() {
    assert_eq!(listen(&mut Vad::new(), &vec![0; 160_000], 320), []);
}

#[test]
fn noise_of_any_loudness_is_not_voice() {
    for level in [30.0, 300.0, 3_000.0, 15_000.0] {
        assert_eq!(listen(&mut Vad::new(), &white(5_000, level), 320), [], "white at {level}");
        assert_eq!(listen(&mut Vad::new(), &pink(5_000, level), 320), [], "pink at {level}");
    }
}

#[test]
fn noise_that_begins_in_a_silent_line_is_not_voice() {
    for noise in [white, pink] {
        for level in [300.0, 3_000.0] {
            let mut stream = vec![0; 16_000];
            stream.extend(noise(3_000, level));
            assert_eq!(listen(&mut Vad::new(), &stream, 320), [], "at {level}");
        }
    }
}

#[test]
fn a_voice_in_noise_ends_when_it_ends() {
    let mut stream = vec![0; 16_000];
    stream.extend(voice(1_500, 9_000.0));
    stream.extend(vec![0; 16_000]);
    for (sample, noise) in stream.iter_mut().zip(white(3_500, 200.0)) {
        *sample += noise;
    }
    let events = listen(&mut Vad::new(), &stream, 320);
    let [(true, started), (false, ended)] = events[..] else { panic!("{events:?}") };
    assert!((950..=1_100).contains(&started), "began at 1,000 ms, dated to {started}");
    assert!((2_440..=2_560).contains(&ended), "ended at 2,500 ms, dated to {ended}");
}

#[test]
fn a_voice_starts_and_ends_once_and_both_are_dated_to_the_sound_itself() {
    let mut stream = vec![0; 16_000];
    stream.extend(voice(1_500, 9_000.0));
    stream.extend(vec![0; 16_000]);
    let events = listen(&mut Vad::new(), &stream, 320);
    let [(true, started), (false, ended)] = events[..] else { panic!("{events:?}") };
    assert!((950..=1_100).contains(&started), "began at 1,000 ms, dated to {started}");
    assert!((2_440..=2_560).contains(&ended), "ended at 2,500 ms, dated to {ended}");
}

#[test]
fn a_voice_below_the_floor_of_the_line_does_not_start_anything() {
    assert_eq!(listen(&mut Vad::new(), &voice(2_000, 20.0), 320), []);
}

#[test]
fn the_events_do_not_depend_on_how_the_stream_is_cut() {
    let mut stream = vec![0; 8_000];
    stream.extend(voice(1_000, 9_000.0));
    stream.extend(vec![0; 8_000]);
    let whole = listen(&mut Vad::new(), &stream, stream.len());
    assert_eq!(whole.len(), 2);
    for piece in [1, 160, 256, 320, 1_920] {
        for (one, other) in listen(&mut Vad::new(), &stream, piece).iter().zip(&whole) {
            assert_eq!(one.0, other.0);
            assert!(one.1.abs_diff(other.1) <= 1, "{one:?} {other:?}");
        }
    }
}

#[test]
fn a_short_pause_inside_speech_does_not_end_it() {
    let mut stream = vec![0; 8_000];
    stream.extend(voice(600, 9_000.0));
    stream.extend(vec![0; 16 * 60]);
    stream.extend(voice(600, 9_000.0));
    stream.extend(vec![0; 8_000]);
    assert_eq!(listen(&mut Vad::new(), &stream, 320).len(), 2);
}

#[test]
fn a_reset_detector_hears_like_a_new_one() {
    let mut vad = Vad::new();
    vad.push(&voice(800, 9_000.0));
    assert!(vad.is_speaking());
    vad.reset();
    assert!(!vad.is_speaking());
    let mut stream = voice(800, 9_000.0);
    stream.extend(vec![0; 8_000]);
    assert_eq!(listen(&mut vad, &stream, 320), listen(&mut Vad::new(), &stream, 320));
}
