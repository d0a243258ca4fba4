//! `treadline forget PHONE`: erases a person everywhere and proves it.

use super::out;
use crate::clock::WallClock;
use crate::config;
use crate::db;
use crate::db::forget::Erased;
use crate::jobs::log_writer::LogHandle;
use crate::pii::Phone;
use crate::spool;
use anyhow::{Context as _, bail, ensure};
use sqlx::PgPool;
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What dead processes left may be the log of hours.
const LEFT_MAX: Duration = Duration::from_mins(10);
/// A living process brings what it has within a second, unless a call of it goes on.
const ARRIVE_MAX: Duration = Duration::from_secs(5);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// `treadline forget PHONE`
#[derive(Debug, Clone, clap::Args)]
pub struct ForgetArgs {
    /// The number, as in +380671234567.
    #[arg(value_name = "PHONE", allow_hyphen_values = true)]
    pub phone: String,
    /// Erase without asking.
    #[arg(long)]
    pub yes: bool,
    /// Show what would be erased, and leave it.
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
}

/// Erases and says what; fails if a search afterwards still finds the number.
///
/// # Errors
/// The number cannot be read, the database is away or not migrated, or something is left.
pub async fn run(args: ForgetArgs) -> anyhow::Result<()> {
    let number: String =
        args.phone.chars().filter(|c| *c == '+' || c.is_ascii_alphanumeric()).collect();
    let number = Phone::parse(&number)
        .context("write the number with its country, for example +380671234567")?;
    let (config, secrets) = config::load()?;
    let server = db::open_known(&config, &secrets).await?;
    let pool = db::connect(server.reveal_url(), 3)
        .await
        .context("cannot work with the database; if it is new, run `treadline migrate` first")?;
    let prefix = config.shop.phone_prefix.as_str();
    let folder = db::embedded::spool_dir(&config)?;
    let names_them = |text: &str| db::forget::mentions(text, &number, prefix);
    if !args.dry_run {
        // The journal first: what is on its way to the database would come back.
        bring_home(&folder, &pool, names_them)
            .await
            .with_context(|| format!("the call log's folder {}", folder.display()))?;
    }
    if !wanted(&args, &pool, &number, prefix).await? {
        for on_its_way in spool::on_their_way(&folder, names_them)? {
            let path = on_its_way.path.display();
            out::line(format!("NOTE {path} (records on their way to the database)"));
        }
        pool.close().await;
        return Ok(());
    }
    let in_folder = spool::forget(&folder, names_them)
        .with_context(|| format!("the call log's folder {}", folder.display()))?;
    let done = db::forget::forget(&pool, &number, prefix)
        .await
        .context("nothing of this shop was erased")?;
    pool.close().await;
    done.erased.iter().for_each(show);
    if in_folder.removed > 0 {
        out::line(format!("{:<26}{:<12}{:>8}", "(spool)", "deleted", in_folder.removed));
    }
    if done.erased.is_empty() && in_folder.removed == 0 {
        out::line("nobody with this number was known");
    }
    for left in &done.left {
        out::line(format!("LEFT {} ({} rows)", left.place, left.rows_count));
    }
    for path in &in_folder.on_their_way {
        out::line(format!("LEFT {} (records on their way to the database)", path.display()));
    }
    if !done.left.is_empty() {
        bail!("the number is still there: the program may not write to these tables");
    }
    if !in_folder.on_their_way.is_empty() {
        bail!(
            "the number is still in the journal; end the person's calls, let `treadline serve` \
             write them to the database, and run this again"
        );
    }
    out::line("searched every text of every table, and the journal: nothing is left");
    Ok(())
}

/// Brings to the database what dead processes left in the journal, and waits a moment for a living
/// one: what is erased afterwards cannot come back.
async fn bring_home(
    folder: &Path,
    pool: &PgPool,
    names_them: impl Fn(&str) -> bool + Copy,
) -> anyhow::Result<()> {
    let waiting = spool::on_their_way(folder, names_them)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let left: Vec<_> = waiting.into_iter().filter(|of| !of.alive).map(|of| of.path).collect();
    // It takes over every file whose process is gone, and closes their calls, as a start would.
    let (log, _writer) = LogHandle::start(folder, pool.clone(), WallClock::system())?;
    let deadline = Instant::now() + LEFT_MAX;
    while left.iter().any(|path| path.exists()) && Instant::now() < deadline {
        sleep(LOOK_EVERY).await;
    }
    let deadline = Instant::now() + ARRIVE_MAX;
    while !spool::on_their_way(folder, names_them)?.is_empty() && Instant::now() < deadline {
        sleep(LOOK_EVERY).await;
    }
    log.stop(ARRIVE_MAX).await;
    Ok(())
}

fn show(step: &Erased) {
    out::line(format!("{:<26}{:<12}{:>8}", step.table_name, step.deed, step.rows_count));
}

/// Shows what would go and asks: once done it cannot be undone. False if it was only to be shown.
async fn wanted(
    args: &ForgetArgs,
    pool: &sqlx::PgPool,
    number: &Phone,
    prefix: &str,
) -> anyhow::Result<bool> {
    if args.yes {
        return Ok(true);
    }
    let outlook = db::forget::outlook(pool, number, prefix).await?;
    if outlook.erased.is_empty() {
        // Nobody is there to be erased by mistake.
        if args.dry_run {
            out::line("nobody with this number is known");
        }
        return Ok(!args.dry_run);
    }
    out::line("this would be erased, and cannot be brought back:");
    outlook.erased.iter().for_each(show);
    for thing in &outlook.unfinished {
        out::line(format!("NOTE {thing}"));
    }
    if args.dry_run {
        out::line("nothing was erased (--dry-run)");
        return Ok(false);
    }
    ensure!(
        std::io::stdin().is_terminal(),
        "nothing was erased: there is nobody to ask; say --yes to erase without asking"
    );
    out::prompt("erase? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("the answer cannot be read")?;
    let answer = answer.trim().to_lowercase();
    ensure!(["y", "yes", "т", "так", "да"].contains(&answer.as_str()), "nothing was erased");
    Ok(true)
}
