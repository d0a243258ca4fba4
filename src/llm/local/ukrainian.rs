//! The brain's sentences in Ukrainian. Figures stay figures; the speaking side words them.

use super::reply::{Ask, Offer, Tell};
use super::{capital, clock, listed, names, places};
use crate::language::Language;
use crate::language::calendar::on_day;
use crate::shop::{FITTING_DAYS_AHEAD_MAX, Season};

const fn season(season: Season) -> &'static str {
    match season {
        Season::Winter => "зимові",
        Season::Summer => "літні",
        Season::AllSeason => "всесезонні",
    }
}

fn offer(offer: &Offer) -> String {
    format!("{} {} по {} грн", offer.brand, offer.model, offer.price)
}

/// The shop's currency once, at the end.
fn offers(items: &[Offer]) -> String {
    let priced: Vec<String> = names(items)
        .into_iter()
        .zip(items)
        .map(|(name, offer)| format!("{name} по {}", offer.price))
        .collect();
    format!("{} грн", listed(&priced, "та"))
}

/// "1 шина", "2 шини", "5 шин".
fn tyres(count: i64) -> String {
    let noun = match (count % 100, count % 10) {
        (11..=14, _) => "шин",
        (_, 1) => "шина",
        (_, 2..=4) => "шини",
        _ => "шин",
    };
    format!("{count} {noun}")
}

/// News in words.
pub(super) fn tell(tell: &Tell) -> String {
    match tell {
        Tell::Hello => "Вітаю!".into(),
        Tell::Welcome => "Прошу.".into(),
        Tell::TakeYourTime => "Не поспішайте, я на лінії.".into(),
        Tell::AllRight => "Добре.".into(),
        Tell::NotUnderstood => "Перепрошую, я не зрозумів.".into(),
        Tell::Farewell => "Дякую. До побачення!".into(),
        Tell::Handover => "З'єдную вас з оператором.".into(),
        Tell::Away => "Перепрошую, зараз я не можу цього зробити.".into(),
        Tell::CannotLookUp => "Зараз я не можу цього перевірити.".into(),
        Tell::Offers { size, season: of, items } => {
            format!("{} {size}: {}.", capital(season(*of)), offers(items))
        }
        Tell::Cheapest(one) => format!("Найдешевша: {}.", offer(one)),
        Tell::Dearest(one) => format!("Найкраща: {}.", offer(one)),
        Tell::NoMoreOffers => "Інших таких немає.".into(),
        Tell::NoBrand(brand) => format!("{brand} у цьому розмірі немає, але є інші."),
        Tell::NoSuchSeason { size, season: of } => {
            format!("У розмірі {size} зараз немає, {} шини закінчилися.", season(*of))
        }
        Tell::NoSuchSize(size) => format!("Розміру {size} зараз немає."),
        Tell::Stock { offer, wanted } => stock(offer, *wanted),
        Tell::NoStation => "Перепрошую, зараз не бачу жодної станції.".into(),
        Tell::PlaceUnknown => "Такого місця я не знаю.".into(),
        Tell::OnlyStation(place) => {
            let at: Vec<&str> = [place.name.as_str(), place.address.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            format!("Наша станція: {}.", at.join(", "))
        }
        Tell::Slot { date, time } => {
            format!("{} о {} вільно.", capital(&on(*date)), clock(*time))
        }
        Tell::TimeNotFree(time) => format!("О {} вже зайнято.", clock(*time)),
        Tell::SlotTaken => "Перепрошую, цей час щойно зайняли.".into(),
        Tell::DayFull(date) => format!("{} вільного часу немає.", capital(&on(*date))),
        Tell::NothingFree => "Перепрошую, за три тижні немає вільного часу.".into(),
        Tell::Today => {
            "На сьогодні зателефонуйте, будь ласка, на саму станцію; я записую від завтра.".into()
        }
        Tell::OutsideWindow => {
            format!("Я можу записати від завтра і на {FITTING_DAYS_AHEAD_MAX} день наперед.")
        }
        Tell::WeekdayWrong(date) => format!("Ця дата припадає {}.", on(*date)),
        Tell::Booked { date, time, place } => {
            format!("Вас записано: {} о {}, {place}.", on(*date), clock(*time))
        }
    }
}

fn on(date: chrono::NaiveDate) -> String {
    on_day(date, Language::Uk)
}

fn stock(offer: &Offer, wanted: Option<u32>) -> String {
    let name = format!("{} {}", offer.brand, offer.model);
    match wanted.map(i64::from) {
        _ if offer.quantity <= 0 => format!("{name} зараз немає в наявності."),
        Some(wanted) if offer.quantity >= wanted => {
            format!("Так, {} {name} є в наявності.", tyres(wanted))
        }
        Some(_) => format!("Є лише {} {name}.", tyres(offer.quantity)),
        None => format!("{name}: є {}, по {} грн.", tyres(offer.quantity), offer.price),
    }
}

/// A question in words.
pub(super) fn ask(ask: &Ask) -> String {
    match ask {
        Ask::Need => "Вам підібрати шини чи записати на шиномонтаж?".into(),
        Ask::MoreHelp => "Щось іще?".into(),
        Ask::Operator => "З'єднати вас з оператором?".into(),
        Ask::Season(size) => format!("Для розміру {size} потрібні зимові, літні чи всесезонні?"),
        Ask::Size(None) => "Який розмір шин вам потрібен, як написано збоку на шині?".into(),
        Ask::Size(Some(of)) => {
            format!("Потрібні {} шини: який розмір, тобто ширина, профіль і діаметр?", season(*of))
        }
        Ask::TakeSeason(of) => format!("Є {} шини. Назвати їх?", season(*of)),
        Ask::TakeSize(sizes) => match sizes.as_slice() {
            [only] => format!("Є {only}. Це ваш розмір?"),
            sizes => {
                let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
                format!("Є {}. Який з них ваш розмір?", listed(&sizes, "та"))
            }
        },
        Ask::WhichTire(offers) => {
            format!("Яка саме: {}?", listed(&names(offers), "чи"))
        }
        Ask::FitThem => "Записати на шиномонтаж?".into(),
        Ask::Station(options) => {
            format!("Є {}. Де вам зручніше?", places(options, "та", "інші"))
        }
        Ask::When => "На який день, чи взяти найближчий час?".into(),
        Ask::Time { date, times } => {
            let times: Vec<String> = times.iter().map(|time| clock(*time)).collect();
            format!("{} є {}. Який час вам підходить?", capital(&on(*date)), listed(&times, "та"))
        }
        Ask::Name => "На яке ім'я записати?".into(),
        Ask::Vehicle => "Якого кольору і марки автомобіль, або який номер?".into(),
        Ask::Colour => "А якого кольору автомобіль?".into(),
        Ask::Make => "А якої марки автомобіль?".into(),
        Ask::Phone => "Ваш номер прихований. За яким номером телефону з вами зв'язатися?".into(),
        Ask::PhoneRight(phone) => format!("Ваш номер {}. Правильно?", phone.reveal()),
        Ask::Change => "Що змінити: день, час чи станцію?".into(),
    }
}
