//! `dashboard.users`: the people of the desk.

mod office;

pub use office::{Changed, PAGE_PEOPLE, Person, people, set_blocked, set_role};

use super::at_the_door;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Everything, in every shop.
    SuperAdmin,
    /// Everything in one shop.
    Admin,
    /// Takes calls and looks after what was promised.
    Operator,
    /// Reads figures and calls; sees no telephone numbers.
    Analyst,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::SuperAdmin, Self::Admin, Self::Operator, Self::Analyst];

    /// As it stands in the database and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Analyst => "analyst",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.code() == text)
            .ok_or_else(|| "a role is super_admin, admin, operator or analyst".to_owned())
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A person of the desk.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// The account.
    pub id: Uuid,
    /// The shop; none: every shop.
    pub tenant_id: Option<Uuid>,
    /// In lower case.
    pub email: String,
    /// How the person is called.
    pub name: String,
    /// What the person may do.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// `uk` or `en`.
    pub tongue: String,
    /// `auto`, `light` or `dark`.
    pub scheme: String,
    /// Since when the person may not come in.
    pub blocked_at: Option<DateTime<Utc>>,
    /// When the person was last here.
    pub seen_at: Option<DateTime<Utc>>,
}

impl User {
    /// How the person is spoken of in the audit log.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.email
    }
}

/// The account under which the demonstration's call is looked at. It has no password and goes when
/// the demonstration ends; for the first account it counts as nobody.
pub const DEMO: &str = "demo@demo.invalid";

/// A person to be.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Any case; kept in lower case.
    pub email: String,
    /// How the person is called.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The shop; not looked at for a `super_admin`.
    pub tenant: TenantId,
}

/// An e-mail as accounts are known by it.
#[must_use]
pub fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Makes an account without a password; `None` if there is one with this e-mail.
///
/// # Errors
/// What Postgres says, for example that the e-mail is none.
pub async fn add(pool: &PgPool, new: NewUser) -> Result<Option<Uuid>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar(
                "insert into dashboard.users (tenant_id, email, name, role) \
                 values ($1, $2, $3, $4) on conflict (email) do nothing returning id",
            )
            .bind((new.role != Role::SuperAdmin).then_some(new.tenant.0))
            .bind(folded(&new.email))
            .bind(new.name.trim())
            .bind(new.role.code())
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// True if anybody has an account.
///
/// # Errors
/// What Postgres says.
pub async fn any(pool: &PgPool) -> Result<bool, sqlx::Error> {
    at_the_door(pool, |conn| {
        Box::pin(async move {
            sqlx::query_scalar("select exists (select from dashboard.users where email <> $1)")
                .bind(DEMO)
                .fetch_one(conn)
                .await
        })
    })
    .await
}

/// Everybody, by e-mail.
///
/// # Errors
/// What Postgres says.
pub async fn list(pool: &PgPool) -> Result<Vec<User>, sqlx::Error> {
    at_the_door(pool, |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, tenant_id, email, name, role, tongue, scheme, blocked_at, seen_at \
                 from dashboard.users order by email",
            )
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// The person with this e-mail.
///
/// # Errors
/// What Postgres says.
pub async fn by_email(pool: &PgPool, email: &str) -> Result<Option<User>, sqlx::Error> {
    let email = folded(email);
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, tenant_id, email, name, role, tongue, scheme, blocked_at, seen_at \
                 from dashboard.users where email = $1",
            )
            .bind(email)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// The person with this id.
///
/// # Errors
/// What Postgres says.
pub async fn by_id(pool: &PgPool, id: Uuid) -> Result<Option<User>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select id, tenant_id, email, name, role, tongue, scheme, blocked_at, seen_at \
                 from dashboard.users where id = $1",
            )
            .bind(id)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// The hash of a person's password, if the person may come in and has one.
///
/// # Errors
/// What Postgres says.
pub async fn password_of(pool: &PgPool, email: &str) -> Result<Option<String>, sqlx::Error> {
    let email = folded(email);
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            let hash: Option<Option<String>> = sqlx::query_scalar(
                "select password_hash from dashboard.users where email = $1 and blocked_at is null",
            )
            .bind(email)
            .fetch_optional(conn)
            .await?;
            Ok(hash.flatten())
        })
    })
    .await
}

/// Sets a password. Every session and every link of the person ends with the old one.
///
/// # Errors
/// What Postgres says.
pub async fn set_password(pool: &PgPool, id: Uuid, hash: String) -> Result<(), sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "update dashboard.users set password_hash = $2, updated_at = now() where id = $1",
            )
            .bind(id)
            .bind(hash)
            .execute(&mut *conn)
            .await?;
            end_everything(conn, id).await
        })
    })
    .await
}

/// Ends the sessions and links of a person.
pub(super) async fn end_everything(
    conn: &mut sqlx::PgConnection,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from dashboard.sessions where user_id = $1")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    sqlx::query("delete from dashboard.one_time_tokens where user_id = $1 and used_at is null")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets how the desk looks to a person: `uk` or `en`, and `auto`, `light` or `dark`.
///
/// # Errors
/// What Postgres says, for example that there is no such language.
pub async fn set_look(
    pool: &PgPool,
    id: Uuid,
    tongue: &'static str,
    scheme: &'static str,
) -> Result<(), sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "update dashboard.users set tongue = $2, scheme = $3, updated_at = now() \
                 where id = $1",
            )
            .bind(id)
            .bind(tongue)
            .bind(scheme)
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}

/// Takes an account away, with its sessions and links; notes of the audit log stay.
///
/// # Errors
/// What Postgres says.
pub async fn remove(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query("delete from dashboard.users where id = $1")
                .bind(id)
                .execute(conn)
                .await
                .map(drop)
        })
    })
    .await
}

/// The shop with this short name.
///
/// # Errors
/// What Postgres says.
pub async fn shop(pool: &PgPool, slug: &str) -> Result<Option<TenantId>, sqlx::Error> {
    let id: Option<Uuid> = sqlx::query_scalar("select id from tenants where slug = $1")
        .bind(slug.to_owned())
        .fetch_optional(pool)
        .await?;
    Ok(id.map(TenantId))
}
