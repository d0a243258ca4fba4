//! Stored tyres, and what fitting costs.

use super::agreed::own_number;
use super::stations::{rule, service_of};
use super::transaction::Fault;
use crate::language::Language;
use crate::store::{FittingPrice, NewBooking, Scope, StorageContract};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

/// Business days until stored tyres have come from the warehouse to a station.
const STORAGE_BUSINESS_DAYS: usize = 3;
/// Digits of a contract's number; callers leave the leading zeros out.
const NUMBER_DIGITS: usize = 11;

fn number(given: &str) -> String {
    let digits: String = given.chars().filter(char::is_ascii_digit).take(NUMBER_DIGITS).collect();
    format!("{digits:0>NUMBER_DIGITS$}")
}

/// Contracts of the caller's own number.
pub(super) async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    given: Option<&str>,
) -> Result<Vec<StorageContract>, Fault> {
    let rows: Vec<(String, String, String, Decimal)> = sqlx::query_as(
        "select number, coalesce(nullif(case when $3 then tires_uk end, ''), tires), \
                coalesce(nullif(case when $3 then location_uk end, ''), location), debt \
         from storage_contracts \
         where active and phone = $1 and ($2::text is null or number = $2) order by number",
    )
    .bind(own_number(scope)?.reveal())
    .bind(given.map(number))
    .bind(scope.language != Language::En)
    .fetch_all(conn)
    .await?;
    let contract =
        |(number, tires, location, debt)| StorageContract { number, tires, location, debt };
    Ok(rows.into_iter().map(contract).collect())
}

/// The contract that a booking names, if it names one: the caller's own, and early enough for its
/// tyres to be there.
pub(super) async fn for_booking(
    conn: &mut PgConnection,
    scope: &Scope,
    booking: &NewBooking,
    station: Uuid,
) -> Result<Option<Uuid>, Fault> {
    let Some(given) = &booking.storage_contract else { return Ok(None) };
    let found: Option<Uuid> = sqlx::query_scalar(
        "select id from storage_contracts where active and number = $1 and phone = $2",
    )
    .bind(number(given))
    .bind(own_number(scope)?.reveal())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(contract) = found else {
        return Err(rule(
            "unknown_contract",
            "This number has no such storage contract. Call find_storage and use its answer.",
        ));
    };
    refuse_early(conn, scope.now, booking.slot.date, station).await?;
    Ok(Some(contract))
}

/// Stored tyres need [`STORAGE_BUSINESS_DAYS`] to reach a station.
pub(super) async fn refuse_early(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    wanted: NaiveDate,
    station: Uuid,
) -> Result<(), Fault> {
    let today = today(conn, now).await?;
    let closed: Vec<(NaiveDate, NaiveDate)> = sqlx::query_as(
        "select closed_from, closed_to from fitting_closures \
         where (station_id is null or station_id = $1) and closed_to >= $2",
    )
    .bind(station)
    .bind(today)
    .fetch_all(conn)
    .await?;
    let earliest = after_business_days(today, STORAGE_BUSINESS_DAYS, &closed);
    if wanted < earliest {
        return Err(rule(
            "storage_too_early",
            format!(
                "Stored tyres need three business days to reach the station: {earliest} is the \
                 earliest day. Call get_fitting_slots from that day."
            ),
        ));
    }
    Ok(())
}

/// Today on the shop's wall.
pub(super) async fn today(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<NaiveDate, Fault> {
    let today = sqlx::query_scalar(
        "select ($1 at time zone timezone)::date from tenants \
         where id = nullif(current_setting('app.tenant_id', true), '')::uuid",
    )
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(today)
}

/// The `count`th business day after `today`: Saturdays, Sundays and `closed` days do not count.
fn after_business_days(
    today: NaiveDate,
    count: usize,
    closed: &[(NaiveDate, NaiveDate)],
) -> NaiveDate {
    let works = |day: &NaiveDate| {
        day.weekday().number_from_monday() <= 5
            && !closed.iter().any(|(first, last)| (*first..=*last).contains(day))
    };
    today.iter_days().skip(1).filter(works).nth(count.saturating_sub(1)).unwrap_or(today)
}

/// What fitting costs for a rim of `diameter` inches, by service and class of vehicle. The price
/// list is one for all stations; a named station must exist.
pub(super) async fn prices(
    conn: &mut PgConnection,
    (diameter, station): (i32, Option<&str>),
) -> Result<Vec<FittingPrice>, Fault> {
    let known: bool = sqlx::query_scalar(
        "select $1::text is null \
             or exists (select from fitting_stations where active and external_code = $1)",
    )
    .bind(station)
    .fetch_one(&mut *conn)
    .await?;
    if !known {
        return Err(rule(
            "unknown_station",
            "There is no such station. Call get_fitting_stations and use a station_id from its answer.",
        ));
    }
    let rows: Vec<(String, String, Decimal)> = sqlx::query_as(
        "select service_type, vehicle_class, price from fitting_prices where tire_diameter = $1 \
         order by array_position(array['full_service', 'tire_change', 'balancing'], service_type), \
             array_position(array['car', 'suv', 'van'], vehicle_class), vehicle_class",
    )
    .bind(diameter)
    .fetch_all(conn)
    .await?;
    let price = |(service, category, price): (String, String, Decimal)| FittingPrice {
        service: service_of(&service),
        category,
        price,
    };
    Ok(rows.into_iter().map(price).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_and_closed_days_do_not_count() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let sunday = day("2026-11-22");
        assert_eq!(after_business_days(sunday, 3, &[]), day("2026-11-25"));
        let thursday = day("2026-11-26");
        assert_eq!(after_business_days(thursday, 3, &[]), day("2026-12-01"));
        let closed = [(day("2026-11-30"), day("2026-12-01"))];
        assert_eq!(after_business_days(thursday, 3, &closed), day("2026-12-03"));
    }

    #[test]
    fn a_contract_number_is_found_without_its_zeros() {
        assert_eq!(number("4711"), "00000004711");
        assert_eq!(number(" 00000-004711 "), "00000004711");
    }
}
