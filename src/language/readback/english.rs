//! Read-backs in English.

use super::{Order, clock, listed, service_name, sum, when};
use crate::language::Language;
use crate::shop::{AgreedItem, Agreement, DeliveryType, PaymentMethod};

const LANGUAGE: Language = Language::En;

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
            let place = listed([station_name.as_str(), address.as_str()]);
            let service = service_name(*service, LANGUAGE);
            let when = when(*date, *time, " at ", LANGUAGE);
            let name = format!("in the name of {}", customer_name.0.trim());
            let car = car(vehicle);
            let what = listed([format!("{service} at {place}").as_str(), &when, &name, &car]);
            format!("Let me read it back: {what}. Shall I book it?")
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
            let from = when(*from_date, *from_time, " at ", LANGUAGE);
            let to = if from_date == to_date {
                format!("to {} the same day", clock(*to_time))
            } else {
                format!("to a new time, {}", when(*to_date, *to_time, " at ", LANGUAGE))
            };
            format!(
                "Let me read it back: your fitting at {place}, {from}, moves {to}. Shall I move it?"
            )
        }
        Agreement::FittingCancel { station_name, address, date, time } => {
            let place = listed([station_name.as_str(), address.as_str()]);
            let when = when(*date, *time, " at ", LANGUAGE);
            format!(
                "Let me read it back: your fitting at {place}, {when}, will be cancelled. \
                 Shall I cancel it?"
            )
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
    if vehicle.is_empty() { String::new() } else { format!("the car is {vehicle}") }
}

fn order(order: &Order<'_>) -> String {
    let items: Vec<String> = order.items.iter().map(item).collect();
    let cost = if order.delivery_cost.is_zero() {
        "free of charge".to_owned()
    } else {
        format!("for {} UAH", sum(order.delivery_cost))
    };
    let way = match order.delivery {
        DeliveryType::Delivery => format!("delivery to {}, {cost}", order.destination),
        DeliveryType::Pickup => format!("pickup at {}, {cost}", order.destination),
    };
    let pay = match order.payment {
        PaymentMethod::Cod => "cash on delivery",
        PaymentMethod::Online => "payment online",
        PaymentMethod::CardOnDelivery => "payment by card on delivery",
    };
    format!(
        "Let me read it back: {}; {way}; {pay}; the recipient is {}; {} UAH in all. \
         Shall I place the order?",
        items.join("; "),
        order.recipient,
        sum(order.total)
    )
}

fn item(item: &AgreedItem) -> String {
    let (name, price) = (item.name.trim(), sum(item.price));
    match item.quantity {
        1 => format!("{name}, 1 piece for {price} UAH"),
        many => {
            format!("{name}, {many} pieces at {price} UAH each, {} UAH together", sum(item.total))
        }
    }
}
