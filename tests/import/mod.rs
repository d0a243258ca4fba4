//! A shop's files into our tables, on a real Postgres.
#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

use crate::support::database;

mod bad;
mod command;
mod good;
mod stock;

use chrono::{DateTime, TimeZone as _, Utc};
use database::{TestDb, fresh_database};
use std::sync::Arc;
use treadline::ids::TenantId;
use treadline::store::import::{self, ImportError, Job, Kind, Report};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

fn job(kind: Kind) -> Job {
    Job {
        kind,
        file: "file.csv".into(),
        as_of: now(),
        skip_bad: false,
        dry_run: false,
        allow_emptying: true,
    }
}

/// An empty shop.
struct Shop {
    db: TestDb,
}

impl Shop {
    async fn open() -> Option<Self> {
        Some(Self { db: fresh_database().await? })
    }

    async fn run(&self, job: &Job, file: impl AsRef<[u8]>) -> Result<Report, ImportError> {
        import::run(&self.db.pool, TenantId::DEFAULT, job, file.as_ref(), Arc::new(|_| {})).await
    }

    async fn import(&self, kind: Kind, file: impl AsRef<[u8]>) -> Result<Report, ImportError> {
        self.run(&job(kind), file).await
    }

    /// Why a file is refused.
    async fn refused(&self, kind: Kind, file: impl AsRef<[u8]>) -> String {
        match self.import(kind, file).await {
            Ok(report) => panic!("it was loaded: {report:?}"),
            Err(ImportError::BadRows(report)) => {
                let said: Vec<String> = report.bad.iter().map(ToString::to_string).collect();
                said.join("\n")
            }
            Err(error) => error.to_string(),
        }
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.db.owner().await).await.unwrap()
    }

    async fn text(&self, sql: &'static str) -> String {
        sqlx::query_scalar(sql).fetch_one(&mut self.db.owner().await).await.unwrap()
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.db.owner().await).await.unwrap();
    }
}

const CATALOGUE: &str = "sku,brand,model,size,season,price,quantity,country,year\n\
    00000010421,Rosava,Snowgard,205/55R16,winter,2100,16,Ukraine,2026\n\
    00000010422,Michelin,\"Alpin 6, XL\",195/75 R16C,зимові,4800.50,,France,\n\
    00000010423,Nokian,\"WR \"\"D4\"\"\",225/45 R17,all-season,\"3900,00\",0,,2025\n";
