//! Files of a shop into our tables: catalogue, stock, vehicles, stations, fitting prices.
//!
//! A file is checked as a whole before anything is loaded, every bad row is named, and all that
//! is loaded is one transaction: either the file is in, or nothing of it. Each import leaves a
//! row in `integration_sync_logs`, the failed ones too.

mod kinds;
mod load;
mod table;
mod text;

pub use table::BadCell;
pub use text::FILE_BYTES_MAX;

use crate::db::with_tenant;
use crate::ids::TenantId;
use crate::store::convert_wishes;
use chrono::{DateTime, Utc};
use kinds::{PriceRow, ProductRow, StationRow, StockRow, VehicleRow};
use load::Load;
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use std::sync::Arc;
use table::Read;

/// A shop's files in `external_refs.system` and `integration_sync_logs.system`.
const SYSTEM: &str = "csv";

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Tyres: what they are and what they cost.
    Catalogue,
    /// How many of each are there. What the file does not name is not there.
    Stock,
    /// What fits which car.
    Vehicles,
    /// Fitting stations and their hours.
    Stations,
    /// What fitting costs.
    Prices,
}

impl Kind {
    /// The word on the command line and in the log of imports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Stock => "stock",
            Self::Vehicles => "vehicles",
            Self::Stations => "stations",
            Self::Prices => "prices",
        }
    }
}

/// One import.
#[derive(Debug, Clone)]
pub struct Job {
    /// What the file holds.
    pub kind: Kind,
    /// Its name, for the log of imports.
    pub file: String,
    /// The moment for which its stock holds: orders confirmed since are taken off.
    pub as_of: DateTime<Utc>,
    /// Load the good rows of a file that has bad ones too.
    pub skip_bad: bool,
    /// Do everything, then undo it.
    pub dry_run: bool,
    /// Load a stock file that leaves out most of what is in stock, too.
    pub allow_emptying: bool,
}

/// How rows met their tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New rows.
    pub inserted: u64,
    /// Rows that were there and are written again.
    pub updated: u64,
    /// Rows that are as they were.
    pub unchanged: u64,
}

impl Counts {
    fn add(&mut self, are_new: &[bool]) {
        let new = are_new.iter().filter(|is_new| **is_new).count() as u64;
        self.inserted += new;
        self.updated += are_new.len() as u64 - new;
    }
}

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows of the file.
    pub total: u64,
    /// Rows with a mistake.
    pub bad_rows: u64,
    /// Every mistake.
    pub bad: Vec<BadCell>,
    /// How the good rows met their table.
    pub counts: Counts,
    /// Articles whose stock is 0 because the file does not name them.
    pub emptied: u64,
    /// Wishes that became tickets because their size is there again.
    pub wishes: u64,
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file as a whole is not what it should be.
    #[error("{0}")]
    File(String),
    /// Rows of it are bad, and none was to be skipped.
    #[error("{} of {} rows are bad; nothing was loaded", .0.bad_rows, .0.total)]
    BadRows(Box<Report>),
    /// Most of what is in stock is not in the file.
    #[error(
        "{emptied} of the {in_stock} articles in stock are not in the file and would be set to 0; \
         nothing was loaded"
    )]
    Emptying {
        /// Articles that the file leaves out.
        emptied: u64,
        /// Articles of which there are some.
        in_stock: u64,
    },
    /// The database.
    #[error("the database: {0}; nothing was loaded")]
    Database(#[from] sqlx::Error),
}

/// What an import tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The file is read: so many good rows will be loaded.
    Read(u64),
    /// So many more are loaded.
    Loaded(u64),
}

/// Who is told.
pub type Watch = Arc<dyn Fn(Told) + Send + Sync>;

/// Imports a file's content.
///
/// # Errors
/// Why nothing was loaded. The log of imports has a row of it, unless the database itself is
/// away or nothing was to be changed.
pub async fn run(
    pool: &PgPool,
    tenant: TenantId,
    job: &Job,
    bytes: &[u8],
    watch: Watch,
) -> Result<Report, ImportError> {
    let started_at = Utc::now();
    let outcome = match Rows::read(job.kind, bytes) {
        Err(reason) => Err(ImportError::File(reason)),
        Ok(rows) if rows.total() == 0 => {
            Err(ImportError::File("the file has a heading and no rows; nothing was loaded".into()))
        }
        Ok(rows) => {
            watch(Told::Read(rows.good()));
            load_all(pool, tenant, job, rows, watch).await
        }
    };
    if let Err(error) = &outcome
        && !job.dry_run
    {
        let (job, said) = (job.clone(), error.to_string());
        let noted = with_tenant(pool, tenant, move |conn| {
            Box::pin(async move { log(conn, tenant, &job, started_at, Err(&said)).await })
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the failed import could not be noted");
        }
    }
    outcome
}

/// The good rows of a file, and what is wrong with the others.
enum Rows {
    Catalogue(Read<ProductRow>),
    Stock(Read<StockRow>),
    Vehicles(Read<VehicleRow>),
    Stations(Read<StationRow>),
    Prices(Read<PriceRow>),
}

impl Rows {
    fn read(kind: Kind, bytes: &[u8]) -> Result<Self, String> {
        Ok(match kind {
            Kind::Catalogue => {
                Self::Catalogue(table::read(bytes, kinds::CATALOGUE, kinds::product)?)
            }
            Kind::Stock => Self::Stock(table::read(bytes, kinds::STOCK, kinds::stock)?),
            Kind::Vehicles => Self::Vehicles(table::read(bytes, kinds::VEHICLES, kinds::vehicle)?),
            Kind::Stations => Self::Stations(table::read(bytes, kinds::STATIONS, kinds::station)?),
            Kind::Prices => Self::Prices(table::read(bytes, kinds::PRICES, kinds::fitting_price)?),
        })
    }

    /// Rows of the file, good and bad.
    fn total(&self) -> u64 {
        match self {
            Self::Catalogue(read) => read.total,
            Self::Stock(read) => read.total,
            Self::Vehicles(read) => read.total,
            Self::Stations(read) => read.total,
            Self::Prices(read) => read.total,
        }
    }

    fn good(&self) -> u64 {
        let count = match self {
            Self::Catalogue(read) => read.rows.len(),
            Self::Stock(read) => read.rows.len(),
            Self::Vehicles(read) => read.rows.len(),
            Self::Stations(read) => read.rows.len(),
            Self::Prices(read) => read.rows.len(),
        };
        count as u64
    }

    /// Takes the mistakes out, for the report.
    fn report(&mut self) -> Report {
        let (total, bad_rows, bad) = match self {
            Self::Catalogue(read) => (read.total, read.bad_rows, &mut read.bad),
            Self::Stock(read) => (read.total, read.bad_rows, &mut read.bad),
            Self::Vehicles(read) => (read.total, read.bad_rows, &mut read.bad),
            Self::Stations(read) => (read.total, read.bad_rows, &mut read.bad),
            Self::Prices(read) => (read.total, read.bad_rows, &mut read.bad),
        };
        Report { total, bad_rows, bad: std::mem::take(bad), ..Report::default() }
    }
}

/// How a transaction ends without a commit.
enum Undone {
    /// Everything went well, and nothing was to be changed.
    DryRun(Report),
    Failed(ImportError),
}

impl From<sqlx::Error> for Undone {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

async fn load_all(
    pool: &PgPool,
    tenant: TenantId,
    job: &Job,
    rows: Rows,
    watch: Watch,
) -> Result<Report, ImportError> {
    let (job, started_at) = (job.clone(), Utc::now());
    let ended = with_tenant(pool, tenant, move |conn| {
        Box::pin(async move {
            prepare(conn, tenant).await?;
            let load = Load { conn: &mut *conn, tenant, watch };
            let report = load_rows(load, &job, rows).await?;
            if job.dry_run {
                return Err(Undone::DryRun(report));
            }
            log(conn, tenant, &job, started_at, Ok(&report)).await?;
            Ok(report)
        })
    })
    .await;
    match ended {
        Ok(report) | Err(Undone::DryRun(report)) => Ok(report),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// No caller waits for this transaction, so it may take its time; and one import at a time.
async fn prepare(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "select set_config('statement_timeout', '120s', true), \
                set_config('idle_in_transaction_session_timeout', '60s', true), \
                pg_advisory_xact_lock(hashtextextended('import ' || $1, 0))",
    )
    .bind(tenant.0.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

async fn load_rows(mut load: Load<'_>, job: &Job, mut rows: Rows) -> Result<Report, Undone> {
    let mut report = rows.report();
    if let Rows::Stock(read) = &mut rows {
        refuse_unknown(&mut load, &mut read.rows, &mut report).await?;
    }
    if report.bad_rows > 0 && !job.skip_bad {
        return Err(Undone::Failed(ImportError::BadRows(Box::new(report))));
    }
    match rows {
        Rows::Catalogue(read) => {
            report.counts = load.products(&read.rows).await?;
            let stock: Vec<StockRow> = read.rows.into_iter().filter_map(StockRow::of).collect();
            if !stock.is_empty() {
                load.watch = Arc::new(|_| {});
                load.stock(&stock, job.as_of).await?;
                report.wishes = convert_wishes(load.conn, load.tenant).await?;
            }
        }
        Rows::Stock(read) => {
            let in_stock = load.in_stock().await?;
            report.counts = load.stock(&read.rows, job.as_of).await?;
            report.emptied = load.empty_the_others(&read.rows).await?;
            // A cut-off export, a heading alone: a shop seldom sells most of its articles at once.
            if report.emptied * 2 > in_stock && !job.allow_emptying {
                return Err(Undone::Failed(ImportError::Emptying {
                    emptied: report.emptied,
                    in_stock,
                }));
            }
            report.wishes = convert_wishes(load.conn, load.tenant).await?;
        }
        Rows::Vehicles(read) => report.counts = load.vehicles(&read.rows).await?,
        Rows::Stations(read) => report.counts = load.stations(&read.rows).await?,
        Rows::Prices(read) => report.counts = load.prices(&read.rows).await?,
    }
    Ok(report)
}

/// Stock of an article that is not in the catalogue is a bad row.
async fn refuse_unknown(
    load: &mut Load<'_>,
    rows: &mut Vec<StockRow>,
    report: &mut Report,
) -> Result<(), Undone> {
    let unknown: std::collections::HashSet<String> =
        load.unknown_articles(rows).await?.into_iter().collect();
    rows.retain(|row| {
        let is_known = !unknown.contains(&row.sku);
        if !is_known {
            report.bad_rows += 1;
            report.bad.push(BadCell {
                line: row.line,
                column: "sku".into(),
                value: row.sku.clone(),
                reason: "is not in the catalogue; import the catalogue first".into(),
            });
        }
        is_known
    });
    report.bad.sort_by_key(|bad| bad.line);
    Ok(())
}

async fn log(
    conn: &mut PgConnection,
    tenant: TenantId,
    job: &Job,
    started_at: DateTime<Utc>,
    outcome: Result<&Report, &str>,
) -> Result<(), sqlx::Error> {
    let mut notes = json!({ "kind": job.kind.as_str(), "file": job.file, "as_of": job.as_of });
    if let Ok(report) = outcome {
        notes["rows"] = json!(report.total);
        notes["bad_rows"] = json!(report.bad_rows);
        notes["inserted"] = json!(report.counts.inserted);
        notes["updated"] = json!(report.counts.updated);
        notes["emptied"] = json!(report.emptied);
        notes["wishes"] = json!(report.wishes);
    }
    let loaded = outcome.map_or(0, |report| report.total - report.bad_rows);
    sqlx::query(
        "insert into integration_sync_logs (tenant_id, system, direction, status, \
             records_processed, error_message, started_at, completed_at, metadata_json) \
         values ($1, $2, 'inbound', $3, $4, $5, $6, now(), $7)",
    )
    .bind(tenant.0)
    .bind(SYSTEM)
    .bind(if outcome.is_ok() { "success" } else { "failed" })
    .bind(i32::try_from(loaded).unwrap_or(i32::MAX))
    .bind(outcome.err())
    .bind(started_at)
    .bind(notes)
    .execute(conn)
    .await?;
    Ok(())
}
