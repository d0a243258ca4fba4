//! `treadline partitions`: shows the months of the log, makes those ahead, moves what waited for a
//! missing one, and on request lets go what is too old.

use super::out;
use crate::config;
use crate::db;
use crate::db::partitions::TableMonths;
use anyhow::Context as _;
use sqlx::Connection as _;
use std::fmt::Write as _;

/// `treadline partitions [--drop-expired]`
#[derive(Debug, Clone, clap::Args)]
pub struct PartitionsArgs {
    /// Also drop, anonymise and delete what is older than `[retention]` says, now instead of
    /// within the next hours.
    #[arg(long)]
    pub drop_expired: bool,
    /// Give the tables to `pg_partman`, where the server has it: it makes the months ahead.
    #[arg(long, conflicts_with = "leave_pg_partman")]
    pub adopt_pg_partman: bool,
    /// Take the tables back from `pg_partman`; the months stay.
    #[arg(long)]
    pub leave_pg_partman: bool,
}

/// Makes this month and three more, wherever one is missing, and says how far the tables reach.
///
/// # Errors
/// The configuration is wrong, the database is away or not migrated, a month cannot be made, or
/// old rows cannot be let go.
pub async fn run(args: PartitionsArgs) -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    let server = db::open_made(&config, &secrets).await?;
    let pool = db::connect(server.reveal_url(), 2)
        .await
        .context("cannot work with the database; if it is new, run `treadline migrate` first")?;
    let now = chrono::Utc::now();
    if args.adopt_pg_partman || args.leave_pg_partman {
        hand_over(server.reveal_url(), args.adopt_pg_partman).await?;
    }
    let waiting = db::partitions::rows_in_default(&pool)
        .await
        .context("cannot look at the partitions (run `treadline migrate` first)")?;
    for month in db::partitions::ensure_ahead(&pool, now, db::partitions::MONTHS_AHEAD).await? {
        out::line(format!("made {month}"));
    }
    if waiting > 0 {
        out::line(format!("moved {waiting} rows that had come while their month was missing"));
    }
    if args.drop_expired {
        db::retention::set(&pool, &config.retention).await?;
        let done = db::retention::run(&pool, now).await?;
        done.iter().for_each(out::line);
        if done.is_empty() {
            out::line("nothing is older than [retention] says");
        }
    }
    let months = db::partitions::months(&pool).await?;
    let ahead = db::partitions::months_ahead(&pool, now).await?;
    let partman = db::partman::state(&mut *pool.acquire().await?).await?;
    pool.close().await;
    out::line(table(&months).trim_end());
    let ahead = ahead.context("the present month is still missing")?;
    out::line(format!("the tables reach {ahead} months ahead"));
    tell_of_partman(&partman);
    Ok(())
}

/// Gives the tables to `pg_partman`, or takes them back, as their owner.
async fn hand_over(url: &str, adopt: bool) -> anyhow::Result<()> {
    let mut owner = db::pool::connect_owner(url).await?;
    let (tables, word) = if adopt {
        (db::partman::adopt(&mut owner).await?, "pg_partman has it now")
    } else {
        (db::partman::leave(&mut owner).await?, "taken back from pg_partman")
    };
    for table in &tables {
        out::line(format!("{table}: {word}"));
    }
    if tables.is_empty() {
        out::line("nothing was to be handed over");
    }
    Ok(owner.close().await?)
}

fn tell_of_partman(partman: &db::partman::State) {
    match (&partman.version, partman.tables.len()) {
        (Some(version), tables) if tables > 0 => {
            out::line(format!("pg_partman {version} makes the months of {tables} tables"));
        }
        (None, _) if !partman.available => {}
        _ => out::line("this server has pg_partman; --adopt-pg-partman lets it make the months"),
    }
}

/// One line a table.
fn table(tables: &[TableMonths]) -> String {
    let mut text =
        format!("{:<24}{:>7}  {:<9}{:<9}{:>12}\n", "table", "months", "from", "to", "size");
    for of in tables {
        let (from, to) = match (of.months.first(), of.months.last()) {
            (Some(first), Some(last)) => {
                (first.format("%Y-%m").to_string(), last.format("%Y-%m").to_string())
            }
            _ => ("-".into(), "-".into()),
        };
        let size = format!("{:.1} MB", of.bytes as f64 / 1_048_576.0);
        let _ =
            writeln!(text, "{:<24}{:>7}  {from:<9}{to:<9}{size:>12}", of.table, of.months.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_one_line_with_its_first_and_last_month() {
        let at = |text: &str| text.parse().unwrap();
        let shown = table(&[
            TableMonths {
                table: "calls",
                months: vec![at("2026-10-01T00:00:00Z"), at("2026-11-01T00:00:00Z")],
                bytes: 3 * 1_048_576,
            },
            TableMonths { table: "call_turns", months: vec![], bytes: 0 },
        ]);
        let lines: Vec<Vec<&str>> =
            shown.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["calls", "2", "2026-10", "2026-11", "3.0", "MB"]);
        assert_eq!(lines[2], ["call_turns", "0", "-", "-", "0.0", "MB"]);
    }
}
