//! `treadline generate`: months of plausible calls, for measuring and for trying things out.

use super::out;
use crate::config;
use crate::db::generate::{self, Made, Plan};
use crate::db::{self, migrate, pool};
use crate::ids::TenantId;
use crate::store::sample;
use anyhow::Context as _;
use chrono::{Days, NaiveDate, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::{Connection as _, Executor as _, PgPool};
use std::time::{Duration, Instant};

/// `treadline generate [--months N] [--per-day N] [--seed N] [--until DAY] [--into URL]`
#[derive(Debug, Clone, clap::Args)]
pub struct GenerateArgs {
    /// How many months of calls.
    #[arg(long, default_value_t = 24)]
    pub months: u32,
    /// Calls of a usual day.
    #[arg(long, default_value_t = 500)]
    pub per_day: u32,
    /// The same seed makes the same calls.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The last day; yesterday if not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<NaiveDate>,
    /// A database for this alone, instead of the configured one: it must be there and have no
    /// calls.
    #[arg(long, value_name = "URL")]
    pub into: Option<String>,
}

/// Brings the database up to date, gives an empty shop the sample, makes the calls and counts
/// their days.
///
/// # Errors
/// The database is away, has live calls that this command did not make, or refuses a row.
pub async fn run(args: GenerateArgs) -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    let server = match &args.into {
        Some(url) => db::Server { url: url.clone().into(), embedded: None },
        None => db::open(&config, &secrets).await?,
    };
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let plan = Plan {
        months: args.months,
        per_day: args.per_day,
        seed: args.seed,
        until: args.until.unwrap_or(yesterday),
    };
    migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 2).await?;
    sample::load_if_empty(&pool, TenantId::DEFAULT).await?;
    let result = make(&pool, server.reveal_url(), plan).await;
    pool.close().await;
    result
}

async fn make(pool: &PgPool, url: &str, plan: Plan) -> anyhow::Result<()> {
    let tenant = TenantId::DEFAULT;
    let days = plan.days().count() as u64;
    let began = Instant::now();
    let shown = bar(days);
    let made = generate::fill(pool, tenant, plan, |made| {
        shown.set_position(made.days);
        shown.set_message(format!("days, {} calls", made.calls));
    })
    .await?;
    shown.finish_and_clear();
    let filled = began.elapsed();
    // The planner must know what came before it is asked for figures.
    let mut owner = pool::connect_owner(url).await.context("the owner's connection")?;
    owner.execute("analyze").await.context("analyze")?;
    owner.close().await?;
    let shown = bar(days);
    shown.set_message("days counted");
    generate::count_days(pool, tenant, plan, |done| shown.set_position(done)).await?;
    shown.finish_and_clear();
    tell(&plan, &made, filled, began.elapsed().saturating_sub(filled));
    Ok(())
}

fn tell(plan: &Plan, made: &Made, filled: Duration, counted: Duration) {
    out::line(format!(
        "{} to {}, seed {}: {} days",
        plan.first_day(),
        plan.until,
        plan.seed,
        made.days
    ));
    for (table, rows) in [
        ("calls", made.calls),
        ("call_turns", made.turns),
        ("call_tool_calls", made.tool_calls),
        ("call_traces", made.traces),
        ("orders", made.orders),
        ("fitting_bookings", made.bookings),
    ] {
        out::line(format!("{table:<20}{rows:>10}"));
    }
    let (filled_s, counted_s) = (filled.as_secs_f64(), counted.as_secs_f64());
    out::line(format!("written in {filled_s:.0} s, days counted in {counted_s:.0} s"));
    out::line("`treadline serve` on this database lets go what [retention] says is too old");
}

/// Hidden where there is no terminal.
fn bar(days: u64) -> ProgressBar {
    let bar = ProgressBar::new(days);
    let template = "{elapsed} {wide_bar} {pos}/{len} {msg} (left: {eta})";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
