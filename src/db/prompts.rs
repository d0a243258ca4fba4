//! Versions of the standing instructions, and tests of two against each other. What a call had
//! stands in `calls.prompt_version`; both arms are counted from there, live calls only.

pub mod text;

use super::intervals::Sample;
use super::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// A version.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PromptVersion {
    /// Its row.
    pub id: Uuid,
    /// As in `calls.prompt_version`.
    pub name: String,
    /// The instructions.
    pub system_prompt: String,
    /// `{"hide": [tool, …]}`.
    pub tools_config: Value,
    /// In use.
    pub is_active: bool,
    /// `builtin`, `hard_rules`, `scenarios`.
    pub metadata: Value,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

/// A new version.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPrompt {
    /// Small letters, digits, `.`, `_`, `-`; at most 50.
    pub name: String,
    /// The instructions.
    pub system_prompt: String,
    /// `{"hide": [tool, …]}`.
    pub tools_config: Value,
    /// `hard_rules`, `scenarios`.
    pub metadata: Value,
}

/// A test of two versions.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AbTest {
    /// Its row.
    pub id: Uuid,
    /// Its name.
    pub test_name: String,
    /// The version of arm A.
    pub variant_a: String,
    /// The version of arm B.
    pub variant_b: String,
    /// The share of calls that get B, between 0 and 1.
    pub share_b: f64,
    /// `running`, `stopped`.
    pub status: String,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// Until when.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What was counted of one arm.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::FromRow)]
pub struct Arm {
    /// Live calls that have ended.
    pub calls: i64,
    /// With outcome `resolved`.
    pub resolved: i64,
    /// Handed to a person.
    pub transferred: i64,
    /// With an order or a booking.
    pub converted: i64,
    /// Calls with a quality score.
    pub scored: i64,
    /// Their mean, 0 to 1.
    pub quality_mean: Option<f64>,
    /// Their variance.
    pub quality_variance: Option<f64>,
}

impl Arm {
    /// The quality scores as a sample.
    #[must_use]
    pub fn quality(&self) -> Sample {
        Sample {
            count: self.scored.unsigned_abs(),
            mean: self.quality_mean.unwrap_or(0.0),
            variance: self.quality_variance.unwrap_or(0.0),
        }
    }
}

/// Why a version or a test cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// Nothing has that name.
    #[error("there is no prompt version {0:?}; `treadline prompts list` shows them")]
    Unknown(String),
    /// The name is taken by another text.
    #[error("{0:?} is there already with another text; versions never change, take another name")]
    Taken(String),
    /// A test runs already.
    #[error("the test {0:?} is running; stop it first: `treadline prompts ab stop`")]
    Running(String),
    /// No test runs.
    #[error("no test is running")]
    NoTest,
    /// A test with that name was held already.
    #[error("there was a test {0:?} already; take another name")]
    TestTaken(String),
    /// Postgres.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

const VERSIONS: &str = "select id, name, system_prompt, tools_config, is_active, metadata, \
    created_at from prompt_versions order by created_at, name";
const TESTS: &str = "select t.id, t.test_name, a.name as variant_a, b.name as variant_b, \
    t.share_b, t.status, t.started_at, t.ended_at from prompt_ab_tests t \
    join prompt_versions a on a.id = t.variant_a_id \
    join prompt_versions b on b.id = t.variant_b_id order by t.started_at desc, t.id";

/// All versions, the oldest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(pool: &PgPool, tenant: TenantId) -> Result<Vec<PromptVersion>, PromptError> {
    with_tenant(pool, tenant, |conn| {
        Box::pin(async move { Ok(sqlx::query_as(VERSIONS).fetch_all(conn).await?) })
    })
    .await
}

/// All tests, the latest first.
///
/// # Errors
/// What Postgres says.
pub async fn tests(pool: &PgPool, tenant: TenantId) -> Result<Vec<AbTest>, PromptError> {
    with_tenant(pool, tenant, |conn| {
        Box::pin(async move { Ok(sqlx::query_as(TESTS).fetch_all(conn).await?) })
    })
    .await
}

/// Adds a version; the same again is the one that stands. True if it is new.
///
/// # Errors
/// The name is taken by another text; Postgres.
pub async fn add(pool: &PgPool, tenant: TenantId, new: NewPrompt) -> Result<bool, PromptError> {
    with_tenant(pool, tenant, move |conn| Box::pin(async move { insert(conn, tenant, &new).await }))
        .await
}

async fn insert(
    conn: &mut PgConnection,
    tenant: TenantId,
    new: &NewPrompt,
) -> Result<bool, PromptError> {
    let written = sqlx::query(
        "insert into prompt_versions (tenant_id, name, system_prompt, tools_config, metadata) \
         values ($1, $2, $3, $4, $5) on conflict (tenant_id, name) do nothing",
    )
    .bind(tenant.0)
    .bind(&new.name)
    .bind(&new.system_prompt)
    .bind(&new.tools_config)
    .bind(&new.metadata)
    .execute(&mut *conn)
    .await?;
    if written.rows_affected() == 1 {
        return Ok(true);
    }
    let same: bool = sqlx::query_scalar(
        "select system_prompt = $2 and tools_config = $3 and metadata = $4 \
         from prompt_versions where name = $1",
    )
    .bind(&new.name)
    .bind(&new.system_prompt)
    .bind(&new.tools_config)
    .bind(&new.metadata)
    .fetch_one(conn)
    .await?;
    if same { Ok(false) } else { Err(PromptError::Taken(new.name.clone())) }
}

/// Puts the program's own instructions into the table. They become the ones in use if none is, or
/// if those in use came with an older program: who chose a text of their own keeps it.
///
/// # Errors
/// The name is taken by another text; Postgres.
pub async fn ensure_builtin(
    pool: &PgPool,
    tenant: TenantId,
    name: String,
    system_prompt: String,
) -> Result<(), PromptError> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            // Several nodes may start at once.
            sqlx::query("select pg_advisory_xact_lock(hashtextextended('prompts ' || $1, 0))")
                .bind(tenant.0.to_string())
                .execute(&mut *conn)
                .await?;
            let (tools_config, metadata) = (json!({}), json!({ "builtin": true }));
            let new = NewPrompt { name, system_prompt, tools_config, metadata };
            insert(conn, tenant, &new).await?;
            let chosen: bool = sqlx::query_scalar(
                "select exists (select from prompt_versions where is_active \
                     and (name = $1 or metadata ->> 'builtin' is distinct from 'true'))",
            )
            .bind(&new.name)
            .fetch_one(&mut *conn)
            .await?;
            if !chosen {
                switch(conn, &new.name).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Puts a version into use for calls that begin from now on.
///
/// # Errors
/// There is no such version; Postgres.
pub async fn activate(pool: &PgPool, tenant: TenantId, name: String) -> Result<(), PromptError> {
    with_tenant(pool, tenant, move |conn| Box::pin(async move { switch(conn, &name).await })).await
}

async fn switch(conn: &mut PgConnection, name: &str) -> Result<(), PromptError> {
    id_of(conn, name).await?;
    // Two statements: the unique index does not wait for the end of one.
    sqlx::query("update prompt_versions set is_active = false where is_active and name <> $1")
        .bind(name)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "update prompt_versions set is_active = true, activated_at = now() \
         where name = $1 and not is_active",
    )
    .bind(name)
    .execute(conn)
    .await?;
    Ok(())
}

async fn id_of(conn: &mut PgConnection, name: &str) -> Result<Uuid, PromptError> {
    let found: Option<Uuid> = sqlx::query_scalar("select id from prompt_versions where name = $1")
        .bind(name)
        .fetch_optional(conn)
        .await?;
    found.ok_or_else(|| PromptError::Unknown(name.to_owned()))
}

/// Begins a test: calls from now on get `a` or `b`, by their id.
///
/// # Errors
/// An unknown version, a test that runs already, a name that is taken; Postgres.
pub async fn start_test(
    pool: &PgPool,
    tenant: TenantId,
    test_name: String,
    [a, b]: [String; 2],
    share_b: f64,
) -> Result<(), PromptError> {
    with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            let (variant_a, variant_b) = (id_of(conn, &a).await?, id_of(conn, &b).await?);
            let running: Option<String> = sqlx::query_scalar(
                "select test_name from prompt_ab_tests where status = 'running'",
            )
            .fetch_optional(&mut *conn)
            .await?;
            if let Some(running) = running {
                return Err(PromptError::Running(running));
            }
            let written = sqlx::query(
                "insert into prompt_ab_tests (tenant_id, test_name, variant_a_id, variant_b_id, \
                     share_b) values ($1, $2, $3, $4, $5) \
                 on conflict (tenant_id, test_name) do nothing",
            )
            .bind(tenant.0)
            .bind(&test_name)
            .bind(variant_a)
            .bind(variant_b)
            .bind(share_b)
            .execute(conn)
            .await?;
            if written.rows_affected() == 0 {
                return Err(PromptError::TestTaken(test_name));
            }
            Ok(())
        })
    })
    .await
}

/// Ends the running test and keeps what it counted; its name.
///
/// # Errors
/// No test runs; Postgres.
pub async fn stop_test(pool: &PgPool, tenant: TenantId) -> Result<String, PromptError> {
    with_tenant(pool, tenant, |conn| {
        Box::pin(async move {
            let stopped: Option<(Uuid, String)> = sqlx::query_as(
                "update prompt_ab_tests set status = 'stopped', ended_at = now() \
                 where status = 'running' returning id, test_name",
            )
            .fetch_optional(&mut *conn)
            .await?;
            let (id, name) = stopped.ok_or(PromptError::NoTest)?;
            count_and_keep(conn, id).await?;
            Ok(name)
        })
    })
    .await
}

/// Counts both arms of a test and keeps the figures in its row.
///
/// # Errors
/// There is no such test; Postgres.
pub async fn count_test(
    pool: &PgPool,
    tenant: TenantId,
    test: Uuid,
) -> Result<[Arm; 2], PromptError> {
    with_tenant(pool, tenant, move |conn| Box::pin(async move { count_and_keep(conn, test).await }))
        .await
}

/// Both versions, and the time of a test.
type Frame = (String, String, DateTime<Utc>, Option<DateTime<Utc>>);

async fn count_and_keep(conn: &mut PgConnection, test: Uuid) -> Result<[Arm; 2], PromptError> {
    sqlx::query("set local statement_timeout = '30s'").execute(&mut *conn).await?;
    let frame: Option<Frame> = sqlx::query_as(
        "select a.name, b.name, t.started_at, t.ended_at from prompt_ab_tests t \
         join prompt_versions a on a.id = t.variant_a_id \
         join prompt_versions b on b.id = t.variant_b_id where t.id = $1",
    )
    .bind(test)
    .fetch_optional(&mut *conn)
    .await?;
    let (a, b, from, to) = frame.ok_or(PromptError::NoTest)?;
    let to = to.unwrap_or_else(Utc::now);
    let arms = [count(conn, &a, from, to).await?, count(conn, &b, from, to).await?];
    sqlx::query(
        "update prompt_ab_tests set calls_a = $2::int, calls_b = $3::int, quality_a = $4, \
             quality_b = $5 where id = $1",
    )
    .bind(test)
    .bind(arms[0].calls)
    .bind(arms[1].calls)
    .bind(arms[0].quality_mean)
    .bind(arms[1].quality_mean)
    .execute(conn)
    .await?;
    Ok(arms)
}

/// The bounds are bound values, so that only the months between them are read.
async fn count(
    conn: &mut PgConnection,
    version: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Arm, sqlx::Error> {
    sqlx::query_as(
        "select count(*) as calls, count(*) filter (where outcome = 'resolved') as resolved, \
             count(*) filter (where transferred_to_operator) as transferred, \
             count(*) filter (where order_id is not null or fitting_booking_id is not null) \
                 as converted, \
             count(quality_score) as scored, avg(quality_score) as quality_mean, \
             var_samp(quality_score) as quality_variance \
         from calls where prompt_version = $1 and started_at >= $2 and started_at < $3 \
           and origin = 'live' and ended_at is not null and deleted_at is null",
    )
    .bind(version)
    .bind(from)
    .bind(to)
    .fetch_one(conn)
    .await
}
