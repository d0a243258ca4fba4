//! The brain's sentences in English. Figures stay figures; the speaking side words them.

use super::reply::{Ask, Offer, Tell};
use super::{capital, clock, listed, names, places};
use crate::language::Language;
use crate::language::calendar::on_day;
use crate::shop::{FITTING_DAYS_AHEAD_MAX, Season};

const fn season(season: Season) -> &'static str {
    match season {
        Season::Winter => "winter",
        Season::Summer => "summer",
        Season::AllSeason => "all-season",
    }
}

fn offer(offer: &Offer) -> String {
    format!("{} {} at {} UAH", offer.brand, offer.model, offer.price)
}

/// The shop's currency once, at the end.
fn offers(items: &[Offer]) -> String {
    let priced: Vec<String> = names(items)
        .into_iter()
        .zip(items)
        .map(|(name, offer)| format!("{name} at {}", offer.price))
        .collect();
    format!("{} UAH each", listed(&priced, "and"))
}

/// News in words.
pub(super) fn tell(tell: &Tell) -> String {
    match tell {
        Tell::Hello => "Hello!".into(),
        Tell::Welcome => "You are welcome.".into(),
        Tell::TakeYourTime => "Take your time, I am on the line.".into(),
        Tell::AllRight => "All right.".into(),
        Tell::NotUnderstood => "Sorry, I did not understand that.".into(),
        Tell::Farewell => "Thank you. Goodbye!".into(),
        Tell::Handover => "I am connecting you to an operator.".into(),
        Tell::Away => "Sorry, I cannot do that just now.".into(),
        Tell::CannotLookUp => "I cannot look right now.".into(),
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
        Tell::NoStation => "Sorry, I see no fitting station now.".into(),
        Tell::PlaceUnknown => "I do not know that place.".into(),
        Tell::OnlyStation(place) => {
            let at: Vec<&str> = [place.name.as_str(), place.address.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            format!("Our station is {}.", at.join(", "))
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
        Tell::Booked { date, time, place } => {
            format!("You are booked {} at {}, {place}.", on(*date), clock(*time))
        }
    }
}

fn on(date: chrono::NaiveDate) -> String {
    on_day(date, Language::En)
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

/// A question in words.
pub(super) fn ask(ask: &Ask) -> String {
    match ask {
        Ask::Need => "Are you looking for tyres, or shall I book a tyre fitting?".into(),
        Ask::MoreHelp => "Anything else?".into(),
        Ask::Operator => "Shall I connect you with an operator?".into(),
        Ask::Season(size) => {
            format!("For {size}: winter, summer or all-season tyres?")
        }
        Ask::Size(None) => {
            "Which tyre size do you need, as it stands on the side of the tyre?".into()
        }
        Ask::Size(Some(of)) => {
            let of = season(*of);
            format!("Which size of {of} tyres do you need: width, profile and rim?")
        }
        Ask::TakeSeason(of) => format!("I have {} ones. Shall I name them?", season(*of)),
        Ask::TakeSize(sizes) => match sizes.as_slice() {
            [only] => format!("I have {only}. Is that your size?"),
            sizes => {
                let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
                format!("I have {}. Which of these is your size?", listed(&sizes, "and"))
            }
        },
        Ask::WhichTire(offers) => {
            format!("Which one: {}?", listed(&names(offers), "or"))
        }
        Ask::FitThem => "Shall I book a fitting?".into(),
        Ask::Station(options) => {
            format!("We have {}. Which one suits you?", places(options, "and", "others"))
        }
        Ask::When => "Which day suits you, or the earliest time?".into(),
        Ask::Time { date, times } => {
            let times: Vec<String> = times.iter().map(|time| clock(*time)).collect();
            format!(
                "{} there is {}. Which time do you want?",
                capital(&on(*date)),
                listed(&times, "and")
            )
        }
        Ask::Name => "What name is the booking for?".into(),
        Ask::Vehicle => "What colour and make is the car, or its plate?".into(),
        Ask::Colour => "And what colour is the car?".into(),
        Ask::Make => "And what make is the car?".into(),
        Ask::Phone => "Your number is withheld. What phone number can we reach you at?".into(),
        Ask::PhoneRight(phone) => format!("Your number is {}. Is that right?", phone.reveal()),
        Ask::Change => "What shall I change: the day, the time or the station?".into(),
    }
}
