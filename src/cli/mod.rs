//! Commands: one file each. Only here anything is printed.

mod args;
mod backup;
pub mod call;
mod calls;
mod chat;
mod db;
mod demo;
mod dialplan;
mod doctor;
mod forget;
mod generate;
mod grafana;
mod import;
mod jobs;
mod kb;
pub mod lists;
mod load;
mod migrate;
mod out;
mod partitions;
mod prompts;
mod replay;
mod restore;
mod schema;
mod serve;
mod shop;
mod soak;
mod stats;
mod token;
mod user;
mod webhook;
mod words;

use crate::clock::WallClock;
use crate::config::{self, Config, Secrets};
use crate::ids::TenantId;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use std::time::Duration;

/// What still runs when a command is done gets this long.
const SHUTDOWN_MAX: Duration = Duration::from_millis(500);

/// A voice agent that answers a tyre shop's phone line.
#[derive(Debug, Parser)]
#[command(name = "treadline", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer calls until told to stop.
    Serve,
    /// Let a recorded caller phone the agent and show what came of it.
    Demo(demo::DemoArgs),
    /// Be a caller: speak WAV files to an AudioSocket server as Asterisk would.
    Call(call::CallArgs),
    /// Talk with the agent by typing.
    Chat(chat::ChatArgs),
    /// Let many paced callers phone and measure what they hear.
    Load(load::LoadArgs),
    /// The providers that `load --curve` starts.
    #[command(hide = true)]
    LoadProviders(load::providers::ProvidersArgs),
    /// Show the values in what a caller said.
    Heard(words::HeardArgs),
    /// Show a sentence as it goes to a voice.
    Spoken(words::SpokenArgs),
    /// Compute and show a day's figures.
    Stats(stats::StatsArgs),
    /// Bring the database's tables up to date.
    Migrate,
    /// Load a shop's file: catalogue, stock, vehicles, stations or fitting prices.
    Import(import::ImportArgs),
    /// The knowledge base: articles in, answers out.
    Kb {
        #[command(flatten)]
        shop: shop::Shop,
        #[command(subcommand)]
        command: kb::KbCommand,
    },
    /// The standing instructions: versions, and tests of two against each other.
    Prompts {
        #[command(flatten)]
        shop: shop::Shop,
        #[command(subcommand)]
        command: prompts::PromptsCommand,
    },
    /// Show the months of the log, make those ahead, and let go what is too old.
    Partitions(partitions::PartitionsArgs),
    /// Erase a person everywhere, and prove it.
    Forget(forget::ForgetArgs),
    /// Save the database, and what is on its way to it, in one file.
    Backup(backup::BackupArgs),
    /// Bring a backup into an empty database.
    Restore(restore::RestoreArgs),
    /// Let the real program live through kills and outages for a while, and count everything.
    Soak(soak::SoakArgs),
    /// The program as `soak` runs it.
    #[command(hide = true)]
    SoakNode(soak::node::NodeArgs),
    /// Show calls; hide one, or bring it back within a month.
    Calls {
        #[command(subcommand)]
        command: calls::CallsCommand,
    },
    /// Show orders.
    Orders(lists::OrdersArgs),
    /// Show tickets.
    Tickets(lists::TicketsArgs),
    /// Hide a customer, or bring them back within a month.
    Customers {
        #[command(subcommand)]
        command: calls::HideCommand,
    },
    /// Draw the tables as a picture or as text.
    Schema(schema::SchemaArgs),
    /// Make months of plausible calls, for measuring.
    Generate(generate::GenerateArgs),
    /// Run a call's journal through the core again: the same effects, or the first difference.
    Replay(replay::ReplayArgs),
    /// Show what is done again and again, and how it went; do one of it now.
    Jobs(jobs::JobsArgs),
    /// The people of the desk: who may come in.
    User {
        #[command(subcommand)]
        command: user::UserCommand,
    },
    /// Tokens by which other programs come in over the API.
    Token {
        #[command(subcommand)]
        command: token::TokenCommand,
    },
    /// Addresses of other systems that are told what happens.
    Webhook {
        #[command(subcommand)]
        command: webhook::WebhookCommand,
    },
    /// Print the dashboard or the alert rules for an existing Grafana and Prometheus.
    Grafana(grafana::GrafanaArgs),
    /// The program's own Postgres.
    Db {
        #[command(subcommand)]
        command: db::DbCommand,
    },
    /// Check the configuration against the world.
    Doctor,
    /// Print what Asterisk's dialplan must say for this installation.
    Dialplan(dialplan::DialplanArgs),
}

/// Parses the arguments, runs the command and turns its error into a line and an exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return out::failed(&anyhow::anyhow!("no runtime: {error}")),
    };
    let result = runtime.block_on(run(arguments.command));
    // A thread that still waits for a line from the keyboard must not keep the program up.
    runtime.shutdown_timeout(SHUTDOWN_MAX);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => out::failed(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    // The other side of the line needs no configuration; the database's own commands read it
    // themselves.
    match command {
        Command::Call(args) => return call::run(args).await,
        Command::Load(args) => return load::run(args).await,
        Command::LoadProviders(args) => return load::providers::run(args).await,
        Command::Spoken(args) => return words::spoken(args),
        Command::Db { command } => return db::run(command).await,
        Command::Migrate => return migrate::run().await,
        Command::Import(args) => return import::run(args).await,
        Command::Partitions(args) => return partitions::run(args).await,
        Command::Forget(args) => return forget::run(args).await,
        Command::Backup(args) => return backup::run(args).await,
        Command::Restore(args) => return restore::run(args).await,
        Command::Soak(args) => return soak::run(args).await,
        Command::Calls { command } => return calls::run(command).await,
        Command::Orders(args) => return lists::orders(args).await,
        Command::Tickets(args) => return lists::tickets(args).await,
        Command::Customers { command } => return calls::customers(command).await,
        Command::Schema(args) => return schema::run(args).await,
        Command::Grafana(args) => {
            grafana::run(&args);
            return Ok(());
        }
        Command::Generate(args) => return generate::run(args).await,
        Command::Serve
        | Command::SoakNode(_)
        | Command::Demo(_)
        | Command::Kb { .. }
        | Command::Prompts { .. }
        | Command::Chat(_)
        | Command::Heard(_)
        | Command::Stats(_)
        | Command::Jobs(_)
        | Command::User { .. }
        | Command::Token { .. }
        | Command::Webhook { .. }
        | Command::Replay(_)
        | Command::Dialplan(_)
        | Command::Doctor => {}
    }
    let (config, secrets) = config::load()?;
    out::start_logging(&config.log, matches!(command, Command::Serve | Command::SoakNode(_)))?;
    // As large as the largest command; on the heap it weighs on nobody.
    Box::pin(run_configured(command, config, secrets)).await
}

async fn run_configured(command: Command, config: Config, secrets: Secrets) -> anyhow::Result<()> {
    match command {
        Command::Serve => Box::pin(serve::run(config, secrets)).await,
        Command::SoakNode(args) => Box::pin(soak::node::run(config, secrets, args)).await,
        Command::Demo(args) => demo::run(config, secrets, args).await,
        Command::Chat(args) => Box::pin(chat::run(config, secrets, args)).await,
        Command::Stats(args) => show_stats(&config, &secrets, &args).await,
        Command::Kb { shop, command } => kb::run(command, &shop, &config, &secrets).await,
        Command::Prompts { shop, command } => prompts::run(command, &shop, &config, &secrets).await,
        Command::Jobs(args) => jobs::run(&config, &secrets, args).await,
        Command::User { command } => user::run(command, &config, &secrets).await,
        Command::Token { command } => token::run(command, &config, &secrets).await,
        Command::Webhook { command } => webhook::run(command, &config, &secrets).await,
        Command::Replay(args) => replay::run(&config, &secrets, args).await,
        Command::Heard(args) => words::heard(&config, args),
        Command::Doctor => doctor::run(&config, &secrets).await,
        Command::Dialplan(args) => {
            dialplan::run(&config, args);
            Ok(())
        }
        Command::Spoken(_)
        | Command::Call(_)
        | Command::Load(_)
        | Command::LoadProviders(_)
        | Command::Db { .. }
        | Command::Migrate
        | Command::Import(_)
        | Command::Partitions(_)
        | Command::Forget(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Soak(_)
        | Command::Calls { .. }
        | Command::Orders(_)
        | Command::Tickets(_)
        | Command::Customers { .. }
        | Command::Schema(_)
        | Command::Grafana(_)
        | Command::Generate(_) => unreachable!("handled before the configuration"),
    }
}

/// The figures of a day, from a database that is up to date.
async fn show_stats(
    config: &Config,
    secrets: &Secrets,
    args: &stats::StatsArgs,
) -> anyhow::Result<()> {
    let server = crate::db::open_known(config, secrets).await?;
    crate::db::migrate::run(server.reveal_url()).await?;
    let pool = crate::db::connect(server.reveal_url(), 2).await?;
    let today = WallClock::system().today_in(config.shop.timezone);
    let mut text = Vec::new();
    let reader = match config.shop.language {
        crate::language::Language::Uk => crate::db::figures::pictures::Reader::Uk,
        _ => crate::db::figures::pictures::Reader::En,
    };
    let of = (&pool, TenantId::DEFAULT, WallClock::system().now());
    let shown = if let Some(folder) = &args.pictures {
        // Much is counted at once: too much for the stack of every command.
        Box::pin(stats::draw(args, folder, reader, of, &mut text)).await
    } else if let Some(span) = args.span {
        Box::pin(stats::figures(args, span, reader, of, &mut text)).await
    } else {
        stats::run(args, &pool, TenantId::DEFAULT, today, &mut text).await
    };
    pool.close().await;
    shown?;
    out::print(&text);
    Ok(())
}
