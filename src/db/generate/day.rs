//! A day: how many calls, when, by whom.

use super::dice::Dice;
use super::rows::DayRows;
use super::words::{HOURS, MONTHS, WEEKDAYS};
use super::{Plan, Shop, talk};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is drawn from streams of its own, so that a day does not depend on the others.
const OF_DAY: u64 = 1;
const OF_CALL: u64 = 2;
const OF_PERSON: u64 = 3;

/// Somebody who phones.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) phone: String,
}

/// The calls that began on a day of the shop, in order, and everything that belongs to them.
pub(super) fn day(plan: &Plan, shop: &Shop, date: NaiveDate) -> DayRows {
    let number = u64::from(date.num_days_from_ce().unsigned_abs());
    let mut dice = Dice::of(plan.seed, &[OF_DAY, number]);
    let usual = f64::from(plan.per_day)
        * WEEKDAYS[date.weekday().num_days_from_monday() as usize] as f64
        * MONTHS[date.month0() as usize] as f64
        / 10_000.0;
    let count = (usual * (0.9 + 0.2 * dice.share()) + dice.share()) as usize;
    let mut starts: Vec<DateTime<Utc>> =
        (0..count).map(|_| moment(&mut dice, shop.zone, date)).collect();
    starts.sort_unstable();

    let mut rows = DayRows::default();
    let mut people = BTreeMap::new();
    for (n, started_at) in starts.into_iter().enumerate() {
        let mut dice = Dice::of(plan.seed, &[OF_CALL, number, n as u64]);
        // Some phone often, most once or twice.
        let (often, share) = (dice.share(), dice.share());
        let index = (often * share * plan.people() as f64) as u64;
        let person = person(plan, index);
        let talk = talk::Setting { plan, shop, person: &person, date, started_at };
        if talk::call(dice, &talk, &mut rows) {
            people.insert(index, person);
        }
    }
    rows.customers = people.into_values().map(|person| (person.id, person.phone)).collect();
    rows
}

/// A moment of the day, as likely as its hour; whole milliseconds.
fn moment(dice: &mut Dice, zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    let hour = dice.weighted(&HOURS);
    let within_hour = TimeDelta::milliseconds(dice.within(0, 3_599_999).cast_signed());
    let wall = date.and_time(NaiveTime::MIN) + TimeDelta::hours(i64::from(hour)) + within_hour;
    // An hour that the clocks skip is taken as UTC: it is a call of that day all the same.
    zone.from_local_datetime(&wall).earliest().map_or(wall.and_utc(), |at| at.with_timezone(&Utc))
}

/// No network of Ukraine has the code 20, so none of these numbers is anybody's.
fn person(plan: &Plan, index: u64) -> Person {
    let id = Dice::of(plan.seed, &[OF_PERSON, index]).uuid();
    Person { id, phone: format!("+38020{index:07}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::generate::Product;
    use rust_decimal::Decimal;
    use std::collections::BTreeSet;

    fn shop() -> Shop {
        Shop {
            zone: chrono_tz::Europe::Kyiv,
            products: vec![Product {
                sku: "1".into(),
                name: "A tyre".into(),
                price: Decimal::from(2_000),
            }],
            stations: vec![Uuid::from_u128(9)],
        }
    }

    fn plan() -> Plan {
        Plan { months: 12, per_day: 60, seed: 3, until: "2026-10-31".parse().unwrap() }
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_the_same_each_time_and_none_is_like_another() {
        let (plan, shop) = (plan(), shop());
        let of = |plan: &Plan, text| format!("{:?}", day(plan, &shop, date(text)));
        assert_eq!(of(&plan, "2026-10-12"), of(&plan, "2026-10-12"));
        assert_ne!(of(&plan, "2026-10-12"), of(&plan, "2026-10-13"));
        let other = Plan { seed: 4, ..plan };
        assert_ne!(of(&plan, "2026-10-12"), of(&other, "2026-10-12"));
    }

    #[test]
    fn a_year_has_as_many_calls_as_asked_for_with_ten_lines_each() {
        let (plan, shop) = (plan(), shop());
        let (mut calls, mut turns, mut ids) = (0, 0, BTreeSet::new());
        for date in plan.days() {
            let rows = day(&plan, &shop, date);
            calls += rows.calls.len();
            turns += rows.turns.len();
            ids.extend(rows.turns.iter().map(|turn| turn.id));
            for call in &rows.calls {
                let on = call.started_at.with_timezone(&shop.zone).date_naive();
                assert_eq!(on, date, "the shop's day");
            }
        }
        assert_eq!(ids.len(), turns, "every id is another");
        assert!((20_500..23_300).contains(&calls), "{calls} calls");
        let lines = turns as f64 / calls as f64;
        assert!((9.0..11.0).contains(&lines), "{lines} lines a call");
    }

    #[test]
    fn autumn_is_busier_than_summer_and_noon_than_night() {
        let (plan, shop) = (plan(), shop());
        let of = |month: u32| -> usize {
            let days = plan.days().filter(|day| day.month() == month);
            days.map(|date| day(&plan, &shop, date).calls.len()).sum()
        };
        assert!(of(10) * 10 > of(7) * 15);
        let hours: Vec<u32> = day(&plan, &shop, date("2026-10-12"))
            .calls
            .iter()
            .map(|call| chrono::Timelike::hour(&call.started_at.with_timezone(&shop.zone)))
            .collect();
        let within = |from, to| hours.iter().filter(|hour| (from..to).contains(*hour)).count();
        assert!(within(9, 18) > 5 * (within(0, 7) + within(19, 24)), "{hours:?}");
    }
}
