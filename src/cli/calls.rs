//! `treadline calls list`, `treadline calls delete|restore ID` and `treadline customers delete|restore ID`: out of sight
//! at once, back within `retention.soft_delete_days`, purged after that.

use super::lists::{self, CallsArgs};
use super::out;
use crate::config;
use crate::db;
use crate::db::soft_delete::{self, Change, Done, Who};
use crate::ids::{CallId, TenantId};
use crate::pii::Phone;
use anyhow::{Context as _, bail};
use sqlx::PgPool;
use uuid::Uuid;

/// What is done to a call or a customer.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum HideCommand {
    /// Hide it from every view, list and figure.
    Delete {
        /// Its id; of a customer the number as well, as in +380671234567.
        #[arg(value_name = "ID", allow_hyphen_values = true)]
        id: String,
    },
    /// Bring it back.
    Restore {
        /// See `delete`.
        #[arg(value_name = "ID", allow_hyphen_values = true)]
        id: String,
    },
}

/// What is done with calls.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum CallsCommand {
    /// Show them, the newest first.
    List(CallsArgs),
    #[command(flatten)]
    Hide(HideCommand),
}

/// `treadline calls …`
///
/// # Errors
/// As [`calls`].
pub async fn run(command: CallsCommand) -> anyhow::Result<()> {
    match command {
        CallsCommand::List(args) => lists::calls(args).await,
        CallsCommand::Hide(command) => calls(command).await,
    }
}

impl HideCommand {
    fn parts(&self) -> (Change, &str) {
        match self {
            Self::Delete { id } => (Change::Hide, id),
            Self::Restore { id } => (Change::Restore, id),
        }
    }
}

/// `treadline calls delete|restore ID`
///
/// # Errors
/// The id is none, the call is unknown or hidden or shown already, or the database is away.
async fn calls(command: HideCommand) -> anyhow::Result<()> {
    let (change, text) = command.parts();
    let id: Uuid = text.parse().with_context(|| format!("{text:?} is no id of a call"))?;
    let (_server, pool) = connect().await?;
    let done = soft_delete::call(&pool, TenantId::DEFAULT, CallId(id), change).await;
    pool.close().await;
    match done? {
        Ok(done) => tell("calls", text, &done),
        Err(why) => bail!("the call {id}: {why}"),
    }
    Ok(())
}

/// `treadline customers …`
///
/// # Errors
/// As [`calls`].
pub async fn customers(command: HideCommand) -> anyhow::Result<()> {
    let (change, text) = command.parts();
    let who = text.parse().map(Who::Id).ok().or_else(|| Phone::parse(text).map(Who::Phone));
    let who = who.with_context(|| format!("{text:?} is neither an id nor a number like +380…"))?;
    let (_server, pool) = connect().await?;
    let done = soft_delete::customer(&pool, TenantId::DEFAULT, who, change).await;
    pool.close().await;
    match done? {
        Ok(done) => tell("customers", text, &done),
        Err(why) => bail!("the customer {text}: {why}"),
    }
    Ok(())
}

async fn connect() -> anyhow::Result<(db::Server, PgPool)> {
    let (config, secrets) = config::load()?;
    let server = db::open_made(&config, &secrets).await?;
    let pool = db::connect(server.reveal_url(), 1)
        .await
        .context("cannot work with the database; if it is new, run `treadline migrate` first")?;
    Ok((server, pool))
}

fn tell(what: &str, id: &str, done: &Done) {
    match done.until {
        Some(until) => out::line(format!(
            "hidden; until {} `treadline {what} restore {id}` brings it back",
            until.format("%Y-%m-%d")
        )),
        None => out::line("back in every view, list and figure"),
    }
    if let Some(day) = done.day {
        out::line(if done.counted_again {
            format!("the figures of {day} are counted again")
        } else {
            format!("{day} is sealed: its figures stay as they were")
        });
    }
}
