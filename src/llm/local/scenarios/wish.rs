//! What the caller would like to be told of: a size that is out of stock, a day without a free
//! time.

use super::{Scenario, Topic, nothing};
use crate::llm::local::learn::Finished;
use crate::llm::local::reply::{Ask, Move, Reply, Tell};
use crate::llm::local::talk::Talk;
use crate::shop::TireSize;
use chrono::NaiveDate;
use serde_json::json;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Wish,
    about: "something that is not there now",
    tools: &["add_to_wishlist"],
    hear: |talk, line| talk.hear_tire_values(line),
    answer: Talk::answer_wish,
    learn: |talk: &mut Talk, _: &Finished<'_>| talk.done(Tell::WishSaved, Ask::MoreHelp),
    refused: super::no_refusal,
    declined: nothing,
    drop: |talk| talk.wish = Wish::default(),
    next: next_about_wish,
};

/// The wish.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Wish {
    what: Option<What>,
}

#[derive(Debug, Clone)]
enum What {
    Size(TireSize),
    Slot(NaiveDate),
}

fn next_about_wish(talk: &Talk) -> Move {
    if let Some(ask) = talk.person.phone_owed() {
        return Move::ask(ask);
    }
    let mut args = match &talk.wish.what {
        None => return Move::ask(Ask::Need),
        Some(What::Size(size)) => {
            let mut args = json!({ "item_type": "size", "size": size.to_string() });
            if let Some(season) = talk.tires.season {
                args["season"] = json!(season);
            }
            args
        }
        Some(What::Slot(date)) => {
            let station = talk.fitting.places.chosen.as_ref().map(|place| place.code.clone());
            json!({ "item_type": "slot", "station_id": station, "date": date })
        }
    };
    talk.person.write_phone(&mut args, "phone");
    Move::call("add_to_wishlist", args)
}

impl Talk {
    fn answer_wish(&mut self, ask: &Ask, yes: bool) -> Option<bool> {
        let what = match ask {
            Ask::WishSize(size) => What::Size(*size),
            Ask::WishSlot(date) => What::Slot(*date),
            _ => return None,
        };
        if yes {
            self.wish.what = Some(what);
            self.turn_to(Topic::Wish);
        } else {
            self.leave_it();
        }
        Some(true)
    }

    /// True if the last search found nothing at all.
    pub(super) fn wants_wish(&self) -> bool {
        self.tires.found.as_ref().is_some_and(|found| found.items.is_empty())
    }

    /// Offers to remember the size that was searched for.
    pub(super) fn offer_size_wish(&mut self) {
        match self.tires.found.as_ref().map(|found| found.asked.size) {
            Some(size) => self.news = Some(Reply::both(Tell::AllRight, Ask::WishSize(size))),
            None => self.leave_it(),
        }
    }
}
