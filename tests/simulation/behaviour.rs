//! Each behaviour by itself, by hand.

use crate::fixtures::proposal;
use crate::stage::Stage;
use serde_json::json;
use treadline::ids::{effect_key, sha256_hex};
use treadline::turn::{
    Effect, Event, Failure, HangUpReason, Limits, Message, Note, Outcome, Speaker, Stage as Funnel,
};

fn caller(text: &str) -> Message {
    Message::Caller { text: text.into() }
}

fn ended(stage: &Stage) -> (Outcome, Option<Funnel>, Option<String>) {
    match stage.notes().pop() {
        Some(Note::Ended { outcome, drop_off_stage, scenario, .. }) => {
            (outcome, drop_off_stage, scenario)
        }
        other => panic!("the last note is {other:?}"),
    }
}

/// A call in which the read-back has been said and heard.
fn read_back() -> Stage {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    stage.play_all();
    stage
}

#[test]
fn the_greeting_says_that_a_machine_answers() {
    let stage = Stage::greeted();
    assert!(stage.says()[0].1.contains("automatic"), "{:?}", stage.says());
}

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
    stage.model_says("We have three sets. The che");
    assert_eq!(stage.last_said().1, "We have three sets.");
    stage.model_says("apest is blue.");
    stage.model_ends();
    assert_eq!(stage.last_said().1, "The cheapest is blue.");
    stage.play_all();
    let turn = stage.turns().pop().unwrap();
    assert_eq!(turn.content, "We have three sets. The cheapest is blue.");
    assert!(!turn.interrupted && turn.llm_latency_ms.is_some() && turn.first_audio_ms.is_some());
    assert_eq!(turn.endpointing_ms, Some(500));
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
fn a_false_barge_in_says_again_what_it_cut() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have three lovely sets. ");
    stage.model_ends();
    let (speech, text) = stage.last_said();
    stage.started(speech);
    stage.tell(Event::VoiceStarted);
    stage.wait(300);
    stage.cut(speech, 0.3);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("");
    stage.wait(300);
    let (again, said) = stage.last_said();
    assert!(again != speech && said == text);
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
fn failures_in_a_row_end_with_an_operator() {
    let mut stage = Stage::greeted();
    for _ in 0..3 {
        stage.caller_says("I need tyres");
        let generation = stage.ask().generation;
        stage.tell(Event::ModelFailed { generation, failure: Failure::Unreachable });
        stage.play_all();
    }
    let transfer = stage.wanted.iter().find_map(|(_, e)| match e {
        Effect::Transfer { target, reason, .. } => Some((target.clone(), reason.clone())),
        _ => None,
    });
    assert_eq!(transfer, Some(("operator".into(), "provider_down".into())));
    assert_eq!(ended(&stage).0, Outcome::Transferred);
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
fn silence_is_asked_about_twice_and_then_ends_the_call() {
    let mut stage = Stage::greeted();
    let from = stage.ms;
    stage.wait(9_999);
    assert_eq!(stage.says().len(), 1);
    stage.wait(1);
    assert_eq!(stage.says().len(), 2);
    stage.play_all();
    stage.wait(20_000 - (stage.ms - from));
    assert_eq!(stage.says().len(), 3);
    stage.play_all();
    stage.wait(30_000 - (stage.ms - from));
    assert_eq!(stage.says().len(), 4);
    stage.play_all();
    stage.wait(500);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Silence);
    assert_eq!(ended(&stage), (Outcome::Abandoned, Some(Funnel::Greeting), None));
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
fn a_yes_after_the_read_back_runs_what_was_agreed() {
    let mut stage = read_back();
    let text = stage
        .says()
        .into_iter()
        .map(|(_, t)| t)
        .find(|t| t.contains("10:20") || t.contains("Shevchenka"))
        .unwrap();
    assert_eq!(stage.statuses(), ["pending"]);
    assert!(stage.runs().is_empty());
    stage.caller_says("yes");
    assert_eq!(stage.statuses(), ["pending", "approved"]);
    let (call, name, args) = stage.runs().pop().unwrap();
    assert_eq!((name.as_str(), &args), ("book_fitting", &proposal().args));
    let approval = stage.wanted.iter().find_map(|(_, e)| match e {
        Effect::RunTool { approval, .. } => approval.clone(),
        _ => None,
    });
    let approval = approval.unwrap();
    assert_eq!(approval.readback_hash, sha256_hex(&text));
    let id = crate::fixtures::facts(treadline::language::Language::En).call;
    assert_eq!(approval.effect_key, effect_key(id, "book_fitting", &proposal().args));
    stage.tool_ends(call, true, json!({ "status": "confirmed" }));
    stage.model_answers("It is booked.");
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(ended(&stage), (Outcome::Resolved, None, Some("fitting_booking".into())));
}

#[test]
fn a_yes_over_the_read_back_is_no_consent() {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({}));
    stage.model_ends();
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    let says = stage.says();
    let [.., (read, _), (question, _)] = says.as_slice() else { panic!("{says:?}") };
    let (read, question) = (*read, *question);
    stage.started(read);
    stage.wait(300);
    stage.tell(Event::VoiceStarted);
    stage.wait(200);
    stage.cut(read, 0.4);
    stage.cut(question, 0.0);
    stage.mark();
    stage.wait(200);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("yes");
    stage.wait(700);
    assert!(stage.runs().is_empty());
    stage.play_all();
    stage.caller_says("yes");
    assert_eq!(stage.runs().len(), 1, "the second read-back was heard");
}

#[test]
fn a_no_rejects_and_the_model_hears_of_it() {
    let mut stage = read_back();
    stage.caller_says("no");
    assert_eq!(stage.statuses(), ["pending", "rejected"]);
    assert!(stage.runs().is_empty());
    let history = stage.ask().history;
    assert_eq!(history.last(), Some(&caller("no")));
    assert!(
        matches!(&history[history.len() - 2], Message::Tool { result, .. } if result["error"] == "rejected")
    );
}

#[test]
fn other_words_expire_the_read_back() {
    let mut stage = read_back();
    stage.caller_says("how much is it on Friday then");
    assert_eq!(stage.statuses(), ["pending", "expired"]);
    let history = stage.ask().history;
    assert!(
        matches!(&history[history.len() - 2], Message::Tool { result, .. } if result["error"] == "not_confirmed")
    );
    stage.model_answers("The same.");
    stage.caller_says("yes");
    assert!(stage.runs().is_empty(), "a yes to something else is no consent");
}

#[test]
fn what_was_not_heard_is_read_back_again() {
    let mut stage = read_back();
    let said = stage.says().len();
    stage.caller_says("what");
    assert_eq!(stage.says().len(), said + 2);
    assert_eq!(stage.statuses(), ["pending"]);
}

#[test]
fn keys_answer_a_read_back() {
    let mut stage = read_back();
    stage.tell(Event::Digit { digit: '1' });
    assert_eq!(stage.runs().len(), 1);
    let mut stage = read_back();
    stage.tell(Event::Digit { digit: '2' });
    assert_eq!(stage.statuses(), ["pending", "rejected"]);
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
fn silence_after_a_read_back_asks_for_yes_or_no() {
    let mut stage = read_back();
    stage.wait(10_000);
    assert!(stage.last_said().1.contains("yes or no"));
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(stage.statuses(), ["pending", "expired"]);
    assert_eq!(ended(&stage).1, Some(Funnel::Confirmation));
}

#[test]
fn a_transfer_is_announced_before_it_happens() {
    let mut stage = Stage::greeted();
    stage.caller_says("give me a person");
    stage.model_calls(
        "transfer_to_operator",
        json!({ "reason": "cannot_help", "summary": "wants a refund" }),
    );
    assert_eq!(stage.wants(|e| matches!(e, Effect::Transfer { .. })), 0);
    stage.play_all();
    let wanted = Effect::Transfer {
        target: "operator".into(),
        reason: "cannot_help".into(),
        summary: "wants a refund".into(),
    };
    assert_eq!(stage.wants(|e| *e == wanted), 1);
    assert!(stage.call.is_over());
}

#[test]
fn a_goodbye_is_answered_and_then_we_hang_up() {
    let mut stage = Stage::greeted();
    stage.caller_says("goodbye");
    stage.model_answers("Goodbye!");
    let spoken = stage.ms;
    stage.wait(2_000);
    assert_eq!(stage.hung_up(), Some((spoken + 1_000, HangUpReason::Goodbye)));
}

#[test]
fn a_goodbye_is_answered_even_without_a_model() {
    let mut stage = Stage::greeted();
    stage.caller_says("goodbye");
    let generation = stage.ask().generation;
    stage.tell(Event::ModelFailed { generation, failure: Failure::Refused });
    assert!(stage.last_said().1.contains("Goodbye"));
    stage.play_all();
    stage.wait(1_000);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Goodbye);
}

#[test]
fn an_effect_under_way_is_awaited_after_the_caller_left() {
    let mut stage = read_back();
    stage.caller_says("yes");
    stage.tell(Event::LegLost { orderly: true });
    assert!(!stage.call.is_over());
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({}));
    assert_eq!(ended(&stage).0, Outcome::Resolved);
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
fn the_length_of_a_call_is_limited() {
    let mut stage = Stage::greeted_with(Limits { call_s_max: 5, ..Limits::default() });
    stage.wait(5_000);
    stage.play_all();
    stage.wait(1_000);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Limit);
}

#[test]
fn a_stopping_program_says_goodbye() {
    let mut stage = Stage::greeted();
    stage.tell(Event::Shutdown);
    stage.play_all();
    stage.wait(1_000);
    assert_eq!(stage.hung_up().unwrap().1, HangUpReason::Shutdown);
}

#[test]
fn a_broken_line_ends_the_call_at_once() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.tell(Event::LegLost { orderly: false });
    assert_eq!(ended(&stage).0, Outcome::LegLost);
    assert!(stage.call.is_over() && stage.call.deadline().is_none());
}

#[test]
fn a_caller_who_got_an_answer_and_left_was_served() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_calls("search_tires", json!({}));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({ "total": 1 }));
    stage.model_answers("We have one set.");
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(ended(&stage), (Outcome::Resolved, None, Some("tire_search".into())));
}

#[test]
fn a_slow_voice_is_overtaken_by_a_filler_and_its_words_are_said_again() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have three sets. ");
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
    stage.model_says("We have three sets. ");
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 0);
    assert_eq!(stage.last_said().1, "We have three sets.");
    stage.tell(Event::SpeechFinished { speech: filler });
    let turn = stage.turns().into_iter().find(|turn| turn.content == text).unwrap();
    assert!(!turn.interrupted);
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
    stage.model_says("We have three sets. ");
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
