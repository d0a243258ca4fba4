//! Where a conversation stands, derived anew from its history each time: the brain itself keeps
//! nothing, so it can take over from a model in the middle of a call.

use super::Lexicon;
use super::decide::decide;
use super::reply::{Ask, Move, Offer, Place, Reply, Tell};
use crate::language::Language;
use crate::pii::Phone;
use crate::shop::{Season, TireSize};
use crate::turn::Message;
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

/// What the call is about now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Topic {
    #[default]
    None,
    Tires,
    Fitting,
}

/// What the caller's last line wants.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Act {
    /// To go on with the topic.
    #[default]
    Go,
    Hello,
    Thanks,
    Farewell,
    Operator,
    Again,
    Wait,
    MoreHelp,
    /// To know about one offer.
    Stock(Offer),
    /// To know about offers, but not which.
    WhichTire,
    /// Something that was not understood.
    Miss,
    /// Something failed on our side.
    Trouble,
    /// The shop's books cannot be read now.
    StoreAway,
}

/// Which offers are told next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum View {
    /// Cheap, middle, dear.
    #[default]
    Spread,
    More,
    Cheapest,
    Dearest,
}

/// What a search was asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Criteria {
    pub(super) size: TireSize,
    pub(super) season: Season,
    pub(super) brand: Option<String>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) asked: Criteria,
    pub(super) items: Vec<Offer>,
    pub(super) no_brand: Option<String>,
    pub(super) other_seasons: Vec<Season>,
    pub(super) nearby: Vec<TireSize>,
}

/// The tyre side of a conversation.
#[derive(Debug, Clone, Default)]
pub(super) struct Tires {
    pub(super) size: Option<TireSize>,
    pub(super) season: Option<Season>,
    pub(super) brand: Option<String>,
    pub(super) quantity: Option<u32>,
    pub(super) found: Option<Found>,
    /// Indices of the offers that were told.
    pub(super) told: Vec<usize>,
    pub(super) view: View,
    /// The one offer that was spoken of last.
    pub(super) focus: Option<Offer>,
}

/// When the caller wants to come.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct When {
    pub(super) date: Option<NaiveDate>,
    pub(super) weekday: Option<&'static str>,
    pub(super) time: Option<NaiveTime>,
    /// "In the afternoon": a time to be near, never taken as said.
    pub(super) near: Option<NaiveTime>,
    pub(super) earliest: bool,
}

impl When {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the last `get_fitting_slots` offered.
#[derive(Debug, Clone, Default)]
pub(super) struct Times {
    pub(super) days: Vec<(NaiveDate, Vec<NaiveTime>)>,
}

/// The fitting side of a conversation.
#[derive(Debug, Clone, Default)]
pub(super) struct Fitting {
    pub(super) places: Vec<Place>,
    /// Codes of the stations that are still in question; empty means all.
    pub(super) narrowed: Vec<String>,
    pub(super) place: Option<Place>,
    /// What the caller said since the fitting began, while no station was known to match it with.
    pub(super) said: String,
    /// A place that only the tool can find.
    pub(super) query: Option<String>,
    pub(super) when: When,
    pub(super) times: Option<Times>,
    pub(super) slot: Option<(NaiveDate, NaiveTime)>,
    pub(super) name: Option<String>,
    pub(super) vehicle: Option<String>,
    /// Half of a description of the car.
    pub(super) vehicle_part: Option<String>,
    pub(super) needs_phone: bool,
    pub(super) phone: Option<Phone>,
    pub(super) phone_right: bool,
    /// The caller said no to the read-back.
    pub(super) declined: bool,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Talk {
    pub(super) language: Language,
    pub(super) today: NaiveDate,
    pub(super) topic: Topic,
    pub(super) tires: Tires,
    pub(super) fitting: Fitting,
    pub(super) act: Act,
    /// What is told before the next question, from this turn only.
    pub(super) notes: Vec<Tell>,
    /// The news that ends this turn, if a tool brought it.
    pub(super) news: Option<Reply>,
    /// Tool calls of this turn: none is made twice.
    pub(super) calls: Vec<(String, Value)>,
    /// Lines in a row that were not understood.
    pub(super) misses: u32,
    /// What we asked last.
    pub(super) pending: Option<Ask>,
    /// The core read a booking back, and the line that comes answers that.
    pub(super) reading_back: bool,
    /// What we said last.
    pub(super) last: Option<Reply>,
    /// The caller's last line, for the operator.
    pub(super) line: String,
}

impl Talk {
    /// Replays a history.
    pub(super) fn replay(
        history: &[Message],
        language: Language,
        today: NaiveDate,
        lexicon: &Lexicon,
    ) -> Self {
        let mut talk = Self { language, today, ..Self::default() };
        let mut begun = false;
        for message in history {
            match message {
                Message::Caller { text } => {
                    if begun {
                        talk.close_turn();
                    }
                    begun = true;
                    talk.hear(text, lexicon);
                }
                Message::Tool { name, args, result } => talk.learn(name, args, result),
                // What we said follows from the state; a cut sentence would only mislead.
                Message::Agent { .. } => {}
            }
        }
        talk
    }

    /// The caller speaks again: what we answered is what we said last.
    fn close_turn(&mut self) {
        let next = decide(self);
        self.reading_back = matches!(&next, Move::Call { tool: "book_fitting", .. });
        if let Move::Say(reply) = next {
            self.remember_told(&reply);
            // "Take your time" leaves the question before it open.
            if self.act != Act::Wait {
                self.pending.clone_from(&reply.ask);
                self.last = Some(reply);
            }
        }
        self.act = Act::Go;
        self.notes.clear();
        self.news = None;
        self.calls.clear();
        self.tires.view = View::Spread;
    }

    fn remember_told(&mut self, reply: &Reply) {
        for tell in &reply.tell {
            let items: &[Offer] = match tell {
                Tell::Offers { items, .. } => items,
                Tell::Cheapest(one) | Tell::Dearest(one) => std::slice::from_ref(one),
                Tell::Stock { offer, .. } => {
                    self.tires.focus = Some(offer.clone());
                    continue;
                }
                _ => continue,
            };
            self.tires.focus = if let [only] = items { Some(only.clone()) } else { None };
            let known = self.tires.found.as_ref().map(|found| found.items.as_slice());
            for item in items {
                let at = known.unwrap_or_default().iter().position(|known| known.id == item.id);
                if let Some(at) = at.filter(|at| !self.tires.told.contains(at)) {
                    self.tires.told.push(at);
                }
            }
        }
    }

    /// The search that the caller's words amount to, if they are enough.
    pub(super) fn criteria(&self) -> Option<Criteria> {
        let (size, season) = (self.tires.size?, self.tires.season?);
        Some(Criteria { size, season, brand: self.tires.brand.clone() })
    }

    /// The stations still in question.
    pub(super) fn candidates(&self) -> Vec<Place> {
        let fitting = &self.fitting;
        let open =
            |place: &&Place| fitting.narrowed.is_empty() || fitting.narrowed.contains(&place.code);
        fitting.places.iter().filter(open).cloned().collect()
    }

    /// Takes a slot and says so.
    pub(super) fn take_slot(&mut self, date: NaiveDate, time: NaiveTime) {
        self.fitting.slot = Some((date, time));
        self.fitting.declined = false;
        self.notes.push(Tell::Slot { date, time });
    }
}
