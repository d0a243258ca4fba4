//! From the caller's sounds to their turn.

use crate::simulation::helpers::caller;
use crate::simulation::stage::Stage;
use treadline::turn::{Effect, Event, Failure, Limits, Message, Note, Speaker};

#[test]
fn the_recogniser_is_asked_early_and_the_model_at_the_decision() {
    let mut stage = Stage::greeted_with(Limits { endpointing_ms: 500, ..Limits::default() });
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    let quiet_from = stage.ms;
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(299);
    assert_eq!(stage.wants(|e| matches!(e, Effect::Transcribe { .. })), 0);
    stage.wait(1);
    assert_eq!(stage.wants(|e| matches!(e, Effect::Transcribe { .. })), 1);
    stage.hears("hello there");
    stage.wait(199);
    assert_eq!(stage.asks().len(), 0);
    stage.wait(1);
    assert_eq!(stage.asks().len(), 1);
    assert_eq!(stage.ms - quiet_from, 500);
    assert!(stage.notes().contains(&Note::Endpointed { endpointing_ms: 500 }));
    assert_eq!(stage.ask().history.last(), Some(&caller("hello there")));
}

#[test]
fn a_late_transcript_is_acted_on_when_it_arrives() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(800);
    assert_eq!(stage.asks().len(), 0);
    stage.hears("hello there");
    assert_eq!(stage.asks().len(), 1);
}

#[test]
fn a_caller_who_goes_on_before_the_decision_is_transcribed_again_as_a_whole() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(350);
    let first = stage.last_transcript();
    stage.tell(Event::VoiceStarted);
    stage.tell(Event::Transcript {
        transcript: first,
        text: "I need".into(),
        confidence: None,
        latency_ms: 1,
    });
    assert!(stage.notes().contains(&Note::Stale { what: "transcript".into() }));
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    assert_ne!(stage.last_transcript(), first);
    stage.hears("I need tyres");
    stage.wait(700);
    assert_eq!(stage.asks().len(), 1);
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres")));
    assert_eq!(stage.turns().iter().filter(|t| t.speaker == Speaker::Customer).count(), 1);
}

#[test]
fn a_caller_who_goes_on_before_we_sound_keeps_their_first_words() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    let first = stage.ask().generation;
    stage.caller_says("for winter");
    assert_eq!(
        stage.wants(|e| matches!(e, Effect::DropGeneration { generation } if *generation == first)),
        1
    );
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres for winter")));
}

#[test]
fn a_voice_that_lasts_stops_us_and_only_heard_words_stay() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have three lovely sets. ");
    let (speech, _) = stage.last_said();
    stage.started(speech);
    stage.wait(500);
    stage.tell(Event::VoiceStarted);
    stage.wait(199);
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 0);
    stage.wait(1);
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 1);
    assert!(stage.notes().contains(&Note::BargeIn));
    assert_eq!(stage.wants(|e| matches!(e, Effect::DropGeneration { .. })), 1);
    stage.cut(speech, 0.5);
    stage.wait(300);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("only cheap ones");
    stage.wait(300);
    let history = stage.ask().history;
    let heard = Message::Agent { text: "We have three".into() };
    assert_eq!(history[history.len() - 2..], [heard, caller("only cheap ones")]);
    let turn = stage.turns().into_iter().find(|t| t.content == "We have three").unwrap();
    assert!(turn.interrupted);
}

#[test]
fn a_short_uh_huh_does_not_stop_us() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have three lovely sets. ");
    stage.model_ends();
    let (speech, _) = stage.last_said();
    stage.started(speech);
    stage.caller_sounds(150, "uh-huh");
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 0);
    assert_eq!(stage.asks().len(), 1);
    assert_eq!(stage.wants(|e| *e == Effect::ForgetUtterance), 2);
}

#[test]
fn a_false_barge_in_says_what_it_cut() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have three lovely sets. ");
    stage.model_ends();
    let speech = stage.last_said().0;
    stage.started(speech);
    stage.tell(Event::VoiceStarted);
    stage.wait(300);
    stage.cut(speech, 0.3);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("");
    stage.wait(300);
    let (again, said) = stage.last_said();
    assert!(again != speech && said == "three lovely sets.");
}

#[test]
fn a_recogniser_that_broke_late_is_replaced_by_what_it_had_told() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.tell(Event::Partial { text: "I need tyres".into() });
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    let transcript = stage.last_transcript();
    stage.tell(Event::TranscriptFailed { transcript, failure: Failure::Unreachable });
    stage.wait(200);
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres")));
}

#[test]
fn a_recogniser_that_told_nothing_leads_to_an_apology() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    let transcript = stage.last_transcript();
    stage.tell(Event::TranscriptFailed { transcript, failure: Failure::Unreachable });
    stage.wait(200);
    assert!(stage.asks().is_empty());
    assert!(stage.last_said().1.contains("Sorry"));
}

#[test]
fn the_pause_counts_from_the_last_sound_and_not_from_its_detection() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 200 });
    stage.wait(100);
    stage.hears("I need tyres");
    stage.wait(199);
    assert!(stage.asks().is_empty());
    stage.wait(1);
    assert_eq!(stage.asks().len(), 1);
}
