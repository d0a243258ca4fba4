//! What the hand-made calls have in common.

use crate::simulation::fixtures::proposal;
use crate::simulation::stage::Stage;
use serde_json::json;
use treadline::turn::{Event, Message, Note, Outcome, Stage as Funnel};

pub fn caller(text: &str) -> Message {
    Message::Caller { text: text.into() }
}

pub fn ended(stage: &Stage) -> (Outcome, Option<Funnel>, Option<String>) {
    match stage.notes().pop() {
        Some(Note::Ended { outcome, drop_off_stage, scenario, .. }) => {
            (outcome, drop_off_stage, scenario)
        }
        other => panic!("the last note is {other:?}"),
    }
}

/// A call in which the read-back has been said and heard.
pub fn read_back() -> Stage {
    let mut stage = Stage::greeted();
    stage.caller_says("book it");
    stage.model_calls("book_fitting", json!({ "time": "10:20" }));
    stage.model_ends();
    let call = stage.prepared();
    stage.tell(Event::ToolPrepared { call, proposal: Box::new(proposal()) });
    stage.play_all();
    stage
}
