//! Advice that needs no book: which season it is. Everything else is a person's business.

use super::{Scenario, Topic, nothing, nothing_learnt};
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Reply, Tell};
use crate::llm::local::talk::Talk;
use crate::shop::Season;
use chrono::Datelike as _;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Advice,
    about: "advice on tyres",
    tools: &[],
    hear: Talk::hear_advice,
    answer: super::no_answer,
    learn: nothing_learnt,
    refused: super::no_refusal,
    declined: nothing,
    drop: nothing,
    next: |_| Move::both(Tell::NotMine, Ask::Operator),
};

impl Talk {
    /// The season to come, then on with the search. From October on people ask for winter tyres,
    /// from March on for summer ones.
    fn hear_advice(&mut self, line: &Line) -> bool {
        self.topic = Topic::Tires;
        self.hear_tire_values(line);
        let winter = matches!(self.today.month(), 10..=12 | 1 | 2);
        let season = if winter { Season::Winter } else { Season::Summer };
        self.tires.season = Some(season);
        let ask = self.tires.size.is_none().then_some(Ask::Size(Some(season)));
        match ask {
            Some(ask) => self.news = Some(Reply::both(Tell::SeasonNow(season), ask)),
            None => self.notes.push(Tell::SeasonNow(season)),
        }
        true
    }
}
