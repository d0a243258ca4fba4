//! `/events`: a snapshot with its sequence number, then what happens, as server-sent events.
//!
//! Who lost the thread hears `reset` and gets a new snapshot. A heartbeat tells that the stream
//! lives; with each it is seen whether the reader is still in.

use super::event::{Event, LiveCall, Said, What, short_node};
use crate::db::desk::audit::masked_text;
use crate::db::desk::{presence, sessions};
use crate::desk::{Desk, Refusal, Visitor, format, names};
use crate::ids::TenantId;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{self, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How often a stream tells that it lives.
const BEAT: Duration = Duration::from_secs(15);
/// After the program stopped, readers come back within so many milliseconds, not all at once.
const BACK_MS_MIN: u64 = 1_000;
const BACK_MS_SPREAD: u64 = 4_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The last event that the reader has: `epoch.seq`.
    after: String,
}

/// Follows the visitor's shop.
pub async fn follow(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Some(place) = desk.stream_place() else {
        tracing::warn!("too many follow the line at once");
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    };
    let tenant = visitor.tenant()?;
    // A browser that comes back by itself says it in a header, our script in the address.
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let after = header.or_else(|| asked.ok().map(|Query(asked)| asked.after)).unwrap_or_default();
    let epoch = desk.feed().epoch;
    let known = after.split_once('.').filter(|(its, _)| its.parse() == Ok(epoch));
    let known = known.and_then(|(_, seq)| seq.parse().ok());
    let start = desk.feed().follow(tenant, known);
    let mut reader = Reader {
        epoch,
        masked: visitor.sees_no_numbers(),
        waiting: VecDeque::new(),
        coming: start.coming,
        beat: interval_at(Instant::now() + BEAT, BEAT),
        desk,
        visitor,
        over: false,
        _place: place,
    };
    reader.beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    if let Some(calls) = &start.snapshot {
        if !after.is_empty() {
            reader.waiting.push_back(sse::Event::default().event("reset").data("{}"));
        }
        let snapshot = reader.snapshot(calls, start.seq);
        reader.waiting.push_back(snapshot);
    }
    for event in &start.missed {
        let event = reader.event(event);
        reader.waiting.push_back(event);
    }
    let events = stream::unfold(reader, |mut reader| async move {
        reader.next().await.map(|event| (Ok::<_, Infallible>(event), reader))
    });
    let mut response = Sse::new(events).into_response();
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// One who follows.
struct Reader {
    epoch: u32,
    masked: bool,
    waiting: VecDeque<sse::Event>,
    coming: Receiver<Arc<Event>>,
    beat: Interval,
    desk: Desk,
    visitor: Visitor,
    over: bool,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// The next event; none when the stream is over.
    async fn next(&mut self) -> Option<sse::Event> {
        if let Some(event) = self.waiting.pop_front() {
            return Some(event);
        }
        if self.over {
            return None;
        }
        let stop = self.desk.stop().clone();
        tokio::select! {
            () = stop.cancelled() => Some(self.bye()),
            event = self.coming.recv() => match event {
                Ok(event) if event.what == What::Anew => self.anew(),
                Ok(event) => Some(self.event(&event)),
                // Too slow: cut off, to come back for a snapshot.
                Err(RecvError::Lagged(_)) => {
                    self.over = true;
                    Some(sse::Event::default().event("reset").data("{}"))
                }
                Err(RecvError::Closed) => None,
            },
            _ = self.beat.tick() => {
                if !self.is_still_in().await {
                    return None;
                }
                Some(sse::Event::default().event("beat").data("{}"))
            }
        }
    }

    /// Signed out, blocked or expired: the stream ends with the session. A database that cannot
    /// be asked ends nothing.
    async fn is_still_in(&self) -> bool {
        let Some(hash) = &self.visitor.token_hash else { return false };
        let now = self.desk.clock().now();
        let found = sessions::find(self.desk.pool(), hash.clone(), now).await;
        let still_in = found.map_or(true, |session| session.is_some());
        if still_in && let Ok(session) = self.visitor.session() {
            let who = (TenantId(session.tenant_id), session.user_id);
            if let Err(error) = presence::beat(self.desk.pool(), who, now).await {
                tracing::debug!(%error, "a heartbeat is not noted");
            }
        }
        still_in
    }

    /// Everything again, from what is now.
    fn anew(&mut self) -> Option<sse::Event> {
        let start = self.desk.feed().follow(self.visitor.tenant().ok()?, None);
        self.coming = start.coming;
        let snapshot = self.snapshot(&start.snapshot.unwrap_or_default(), start.seq);
        self.waiting.push_back(snapshot);
        Some(sse::Event::default().event("reset").data("{}"))
    }

    /// The program stops: readers come back one after the other.
    fn bye(&mut self) -> sse::Event {
        self.over = true;
        let spread = u64::from(uuid::Uuid::new_v4().as_fields().0) % BACK_MS_SPREAD;
        let back = Duration::from_millis(BACK_MS_MIN + spread);
        sse::Event::default().event("bye").retry(back).data("{}")
    }

    fn snapshot(&self, calls: &[LiveCall], seq: u64) -> sse::Event {
        let calls: Vec<Value> = calls
            .iter()
            .map(|call| {
                let lines: Vec<Value> = call.lines.iter().map(|said| self.said(said)).collect();
                let mut shown = self.call(call);
                shown["lines"] = Value::Array(lines);
                shown
            })
            .collect();
        self.named("snapshot", seq, &json!({ "calls": calls }))
    }

    fn event(&self, event: &Event) -> sse::Event {
        let mut data = json!({});
        if let Some(call) = &event.call {
            data["call"] = self.call(call);
        }
        match &event.what {
            What::Began | What::Board | What::Anew => {}
            What::Said(said) => data["said"] = self.said(said),
            What::Tool { name, success, took_ms } => {
                let took = format::latency(self.visitor.words, took_ms.cast_signed());
                data["tool"] = json!({ "name": name, "success": success, "took": took });
            }
            What::Moves { attempt, target, reason, summary } => {
                let summary = if self.masked { masked_text(summary) } else { summary.clone() };
                data["target"] = json!(target);
                data["attempt"] = json!(attempt);
                data["reason"] = json!(names::name(self.visitor.words, names::REASONS, reason));
                data["summary"] = json!(summary);
            }
            What::Moved { outcome } => data["outcome"] = json!(outcome),
            What::Ended { outcome } => data["outcome"] = json!(outcome),
        }
        self.named(event.what.name(), event.seq, &data)
    }

    fn call(&self, call: &LiveCall) -> Value {
        let words = self.visitor.words;
        let caller = call.caller.as_ref().map_or_else(
            || words.withheld().to_owned(),
            |number| format::phone(number, self.masked),
        );
        let mut shown = serde_json::to_value(call).unwrap_or_default();
        shown["caller"] = json!(caller);
        shown["node"] = json!(short_node(&call.node));
        let began = call.began_at.with_timezone(&self.visitor.zone());
        shown["began"] = json!(began.format("%H:%M:%S").to_string());
        shown
    }

    fn said(&self, said: &Said) -> Value {
        let words = self.visitor.words;
        let mut shown = serde_json::to_value(said).unwrap_or_default();
        if self.masked {
            shown["text"] = json!(masked_text(&said.text));
        }
        let who = if said.speaker == "customer" { words.customer() } else { words.bot() };
        shown["who"] = json!(who);
        shown["at"] = json!(format::length(said.at_s));
        shown["latency"] = json!(self.latency(said));
        shown
    }

    /// How long the answer took, and what of it where; empty for what is no answer.
    fn latency(&self, said: &Said) -> String {
        let words = self.visitor.words;
        let shown = |ms: u64| format::latency(words, ms.cast_signed());
        let parts = said.parts.iter().map(|(step, took)| {
            format!("{} {}", names::name(words, names::STEPS, step), shown(*took))
        });
        let whole = said.first_audio_ms.map(shown);
        whole.into_iter().chain(parts).collect::<Vec<_>>().join(" · ")
    }

    /// Names and ids are ours; what people said stands in JSON, which holds no line break.
    fn named(&self, name: &'static str, seq: u64, data: &Value) -> sse::Event {
        let id = format!("{}.{seq}", self.epoch);
        sse::Event::default().event(name).id(id).data(data.to_string())
    }
}
