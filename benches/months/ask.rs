//! What is asked, and how long the answers take.

use super::data::{Data, Kept};
use super::server::Server;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgPool;
use std::time::{Duration, Instant};
use treadline::db::{stats, with_tenant};
use treadline::ids::TenantId;
use uuid::Uuid;

/// Rows of a page of the list, and how many pages deep the deep one lies.
const PAGE: i64 = 50;
const DEEP: i64 = 100;
/// Rounds in which everything is warm; the first ones are not counted.
const WARM: usize = 45;
const UNCOUNTED: usize = 5;
/// Rounds in which nothing is; each starts the server twice.
const COLD: usize = 3;

/// A question.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Question {
    /// The newest calls, or those from a page on: the filters and columns of the console's list.
    List(Option<(DateTime<Utc>, Uuid)>),
    /// Counting a day again.
    Day(NaiveDate),
}

/// The times of one question, both ways.
#[derive(Debug, Clone)]
pub struct Asked {
    pub what: String,
    pub cold: bool,
    pub by_months: Vec<Duration>,
    pub as_one: Vec<Duration>,
}

impl Asked {
    fn new(what: &str, cold: bool) -> Self {
        Self { what: what.to_owned(), cold, by_months: Vec::new(), as_one: Vec::new() }
    }

    fn add(&mut self, kept: Kept, took: Duration) {
        match kept {
            Kept::ByMonths => self.by_months.push(took),
            Kept::AsOne => self.as_one.push(took),
        }
    }
}

async fn questions(data: &Data) -> anyhow::Result<Vec<(&'static str, Question)>> {
    let mut owner = data.owner().await?;
    let deep: Option<(DateTime<Utc>, Uuid)> = sqlx::query_as(
        "select started_at, id from calls where origin = 'live' and deleted_at is null \
         order by started_at desc, id desc offset $1 limit 1",
    )
    .bind(PAGE * (DEEP - 1) - 1)
    .fetch_optional(&mut owner)
    .await?;
    // Whole days: the first and the last of what is there may be only begun.
    let (middle, last): (NaiveDate, NaiveDate) = sqlx::query_as(
        "select (min(started_at) + (max(started_at) - min(started_at)) / 2)::date, \
                max(started_at)::date - 1 from calls",
    )
    .fetch_one(&mut owner)
    .await?;
    let mut questions = vec![("the list, page 1", Question::List(None))];
    if deep.is_some() {
        questions.push(("the list, page 100", Question::List(deep)));
    }
    questions.push(("a day's figures, the newest", Question::Day(last)));
    questions.push(("a day's figures, in the middle", Question::Day(middle)));
    Ok(questions)
}

/// Everything in memory: on connections that have asked before, in turn.
pub async fn warm(data: &Data) -> anyhow::Result<Vec<Asked>> {
    println!("asking, warm");
    let pools = [data.pool(Kept::ByMonths).await?, data.pool(Kept::AsOne).await?];
    let mut all = Vec::new();
    for (what, question) in questions(data).await? {
        let mut asked = Asked::new(what, false);
        for round in 0..WARM {
            // Who is asked first changes, too.
            let mut order = [(Kept::ByMonths, &pools[0]), (Kept::AsOne, &pools[1])];
            if round % 2 == 1 {
                order.reverse();
            }
            for (kept, pool) in order {
                let took = ask(pool, question).await?;
                if round >= UNCOUNTED {
                    asked.add(kept, took);
                }
            }
        }
        all.push(asked);
    }
    Ok(all)
}

/// Nothing in memory: before each question the server is started anew and the system's copies of
/// its files are thrown away, and each comes on a new connection.
pub async fn cold(data: &Data, server: &Server) -> anyhow::Result<Vec<Asked>> {
    println!("asking, cold");
    let mut all = Vec::new();
    for (what, question) in questions(data).await? {
        let mut asked = Asked::new(what, true);
        for round in 0..COLD {
            let mut order = Kept::BOTH;
            if round % 2 == 1 {
                order.reverse();
            }
            for kept in order {
                server.forget().await?;
                let pool = data.pool(kept).await?;
                asked.add(kept, ask(&pool, question).await?);
                pool.close().await;
            }
        }
        all.push(asked);
    }
    Ok(all)
}

async fn ask(pool: &PgPool, question: Question) -> anyhow::Result<Duration> {
    let began = Instant::now();
    match question {
        Question::List(from) => list(pool, from).await?,
        Question::Day(day) => drop(stats::compute_day(pool, TenantId::DEFAULT, day).await?),
    }
    Ok(began.elapsed())
}

/// By the key of the last row seen, not by counting rows off. The time by itself, too: from a
/// comparison of pairs alone Postgres does not see which months it may leave out.
async fn list(pool: &PgPool, from: Option<(DateTime<Utc>, Uuid)>) -> anyhow::Result<()> {
    let rows = with_tenant(pool, TenantId::DEFAULT, move |conn| {
        Box::pin(async move {
            sqlx::query("set local statement_timeout = '60s'").execute(&mut *conn).await?;
            let query = match from {
                None => sqlx::query(
                    "select id, started_at, ended_at, duration_seconds, channel, caller_id, \
                            language, scenario, outcome, transferred_to_operator, quality_score, \
                            sentiment, total_cost_usd \
                     from calls where tenant_id = $1 and origin = 'live' and deleted_at is null \
                     order by started_at desc, id desc limit $2",
                )
                .bind(TenantId::DEFAULT.0)
                .bind(PAGE),
                Some((started_at, id)) => sqlx::query(
                    "select id, started_at, ended_at, duration_seconds, channel, caller_id, \
                            language, scenario, outcome, transferred_to_operator, quality_score, \
                            sentiment, total_cost_usd \
                     from calls where tenant_id = $1 and origin = 'live' and deleted_at is null \
                       and started_at <= $3 and (started_at, id) < ($3, $4) \
                     order by started_at desc, id desc limit $2",
                )
                .bind(TenantId::DEFAULT.0)
                .bind(PAGE)
                .bind(started_at)
                .bind(id),
            };
            query.fetch_all(conn).await
        })
    })
    .await?;
    anyhow::ensure!(rows.len() as i64 == PAGE, "a page of {} rows", rows.len());
    Ok(())
}
