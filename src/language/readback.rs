//! What the caller is asked to agree to, in full. Consent is only as good as this sentence.

use super::Language;
use super::calendar::on_day;
use crate::shop::{Agreement, Service};
use chrono::Timelike as _;

/// The full read-back of an agreement; ends with a closed question.
///
/// Figures stay figures here (they are compared and stored so); [`super::spoken::speak`] words
/// them for the voice.
#[must_use]
pub fn read_back(agreement: &Agreement, language: Language) -> String {
    let Agreement::FittingBooking {
        station_name,
        address,
        date,
        time,
        service,
        customer_name,
        vehicle,
    } = agreement;
    let day = on_day(*date, language);
    let clock = format!("{}:{:02}", time.hour(), time.minute());
    let place = [station_name.trim(), address.trim()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let service = service_name(*service, language);
    let (name, vehicle) = (customer_name.0.trim(), vehicle.trim());
    match language {
        Language::En => {
            let car =
                if vehicle.is_empty() { String::new() } else { format!(", the car is {vehicle}") };
            format!(
                "Let me read it back: {service} at {place}, {day} at {clock}, \
                 in the name of {name}{car}. Shall I book it?"
            )
        }
        Language::Uk | Language::Ru => {
            let car = if vehicle.is_empty() {
                String::new()
            } else {
                format!(", автомобіль {vehicle}")
            };
            format!(
                "Перевірмо: {service}, {place}, {day}, о {clock}, на ім'я {name}{car}. \
                 Записати вас?"
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
    use chrono::{NaiveDate, NaiveTime};

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
