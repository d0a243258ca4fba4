//! Every sentence exists in every language, short enough for the phone.

use super::super::reply::{Ask, Offer, OrderNews, Place, Reply, Stored, Tell, Visit};
use super::of_reply;
use crate::language::Language;
use crate::shop::{DeliveryType, Season, Service, TireSize};
use chrono::{NaiveDate, NaiveTime};

/// What a sentence may be long, characters.
const CHARS_MAX: usize = 200;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()
}

fn hour() -> NaiveTime {
    NaiveTime::from_hms_opt(10, 20, 0).unwrap()
}

fn size() -> TireSize {
    TireSize::new(205, 55, 16).unwrap()
}

fn offer(brand: &str) -> Offer {
    Offer {
        id: "1".into(),
        brand: brand.into(),
        model: "Winter i*cept RS3".into(),
        price: "3100".into(),
        quantity: 4,
    }
}

fn visit() -> Visit {
    Visit {
        id: "B1".into(),
        station_code: "100001".into(),
        station: "Дарниця".into(),
        date: day(),
        time: hour(),
    }
}

fn order(status: &str) -> OrderNews {
    OrderNews {
        number: "100245".into(),
        status: status.into(),
        label: "packed".into(),
        total: "12550".into(),
        expected: Some(day()),
    }
}

/// News without figures.
const PLAIN: [Tell; 34] = [
    Tell::Hello,
    Tell::Welcome,
    Tell::TakeYourTime,
    Tell::AllRight,
    Tell::NotUnderstood,
    Tell::InThisLanguage,
    Tell::Farewell,
    Tell::Handover,
    Tell::Away,
    Tell::CannotLookUp,
    Tell::Unsure,
    Tell::NotMine,
    Tell::Withheld,
    Tell::NoMoreOffers,
    Tell::CarUnknown,
    Tell::TooMany,
    Tell::TooDear,
    Tell::OrdersADay,
    Tell::NoPoint,
    Tell::NoOrders,
    Tell::NoStation,
    Tell::PlaceUnknown,
    Tell::SlotTaken,
    Tell::NothingFree,
    Tell::Today,
    Tell::OutsideWindow,
    Tell::NotBookable,
    Tell::Late,
    Tell::NoBookings,
    Tell::Kept,
    Tell::NoPrice,
    Tell::NoStorage,
    Tell::CallbackSaved,
    Tell::WishSaved,
];

fn tells() -> Vec<Tell> {
    let items = vec![offer("Rosava"), offer("Nokian"), offer("Michelin")];
    let (date, time, place) = (day(), hour(), "Дарниця".to_owned());
    let named =
        Place { name: "Дарниця".into(), address: "Шосе, 8".into(), ..Place::default() };
    let mut all = PLAIN.to_vec();
    all.extend([
        Tell::Offers { size: size(), season: Season::AllSeason, items },
        Tell::Cheapest(offer("Rosava")),
        Tell::Dearest(offer("Michelin")),
        Tell::NoBrand("Michelin".into()),
        Tell::NoSuchSeason { size: size(), season: Season::Summer },
        Tell::NoSuchSize(size()),
        Tell::Stock { offer: offer("Nokian"), wanted: Some(4) },
        Tell::Stock { offer: offer("Nokian"), wanted: Some(5) },
        Tell::Stock { offer: offer("Nokian"), wanted: None },
        Tell::CarSizes { car: "Toyota Corolla".into(), sizes: vec![size(); 4] },
        Tell::SeasonNow(Season::Winter),
        Tell::Draft {
            lines: vec![(4, "Nokian WR D4 205/55 R16".into()), (2, "Rosava Snowgard".into())],
            total: "12400".into(),
        },
        Tell::OnlyLeft(0),
        Tell::OnlyLeft(2),
        Tell::Delivery {
            kind: DeliveryType::Delivery,
            cost: "150".into(),
            days: 2,
            total: "12550".into(),
        },
        Tell::Ordered { number: "100245".into(), total: "12550".into(), expected: Some(date) },
        Tell::Orders(vec![order("shipped"), order("strange")]),
        Tell::OnlyStation(named),
        Tell::Slot { date, time },
        Tell::TimeNotFree(time),
        Tell::DayFull(date),
        Tell::WeekdayWrong(date),
        Tell::Booked { date, time, place: place.clone() },
        Tell::YourBooking(visit()),
        Tell::Moved { date, time, place },
        Tell::Cancelled(None),
        Tell::Cancelled(Some((date, time))),
        Tell::Prices {
            rim: 16,
            service: Service::FullService,
            rows: vec![("car".into(), "980".into()), ("suv".into(), "1180".into())],
        },
        Tell::Stored(Stored {
            id: "S1".into(),
            tires: "4 Nokian".into(),
            location: "Київ".into(),
            debt: "350".into(),
        }),
        Tell::StoredFrom(date),
        Tell::TyresExpected(date),
    ]);
    all
}

fn asks() -> Vec<Ask> {
    let places = || vec!["Оболонь".to_owned(), "Дарниця".into(), "Зелена".into()];
    vec![
        Ask::Need,
        Ask::MoreHelp,
        Ask::Operator,
        Ask::Callback,
        Ask::CallbackTime,
        Ask::Season(size()),
        Ask::Size(None),
        Ask::Size(Some(Season::Winter)),
        Ask::TakeSeason(Season::Summer),
        Ask::TakeSize(vec![size()]),
        Ask::TakeSize(vec![size(); 4]),
        Ask::Car,
        Ask::WhichOne,
        Ask::WhichTire(vec![offer("Rosava"), offer("Nokian")]),
        Ask::OrderThem,
        Ask::Quantity("Nokian WR D4".into()),
        Ask::TakeRest(2),
        Ask::Way,
        Ask::City,
        Ask::Address,
        Ask::Point(places()),
        Ask::Payment,
        Ask::Recipient,
        Ask::ChangeOrder,
        Ask::FitThem,
        Ask::Station(places()),
        Ask::When,
        Ask::Time { date: day(), times: vec![hour(); 3] },
        Ask::Name,
        Ask::Vehicle,
        Ask::Colour,
        Ask::Make,
        Ask::Phone,
        Ask::Change,
        Ask::WhichBooking(vec![visit(), visit(), visit()]),
        Ask::MoveOrCancel,
        Ask::Rim,
        Ask::FitStored,
        Ask::UseStored,
        Ask::WhichStored(places()),
        Ask::WishSize(size()),
        Ask::WishSlot(day()),
    ]
}

#[test]
fn every_sentence_exists_in_every_language() {
    for language in [Language::En, Language::Uk, Language::Ru] {
        for tell in tells() {
            let text = of_reply(&Reply::tell(tell.clone()), language);
            assert!(text.ends_with(['.', '!']), "{tell:?}: {text:?}");
            assert!(text.chars().count() <= CHARS_MAX, "{text}");
        }
        for ask in asks() {
            let text = of_reply(&Reply::ask(ask.clone()), language);
            assert!(text.ends_with('?'), "{ask:?}: {text:?}");
            assert!(text.chars().count() <= CHARS_MAX, "{text}");
        }
    }
}

#[test]
fn every_language_has_its_own_words() {
    for ask in asks() {
        let words = [Language::En, Language::Uk, Language::Ru]
            .map(|language| of_reply(&Reply::ask(ask.clone()), language));
        assert_ne!(words[0], words[1], "{ask:?}");
        // "Записати", "Записать": some letters differ always.
        assert_ne!(words[1], words[2], "{ask:?}");
    }
}

#[test]
fn internal_names_are_never_spoken() {
    for language in [Language::En, Language::Uk, Language::Ru] {
        for tell in tells() {
            let text = of_reply(&Reply::tell(tell), language);
            for id in ["B1", "S1", "100001", "D1"] {
                assert!(!text.contains(id), "{text}");
            }
        }
    }
}
