//! Each behaviour by itself, by hand.

use crate::simulation::helpers::caller;
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::turn::{Effect, Event, Limits, Message, Note};

#[test]
fn the_greeting_says_that_a_machine_answers() {
    let stage = Stage::greeted();
    assert!(stage.says()[0].1.contains("automatic"), "{:?}", stage.says());
}

#[test]
fn an_answer_of_a_dropped_generation_is_counted_and_not_said() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    let generation = stage.ask().generation;
    stage.tell(Event::VoiceStarted);
    let said = stage.says().len();
    stage.tell(Event::ModelText { generation, text: "Too late. Much. ".into() });
    assert_eq!(stage.says().len(), said);
    assert!(stage.notes().contains(&Note::Stale { what: "model".into() }));
}

#[test]
fn sentences_are_said_while_the_model_still_writes() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have these sets. The che");
    assert_eq!(stage.last_said().1, "We have these sets.");
    stage.model_says("apest is new.");
    stage.model_ends();
    assert_eq!(stage.last_said().1, "The cheapest is new.");
    stage.play_all();
    let turn = stage.turns().pop().unwrap();
    assert_eq!(turn.content, "We have these sets. The cheapest is new.");
    assert!(!turn.interrupted && turn.llm_latency_ms.is_some() && turn.first_audio_ms.is_some());
    assert_eq!(turn.endpointing_ms, Some(500));
}

#[test]
fn a_filler_sounds_when_the_model_is_slow_and_again_after_eight_seconds() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    let ended = stage.ms;
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("I need tyres");
    stage.wait(899);
    let said = stage.says().len();
    stage.wait(1);
    assert_eq!(stage.ms - ended, 1_200);
    assert_eq!(stage.says().len(), said + 1);
    stage.play_all();
    stage.wait(7_999);
    assert_eq!(stage.says().len(), said + 1);
    stage.wait(1);
    assert_eq!(stage.says().len(), said + 2);
    let Note::FirstAudio { first_audio_ms, since_decision_ms } =
        stage.notes().into_iter().find(|n| matches!(n, Note::FirstAudio { .. })).unwrap()
    else {
        unreachable!()
    };
    assert_eq!((first_audio_ms, since_decision_ms), (1_200, 700));
}

#[test]
fn a_model_that_hangs_is_given_up_with_an_apology() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    let asked_at = stage.ms - 450;
    stage.play_all();
    while stage.ms < asked_at + 14_000 {
        stage.wait(1_000);
        stage.play_all();
    }
    assert_eq!(stage.wants(|e| matches!(e, Effect::DropGeneration { .. })), 0);
    stage.wait(1_500);
    assert_eq!(stage.wants(|e| matches!(e, Effect::DropGeneration { .. })), 1);
    assert!(stage.last_said().1.contains("Sorry"));
}

#[test]
fn a_tool_that_does_not_exist_is_refused_and_never_run() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_calls("drop_tables", json!({}));
    stage.model_ends();
    assert!(stage.runs().is_empty());
    assert!(
        matches!(stage.ask().history.last(), Some(Message::Tool { result, .. }) if result["error"] == "unknown_tool")
    );
}

#[test]
fn reading_tools_run_side_by_side_and_the_model_is_asked_once_after_all() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_calls("search_tires", json!({ "width": 205 }));
    stage.model_calls("get_fitting_slots", json!({}));
    stage.model_calls("search_tires", json!({ "width": 205 }));
    stage.model_ends();
    let runs = stage.runs();
    assert_eq!(runs.len(), 2, "a repeat in one turn runs once");
    stage.tool_ends(runs[0].0, true, json!({ "total": 3 }));
    assert_eq!(stage.asks().len(), 1);
    stage.tool_ends(runs[1].0, true, json!({ "slots": [] }));
    assert_eq!(stage.asks().len(), 2);
    let tools = stage.ask().history.iter().filter(|m| matches!(m, Message::Tool { .. })).count();
    assert_eq!(tools, 2);
}

#[test]
fn a_used_up_tool_budget_leaves_words_only() {
    let mut stage = Stage::greeted_with(Limits { tools_per_turn_max: 2, ..Limits::default() });
    stage.caller_says("I need tyres");
    for width in 0..3 {
        stage.model_calls("search_tires", json!({ "width": width }));
    }
    stage.model_ends();
    assert_eq!(stage.runs().len(), 2);
    for (call, ..) in stage.runs() {
        stage.tool_ends(call, true, json!({}));
    }
    assert!(stage.ask().words_only && stage.ask().tools.is_empty());
}

#[test]
fn keys_are_a_line_after_a_pause_or_a_hash() {
    let mut stage = Stage::greeted();
    for digit in ['2', '0', '5'] {
        stage.tell(Event::Digit { digit });
        stage.wait(500);
    }
    stage.wait(1_499);
    assert!(stage.asks().is_empty());
    stage.wait(1);
    assert_eq!(stage.ask().history.last(), Some(&caller("205")));
    let mut stage = Stage::greeted();
    stage.tell(Event::Digit { digit: '7' });
    stage.tell(Event::Digit { digit: '#' });
    assert_eq!(stage.ask().history.last(), Some(&caller("7")));
}

#[test]
fn who_asks_not_to_be_recorded_is_not() {
    let mut stage = Stage::greeted();
    stage.caller_says("please don't record me");
    assert!(stage.notes().contains(&Note::TranscriptOff));
    stage.play_all();
    stage.caller_says("I need tyres");
    stage.model_answers("Here they are.");
    assert!(stage.turns().iter().skip(1).all(|turn| turn.content.is_empty()));
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres")));
}

#[test]
fn the_language_follows_after_two_utterances() {
    let mut stage = Stage::greeted();
    stage.caller_says("Потрібні зимові шини");
    stage.model_answers("Which size?");
    assert_eq!(stage.ask().language.code(), "en");
    stage.caller_says("Розмір шістнадцять дюймів");
    assert_eq!(stage.ask().language.code(), "uk");
}

#[test]
fn a_language_that_is_asked_for_is_spoken_at_once() {
    let mut stage = Stage::greeted();
    stage.caller_says("можна українською?");
    assert_eq!(stage.ask().language.code(), "uk");
    stage.model_answers("Так, говоримо українською.");
    stage.caller_says("Do you speak English?");
    assert_eq!(stage.ask().language.code(), "en");
}

#[test]
fn a_slow_voice_is_overtaken_by_a_filler_and_its_words_are_said_again() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have these sets. ");
    stage.model_ends();
    let (speech, text) = stage.last_said();
    stage.wait(1_500);
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 1);
    stage.cut(speech, 0.0);
    let says = stage.says();
    assert_eq!(says.last().unwrap().1, text);
    assert!(says[says.len() - 2].1.contains("moment"));
}

#[test]
fn a_filler_that_bridged_a_slow_recogniser_is_heard_out() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(1_200);
    let (filler, text) = stage.last_said();
    stage.started(filler);
    stage.wait(600);
    stage.hears("I need tyres");
    assert_eq!(stage.asks().len(), 1);
    stage.model_says("We have these sets. ");
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 0);
    assert_eq!(stage.last_said().1, "We have these sets.");
    stage.tell(Event::SpeechFinished { speech: filler });
    let turn = stage.turns().into_iter().find(|turn| turn.content == text).unwrap();
    assert!(!turn.interrupted);
}

#[test]
fn a_filler_that_bridged_a_slow_recogniser_is_our_first_audio() {
    let mut stage = Stage::greeted();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(1_300);
    let (filler, _) = stage.last_said();
    stage.started(filler);
    stage.wait(600);
    stage.hears("I need tyres");
    stage.tell(Event::SpeechFinished { speech: filler });
    stage.model_answers("We have these sets.");
    stage.play_all();
    let first: Vec<u64> = stage
        .notes()
        .into_iter()
        .filter_map(|note| match note {
            Note::FirstAudio { first_audio_ms, .. } => Some(first_audio_ms),
            _ => None,
        })
        .collect();
    assert_eq!(first, [1_300], "noted once, when the filler began");
    let turn = stage.turns().into_iter().find(|turn| turn.content == "We have these sets.");
    assert_eq!(turn.unwrap().first_audio_ms, Some(1_300));
}

#[test]
fn a_filler_is_not_cut_by_tools_and_answers_that_come_after_it() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.wait(1_000);
    let (filler, _) = stage.last_said();
    stage.started(filler);
    stage.model_calls("search_tires", json!({}));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({ "total": 3 }));
    stage.model_says("We have these sets. ");
    stage.model_ends();
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 0);
}

#[test]
fn words_over_a_filler_cut_it() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.wait(1_000);
    let (filler, _) = stage.last_said();
    stage.started(filler);
    stage.caller_sounds(150, "winter ones");
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 1);
}

#[test]
fn a_tool_that_answers_while_the_caller_speaks_waits_for_their_words() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_calls("search_tires", json!({}));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tell(Event::VoiceStarted);
    stage.tool_ends(call, true, json!({ "total": 3 }));
    stage.wait(600);
    assert_eq!(stage.asks().len(), 1);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("for winter");
    stage.wait(650);
    assert_eq!(stage.asks().len(), 2);
}

#[test]
fn a_filler_says_once_what_the_tool_looks_up() {
    for (tool, words) in [
        ("search_tires", "Let me check the tyres in stock."),
        ("get_fitting_slots", "Let me check the free times."),
        ("book_fitting", "I am checking that for you."),
    ] {
        let mut stage = Stage::greeted();
        stage.caller_says("go on");
        stage.model_calls(tool, json!({}));
        stage.model_ends();
        stage.wait(1_000);
        assert_eq!(stage.last_said().1, words);
        stage.play_all();
        let said = stage.says().len();
        stage.wait(3_000);
        assert_eq!(stage.says().len(), said, "one filler in eight seconds");
    }
}
