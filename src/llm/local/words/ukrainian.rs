//! The brain's sentences in Ukrainian.

use super::super::reply::{Ask, Offer, OrderNews, Tell, Visit};
use super::{capital, clock, counted, is_zero, joined, listed, names, places, sizes};
use crate::language::Language;
use crate::language::calendar::on_day;
use crate::shop::{DeliveryType, FITTING_DAYS_AHEAD_MAX, Season, Service};
use chrono::NaiveDate;

const fn season(season: Season) -> &'static str {
    match season {
        Season::Winter => "зимові",
        Season::Summer => "літні",
        Season::AllSeason => "всесезонні",
    }
}

const fn service(service: Service) -> &'static str {
    match service {
        Service::TireChange => "заміна шин",
        Service::Balancing => "балансування",
        Service::FullService => "заміна шин із балансуванням",
    }
}

fn class(word: &str) -> &str {
    match word {
        "car" => "легковий",
        "suv" => "позашляховик",
        "van" | "gazelle" => "бус",
        other => other,
    }
}

fn status(order: &OrderNews) -> &str {
    match order.status.as_str() {
        "draft" => "ще не підтверджене",
        "confirmed" | "created" => "підтверджене",
        "shipped" => "у дорозі",
        "delivering" => "у кур'єра",
        "delivered" => "доставлене",
        "cancelled" => "скасоване",
        _ => &order.label,
    }
}

fn offer(offer: &Offer) -> String {
    format!("{} {} по {} грн", offer.brand, offer.model, offer.price)
}

/// The shop's currency once, at the end.
fn offers(items: &[Offer]) -> String {
    let named = names(items).into_iter().zip(items);
    let priced: Vec<String> =
        named.map(|(name, offer)| format!("{name} по {}", offer.price)).collect();
    format!("{} грн", listed(&priced, "та"))
}

fn tyres(count: i64) -> String {
    format!("{count} {}", counted(count, ["шина", "шини", "шин"]))
}

fn on(date: NaiveDate) -> String {
    on_day(date, Language::Uk)
}

fn visit(visit: &Visit) -> String {
    format!("{} о {}, {}", on(visit.date), clock(visit.time), visit.station)
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
        Tell::Hello => "Вітаю!",
        Tell::Welcome => "Прошу.",
        Tell::TakeYourTime => "Не поспішайте, я на лінії.",
        Tell::AllRight => "Добре.",
        Tell::NotUnderstood => "Перепрошую, я не зрозумів.",
        Tell::InThisLanguage => "Так, говоримо українською.",
        Tell::Farewell => "Дякую. До побачення!",
        Tell::Handover => "З'єдную вас з оператором.",
        Tell::Away => "Перепрошую, зараз я не можу цього зробити.",
        Tell::CannotLookUp => "Зараз я не можу цього перевірити.",
        Tell::Unsure => "Я не маю відповіді, чи це виконано.",
        Tell::NotMine => "Про це краще знає колега.",
        Tell::Withheld => "Ваш номер прихований, тому я не можу дивитися ваші записи.",
        Tell::CallbackSaved => "Я записав, вам зателефонують.",
        Tell::WishSaved => "Я записав, вам повідомлять.",
        Tell::Late => {
            "Дякую, що попередили. Ваш запис лишається; сам я не можу зв'язатися зі \
                       станцією."
        }
        Tell::NotBookable => "На це я сам записати не можу.",
        _ => return None,
    }))
}

fn tires(tell: &Tell) -> Option<String> {
    Some(match tell {
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
        Tell::CarSizes { car, sizes: found } => {
            format!("На {car} підходить {}.", listed(&sizes(found), "або"))
        }
        Tell::CarUnknown => "Такого автомобіля немає в моєму списку.".into(),
        Tell::SeasonNow(of) => format!("На цю пору року потрібні {} шини.", season(*of)),
        _ => return None,
    })
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

fn order(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Draft { lines, total } => {
            let lines = lines.iter().map(|(count, name)| format!("{} {name}", tyres(*count)));
            format!("{}, разом {total} грн.", lines.collect::<Vec<_>>().join(" і "))
        }
        Tell::OnlyLeft(0) => "Зараз їх немає в наявності.".into(),
        Tell::OnlyLeft(left) => format!("Є лише {}.", tyres(*left)),
        Tell::TooMany => "Стільки шин може продати лише колега.".into(),
        Tell::TooDear => "Таке велике замовлення може прийняти лише колега.".into(),
        Tell::OrdersADay => "Сьогодні з цього номера я більше не можу прийняти замовлення.".into(),
        Tell::NoPoint => "Пунктів видачі зараз не бачу.".into(),
        Tell::Delivery { kind, cost, days, total } => {
            let way = match kind {
                DeliveryType::Delivery => "Доставка",
                DeliveryType::Pickup => "Самовивіз",
            };
            let cost = if is_zero(cost) {
                " безкоштовно".into()
            } else {
                format!(" {cost} грн")
            };
            let count = i64::try_from(*days).unwrap_or(0);
            let days = match count {
                0 => String::new(),
                count => format!(", {count} {}", counted(count, ["день", "дні", "днів"])),
            };
            format!("{way}{cost}{days}; разом {total} грн.")
        }
        Tell::Ordered { number, total, expected } => {
            let by = expected.map(|day| format!(", очікуйте {}", on(day))).unwrap_or_default();
            format!("Замовлення оформлено, номер {number}, {total} грн{by}.")
        }
        Tell::Orders(found) => {
            let one = |order: &OrderNews| {
                let open = !matches!(order.status.as_str(), "delivered" | "cancelled");
                let by = order.expected.filter(|_| open);
                let by = by.map(|day| format!(", очікуйте {}", on(day))).unwrap_or_default();
                format!("Замовлення {}: {}, {} грн{by}.", order.number, status(order), order.total)
            };
            found.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Tell::NoOrders => "За вашим номером такого замовлення не бачу.".into(),
        _ => return None,
    })
}

fn slots(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::NoStation => "Перепрошую, зараз не бачу жодної станції.".into(),
        Tell::PlaceUnknown => "Такого місця я не знаю.".into(),
        Tell::OnlyStation(place) => {
            format!("Наша станція: {}.", joined(&[&place.name, &place.address]))
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
        _ => return None,
    })
}

fn fitting(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Booked { date, time, place } => {
            format!("Вас записано: {} о {}, {place}.", on(*date), clock(*time))
        }
        Tell::YourBooking(booked) => format!("Ви записані {}.", visit(booked)),
        Tell::NoBookings => "За вашим номером запису не бачу.".into(),
        Tell::Moved { date, time, place } => {
            format!("Запис перенесено: {} о {}, {place}.", on(*date), clock(*time))
        }
        Tell::Cancelled(Some((date, time))) => {
            format!("Запис {} о {} скасовано.", on(*date), clock(*time))
        }
        Tell::Cancelled(None) => "Запис скасовано.".into(),
        Tell::Kept => "Добре, запис лишається без змін.".into(),
        Tell::Prices { rim, service: of, rows } => {
            let one = |(word, price): &(String, String)| match class(word) {
                "" => format!("{price} грн"),
                class => format!("{class} {price} грн"),
            };
            let rows: Vec<String> = rows.iter().map(one).collect();
            format!("{} на R{rim}: {}.", capital(service(*of)), listed(&rows, "та"))
        }
        Tell::NoPrice => "Ціни на це я не маю.".into(),
        Tell::Stored(one) => {
            let debt = if is_zero(&one.debt) {
                String::new()
            } else {
                format!(" До сплати {} грн.", one.debt)
            };
            format!("На зберіганні: {}.{debt}", joined(&[&one.tires, &one.location]))
        }
        Tell::TyresExpected(date) => format!("Шини очікуються {}.", on(*date)),
        Tell::StoredFrom(date) => {
            format!("Шини зі зберігання будуть на станції щонайраніше {}.", on(*date))
        }
        Tell::NoStorage => "За вашим номером на зберіганні нічого немає.".into(),
        _ => return None,
    })
}

/// A question in words.
pub(super) fn ask(ask: &Ask) -> String {
    ask_of_tires(ask).or_else(|| ask_of_order(ask)).unwrap_or_else(|| ask_of_fitting(ask))
}

fn ask_of_tires(ask: &Ask) -> Option<String> {
    Some(match ask {
        Ask::Need => "Вам підібрати шини чи записати на шиномонтаж?".into(),
        Ask::MoreHelp => "Чимось ще допомогти?".into(),
        Ask::Operator => "З'єднати вас з оператором?".into(),
        Ask::Callback => "Зателефонувати вам пізніше?".into(),
        Ask::CallbackTime => "Коли вам зателефонувати: зранку, вдень чи ввечері?".into(),
        Ask::Season(size) => format!("Для розміру {size} потрібні зимові, літні чи всесезонні?"),
        Ask::Size(None) => "Який розмір шин вам потрібен, як написано збоку на шині?".into(),
        Ask::Size(Some(of)) => {
            format!("Потрібні {} шини: який розмір, тобто ширина, профіль і діаметр?", season(*of))
        }
        Ask::TakeSeason(of) => format!("Є {} шини. Назвати їх?", season(*of)),
        Ask::TakeSize(found) => match found.as_slice() {
            [only] => format!("Є {only}. Це ваш розмір?"),
            found => format!("Є {}. Який з них ваш розмір?", listed(&sizes(found), "та")),
        },
        Ask::Car => "Яка марка, модель і рік автомобіля?".into(),
        Ask::WhichOne => "Які з них вам підходять?".into(),
        Ask::WhichTire(offers) => format!("Яка саме: {}?", listed(&names(offers), "чи")),
        Ask::WishSize(size) => format!("Повідомити вам, коли з'явиться {size}?"),
        _ => return None,
    })
}

fn ask_of_order(ask: &Ask) -> Option<String> {
    Some(match ask {
        Ask::OrderThem => "Оформити замовлення?".into(),
        Ask::Quantity(name) => format!("Скільки штук {name} вам потрібно?"),
        Ask::TakeRest(left) => format!("Замовити {left}?"),
        Ask::Way => "Вам доставка чи самовивіз?".into(),
        Ask::City => "У яке місто доставити?".into(),
        Ask::Address => "Яка вулиця і будинок, або яке відділення Нової пошти?".into(),
        Ask::Point(options) => {
            format!("Забрати можна тут: {}. Де вам зручніше?", places(options, "або", "інші"))
        }
        Ask::Payment => "Як платитимете: готівкою чи карткою при отриманні, чи онлайн?".into(),
        Ask::Recipient => "Яке ім'я отримувача?".into(),
        Ask::ChangeOrder => "Що змінити: кількість, доставку, оплату чи отримувача?".into(),
        _ => return None,
    })
}

fn ask_of_fitting(ask: &Ask) -> String {
    match ask {
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
        Ask::Change => "Що змінити: день, час чи станцію?".into(),
        Ask::WhichBooking(booked) => {
            let booked: Vec<String> = booked.iter().map(visit).collect();
            format!("Ви записані {}. Про який запис мова?", booked.join("; "))
        }
        Ask::MoveOrCancel => "Перенести його чи скасувати?".into(),
        Ask::Rim => "Який діаметр диска, у дюймах?".into(),
        Ask::FitStored => "Записати вас на шиномонтаж із ними?".into(),
        Ask::UseStored => "Ставимо саме ці шини?".into(),
        Ask::WhichStored(stored) => {
            format!("Які зі збережених: {}?", listed(stored, "чи"))
        }
        Ask::WishSlot(_) => "Повідомити вам, коли звільниться час?".into(),
        _ => String::new(),
    }
}
