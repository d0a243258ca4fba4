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
    let may: Vec<String> = may.iter().map(|may| may.code().to_owned()).collect();
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar(
                "insert into dashboard.machine_tokens (tenant_id, name, token_hash, may) \
                 values ($1, $2, $3, $4) \
                 on conflict (tenant_id, name) where revoked_at is null do nothing returning id",
            )
            .bind(tenant.0)
            .bind(name)
            .bind(token_hash)
            .bind(may)
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
                "select name, may, created_at, last_used_at, last_address, revoked_at \
                 from dashboard.machine_tokens order by name, created_at",
            )
            .fetch_all(conn)
            .await
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
                "select k.id, k.tenant_id, k.name, k.may, k.last_used_at, t.timezone \
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
