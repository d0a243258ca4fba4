//! `dashboard.one_time_tokens`: links that open a door once.

use super::at_the_door;
use super::users::{self, Role, folded};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Making the first account, as long as there is none.
    FirstAdmin,
    /// Choosing a password: the first one, or a new one.
    SetPassword,
    /// Coming in once, without a password.
    SignIn,
}

impl Purpose {
    const fn code(self) -> &'static str {
        match self {
            Self::FirstAdmin => "first_admin",
            Self::SetPassword => "set_password",
            Self::SignIn => "sign_in",
        }
    }
}

impl TryFrom<String> for Purpose {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        [Self::FirstAdmin, Self::SetPassword, Self::SignIn]
            .into_iter()
            .find(|purpose| purpose.code() == text)
            .ok_or_else(|| format!("no link is for {text}"))
    }
}

/// A link that still works.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// What it is good for.
    #[sqlx(try_from = "String")]
    pub purpose: Purpose,
    /// Whose it is; none for [`Purpose::FirstAdmin`].
    pub user_id: Option<Uuid>,
    /// The person's e-mail.
    pub email: Option<String>,
}

/// Makes a link of which `token_hash` is the SHA-256. Older links of the same kind for the same
/// person stop working.
///
/// # Errors
/// What Postgres says.
pub async fn make(
    pool: &PgPool,
    token_hash: String,
    purpose: Purpose,
    user: Option<Uuid>,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query(
                "delete from dashboard.one_time_tokens \
                 where purpose = $1 and user_id is not distinct from $2 and used_at is null",
            )
            .bind(purpose.code())
            .bind(user)
            .execute(&mut *conn)
            .await?;
            sqlx::query(
                "insert into dashboard.one_time_tokens (token_hash, purpose, user_id, expires_at) \
                 values ($1, $2, $3, $4)",
            )
            .bind(token_hash)
            .bind(purpose.code())
            .bind(user)
            .bind(expires_at)
            .execute(conn)
            .await
            .map(drop)
        })
    })
    .await
}

/// What a link is, without using it: looking at the page of a link must not use it up.
///
/// # Errors
/// What Postgres says.
pub async fn look(
    pool: &PgPool,
    token_hash: String,
    now: DateTime<Utc>,
) -> Result<Option<Token>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select t.purpose, t.user_id, u.email from dashboard.one_time_tokens t \
                 left join dashboard.users u on u.id = t.user_id \
                 where t.token_hash = $1 and t.used_at is null and t.expires_at > $2 \
                   and u.blocked_at is null \
                   and (t.user_id is not null \
                        or not exists (select from dashboard.users where email <> $3))",
            )
            .bind(token_hash)
            .bind(now)
            .bind(users::DEMO)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// Uses a link up; whose it was. `None` if it does not work, or somebody was quicker.
async fn used(
    conn: &mut sqlx::PgConnection,
    token_hash: &str,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Option<Uuid>>, sqlx::Error> {
    sqlx::query_scalar(
        "update dashboard.one_time_tokens set used_at = $3 \
         where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 \
         returning user_id",
    )
    .bind(token_hash)
    .bind(purpose.code())
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// Comes in by a link, once; who came in.
///
/// # Errors
/// What Postgres says.
pub async fn sign_in(
    pool: &PgPool,
    token_hash: String,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move { Ok(used(conn, &token_hash, Purpose::SignIn, now).await?.flatten()) })
    })
    .await
}

/// Sets a password by a link, once; whose it is. Everything that the person had open ends.
///
/// # Errors
/// What Postgres says.
pub async fn set_password(
    pool: &PgPool,
    token_hash: String,
    password_hash: String,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, sqlx::Error> {
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            let found = used(conn, &token_hash, Purpose::SetPassword, now).await?.flatten();
            let Some(user) = found else { return Ok(None) };
            sqlx::query(
                "update dashboard.users set password_hash = $2, updated_at = now() where id = $1",
            )
            .bind(user)
            .bind(password_hash)
            .execute(&mut *conn)
            .await?;
            users::end_everything(conn, user).await?;
            Ok(Some(user))
        })
    })
    .await
}

/// Makes the first account by a link, once, and only while there is none; who it is.
///
/// # Errors
/// What Postgres says, for example that the e-mail is none.
pub async fn first_admin(
    pool: &PgPool,
    token_hash: String,
    email: &str,
    name: &str,
    password_hash: String,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, sqlx::Error> {
    let (email, name) = (folded(email), name.trim().to_owned());
    at_the_door(pool, move |conn| {
        Box::pin(async move {
            // Two who press the button at once make one account.
            sqlx::query("lock table dashboard.users in share row exclusive mode")
                .execute(&mut *conn)
                .await?;
            let anybody: bool =
                sqlx::query_scalar("select exists (select from dashboard.users where email <> $1)")
                    .bind(users::DEMO)
                    .fetch_one(&mut *conn)
                    .await?;
            if anybody || used(conn, &token_hash, Purpose::FirstAdmin, now).await?.is_none() {
                return Ok(None);
            }
            sqlx::query_scalar(
                "insert into dashboard.users (email, name, role, password_hash) \
                 values ($1, $2, $3, $4) returning id",
            )
            .bind(email)
            .bind(name)
            .bind(Role::SuperAdmin.code())
            .bind(password_hash)
            .fetch_one(conn)
            .await
            .map(Some)
        })
    })
    .await
}
