//! How long a pause may be: by what is awaited, by what was said, by how this caller pauses.

use crate::simulation::stage::Stage;
use treadline::language::Language;
use treadline::turn::{Event, Note, TurnTaking};

impl Stage {
    /// Our last words were these, and the caller has heard them.
    fn having_asked(language: Language, question: &str) -> Self {
        let mut stage = Self::taking_turns(language, TurnTaking::default());
        stage.caller_says(if language == Language::En {
            "hello there"
        } else {
            "добрий день"
        });
        stage.model_answers(question);
        stage
    }

    /// The caller speaks, with an interim text at the end, and the recogniser is as fast as it can
    /// be: the silence until the decision, milliseconds.
    fn silence_after(&mut self, ms: u64, text: &str) -> u64 {
        self.tell(Event::VoiceStarted);
        self.wait(ms);
        self.tell(Event::Partial { text: text.into() });
        self.tell(Event::VoiceEnded { ended_ago_ms: 0 });
        self.wait(300);
        self.hears(text);
        self.wait(2_000);
        self.last_endpointing()
    }

    fn last_endpointing(&self) -> u64 {
        let found = self.notes().into_iter().rev().find_map(|note| match note {
            Note::Endpointed { endpointing_ms } => Some(endpointing_ms),
            _ => None,
        });
        found.expect("a turn was over")
    }
}

#[test]
fn the_silence_follows_what_was_asked() {
    let (en, uk) = (Language::En, Language::Uk);
    for (language, question, answer, expected) in [
        (en, "Shall I order them?", "yes please", 400),
        (en, "Which one would you like?", "the second one", 400),
        (uk, "Записати на шиномонтаж?", "так", 400),
        (en, "How can I help?", "I need four winter tyres", 500),
        (en, "Is there anything else?", "no", 500),
        (en, "Which tyre size do you need?", "two hundred five", 900),
        (uk, "Який у вас розмір шин?", "двісті п'ять", 900),
        (en, "What is the plate of the car?", "A A one two", 1_200),
        (uk, "Яка вулиця і будинок?", "Зелена сто п'ятнадцять", 1_200),
    ] {
        let silence = Stage::having_asked(language, question).silence_after(600, answer);
        assert_eq!(silence, expected, "{question} {answer}");
    }
}

#[test]
fn a_size_that_is_whole_is_not_waited_for_any_longer() {
    let mut stage = Stage::having_asked(Language::En, "Which tyre size do you need?");
    assert_eq!(stage.silence_after(900, "two hundred five fifty five R sixteen please"), 500);
    let mut stage = Stage::having_asked(Language::En, "What is the plate of the car?");
    assert_eq!(stage.silence_after(900, "it is AA 1234 BB"), 500);
}

#[test]
fn a_whole_story_in_the_place_of_a_yes_is_waited_for_as_a_story() {
    let mut stage = Stage::having_asked(Language::En, "Shall I order them?");
    assert_eq!(stage.silence_after(900, "well I would first like to know"), 500);
}

#[test]
fn words_that_cannot_be_the_end_are_waited_for_longer_and_not_for_ever() {
    let mut stage = Stage::having_asked(Language::En, "How can I help?");
    assert_eq!(stage.silence_after(600, "I need tyres for my"), 1_100);
    let mut stage = Stage::having_asked(Language::Ru, "Какой размер шин вам нужен?");
    assert_eq!(stage.silence_after(600, "размер двести пять на"), 1_500);
    let mut stage = Stage::having_asked(Language::En, "What is the plate of the car?");
    assert_eq!(stage.silence_after(600, "it is A A and"), 1_600, "no silence is longer");
}

#[test]
fn an_interim_text_is_enough_to_know_that_more_must_come() {
    let mut stage = Stage::having_asked(Language::En, "How can I help?");
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::Partial { text: "I need tyres for my".into() });
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    let asked = stage.asks().len();
    stage.wait(1_000);
    stage.tell(Event::VoiceStarted);
    stage.wait(500);
    stage.tell(Event::Partial { text: "I need tyres for my Skoda".into() });
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(300);
    stage.hears("I need tyres for my Skoda");
    stage.wait(600);
    assert_eq!(stage.asks().len(), asked + 1, "it was one turn");
}

#[test]
fn a_brisk_caller_waits_less_from_the_third_turn_on_and_a_slow_one_is_waited_for() {
    let mut brisk = Stage::taking_turns(Language::En, TurnTaking::default());
    let mut slow = Stage::taking_turns(Language::En, TurnTaking::default());
    let (mut brisk_ms, mut slow_ms) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        brisk_ms.push(brisk.silence_after(1_500, "I need some tyres please"));
        brisk.model_answers("Here they are.");
        brisk.wait(2_000);
        // The same with a pause of almost half a second in the middle.
        slow.tell(Event::VoiceStarted);
        slow.wait(800);
        slow.tell(Event::VoiceEnded { ended_ago_ms: 0 });
        slow.wait(450);
        slow_ms.push(slow.silence_after(700, "I need some tyres please"));
        slow.model_answers("Here they are.");
        slow.wait(2_000);
    }
    assert_eq!(brisk_ms[..2], [500, 500]);
    assert_eq!(brisk_ms[5], 350, "{brisk_ms:?}");
    assert!(slow_ms[5] > 550 && slow_ms[5] <= 800, "{slow_ms:?}");
}

#[test]
fn without_adaptation_two_silences_hold_whatever_is_said() {
    let mut stage = Stage::taking_turns(Language::En, TurnTaking::fixed());
    assert_eq!(stage.silence_after(600, "I need tyres for my"), 500);
    stage.model_answers("Which tyre size do you need?");
    assert_eq!(stage.silence_after(600, "205/55 R16"), 900);
}

#[test]
fn a_long_silence_of_the_callers_is_not_filled_before_the_answer_had_its_chance() {
    let mut stage = Stage::having_asked(Language::En, "What is the plate of the car?");
    let said = stage.says().len();
    assert_eq!(stage.silence_after(600, "it is A A and"), 1_600);
    // 2,300 ms after the last sound; the filler was due 300 ms after the decision.
    assert_eq!(stage.says().len(), said + 1);
    let at = stage.said_at(said);
    assert_eq!(at - stage.decided_at(), 300);
}

#[test]
fn a_turn_that_is_hung_up_in_leaves_a_journal_without_its_words_that_still_replays() {
    let mut stage = Stage::having_asked(Language::En, "How can I help?");
    stage.tell(Event::VoiceStarted);
    stage.wait(600);
    stage.tell(Event::Partial { text: "my secret is hidden under the".into() });
    stage.tell(Event::VoiceEnded { ended_ago_ms: 0 });
    stage.wait(1_150);
    stage.tell(Event::LegLost { orderly: true });
    stage.taken.end();
    assert!(!stage.taken.text().contains("secret"), "{}", stage.taken.text());
    // Leaving the stage replays it: the decision falls after 1,100 ms there too.
    assert_eq!(stage.last_endpointing(), 1_100);
}
