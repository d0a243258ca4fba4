//! A wish to be phoned: when, and which number if the network gave none.

use super::{Scenario, Topic, nothing};
use crate::llm::local::keywords::About;
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Tell};
use crate::llm::local::talk::Talk;
use serde_json::json;

/// What is kept of the caller's words for the time, characters.
const TIME_CHARS_MAX: usize = 100;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Callback,
    about: "a callback",
    tools: &["create_callback_request"],
    hear: Talk::hear_callback,
    answer: Talk::answer_callback,
    learn: |talk: &mut Talk, _: &Finished<'_>| talk.done(Tell::CallbackSaved, Ask::MoreHelp),
    refused: super::no_refusal,
    declined: nothing,
    drop: nothing,
    next: next_about_callback,
};

/// The wish.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Callback {
    /// In the caller's words.
    time: Option<String>,
}

fn next_about_callback(talk: &Talk) -> Move {
    let Some(time) = &talk.callback.time else {
        return Move::ask(Ask::CallbackTime);
    };
    if let Some(ask) = talk.person.phone_owed() {
        return Move::ask(ask);
    }
    let mut args = json!({ "preferred_time": time });
    talk.person.write_phone(&mut args, "phone");
    if let Some(size) = talk.tires.size {
        args["note"] = json!(format!("Tyres {size}"));
    }
    Move::call("create_callback_request", args)
}

impl Talk {
    fn hear_callback(&mut self, line: &Line) -> bool {
        if self.callback.time.is_none() && speaks_of_time(line) {
            self.take_callback_time(line);
            return true;
        }
        line.is(About::Callback)
    }

    /// The answer to "when shall we phone?": any words are a time to a person who reads them.
    pub(super) fn hear_callback_time(&mut self, line: &Line) -> bool {
        let says = speaks_of_time(line)
            || line.is(About::Anything)
            || line.number().is_some()
            || (1..=6).contains(&line.words.len()) && !line.asks();
        if says {
            self.take_callback_time(line);
        }
        says
    }

    fn take_callback_time(&mut self, line: &Line) {
        let text: String =
            line.text.chars().filter(|c| !c.is_control()).take(TIME_CHARS_MAX).collect();
        self.callback.time = Some(text);
    }

    fn answer_callback(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        match (ask, yes) {
            (Ask::Callback, true) => self.turn_to(Topic::Callback),
            (Ask::Callback, false) if matches!(self.topic, Topic::None | Topic::Callback) => {
                self.leave_it();
            }
            // Neither a person nor a call: the matter itself is taken up again.
            (Ask::Callback, false) => self.notes.push(Tell::AllRight),
            // "No" to a time: whoever phones then, phones some time.
            (Ask::CallbackTime, _) => return Some(false),
            _ => return None,
        }
        Some(true)
    }
}

/// A day, or a part of one.
fn speaks_of_time(line: &Line) -> bool {
    line.has_day() || line.is_any(&[About::Morning, About::Afternoon, About::Evening, About::Later])
}
