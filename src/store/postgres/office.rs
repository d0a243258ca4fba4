//! What the shop's people do at their desk with orders that go on or are given up. The steps are
//! the agent's own; under them stands the word of a user instead of a caller's yes. What was seen
//! goes with every wish: who is late changes nothing.

use super::transaction::{Fault, in_tenant};
use super::{PostgresStore, orders, wishes};
use crate::db::desk::audit;
use crate::db::desk::staff::Staff;
use crate::shop::OrderStatus;
use crate::store::StoreError;
use serde_json::json;
use sqlx::PgConnection;
use std::sync::Arc;
use uuid::Uuid;

/// What came of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is so now.
    Done,
    /// There is no such thing.
    Unknown,
    /// It is not as it was seen; how it is.
    Stale(String),
    /// Things of this kind do not change like that.
    NotAllowed,
}

impl PostgresStore {
    /// Makes `to` of an order that stood at `seen`. What is cancelled gives its pieces back to the
    /// stock, once, and those who waited for them get a ticket.
    ///
    /// # Errors
    /// [`StoreError::Away`], [`StoreError::Unknown`].
    pub async fn advance_order(
        &self,
        staff: &Staff,
        order: Uuid,
        (seen, to): (OrderStatus, OrderStatus),
        tracking: Option<String>,
    ) -> Result<Settled, StoreError> {
        let asked = Arc::new((staff.clone(), tracking));
        in_tenant(&self.pool, staff.tenant, move |conn| {
            let asked = Arc::clone(&asked);
            Box::pin(
                async move { advance(conn, &asked.0, order, (seen, to), asked.1.as_deref()).await },
            )
        })
        .await
    }
}

async fn advance(
    conn: &mut PgConnection,
    staff: &Staff,
    order: Uuid,
    (seen, to): (OrderStatus, OrderStatus),
    tracking: Option<&str>,
) -> Result<Settled, Fault> {
    let found: Option<String> =
        sqlx::query_scalar("select status from orders where id = $1 for update")
            .bind(order)
            .fetch_optional(&mut *conn)
            .await?;
    let Some(word) = found else { return Ok(Settled::Unknown) };
    let status = orders::status_of(&word);
    if status != seen {
        return Ok(Settled::Stale(word));
    }
    if !status.next().contains(&to) {
        return Ok(Settled::NotAllowed);
    }
    sqlx::query(
        "update orders set status = $2, tracking_number = coalesce($3, tracking_number), \
             updated_at = now() where id = $1",
    )
    .bind(order)
    .bind(to.as_str())
    .bind(tracking)
    .execute(&mut *conn)
    .await?;
    if to == OrderStatus::Cancelled && status.holds_stock() {
        give_back(conn, order).await?;
        wishes::convert_wishes(conn, staff.tenant).await?;
    }
    let state = |status: OrderStatus| Some(json!({ "status": status.as_str() }));
    let deed = staff.deed("order.status_changed", ("order", order), state(status), state(to));
    audit::write(conn, deed).await?;
    Ok(Settled::Done)
}

/// Puts every line back into the stock, in the order of article numbers, as it was taken out.
async fn give_back(conn: &mut PgConnection, order: Uuid) -> Result<(), Fault> {
    let lines: Vec<(String, i32)> = sqlx::query_as(
        "select product_id, quantity from order_items where order_id = $1 order by product_id",
    )
    .bind(order)
    .fetch_all(&mut *conn)
    .await?;
    for (sku, pieces) in lines {
        sqlx::query(
            "update products set quantity = quantity + $2, updated_at = now() where sku = $1",
        )
        .bind(sku)
        .bind(pieces)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
