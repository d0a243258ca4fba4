//! What the processes on one database tell each other while calls go on: `pg_notify`, sent with the
//! rows that it speaks of, heard when they are committed.

mod rows;

pub use rows::{Line, OpenCall, line, open_calls};

use crate::ids::{CallId, TenantId};
use crate::spool::{LogEntry, Record};
use crate::turn::{Note, TransferOutcome, TurnNote};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// The channel.
pub const CHANNEL: &str = "treadline_live";
/// Postgres takes 8,000 bytes; what is longer is read from its row.
const PAYLOAD_BYTES_MAX: usize = 7_900;
/// What is older than this is no news: a log that waited for the database for long.
const OLD: TimeDelta = TimeDelta::minutes(30);

/// A message between processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Something happened in a call.
    Told(Told),
    /// A process lives.
    Alive {
        /// Which, as in `calls.node`.
        node: String,
    },
    /// Who is there, or who has which call, has changed.
    Board {
        /// In which shop.
        tenant: TenantId,
    },
    /// Somebody takes a call over.
    TakeOver {
        /// The row of `dashboard.takeovers`.
        id: Uuid,
        /// In which shop.
        tenant: TenantId,
        /// Which call.
        call: Uuid,
        /// To whom it goes: a name of the allow-list.
        target: String,
    },
    /// Nobody of those who are there wants the caller.
    Refused {
        /// The call.
        call: Uuid,
        /// Which attempt of it.
        attempt: u32,
    },
}

/// What happened in a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The process that has the call.
    pub node: String,
    /// The shop.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What.
    pub news: News,
}

/// What of a record others hear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A call began.
    Began {
        /// The caller's number, if given.
        caller: Option<String>,
        /// `live`, `demo`, `test`.
        origin: String,
        /// `phone`, `chat`, …
        channel: String,
    },
    /// Somebody said something.
    Said(Box<TurnNote>),
    /// The same, too long for a message: the line of this number.
    SaidAtLength(u32),
    /// A tool was used.
    Tool {
        /// Which.
        name: String,
        /// Did it do what was asked?
        success: bool,
        /// How long, milliseconds.
        took_ms: u64,
    },
    /// A person is being brought.
    Moves {
        /// Within the call, from 1.
        attempt: u32,
        /// A name of the allow-list.
        target: String,
        /// Why.
        reason: String,
        /// What the person should know.
        summary: String,
    },
    /// What became of it.
    Moved {
        /// Which attempt.
        attempt: u32,
        /// How it went.
        outcome: TransferOutcome,
    },
    /// The call is over.
    Ended {
        /// How, in the words of `calls.outcome`.
        outcome: String,
    },
}

impl Told {
    /// What others hear of a record; nothing of most.
    #[must_use]
    pub fn of(entry: &LogEntry, node: &str) -> Option<Self> {
        let news = news(&entry.record)?;
        let (tenant, call) = (entry.tenant, entry.call);
        let (began_at, at) = (entry.call_started_at, entry.at);
        Some(Self { node: node.to_owned(), tenant, call, began_at, at, news })
    }
}

/// True if others hear of a record.
#[must_use]
pub fn is_news(record: &Record) -> bool {
    match record {
        Record::Opened(_) | Record::TransferAsked(_) | Record::TransferDone(_) => true,
        Record::Note(note) => {
            matches!(**note, Note::Turn(_) | Note::ToolCall { .. } | Note::Ended { .. })
        }
        _ => false,
    }
}

fn news(record: &Record) -> Option<News> {
    Some(match record {
        Record::Opened(opened) => News::Began {
            caller: opened.caller.as_ref().map(|phone| phone.reveal().to_owned()),
            origin: opened.origin.clone(),
            channel: opened.channel.clone(),
        },
        Record::TransferAsked(asked) => News::Moves {
            attempt: asked.attempt,
            target: asked.target.clone(),
            reason: asked.reason.clone(),
            summary: asked.summary.clone(),
        },
        Record::TransferDone(done) => News::Moved { attempt: done.attempt, outcome: done.outcome },
        Record::Note(note) => match note.as_ref() {
            Note::Turn(turn) => News::Said(Box::new(turn.clone())),
            Note::ToolCall { name, success, duration_ms, .. } => {
                News::Tool { name: name.clone(), success: *success, took_ms: *duration_ms }
            }
            Note::Ended { outcome, .. } => {
                let outcome = serde_json::to_value(outcome).ok();
                let outcome = outcome.as_ref().and_then(|word| word.as_str()).unwrap_or("error");
                News::Ended { outcome: outcome.to_owned() }
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// Tells the other processes of a record, when its transaction is committed.
pub(super) async fn tell(
    conn: &mut PgConnection,
    entry: &LogEntry,
    node: &str,
) -> Result<(), sqlx::Error> {
    // By the log's own clock, which may be a rehearsal's: how long the record waited is not known
    // here, how long the call has gone on is.
    if entry.at - entry.call_started_at > OLD {
        return Ok(());
    }
    match Told::of(entry, node) {
        Some(told) => send(conn, &Message::Told(told)).await,
        None => Ok(()),
    }
}

/// Sends a message, when the transaction is committed.
///
/// # Errors
/// What Postgres says.
pub async fn send(conn: &mut PgConnection, message: &Message) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(payload(message))
        .execute(conn)
        .await
        .map(drop)
}

/// Tells the other processes that this one lives.
///
/// # Errors
/// What Postgres says.
pub async fn alive(pool: &PgPool, node: &str) -> Result<(), sqlx::Error> {
    let mut conn = pool.acquire().await?;
    send(&mut conn, &Message::Alive { node: node.to_owned() }).await
}

fn payload(message: &Message) -> String {
    // A NUL, which Postgres refuses, is escaped in JSON.
    let whole = serde_json::to_string(message).unwrap_or_default();
    if whole.len() <= PAYLOAD_BYTES_MAX {
        return whole;
    }
    let Message::Told(mut told) = message.clone() else { return whole };
    told.news = match told.news {
        News::Said(turn) => News::SaidAtLength(turn.turn_number),
        News::Moves { attempt, target, reason, .. } => {
            News::Moves { attempt, target, reason, summary: String::new() }
        }
        other => other,
    };
    serde_json::to_string(&Message::Told(told)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::turn::Speaker;

    fn said(text: &str) -> Message {
        let now = DateTime::UNIX_EPOCH;
        let turn = TurnNote {
            turn_number: 7,
            speaker: Speaker::Customer,
            content: text.to_owned(),
            language: Language::Uk,
            stt_confidence: None,
            stt_latency_ms: None,
            llm_latency_ms: None,
            tts_latency_ms: None,
            endpointing_ms: None,
            first_audio_ms: None,
            interrupted: false,
        };
        Message::Told(Told {
            node: "host/1".into(),
            tenant: TenantId::DEFAULT,
            call: CallId(Uuid::nil()),
            began_at: now,
            at: now,
            news: News::Said(Box::new(turn)),
        })
    }

    #[test]
    fn what_is_said_travels_whole_and_what_is_too_long_as_its_number() {
        let short = said("зимові шини\0");
        let text = payload(&short);
        assert!(!text.contains('\0'));
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), short);
        let text = payload(&said(&"й".repeat(4_000)));
        assert!(text.len() < PAYLOAD_BYTES_MAX);
        let Message::Told(told) = serde_json::from_str(&text).unwrap() else { panic!("{text}") };
        assert_eq!(told.news, News::SaidAtLength(7));
    }
}
