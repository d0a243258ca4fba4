//! Tickets: the queue, one of them, and what is done with it.

mod change;
mod page;
mod write;

pub use change::{Change, Changed, State, change, take_next};
pub use page::{
    Attempt, Colleague, Event, Message, Other, Page, Ticket, colleagues, page, state_at,
};
pub use write::{Kind, NewTicket, Tried, attempt, create, say};

use super::reading;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// Tickets on a page.
pub const PAGE_TICKETS: usize = 50;
/// More than this many are counted as "more than".
pub const COUNT_MAX: i64 = 500;

/// A part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Those that I have.
    Mine,
    /// Those that nobody has.
    Unassigned,
    /// Those in which the customer has to do something first.
    Waiting,
    /// Those that should be done by now.
    Overdue,
    /// Whatever is not done.
    All,
    /// Those that are done, the latest first.
    Done,
}

impl Bucket {
    /// All of them, as they are shown.
    pub const ALL: [Self; 6] =
        [Self::Mine, Self::Unassigned, Self::Waiting, Self::Overdue, Self::All, Self::Done];

    /// As it stands in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Waiting => "waiting",
            Self::Overdue => "overdue",
            Self::All => "all",
            Self::Done => "done",
        }
    }
}

/// The last ticket of a page, by what the queue is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// The moment by which the first page judged what is overdue: the pages of one walk share it.
    pub seen_at: DateTime<Utc>,
    /// 0 overdue, 1 not.
    pub overdue: i32,
    /// 0 urgent, 1 not.
    pub urgent: i32,
    /// When it is due; of what is done, when it was.
    pub due_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Which it is.
    pub id: Uuid,
}

/// A line of the queue.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Line {
    /// The ticket.
    pub id: Uuid,
    /// What is to be done.
    pub title: String,
    /// `callback`, `restock`, …
    pub ticket_type: String,
    /// Where it stands.
    pub status: String,
    /// How much it matters.
    pub priority: String,
    /// Where it came from.
    pub source: Option<String>,
    /// The number to phone.
    pub phone: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// Who has it.
    pub assigned_to: Option<Uuid>,
    /// How that one is called.
    pub assignee: Option<String>,
    /// By when.
    pub due_at: Option<DateTime<Utc>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// What the queue is sorted by.
    pub overdue: i32,
    /// The same.
    pub urgent: i32,
    /// The same.
    pub sort_at: DateTime<Utc>,
}

impl Line {
    /// For the link to the next page.
    #[must_use]
    pub const fn key(&self, seen_at: DateTime<Utc>) -> After {
        After {
            seen_at,
            overdue: self.overdue,
            urgent: self.urgent,
            due_at: self.sort_at,
            created_at: self.created_at,
            id: self.id,
        }
    }
}

/// What a line shows and which lines a bucket (`$1`, of whom `$2`, at `$3`) lets through.
macro_rules! lines {
    ($sort:literal) => {
        concat!(
            "select * from (select t.id, t.title, t.ticket_type, t.status, t.priority, t.source, \
             t.phone, c.name as customer, t.assigned_to, \
             coalesce(nullif(u.name, ''), u.email) as assignee, t.due_at, t.created_at, \
             case when t.due_at < $3 then 0 else 1 end as overdue, \
             case when t.priority = 'urgent' then 0 else 1 end as urgent, ",
            $sort,
            " as sort_at from tickets t \
             left join customers c on c.id = t.customer_id \
             left join dashboard.users u on u.id = t.assigned_to \
             where case $1 \
             when 'mine' then t.assigned_to = $2 \
                 and t.status in ('open', 'in_progress', 'escalated', 'reopened') \
             when 'unassigned' then t.assigned_to is null \
                 and t.status in ('open', 'in_progress', 'escalated', 'reopened') \
             when 'waiting' then t.status = 'pending_customer' \
             when 'overdue' then t.due_at < $3 and t.status not in ('resolved', 'closed') \
             when 'all' then t.status not in ('resolved', 'closed') \
             else t.status in ('resolved', 'closed') end) line "
        )
    };
}

/// One more than [`PAGE_TICKETS`] lines at most: overdue first, then urgent, then by when they are
/// due, then the oldest. What is done stands the other way round, the latest first.
///
/// # Errors
/// What Postgres says.
pub async fn list(
    pool: &PgPool,
    tenant: TenantId,
    (bucket, me): (Bucket, Uuid),
    now: DateTime<Utc>,
    after: Option<After>,
) -> Result<Vec<Line>, sqlx::Error> {
    let sql = if bucket == Bucket::Done {
        concat!(
            lines!("t.updated_at"),
            "where $4::timestamptz is null or (sort_at, id) < ($4, $5) \
             order by sort_at desc, id desc limit $6"
        )
    } else {
        concat!(
            lines!("coalesce(t.due_at, timestamptz '9999-01-01 00:00:00Z')"),
            "where $4::timestamptz is null \
                 or (overdue, urgent, sort_at, created_at, id) > ($7, $8, $4, $9, $5) \
             order by overdue, urgent, sort_at, created_at, id limit $6"
        )
    };
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let mut query = sqlx::query_as(sql)
                .bind(bucket.code())
                .bind(me)
                .bind(after.map_or(now, |after| after.seen_at))
                .bind(after.map(|after| after.due_at))
                .bind(after.map(|after| after.id))
                .bind(PAGE_TICKETS as i64 + 1);
            if bucket != Bucket::Done {
                query = query
                    .bind(after.map(|after| after.overdue))
                    .bind(after.map(|after| after.urgent))
                    .bind(after.map(|after| after.created_at));
            }
            query.fetch_all(conn).await
        })
    })
    .await
}

/// How many tickets each bucket holds, in the order of [`Bucket::ALL`]; what is done is counted to
/// one more than [`COUNT_MAX`].
///
/// # Errors
/// What Postgres says.
pub async fn counts(
    pool: &PgPool,
    tenant: TenantId,
    me: Uuid,
    now: DateTime<Utc>,
) -> Result<[i64; 6], sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let (mine, unassigned, waiting, overdue, all, done) = sqlx::query_as(
                "select count(*) filter (where assigned_to = $1 and status <> 'pending_customer'), \
                        count(*) filter (where assigned_to is null \
                            and status <> 'pending_customer'), \
                        count(*) filter (where status = 'pending_customer'), \
                        count(*) filter (where due_at < $2), \
                        count(*), \
                        (select count(*) from (select from tickets \
                            where status in ('resolved', 'closed') limit $3) done) \
                 from tickets where status not in ('resolved', 'closed')",
            )
            .bind(me)
            .bind(now)
            .bind(COUNT_MAX + 1)
            .fetch_one(conn)
            .await?;
            Ok([mine, unassigned, waiting, overdue, all, done])
        })
    })
    .await
}
