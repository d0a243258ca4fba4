//! `/alerts`: what is not as it should be, who has seen it, and what is over.

use crate::db::alerts::{self, Alert, PAGE_ALERTS};
use crate::desk::words::{Tongue, Words};
use crate::desk::{Desk, Fields, Frame, Refusal, Site, Visitor, format, html, url};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

pub(super) fn mount(site: Site) -> Site {
    site.get("/alerts", show).post("/alerts/{id}/seen", see)
}

/// What is judged, in Ukrainian and English.
const KINDS: &[(&str, &str, &str)] = &[
    ("low_conversion", "мало замовлень і записів", "few orders and bookings"),
    ("high_drop_off", "багато хто кидає слухавку", "many hang up"),
    ("error_spike", "дзвінки гинуть через нас", "calls lost by our fault"),
    ("slow_answers", "відповіді запізнюються", "slow answers"),
    ("spend", "витрати на провайдерів", "cost of providers"),
    ("few_months_ahead", "мало готових місяців журналу", "few months of the log ready"),
    ("missed_job", "роботу пропущено", "a job was missed"),
    ("spool_age", "журнал чекає на базу", "the journal waits for the database"),
    ("late_frames", "звук запізнюється", "late sound"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    after: String,
}

#[derive(Template)]
#[template(path = "alerts.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    open: Vec<Row>,
    past: Vec<Row>,
    older: Option<String>,
    may_see: bool,
}

struct Row {
    id: String,
    kind: String,
    subject: String,
    class: &'static str,
    severity: &'static str,
    said: String,
    actual: String,
    threshold: String,
    times: i32,
    since: String,
    until: String,
    seen_by: String,
    told: String,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (pool, tenant) = (desk.pool(), visitor.tenant()?);
    let open = alerts::list(pool, tenant, None, true).await?;
    let mut past = alerts::list(pool, tenant, after(&asked.after)?, false).await?;
    let page = usize::try_from(PAGE_ALERTS).unwrap_or_default();
    let more = past.len() > page;
    past.truncate(page);
    let older = past.last().filter(|_| more).map(|last| {
        let key = format!("{}_{}", last.triggered_at.timestamp_micros(), last.id);
        url::with_query("/alerts", &[("after", &key)])
    });
    let rows = |alerts: &[Alert]| alerts.iter().map(|one| row(one, &visitor)).collect();
    let may_see = crate::desk::policy::allows("POST", "/alerts/{id}/seen", visitor.role());
    Ok(html(&Page {
        frame: Frame::new(&visitor, visitor.words.nav_alerts()),
        open: rows(&open),
        past: rows(&past),
        older,
        may_see,
    }))
}

fn after(text: &str) -> Result<Option<(DateTime<Utc>, Uuid)>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = || {
        let (micros, id) = text.split_once('_')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        Some((at, id.parse().ok()?))
    };
    read().map(Some).ok_or(Refusal::Bad)
}

fn row(alert: &Alert, visitor: &Visitor) -> Row {
    let (words, zone) = (visitor.words, visitor.zone());
    let at = |at: DateTime<Utc>| format::moment(words, at, zone);
    let number = |value: f64| {
        let value = rust_decimal::Decimal::try_from(value).unwrap_or_default();
        format::decimal(words, value, u32::from(!value.round_dp(1).fract().is_zero()))
    };
    let critical = alert.severity == "critical";
    Row {
        id: alert.id.to_string(),
        kind: kind(words, &alert.kind),
        subject: alert.subject.clone(),
        class: if critical { "error" } else { "callback" },
        severity: if critical { words.alert_critical() } else { words.alert_warning() },
        said: alert.description.clone(),
        actual: number(alert.actual),
        threshold: number(alert.threshold),
        times: alert.times,
        since: at(alert.triggered_at),
        until: alert.resolved_at.map_or_else(String::new, at),
        seen_by: alert.acknowledged_by.clone().unwrap_or_default(),
        told: alert.told.join(", "),
    }
}

fn kind(words: Words, code: &str) -> String {
    let known = KINDS.iter().find(|(known, _, _)| *known == code);
    let name = known.map(|(_, uk, en)| if words.0 == Tongue::Uk { *uk } else { *en });
    name.map_or_else(|| code.replace('_', " "), str::to_owned)
}

async fn see(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(_): Extension<Fields>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id: Uuid = id.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.session()?.email.clone();
    let tenant = visitor.tenant()?;
    if !alerts::acknowledge(desk.pool(), tenant, id, by, desk.clock().now()).await? {
        return Err(Refusal::NotFound);
    }
    visitor.note(&desk, "alert.seen", ("alert", id.to_string()), None).await?;
    Ok(Redirect::to("/alerts").into_response())
}
