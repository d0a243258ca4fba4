//! The counts at the end: what callers were told against what the database has, and the database
//! against itself.

use super::caller::{End, Memory};
use super::child::{Health, Place};
use crate::db::pool::connect_owner;
use sqlx::{Executor as _, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Memory that a program may hold more after hours of calls than after its warm-up: what its
/// allocator keeps, not what grows with calls.
const MEMORY_MORE_MAX: u64 = 48 * 1024 * 1024;
/// Open files that may be more: the connections of the pool, of which a quiet moment has any
/// number, and a connection that is just being closed.
const FILES_MORE_MAX: u64 = 14;
/// Tasks that may be more: those of jobs that happen to run.
const TASKS_MORE_MAX: u64 = 12;

const MB: u64 = 1024 * 1024;

/// One thing that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Count {
    /// What.
    pub name: &'static str,
    /// The figures.
    pub found: String,
    /// The first disagreement, if there is any.
    pub wrong: Option<String>,
}

fn count(name: &'static str, found: String, wrong: Option<String>) -> Count {
    Count { name, found, wrong }
}

/// What a call has in the database.
#[derive(Debug, Default)]
struct Rows {
    outcome: Option<String>,
    order_id: Option<Uuid>,
    /// Id and number of confirmed orders.
    orders: Vec<(Uuid, String)>,
    bookings: usize,
}

/// Counts everything.
pub(super) async fn all(url: &str, memories: &[Memory]) -> anyhow::Result<Vec<Count>> {
    let mut owner = connect_owner(url).await?;
    // A lock that somebody left behind is to be told of, not waited for.
    owner.execute("set statement_timeout = '60s'; set lock_timeout = '20s'").await?;
    let rows = rows(&mut owner).await?;
    let mut counts = vec![
        orders(memories, &rows),
        bookings(memories, &rows),
        once(&rows),
        ends(memories, &rows),
        answered(memories),
    ];
    for (name, sql) in ONE_BY_ONE {
        let wrong: Option<String> = sqlx::query_scalar(sql).fetch_optional(&mut owner).await?;
        let of: i64 = sqlx::query_scalar(size_of(name)).fetch_one(&mut owner).await?;
        counts.push(count(name, format!("{of} rows"), wrong));
    }
    Ok(counts)
}

/// Each finds its first disagreement, told as a sentence.
const ONE_BY_ONE: [(&str, &str); 6] = [
    (
        "the journal of each call is dense from 1",
        "select 'call ' || call_id || ' has ' || count(*) || ' records from ' || min(seq) \
             || ' to ' || max(seq) \
         from call_journal group by call_id, call_started_at \
         having min(seq) <> 1 or max(seq) <> count(*) order by call_id limit 1",
    ),
    (
        "the turns of each call are dense from 1",
        "select 'call ' || call_id || ' has ' || count(*) || ' turns up to ' || max(turn_number) \
         from call_turns group by call_id, call_started_at \
         having max(turn_number) <> count(*) order by call_id limit 1",
    ),
    (
        "every call with a journal has its row, and the other way round",
        "select 'call ' || coalesce(c.id, j.call_id) || ' has ' \
             || case when c.id is null then 'records and no row' else 'a row and no records' end \
         from calls c full join (select distinct call_id from call_journal) j on j.call_id = c.id \
         where c.id is null or j.call_id is null order by 1 limit 1",
    ),
    (
        "no agreement became two orders or two bookings",
        "select 'approval ' || approval_id || ' stands under ' || count(*) || ' of them' from ( \
             select approval_id from orders where status not in ('draft', 'cancelled') \
             union all select approval_id from fitting_bookings \
             where status in ('confirmed', 'completed')) agreed \
         where approval_id is not null group by approval_id having count(*) > 1 limit 1",
    ),
    (
        "what was sold is what stands on the orders",
        "select 'order ' || o.order_number || ' is ' || o.subtotal || ', its lines are ' \
             || coalesce(sum(i.total), 0) \
         from orders o left join order_items i on i.order_id = o.id \
         where o.status <> 'draft' group by o.id having o.subtotal <> coalesce(sum(i.total), 0) \
         limit 1",
    ),
    (
        "the figures of each day are a recount of its calls",
        "select 'on ' || coalesce(s.stat_date, c.day) || ' the figures say ' \
             || coalesce(s.total_calls, 0) || ' calls, ' || coalesce(s.resolved_by_bot, 0) \
             || ' resolved, ' || coalesce(s.orders, 0) || ' orders, ' || coalesce(s.bookings, 0) \
             || ' bookings; counted are ' || coalesce(c.total, 0) || ', ' \
             || coalesce(c.resolved, 0) || ', ' || coalesce(c.orders, 0) || ', ' \
             || coalesce(c.bookings, 0) \
         from (select * from daily_stats where total_calls > 0) s full join ( \
             select (started_at at time zone t.timezone)::date as day, count(*) as total, \
                    count(*) filter (where outcome = 'resolved') as resolved, \
                    count(order_id) as orders, coalesce(sum(made), 0) as bookings \
             from calls join tenants t on t.id = calls.tenant_id left join ( \
                 select source_call_id, count(*) as made from fitting_bookings \
                 where status in ('confirmed', 'completed', 'no_show') group by 1) b \
                 on b.source_call_id = calls.id \
             where origin = 'live' and deleted_at is null group by 1) c on c.day = s.stat_date \
         where (coalesce(s.total_calls, 0), coalesce(s.resolved_by_bot, 0), \
                coalesce(s.orders, 0), coalesce(s.bookings, 0)) \
             <> (coalesce(c.total, 0), coalesce(c.resolved, 0), coalesce(c.orders, 0), \
                 coalesce(c.bookings, 0)) \
         order by 1 limit 1",
    ),
];

/// How much was looked at.
fn size_of(name: &str) -> &'static str {
    match name.split(' ').next_back() {
        Some("round") => "select count(*) from calls",
        Some("bookings") => "select count(*) from approvals",
        Some("orders") => "select count(*) from order_items",
        Some("calls") => "select count(*) from daily_stats",
        _ if name.starts_with("the turns") => "select count(*) from call_turns",
        _ => "select count(*) from call_journal",
    }
}

async fn rows(owner: &mut PgConnection) -> Result<BTreeMap<Uuid, Rows>, sqlx::Error> {
    let mut rows: BTreeMap<Uuid, Rows> = BTreeMap::new();
    let calls: Vec<(Uuid, Option<String>, Option<Uuid>)> =
        sqlx::query_as("select id, outcome, order_id from calls").fetch_all(&mut *owner).await?;
    for (id, outcome, order_id) in calls {
        rows.insert(id, Rows { outcome, order_id, ..Rows::default() });
    }
    let orders: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
        "select source_call_id, id, order_number from orders \
         where status not in ('draft', 'cancelled') and source_call_id is not null",
    )
    .fetch_all(&mut *owner)
    .await?;
    for (call, id, number) in orders {
        rows.entry(call).or_default().orders.push((id, number));
    }
    let bookings: Vec<Uuid> = sqlx::query_scalar(
        "select source_call_id from fitting_bookings \
         where status in ('confirmed', 'completed') and source_call_id is not null",
    )
    .fetch_all(owner)
    .await?;
    for call in bookings {
        rows.entry(call).or_default().bookings += 1;
    }
    Ok(rows)
}

fn orders(memories: &[Memory], rows: &BTreeMap<Uuid, Rows>) -> Count {
    let told: Vec<_> = memories.iter().filter_map(|m| Some((m.id, m.order.as_ref()?))).collect();
    let none = Rows::default();
    let wrong = told.iter().find_map(|(id, number)| {
        let row = rows.get(id).unwrap_or(&none);
        let Some((order, found)) = row.orders.first() else {
            return Some(format!("call {id} was told that its order is placed: there is none"));
        };
        if number.as_ref().is_some_and(|number| number != found) {
            return Some(format!("call {id} was told order {number:?} and has {found}"));
        }
        (row.order_id != Some(*order))
            .then(|| format!("call {id} does not show its order {found}, but {:?}", row.order_id))
    });
    let made: usize = rows.values().map(|row| row.orders.len()).sum();
    let found = format!("{} told, {made} in the database", told.len());
    count("every order that a caller was told of is there, under its number", found, wrong)
}

fn bookings(memories: &[Memory], rows: &BTreeMap<Uuid, Rows>) -> Count {
    let told: Vec<_> = memories.iter().filter(|memory| memory.booking).collect();
    let wrong = told
        .iter()
        .find(|memory| rows.get(&memory.id).is_none_or(|row| row.bookings == 0))
        .map(|memory| format!("call {} was told that it is booked: there is none", memory.id));
    let made: usize = rows.values().map(|row| row.bookings).sum();
    let found = format!("{} told, {made} in the database", told.len());
    count("every booking that a caller was told of is there", found, wrong)
}

/// No caller here agrees twice in a call.
fn once(rows: &BTreeMap<Uuid, Rows>) -> Count {
    let wrong = rows.iter().find(|(_, row)| row.orders.len() > 1 || row.bookings > 1);
    let wrong = wrong.map(|(id, row)| {
        format!("call {id} has {} orders and {} bookings", row.orders.len(), row.bookings)
    });
    count("no call has two orders or two bookings", format!("{} calls", rows.len()), wrong)
}

fn ends(memories: &[Memory], rows: &BTreeMap<Uuid, Rows>) -> Count {
    let open = rows.iter().find(|(_, row)| row.outcome.is_none());
    let mut wrong = open.map(|(id, _)| format!("call {id} has no outcome, or no row"));
    // Also who hung up: the program may have died before it noticed.
    let unended = |memory: &&Memory| !matches!(memory.end, End::Ended(_));
    let unended: BTreeSet<Uuid> = memories.iter().filter(unended).map(|memory| memory.id).collect();
    let word = |id: &Uuid| rows.get(id).and_then(|row| row.outcome.as_deref());
    for memory in memories {
        let found = word(&memory.id);
        let fits = match &memory.end {
            End::Ended(outcome) => found == Some(outcome.as_str()),
            // It may have died before the call was written down; then nothing was said either.
            End::Broke | End::Silence => found.is_some() || !memory.heard,
            End::HungUp | End::Endless => found.is_some(),
        };
        if !fits {
            let said =
                format!("call {} ended as {:?} and stands as {found:?}", memory.id, memory.end);
            wrong.get_or_insert(said);
        }
    }
    let lost: Vec<_> =
        rows.iter().filter(|(_, row)| row.outcome.as_deref() == Some("lost_process")).collect();
    if let Some((id, _)) = lost.iter().find(|(id, _)| !unended.contains(*id)) {
        wrong.get_or_insert(format!("call {id} is lost_process, but its caller saw its end"));
    }
    let broke = memories.iter().filter(|memory| memory.end == End::Broke).count();
    let found = format!("{} calls, {broke} broken, {} lost_process", rows.len(), lost.len());
    count("every call ended as its caller saw it", found, wrong)
}

/// Whatever the database does, a caller hears something.
fn answered(memories: &[Memory]) -> Count {
    let wrong = memories.iter().find_map(|memory| match memory.end {
        End::Silence => Some(format!("call {} heard nothing for 40 s", memory.id)),
        End::Endless => Some(format!("call {} did not end within 150 s", memory.id)),
        _ => None,
    });
    count(
        "no caller was left in silence or talked to without end",
        format!("{} callers", memories.len()),
        wrong,
    )
}

/// What the program left on the disk.
pub(super) fn left_behind(place: &Place) -> Vec<Count> {
    let left = place.journals();
    let wrong = (left > 0).then(|| format!("{left} files are left in {}", place.spool().display()));
    let mut counts = vec![count("the spool is empty", format!("{left} files"), wrong)];
    let log = std::fs::read(place.log()).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let panics: Vec<&str> = log.lines().filter(|line| line.contains("panicked at")).collect();
    let wrong = panics.first().map(|line| (*line).to_owned());
    counts.push(count("nothing panicked", format!("{} panics", panics.len()), wrong));
    counts
}

/// A quiet moment early in the last part against one at its end.
pub(super) fn grown(warm: Health, end: Health) -> Vec<Count> {
    let compared = |name, warm: u64, end: u64, more_max: u64, unit: u64, word: &str| {
        let wrong = (end > warm + more_max)
            .then(|| format!("{} more than {} {word}", (end - warm) / unit, more_max / unit));
        count(
            name,
            format!("{} after the warm-up, {} at the end {word}", warm / unit, end / unit),
            wrong,
        )
    };
    vec![
        compared(
            "memory does not grow with calls",
            warm.memory,
            end.memory,
            MEMORY_MORE_MAX,
            MB,
            "MB",
        ),
        compared("open files go back", warm.files, end.files, FILES_MORE_MAX, 1, "files"),
        compared("tasks go back", warm.tasks, end.tasks, TASKS_MORE_MAX, 1, "tasks"),
    ]
}
