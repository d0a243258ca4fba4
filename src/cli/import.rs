//! `treadline import`: a shop's files into the tables.

use super::out;
use super::shop::Shop;
use crate::chart::table::harmless;
use crate::config::{self, Config, StoreKind};
use crate::db;
use crate::store::import::{self, FILE_BYTES_MAX, ImportError, Job, Kind, Report, Told};
use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Mistakes that are shown; the rest is counted.
const SHOWN_MAX: usize = 20;

/// What a file holds.
#[expect(clippy::doc_markdown, reason = "the lines below are the help on the terminal")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// sku, brand, model, size, season, price
    Catalogue,
    /// sku, quantity; what the file does not name is not there
    Stock,
    /// brand, model, year_from, stock_sizes
    Vehicles,
    /// external_code, name, city, hours
    Stations,
    /// service_type, tire_diameter, price
    Prices,
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Catalogue => Self::Catalogue,
            KindArg::Stock => Self::Stock,
            KindArg::Vehicles => Self::Vehicles,
            KindArg::Stations => Self::Stations,
            KindArg::Prices => Self::Prices,
        }
    }
}

/// `treadline import --kind KIND FILE`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What the file holds; its columns.
    #[arg(long, value_enum)]
    kind: KindArg,
    /// A CSV file in UTF-8 with a heading; separated by commas, semicolons or tabs.
    file: PathBuf,
    /// The moment for which the stock holds: a day (from its start) or a time with its zone. The
    /// file's own date if not given. Orders confirmed since are taken off.
    #[arg(long, value_name = "2026-11-22|2026-11-22T18:00:00+02:00")]
    as_of: Option<String>,
    /// Do everything, then undo it.
    #[arg(long)]
    dry_run: bool,
    /// Load the good rows of a file that has bad ones too.
    #[arg(long)]
    skip_bad: bool,
    /// Load a stock file that leaves out more than half of the articles in stock, too; they are
    /// set to 0.
    #[arg(long)]
    allow_emptying: bool,
    /// Write every bad row into this file, as CSV.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    shop: Shop,
}

/// Imports a file and says what came of it.
///
/// # Errors
/// Why nothing was loaded, with what to do about it.
pub async fn run(args: ImportArgs) -> anyhow::Result<()> {
    let (config, secrets) = config::load()?;
    if config.store.kind == StoreKind::Http {
        out::line("note: store.kind is \"http\": the agent looks into the back office, not here");
    }
    let (bytes, changed_at) = read(&args.file)?;
    let as_of = as_of(&args, changed_at, &config)?;
    let is_new = secrets.database_url.is_none()
        && config.database.url.is_empty()
        && !db::embedded::is_made(&config)?;
    let server = db::open(&config, &secrets).await?;
    if is_new {
        out::warn("note: this folder had no database; a new one was made, and the file goes there");
    }
    db::migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 2).await?;
    let tenant = args.shop.tenant(&pool).await?;
    let job = Job {
        kind: args.kind.into(),
        file: args.file.display().to_string(),
        as_of,
        skip_bad: args.skip_bad,
        dry_run: args.dry_run,
        allow_emptying: args.allow_emptying,
    };
    let bar = bar();
    let shown = bar.clone();
    let watch = Arc::new(move |told| match told {
        Told::Read(rows) => shown.set_length(rows),
        Told::Loaded(rows) => shown.inc(rows),
    });
    let outcome = import::run(&pool, tenant, &job, &bytes, watch).await;
    bar.finish_and_clear();
    pool.close().await;
    match outcome {
        Ok(report) => {
            mistakes(&report, args.report.as_deref())?;
            summary(&job, &report);
            Ok(())
        }
        Err(ImportError::BadRows(report)) => {
            mistakes(&report, args.report.as_deref())?;
            let error = ImportError::BadRows(report);
            bail!("{}: {error}; correct them, or load the others with --skip-bad", job.file)
        }
        Err(error @ ImportError::Emptying { .. }) => {
            bail!("{}: {error}; if that is right, say --allow-emptying", job.file)
        }
        Err(error) => Err(error).with_context(|| job.file.clone()),
    }
}

/// Hidden where there is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {wide_bar} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

/// The file, and when it was last changed.
fn read(path: &Path) -> anyhow::Result<(Vec<u8>, DateTime<Utc>)> {
    let cannot = || format!("{} cannot be read", path.display());
    let about = std::fs::metadata(path).with_context(cannot)?;
    ensure!(about.is_file(), "{} is no file", path.display());
    ensure!(
        about.len() <= FILE_BYTES_MAX,
        "{} is larger than {} MB",
        path.display(),
        FILE_BYTES_MAX / 1024 / 1024
    );
    let bytes = std::fs::read(path).with_context(cannot)?;
    Ok((bytes, about.modified().with_context(cannot)?.into()))
}

/// The moment for which the stock holds. A day means its start: orders of that day are then taken
/// off, so that the shop rather sells one too few than one too many.
fn as_of(
    args: &ImportArgs,
    changed_at: DateTime<Utc>,
    config: &Config,
) -> anyhow::Result<DateTime<Utc>> {
    let Some(text) = &args.as_of else { return Ok(changed_at) };
    let midnight = |day: NaiveDate| {
        let start = day.and_time(chrono::NaiveTime::MIN);
        config.shop.timezone.from_local_datetime(&start).earliest()
    };
    let moment = match text.parse::<NaiveDate>() {
        Ok(day) => midnight(day).map(|start| start.with_timezone(&Utc)),
        Err(_) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc)),
    };
    let moment = moment.with_context(|| {
        format!("--as-of {text}: write a day (2026-11-22) or 2026-11-22T18:00:00+02:00")
    })?;
    ensure!(moment <= Utc::now(), "--as-of {text} lies in the future");
    Ok(moment)
}

/// Shows the first mistakes, and writes all of them where they were asked for.
fn mistakes(report: &Report, file: Option<&Path>) -> anyhow::Result<()> {
    for bad in report.bad.iter().take(SHOWN_MAX) {
        out::line(bad);
    }
    if let Some(more) = report.bad.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
        out::line(format!("and {more} more (all of them with --report FILE)"));
    }
    let Some(path) = file else { return Ok(()) };
    let cannot = || format!("--report {} cannot be written", path.display());
    let mut writer = csv::Writer::from_path(path).with_context(cannot)?;
    writer.write_record(["line", "column", "value", "reason"]).with_context(cannot)?;
    for bad in &report.bad {
        // A value of a stranger's file must not become a formula in the reader's table.
        let value = harmless(&bad.value);
        let line = bad.line.to_string();
        writer
            .write_record([line.as_str(), &bad.column, &value, &bad.reason])
            .with_context(cannot)?;
    }
    writer.flush().with_context(cannot)
}

fn summary(job: &Job, report: &Report) {
    let Report { total, bad_rows, counts, emptied, wishes, .. } = report;
    let good = total - bad_rows;
    let what = if job.dry_run { "would be loaded (--dry-run)" } else { "loaded" };
    out::line(format!(
        "{}: {good} of {total} rows {what}: {} new, {} changed, {} as they were",
        job.kind.as_str(),
        counts.inserted,
        counts.updated,
        counts.unchanged
    ));
    if *bad_rows > 0 {
        out::line(format!("{bad_rows} bad rows were left out (--skip-bad)"));
    }
    if *emptied > 0 {
        let are = if job.dry_run { "would be" } else { "are" };
        out::line(format!("{emptied} articles are not in the file: they {are} set to 0"));
    }
    if *wishes > 0 {
        out::line(format!("{wishes} wishes of callers became tickets"));
    }
}
