//! What the caller is asked to agree to, in full. Consent is only as good as this sentence.

use super::Language;
use super::calendar::on_day;
use crate::shop::{Agreement, DeliveryType, PaymentMethod, Service};
use chrono::{NaiveDate, NaiveTime, Timelike as _};

/// The full read-back of an agreement; ends with a closed question.
///
/// Figures stay figures here (they are compared and stored so); [`super::spoken::speak`] words
/// them for the voice.
#[must_use]
pub fn read_back(agreement: &Agreement, language: Language) -> String {
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
            let place = place(station_name, address);
            let when = (*date, *time);
            booking(&place, when, *service, customer_name.0.trim(), vehicle.trim(), language)
        }
        Agreement::FittingMove {
            station_name,
            address,
            from_date,
            from_time,
            to_date,
            to_time,
        } => {
            let place = place(station_name, address);
            let (from, to) =
                (when(*from_date, *from_time, language), when(*to_date, *to_time, language));
            match language {
                Language::En => format!(
                    "Let me read it back: your fitting at {place} moves from {from} to {to}. \
                     Shall I move it?"
                ),
                Language::Uk | Language::Ru => {
                    format!("Перевірмо: запис, {place}, був {from}, буде {to}. Перенести?")
                }
            }
        }
        Agreement::FittingCancel { station_name, address, date, time } => {
            let (place, when) = (place(station_name, address), when(*date, *time, language));
            match language {
                Language::En => format!(
                    "Let me read it back: your fitting at {place}, {when}, is cancelled. \
                     Shall I cancel it?"
                ),
                Language::Uk | Language::Ru => {
                    format!("Перевірмо: запис, {place}, {when}, буде скасовано. Скасувати?")
                }
            }
        }
        Agreement::Order { .. } => order(agreement, language),
    }
}

fn place(name: &str, address: &str) -> String {
    let parts = [name.trim(), address.trim()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn when(date: NaiveDate, time: NaiveTime, language: Language) -> String {
    let (day, clock) = (on_day(date, language), format!("{}:{:02}", time.hour(), time.minute()));
    match language {
        Language::En => format!("{day} at {clock}"),
        Language::Uk | Language::Ru => format!("{day}, о {clock}"),
    }
}

fn booking(
    place: &str,
    at: (NaiveDate, NaiveTime),
    service: Service,
    name: &str,
    vehicle: &str,
    language: Language,
) -> String {
    let (when, service) = (when(at.0, at.1, language), service_name(service, language));
    match language {
        Language::En => {
            let car =
                if vehicle.is_empty() { String::new() } else { format!(", the car is {vehicle}") };
            format!(
                "Let me read it back: {service} at {place}, {when}, \
                 in the name of {name}{car}. Shall I book it?"
            )
        }
        Language::Uk | Language::Ru => {
            let car = if vehicle.is_empty() {
                String::new()
            } else {
                format!(", автомобіль {vehicle}")
            };
            format!("Перевірмо: {service}, {place}, {when}, на ім'я {name}{car}. Записати вас?")
        }
    }
}

fn order(agreement: &Agreement, language: Language) -> String {
    let Agreement::Order { items, delivery, destination, delivery_cost, payment, total, recipient } =
        agreement
    else {
        return String::new();
    };
    let (destination, recipient) = (destination.0.trim(), recipient.0.trim());
    let lines: Vec<String> = items
        .iter()
        .map(|item| format!("{} × {}, {} UAH", item.quantity, item.name, item.total))
        .collect();
    let lines = lines.join("; ");
    match language {
        Language::En => {
            let way = match delivery {
                DeliveryType::Delivery => "delivery to",
                DeliveryType::Pickup => "pickup at",
            };
            let pay = match payment {
                PaymentMethod::Cod => "cash on delivery",
                PaymentMethod::Online => "payment online",
                PaymentMethod::CardOnDelivery => "card on delivery",
            };
            format!(
                "Let me read it back: {lines}; {way} {destination} for {delivery_cost} UAH; \
                 {pay}; the recipient is {recipient}; {total} UAH in all. Shall I place the order?"
            )
        }
        Language::Uk | Language::Ru => {
            let way = match delivery {
                DeliveryType::Delivery => "доставка",
                DeliveryType::Pickup => "самовивіз",
            };
            let pay = match payment {
                PaymentMethod::Cod => "оплата готівкою при отриманні",
                PaymentMethod::Online => "оплата онлайн",
                PaymentMethod::CardOnDelivery => "оплата карткою при отриманні",
            };
            format!(
                "Перевірмо: {lines}; {way}: {destination}, {delivery_cost} грн; {pay}; \
                 отримувач {recipient}; разом {total} грн. Оформити замовлення?"
            )
        }
    }
}

/// What is done, as it is said.
#[must_use]
pub const fn service_name(service: Service, language: Language) -> &'static str {
    match (service, language) {
        (Service::TireChange, Language::En) => "tyre change",
        (Service::Balancing, Language::En) => "wheel balancing",
        (Service::FullService, Language::En) => "tyre change and balancing",
        (Service::TireChange, Language::Uk | Language::Ru) => "заміна шин",
        (Service::Balancing, Language::Uk | Language::Ru) => "балансування коліс",
        (Service::FullService, Language::Uk | Language::Ru) => "заміна шин і балансування",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::Personal;

    fn booking(vehicle: &str) -> Agreement {
        Agreement::FittingBooking {
            station_name: "Північна".into(),
            address: "вул. Полярна, 10".into(),
            date: NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(),
            time: NaiveTime::from_hms_opt(10, 20, 0).unwrap(),
            service: Service::FullService,
            customer_name: Personal("Олена".into()),
            vehicle: vehicle.into(),
        }
    }

    #[test]
    fn everything_that_is_agreed_is_read_back() {
        assert_eq!(
            read_back(&booking("AA1234BB"), Language::En),
            "Let me read it back: tyre change and balancing at Північна, вул. Полярна, 10, \
             on Wednesday, 25 November at 10:20, in the name of Олена, the car is AA1234BB. \
             Shall I book it?"
        );
        assert_eq!(
            read_back(&booking("червона Шкода"), Language::Uk),
            "Перевірмо: заміна шин і балансування, Північна, вул. Полярна, 10, \
             у середу, 25 листопада, о 10:20, на ім'я Олена, автомобіль червона Шкода. \
             Записати вас?"
        );
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let text = read_back(&booking(" "), Language::En);
        assert!(!text.contains("car") && text.contains("Олена. Shall"), "{text}");
    }

    #[test]
    fn a_yes_to_the_read_back_is_a_closed_answer() {
        for language in [Language::En, Language::Uk] {
            assert!(read_back(&booking("x"), language).ends_with('?'));
        }
    }
}
