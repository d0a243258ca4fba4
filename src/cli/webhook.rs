//! `treadline webhook`: the addresses that are told what happens.

use super::out;
use super::token::{Shop, note};
use crate::config::{Config, Secrets};
use crate::db;
use crate::db::desk::users;
use crate::db::webhooks::{self as rows, Delivery, EVENTS, Logged};
use crate::ids::TenantId;
use crate::webhooks::{Reach, Sender, key_of};
use anyhow::{Context as _, ensure};
use chrono::Utc;
use clap::{Args, Subcommand};
use secrecy::SecretString;
use uuid::Uuid;

/// Lines of the delivery log that are shown.
const LOG_LINES: i64 = 50;

/// What is done with addresses.
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Tell an address what happens; the key of its signatures is printed.
    Add(AddArgs),
    /// Show all addresses.
    List(Shop),
    /// Show the last deliveries and what became of them.
    Log(Shop),
    /// Tell an address `test.ping` now, and show what it answers.
    Test(Which),
    /// Tell an address nothing any more.
    Remove(Which),
}

/// `treadline webhook add URL --events call.ended,order.created`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Where to: `https://erp.example.com/treadline`.
    url: String,
    /// What: `call.started`, `call.transferred`, `call.ended`, `order.created`, `order.changed`,
    /// `booking.created`, `booking.changed`, `alert.raised`.
    #[arg(long, required = true, value_delimiter = ',')]
    events: Vec<String>,
    #[command(flatten)]
    shop: Shop,
}

/// Which address.
#[derive(Debug, Args)]
pub struct Which {
    /// Its id, as `treadline webhook list` shows it.
    #[arg(value_parser = super::args::id)]
    id: Uuid,
    #[command(flatten)]
    shop: Shop,
}

/// Runs a command.
///
/// # Errors
/// What is wrong, with what to do about it.
pub async fn run(
    command: WebhookCommand,
    config: &Config,
    secrets: &Secrets,
) -> anyhow::Result<()> {
    // Before the first TLS connection.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let secret = secrets.webhook_secret.clone();
    let secret = secret.context("set TREADLINE_WEBHOOK_SECRET: deliveries are signed under it")?;
    let server = db::open(config, secrets).await?;
    db::migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 2).await?;
    let reach = Reach::new(config.webhooks.private_addresses.clone());
    let office = Office { pool: pool.clone(), secret, reach };
    let done = match command {
        WebhookCommand::Add(args) => office.add(args).await,
        WebhookCommand::List(shop) => office.list(&shop).await,
        WebhookCommand::Log(shop) => office.log(&shop).await,
        WebhookCommand::Test(which) => office.test(&which).await,
        WebhookCommand::Remove(which) => office.remove(&which).await,
    };
    pool.close().await;
    done
}

struct Office {
    pool: sqlx::PgPool,
    secret: SecretString,
    reach: Reach,
}

impl Office {
    async fn add(&self, args: AddArgs) -> anyhow::Result<()> {
        for event in &args.events {
            let known = EVENTS.contains(&event.as_str());
            ensure!(known, "there is no event {event}; there are {}", EVENTS.join(", "));
        }
        let url = self.reach.read(&args.url)?;
        self.reach.find(&url).await?;
        let tenant = self.tenant(&args.shop).await?;
        let id = rows::add(&self.pool, tenant, url.to_string(), args.events.clone()).await?;
        // Of the address its host alone: the rest may hold a secret of the receiver's.
        let after = serde_json::json!({"host": url.host_str(), "events": args.events});
        note(&self.pool, tenant, "webhook.added", id.to_string(), after).await?;
        out::line(format!("{id}"));
        out::line(format!("key {}", key_of(&self.secret, id)));
        out::warn(
            "each delivery carries Treadline-Timestamp and Treadline-Signature: v1=HEX, \
             HMAC-SHA256 of TIMESTAMP.BODY under the key",
        );
        Ok(())
    }

    async fn list(&self, shop: &Shop) -> anyhow::Result<()> {
        let all = rows::list(&self.pool, self.tenant(shop).await?).await?;
        if all.is_empty() {
            out::line("nobody yet: treadline webhook add URL --events call.ended");
        }
        for one in all {
            out::line(format!("{}  {}  {}", one.id, one.url, one.events.join(",")));
        }
        Ok(())
    }

    async fn log(&self, shop: &Shop) -> anyhow::Result<()> {
        for line in rows::log(&self.pool, self.tenant(shop).await?, LOG_LINES).await? {
            out::line(shown(&line));
        }
        Ok(())
    }

    async fn test(&self, which: &Which) -> anyhow::Result<()> {
        let tenant = self.tenant(&which.shop).await?;
        let all = rows::list(&self.pool, tenant).await?;
        let webhook = all.into_iter().find(|one| one.id == which.id).context(NO_SUCH)?;
        let delivery = Delivery {
            id: Uuid::new_v4(),
            tenant_id: tenant.0,
            event: "test.ping".into(),
            occurred_at: Utc::now(),
            payload: serde_json::json!({}),
            attempts: 0,
        };
        let sender = Sender::new(self.secret.clone(), self.reach.clone());
        let attempt = sender.send(&webhook, &delivery).await;
        let status = attempt.status.map_or_else(String::new, |status| format!("{status} "));
        if let Some(error) = attempt.error {
            anyhow::bail!("{}: {error} ({} ms)", webhook.url, attempt.duration_ms);
        }
        out::line(format!("{}: {status}after {} ms", webhook.url, attempt.duration_ms));
        Ok(())
    }

    async fn remove(&self, which: &Which) -> anyhow::Result<()> {
        let tenant = self.tenant(&which.shop).await?;
        ensure!(rows::remove(&self.pool, tenant, which.id).await?, NO_SUCH);
        let after = serde_json::json!({});
        note(&self.pool, tenant, "webhook.removed", which.id.to_string(), after).await?;
        out::line(format!("{} is told nothing any more", which.id));
        Ok(())
    }

    async fn tenant(&self, shop: &Shop) -> anyhow::Result<TenantId> {
        let slug = &shop.shop;
        users::shop(&self.pool, slug).await?.with_context(|| format!("there is no shop {slug}"))
    }
}

const NO_SUCH: &str = "there is no such address; `treadline webhook list` shows all";

fn shown(line: &Logged) -> String {
    let tries = line.tries.as_array().map_or(0, Vec::len);
    let last = line.tries.as_array().and_then(|tries| tries.last());
    let why = last.and_then(|last| last["error"].as_str()).unwrap_or_default();
    let became = match (line.delivered_at, line.gave_up_at) {
        (Some(at), _) => format!("delivered {}", at.format("%H:%M:%S")),
        (_, Some(_)) => format!("GIVEN UP: {why}"),
        _ if tries == 0 => "waits".to_owned(),
        _ => format!("again {}: {why}", line.next_attempt_at.format("%H:%M:%S")),
    };
    let at = line.created_at.format("%Y-%m-%d %H:%M:%S");
    format!("{at}  {:<18} {}  {tries} tries, {became}", line.event, line.url)
}
