//! Letting a month of lines go.

use super::data::{Data, Kept, execute};
use super::server::Server;
use chrono::{DateTime, Utc};
use std::time::{Duration, Instant};

/// How many months, the oldest whole ones.
const MONTHS: usize = 3;

/// How one month went.
#[derive(Debug, Clone, Copy)]
pub struct Dropped {
    pub kept: Kept,
    pub took: Duration,
    /// What the server had to write of it into its log, bytes.
    pub wal: i64,
    /// Until the space can be used again: none for a table that is gone.
    pub vacuum: Duration,
}

/// A month by `drop table`, the same by `delete`, and so on.
pub async fn months(data: &Data, server: &Server) -> anyhow::Result<Vec<Dropped>> {
    println!("letting months go");
    let mut owner = data.owner().await?;
    let months: Vec<(String, DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(
        "select partition::text, from_at, to_at \
         from housekeeping.partition_bounds('call_turns') order by from_at",
    )
    .fetch_all(&mut owner)
    .await?;
    let mut all = Vec::new();
    // The first and the last month are only begun.
    for (partition, from, to) in months.into_iter().skip(1).take(MONTHS) {
        let (took, wal) = timed(data, server, format!("drop table {partition}")).await?;
        all.push(Dropped { kept: Kept::ByMonths, took, wal, vacuum: Duration::ZERO });
        let delete = format!(
            "delete from flat.call_turns where call_started_at >= '{from}' \
             and call_started_at < '{to}'"
        );
        let (took, wal) = timed(data, server, delete).await?;
        let (vacuum, _) = timed(data, server, "vacuum flat.call_turns".into()).await?;
        all.push(Dropped { kept: Kept::AsOne, took, wal, vacuum });
    }
    Ok(all)
}

async fn timed(data: &Data, server: &Server, sql: String) -> anyhow::Result<(Duration, i64)> {
    // Everything is on the disk then: a checkpoint in the middle of it would be counted for one of
    // them only.
    server.restart().await?;
    let mut owner = data.owner().await?;
    let before: String =
        sqlx::query_scalar("select pg_current_wal_lsn()::text").fetch_one(&mut owner).await?;
    let began = Instant::now();
    execute(&mut owner, sql).await?;
    let took = began.elapsed();
    let wal =
        sqlx::query_scalar("select pg_wal_lsn_diff(pg_current_wal_lsn(), $1::text::pg_lsn)::int8")
            .bind(before)
            .fetch_one(&mut owner)
            .await?;
    Ok((took, wal))
}
