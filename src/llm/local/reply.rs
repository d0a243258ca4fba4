//! What the brain can say and ask, before it is words.

use crate::pii::Phone;
use crate::shop::{Season, TireSize};
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

/// What the brain does next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    /// It speaks.
    Say(Reply),
    /// It calls a tool.
    Call {
        /// Canonical name.
        tool: &'static str,
        /// Its arguments.
        args: Value,
    },
}

/// News, then at most one closed question.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reply {
    /// What is told.
    pub(super) tell: Vec<Tell>,
    /// What is asked.
    pub(super) ask: Option<Ask>,
}

/// A tyre on offer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offer {
    pub(super) id: String,
    pub(super) brand: String,
    pub(super) model: String,
    /// Hryvnias, as the tool wrote them.
    pub(super) price: String,
    pub(super) quantity: i64,
}

/// A station as results describe it; the address only when a result gave it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Place {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) city: String,
    pub(super) district: String,
    pub(super) address: String,
}

/// A piece of news.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tell {
    Hello,
    Welcome,
    TakeYourTime,
    AllRight,
    NotUnderstood,
    Farewell,
    Handover,
    Away,
    CannotLookUp,
    Offers { size: TireSize, season: Season, items: Vec<Offer> },
    Cheapest(Offer),
    Dearest(Offer),
    NoMoreOffers,
    NoBrand(String),
    NoSuchSeason { size: TireSize, season: Season },
    NoSuchSize(TireSize),
    Stock { offer: Offer, wanted: Option<u32> },
    NoStation,
    PlaceUnknown,
    OnlyStation(Place),
    Slot { date: NaiveDate, time: NaiveTime },
    TimeNotFree(NaiveTime),
    SlotTaken,
    DayFull(NaiveDate),
    NothingFree,
    Today,
    OutsideWindow,
    WeekdayWrong(NaiveDate),
    Booked { date: NaiveDate, time: NaiveTime, place: String },
}

/// A question, always closed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ask {
    Need,
    MoreHelp,
    Operator,
    Season(TireSize),
    Size(Option<Season>),
    TakeSeason(Season),
    TakeSize(Vec<TireSize>),
    WhichTire(Vec<Offer>),
    FitThem,
    Station(Vec<String>),
    When,
    Time { date: NaiveDate, times: Vec<NaiveTime> },
    Name,
    Vehicle,
    Colour,
    Make,
    Phone,
    PhoneRight(Phone),
    Change,
}

impl Reply {
    /// Only news.
    pub(super) fn tell(tell: Tell) -> Self {
        Self { tell: vec![tell], ask: None }
    }

    /// Only a question.
    pub(super) fn ask(ask: Ask) -> Self {
        Self { tell: Vec::new(), ask: Some(ask) }
    }

    /// News and a question.
    pub(super) fn both(tell: Tell, ask: Ask) -> Self {
        Self { tell: vec![tell], ask: Some(ask) }
    }
}
