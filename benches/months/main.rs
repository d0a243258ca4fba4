//! Two years of calls by months against the same calls in one table: the console's list, a day's
//! figures, letting a month go, the size of indexes. `make bench-months`.
//!
//! Both lie in the same database and are asked in turn, so what else the machine does falls on
//! both. The statements are the same text, and the day's figures are counted by the product's own
//! function; only the connection's search path tells them where. The whole run needs some 8 GB of
//! disk and half an hour; `SIZE="--months 3 --per-day 100"` is a small one, whose results go to the
//! target folder. A run that was interrupted goes on with `--go-on`, on another day with the last
//! day it had (`--until`); `--reuse` asks what has been written so far.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod ask;
mod data;
mod drop;
mod machine;
mod report;
mod server;

use anyhow::{Context as _, bail};
use chrono::{Days, Utc};
use data::Start;
use machine::Machine;
use report::Report;
use server::Server;
use std::path::Path;
use treadline::db::generate::Plan;

/// The whole size: what issue and README speak of.
const MONTHS: u32 = 24;
const PER_DAY: u32 = 500;
/// A machine busier than this at the start is told to be a bad place for measuring.
const LOAD_MAX: f64 = 0.5;

fn main() -> anyhow::Result<()> {
    let (plan, start) = plan()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(plan, start))
}

/// `--months N --per-day N --seed N --until DAY --go-on --reuse`; what cargo adds is left alone.
fn plan() -> anyhow::Result<(Plan, Start)> {
    let until = Utc::now().date_naive() - Days::new(1);
    let mut plan = Plan { months: MONTHS, per_day: PER_DAY, seed: 1, until };
    let mut start = Start::Anew;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || -> anyhow::Result<u32> {
            let text = words.next().with_context(|| format!("{word} needs a number"))?;
            text.parse().with_context(|| format!("{word} {text}"))
        };
        match word.as_str() {
            "--months" => plan.months = number()?,
            "--per-day" => plan.per_day = number()?,
            "--seed" => plan.seed = number()?.into(),
            "--until" => {
                let day = words.next().context("--until needs a day")?;
                plan.until = day.parse().with_context(|| format!("--until {day}"))?;
            }
            "--go-on" => start = Start::GoOn,
            "--reuse" => start = Start::Reuse,
            "--bench" => {}
            other => {
                bail!(
                    "{other}: there are --months, --per-day, --seed, --until, --go-on and --reuse"
                )
            }
        }
    }
    Ok((plan, start))
}

async fn run(plan: Plan, start: Start) -> anyhow::Result<()> {
    let machine = Machine::now();
    if machine.load() > LOAD_MAX {
        println!("the load is {:.1}: other work will be in the figures", machine.load());
    }
    let server = Server::start().await?;
    let data = data::make(&server, plan, start).await?;
    let mut report = Report::new(&data).await?;
    report.asked = ask::warm(&data).await?;
    report.asked.extend(ask::cold(&data, &server).await?);
    report.dropped = drop::months(&data, &server).await?;
    report.conditions = machine.conditions(&mut data.owner().await?).await?;
    data.remove().await?;

    let text = report.markdown();
    println!("{text}");
    let whole = plan.months == MONTHS && plan.per_day == PER_DAY;
    let folder = if whole {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/months")
    } else {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("months")
    };
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("RESULTS.md"), text)?;
    std::fs::write(folder.join("months.svg"), report.svg())?;
    println!("written into {}", folder.display());
    Ok(())
}
