//! `/tickets`: what was promised to somebody, in the order in which it is to be done.

mod acts;
mod one;
mod write;

use super::work;
use crate::db::desk::tickets::{self, After, Bucket, COUNT_MAX, Line, PAGE_TICKETS};
use crate::desk::words::Words;
use crate::desk::{Desk, Fields, Frame, Refusal, Site, Visitor, format, html, names, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;

pub(super) fn mount(site: Site) -> Site {
    site.get("/tickets", show)
        .post("/tickets", write::write)
        .post("/tickets/next", next)
        .get("/tickets/new", write::show)
        .get("/tickets/{id}", one::show)
        .post("/tickets/{id}", acts::act)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    bucket: String,
    after: String,
}

struct Tab {
    href: String,
    name: &'static str,
    count: String,
    here: bool,
}

struct Row {
    href: String,
    kind: String,
    task: String,
    state_code: String,
    state: String,
    urgent: bool,
    overdue: bool,
    due: String,
    due_utc: String,
    customer: String,
    phone: String,
    assignee: String,
    made: String,
}

#[derive(Template)]
#[template(path = "tickets.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

const fn bucket_name(words: Words, bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Mine => words.bucket_mine(),
        Bucket::Unassigned => words.bucket_unassigned(),
        Bucket::Waiting => words.bucket_waiting(),
        Bucket::Overdue => words.bucket_overdue(),
        Bucket::All => words.bucket_all(),
        Bucket::Done => words.bucket_done(),
    }
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let bucket = match asked.bucket.as_str() {
        "" => Bucket::Mine,
        code => Bucket::ALL.into_iter().find(|b| b.code() == code).ok_or(Refusal::Bad)?,
    };
    let after = read_after(&asked.after)?;
    let (tenant, me, now) = (visitor.tenant()?, visitor.session()?.user_id, desk.clock().now());
    let what = serde_json::json!({ "bucket": bucket.code() });
    visitor.note(&desk, "tickets.listed", ("tickets", String::new()), Some(what)).await?;
    let counts = tickets::counts(desk.pool(), tenant, me, now).await?;
    let mut lines = tickets::list(desk.pool(), tenant, (bucket, me), now, after).await?;
    let more = lines.len() > PAGE_TICKETS;
    lines.truncate(PAGE_TICKETS);
    let seen_at = after.map_or(now, |after| after.seen_at);
    let words = visitor.words;
    let href = |code: &str, after: &str| {
        url::with_query("/tickets", &[("bucket", code), ("after", after)])
    };
    let tab = |(bucket_of, count): (Bucket, i64)| Tab {
        href: href(bucket_of.code(), ""),
        name: bucket_name(words, bucket_of),
        count: if count > COUNT_MAX { format!("{COUNT_MAX}+") } else { count.to_string() },
        here: bucket_of == bucket,
    };
    let last = lines.last().filter(|_| more).map(|line| write_after(line.key(seen_at)));
    Ok(html(&Page {
        frame: Frame::new(&visitor, words.tickets()),
        tabs: Bucket::ALL.into_iter().zip(counts).map(tab).collect(),
        rows: lines.iter().map(|line| row(line, &visitor, seen_at)).collect(),
        next: last.map(|last| href(bucket.code(), &last)),
        first: after.map(|_| href(bucket.code(), "")),
    }))
}

fn row(line: &Line, visitor: &Visitor, now: DateTime<Utc>) -> Row {
    let (words, zone) = (visitor.words, visitor.zone());
    let done = matches!(line.status.as_str(), "resolved" | "closed");
    Row {
        href: format!("/tickets/{}", line.id),
        kind: names::name(words, names::TICKET_KINDS, &line.ticket_type),
        task: task(line.source.as_deref(), &line.title),
        state: names::name(words, names::TICKET_STATES, &line.status),
        state_code: line.status.clone(),
        urgent: line.priority == "urgent",
        overdue: !done && line.due_at.is_some_and(|due| due < now),
        due: line.due_at.map_or_else(String::new, |due| format::moment(words, due, zone)),
        due_utc: line.due_at.map_or_else(String::new, format::utc),
        customer: line.customer.clone().unwrap_or_default(),
        phone: line
            .phone
            .as_ref()
            .map_or_else(String::new, |number| format::phone(number, visitor.sees_no_numbers())),
        assignee: assignee(visitor, line.assigned_to.is_some(), line.assignee.as_ref()),
        made: format::moment(words, line.created_at, zone),
    }
}

/// What is to be done, in the words of whoever wrote it; what the program writes says no more than
/// the kind of ticket does, but for what stands behind a colon.
fn task(source: Option<&str>, title: &str) -> String {
    match source {
        Some("desk") | None => title.to_owned(),
        Some(_) => title.split_once(": ").map_or(String::new(), |(_, rest)| rest.to_owned()),
    }
}

/// Who has a ticket. Whom the shop does not know among its own people is a super admin.
fn assignee(visitor: &Visitor, has: bool, name: Option<&String>) -> String {
    use crate::db::desk::users::Role;
    match (has, name) {
        (_, Some(name)) => name.clone(),
        (true, None) => visitor.words.role(Role::SuperAdmin).to_owned(),
        (false, None) => String::new(),
    }
}

async fn next(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(_): Extension<Fields>,
) -> Result<Response, Refusal> {
    let taken = tickets::take_next(desk.pool(), visitor.staff(&desk)?).await?;
    let words = visitor.words;
    if let Some(id) = taken {
        return Ok(Redirect::to(&format!("/tickets/{id}")).into_response());
    }
    let text = (words.take_next(), words.nothing_to_take());
    Ok(work::said(&visitor, StatusCode::OK, text, "/tickets?bucket=all"))
}

fn write_after(after: After) -> String {
    let micros = |at: DateTime<Utc>| at.timestamp_micros();
    format!(
        "{}_{}_{}_{}_{}_{}",
        micros(after.seen_at),
        after.overdue,
        after.urgent,
        micros(after.due_at),
        micros(after.created_at),
        after.id
    )
}

fn read_after(text: &str) -> Result<Option<After>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text.split('_').collect();
    let [seen_at, overdue, urgent, due_at, created_at, id] =
        parts.try_into().map_err(|_| Refusal::Bad)?;
    let flag = |text: &str| text.parse().ok().filter(|n| (0..=1).contains(n)).ok_or(Refusal::Bad);
    Ok(Some(After {
        seen_at: work::moment_of(seen_at)?,
        overdue: flag(overdue)?,
        urgent: flag(urgent)?,
        due_at: work::moment_of(due_at)?,
        created_at: work::moment_of(created_at)?,
        id: id.parse().map_err(|_| Refusal::Bad)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_queue_leads_back_to_itself() {
        let at: DateTime<Utc> = "2026-11-22T12:00:00.000001Z".parse().unwrap();
        let after = After {
            seen_at: at,
            overdue: 1,
            urgent: 0,
            due_at: "9999-01-01T00:00:00Z".parse().unwrap(),
            created_at: at,
            id: uuid::Uuid::from_u128(3),
        };
        assert_eq!(read_after(&write_after(after)), Ok(Some(after)));
        for bad in ["x", "1_2", "1_2_0_1_1_0", "1_1_1_1_1_x"] {
            assert_eq!(read_after(bad), Err(Refusal::Bad), "{bad}");
        }
    }

    #[test]
    fn what_the_program_writes_says_only_what_the_kind_does_not() {
        assert_eq!(task(Some("ai_agent"), "Call back"), "");
        assert_eq!(task(Some("wishlist"), "In stock again: 205/55 R16"), "205/55 R16");
        assert_eq!(task(Some("desk"), "Ask: when?"), "Ask: when?");
    }
}
