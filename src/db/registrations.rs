//! Registrations: what the dialplan told about a UUID before its connection came. Single use.

use super::{active_tenants, all_tenants, with_tenant};
use crate::ids::TenantId;
use crate::pii::Phone;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

/// What the dialplan told.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// The UUID that the connection will bring.
    pub uuid: Uuid,
    /// The shop of the called number.
    pub tenant: TenantId,
    /// The caller's number, if given.
    pub caller: Option<Phone>,
    /// The called number.
    pub called: Option<String>,
    /// Everything else.
    pub data: Value,
    /// How long it may wait for its connection, seconds.
    pub ttl_s: u64,
}

/// Keeps a registration. False if this UUID was registered before: a UUID is used once.
///
/// # Errors
/// What Postgres says.
pub async fn register(pool: &PgPool, registration: Registration) -> Result<bool, sqlx::Error> {
    with_tenant(pool, registration.tenant, move |conn| {
        Box::pin(async move {
            let done = sqlx::query(
                "insert into call_registrations (id, tenant_id, caller, called, data, expires_at) \
                 values ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 second') \
                 on conflict (id) do nothing",
            )
            .bind(registration.uuid)
            .bind(registration.tenant.0)
            .bind(registration.caller.as_ref().map(Phone::reveal))
            .bind(registration.called.as_deref().map(super::log::short))
            .bind(super::log::json(&registration.data))
            .bind(super::log::integer(registration.ttl_s))
            .execute(conn)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    })
    .await
}

/// Takes a registration, once; `None` if it is unknown, used or too old. Of two who take it at the
/// same moment one gets it.
///
/// # Errors
/// What Postgres says.
pub async fn take(pool: &PgPool, uuid: Uuid) -> Result<Option<Registration>, sqlx::Error> {
    for tenant in active_tenants(pool).await? {
        if let Some(found) = take_in(pool, tenant, uuid).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

type Row = (Option<String>, Option<String>, Value, i64);

async fn take_in(
    pool: &PgPool,
    tenant: TenantId,
    uuid: Uuid,
) -> Result<Option<Registration>, sqlx::Error> {
    let found: Option<Row> = with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "update call_registrations set used_at = clock_timestamp() \
                 where id = $1 and used_at is null and expires_at > clock_timestamp() \
                 returning caller, called, data, \
                     ceil(extract(epoch from expires_at - clock_timestamp()))::bigint",
            )
            .bind(uuid)
            .fetch_optional(conn)
            .await
        })
    })
    .await?;
    Ok(found.map(|(caller, called, data, left_s)| Registration {
        uuid,
        tenant,
        caller: caller.as_deref().and_then(Phone::parse),
        called,
        data,
        ttl_s: u64::try_from(left_s).unwrap_or(0),
    }))
}

/// Deletes registrations that are past their retention; answers how many.
///
/// # Errors
/// What Postgres says.
pub async fn forget_old(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let mut gone = 0;
    for tenant in all_tenants(pool).await? {
        gone += with_tenant(pool, tenant, |conn| {
            Box::pin(async move {
                sqlx::query("set local statement_timeout = '30s'").execute(&mut *conn).await?;
                let done = sqlx::query(
                    "delete from call_registrations using housekeeping.retention kept \
                     where kept.table_name = 'call_registrations' \
                       and expires_at < now() - kept.keep_days * interval '1 day'",
                )
                .execute(conn)
                .await?;
                Ok::<u64, sqlx::Error>(done.rows_affected())
            })
        })
        .await?;
    }
    Ok(gone)
}
