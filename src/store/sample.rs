//! The sample shop: tyres, stations, hours and prices for an installation that has none yet, so
//! that a first call finds something. Invented stations and telephone numbers; real sizes, makers
//! and an order of magnitude of real prices.

use crate::ids::TenantId;
use crate::shop::TireSize;
use chrono::NaiveTime;
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgPool};
use std::str::FromStr;
use uuid::Uuid;

mod services;

const PRODUCTS: &str = include_str!("sample/products.csv");
const STATIONS: &str = include_str!("sample/stations.csv");
const FITTING_PRICES: &str = include_str!("sample/fitting_prices.csv");

/// Monday to Friday.
const OPEN_WEEKDAYS: std::ops::RangeInclusive<i16> = 1..=5;

/// What was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// Tyres.
    pub products: usize,
    /// Stations.
    pub stations: usize,
}

/// Fills the shop of `tenant` if it has no tyre and no station; `None` if it has any. Safe for two
/// programs at once.
///
/// # Errors
/// What Postgres says; then nothing was loaded.
pub async fn load_if_empty(pool: &PgPool, tenant: TenantId) -> Result<Option<Loaded>, sqlx::Error> {
    let pool = pool.clone();
    // A task of its own, so that nobody drops the transaction half-way.
    let task = tokio::spawn(async move {
        let mut transaction = pool.begin().await?;
        let loaded = load(&mut transaction, tenant).await?;
        transaction.commit().await?;
        Ok(loaded)
    });
    task.await.unwrap_or_else(|stopped| Err(sqlx::Error::Io(std::io::Error::other(stopped))))
}

async fn load(conn: &mut PgConnection, tenant: TenantId) -> Result<Option<Loaded>, sqlx::Error> {
    sqlx::query(
        "select set_config('app.tenant_id', $1, true), \
                set_config('statement_timeout', '30s', true), \
                pg_advisory_xact_lock(hashtextextended('sample ' || $1, 0))",
    )
    .bind(tenant.0.to_string())
    .execute(&mut *conn)
    .await?;
    let has_any: bool = sqlx::query_scalar(
        "select exists (select from products) or exists (select from fitting_stations)",
    )
    .fetch_one(&mut *conn)
    .await?;
    if has_any {
        return Ok(None);
    }
    let products = rows(PRODUCTS, ',');
    for row in &products {
        insert_product(conn, tenant, row).await?;
    }
    let stations = rows(STATIONS, ';');
    for row in &stations {
        insert_station(conn, tenant, row).await?;
    }
    for row in rows(FITTING_PRICES, ',') {
        insert_price(conn, tenant, &row).await?;
    }
    services::load(conn, tenant).await?;
    super::knowledge::starter::load(conn, tenant).await?;
    Ok(Some(Loaded { products: products.len(), stations: stations.len() }))
}

/// The lines below the heading, cut into fields.
fn rows(csv: &'static str, separator: char) -> Vec<Vec<&'static str>> {
    csv.lines().skip(1).map(|line| line.split(separator).collect()).collect()
}

/// A field of our own file; a test reads every field of every file.
fn field<T: FromStr>(row: &[&str], index: usize) -> Result<T, sqlx::Error> {
    row.get(index).and_then(|text| text.parse().ok()).ok_or_else(|| {
        sqlx::Error::Decode(format!("the sample data are damaged: field {index} of {row:?}").into())
    })
}

async fn insert_product(
    conn: &mut PgConnection,
    tenant: TenantId,
    row: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into products (tenant_id, sku, brand, model, width, profile, rim_tenths, \
             commercial, season, load_index, speed_index, studded, price, quantity, country, year) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(tenant.0)
    .bind(field::<String>(row, 0)?)
    .bind(field::<String>(row, 1)?)
    .bind(field::<String>(row, 2)?)
    .bind(field::<i16>(row, 3)?)
    .bind(field::<i16>(row, 4)?)
    .bind(field::<i16>(row, 5)?)
    .bind(field::<bool>(row, 6)?)
    .bind(field::<String>(row, 7)?)
    .bind(field::<String>(row, 8)?)
    .bind(field::<String>(row, 9)?)
    .bind(field::<bool>(row, 10)?)
    .bind(field::<Decimal>(row, 11)?)
    .bind(field::<i32>(row, 12)?)
    .bind(field::<String>(row, 13)?)
    .bind(field::<i16>(row, 14)?)
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_station(
    conn: &mut PgConnection,
    tenant: TenantId,
    row: &[&str],
) -> Result<(), sqlx::Error> {
    let aliases: Vec<String> = field::<String>(row, 5)?.split(',').map(str::to_owned).collect();
    let id: Uuid = sqlx::query_scalar(
        "insert into fitting_stations (tenant_id, external_code, name, name_uk, city, city_uk, \
             city_aliases, district, district_uk, address, address_uk, phone, posts, \
             slot_minutes, working_hours) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning id",
    )
    .bind(tenant.0)
    .bind(field::<String>(row, 0)?)
    .bind(field::<String>(row, 1)?)
    .bind(field::<String>(row, 2)?)
    .bind(field::<String>(row, 3)?)
    .bind(field::<String>(row, 4)?)
    .bind(aliases)
    .bind(field::<String>(row, 6)?)
    .bind(field::<String>(row, 7)?)
    .bind(field::<String>(row, 8)?)
    .bind(field::<String>(row, 9)?)
    .bind(field::<String>(row, 10)?)
    .bind(field::<i16>(row, 11)?)
    .bind(field::<i16>(row, 12)?)
    .bind("Mon-Fri 09:00-18:00")
    .fetch_one(&mut *conn)
    .await?;
    for weekday in OPEN_WEEKDAYS {
        sqlx::query(
            "insert into fitting_station_hours (tenant_id, station_id, weekday, opens, closes) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(tenant.0)
        .bind(id)
        .bind(weekday)
        .bind(NaiveTime::from_hms_opt(9, 0, 0))
        .bind(NaiveTime::from_hms_opt(18, 0, 0))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

async fn insert_price(
    conn: &mut PgConnection,
    tenant: TenantId,
    row: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into fitting_prices (tenant_id, service_type, tire_diameter, price, \
             vehicle_class) values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(field::<String>(row, 0)?)
    .bind(field::<i16>(row, 1)?)
    .bind(field::<Decimal>(row, 2)?)
    .bind(field::<String>(row, 3)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// The sizes and makers of the sample shop: what the speech grammar knows when no database is
/// asked.
#[must_use]
pub fn lexicon() -> (Vec<TireSize>, Vec<String>) {
    let (mut sizes, mut brands) = (Vec::new(), Vec::new());
    for row in rows(PRODUCTS, ',') {
        let figure = |index: usize| row.get(index).and_then(|text| text.parse::<u16>().ok());
        let commercial = row.get(6) == Some(&"true");
        if let (Some(width), Some(profile), Some(rim_tenths)) = (figure(3), figure(4), figure(5)) {
            let size = TireSize { width, profile, rim_tenths, commercial };
            if !sizes.contains(&size) {
                sizes.push(size);
            }
        }
        let brand = row.get(1).copied().unwrap_or_default().to_owned();
        if !brands.contains(&brand) {
            brands.push(brand);
        }
    }
    (sizes, brands)
}
