//! What the sample shop does beside selling tyres: delivery, pickup, storage, closed days, and what
//! fits which car.

use super::{field, rows};
use crate::ids::TenantId;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::{PgConnection, QueryBuilder};

const VEHICLES: &str = include_str!("vehicles.csv");
const PICKUP_POINTS: &str = include_str!("pickup_points.csv");
const DELIVERY_RATES: &str = include_str!("delivery_rates.csv");
const STORAGE_CONTRACTS: &str = include_str!("storage_contracts.csv");
const CLOSURES: &str = include_str!("closures.csv");

/// Loads all of it.
pub(super) async fn load(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    vehicles(conn, tenant).await?;
    pickup_points(conn, tenant).await?;
    for row in rows(DELIVERY_RATES, ';') {
        insert_rate(conn, tenant, &row).await?;
    }
    for row in rows(STORAGE_CONTRACTS, ';') {
        insert_contract(conn, tenant, &row).await?;
    }
    for row in rows(CLOSURES, ';') {
        sqlx::query(
            "insert into fitting_closures (tenant_id, closed_from, closed_to, reason) \
             values ($1, $2, $3, $4)",
        )
        .bind(tenant.0)
        .bind(field::<NaiveDate>(&row, 0)?)
        .bind(field::<NaiveDate>(&row, 1)?)
        .bind(field::<String>(&row, 2)?)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// A field with words between commas; an empty field has none.
fn list(row: &[&str], index: usize) -> Result<Vec<String>, sqlx::Error> {
    let text: String = field(row, index)?;
    Ok(text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

/// A field that may be empty.
fn optional<T: std::str::FromStr>(row: &[&str], index: usize) -> Result<Option<T>, sqlx::Error> {
    if row.get(index).is_some_and(|text| text.is_empty()) {
        return Ok(None);
    }
    field(row, index).map(Some)
}

/// A hundred rows in one statement: the shop must be open a moment after the program.
async fn vehicles(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    let rows = rows(VEHICLES, ';');
    let mut read = Vec::with_capacity(rows.len());
    for row in &rows {
        let years = (field::<i16>(row, 2)?, optional::<i16>(row, 3)?);
        read.push((row[0], row[1], years, list(row, 4)?, list(row, 5)?));
    }
    let mut insert = QueryBuilder::new(
        "insert into vehicles (tenant_id, brand, model, year_from, year_to, stock_sizes, \
             acceptable_sizes) ",
    );
    insert.push_values(read, |mut values, (brand, model, (from, to), stock, acceptable)| {
        values.push_bind(tenant.0).push_bind(brand).push_bind(model);
        values.push_bind(from).push_bind(to).push_bind(stock).push_bind(acceptable);
    });
    insert.build().execute(conn).await?;
    Ok(())
}

async fn pickup_points(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    for row in rows(PICKUP_POINTS, ';') {
        sqlx::query(
            "insert into pickup_points (tenant_id, external_code, name, name_uk, city, city_uk, \
                 city_aliases, address, address_uk, phone, working_hours, days) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(tenant.0)
        .bind(field::<String>(&row, 0)?)
        .bind(field::<String>(&row, 1)?)
        .bind(field::<String>(&row, 2)?)
        .bind(field::<String>(&row, 3)?)
        .bind(field::<String>(&row, 4)?)
        .bind(list(&row, 5)?)
        .bind(field::<String>(&row, 6)?)
        .bind(field::<String>(&row, 7)?)
        .bind(field::<String>(&row, 8)?)
        .bind(field::<String>(&row, 9)?)
        .bind(field::<i16>(&row, 10)?)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

async fn insert_rate(
    conn: &mut PgConnection,
    tenant: TenantId,
    row: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into delivery_rates (tenant_id, city, city_uk, city_aliases, base_cost, \
             cost_per_piece, free_from, days) \
         values ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8)",
    )
    .bind(tenant.0)
    .bind(field::<String>(row, 0)?)
    .bind(field::<String>(row, 1)?)
    .bind(list(row, 2)?)
    .bind(field::<Decimal>(row, 3)?)
    .bind(field::<Decimal>(row, 4)?)
    .bind(optional::<Decimal>(row, 5)?)
    .bind(field::<i16>(row, 6)?)
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_contract(
    conn: &mut PgConnection,
    tenant: TenantId,
    row: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into storage_contracts (tenant_id, number, phone, tires, tires_uk, location, \
             location_uk, debt) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant.0)
    .bind(field::<String>(row, 0)?)
    .bind(field::<String>(row, 1)?)
    .bind(field::<String>(row, 2)?)
    .bind(field::<String>(row, 3)?)
    .bind(field::<String>(row, 4)?)
    .bind(field::<String>(row, 5)?)
    .bind(field::<Decimal>(row, 6)?)
    .execute(conn)
    .await?;
    Ok(())
}
