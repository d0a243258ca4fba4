//! Tyres: by size, by article number, by words.

use super::transaction::Fault;
use crate::shop::{Season, TireSize};
use crate::store::{Tire, TireQuery};
use rust_decimal::Decimal;
use sqlx::PgConnection;

/// Most tyres of one search.
const FOUND_MAX: i64 = 50;

/// Most products of one look-up by words.
const PRODUCTS_MAX: i64 = 10;

/// Digits of an article number; shorter ones are spoken without the leading zeros.
const SKU_DIGITS: usize = 11;

#[derive(sqlx::FromRow)]
struct Row {
    sku: String,
    brand: String,
    model: String,
    width: i16,
    profile: i16,
    rim_tenths: i16,
    commercial: bool,
    season: String,
    price: Decimal,
    quantity: i32,
    country: Option<String>,
    year: Option<i16>,
}

impl From<Row> for Tire {
    fn from(row: Row) -> Self {
        Self {
            size: size(row.width, row.profile, row.rim_tenths, row.commercial).to_string(),
            season: match row.season.as_str() {
                "winter" => Season::Winter,
                "summer" => Season::Summer,
                // The table's check leaves only this one.
                _ => Season::AllSeason,
            },
            sku: row.sku,
            brand: row.brand,
            model: row.model,
            price: row.price,
            quantity: row.quantity,
            country: row.country,
            year: row.year.map(i32::from),
        }
    }
}

/// The table's checks keep the numbers in the ranges of [`TireSize`].
fn size(width: i16, profile: i16, rim_tenths: i16, commercial: bool) -> TireSize {
    let number = |value: i16| u16::try_from(value).unwrap_or_default();
    TireSize {
        width: number(width),
        profile: number(profile),
        rim_tenths: number(rim_tenths),
        commercial,
    }
}

pub(super) async fn search(conn: &mut PgConnection, query: &TireQuery) -> Result<Vec<Tire>, Fault> {
    let rows: Vec<Row> = sqlx::query_as(
        "select sku, brand, model, width, profile, rim_tenths, commercial, season, price, \
                quantity, country, year \
         from products \
         where active and width = $1 and profile = $2 and rim_tenths = $3 \
           and (commercial or not $4) \
           and ($5::text is null or season = $5) \
           and ($6::text is null or lower(brand) = lower($6)) \
         order by price, sku limit $7",
    )
    .bind(query.size.width.cast_signed())
    .bind(query.size.profile.cast_signed())
    .bind(query.size.rim_tenths.cast_signed())
    .bind(query.size.commercial)
    .bind(query.season.map(Season::as_str))
    .bind(query.brand.as_deref().map(str::trim))
    .bind(FOUND_MAX)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Tire::from).collect())
}

pub(super) async fn sizes(conn: &mut PgConnection) -> Result<Vec<TireSize>, Fault> {
    let rows: Vec<(i16, i16, i16, bool)> = sqlx::query_as(
        "select distinct width, profile, rim_tenths, commercial from products where active \
         order by width, profile, rim_tenths, commercial",
    )
    .fetch_all(conn)
    .await?;
    let row =
        |(width, profile, rim_tenths, commercial)| size(width, profile, rim_tenths, commercial);
    Ok(rows.into_iter().map(row).collect())
}

pub(super) async fn brands(conn: &mut PgConnection) -> Result<Vec<String>, Fault> {
    let rows =
        sqlx::query_scalar("select distinct brand from products where active order by brand")
            .fetch_all(conn)
            .await?;
    Ok(rows)
}

pub(super) async fn find(conn: &mut PgConnection, text: &str) -> Result<Vec<Tire>, Fault> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rows: Vec<Row> = if is_number {
        sqlx::query_as(
            "select sku, brand, model, width, profile, rim_tenths, commercial, season, price, \
                    quantity, country, year \
             from products where active and sku in ($1, $2) order by sku limit $3",
        )
        .bind(text)
        .bind(format!("{text:0>SKU_DIGITS$}"))
        .bind(PRODUCTS_MAX)
        .fetch_all(conn)
        .await?
    } else {
        sqlx::query_as(
            "select sku, brand, model, width, profile, rim_tenths, commercial, season, price, \
                    quantity, country, year \
             from products where active and (sku = $1 or lower($1) <% search_text) \
             order by word_similarity(lower($1), search_text) desc, price, sku limit $2",
        )
        .bind(text)
        .bind(PRODUCTS_MAX)
        .fetch_all(conn)
        .await?
    };
    Ok(rows.into_iter().map(Tire::from).collect())
}
