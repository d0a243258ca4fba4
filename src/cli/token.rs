//! `treadline token`: programs that may come in over the API.

use super::out;
use crate::clock::WallClock;
use crate::config::{Config, Secrets};
use crate::db;
use crate::db::desk::audit::{self, Deed};
use crate::db::desk::users;
use crate::db::tokens::{self, May};
use crate::desk::machine::{self, PER_MINUTE};
use crate::ids::TenantId;
use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

/// What is done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token; it is shown once.
    Add(AddArgs),
    /// Show all tokens, what each may do and when it was used last.
    List(Shop),
    /// Let a token open nothing from this moment on.
    Revoke(RevokeArgs),
}

/// `treadline token add NAME --may calls:read,orders:read`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// How it is called: small letters, digits, `.`, `_`, `-`.
    name: String,
    /// What it may do, for example `calls:read,orders:read`; `people:read` shows numbers and names.
    #[arg(long, required = true, value_delimiter = ',')]
    may: Vec<May>,
    /// Requests in a minute, if fewer than `api.requests_per_minute_max`.
    #[arg(long)]
    per_minute: Option<i32>,
    #[command(flatten)]
    shop: Shop,
}

/// `treadline token revoke NAME`
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// How it is called.
    name: String,
    #[command(flatten)]
    shop: Shop,
}

/// Whose tokens.
#[derive(Debug, Args)]
pub struct Shop {
    /// The shop's short name.
    #[arg(long, default_value = "default")]
    pub(super) shop: String,
}

/// Runs a command.
///
/// # Errors
/// What is wrong, with what to do about it.
pub async fn run(command: TokenCommand, config: &Config, secrets: &Secrets) -> anyhow::Result<()> {
    // Before the first random number.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let server = db::open(config, secrets).await?;
    db::migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 2).await?;
    let done = match command {
        TokenCommand::Add(args) => add(&pool, args).await,
        TokenCommand::List(shop) => list(&pool, &shop).await,
        TokenCommand::Revoke(args) => revoke(&pool, args).await,
    };
    pool.close().await;
    done
}

async fn add(pool: &sqlx::PgPool, args: AddArgs) -> anyhow::Result<()> {
    ensure!(
        machine::is_name(&args.name),
        "a name is small letters, digits, `.`, `_` and `-`, at most 64: erp-sync"
    );
    let limit = args.per_minute;
    ensure!(
        limit.is_none_or(|limit| PER_MINUTE.contains(&limit)),
        "--per-minute is {} to {}",
        PER_MINUTE.start(),
        PER_MINUTE.end()
    );
    let tenant = tenant(pool, &args.shop).await?;
    let name = args.name;
    let made = machine::mint(pool, tenant, name.clone(), &args.may, limit).await?;
    let Some((id, token)) = made else {
        bail!("there is a token {name} already: revoke it first, or choose another name");
    };
    let may: Vec<&str> = args.may.iter().map(|may| may.code()).collect();
    note(
        pool,
        tenant,
        "token.added",
        id.to_string(),
        serde_json::json!({"name": name, "may": may, "per_minute": limit}),
    )
    .await?;
    out::warn("the token, shown this once; send it as the header Authorization: Bearer …");
    out::line(token);
    Ok(())
}

async fn list(pool: &sqlx::PgPool, shop: &Shop) -> anyhow::Result<()> {
    let all = tokens::list(pool, tenant(pool, shop).await?).await?;
    if all.is_empty() {
        out::line("no tokens yet: treadline token add NAME --may calls:read");
    }
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    for token in all {
        let used = match (token.last_used_at, &token.last_address) {
            (Some(at), Some(from)) => format!("last used {} UTC from {from}", time(at)),
            _ => "never used".to_owned(),
        };
        let gone =
            token.revoked_at.map_or_else(String::new, |at| format!("  REVOKED {}", time(at)));
        out::line(format!("{:<24} {:<40} {used}{gone}", token.name, token.may.join(",")));
    }
    Ok(())
}

async fn revoke(pool: &sqlx::PgPool, args: RevokeArgs) -> anyhow::Result<()> {
    let tenant = tenant(pool, &args.shop).await?;
    let name = args.name;
    let found = tokens::revoke(pool, tenant, name.clone()).await?;
    let id = found.with_context(|| format!("there is no token {name}; `treadline token list`"))?;
    note(pool, tenant, "token.revoked", id.to_string(), serde_json::json!({ "name": name }))
        .await?;
    out::line(format!("{name} opens nothing any more"));
    Ok(())
}

async fn tenant(pool: &sqlx::PgPool, shop: &Shop) -> anyhow::Result<TenantId> {
    let slug = &shop.shop;
    users::shop(pool, slug).await?.with_context(|| format!("there is no shop {slug}"))
}

/// Notes in the audit log what the command line did.
pub(super) async fn note(
    pool: &sqlx::PgPool,
    tenant: TenantId,
    action: &'static str,
    object_id: String,
    after: serde_json::Value,
) -> anyhow::Result<()> {
    let kind = action.split('.').next().unwrap_or(action);
    let deed = Deed {
        tenant,
        user: None,
        actor: "command line".into(),
        action,
        object_kind: kind,
        object_id,
        before: None,
        after: Some(after),
        address: None,
        at: WallClock::system().now(),
    };
    audit::note(pool, deed).await.context("what is done must be noted")
}
