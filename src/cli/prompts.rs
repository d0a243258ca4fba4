//! `treadline prompts`: versions of the standing instructions, and tests of two of them.

use super::out;
use super::shop::Shop;
use crate::app;
use crate::config::{Config, Secrets};
use crate::db;
use crate::db::intervals::{self, Interval};
use crate::db::prompts::{self, AbTest, Arm, NewPrompt, PromptError, text};
use crate::ids::TenantId;
use crate::tools;
use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use sqlx::PgPool;
use std::path::{Path, PathBuf};

/// Bytes of a file with instructions.
const FILE_BYTES_MAX: u64 = 200_000;

/// What is done with the instructions.
#[derive(Debug, Subcommand)]
pub enum PromptsCommand {
    /// Show all versions and which is in use.
    List,
    /// Add a version out of a text file; it is not in use yet.
    Add(AddArgs),
    /// Use a version for calls that begin from now on.
    Activate {
        /// Its name.
        name: String,
    },
    /// Tests of two versions against each other.
    Ab {
        #[command(subcommand)]
        command: AbCommand,
    },
}

/// `treadline prompts add FILE`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Plain text. It may begin with lines `name:`, `hide:` (tools), `rule:`, `scenario.order:`
    /// between lines of `---`.
    file: PathBuf,
    /// Its name; else the file's head or name says it.
    #[arg(long)]
    name: Option<String>,
}

/// Tests of two versions.
#[derive(Debug, Subcommand)]
pub enum AbCommand {
    /// Let calls from now on have A or B, by their id.
    Start(StartArgs),
    /// End the running test.
    Stop,
    /// Show the running test, or the last one, with 95 % confidence intervals.
    Show,
}

/// `treadline prompts ab start A B`
#[derive(Debug, Args)]
pub struct StartArgs {
    /// The version of arm A.
    a: String,
    /// The version of arm B.
    b: String,
    /// The test's name; else both versions' names.
    #[arg(long)]
    name: Option<String>,
    /// Per cent of calls that get B.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=99))]
    share: u8,
}

/// Runs a command.
///
/// # Errors
/// What is wrong, with what to do about it.
pub async fn run(
    command: PromptsCommand,
    shop: &Shop,
    config: &Config,
    secrets: &Secrets,
) -> anyhow::Result<()> {
    let server = db::open_made(config, secrets).await?;
    db::migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 2).await?;
    let done = async {
        let tenant = shop.tenant(&pool).await?;
        app::ensure_builtin_prompt_of(&pool, tenant).await;
        if tenant != TenantId::DEFAULT {
            out::warn(
                "note: this version of the program answers every shop's calls with what is in use \
                 in the shop `default`",
            );
        }
        carry_out(command, &pool, tenant).await
    }
    .await;
    pool.close().await;
    done
}

async fn carry_out(command: PromptsCommand, pool: &PgPool, tenant: TenantId) -> anyhow::Result<()> {
    match command {
        PromptsCommand::List => list(pool, tenant).await,
        PromptsCommand::Add(args) => {
            let new = read(&args.file, args.name)?;
            let name = new.name.clone();
            let is_new = prompts::add(pool, tenant, new).await?;
            let what = if is_new { "added" } else { "is there already, with the same text" };
            out::line(format!("{name}: {what}; `treadline prompts activate {name}` uses it"));
            Ok(())
        }
        PromptsCommand::Activate { name } => {
            prompts::activate(pool, tenant, name.clone()).await?;
            out::line(format!("{name} is in use for calls that begin within ten seconds"));
            Ok(())
        }
        PromptsCommand::Ab { command: AbCommand::Start(args) } => start(args, pool, tenant).await,
        PromptsCommand::Ab { command: AbCommand::Stop } => {
            let name = prompts::stop_test(pool, tenant).await?;
            out::line(format!("{name} is stopped; calls have the version in use again"));
            show(pool, tenant).await
        }
        PromptsCommand::Ab { command: AbCommand::Show } => show(pool, tenant).await,
    }
}

async fn list(pool: &PgPool, tenant: TenantId) -> anyhow::Result<()> {
    for version in prompts::list(pool, tenant).await? {
        let mark = if version.is_active { "*" } else { " " };
        let chars = version.system_prompt.chars().count();
        let came = version.created_at.format("%Y-%m-%d %H:%M");
        out::line(format!("{mark} {:<24} {chars:>6} characters  {came} UTC", version.name));
    }
    Ok(())
}

/// A file's instructions.
fn read(path: &Path, name: Option<String>) -> anyhow::Result<NewPrompt> {
    let cannot = || format!("{} cannot be read", path.display());
    let bytes = std::fs::metadata(path).with_context(cannot)?.len();
    ensure!(bytes <= FILE_BYTES_MAX, "{} is larger than {FILE_BYTES_MAX} bytes", path.display());
    let text = std::fs::read_to_string(path).with_context(cannot)?.replace("\r\n", "\n");
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
    let known: Vec<&str> = tools::specs().iter().map(|spec| spec.name).collect();
    let read = text::read(&text, name, &stem.unwrap_or_default(), &known);
    read.map_err(anyhow::Error::msg).with_context(|| path.display().to_string())
}

async fn start(args: StartArgs, pool: &PgPool, tenant: TenantId) -> anyhow::Result<()> {
    ensure!(args.a != args.b, "a test needs two versions");
    let name = args.name.unwrap_or_else(|| format!("{} or {}", args.a, args.b));
    let share_b = f64::from(args.share) / 100.0;
    let arms = [args.a.clone(), args.b.clone()];
    prompts::start_test(pool, tenant, name.clone(), arms, share_b).await?;
    out::line(format!(
        "{name}: {} % of the calls that begin from now on get {}, the others {}",
        args.share, args.b, args.a
    ));
    Ok(())
}

async fn show(pool: &PgPool, tenant: TenantId) -> anyhow::Result<()> {
    let tests = prompts::tests(pool, tenant).await?;
    let running = tests.iter().find(|test| test.status == "running");
    let test = running.or(tests.first()).ok_or(PromptError::NoTest)?;
    let arms = prompts::count_test(pool, tenant, test.id).await?;
    for line in report(test, &arms) {
        out::line(line);
    }
    Ok(())
}

/// Calls of an arm that count for a share.
type Hits = fn(&Arm) -> i64;

/// The test as a table, one line each.
fn report(test: &AbTest, [a, b]: &[Arm; 2]) -> Vec<String> {
    let until = test.ended_at.map_or_else(
        || "is running".to_owned(),
        |end| format!("until {} UTC", end.format("%Y-%m-%d %H:%M")),
    );
    let mut lines = vec![
        format!(
            "{}: since {} UTC, {until}",
            test.test_name,
            test.started_at.format("%Y-%m-%d %H:%M")
        ),
        format!(
            "{:<14} {:<28} {:<28} B - A",
            "live calls",
            format!("A {}", test.variant_a),
            format!("B {}", test.variant_b)
        ),
        format!("{:<14} {:<28} {:<28}", "ended", a.calls, b.calls).trim_end().to_owned(),
    ];
    let rows: [(&str, Hits); 3] = [
        ("resolved", |arm| arm.resolved),
        ("to a person", |arm| arm.transferred),
        ("bought, booked", |arm| arm.converted),
    ];
    for (title, hits) in rows {
        let of = |arm: &Arm| intervals::share(hits(arm).unsigned_abs(), arm.calls.unsigned_abs());
        let (left, right) = (of(a), of(b));
        let difference = left.zip(right).map(|(a, b)| intervals::share_difference(a, b));
        lines.push(row(title, left, right, difference, 100.0, " %"));
    }
    let (qa, qb) = (a.quality(), b.quality());
    lines.push(row(
        "quality",
        intervals::mean(qa),
        intervals::mean(qb),
        intervals::mean_difference(qa, qb),
        1.0,
        "",
    ));
    lines.push(
        "between the brackets: 95 % confidence; shares by Wilson, their difference by Newcombe, \
         quality by Student's t, its difference by Welch"
            .into(),
    );
    lines
}

fn row(
    title: &str,
    a: Option<Interval>,
    b: Option<Interval>,
    difference: Option<Interval>,
    scale: f64,
    unit: &str,
) -> String {
    let digits = if scale > 1.0 { 1 } else { 2 };
    let cell = |one: Option<Interval>| {
        one.map_or_else(
            || "too few calls".to_owned(),
            |Interval { value, low, high }| {
                let [value, low, high] = [value, low, high].map(|one| one * scale);
                format!("{value:.digits$}{unit} [{low:.digits$}, {high:.digits$}]")
            },
        )
    };
    format!("{title:<14} {:<28} {:<28} {}", cell(a), cell(b), cell(difference))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_it_knows_and_where_it_knows_too_little() {
        let now = chrono::Utc::now();
        let test = AbTest {
            id: uuid::Uuid::nil(),
            test_name: "short".into(),
            variant_a: "a".into(),
            variant_b: "b".into(),
            share_b: 0.5,
            status: "running".into(),
            started_at: now,
            ended_at: None,
        };
        let arm = |calls, resolved| Arm {
            calls,
            resolved,
            transferred: 0,
            converted: 0,
            scored: 0,
            quality_mean: None,
            quality_variance: None,
        };
        let shown = report(&test, &[arm(263, 81), arm(0, 0)]).join("\n");
        assert!(
            shown.contains("30.8 % [25.5, 36.6]") && shown.contains("too few calls"),
            "{shown}"
        );
    }
}
