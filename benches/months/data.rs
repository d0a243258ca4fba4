//! The calls, twice: by months as the product keeps them, and each table as one.

use super::server::Server;
use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use std::time::Instant;
use treadline::db;
use treadline::db::generate::{self, Plan};
use treadline::ids::TenantId;
use treadline::store::sample;

/// The database of this bench; made anew by every run.
const NAME: &str = "bench_months";
/// Tables that stand in both ways.
const TABLES: [&str; 2] = ["calls", "call_turns"];
/// Days are written between two lines of progress.
const TOLD_EVERY: u64 = 30;

/// With what a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With nothing.
    Anew,
    /// With what an interrupted run has written; the rest is added.
    GoOn,
    /// With what an interrupted run has written, and no more.
    Reuse,
}

/// While the rows are written the server writes fewer checkpoints, and nothing else of it changes.
const HURRY: &str = "alter system set max_wal_size = '4GB'; \
     alter system set checkpoint_timeout = '30min'";
const NO_HURRY: &str = "alter system reset max_wal_size; alter system reset checkpoint_timeout";

/// How rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In a partition a month.
    ByMonths,
    /// In one table.
    AsOne,
}

impl Kept {
    pub const BOTH: [Self; 2] = [Self::ByMonths, Self::AsOne];
}

/// Sizes of a table's indexes and of all of it, bytes.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub table: &'static str,
    pub kept: Kept,
    pub indexes: i64,
    pub whole: i64,
    /// The largest single index: what an insert must find its place in.
    pub largest: i64,
}

/// The database.
pub struct Data {
    server: String,
    url: String,
    pub plan: Plan,
    /// How long writing took, seconds; not known of what an earlier run wrote.
    pub filled_s: Option<f64>,
}

/// Makes everything; an older run's database goes first, unless it is to be used again.
pub async fn make(server: &Server, plan: Plan, start: Start) -> anyhow::Result<Data> {
    let server = server.url();
    let (base, _) = server.rsplit_once('/').context("a URL with a database")?;
    let url = format!("{base}/{NAME}");
    let mut data = Data { server: server.to_owned(), url, plan, filled_s: None };
    if start == Start::Anew {
        data.remove().await?;
        let mut owner = PgConnection::connect(server).await?;
        execute(&mut owner, format!("create database {NAME}")).await?;
        owner.close().await?;
    }
    data.settings(HURRY).await?;
    if start != Start::Reuse {
        data.fill().await?;
    }
    data.copy().await?;
    data.settings(NO_HURRY).await?;
    Ok(data)
}

impl Data {
    /// A connection as the owner.
    pub async fn owner(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.url).await?)
    }

    /// One connection as the program's own role, for which the tables are kept in one way.
    pub async fn pool(&self, kept: Kept) -> anyhow::Result<PgPool> {
        let url = match kept {
            Kept::ByMonths => self.url.clone(),
            Kept::AsOne => format!("{}?options=-c%20search_path%3Dflat%2Cpublic", self.url),
        };
        Ok(db::connect(&url, 1).await?)
    }

    /// Settings of the server, one statement each: none of them may stand in a transaction.
    async fn settings(&self, statements: &str) -> anyhow::Result<()> {
        // The owner of the tables may not set them.
        let url = self.server.replacen("//treadline_owner@", "//postgres@", 1);
        let mut owner = PgConnection::connect(&url).await?;
        for statement in statements.split("; ") {
            execute(&mut owner, statement.trim().to_owned()).await?;
        }
        execute(&mut owner, "select pg_reload_conf()".into()).await?;
        Ok(owner.close().await?)
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        db::migrate::run(&self.url).await?;
        let pool = db::connect(&self.url, 2).await?;
        sample::load_if_empty(&pool, TenantId::DEFAULT).await?;
        let began = Instant::now();
        generate::fill(&pool, TenantId::DEFAULT, self.plan, |made| {
            if made.days % TOLD_EVERY == 0 {
                let took_s = began.elapsed().as_secs();
                let days = self.plan.days().count() as u64;
                let left_s = took_s * days.saturating_sub(made.days) / made.days.max(1);
                println!(
                    "{} of {days} days, {} calls, {took_s} s, about {left_s} s left",
                    made.days, made.calls
                );
            }
        })
        .await?;
        self.filled_s = Some(began.elapsed().as_secs_f64());
        pool.close().await;
        Ok(())
    }

    /// How many calls, lines and days there are.
    pub async fn rows(&self) -> anyhow::Result<(i64, i64, i64)> {
        let sql = "select (select count(*) from calls), (select count(*) from call_turns), \
                   (select count(distinct started_at::date) from calls)";
        Ok(sqlx::query_as(sql).fetch_one(&mut self.owner().await?).await?)
    }

    /// The same rows in the same order, under the same indexes, constraints, rights and row
    /// security.
    async fn copy(&self) -> anyhow::Result<()> {
        println!("the same into one table each");
        let mut owner = self.owner().await?;
        execute(
            &mut owner,
            "drop schema if exists flat cascade; create schema flat; grant usage on schema flat to treadline_app".into(),
        )
        .await?;
        for table in TABLES {
            let at = if table == "calls" { "started_at" } else { "call_started_at" };
            execute(
                &mut owner,
                format!(
                    "create table flat.{table} (like public.{table} including all); \
                     insert into flat.{table} select * from public.{table} order by {at}; \
                     alter table flat.{table} enable row level security; \
                     alter table flat.{table} force row level security; \
                     create policy {table}_tenant on flat.{table} using (tenant_id = \
                         nullif(current_setting('app.tenant_id', true), '')::uuid); \
                     grant select, insert, update, delete on flat.{table} to treadline_app"
                ),
            )
            .await?;
        }
        execute(&mut owner, "vacuum analyze".into()).await?;
        owner.close().await?;
        Ok(())
    }

    /// How large both are.
    pub async fn sizes(&self) -> anyhow::Result<Vec<Size>> {
        let mut owner = self.owner().await?;
        let mut sizes = Vec::new();
        for table in TABLES {
            for kept in Kept::BOTH {
                let schema = if kept == Kept::ByMonths { "public" } else { "flat" };
                let (indexes, whole, largest): (i64, i64, i64) = sqlx::query_as(
                    "with parts as (select relid from pg_partition_tree(to_regclass($1)) \
                                    where isleaf \
                                    union select to_regclass($1)) \
                     select sum(pg_indexes_size(relid))::int8, \
                            sum(pg_total_relation_size(relid))::int8, \
                            (select max(pg_relation_size(indexrelid)) from pg_index \
                             where indrelid in (select relid from parts)) from parts",
                )
                .bind(format!("{schema}.{table}"))
                .fetch_one(&mut owner)
                .await?;
                sizes.push(Size { table, kept, indexes, whole, largest });
            }
        }
        Ok(sizes)
    }

    /// Gives the disk back.
    pub async fn remove(&self) -> anyhow::Result<()> {
        let mut owner = PgConnection::connect(&self.server).await?;
        execute(&mut owner, format!("drop database if exists {NAME} with (force)")).await?;
        owner.close().await?;
        Ok(())
    }
}

/// SQL of this bench's own making.
pub async fn execute(owner: &mut PgConnection, sql: String) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(owner).await.with_context(|| sql)?;
    Ok(())
}
