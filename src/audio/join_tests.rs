use super::*;
use std::f32::consts::TAU;

const RATE: u32 = 8_000;
const FRAME: usize = 160;

fn tone(samples: usize) -> Vec<i16> {
    (0..samples).map(|i| (8_000.0 * (TAU * 440.0 * i as f32 / 8_000.0).sin()) as i16).collect()
}

/// How loud the clicks of a sound are: its largest second difference, which a 440 Hz tone of this
/// amplitude keeps below 1,000 and a step drives to thousands.
fn roughness(sound: &[i16]) -> i32 {
    sound
        .windows(3)
        .map(|three| {
            let [a, b, c] = [0, 1, 2].map(|i| i32::from(three[i]));
            (a - 2 * b + c).abs()
        })
        .max()
        .unwrap_or(0)
}

/// Joins frames of (sound, continues, ends) and gives the whole.
fn joined(frames: &[(Vec<i16>, bool, bool)]) -> Vec<i16> {
    let mut joiner = Joiner::default();
    let mut all = Vec::new();
    for (sound, continues, ends) in frames {
        let mut frame = sound.clone();
        frame.resize(FRAME, 0);
        joiner.join(RATE, &mut frame, sound.len(), *continues, *ends);
        all.extend(frame);
    }
    all
}

#[test]
fn the_measure_hears_a_click() {
    assert!(roughness(&tone(800)) < 1_000);
    let mut cut = tone(405);
    cut.resize(480, 0);
    assert!(roughness(&cut) > 3_000);
}

#[test]
fn sound_that_runs_dry_fades_within_five_milliseconds() {
    // 405 samples of it would end at a crest; here the frame ends at 160 + 160.
    let sound = tone(320);
    let all = joined(&[
        (sound[5..165].to_vec(), false, false),
        (sound[165..].to_vec(), true, false),
        (vec![], false, false),
    ]);
    assert!(roughness(&all[40..]) < 2_200, "{}", roughness(&all[40..]));
    assert!(all[315 + 40..].iter().all(|sample| *sample == 0), "silent 5 ms later");
}

#[test]
fn a_cut_sound_goes_on_as_it_would_have_while_it_fades() {
    let sound = tone(400);
    let mut joiner = Joiner::default();
    let mut first = sound[..FRAME].to_vec();
    joiner.join(RATE, &mut first, FRAME, false, false);
    joiner.leave(RATE, &sound[FRAME..]);
    let mut second = vec![0; FRAME];
    joiner.join(RATE, &mut second, 0, false, false);
    let all = [first, second].concat();
    assert!(roughness(&all[40..]) < 1_200, "{}", roughness(&all[40..]));
    assert!(all[FRAME + 40..].iter().all(|sample| *sample == 0));
    assert!(all[FRAME..FRAME + 20].iter().any(|sample| sample.abs() > 2_000), "it is no cut");
}

#[test]
fn a_sound_that_begins_at_a_crest_rises() {
    let sound = tone(320);
    let begun = joined(&[(vec![], false, false), (sound[5..165].to_vec(), false, false)]);
    assert!(begun[FRAME].abs() < 100, "{}", begun[FRAME]);
    assert!(roughness(&begun[..300]) < 2_200, "{}", roughness(&begun[..300]));
}

#[test]
fn a_loud_end_falls_inside_the_sound() {
    let all = joined(&[(tone(105), false, true)]);
    assert!(roughness(&all) < 2_200, "{}", roughness(&all));
    assert!(all[105..].iter().all(|sample| *sample == 0), "not a sample longer than it was");
}

#[test]
fn a_whole_last_frame_falls_too() {
    let all = joined(&[(tone(165)[5..].to_vec(), false, true), (vec![], false, false)]);
    assert!(roughness(&all[40..]) < 2_200, "{}", roughness(&all[40..]));
    assert!(all[FRAME..].iter().all(|sample| *sample == 0));
}

#[test]
fn quiet_edges_are_not_touched() {
    let sound: Vec<i16> = (0..120).map(|i| 200 - i).collect();
    let mut whole = sound.clone();
    whole.resize(FRAME, 0);
    assert_eq!(joined(&[(sound, false, true)]), whole);
}

#[test]
fn another_rate_begins_anew() {
    let mut joiner = Joiner::default();
    let mut loud = vec![8_000; FRAME];
    joiner.join(RATE, &mut loud, FRAME, false, false);
    let mut silence = vec![0; 320];
    joiner.join(16_000, &mut silence, 0, false, false);
    assert!(silence.iter().all(|sample| *sample == 0));
}
