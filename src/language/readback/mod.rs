//! What the caller is asked to agree to, in full. Consent is only as good as this sentence.

mod english;
mod russian;
mod ukrainian;

use super::Language;
use super::calendar::on_day;
use crate::shop::{AgreedItem, Agreement, DeliveryType, PaymentMethod, Service};
use chrono::{NaiveDate, NaiveTime, Timelike as _};
use rust_decimal::Decimal;

/// The full read-back of an agreement; ends with a closed question.
///
/// Figures stay figures here (they are compared and stored so); [`super::spoken::speak`] words
/// them for the voice.
#[must_use]
pub fn read_back(agreement: &Agreement, language: Language) -> String {
    match language {
        Language::En => english::read_back(agreement),
        Language::Uk => ukrainian::read_back(agreement),
        Language::Ru => russian::read_back(agreement),
    }
}

/// What is done, as it is said.
#[must_use]
pub const fn service_name(service: Service, language: Language) -> &'static str {
    match (service, language) {
        (Service::TireChange, Language::En) => "tyre change",
        (Service::Balancing, Language::En) => "wheel balancing",
        (Service::FullService, Language::En) => "tyre change and balancing",
        (Service::TireChange, Language::Uk) => "заміна шин",
        (Service::Balancing, Language::Uk) => "балансування коліс",
        (Service::FullService, Language::Uk) => "заміна шин і балансування",
        (Service::TireChange, Language::Ru) => "замена шин",
        (Service::Balancing, Language::Ru) => "балансировка колёс",
        (Service::FullService, Language::Ru) => "замена шин и балансировка",
    }
}

/// Everything about an order that is agreed, borrowed from the agreement.
struct Order<'a> {
    items: &'a [AgreedItem],
    delivery: DeliveryType,
    destination: &'a str,
    delivery_cost: Decimal,
    payment: PaymentMethod,
    total: Decimal,
    recipient: &'a str,
}

/// The parts that are not blank, with commas between them.
fn listed<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

/// "10:20".
fn clock(time: NaiveTime) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// "у середу, 25 листопада, о 10:20", with the language's word for "at".
fn when(date: NaiveDate, time: NaiveTime, at: &str, language: Language) -> String {
    format!("{}{at}{}", on_day(date, language), clock(time))
}

/// "2800", or "2799.50" where there are kopiykas.
fn sum(amount: Decimal) -> String {
    if amount.fract().is_zero() {
        amount.trunc().normalize().to_string()
    } else {
        format!("{amount:.2}")
    }
}

#[cfg(test)]
mod tests;
