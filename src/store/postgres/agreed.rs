//! What every effect has in common: whose it is, one at a time for each number, and the agreement
//! that it stands on.
//!
//! Locks are taken in one order everywhere (number, customer, effect, approval, the rows
//! themselves, and of those the stock by article number), the same as the log writer's, so that
//! two transactions do not wait for each other.

use super::stations::rule;
use super::transaction::Fault;
use crate::ids::TenantId;
use crate::pii::Phone;
use crate::store::{Scope, StoreError};
use crate::turn::Approval;
use sqlx::PgConnection;
use uuid::Uuid;

/// The caller's own number. Without one nothing that exists is shown or changed.
pub(super) fn own_number(scope: &Scope) -> Result<&Phone, Fault> {
    scope.caller.as_ref().ok_or_else(|| {
        rule(
            "identity_unverified",
            "The network gave no number for this caller, so nothing that exists may be shown or \
             changed. Offer transfer_to_operator.",
        )
    })
}

/// One number does one thing at a time, so that its limits can be counted.
pub(super) async fn lock_number(
    conn: &mut PgConnection,
    tenant: TenantId,
    number: &str,
) -> Result<(), Fault> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("{}{number}", tenant.0))
        .execute(conn)
        .await?;
    Ok(())
}

/// The customer of a verified number; their name is kept if it is the first.
pub(super) async fn customer(
    conn: &mut PgConnection,
    tenant: TenantId,
    phone: &str,
    name: &str,
) -> Result<Uuid, Fault> {
    let id = sqlx::query_scalar(
        "insert into customers (tenant_id, phone, name) values ($1, $2, nullif($3, '')) \
         on conflict (tenant_id, phone) do update \
         set name = coalesce(customers.name, excluded.name), updated_at = now() returning id",
    )
    .bind(tenant.0)
    .bind(phone)
    .bind(clean(name))
    .fetch_one(conn)
    .await?;
    Ok(id)
}

/// The customer of a number, if the network gave it: one that was only spoken changes nobody's
/// record.
pub(super) async fn customer_if(
    verified: bool,
    conn: &mut PgConnection,
    tenant: TenantId,
    phone: &str,
    name: &str,
) -> Result<Option<Uuid>, Fault> {
    if verified { customer(conn, tenant, phone, name).await.map(Some) } else { Ok(None) }
}

/// Writes the agreement, or finds it: an effect key belongs to one content for ever.
pub(super) async fn approve(
    conn: &mut PgConnection,
    scope: &Scope,
    approval: &Approval,
) -> Result<Uuid, Fault> {
    lock_effect(conn, &approval.effect_key).await?;
    let (id, tool, args): (Uuid, String, serde_json::Value) = sqlx::query_as(
        "insert into approvals (id, tenant_id, call_id, call_started_at, tool_name, args, \
             effect_key, readback_hash, status, approved_by, approved_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'approved', 'customer', $9) \
         on conflict (effect_key) do update set status = 'approved', \
             approved_by = coalesce(approvals.approved_by, excluded.approved_by), \
             approved_at = coalesce(approvals.approved_at, excluded.approved_at), \
             updated_at = now() \
         returning id, tool_name, args",
    )
    .bind(approval.id)
    .bind(scope.tenant.0)
    .bind(scope.call.0)
    .bind(scope.call_started_at)
    .bind(&approval.tool)
    .bind(&approval.args)
    .bind(&approval.effect_key)
    .bind(&approval.readback_hash)
    .bind(scope.now)
    .fetch_one(conn)
    .await?;
    if tool != approval.tool || args != approval.args {
        return Err(Fault::Refused(StoreError::EffectMismatch));
    }
    Ok(id)
}

/// What an effect does and the question whether it was done never run at the same time.
async fn lock_effect(conn: &mut PgConnection, effect_key: &str) -> Result<(), Fault> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 1))")
        .bind(effect_key)
        .execute(conn)
        .await?;
    Ok(())
}

/// True if the effect of this key was made. A transaction that is about to make it is waited for.
pub(super) async fn stands(conn: &mut PgConnection, effect_key: &str) -> Result<bool, Fault> {
    lock_effect(conn, effect_key).await?;
    let stands = sqlx::query_scalar(
        "select exists (select from fitting_bookings where effect_key = $1) \
             or exists (select from fitting_booking_changes where effect_key = $1) \
             or exists (select from orders where effect_key = $1)",
    )
    .bind(effect_key)
    .fetch_one(conn)
    .await?;
    Ok(stands)
}

/// Text as Postgres takes it, of a bounded length.
pub(super) fn clean(text: &str) -> String {
    text.trim().chars().filter(|c| *c != '\0').take(200).collect()
}
