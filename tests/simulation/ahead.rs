//! The model is asked inside the silence that ends the turn; nothing counts before the turn is over.

use crate::simulation::helpers::caller;
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::language::Language;
use treadline::turn::{Effect, Event, Failure, Message, Note, TurnTaking};

fn eager() -> Stage {
    let turn = TurnTaking { ask_ahead: vec!["one".into()], ..TurnTaking::default() };
    Stage::taking_turns(Language::En, turn)
}

impl Stage {
    /// The caller says this, with interim texts; ends with the last sound.
    fn voices(&mut self, text: &str) {
        self.tell(Event::VoiceStarted);
        self.wait(600);
        self.tell(Event::Partial { text: text.into() });
        self.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    }

    fn kept(&self) -> usize {
        self.wants(|effect| matches!(effect, Effect::KeepGeneration { .. }))
    }

    fn dropped(&self) -> usize {
        self.wants(|effect| matches!(effect, Effect::DropGeneration { .. }))
    }

    /// When this one of our sentences was wanted.
    pub fn said_at(&self, number: usize) -> u64 {
        let says = self.wanted.iter().filter(|(_, e)| matches!(e, Effect::Say { .. }));
        says.map(|(at, _)| *at).nth(number).expect("it was said")
    }

    /// When the last decision fell that a turn was over.
    pub fn decided_at(&self) -> u64 {
        let found = self.wanted.iter().rev().find_map(|(at, effect)| match effect {
            Effect::Note(Note::Endpointed { .. }) => Some(*at),
            _ => None,
        });
        found.expect("a turn was over")
    }
}

#[test]
fn an_answer_that_came_in_the_silence_is_said_at_the_decision() {
    let mut stage = eager();
    stage.voices("I need tyres");
    let ended = stage.ms;
    stage.wait(150);
    assert!(stage.ask().ahead, "asked as soon as the text stood still");
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres")));
    let said = stage.says().len();
    stage.wait(150);
    stage.model_says("We have these sets. ");
    stage.model_ends();
    stage.hears("I need tyres.");
    assert_eq!((stage.says().len(), stage.kept()), (said, 0), "nothing counts yet");
    stage.wait(199);
    assert_eq!(stage.says().len(), said);
    stage.wait(1);
    assert_eq!(stage.ms - ended, 500);
    assert_eq!(stage.last_said().1, "We have these sets.");
    assert_eq!((stage.asks().len(), stage.kept(), stage.dropped()), (1, 1, 0));
    stage.play_all();
    let turn = stage.turns().pop().unwrap();
    assert_eq!(turn.llm_latency_ms, Some(0), "nobody waited for the model");
}

#[test]
fn a_tool_that_is_called_ahead_runs_only_when_the_turn_is_over() {
    let mut stage = eager();
    stage.voices("I need tyres");
    stage.wait(200);
    stage.model_calls("search_tires", json!({ "width": 205 }));
    stage.model_ends();
    stage.wait(100);
    stage.hears("I need tyres");
    assert!(stage.runs().is_empty());
    stage.wait(200);
    let runs = stage.runs();
    assert_eq!(runs.len(), 1);
    stage.tool_ends(runs[0].0, true, json!({ "total": 3 }));
    assert_eq!(stage.asks().len(), 2);
    assert!(!stage.ask().ahead, "the next question is an ordinary one");
}

#[test]
fn a_caller_who_goes_on_lets_the_answer_die_unheard() {
    let mut stage = eager();
    stage.voices("I need tyres");
    stage.wait(200);
    let first = stage.ask().generation;
    stage.model_calls("search_tires", json!({}));
    stage.tell(Event::VoiceStarted);
    assert_eq!(stage.dropped(), 1);
    let said = stage.says().len();
    stage.tell(Event::ModelText { generation: first, text: "Too late. Much. ".into() });
    assert!(stage.notes().contains(&Note::Stale { what: "model".into() }));
    stage.wait(600);
    stage.tell(Event::Partial { text: "I need tyres for a van".into() });
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("I need tyres for a van");
    stage.wait(200);
    assert_eq!(stage.kept(), 1);
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres for a van")));
    assert!(stage.runs().is_empty() && stage.says().len() == said);
}

#[test]
fn a_final_text_that_differs_is_asked_anew() {
    let mut stage = eager();
    stage.voices("I need tires in sixteen");
    stage.wait(200);
    stage.model_says("We have sixteens. ");
    stage.wait(100);
    stage.hears("I need tyres in seventeen");
    assert_eq!((stage.asks().len(), stage.dropped()), (2, 1));
    stage.wait(200);
    assert_eq!(stage.kept(), 1);
    assert!(!stage.says().iter().any(|(_, text)| text.contains("sixteens")));
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres in seventeen")));
}

#[test]
fn a_recogniser_without_interim_texts_is_asked_ahead_with_its_early_text() {
    let mut stage = eager();
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    assert!(stage.asks().is_empty());
    stage.hears("I need tyres");
    assert!(stage.ask().ahead);
    stage.wait(200);
    assert_eq!(stage.kept(), 1);
}

#[test]
fn an_answer_that_failed_ahead_is_asked_for_in_its_time() {
    let mut stage = eager();
    stage.voices("I need tyres");
    stage.wait(300);
    let generation = stage.ask().generation;
    stage.tell(Event::ModelFailed { generation, failure: Failure::Timeout });
    stage.hears("I need tyres");
    stage.wait(200);
    assert!(stage.asks().len() > 1);
    stage.model_answers("We have these sets.");
    assert_eq!(stage.turns().pop().unwrap().content, "We have these sets.");
}

#[test]
fn one_utterance_is_asked_ahead_three_times_at_most() {
    let mut stage = eager();
    for piece in 0..8 {
        stage.voices(&format!("I need tyres number {piece} please"));
        stage.wait(250);
    }
    assert_eq!(stage.asks().iter().filter(|ask| ask.ahead).count(), 3);
}

#[test]
fn nothing_is_asked_ahead_where_it_could_do_harm_or_the_brain_gains_nothing() {
    for text in [
        "please don't record me",
        "goodbye",
        "I want to speak to an operator",
        "I need tyres for my",
        "4111 1111",
    ] {
        let mut stage = eager();
        stage.voices(text);
        stage.wait(290);
        assert!(stage.asks().is_empty(), "{text}");
    }
    let turn = TurnTaking::default().with_brain("local");
    let mut stage = Stage::taking_turns(Language::En, turn);
    stage.voices("I need tyres");
    stage.wait(300);
    stage.hears("I need tyres");
    assert!(stage.asks().is_empty());
}

#[test]
fn a_caller_who_hangs_up_meanwhile_leaves_nothing_alive_and_no_words_behind() {
    let mut stage = eager();
    stage.voices("my name is Bohdan Secret");
    stage.wait(250);
    assert!(stage.ask().ahead);
    stage.tell(Event::LegLost { orderly: true });
    assert_eq!(stage.dropped(), 1);
    stage.taken.end();
    assert!(!stage.taken.text().contains("Secret"), "{}", stage.taken.text());
}

#[test]
fn a_turn_that_goes_on_after_the_decision_is_asked_ahead_as_a_whole() {
    let mut stage = eager();
    stage.voices("I need tyres");
    stage.wait(300);
    stage.hears("I need tyres");
    stage.wait(300);
    stage.voices("for winter");
    stage.wait(300);
    stage.hears("for winter");
    assert_eq!(stage.ask().history.last(), Some(&caller("I need tyres for winter")));
    stage.wait(300);
    assert_eq!(stage.kept(), 2);
    let callers = |message: &&Message| matches!(message, Message::Caller { .. });
    assert_eq!(stage.ask().history.iter().filter(callers).count(), 1);
}
