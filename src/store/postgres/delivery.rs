//! Where an order goes, and what that costs.

use super::agreed::clean;
use super::orders::{lock_own, reprice, view};
use super::stations::rule;
use super::transaction::Fault;
use crate::language::Language;
use crate::shop::{OrderStatus, fold, place_matches};
use crate::store::{Delivery, OrderView, PickupPoint, Scope};
use sqlx::PgConnection;
use uuid::Uuid;

/// Chooses the delivery of a draft of this call.
pub(super) async fn set(
    conn: &mut PgConnection,
    scope: &Scope,
    (order, delivery): &(Uuid, Delivery),
) -> Result<OrderView, Fault> {
    if lock_own(conn, scope, *order).await? != OrderStatus::Draft {
        return Err(rule(
            "order_not_open",
            "This order is confirmed already; what becomes of it now is an operator's business.",
        ));
    }
    match delivery {
        Delivery::Address { city, address } => to_address(conn, *order, city, &address.0).await?,
        Delivery::Pickup { point } => to_point(conn, *order, point).await?,
    }
    reprice(conn, *order).await?;
    view(conn, scope, *order).await
}

async fn to_address(
    conn: &mut PgConnection,
    order: Uuid,
    city: &str,
    address: &str,
) -> Result<(), Fault> {
    let (city, address) = (clean(city), clean(address));
    if city.is_empty() || address.is_empty() {
        return Err(rule(
            "address_missing",
            "A delivery needs a city and a street with a house, or a branch of the carrier. Ask \
             for what is missing.",
        ));
    }
    let Some(rate) = rate_for(conn, &city).await? else {
        return Err(rule(
            "delivery_unavailable",
            "The shop does not deliver there. Offer a pickup point or transfer_to_operator.",
        ));
    };
    sqlx::query(
        "update orders o set delivery_type = 'delivery', delivery_city = $2, \
             delivery_address = $3, delivery_rate_id = r.id, delivery_days = r.days, \
             pickup_point_id = null, updated_at = now() \
         from delivery_rates r where o.id = $1 and r.id = $4",
    )
    .bind(order)
    .bind(city)
    .bind(address)
    .bind(rate)
    .execute(conn)
    .await?;
    Ok(())
}

/// The line of the price list for a city, or the one for everywhere else.
async fn rate_for(conn: &mut PgConnection, city: &str) -> Result<Option<Uuid>, Fault> {
    let rates: Vec<(Uuid, String, Option<String>, Vec<String>)> = sqlx::query_as(
        "select id, city, city_uk, city_aliases from delivery_rates where active order by city",
    )
    .fetch_all(conn)
    .await?;
    let own = rates.iter().find(|(_, name, name_uk, aliases)| {
        !name.is_empty() && is_city(city, name, name_uk.as_deref(), aliases)
    });
    let elsewhere = rates.iter().find(|(_, name, ..)| name.is_empty());
    Ok(own.or(elsewhere).map(|(id, ..)| *id))
}

/// True if `said` is this city, in any case, form or spelling.
fn is_city(said: &str, name: &str, name_uk: Option<&str>, aliases: &[String]) -> bool {
    let names =
        || [Some(name), name_uk].into_iter().flatten().chain(aliases.iter().map(String::as_str));
    let fields: Vec<&str> = names().collect();
    fields.iter().any(|known| fold(known) == fold(said.trim())) || place_matches(said, &fields)
}

async fn to_point(conn: &mut PgConnection, order: Uuid, point: &str) -> Result<(), Fault> {
    let updated = sqlx::query(
        "update orders o set delivery_type = 'pickup', pickup_point_id = p.id, \
             delivery_days = p.days, delivery_cost = 0, delivery_city = null, \
             delivery_address = null, delivery_rate_id = null, updated_at = now() \
         from pickup_points p where o.id = $1 and p.active and p.external_code = $2",
    )
    .bind(order)
    .bind(point.trim())
    .execute(conn)
    .await?;
    if updated.rows_affected() == 0 {
        return Err(rule(
            "unknown_pickup_point",
            "There is no such pickup point. Call get_pickup_points and use an id from its answer.",
        ));
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    external_code: String,
    name: String,
    name_uk: Option<String>,
    city: String,
    city_uk: Option<String>,
    city_aliases: Vec<String>,
    address: String,
    address_uk: Option<String>,
}

/// Pickup points, all or those of a city, named in the language of the call where the shop has
/// such names.
pub(super) async fn points(
    conn: &mut PgConnection,
    scope: &Scope,
    city: Option<&str>,
) -> Result<Vec<PickupPoint>, Fault> {
    let rows: Vec<Row> = sqlx::query_as(
        "select external_code, name, name_uk, city, city_uk, city_aliases, address, address_uk \
         from pickup_points where active order by city, name, external_code",
    )
    .fetch_all(conn)
    .await?;
    let there = |row: &Row| {
        city.is_none_or(|said| is_city(said, &row.city, row.city_uk.as_deref(), &row.city_aliases))
    };
    let cyrillic = scope.language != Language::En;
    let named = |own: Option<String>, plain: String| match own {
        Some(own) if cyrillic && !own.is_empty() => own,
        _ => plain,
    };
    let point = |row: Row| PickupPoint {
        code: row.external_code,
        name: named(row.name_uk, row.name),
        city: named(row.city_uk, row.city),
        address: named(row.address_uk, row.address),
    };
    Ok(rows.into_iter().filter(there).map(point).collect())
}
