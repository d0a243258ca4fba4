//! The caller begins to speak while our last words fade: whatever crosses there, they are heard,
//! and a long sentence is no reason to break off.

use crate::simulation::fixtures::facts;
use crate::simulation::helpers::caller;
use crate::simulation::stage::Stage;
use treadline::language::Language;
use treadline::turn::{Effect, Event, Limits, SpeechId};

/// How long the greeting sounds, milliseconds.
const GREETING_MS: u64 = 3_000;
const WORDS: &str = "I need winter tyres";

/// What the mouth tells of the greeting, and when.
#[derive(Debug, Clone, Copy)]
struct Mouth {
    /// From the order to be silent to the news of it, milliseconds.
    slow_ms: u64,
    /// The greeting had ended before the order came: its end is told, and never a cut.
    crosses: bool,
}

fn greeting(stage: &mut Stage) -> SpeechId {
    stage.tell(Event::Begin { facts: Box::new(facts(Language::En)) });
    let (speech, _) = stage.last_said();
    stage.started(speech);
    speech
}

/// Lets time pass until `until`; a hush on the way is answered as `mouth` does.
fn pass(stage: &mut Stage, until: u64, greeting: SpeechId, mouth: Mouth, over: &mut bool) {
    while stage.ms < until {
        stage.wait(10);
        if !*over && stage.ms >= GREETING_MS {
            *over = true;
            stage.tell(Event::SpeechFinished { speech: greeting });
        }
        let hushed_at = stage.wanted.iter().find(|(_, e)| *e == Effect::Hush).map(|(at, _)| *at);
        if let Some(at) = hushed_at.filter(|at| !*over && stage.ms >= at + mouth.slow_ms) {
            *over = true;
            if mouth.crosses && at + 100 >= GREETING_MS {
                stage.tell(Event::SpeechFinished { speech: greeting });
            } else {
                stage.cut(greeting, at as f32 / GREETING_MS as f32);
            }
        }
    }
}

#[test]
fn a_caller_who_speaks_over_the_end_of_the_greeting_is_heard_wherever_they_begin() {
    for begins in (GREETING_MS - 700..GREETING_MS + 300).step_by(40) {
        for lasts in [150, 210, 900] {
            for slow_ms in [0, 20, 400] {
                for crosses in [true, false] {
                    let mouth = Mouth { slow_ms, crosses };
                    let mut stage = Stage::with(Limits::default());
                    let speech = greeting(&mut stage);
                    let mut over = false;
                    pass(&mut stage, begins, speech, mouth, &mut over);
                    stage.tell(Event::VoiceStarted);
                    pass(&mut stage, begins + lasts, speech, mouth, &mut over);
                    stage.tell(Event::VoiceEnded { ended_ago_ms: 128 });
                    pass(&mut stage, begins + lasts + 310, speech, mouth, &mut over);
                    stage.hears(WORDS);
                    pass(&mut stage, begins + lasts + 2_500, speech, mouth, &mut over);
                    let asks = stage.asks();
                    let heard = asks.last().is_some_and(|ask| ask.history.contains(&caller(WORDS)));
                    assert!(heard, "from {begins} ms, {lasts} ms long, {mouth:?}: {asks:?}");
                }
            }
        }
    }
}

#[test]
fn a_sentence_that_takes_a_minute_is_heard_to_its_end() {
    let mut stage = Stage::with(Limits::default());
    let speech = greeting(&mut stage);
    stage.wait(60_000);
    assert_eq!(stage.wants(|effect| *effect == Effect::Hush), 0);
    stage.tell(Event::SpeechFinished { speech });
    assert!(!stage.turns()[0].interrupted, "{:?}", stage.turns());
}

#[test]
fn a_voice_that_never_ends_or_never_begins_is_given_up() {
    let mut stage = Stage::with(Limits::default());
    greeting(&mut stage);
    stage.wait(120_000);
    assert!(stage.wants(|effect| *effect == Effect::Hush) > 0, "it sounded for two minutes");

    let mut stage = Stage::with(Limits::default());
    stage.tell(Event::Begin { facts: Box::new(facts(Language::En)) });
    stage.wait(46_000);
    assert!(stage.wants(|effect| *effect == Effect::Hush) > 0, "it never began");
}
