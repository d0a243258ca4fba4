//! The brain's sentences in Russian, as it is spoken in Ukraine.

use super::super::reply::{Ask, Offer, OrderNews, Tell, Visit};
use super::super::scenarios::in_russian;
use super::{capital, clock, counted, is_zero, joined, listed, names, places, sizes};
use crate::language::Language;
use crate::language::calendar::on_day;
use crate::shop::{DeliveryType, FITTING_DAYS_AHEAD_MAX, Season, Service};
use chrono::NaiveDate;

const fn season(season: Season) -> &'static str {
    match season {
        Season::Winter => "зимние",
        Season::Summer => "летние",
        Season::AllSeason => "всесезонные",
    }
}

const fn service(service: Service) -> &'static str {
    match service {
        Service::TireChange => "замена шин",
        Service::Balancing => "балансировка",
        Service::FullService => "замена шин с балансировкой",
    }
}

fn class(word: &str) -> &str {
    match word {
        "car" => "легковая",
        "suv" => "внедорожник",
        "van" | "gazelle" => "бус",
        other => other,
    }
}

fn status(order: &OrderNews) -> &str {
    match order.status.as_str() {
        "draft" => "ещё не подтверждён",
        "confirmed" | "created" => "подтверждён",
        "shipped" => "в пути",
        "delivering" => "у курьера",
        "delivered" => "доставлен",
        "cancelled" => "отменён",
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
    format!("{} грн", listed(&priced, "и"))
}

fn tyres(count: i64) -> String {
    format!("{count} {}", counted(count, ["шина", "шины", "шин"]))
}

fn on(date: NaiveDate) -> String {
    on_day(date, Language::Ru)
}

fn visit(visit: &Visit) -> String {
    format!("{} в {}, {}", on(visit.date), clock(visit.time), visit.station)
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
        Tell::Hello => "Здравствуйте!",
        Tell::Welcome => "Пожалуйста.",
        Tell::TakeYourTime => "Не спешите, я на линии.",
        Tell::AllRight => "Хорошо.",
        Tell::NotUnderstood => "Извините, я не понял.",
        Tell::InThisLanguage => "Да, говорим по-русски.",
        Tell::Farewell => "Спасибо. До свидания!",
        Tell::Handover => "Соединяю вас с оператором.",
        Tell::Away => "Извините, сейчас я не могу этого сделать.",
        Tell::CannotLookUp => "Сейчас я не могу этого проверить.",
        Tell::Unsure => "У меня нет ответа, выполнено ли это.",
        Tell::NotMine => "Об этом лучше знает коллега.",
        Tell::Withheld => "Ваш номер скрыт, поэтому я не могу смотреть ваши записи.",
        Tell::CallbackSaved => "Я записал, вам позвонят.",
        Tell::WishSaved => "Я записал, вам сообщат.",
        Tell::Late => {
            "Спасибо, что предупредили. Ваша запись остаётся; сам я не могу связаться со \
                       станцией."
        }
        Tell::NotBookable => "На это я сам записать не могу.",
        _ => return None,
    }))
}

fn tires(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Offers { size, season: of, items } => {
            format!("{} {size}: {}.", capital(season(*of)), offers(items))
        }
        Tell::Cheapest(one) => format!("Самая дешёвая: {}.", offer(one)),
        Tell::Dearest(one) => format!("Лучшая: {}.", offer(one)),
        Tell::NoMoreOffers => "Других таких нет.".into(),
        Tell::NoBrand(brand) => format!("{brand} в этом размере нет, но есть другие."),
        Tell::NoSuchSeason { size, season: of } => {
            format!("В размере {size} сейчас нет, {} шины закончились.", season(*of))
        }
        Tell::NoSuchSize(size) => format!("Размера {size} сейчас нет."),
        Tell::Stock { offer, wanted } => stock(offer, *wanted),
        Tell::CarSizes { car, sizes: found } => {
            format!("На {car} подходит {}.", listed(&sizes(found), "или"))
        }
        Tell::CarUnknown => "Такого автомобиля нет в моём списке.".into(),
        Tell::SeasonNow(of) => format!("На это время года нужны {} шины.", season(*of)),
        _ => return None,
    })
}

fn stock(offer: &Offer, wanted: Option<u32>) -> String {
    let name = format!("{} {}", offer.brand, offer.model);
    match wanted.map(i64::from) {
        _ if offer.quantity <= 0 => format!("{name} сейчас нет в наличии."),
        Some(wanted) if offer.quantity >= wanted => {
            format!("Да, {} {name} есть в наличии.", tyres(wanted))
        }
        Some(_) => format!("Есть только {} {name}.", tyres(offer.quantity)),
        None => format!("{name}: есть {}, по {} грн.", tyres(offer.quantity), offer.price),
    }
}

fn order(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Draft { lines, total } => {
            let lines = lines.iter().map(|(count, name)| format!("{} {name}", tyres(*count)));
            format!("{}, всего {total} грн.", lines.collect::<Vec<_>>().join(" и "))
        }
        Tell::OnlyLeft(0) => "Сейчас их нет в наличии.".into(),
        Tell::OnlyLeft(left) => format!("Есть только {}.", tyres(*left)),
        Tell::TooMany => "Столько шин может продать только коллега.".into(),
        Tell::TooDear => "Такой большой заказ может принять только коллега.".into(),
        Tell::OrdersADay => "Сегодня с этого номера я больше не могу принять заказ.".into(),
        Tell::NoPoint => "Пунктов выдачи сейчас не вижу.".into(),
        Tell::Delivery { kind, cost, days, total } => {
            let way = match kind {
                DeliveryType::Delivery => "Доставка",
                DeliveryType::Pickup => "Самовывоз",
            };
            let cost = if is_zero(cost) {
                " бесплатно".into()
            } else {
                format!(" {cost} грн")
            };
            let count = i64::try_from(*days).unwrap_or(0);
            let days = match count {
                0 => String::new(),
                count => format!(", {count} {}", counted(count, ["день", "дня", "дней"])),
            };
            format!("{way}{cost}{days}; всего {total} грн.")
        }
        Tell::Ordered { number, total, expected } => {
            let by = expected.map(|day| format!(", ожидайте {}", on(day))).unwrap_or_default();
            format!("Заказ оформлен, номер {number}, {total} грн{by}.")
        }
        Tell::Orders(found) => {
            let one = |order: &OrderNews| {
                let open = !matches!(order.status.as_str(), "delivered" | "cancelled");
                let by = order.expected.filter(|_| open);
                let by = by.map(|day| format!(", ожидайте {}", on(day))).unwrap_or_default();
                format!("Заказ {}: {}, {} грн{by}.", order.number, status(order), order.total)
            };
            found.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Tell::NoOrders => "По вашему номеру такого заказа не вижу.".into(),
        _ => return None,
    })
}

fn slots(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::NoStation => "Извините, сейчас не вижу ни одной станции.".into(),
        Tell::PlaceUnknown => "Такого места я не знаю.".into(),
        Tell::OnlyStation(place) => {
            format!("Наша станция: {}.", joined(&[&place.name, &place.address]))
        }
        Tell::Slot { date, time } => {
            format!("{} в {} свободно.", capital(&on(*date)), clock(*time))
        }
        Tell::TimeNotFree(time) => format!("В {} уже занято.", clock(*time)),
        Tell::SlotTaken => "Извините, это время только что заняли.".into(),
        Tell::DayFull(date) => format!("{} свободного времени нет.", capital(&on(*date))),
        Tell::NothingFree => "Извините, за три недели нет свободного времени.".into(),
        Tell::Today => {
            "На сегодня позвоните, пожалуйста, на саму станцию; я записываю с завтрашнего дня."
                .into()
        }
        Tell::OutsideWindow => {
            format!("Я могу записать с завтрашнего дня и на {FITTING_DAYS_AHEAD_MAX} день вперёд.")
        }
        Tell::WeekdayWrong(date) => format!("Эта дата приходится {}.", on(*date)),
        _ => return None,
    })
}

fn fitting(tell: &Tell) -> Option<String> {
    Some(match tell {
        Tell::Booked { date, time, place } => {
            format!("Вы записаны: {} в {}, {place}.", on(*date), clock(*time))
        }
        Tell::YourBooking(booked) => format!("Вы записаны {}.", visit(booked)),
        Tell::NoBookings => "По вашему номеру записи не вижу.".into(),
        Tell::Moved { date, time, place } => {
            format!("Запись перенесена: {} в {}, {place}.", on(*date), clock(*time))
        }
        Tell::Cancelled(Some((date, time))) => {
            format!("Запись {} в {} отменена.", on(*date), clock(*time))
        }
        Tell::Cancelled(None) => "Запись отменена.".into(),
        Tell::Kept => "Хорошо, запись остаётся без изменений.".into(),
        Tell::Prices { rim, service: of, rows } => {
            let one = |(word, price): &(String, String)| match class(word) {
                "" => format!("{price} грн"),
                class => format!("{class} {price} грн"),
            };
            let rows: Vec<String> = rows.iter().map(one).collect();
            format!("{} на R{rim}: {}.", capital(service(*of)), listed(&rows, "и"))
        }
        Tell::NoPrice => "Цены на это у меня нет.".into(),
        Tell::Stored(one) => {
            let debt = if is_zero(&one.debt) {
                String::new()
            } else {
                format!(" К оплате {} грн.", one.debt)
            };
            format!("На хранении: {}.{debt}", joined(&[&one.tires, &one.location]))
        }
        Tell::TyresExpected(date) => format!("Шины ожидаются {}.", on(*date)),
        Tell::StoredFrom(date) => {
            format!("Шины с хранения будут на станции самое раннее {}.", on(*date))
        }
        Tell::NoStorage => "По вашему номеру на хранении ничего нет.".into(),
        _ => return None,
    })
}

/// A question in words.
pub(super) fn ask(ask: &Ask) -> String {
    ask_of_tires(ask).or_else(|| ask_of_order(ask)).unwrap_or_else(|| ask_of_fitting(ask))
}

fn ask_of_tires(ask: &Ask) -> Option<String> {
    Some(match ask {
        Ask::Need => "Вам подобрать шины или записать на шиномонтаж?".into(),
        Ask::MoreHelp => "Чем-то ещё помочь?".into(),
        Ask::Operator => "Соединить вас с оператором?".into(),
        Ask::Callback => "Позвонить вам позже?".into(),
        Ask::CallbackTime => "Когда вам позвонить: утром, днём или вечером?".into(),
        Ask::Season(size) => format!("Для размера {size} нужны зимние, летние или всесезонные?"),
        Ask::Size(None) => "Какой размер шин вам нужен, как написано сбоку на шине?".into(),
        Ask::Size(Some(of)) => {
            format!("Нужны {} шины: какой размер, то есть ширина, профиль и диаметр?", season(*of))
        }
        Ask::TakeSeason(of) => format!("Есть {} шины. Назвать их?", season(*of)),
        Ask::TakeSize(found) => match found.as_slice() {
            [only] => format!("Есть {only}. Это ваш размер?"),
            found => format!("Есть {}. Какой из них ваш размер?", listed(&sizes(found), "и")),
        },
        Ask::Car => "Какая марка, модель и год автомобиля?".into(),
        Ask::WhichOne => "Какие из них вам подходят?".into(),
        Ask::WhichTire(offers) => format!("Какая именно: {}?", listed(&names(offers), "или")),
        Ask::WishSize(size) => format!("Сообщить вам, когда появится {size}?"),
        _ => return None,
    })
}

/// Places with their city as a Russian sentence has it; the shop's own names stay.
fn cities(options: &[String]) -> Vec<String> {
    let spoken =
        |option: &String| option.split(", ").map(in_russian).collect::<Vec<_>>().join(", ");
    options.iter().map(spoken).collect()
}

fn ask_of_order(ask: &Ask) -> Option<String> {
    Some(match ask {
        Ask::OrderThem => "Оформить заказ?".into(),
        Ask::Quantity(name) => format!("Сколько штук {name} вам нужно?"),
        Ask::TakeRest(left) => format!("Заказать {left}?"),
        Ask::Way => "Вам доставка или самовывоз?".into(),
        Ask::City => "В какой город доставить?".into(),
        Ask::Address => "Какая улица и дом, или какое отделение Новой почты?".into(),
        Ask::Point(options) => {
            format!(
                "Забрать можно здесь: {}. Где вам удобнее?",
                places(&cities(options), "или", "другие")
            )
        }
        Ask::Payment => {
            "Как будете платить: наличными или картой при получении, или онлайн?".into()
        }
        Ask::Recipient => "Какое имя получателя?".into(),
        Ask::ChangeOrder => "Что изменить: количество, доставку, оплату или получателя?".into(),
        _ => return None,
    })
}

fn ask_of_fitting(ask: &Ask) -> String {
    match ask {
        Ask::FitThem => "Записать на шиномонтаж?".into(),
        Ask::Station(options) => {
            format!("Есть {}. Где вам удобнее?", places(&cities(options), "и", "другие"))
        }
        Ask::When => "На какой день, или взять ближайшее время?".into(),
        Ask::Time { date, times } => {
            let times: Vec<String> = times.iter().map(|time| clock(*time)).collect();
            let day = capital(&on(*date));
            format!("{day} есть {}. Какое время вам подходит?", listed(&times, "и"))
        }
        Ask::Name => "На какое имя записать?".into(),
        Ask::Vehicle => "Какого цвета и марки автомобиль, или какой номер?".into(),
        Ask::Colour => "А какого цвета автомобиль?".into(),
        Ask::Make => "А какой марки автомобиль?".into(),
        Ask::Phone => "Ваш номер скрыт. По какому номеру телефона с вами связаться?".into(),
        Ask::Change => "Что изменить: день, время или станцию?".into(),
        Ask::WhichBooking(booked) => {
            let booked: Vec<String> = booked.iter().map(visit).collect();
            format!("Вы записаны {}. О какой записи речь?", booked.join("; "))
        }
        Ask::MoveOrCancel => "Перенести её или отменить?".into(),
        Ask::Rim => "Какой диаметр диска, в дюймах?".into(),
        Ask::FitStored => "Записать вас на шиномонтаж с ними?".into(),
        Ask::UseStored => "Ставим именно эти шины?".into(),
        Ask::WhichStored(stored) => format!("Какие из них: {}?", listed(stored, "или")),
        Ask::WishSlot(_) => "Сообщить вам, когда освободится время?".into(),
        _ => String::new(),
    }
}
