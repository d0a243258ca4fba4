use super::*;
use std::f32::consts::TAU;

/// Speech-like: syllables of 200 ms with pauses of 60, a low tone with two overtones.
fn voice(rate: u32, ms: usize, amplitude: f32) -> Vec<i16> {
    (0..rate as usize * ms / 1000)
        .map(|i| {
            let t = i as f32 / rate as f32;
            let syllable = (t * 1_000.0) % 260.0;
            let envelope =
                if syllable < 200.0 { (syllable / 200.0 * TAU / 2.0).sin() } else { 0.0 };
            let wave = (TAU * 130.0 * t).sin() + 0.6 * (TAU * 650.0 * t).sin();
            (amplitude * envelope * wave / 1.6) as i16
        })
        .collect()
}

/// Loudness of the speech in a sound, decibels of full scale.
fn loudness_db(rate: u32, sound: &[i16]) -> f32 {
    let powers: Vec<f32> = sound
        .chunks(rate as usize / 200)
        .map(|b| b.iter().map(|s| (f32::from(*s) / FULL).powi(2)).sum::<f32>() / b.len() as f32)
        .filter(|power| 10.0 * power.log10() > -50.0)
        .collect();
    10.0 * (powers.iter().sum::<f32>() / powers.len() as f32).log10()
}

/// Pushed in pieces as a voice provider sends them.
fn levelled(rate: u32, sound: &[i16], leveller: &mut Leveller) -> Vec<i16> {
    let mut out = sound.to_vec();
    for piece in out.chunks_mut(1_111) {
        leveller.apply(rate, piece);
    }
    out
}

#[test]
fn quiet_and_loud_voices_come_to_the_same_loudness() {
    for rate in [8_000, 24_000] {
        for amplitude in [2_500.0, 6_000.0, 15_000.0, 30_000.0] {
            let sound = voice(rate, 5_000, amplitude);
            let out = levelled(rate, &sound, &mut Leveller::new(-20));
            let late = &out[rate as usize * 3..];
            let db = loudness_db(rate, late);
            assert!((db + 20.0).abs() < 1.5, "{rate}, {amplitude}: {db}");
        }
    }
}

#[test]
fn what_has_the_right_loudness_already_is_hardly_touched() {
    let sound = voice(8_000, 4_000, 9_000.0);
    let own = loudness_db(8_000, &sound).round() as i32;
    let out = levelled(8_000, &sound, &mut Leveller::new(own));
    let change = loudness_db(8_000, &out) - loudness_db(8_000, &sound);
    assert!(change.abs() < 1.0, "{change}");
}

#[test]
fn a_burst_in_a_quiet_voice_stays_below_the_ceiling_and_is_not_cut_flat() {
    let mut sound = voice(8_000, 3_000, 3_000.0);
    let burst: Vec<i16> =
        (0..800).map(|i| (25_000.0 * (TAU * 300.0 * i as f32 / 8_000.0).sin()) as i16).collect();
    sound.splice(16_000..16_000, burst);
    let out = levelled(8_000, &sound, &mut Leveller::new(-16));
    let peak = out.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert!(f32::from(peak) <= CEILING, "{peak}");
    // A wave that is cut flat stays at its peak; a limited one only touches it.
    let flat = out.windows(4).filter(|w| w.iter().all(|s| s.unsigned_abs() == peak)).count();
    assert_eq!(flat, 0);
}

#[test]
fn silence_stays_silent_and_is_not_pumped_up() {
    let mut leveller = Leveller::new(-20);
    let mut noise = vec![20_i16; 16_000];
    leveller.apply(8_000, &mut noise);
    assert!(noise.iter().all(|sample| *sample == 20));
    assert!((leveller.gain - 1.0).abs() < f32::EPSILON);
}

#[test]
fn the_gain_never_jumps() {
    let mut sound = vec![1_000_i16; 24_000];
    sound[12_000..].fill(30_000);
    let mut leveller = Leveller::new(-10);
    let out = levelled(8_000, &sound, &mut leveller);
    let gains: Vec<f32> =
        out.iter().zip(&sound).map(|(y, x)| f32::from(*y) / f32::from(*x)).collect();
    let jump = gains.windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max);
    assert!(jump < 0.12, "{jump}");
}
