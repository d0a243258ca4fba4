//! Read-backs in Ukrainian.

use super::{Order, clock, listed, service_name, sum, when};
use crate::language::Language;
use crate::shop::{AgreedItem, Agreement, DeliveryType, PaymentMethod};

const LANGUAGE: Language = Language::Uk;

pub(super) fn read_back(agreement: &Agreement) -> String {
    match agreement {
        Agreement::FittingBooking {
            station_name,
            address,
            date,
            time,
            service,
            customer_name,
            vehicle,
        } => {
            let service = service_name(*service, LANGUAGE);
            let when = when(*date, *time, ", о ", LANGUAGE);
            let name = format!("на ім'я {}", customer_name.0.trim());
            let car = car(vehicle);
            let what = listed([service, station_name, address, &when, &name, &car]);
            format!("Перевірмо: {what}. Записати вас?")
        }
        Agreement::FittingMove {
            station_name,
            address,
            from_date,
            from_time,
            to_date,
            to_time,
        } => {
            let place = listed([station_name.as_str(), address.as_str()]);
            let from = when(*from_date, *from_time, ", о ", LANGUAGE);
            let to = if from_date == to_date {
                format!("того самого дня, о {}", clock(*to_time))
            } else {
                when(*to_date, *to_time, ", о ", LANGUAGE)
            };
            format!("Перевірмо: ваш запис, {place}, був {from}, а буде {to}. Перенести запис?")
        }
        Agreement::FittingCancel { station_name, address, date, time } => {
            let place = listed([station_name.as_str(), address.as_str()]);
            let when = when(*date, *time, ", о ", LANGUAGE);
            format!("Перевірмо: ваш запис, {place}, {when}, буде скасовано. Скасувати запис?")
        }
        Agreement::Order {
            items,
            delivery,
            destination,
            delivery_cost,
            payment,
            total,
            recipient,
        } => order(&Order {
            items,
            delivery: *delivery,
            destination: destination.0.trim(),
            delivery_cost: *delivery_cost,
            payment: *payment,
            total: *total,
            recipient: recipient.0.trim(),
        }),
    }
}

fn car(vehicle: &str) -> String {
    let vehicle = vehicle.trim();
    if vehicle.is_empty() { String::new() } else { format!("автомобіль {vehicle}") }
}

fn order(order: &Order<'_>) -> String {
    let items: Vec<String> = order.items.iter().map(item).collect();
    let cost = if order.delivery_cost.is_zero() {
        "безкоштовно".to_owned()
    } else {
        format!("{} грн", sum(order.delivery_cost))
    };
    let way = match order.delivery {
        DeliveryType::Delivery => format!("доставка: {}, {cost}", order.destination),
        DeliveryType::Pickup => format!("самовивіз: {}, {cost}", order.destination),
    };
    let pay = match order.payment {
        PaymentMethod::Cod => "оплата готівкою при отриманні",
        PaymentMethod::Online => "оплата онлайн",
        PaymentMethod::CardOnDelivery => "оплата карткою при отриманні",
    };
    format!(
        "Перевірмо: {}; {way}; {pay}; отримувач {}; разом {} грн. Оформити замовлення?",
        items.join("; "),
        order.recipient,
        sum(order.total)
    )
}

fn item(item: &AgreedItem) -> String {
    let (name, price) = (item.name.trim(), sum(item.price));
    let many = item.quantity;
    let pieces = match (many % 10, many % 100) {
        (2..=4, rest) if !(12..=14).contains(&rest) => "штуки",
        (1, rest) if rest != 11 => "штука",
        _ => "штук",
    };
    if many == 1 {
        return format!("{name}, 1 штука за {price} грн");
    }
    format!("{name}, {many} {pieces} по {price} грн, разом {} грн", sum(item.total))
}
