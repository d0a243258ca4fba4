//! Tickets: the queue, who gets one, what may be done with it, and what is kept of that.

use super::{Browser, Office, StatusCode, hostile, office};
use chrono::TimeDelta;
use futures_util::future::join_all;
use std::collections::{BTreeSet, HashSet};
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;
use uuid::Uuid;

impl Office {
    /// A ticket of the first shop; `due` in minutes from now.
    async fn ticket(&self, title: &str, priority: &str, due: Option<i64>) -> Uuid {
        let due = due.map(|minutes| self.clock.now() + TimeDelta::minutes(minutes));
        sqlx::query_scalar(
            "insert into tickets (tenant_id, title, description, ticket_type, source, priority, \
                 phone, due_at, created_at) \
             values ($1, $2, $2, 'request', 'desk', $3, '+380671234567', $4, $5) returning id",
        )
        .bind(TenantId::DEFAULT.0)
        .bind(title)
        .bind(priority)
        .bind(due)
        .bind(self.clock.now())
        .fetch_one(&mut self.db.owner().await)
        .await
        .unwrap()
    }

    async fn one<T>(&self, sql: &'static str, id: Uuid) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql).bind(id).fetch_one(&mut self.db.owner().await).await.unwrap()
    }
}

impl Browser {
    /// Sends a form of a ticket's page; the version is the one that the page shows.
    async fn act(&self, ticket: Uuid, fields: &[(&str, &str)]) -> super::Answer {
        let path = format!("/tickets/{ticket}");
        let page = self.get(&path).await;
        let (_, rest) = page.text.split_once("name=\"seen\" value=\"").unwrap_or(("", "0\""));
        let seen = rest.split('"').next().unwrap().to_owned();
        self.act_on(ticket, &seen, fields).await
    }

    async fn act_on(&self, ticket: Uuid, seen: &str, fields: &[(&str, &str)]) -> super::Answer {
        let path = format!("/tickets/{ticket}");
        let fields: Vec<_> = [("seen", seen)].into_iter().chain(fields.iter().copied()).collect();
        self.send_form(&path, &path, &fields).await
    }
}

/// The tickets on a page of the list, in their order.
fn listed(page: &str) -> Vec<String> {
    let links = page.split("href=\"/tickets/").skip(1);
    let ids = links.map(|rest| rest.split('"').next().unwrap().to_owned());
    ids.filter(|id| Uuid::parse_str(id).is_ok()).collect()
}

#[tokio::test]
async fn of_sixteen_who_ask_for_the_next_ticket_at_once_each_gets_another_and_one_the_last() {
    let Some(office) = office().await else { return };
    let (mut browsers, mut tokens) = (Vec::new(), Vec::new());
    for _ in 0..16 {
        let browser = office.signed_in(Role::Operator).await;
        tokens.push(browser.get("/tickets").await.form_token());
        browsers.push(browser);
    }
    let ask = |n: usize| {
        let (browser, token) = (&browsers[n], tokens[n].as_str());
        async move { browser.post("/tickets/next", &[("form_token", token)]).await }
    };
    let only = office.ticket("the only one", "medium", None).await;
    let answers = join_all((0..16).map(ask)).await;
    let got: Vec<_> = answers.iter().filter(|a| a.status == StatusCode::SEE_OTHER).collect();
    assert_eq!(got.len(), 1, "one ticket was given to {}", got.len());
    assert_eq!(got[0].location(), format!("/tickets/{only}"));
    let empty = answers.iter().filter(|a| a.status == StatusCode::OK).count();
    assert_eq!(empty, 15);
    assert_eq!(office.noted("ticket.taken").await, 1);
    for n in 0..16 {
        office.ticket(&format!("{n}"), "medium", None).await;
    }
    // Of those who ask at once some may find the ticket of another locked and take a later one, but
    // nobody gets what somebody has.
    let answers = join_all((0..16).map(ask)).await;
    let got: Vec<_> = answers
        .iter()
        .filter(|a| a.status == StatusCode::SEE_OTHER)
        .map(super::Answer::location)
        .collect();
    assert_eq!(got.iter().collect::<HashSet<_>>().len(), got.len(), "{got:?}");
    assert_eq!(got.len(), 16);
    let owners: i64 = sqlx::query_scalar("select count(distinct assigned_to) from tickets")
        .fetch_one(&mut office.db.owner().await)
        .await
        .unwrap();
    assert_eq!(owners, 16);
}

#[tokio::test]
async fn the_queue_is_overdue_then_urgent_then_due_soonest_then_oldest_page_by_page() {
    let Some(office) = office().await else { return };
    let mut wanted = Vec::new();
    for (title, priority, due) in [
        ("overdue and urgent", "urgent", Some(-10)),
        ("overdue for long", "low", Some(-60)),
        ("overdue", "high", Some(-5)),
        ("urgent and due", "urgent", Some(30)),
        ("urgent", "urgent", None),
        ("due soon", "low", Some(20)),
        ("due later", "high", Some(90)),
    ] {
        wanted.push(office.ticket(title, priority, due).await.to_string());
    }
    for n in 0..60 {
        wanted.push(office.ticket(&format!("plain {n}"), "medium", None).await.to_string());
        office.later(TimeDelta::seconds(1));
    }
    let browser = office.signed_in(Role::Operator).await;
    let first = browser.get("/tickets?bucket=unassigned").await;
    assert_eq!(first.status, StatusCode::OK);
    assert!(first.text.contains("<span class=\"badge\">67</span>"), "{}", first.text);
    let mut seen = listed(&first.text);
    assert_eq!(seen.len(), 50);
    // What becomes overdue between two pages does not move to the first.
    office.later(TimeDelta::minutes(25));
    let (before, _) = first.text.split_once("\" rel=\"next\"").unwrap();
    let next = before.rsplit_once('"').unwrap().1.replace("&#38;", "&").replace("&amp;", "&");
    seen.extend(listed(&browser.get(&next).await.text));
    assert_eq!(seen, wanted);
    let overdue = browser.get("/tickets?bucket=overdue").await.text;
    assert_eq!(listed(&overdue).len(), 4, "and the one that was due in 20 minutes");
    for bad in ["?bucket=none", "?after=1", "?bucket=mine&after=1_2_3_4_5_6"] {
        let answer = browser.get(&format!("/tickets{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn a_ticket_moves_only_as_it_may_and_keeps_what_was_done() {
    let Some(office) = office().await else { return };
    let ticket = office.ticket("call Olena", "medium", None).await;
    let browser = office.signed_in(Role::Operator).await;
    let ok = StatusCode::SEE_OTHER;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let status = "select status from tickets where id = $1";
    let close = [("do", "close"), ("reason", "done")];
    for (fields, answer, state) in [
        (vec![("do", "status"), ("status", "reopened")], refused, "open"),
        (vec![("do", "status"), ("status", "closed")], refused, "open"),
        (vec![("do", "take")], ok, "in_progress"),
        (vec![("do", "take")], refused, "in_progress"),
        (vec![("do", "status"), ("status", "pending_customer")], ok, "pending_customer"),
        (vec![("do", "status"), ("status", "open")], refused, "pending_customer"),
        (vec![("do", "status"), ("status", "escalated")], ok, "escalated"),
        (vec![("do", "priority"), ("priority", "urgent")], ok, "escalated"),
        (vec![("do", "due"), ("due", "2026-11-24T10:00")], ok, "escalated"),
        (vec![("do", "due"), ("due", "2026-02-30T10:00")], refused, "escalated"),
        (vec![("do", "status"), ("status", "resolved")], ok, "resolved"),
        (vec![("do", "release")], refused, "resolved"),
        (close.to_vec(), ok, "closed"),
        (vec![("do", "status"), ("status", "reopened")], ok, "reopened"),
        (close.to_vec(), refused, "reopened"),
        (vec![("do", "status"), ("status", "in_progress")], ok, "in_progress"),
        (vec![("do", "release")], ok, "open"),
    ] {
        let got = browser.act(ticket, &fields).await;
        assert_eq!(got.status, answer, "{fields:?}: {}", got.text);
        assert_eq!(office.one::<String>(status, ticket).await, state, "{fields:?}");
    }
    for nonsense in [vec![("do", "burn")], vec![("do", "status"), ("status", "x")], vec![]] {
        let got = browser.act(ticket, &nonsense).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{nonsense:?}");
    }
    let versions: Vec<i32> = sqlx::query_scalar(
        "select version from ticket_changes where ticket_id = $1 order by version",
    )
    .bind(ticket)
    .fetch_all(&mut office.db.owner().await)
    .await
    .unwrap();
    assert_eq!(versions, (2..=11).collect::<Vec<i32>>(), "each change is one line");
    let due: chrono::DateTime<chrono::Utc> =
        office.one("select due_at from tickets where id = $1", ticket).await;
    assert_eq!(due, "2026-11-24T08:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    assert_eq!(office.noted("ticket.status_changed").await, 6);
    let page = browser.get(&format!("/tickets/{ticket}")).await.text;
    assert!(page.contains("вирішено → закрито"), "{page}");
    assert!(page.contains("вт, 24.11.2026 10:00"));
}

#[tokio::test]
async fn who_is_late_changes_nothing_and_sees_both_versions() {
    let Some(office) = office().await else { return };
    let ticket = office.ticket("call Olena", "medium", None).await;
    let (first, late) =
        (office.signed_in(Role::Operator).await, office.signed_in(Role::Operator).await);
    assert_eq!(first.act_on(ticket, "1", &[("do", "take")]).await.status, StatusCode::SEE_OTHER);
    let answer = late.act_on(ticket, "1", &[("do", "priority"), ("priority", "low")]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    for shown in ["<td>нова</td>", "<strong>у роботі</strong>", "<td>ніхто</td>"] {
        assert!(answer.text.contains(shown), "{shown}: {}", answer.text);
    }
    let taken = late.act_on(ticket, "1", &[("do", "take")]).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let priority = office.one::<String>("select priority from tickets where id = $1", ticket).await;
    assert_eq!(priority, "medium");
    // What somebody has is taken over with a reason only.
    let mut fields = vec![("do", "take_over"), ("text", "  ")];
    assert_eq!(late.act(ticket, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    fields[1] = ("text", "Olha has gone home");
    assert_eq!(late.act(ticket, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(late.get("/tickets").await.text.contains(&ticket.to_string()));
    assert!(!first.get("/tickets").await.text.contains(&ticket.to_string()));
    assert_eq!(office.noted("ticket.taken_over").await, 1);
}

#[tokio::test]
async fn three_tries_in_vain_close_a_ticket_and_each_is_kept() {
    let Some(office) = office().await else { return };
    let ticket = office.ticket("call Olena", "medium", None).await;
    let browser = office.signed_in(Role::Operator).await;
    let tried = [("do", "attempt"), ("result", "no_answer"), ("text", "mailbox")];
    let foreign = browser.act(ticket, &tried).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody has it yet");
    browser.act(ticket, &[("do", "take")]).await;
    let status = "select status from tickets where id = $1";
    for (n, wanted) in [(1, "pending_customer"), (2, "pending_customer"), (3, "closed")] {
        assert_eq!(browser.act(ticket, &tried).await.status, StatusCode::SEE_OTHER, "try {n}");
        assert_eq!(office.one::<String>(status, ticket).await, wanted, "try {n}");
    }
    let reason = "select close_reason from tickets where id = $1";
    assert_eq!(office.one::<String>(reason, ticket).await, "not_reached");
    let count = "select count(*) from ticket_attempts where ticket_id = $1 and note = 'mailbox'";
    assert_eq!(office.one::<i64>(count, ticket).await, 3);
    let page = browser.get(&format!("/tickets/{ticket}")).await.text;
    assert!(page.contains("3 спроби") && page.contains("не додзвонилися"), "{page}");
    let again = browser.act(ticket, &tried).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "it is closed");
}

#[tokio::test]
async fn a_ticket_is_written_by_hand_and_talked_about_and_given_to_a_colleague() {
    let Some(office) = office().await else { return };
    let colleague = office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let analyst = office.hire("numbers@shop.example", Role::Analyst, TenantId::DEFAULT).await;
    let browser = office.signed_in(Role::Operator).await;
    for wrong in [
        vec![("title", " ")],
        vec![("title", "x"), ("phone", "067")],
        vec![("title", "x"), ("due", "tomorrow")],
    ] {
        let answer = browser.send_form("/tickets/new", "/tickets", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(answer.text.contains("role=\"alert\""));
    }
    let fields = [
        ("title", "Find winter tyres for a van"),
        ("phone", "+380 67 123 45 67"),
        ("priority", "high"),
        ("due", "2026-11-23T09:30"),
    ];
    let made = browser.send_form("/tickets/new", "/tickets", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let ticket: Uuid = made.location().trim_start_matches("/tickets/").parse().unwrap();
    for text in ["he will call back", "the price was told"] {
        let deed = if text.starts_with("he") { "note" } else { "answer" };
        let said = browser.act(ticket, &[("do", deed), ("text", text)]).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER);
    }
    let empty = browser.act(ticket, &[("do", "note"), ("text", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let user = colleague.to_string();
    let given = browser.act(ticket, &[("do", "assign"), ("user", &user)]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    let stranger = analyst.to_string();
    let given = browser.act(ticket, &[("do", "assign"), ("user", &stranger)]).await;
    assert_eq!(given.status, StatusCode::UNPROCESSABLE_ENTITY, "an analyst takes no tickets");
    let page = browser.get(&format!("/tickets/{ticket}")).await.text;
    for shown in [
        "Find winter tyres for a van",
        "+380 67 123-45-67",
        "he will call back",
        "сказано клієнтові",
        "olha@shop.example",
        "пн, 23.11.2026 09:30",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for (action, times) in [("ticket.made", 1), ("ticket.noted", 2), ("ticket.assigned", 1)] {
        assert_eq!(office.noted(action).await, times, "{action}");
    }
    let words: i64 = sqlx::query_scalar(
        "select count(*) from dashboard.audit_log where after::text like '%call back%'",
    )
    .fetch_one(&mut office.db.owner().await)
    .await
    .unwrap();
    assert_eq!(words, 0, "the words of a note stay in the ticket");
}

#[tokio::test]
async fn what_is_written_into_a_ticket_stays_text() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Operator).await;
    let mut paths = BTreeSet::from(["/tickets?bucket=all".to_owned()]);
    for payload in hostile::payloads().iter().filter(|text| text.chars().count() <= 100).step_by(4)
    {
        let fields = [("title", payload.as_str()), ("text", payload)];
        let made = browser.send_form("/tickets/new", "/tickets", &fields).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{payload:?}");
        let ticket: Uuid = made.location().trim_start_matches("/tickets/").parse().unwrap();
        browser.act(ticket, &[("do", "note"), ("text", payload)]).await;
        browser.act(ticket, &[("do", "take")]).await;
        let tried = [("do", "attempt"), ("result", "busy"), ("text", payload.as_str())];
        browser.act(ticket, &tried).await;
        paths.insert(format!("/tickets/{ticket}"));
    }
    for path in paths {
        hostile::assert_whole(&browser, &path, &path).await;
    }
}
