//! What the brain can say and ask, before it is words.

use crate::pii::{Personal, Phone};
use crate::shop::{DeliveryType, Season, Service, TireSize};
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

impl Move {
    /// A tool call.
    pub(super) const fn call(tool: &'static str, args: Value) -> Self {
        Self::Call { tool, args }
    }

    /// Only a question.
    pub(super) fn ask(ask: Ask) -> Self {
        Self::Say(Reply::ask(ask))
    }

    /// News and a question.
    pub(super) fn both(tell: Tell, ask: Ask) -> Self {
        Self::Say(Reply::both(tell, ask))
    }
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

/// A station or a pickup point as results describe it; the address only when a result gave it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Place {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) city: String,
    pub(super) district: String,
    pub(super) address: String,
}

/// A booking of the caller as a result describes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visit {
    /// The alias that the tools know it by; never spoken.
    pub(super) id: String,
    pub(super) station_code: String,
    pub(super) station: String,
    pub(super) date: NaiveDate,
    pub(super) time: NaiveTime,
}

/// An order as a result describes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OrderNews {
    pub(super) number: String,
    /// `orders.status`.
    pub(super) status: String,
    /// The shop's own word for it, where the status is none that we know.
    pub(super) label: String,
    pub(super) total: String,
    pub(super) expected: Option<NaiveDate>,
}

/// A storage contract as a result describes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    /// The alias that the tools know it by; never spoken.
    pub(super) id: String,
    pub(super) tires: String,
    pub(super) location: String,
    /// Hryvnias; "0" if nothing is owed.
    pub(super) debt: String,
}

/// A piece of news.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tell {
    Hello,
    Welcome,
    TakeYourTime,
    AllRight,
    NotUnderstood,
    /// The caller asked for the language that this is said in.
    InThisLanguage,
    Farewell,
    Handover,
    Away,
    CannotLookUp,
    /// An effect had no answer: it may or may not have been done.
    Unsure,
    /// What only a person knows.
    NotMine,
    /// Out of the shop's articles, word for word.
    Answer(String),
    /// What stands under a number can only be told to that number.
    Withheld,
    // Tyres.
    Offers {
        size: TireSize,
        season: Season,
        items: Vec<Offer>,
    },
    Cheapest(Offer),
    Dearest(Offer),
    NoMoreOffers,
    NoBrand(String),
    NoSuchSeason {
        size: TireSize,
        season: Season,
    },
    NoSuchSize(TireSize),
    Stock {
        offer: Offer,
        wanted: Option<u32>,
    },
    CarSizes {
        car: String,
        sizes: Vec<TireSize>,
    },
    CarUnknown,
    SeasonNow(Season),
    // Orders.
    Draft {
        /// Pieces and name of each article.
        lines: Vec<(i64, String)>,
        total: String,
    },
    OnlyLeft(i64),
    TooMany,
    TooDear,
    OrdersADay,
    NoPoint,
    Delivery {
        kind: DeliveryType,
        cost: String,
        days: u64,
        total: String,
    },
    Ordered {
        number: String,
        total: String,
        expected: Option<NaiveDate>,
    },
    Orders(Vec<OrderNews>),
    NoOrders,
    // Fitting.
    NoStation,
    PlaceUnknown,
    OnlyStation(Place),
    Slot {
        date: NaiveDate,
        time: NaiveTime,
    },
    TimeNotFree(NaiveTime),
    SlotTaken,
    DayFull(NaiveDate),
    NothingFree,
    Today,
    OutsideWindow,
    WeekdayWrong(NaiveDate),
    Booked {
        date: NaiveDate,
        time: NaiveTime,
        place: String,
    },
    NotBookable,
    Late,
    YourBooking(Visit),
    NoBookings,
    Moved {
        date: NaiveDate,
        time: NaiveTime,
        place: String,
    },
    Cancelled(Option<(NaiveDate, NaiveTime)>),
    Kept,
    /// Rows are (class of vehicle as the price list names it, hryvnias).
    Prices {
        rim: u64,
        service: Service,
        rows: Vec<(String, String)>,
    },
    NoPrice,
    Stored(Stored),
    NoStorage,
    /// The first day on which stored tyres are at the station.
    StoredFrom(NaiveDate),
    /// The tyres of this call's order come on that day.
    TyresExpected(NaiveDate),
    // What comes later.
    CallbackSaved,
    WishSaved,
}

impl Tell {
    /// True if it tells the caller something, rather than that we are lost.
    pub(super) const fn is_news(&self) -> bool {
        !matches!(
            self,
            Self::Hello | Self::NotUnderstood | Self::AllRight | Self::PlaceUnknown | Self::Welcome
        )
    }
}

/// A question, always closed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ask {
    Need,
    MoreHelp,
    Operator,
    Callback,
    CallbackTime,
    // Tyres.
    Season(TireSize),
    Size(Option<Season>),
    TakeSeason(Season),
    TakeSize(Vec<TireSize>),
    Car,
    /// Whether one of the offers suits.
    WhichOne,
    WhichTire(Vec<Offer>),
    // Orders.
    OrderThem,
    Quantity(String),
    TakeRest(i64),
    Way,
    City,
    Address,
    Point(Vec<String>),
    Payment,
    Recipient,
    ChangeOrder,
    // Fitting.
    FitThem,
    Station(Vec<String>),
    When,
    Time {
        date: NaiveDate,
        times: Vec<NaiveTime>,
    },
    Name,
    Vehicle,
    Colour,
    Make,
    Phone,
    Change,
    WhichBooking(Vec<Visit>),
    MoveOrCancel,
    Rim,
    FitStored,
    /// Whether the stored tyres are the ones to be fitted.
    UseStored,
    WhichStored(Vec<String>),
    // Wishes.
    WishSize(TireSize),
    WishSlot(NaiveDate),
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

/// Arguments with a number to reach the caller by.
pub(super) fn gives_phone(args: &Value) -> bool {
    ["customer_phone", "phone"].iter().any(|field| args[field].is_string())
}

/// Who the caller is, from their own words in this call.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    /// The name is the caller's own, and may be remembered as theirs.
    pub(super) name_is_own: bool,
    pub(super) city: Option<String>,
    pub(super) plate: Option<String>,
    /// The car: plate, or colour and make.
    pub(super) vehicle: Option<String>,
    /// Half of a description of the car.
    pub(super) vehicle_part: Option<String>,
    /// The network gave no number: one is to be asked for.
    pub(super) needs_phone: bool,
    pub(super) phone: Option<Phone>,
    /// The core has read it back and the caller said yes.
    pub(super) phone_confirmed: bool,
    /// Where the order goes.
    pub(super) address: Option<Personal>,
}

impl Person {
    /// The question about a number that is still owed, if the network gave none.
    pub(super) fn phone_owed(&self) -> Option<Ask> {
        (self.needs_phone && self.phone.is_none()).then_some(Ask::Phone)
    }

    /// The core reads this number back before the tool gets it.
    pub(super) fn hears_back(&self, args: &Value) -> bool {
        self.needs_phone && !self.phone_confirmed && gives_phone(args)
    }

    /// Writes the number into `args` as `field`, if the network gave none.
    pub(super) fn write_phone(&self, args: &mut Value, field: &str) {
        if let Some(phone) = self.phone.as_ref().filter(|_| self.needs_phone) {
            args[field] = serde_json::json!(phone);
        }
    }
}
