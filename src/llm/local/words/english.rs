//! The brain's sentences in English.

use super::super::reply::{Ask, Offer, OrderNews, Tell, Visit};
use super::{capital, clock, is_zero, joined, listed, names, places, sizes};
use crate::language::Language;
use crate::language::calendar::on_day;
use crate::shop::{DeliveryType, FITTING_DAYS_AHEAD_MAX, Season, Service};
use chrono::NaiveDate;

const fn season(season: Season) -> &'static str {
    match season {
        Season::Winter => "winter",
        Season::Summer => "summer",
        Season::AllSeason => "all-season",
    }
}

const fn service(service: Service) -> &'static str {
    match service {
        Service::TireChange => "tyre change",
        Service::Balancing => "balancing",
        Service::FullService => "tyre change with balancing",
    }
}

fn class(word: &str) -> &str {
    match word {
        "car" => "a car",
        "suv" => "an SUV",
        "van" | "gazelle" => "a van",
        other => other,
    }
}

fn status(order: &OrderNews) -> &str {
    match order.status.as_str() {
        "draft" => "not confirmed yet",
        "confirmed" | "created" => "confirmed",
        "shipped" => "on its way",
        "delivering" => "with the courier",
        "delivered" => "delivered",
        "cancelled" => "cancelled",
        _ => &order.label,
    }
}

fn offer(offer: &Offer) -> String {
    format!("{} {} at {} UAH", offer.brand, offer.model, offer.price)
}

/// The shop's currency once, at the end.
fn offers(items: &[Offer]) -> String {
    let named = names(items).into_iter().zip(items);
    let priced: Vec<String> =
        named.map(|(name, offer)| format!("{name} at {}", offer.price)).collect();
    format!("{} UAH each", listed(&priced, "and"))
}

fn on(date: NaiveDate) -> String {
    on_day(date, Language::En)
}

fn visit(visit: &Visit) -> String {
    format!("{} at {}, {}", on(visit.date), clock(visit.time), visit.station)
}

/// News in words.
pub(super) fn tell(tell: &Tell) -> String {
    talk(tell)
        .or_else(|| tires(tell))
        .or_else(|| order(tell))
        .or_else(|| slots(tell))
        .or_else(|| fitting(tell))
        .unwrap_or_default()
}

fn talk(tell: &Tell) -> Option<String> {
    if let Tell::Answer(text) = tell {
        return Some(text.clone());
    }
    Some(String::from(match tell {
        Tell::Hello => "Hello!",
        Tell::Welcome => "You are welcome.",
        Tell::TakeYourTime => "Take your time, I am on the line.",
        Tell::AllRight => "All right.",
        Tell::NotUnderstood => "Sorry, I did not understand that.",
        Tell::InThisLanguage => "Yes, we can speak English.",
        Tell::Farewell => "Thank you. Goodbye!",
        Tell::Handover => "I am connecting you to an operator.",
        Tell::Away => "Sorry, I cannot do that just now.",
        Tell::CannotLookUp => "I cannot look right now.",
        Tell::Unsure => "I have no answer whether that was done.",
        Tell::NotMine => "A colleague knows that better than I do.",
        Tell::Withheld => "Your number is withheld, so I must not look into your records.",
        Tell::CallbackSaved => "I have noted it, we will ring you.",
        Tell::WishSaved => "I have noted it, we will let you know.",
        Tell::Late => {
            "Thank you for telling. Your booking stays as it is; I cannot reach the \
                       station myself."
        }
        Tell::NotBookable => "I cannot book that myself.",
        _ => return None,
    }))
}

fn tires(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Offers { size, season: of, items } => {
            format!("For {size} {} I have {}.", season(*of), offers(items))
        }
        Tell::Cheapest(one) => format!("The cheapest is {} each.", offer(one)),
        Tell::Dearest(one) => format!("The top one is {} each.", offer(one)),
        Tell::NoMoreOffers => "I have no others of that kind.".into(),
        Tell::NoBrand(brand) => format!("There is no {brand} in this size, but there are others."),
        Tell::NoSuchSeason { size, season: of } => {
            format!("For {size} I have no {} tyres now.", season(*of))
        }
        Tell::NoSuchSize(size) => format!("I have no {size} now."),
        Tell::Stock { offer, wanted } => stock(offer, *wanted),
        Tell::CarSizes { car, sizes: found } => {
            format!("{car} takes {}.", listed(&sizes(found), "or"))
        }
        Tell::CarUnknown => "I do not have that car in my list.".into(),
        Tell::SeasonNow(of) => format!("For this time of the year it is {} tyres.", season(*of)),
        _ => return None,
    })
}

fn stock(offer: &Offer, wanted: Option<u32>) -> String {
    let name = format!("{} {}", offer.brand, offer.model);
    match wanted.map(i64::from) {
        _ if offer.quantity <= 0 => format!("{name} is out of stock now."),
        Some(wanted) if offer.quantity >= wanted => {
            format!("Yes, {wanted} of the {name} in stock.")
        }
        Some(_) => format!("Only {} of the {name} in stock.", offer.quantity),
        None => format!("There are {} of the {name} at {} UAH.", offer.quantity, offer.price),
    }
}

fn order(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Draft { lines, total } => {
            let lines = lines.iter().map(|(count, name)| format!("{count} of {name}"));
            format!("{}, {total} UAH in all.", lines.collect::<Vec<_>>().join(" and "))
        }
        Tell::OnlyLeft(0) => "They are out of stock now.".into(),
        Tell::OnlyLeft(left) => format!("Only {left} in stock."),
        Tell::TooMany => "So many pieces only a colleague can sell.".into(),
        Tell::TooDear => "Such a large order only a colleague can take.".into(),
        Tell::OrdersADay => "I cannot take more orders from this number today.".into(),
        Tell::NoPoint => "I see no pickup point now.".into(),
        Tell::Delivery { kind, cost, days, total } => {
            let way = match kind {
                DeliveryType::Delivery => "Delivery",
                DeliveryType::Pickup => "Pickup",
            };
            let cost = if is_zero(cost) { "is free".into() } else { format!("is {cost} UAH") };
            let days = match days {
                0 => String::new(),
                1 => ", 1 day".into(),
                days => format!(", {days} days"),
            };
            format!("{way} {cost}{days}; {total} UAH in all.")
        }
        Tell::Ordered { number, total, expected } => {
            let by = expected.map(|day| format!(", expected {}", on(day))).unwrap_or_default();
            format!("Your order is placed, number {number}, {total} UAH{by}.")
        }
        Tell::Orders(found) => {
            let one = |order: &OrderNews| {
                let open = !matches!(order.status.as_str(), "delivered" | "cancelled");
                let by = order.expected.filter(|_| open);
                let by = by.map(|day| format!(", expected {}", on(day))).unwrap_or_default();
                format!("Order {} is {}, {} UAH{by}.", order.number, status(order), order.total)
            };
            found.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Tell::NoOrders => "I find no such order under your number.".into(),
        _ => return None,
    })
}

fn slots(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::NoStation => "Sorry, I see no fitting station now.".into(),
        Tell::PlaceUnknown => "I do not know that place.".into(),
        Tell::OnlyStation(place) => {
            format!("Our station is {}.", joined(&[&place.name, &place.address]))
        }
        Tell::Slot { date, time } => {
            format!("{} at {} is free.", capital(&on(*date)), clock(*time))
        }
        Tell::TimeNotFree(time) => format!("{} is not free.", clock(*time)),
        Tell::SlotTaken => "Sorry, that time has just been taken.".into(),
        Tell::DayFull(date) => format!("There is nothing free {}.", on(*date)),
        Tell::NothingFree => "Sorry, nothing is free within three weeks.".into(),
        Tell::Today => "For today please ring the station itself; I can book from tomorrow.".into(),
        Tell::OutsideWindow => {
            format!("I can book from tomorrow to {FITTING_DAYS_AHEAD_MAX} days ahead.")
        }
        Tell::WeekdayWrong(date) => format!("That day is {}.", on(*date).replacen("on ", "", 1)),
        _ => return None,
    })
}

fn fitting(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Booked { date, time, place } => {
            format!("You are booked {} at {}, {place}.", on(*date), clock(*time))
        }
        Tell::YourBooking(booked) => format!("You are booked {}.", visit(booked)),
        Tell::NoBookings => "I find no booking under your number.".into(),
        Tell::Moved { date, time, place } => {
            format!("Your booking is moved: {} at {}, {place}.", on(*date), clock(*time))
        }
        Tell::Cancelled(Some((date, time))) => {
            format!("Your booking {} at {} is cancelled.", on(*date), clock(*time))
        }
        Tell::Cancelled(None) => "Your booking is cancelled.".into(),
        Tell::Kept => "All right, your booking stays as it is.".into(),
        Tell::Prices { rim, service: of, rows } => {
            let one = |(word, price): &(String, String)| match class(word) {
                "" => format!("{price} UAH"),
                class => format!("{price} UAH for {class}"),
            };
            let rows: Vec<String> = rows.iter().map(one).collect();
            format!("{} for R{rim} is {}.", capital(service(*of)), listed(&rows, "and"))
        }
        Tell::NoPrice => "I have no price for that.".into(),
        Tell::Stored(one) => {
            let debt = if is_zero(&one.debt) {
                String::new()
            } else {
                format!(" {} UAH are still to be paid.", one.debt)
            };
            format!("We keep for you: {}.{debt}", joined(&[&one.tires, &one.location]))
        }
        Tell::TyresExpected(date) => format!("The tyres are expected {}.", on(*date)),
        Tell::StoredFrom(date) => {
            format!("Stored tyres can be at the station {} at the earliest.", on(*date))
        }
        Tell::NoStorage => "I find nothing in storage under your number.".into(),
        _ => return None,
    })
}

/// A question in words.
pub(super) fn ask(ask: &Ask) -> String {
    ask_of_tires(ask).or_else(|| ask_of_order(ask)).unwrap_or_else(|| ask_of_fitting(ask))
}

fn ask_of_tires(ask: &Ask) -> Option<String> {
    Some(match ask {
        Ask::Need => "Are you looking for tyres, or shall I book a tyre fitting?".into(),
        Ask::MoreHelp => "Anything else?".into(),
        Ask::Operator => "Shall I connect you with an operator?".into(),
        Ask::Callback => "Shall we ring you back?".into(),
        Ask::CallbackTime => "When shall we ring you: in the morning, afternoon or evening?".into(),
        Ask::Season(size) => format!("For {size}: winter, summer or all-season tyres?"),
        Ask::Size(None) => {
            "Which tyre size do you need, as it stands on the side of the tyre?".into()
        }
        Ask::Size(Some(of)) => {
            let of = season(*of);
            format!("Which size of {of} tyres do you need: width, profile and rim?")
        }
        Ask::TakeSeason(of) => format!("I have {} ones. Shall I name them?", season(*of)),
        Ask::TakeSize(found) => match found.as_slice() {
            [only] => format!("I have {only}. Is that your size?"),
            found => {
                format!("I have {}. Which of these is your size?", listed(&sizes(found), "and"))
            }
        },
        Ask::Car => "What make, model and year is the car?".into(),
        Ask::WhichOne => "Which one would you like?".into(),
        Ask::WhichTire(offers) => format!("Which one: {}?", listed(&names(offers), "or")),
        Ask::WishSize(size) => format!("Shall I let you know when {size} is there?"),
        _ => return None,
    })
}

fn ask_of_order(ask: &Ask) -> Option<String> {
    Some(match ask {
        Ask::OrderThem => "Shall I order them?".into(),
        Ask::Quantity(name) => format!("How many of the {name} do you need?"),
        Ask::TakeRest(left) => format!("Shall I order {left}?"),
        Ask::Way => "Shall we deliver, or will you pick them up?".into(),
        Ask::City => "Which city shall we deliver to?".into(),
        Ask::Address => "What street and house, or which Nova Poshta branch?".into(),
        Ask::Point(options) => {
            format!("You can pick up at {}. Which one?", places(options, "or", "others"))
        }
        Ask::Payment => "How will you pay: cash on delivery, card on delivery, or online?".into(),
        Ask::Recipient => "What is the recipient's name?".into(),
        Ask::ChangeOrder => {
            "What shall I change: the quantity, the delivery, the payment or the recipient?".into()
        }
        _ => return None,
    })
}

fn ask_of_fitting(ask: &Ask) -> String {
    match ask {
        Ask::FitThem => "Shall I book a fitting?".into(),
        Ask::Station(options) => {
            format!("We have {}. Which one suits you?", places(options, "and", "others"))
        }
        Ask::When => "Which day suits you, or the earliest time?".into(),
        Ask::Time { date, times } => {
            let times: Vec<String> = times.iter().map(|time| clock(*time)).collect();
            let day = capital(&on(*date));
            format!("{day} there is {}. Which time do you want?", listed(&times, "and"))
        }
        Ask::Name => "What name is the booking for?".into(),
        Ask::Vehicle => "What colour and make is the car, or its plate?".into(),
        Ask::Colour => "And what colour is the car?".into(),
        Ask::Make => "And what make is the car?".into(),
        Ask::Phone => "Your number is withheld. What phone number can we reach you at?".into(),
        Ask::Change => "What shall I change: the day, the time or the station?".into(),
        Ask::WhichBooking(booked) => {
            let booked: Vec<String> = booked.iter().map(visit).collect();
            format!("You have bookings {}. Which one?", booked.join("; "))
        }
        Ask::MoveOrCancel => "Shall I move it or cancel it?".into(),
        Ask::Rim => "What is the rim diameter, in inches?".into(),
        Ask::FitStored => "Shall I book a fitting with them?".into(),
        Ask::UseStored => "Are these the tyres to fit?".into(),
        Ask::WhichStored(stored) => {
            format!("Which of the stored ones: {}?", listed(stored, "or"))
        }
        Ask::WishSlot(_) => "Shall I let you know when a time becomes free?".into(),
        _ => String::new(),
    }
}
