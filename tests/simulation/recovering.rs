//! Judgements that were wrong: a turn that was not over, a sound that was no interruption.

use crate::simulation::helpers::caller;
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::language::Language;
use treadline::turn::{Effect, Event, Message, Note, TurnTaking};

fn continued(stage: &Stage) -> usize {
    stage.wants(|effect| matches!(effect, Effect::Note(Note::Continued { .. })))
}

/// A call in which the agent is saying this.
fn saying(language: Language, text: &str) -> (Stage, treadline::turn::SpeechId) {
    let mut stage = Stage::taking_turns(language, TurnTaking::default());
    stage.caller_says(if language == Language::En {
        "I need tyres"
    } else {
        "потрібні шини"
    });
    stage.model_says(text);
    stage.model_ends();
    let (speech, said) = stage.last_said();
    assert_eq!(said, text.trim());
    stage.started(speech);
    stage.wait(400);
    (stage, speech)
}

#[test]
fn who_goes_on_after_the_decision_has_one_turn_of_both_pieces() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_says("We have three lovely sets. ");
    let (speech, _) = stage.last_said();
    stage.started(speech);
    stage.tell(Event::VoiceStarted);
    stage.wait(250);
    // Two words of the answer were out by then.
    stage.cut(speech, 0.3);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("for winter and for a Skoda");
    stage.wait(700);
    let history = stage.ask().history;
    assert_eq!(history.last(), Some(&caller("I need tyres for winter and for a Skoda")));
    let answers = history.iter().filter(|m| matches!(m, Message::Agent { .. })).count();
    assert_eq!(answers, 1, "only the greeting: {history:?}");
    assert_eq!(continued(&stage), 1);
    // What was heard stands in the log all the same.
    assert!(stage.turns().iter().any(|turn| turn.content == "We have" && turn.interrupted));
}

#[test]
fn what_a_tool_did_for_the_withdrawn_turn_is_told_before_the_whole_words() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_calls("search_tires", json!({}));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({ "total": 3 }));
    stage.caller_says("for winter");
    let history = stage.ask().history;
    assert_eq!(history.last(), Some(&caller("I need tyres for winter")));
    assert!(
        matches!(&history[history.len() - 2], Message::Tool { name, .. } if name == "search_tires")
    );
    assert_eq!(history.iter().filter(|m| matches!(m, Message::Caller { .. })).count(), 1);
}

#[test]
fn an_effect_of_the_withdrawn_turn_that_was_not_agreed_to_never_runs() {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    stage.caller_says("no wait for Friday");
    let call = stage.prepared();
    stage.tool_ends(call, true, json!({}));
    assert!(stage.runs().is_empty());
    let told =
        stage.ask().history.into_iter().any(
            |m| matches!(m, Message::Tool { result, .. } if result["error"] == "not_confirmed"),
        );
    assert!(told, "the model knows that nothing was done");
}

#[test]
fn who_answers_to_what_they_heard_begins_a_turn_of_their_own() {
    let (mut stage, speech) = saying(Language::En, "We have three lovely sets. ");
    stage.tell(Event::VoiceStarted);
    stage.wait(250);
    stage.cut(speech, 0.7);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("only cheap ones");
    stage.wait(700);
    let history = stage.ask().history;
    let heard = Message::Agent { text: "We have three".into() };
    assert_eq!(history[history.len() - 2..], [heard, caller("only cheap ones")]);
    assert_eq!(continued(&stage), 0);
}

#[test]
fn who_speaks_later_than_that_begins_a_turn_of_their_own() {
    let mut stage = Stage::greeted();
    stage.caller_says("I need tyres");
    stage.model_calls("search_tires", json!({}));
    stage.model_ends();
    let (call, ..) = stage.runs().pop().unwrap();
    stage.tool_ends(call, true, json!({ "total": 3 }));
    stage.wait(1_600);
    stage.caller_says("for winter");
    assert_eq!(stage.ask().history.last(), Some(&caller("for winter")));
    assert_eq!(continued(&stage), 0);
}

#[test]
fn a_sound_of_listening_that_is_known_as_one_does_not_stop_us() {
    for (language, sound) in [
        (Language::En, "mhm"),
        (Language::Uk, "угу"),
        (Language::Uk, "так-так"),
        (Language::Uk, "ага"),
        (Language::Ru, "да-да"),
    ] {
        let (mut stage, speech) = saying(language, "We have three lovely sets. ");
        stage.tell(Event::VoiceStarted);
        stage.wait(100);
        stage.tell(Event::Partial { text: sound.into() });
        stage.wait(400);
        stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
        stage.hears(sound);
        stage.wait(800);
        stage.tell(Event::SpeechFinished { speech });
        assert_eq!(stage.wants(|e| *e == Effect::Hush), 0, "{sound}");
        assert_eq!(stage.asks().len(), 1, "{sound} is no turn");
    }
}

#[test]
fn a_sound_of_listening_that_turns_into_words_stops_us() {
    let (mut stage, _) = saying(Language::En, "We have three lovely sets. ");
    stage.tell(Event::VoiceStarted);
    stage.wait(100);
    stage.tell(Event::Partial { text: "okay".into() });
    stage.wait(200);
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 0);
    stage.tell(Event::Partial { text: "okay but only cheap ones".into() });
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 1, "at once, it has lasted long enough");
}

#[test]
fn a_sound_of_listening_does_not_go_on_for_ever() {
    let (mut stage, _) = saying(Language::En, "We have three lovely sets. ");
    stage.tell(Event::VoiceStarted);
    stage.tell(Event::Partial { text: "mhm".into() });
    stage.wait(699);
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 0);
    stage.wait(1);
    assert_eq!(stage.wants(|e| *e == Effect::Hush), 1);
}

#[test]
fn after_a_false_alarm_we_go_on_at_the_cut_word_as_soon_as_it_is_known_for_one() {
    let (mut stage, speech) = saying(Language::En, "We have three lovely sets for you. ");
    stage.tell(Event::VoiceStarted);
    stage.wait(300);
    stage.cut(speech, 0.6);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 128 });
    let asked = stage.wants(|e| matches!(e, Effect::Transcribe { .. }));
    assert_eq!(asked, 2, "the recogniser is asked without waiting");
    stage.wait(150);
    let said = stage.says().len();
    stage.hears("");
    assert_eq!(stage.says().len(), said + 1);
    assert_eq!(stage.last_said().1, "sets for you.");
    stage.play_all();
    let words: Vec<String> = stage.turns().into_iter().map(|turn| turn.content).collect();
    assert_eq!(words[words.len() - 2..], ["We have three lovely", "sets for you."]);
}

#[test]
fn a_backchannel_that_did_stop_us_lets_us_go_on_at_the_cut_word() {
    let (mut stage, speech) = saying(Language::Uk, "Дякую вам за ваш дзвінок. ");
    stage.tell(Event::VoiceStarted);
    stage.wait(350);
    stage.cut(speech, 0.5);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(100);
    stage.hears("угу");
    assert_eq!(stage.last_said().1, "ваш дзвінок.");
    assert_eq!(stage.asks().len(), 1);
}

#[test]
fn a_yes_into_our_question_is_its_answer() {
    let (mut stage, speech) = saying(Language::En, "Shall I order them? ");
    stage.tell(Event::VoiceStarted);
    stage.wait(300);
    stage.cut(speech, 0.8);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("yes");
    stage.wait(300);
    assert_eq!(stage.ask().history.last(), Some(&caller("yes")));
}
