//! `treadline calls`, `treadline orders`, `treadline tickets`: what is there, the newest first.
//!
//! Numbers and names are masked unless they are asked for; that is noted in the audit log, as it is
//! when somebody reads them in the browser.

use super::args;
use super::out;
use super::shop::Shop;
use super::token::note;
use crate::config;
use crate::db;
use crate::db::desk::tickets::Bucket;
use crate::db::desk::{calls, orders, tickets};
use crate::desk::format::phone;
use crate::ids::TenantId;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

/// What every list is asked.
#[derive(Debug, Clone, clap::Args)]
pub struct Wish {
    /// Everything instead of the newest fifty.
    #[arg(long)]
    all: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Numbers and names in full; that they were read is noted in the audit log.
    #[arg(long)]
    people: bool,
    #[command(flatten)]
    shop: Shop,
}

/// `treadline calls list`
#[derive(Debug, Clone, clap::Args)]
pub struct CallsArgs {
    /// Only calls that began on this day of the shop.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = args::day)]
    day: Option<NaiveDate>,
    /// Only calls that ended so: `resolved`, `transferred`, `lost_process`, …; `open` for those
    /// that have not.
    #[arg(long, value_name = "WORD")]
    outcome: Option<String>,
    #[command(flatten)]
    wish: Wish,
}

/// `treadline orders`
#[derive(Debug, Clone, clap::Args)]
pub struct OrdersArgs {
    /// Only orders that stand so: `draft`, `confirmed`, …
    #[arg(long, value_name = "WORD")]
    status: Option<String>,
    #[command(flatten)]
    wish: Wish,
}

/// `treadline tickets`
#[derive(Debug, Clone, clap::Args)]
pub struct TicketsArgs {
    /// Which of them.
    #[arg(long, value_enum, default_value_t = Which::Open)]
    show: Which,
    #[command(flatten)]
    wish: Wish,
}

/// A part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Whatever is not done.
    Open,
    /// Those that should be done by now.
    Overdue,
    /// Those that nobody has.
    Unassigned,
    /// Those in which the customer has to do something first.
    Waiting,
    /// Those that are done.
    Done,
}

/// A shop, for as long as it is read.
struct Reading {
    _server: db::Server,
    pool: PgPool,
    tenant: TenantId,
    zone: Tz,
    people: bool,
}

impl Reading {
    async fn open(wish: &Wish, what: &'static str) -> anyhow::Result<Self> {
        let (config, secrets) = config::load()?;
        let server = db::open_made(&config, &secrets).await?;
        db::migrate::run(server.reveal_url()).await?;
        let pool = db::connect(server.reveal_url(), 2).await?;
        let tenant = wish.shop.tenant(&pool).await?;
        if wish.people {
            note(&pool, tenant, what, wish.shop.shop.clone(), json!({ "all": wish.all })).await?;
        }
        let (zone, people) = (config.shop.timezone, wish.people);
        Ok(Self { _server: server, pool, tenant, zone, people })
    }

    fn at(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    fn phone(&self, number: Option<&str>) -> String {
        number.map_or_else(|| "-".into(), |number| phone(number, !self.people))
    }

    fn name(&self, name: &str) -> String {
        if self.people { name.to_owned() } else { first_letters(name) }
    }

    /// From the first moment of a day to the first of the next, on the shop's wall.
    fn bounds(&self, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
        let first = |day: NaiveDate| {
            let wall = day.and_time(NaiveTime::MIN);
            // A midnight that the clocks skip is taken as UTC.
            let at = self.zone.from_local_datetime(&wall).earliest();
            at.map_or(wall.and_utc(), |at| at.with_timezone(&Utc))
        };
        (first(day), first(day + Days::new(1)))
    }
}

/// `John Smith` is `J. S.`
fn first_letters(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.map(|letter| format!("{letter}.")).collect::<Vec<_>>().join(" ")
}

/// Shows calls.
///
/// # Errors
/// The database is away or was never made, or there is no such shop.
pub async fn calls(args: CallsArgs) -> anyhow::Result<()> {
    let from = Reading::open(&args.wish, "calls.listed").await?;
    let (first, end) = args.day.map(|day| from.bounds(day)).unzip();
    let filter =
        calls::Filter { from: first, to: end, outcome: args.outcome, ..calls::Filter::default() };
    let mut after = None;
    let mut shown = 0;
    loop {
        let mut page = calls::list(&from.pool, from.tenant, filter.clone(), after).await?;
        let more = page.len() > calls::PAGE_CALLS;
        page.truncate(calls::PAGE_CALLS);
        for line in &page {
            out::line(call_line(&from, line, args.wish.json));
        }
        shown += page.len();
        after = page.last().map(|line| calls::After { started_at: line.started_at, id: line.id });
        if !(more && args.wish.all) {
            return finish(from, shown, more, "calls").await;
        }
    }
}

fn call_line(from: &Reading, line: &calls::Line, as_json: bool) -> String {
    let made = match (line.ordered, line.booked) {
        (true, true) => "order, booking",
        (true, false) => "order",
        (false, true) => "booking",
        (false, false) => "-",
    };
    let phone = from.phone(line.caller_id.as_deref());
    let outcome = line.outcome.as_deref().unwrap_or("open");
    if as_json {
        return json!({
            "id": line.id, "started_at": line.started_at, "seconds": line.duration_seconds,
            "channel": line.channel, "origin": line.origin, "caller": phone,
            "scenario": line.scenario, "outcome": outcome, "made": made,
            "cost_usd": line.total_cost_usd,
        })
        .to_string();
    }
    format!(
        "{}  {}  {:<20} {:>5}  {:<12} {:<18} {}",
        line.id,
        from.at(line.started_at),
        phone,
        line.duration_seconds.map_or_else(|| "-".into(), |seconds| format!("{seconds} s")),
        outcome,
        line.scenario.as_deref().unwrap_or("-"),
        made
    )
}

/// Shows orders.
///
/// # Errors
/// As [`calls`].
pub async fn orders(args: OrdersArgs) -> anyhow::Result<()> {
    let from = Reading::open(&args.wish, "orders.listed").await?;
    let filter = orders::Filter { status: args.status, ..orders::Filter::default() };
    let mut after = None;
    let mut shown = 0;
    loop {
        let mut page = orders::list(&from.pool, from.tenant, filter.clone(), after).await?;
        let more = page.len() > orders::PAGE_ORDERS;
        page.truncate(orders::PAGE_ORDERS);
        for line in &page {
            out::line(order_line(&from, line, args.wish.json));
        }
        shown += page.len();
        after = page.last().map(|line| orders::After { created_at: line.created_at, id: line.id });
        if !(more && args.wish.all) {
            return finish(from, shown, more, "orders").await;
        }
    }
}

fn order_line(from: &Reading, line: &orders::Line, as_json: bool) -> String {
    let (phone, who) = (from.phone(Some(&line.phone)), from.name(&line.recipient));
    let number = line.order_number.as_deref().unwrap_or("-");
    if as_json {
        return json!({
            "id": line.id, "number": line.order_number, "created_at": line.created_at,
            "status": line.status, "phone": phone, "recipient": who, "items": line.items,
            "total_uah": line.total, "city": line.city,
        })
        .to_string();
    }
    let at = from.at(line.created_at);
    format!(
        "{number:<8} {at}  {:<10} {phone:<20} {who:<12} {:>10} UAH  {}",
        line.status, line.total, line.items
    )
}

/// Shows tickets.
///
/// # Errors
/// As [`calls`].
pub async fn tickets(args: TicketsArgs) -> anyhow::Result<()> {
    let from = Reading::open(&args.wish, "tickets.listed").await?;
    let bucket = match args.show {
        Which::Open => Bucket::All,
        Which::Overdue => Bucket::Overdue,
        Which::Unassigned => Bucket::Unassigned,
        Which::Waiting => Bucket::Waiting,
        Which::Done => Bucket::Done,
    };
    let now = Utc::now();
    let mut after = None;
    let mut shown = 0;
    loop {
        // Nobody is logged in here: none of these is asked for by who has it.
        let of = (bucket, Uuid::nil());
        let mut page = tickets::list(&from.pool, from.tenant, of, now, after).await?;
        let more = page.len() > tickets::PAGE_TICKETS;
        page.truncate(tickets::PAGE_TICKETS);
        for line in &page {
            out::line(ticket_line(&from, line, args.wish.json));
        }
        shown += page.len();
        after = page.last().map(|line| line.key(now));
        if !(more && args.wish.all) {
            return finish(from, shown, more, "tickets").await;
        }
    }
}

fn ticket_line(from: &Reading, line: &tickets::Line, as_json: bool) -> String {
    let phone = from.phone(line.phone.as_deref());
    // A title may name the person.
    let title = if from.people { &line.title } else { &line.ticket_type };
    if as_json {
        return json!({
            "id": line.id, "title": title, "type": line.ticket_type, "status": line.status,
            "priority": line.priority, "phone": phone, "assignee": line.assignee,
            "due_at": line.due_at, "created_at": line.created_at,
        })
        .to_string();
    }
    format!(
        "{}  {}  {:<11} {:<7} {:<16} {phone:<20} {}",
        line.id,
        from.at(line.created_at),
        line.status,
        line.priority,
        line.due_at.map_or_else(|| "-".into(), |due| from.at(due)),
        title
    )
}

async fn finish(from: Reading, shown: usize, more: bool, what: &str) -> anyhow::Result<()> {
    from.pool.close().await;
    if shown == 0 {
        out::warn(format!("no {what}"));
    } else if more {
        out::warn(format!("the newest {shown}; --all shows every one"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_first_letters() {
        assert_eq!(first_letters("John Smith"), "J. S.");
        assert_eq!(first_letters("Соломія"), "С.");
        assert_eq!(first_letters(""), "");
    }
}
