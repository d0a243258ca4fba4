//! What callers wait for, and the ticket that it becomes when it is there.

use super::agreed::{clean, customer_if};
use super::stations::rule;
use super::transaction::Fault;
use crate::ids::TenantId;
use crate::store::{NewWish, Scope, Wish};
use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Remembers a wish; the same wish of the same number again is one wish.
pub(super) async fn add(
    conn: &mut PgConnection,
    scope: &Scope,
    new: &NewWish,
) -> Result<Uuid, Fault> {
    let phone = new.phone.reveal();
    let customer = customer_if(new.phone_verified, conn, scope.tenant, phone, "").await?;
    let (kind, item, meta) = match &new.wish {
        Wish::Size { size, season } => {
            ("size", clean(size), season.as_ref().map_or(json!({}), |s| json!({ "season": s })))
        }
        Wish::Slot { station, date } => {
            refuse_unknown(conn, station).await?;
            ("slot", slot_item(station, *date), json!({ "station": station, "date": date }))
        }
    };
    let id = sqlx::query_scalar(
        "insert into wishlist (tenant_id, customer_id, phone, phone_verified, item_type, \
             item_id, source, comment, meta, call_id) \
         values ($1, $2, $3, $4, $5, $6, 'ai_agent', $7, $8, $9) \
         on conflict (tenant_id, phone, item_type, item_id, (coalesce(meta ->> 'season', ''))) \
             where status = 'pending' \
         do update set comment = coalesce(excluded.comment, wishlist.comment), \
             updated_at = now() \
         returning id",
    )
    .bind(scope.tenant.0)
    .bind(customer)
    .bind(phone)
    .bind(new.phone_verified)
    .bind(kind)
    .bind(item)
    .bind(new.comment.as_deref().map(clean))
    .bind(meta)
    .bind(scope.call.0)
    .fetch_one(conn)
    .await?;
    Ok(id)
}

fn slot_item(station: &str, date: NaiveDate) -> String {
    format!("{station} {date}")
}

async fn refuse_unknown(conn: &mut PgConnection, station: &str) -> Result<(), Fault> {
    let known: bool = sqlx::query_scalar(
        "select exists (select from fitting_stations where active and external_code = $1)",
    )
    .bind(station)
    .fetch_one(conn)
    .await?;
    if known {
        return Ok(());
    }
    Err(rule(
        "unknown_station",
        "There is no such station. Call get_fitting_stations and use a station_id from its answer.",
    ))
}

/// Turns every pending wish for a size that is in stock into a ticket, oldest first, and says how
/// many. Whoever raises a stock calls this in the same transaction, in which `app.tenant_id` must
/// be set to `tenant`.
///
/// # Errors
/// What Postgres says.
pub async fn convert_wishes(conn: &mut PgConnection, tenant: TenantId) -> Result<u64, sqlx::Error> {
    let due: Vec<(Uuid, String)> = sqlx::query_as(
        "select w.id, 'In stock again: ' || w.item_id from wishlist w \
         where w.tenant_id = $1 and w.status = 'pending' and w.item_type = 'size' \
           and exists (select from products p where p.tenant_id = w.tenant_id and p.active \
               and p.quantity > 0 \
               and tire_size(p.width, p.profile, p.rim_tenths, p.commercial) = w.item_id \
               and coalesce(w.meta ->> 'season', p.season) = p.season) \
         order by w.created_at, w.id for update skip locked",
    )
    .bind(tenant.0)
    .fetch_all(&mut *conn)
    .await?;
    convert(conn, &due, "restock").await
}

/// A time of this station and day became free.
pub(super) async fn slot_freed(
    conn: &mut PgConnection,
    tenant: TenantId,
    station: &str,
    date: NaiveDate,
) -> Result<u64, sqlx::Error> {
    let due: Vec<(Uuid, String)> = sqlx::query_as(
        "select id, 'A fitting time is free: ' || item_id from wishlist \
         where tenant_id = $1 and status = 'pending' and item_type = 'slot' and item_id = $2 \
         order by created_at, id for update skip locked",
    )
    .bind(tenant.0)
    .bind(slot_item(station, date))
    .fetch_all(&mut *conn)
    .await?;
    convert(conn, &due, "freed_slot").await
}

async fn convert(
    conn: &mut PgConnection,
    due: &[(Uuid, String)],
    kind: &str,
) -> Result<u64, sqlx::Error> {
    for (wish, title) in due {
        sqlx::query(
            "with made as ( \
                 insert into tickets (tenant_id, title, description, ticket_type, source, \
                     customer_id, phone, phone_verified, call_id, effect_key, metadata_json) \
                 select tenant_id, $2, comment, $3, 'wishlist', customer_id, phone, \
                     phone_verified, call_id, 'wish ' || id, \
                     meta || jsonb_build_object('wish_id', id, 'item_id', item_id) \
                 from wishlist where id = $1 returning id) \
             update wishlist set status = 'converted', processed_at = now(), \
                 updated_at = now(), ticket_id = made.id \
             from made where wishlist.id = $1",
        )
        .bind(wish)
        .bind(title)
        .bind(kind)
        .execute(&mut *conn)
        .await?;
    }
    Ok(due.len() as u64)
}

/// The buyer of an order waits no longer for the sizes that are in it.
pub(super) async fn fulfilled(conn: &mut PgConnection, order: Uuid) -> Result<(), Fault> {
    sqlx::query(
        "update wishlist w set status = 'cancelled', processed_at = now(), updated_at = now() \
         from orders o join order_items i on i.order_id = o.id \
         join products p on p.sku = i.product_id \
         where o.id = $1 and w.phone = o.phone and w.phone_verified and o.phone_verified \
           and w.status = 'pending' and w.item_type = 'size' \
           and w.item_id = tire_size(p.width, p.profile, p.rim_tenths, p.commercial)",
    )
    .bind(order)
    .execute(conn)
    .await?;
    Ok(())
}
