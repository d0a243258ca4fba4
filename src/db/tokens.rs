//! `dashboard.machine_tokens`: programs that may come in, each with what it may do.

use super::desk::at_the_door;
use super::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use std::str::FromStr;
use uuid::Uuid;

/// How often it is noted that a token is used: a busy program would write a row a request.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Something that a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum May {
    /// Read calls, what was said in them and what was looked up.
    ReadCalls,
    /// Read the figures of days.
    ReadStats,
    /// Read orders.
    ReadOrders,
    /// Read bookings.
    ReadBookings,
    /// Read tickets.
    ReadTickets,
    /// Write tickets and change their state.
    WriteTickets,
    /// Read customers.
    ReadCustomers,
    /// See numbers, names and addresses of people; without it they are masked everywhere.
    SeePeople,
    /// Read what our things are called elsewhere.
    ReadRefs,
    /// Say what our things are called elsewhere.
    WriteRefs,
    /// Read how other systems were kept in step.
    ReadSync,
    /// Say how a system was kept in step.
    WriteSync,
}

impl May {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::ReadCalls,
        Self::ReadStats,
        Self::ReadOrders,
        Self::ReadBookings,
        Self::ReadTickets,
        Self::WriteTickets,
        Self::ReadCustomers,
        Self::SeePeople,
        Self::ReadRefs,
        Self::WriteRefs,
        Self::ReadSync,
        Self::WriteSync,
    ];

    /// As it stands in the database and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReadCalls => "calls:read",
            Self::ReadStats => "stats:read",
            Self::ReadOrders => "orders:read",
            Self::ReadBookings => "bookings:read",
            Self::ReadTickets => "tickets:read",
            Self::WriteTickets => "tickets:write",
            Self::ReadCustomers => "customers:read",
            Self::SeePeople => "people:read",
            Self::ReadRefs => "refs:read",
            Self::WriteRefs => "refs:write",
            Self::ReadSync => "sync:read",
            Self::WriteSync => "sync:write",
        }
    }
}

impl FromStr for May {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|may| may.code() == text.trim()).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|may| may.code()).collect();
            format!("a token may {}", all.join(", "))
        })
    }
}

/// A token that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// Which.
    pub id: Uuid,
    /// Of which shop.
    pub tenant_id: Uuid,
    /// How it is called.
    pub name: String,
    /// Codes of [`May`].
    pub may: Vec<String>,
    /// When it was noted last that it is used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The shop's time zone.
    pub timezone: String,
    /// Requests in a minute, if fewer than the configuration allows.
    pub requests_per_minute_max: Option<i32>,
}

impl Token {
    /// True if the token may do this.
    #[must_use]
    pub fn may(&self, what: May) -> bool {
        self.may.iter().any(|code| code == what.code())
    }

    /// Who did it, for the audit log.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("token {}", self.name)
    }
}

/// A token as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// Which.
    pub id: Uuid,
    /// How it is called.
    pub name: String,
    /// Codes of [`May`].
    pub may: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From where.
    pub last_address: Option<String>,
    /// Since when it opens nothing.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Requests in a minute, if fewer than the configuration allows.
    pub requests_per_minute_max: Option<i32>,
}

/// Keeps the hash of a new token; `None` if there is one of this name.
///
/// # Errors
/// What Postgres says, for example that the name is none.
pub async fn add(
    pool: &PgPool,
    tenant: TenantId,
    name: String,
    token_hash: String,
    may: &[May],
) -> Result<Option<Uuid>, sqlx::Error> {
    add_limited(pool, tenant, name, token_hash, may, None).await
}

/// The same with a limit of its own: so many requests in a minute.
///
/// # Errors
/// What Postgres says, for example that the name is none.
pub async fn add_limited(
    pool: &PgPool,
    tenant: TenantId,
    name: String,
    token_hash: String,
    may: &[May],
    per_minute: Option<i32>,
) -> Result<Option<Uuid>, sqlx::Error> {
    let may: Vec<String> = may.iter().map(|may| may.code().to_owned()).collect();
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar(
                "insert into dashboard.machine_tokens (tenant_id, name, token_hash, may, \
                     requests_per_minute_max) values ($1, $2, $3, $4, $5) \
                 on conflict (tenant_id, name) where revoked_at is null do nothing returning id",
            )
            .bind(tenant.0)
            .bind(name)
            .bind(token_hash)
            .bind(may)
            .bind(per_minute)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// All tokens of a shop by name, revoked ones too.
///
/// # Errors
/// What Postgres says.
pub async fn list(pool: &PgPool, tenant: TenantId) -> Result<Vec<Listed>, sqlx::Error> {
    with_tenant(pool, tenant, |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, name, may, created_at, last_used_at, last_address, revoked_at, \
                        requests_per_minute_max \
                 from dashboard.machine_tokens order by name, created_at",
            )
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// Gives a token a limit of its own, or takes it away; false if there is no such token that opens
/// anything.
///
/// # Errors
/// What Postgres says.
pub async fn set_limit(
    pool: &PgPool,
    tenant: TenantId,
    id: Uuid,
    per_minute: Option<i32>,
) -> Result<bool, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let done = sqlx::query(
                "update dashboard.machine_tokens set requests_per_minute_max = $2 \
                 where id = $1 and revoked_at is null",
            )
            .bind(id)
            .bind(per_minute)
            .execute(conn)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    })
    .await
}

/// Makes a token open nothing from now on; which it was, `None` if there is none of this name.
///
/// # Errors
/// What Postgres says.
pub async fn revoke(
    pool: &PgPool,
    tenant: TenantId,
    name: String,
) -> Result<Option<Uuid>, sqlx::Error> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar(
                "update dashboard.machine_tokens set revoked_at = now() \
                 where name = $1 and revoked_at is null returning id",
            )
            .bind(name)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// Who comes with a token of this hash, from `address`; notes that it is used.
///
/// # Errors
/// What Postgres says.
pub async fn enter(
    pool: &PgPool,
    token_hash: String,
    address: String,
    now: DateTime<Utc>,
) -> Result<Option<Token>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            let found: Option<Token> = sqlx::query_as(
                "select k.id, k.tenant_id, k.name, k.may, k.last_used_at, t.timezone, \
                        k.requests_per_minute_max \
                 from dashboard.machine_tokens k join tenants t on t.id = k.tenant_id \
                 where k.token_hash = $1 and k.revoked_at is null and t.is_active",
            )
            .bind(token_hash)
            .fetch_optional(&mut *conn)
            .await?;
            if let Some(token) = &found
                && token.last_used_at.is_none_or(|at| now - at >= TOUCH_EVERY)
            {
                sqlx::query(
                    "update dashboard.machine_tokens set last_used_at = $2, last_address = $3 \
                     where id = $1",
                )
                .bind(token.id)
                .bind(now)
                .bind(address)
                .execute(conn)
                .await?;
            }
            Ok(found)
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::May;

    #[test]
    fn what_a_token_may_has_a_name_of_its_own() {
        let codes: std::collections::BTreeSet<_> = May::ALL.map(May::code).into_iter().collect();
        assert_eq!(codes.len(), May::ALL.len());
        for may in May::ALL {
            assert_eq!(may.code().parse(), Ok(may));
        }
        assert!("calls:write".parse::<May>().unwrap_err().contains("calls:read"));
    }
}
