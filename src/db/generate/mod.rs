//! Months of plausible calls, made for measuring: the same each time from the same seed.
//!
//! They are written as the program writes its own, under row security and into the months of
//! `partitions/`, and count in the statistics like real ones. Nobody in them exists.

mod carry;
mod day;
mod deeds;
mod dice;
mod rows;
mod talk;
mod words;
mod write;
mod write_shop;

use super::{partitions, stats, with_tenant};
use crate::ids::TenantId;
use carry::Carrier;
use chrono::{Datelike as _, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use rows::DayRows;
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// The most months and calls a day: ten years of a large call centre. More would not fit the
/// numbers that stand for people.
pub const MONTHS_MAX: u32 = 120;
/// See [`MONTHS_MAX`].
pub const PER_DAY_MAX: u32 = 5_000;
/// Calls of one person, on average.
const CALLS_A_PERSON: u64 = 6;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many months back from `until`, 1 to [`MONTHS_MAX`].
    pub months: u32,
    /// Calls of a usual day, 1 to [`PER_DAY_MAX`].
    pub per_day: u32,
    /// The same seed makes the same calls.
    pub seed: u64,
    /// The last day, in the shop's zone.
    pub until: NaiveDate,
}

impl Plan {
    /// The first day.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        let before = self.until.checked_sub_months(Months::new(self.months));
        before.map_or(self.until, |day| day + Days::new(1))
    }

    /// Every day, in order.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let until = self.until;
        self.first_day().iter_days().take_while(move |day| *day <= until)
    }

    /// How many different people phone.
    fn people(&self) -> u64 {
        let days = (self.until - self.first_day()).num_days().unsigned_abs() + 1;
        (days * u64::from(self.per_day) / CALLS_A_PERSON).max(1)
    }

    /// What stands in `calls.node` of calls that were made so.
    #[must_use]
    pub fn node(&self) -> String {
        let Self { months, per_day, seed, until } = self;
        format!("generated/{seed}.{months}x{per_day}.{until}")
    }
}

/// Why nothing, or not everything, was made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// Real calls would be mixed with invented ones for good.
    #[error(
        "this database has live calls that this plan did not make ({0} counted, no further than \
         100); give a database without calls with --into URL"
    )]
    HasCalls(i64),
    /// Orders need goods, bookings need stations.
    #[error("the shop has no {0}; load the sample or `treadline import` yours first")]
    EmptyShop(&'static str),
    /// The shop's zone cannot be read.
    #[error("the shop's time zone {0} is unknown")]
    Zone(String),
    /// A day after today, or numbers out of their range.
    #[error("{0}")]
    BadPlan(String),
    /// The months could not be made.
    #[error(transparent)]
    Partitions(#[from] partitions::PartitionError),
    /// What Postgres says.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The program is being ended.
    #[error("a day could not be computed: {0}")]
    Stopped(String),
}

/// How many rows there are now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Days that are done.
    pub days: u64,
    /// Rows of `calls`.
    pub calls: u64,
    /// Rows of `call_turns`.
    pub turns: u64,
    /// Rows of `call_tool_calls`.
    pub tool_calls: u64,
    /// Rows of `call_traces`.
    pub traces: u64,
    /// Rows of `orders`.
    pub orders: u64,
    /// Rows of `fitting_bookings`.
    pub bookings: u64,
}

impl Made {
    fn add(&mut self, rows: &DayRows) {
        self.days += 1;
        self.calls += rows.calls.len() as u64;
        self.turns += rows.turns.len() as u64;
        self.tool_calls += rows.tools.len() as u64;
        self.traces += rows.traces.len() as u64;
        self.orders += rows.orders.len() as u64;
        self.bookings += rows.bookings.len() as u64;
    }
}

/// Something that can be ordered.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Product {
    sku: String,
    name: String,
    price: Decimal,
}

/// What a shop offers.
#[derive(Debug, Clone)]
struct Shop {
    zone: Tz,
    products: Vec<Product>,
    stations: Vec<Uuid>,
}

/// Makes the calls of `plan`, each day in one transaction, and tells after each day how many rows
/// there are. The same plan again goes on where it was interrupted; a connection that breaks, or a
/// server that is away for a moment, does not end it.
///
/// # Errors
/// The shop has live calls of another origin or nothing to sell, or what Postgres says. Days that
/// are done stay.
pub async fn fill(
    pool: &PgPool,
    tenant: TenantId,
    plan: Plan,
    mut tell: impl FnMut(Made),
) -> Result<Made, GenerateError> {
    check(&plan)?;
    let node = plan.node();
    let others = with_tenant(pool, tenant, {
        let node = node.clone();
        move |conn| Box::pin(async move { calls_of_others(conn, &node).await })
    })
    .await?;
    if others > 0 {
        return Err(GenerateError::HasCalls(others));
    }
    let shop =
        with_tenant(pool, tenant, move |conn| Box::pin(async move { shop(conn, tenant).await }))
            .await?;

    // A day of the shop may begin in the month before, in UTC.
    let mut month = plan.first_day().pred_opt().unwrap_or(plan.first_day()).with_day(1);
    while let Some(first) = month.filter(|first| *first <= plan.until) {
        partitions::ensure_month(pool, first).await?;
        month = first.checked_add_months(Months::new(1));
    }

    let mut made = Made::default();
    let carrier = Carrier::new(pool, tenant, plan, shop);
    let mut days = plan.days();
    let mut next = days.next().map(|date| carrier.compute(date));
    while let Some(computing) = next {
        let day = computing.await.map_err(|stopped| GenerateError::Stopped(stopped.to_string()))?;
        // While this day is written, the next is computed.
        next = days.next().map(|date| carrier.compute(date));
        made.add(&day.rows);
        carrier.carry(day).await?;
        tell(made);
    }
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move { write_shop::totals_of_customers(conn, &node).await })
    })
    .await?;
    Ok(made)
}

/// Counts every day of `plan` for `daily_stats`, and tells after each how many are done.
///
/// # Errors
/// What Postgres says.
pub async fn count_days(
    pool: &PgPool,
    tenant: TenantId,
    plan: Plan,
    mut tell: impl FnMut(u64),
) -> Result<(), GenerateError> {
    for (done, date) in (1..).zip(plan.days()) {
        stats::compute_day(pool, tenant, date).await?;
        tell(done);
    }
    Ok(())
}

fn check(plan: &Plan) -> Result<(), GenerateError> {
    let bad = |text: String| Err(GenerateError::BadPlan(text));
    if !(1..=MONTHS_MAX).contains(&plan.months) {
        return bad(format!("--months must be 1 to {MONTHS_MAX}"));
    }
    if !(1..=PER_DAY_MAX).contains(&plan.per_day) {
        return bad(format!("--per-day must be 1 to {PER_DAY_MAX}"));
    }
    // Bookings are over by the last day, and no call lies ahead.
    if plan.until >= Utc::now().date_naive() {
        return bad("--until must be a day before today".into());
    }
    Ok(())
}

/// Live calls that this plan did not make; counts no further than needed.
async fn calls_of_others(conn: &mut PgConnection, node: &str) -> Result<i64, sqlx::Error> {
    sqlx::query("set local statement_timeout = '5min'").execute(&mut *conn).await?;
    sqlx::query_scalar(
        "select count(*) from (select from calls where origin = 'live' \
             and node is distinct from $1 limit 100) others",
    )
    .bind(node)
    .fetch_one(conn)
    .await
}

async fn shop(conn: &mut PgConnection, tenant: TenantId) -> Result<Shop, GenerateError> {
    let zone: String = sqlx::query_scalar("select timezone from tenants where id = $1")
        .bind(tenant.0)
        .fetch_one(&mut *conn)
        .await?;
    let products: Vec<Product> = sqlx::query_as(
        "select sku, brand || ' ' || model as name, price from products \
         where active and price > 0 order by sku",
    )
    .fetch_all(&mut *conn)
    .await?;
    let stations: Vec<Uuid> =
        sqlx::query_scalar("select id from fitting_stations where active order by external_code")
            .fetch_all(conn)
            .await?;
    if products.is_empty() {
        return Err(GenerateError::EmptyShop("goods"));
    }
    if stations.is_empty() {
        return Err(GenerateError::EmptyShop("stations"));
    }
    let zone = zone.parse().map_err(|_| GenerateError::Zone(zone))?;
    Ok(Shop { zone, products, stations })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_back_from_the_last_day() {
        let plan = |months, until: &str| Plan {
            months,
            per_day: 500,
            seed: 1,
            until: until.parse().unwrap(),
        };
        let two_years = plan(24, "2026-11-21");
        assert_eq!(two_years.first_day().to_string(), "2024-11-22");
        assert_eq!(two_years.days().count(), 730);
        // A month back from the end of March is the end of February.
        assert_eq!(plan(1, "2026-03-31").first_day().to_string(), "2026-03-01");
        assert_eq!(plan(1, "2026-03-31").days().last(), "2026-03-31".parse().ok());
    }

    #[test]
    fn a_plan_that_reaches_into_the_future_or_beyond_reason_is_refused() {
        let good = Plan { months: 1, per_day: 1, seed: 0, until: "2026-01-31".parse().unwrap() };
        assert!(check(&good).is_ok());
        let tomorrow = Utc::now().date_naive() + Days::new(1);
        for bad in [
            Plan { months: 0, ..good },
            Plan { months: MONTHS_MAX + 1, ..good },
            Plan { per_day: 0, ..good },
            Plan { per_day: PER_DAY_MAX + 1, ..good },
            Plan { until: tomorrow, ..good },
        ] {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
    }
}
