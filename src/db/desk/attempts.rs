//! `dashboard.login_attempts`: how often somebody tried, per account and per address.

use super::at_the_door;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, PgPool};

/// How far back attempts count.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Wrong passwords for one account within the window: a person mistypes a few times, a machine
/// tries thousands.
pub const PER_ACCOUNT_MAX: i64 = 10;
/// Wrong passwords from one address within the window: an office shares one.
pub const PER_ADDRESS_MAX: i64 = 30;

/// May somebody try?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Yes; counted until it is known to be right.
    Allowed(i64),
    /// Not before so many seconds.
    TooMany(i64),
}

/// Counts an attempt before the password is looked at, so that many at once do not slip past.
///
/// # Errors
/// What Postgres says.
pub async fn begin(
    pool: &PgPool,
    account_hash: String,
    address: String,
    now: DateTime<Utc>,
) -> Result<Attempt, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            // Always in this order, so that two never wait for each other.
            for (space, what) in [(7403, &account_hash), (7404, &address)] {
                sqlx::query("select pg_advisory_xact_lock($1, hashtext($2))")
                    .bind(space)
                    .bind(what)
                    .execute(&mut *conn)
                    .await?;
            }
            let account = wait_s(conn, Of::Account(&account_hash), now).await?;
            let address_wait = wait_s(conn, Of::Address(&address), now).await?;
            if let Some(wait) = account.max(address_wait) {
                return Ok(Attempt::TooMany(wait.max(1)));
            }
            let id = sqlx::query_scalar(
                "insert into dashboard.login_attempts (account_hash, address, at) \
                 values ($1, $2, $3) returning id",
            )
            .bind(account_hash)
            .bind(address)
            .bind(now)
            .fetch_one(conn)
            .await?;
            Ok(Attempt::Allowed(id))
        })
    })
    .await
}

enum Of<'a> {
    Account(&'a str),
    Address(&'a str),
}

/// Seconds until another attempt is allowed; none if it is allowed now.
async fn wait_s(
    conn: &mut PgConnection,
    of: Of<'_>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, sqlx::Error> {
    let (query, max) = match of {
        Of::Account(hash) => (
            sqlx::query_scalar(
                "select at from dashboard.login_attempts where account_hash = $1 and at > $2 \
                 order by at desc offset $3 limit 1",
            )
            .bind(hash.to_owned()),
            PER_ACCOUNT_MAX,
        ),
        Of::Address(address) => (
            sqlx::query_scalar(
                "select at from dashboard.login_attempts where address = $1 and at > $2 \
                 order by at desc offset $3 limit 1",
            )
            .bind(address.to_owned()),
            PER_ADDRESS_MAX,
        ),
    };
    // The attempt that has to grow old before there is room for one more.
    let in_the_way: Option<DateTime<Utc>> =
        query.bind(now - WINDOW).bind(max - 1).fetch_optional(conn).await?;
    Ok(in_the_way.map(|at| (at + WINDOW - now).num_seconds()))
}

/// The attempt was right: what this account got wrong before counts no longer.
///
/// # Errors
/// What Postgres says.
pub async fn succeeded(pool: &PgPool, account_hash: String) -> Result<(), sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query("delete from dashboard.login_attempts where account_hash = $1")
                .bind(account_hash)
                .execute(conn)
                .await
                .map(drop)
        })
    })
    .await
}
