//! A call that tells its log by hand, a journal's folder, and ways to ask the database.

use crate::log::database::TestDb;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use serde_json::json;
use sqlx::PgConnection;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use treadline::clock::WallClock;
use treadline::ids::{CallId, TenantId, row_id};
use treadline::jobs::log_writer::LogHandle;
use treadline::language::Language;
use treadline::pii::Phone;
use treadline::spool::{CallOpened, LogEntry, Record};
use treadline::turn::{Approval, Note, Outcome, Speaker, TurnNote};
use uuid::Uuid;

pub const PATIENCE: Duration = Duration::from_mins(1);

/// A journal's folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        Self(std::env::temp_dir().join(format!("treadline-log-{}", Uuid::new_v4())))
    }

    pub fn files(&self) -> usize {
        std::fs::read_dir(&self.0).map_or(0, Iterator::count)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes the records of one call, numbering them.
pub struct Teller {
    pub call: CallId,
    pub started_at: DateTime<Utc>,
    seq: u64,
}

impl Teller {
    pub fn new(call: u128, started_at: DateTime<Utc>) -> Self {
        Self { call: CallId(Uuid::from_u128(call)), started_at, seq: 0 }
    }

    pub fn entry(&mut self, record: Record) -> LogEntry {
        self.seq += 1;
        LogEntry {
            tenant: TenantId::DEFAULT,
            call: self.call,
            call_started_at: self.started_at,
            seq: self.seq,
            at: self.started_at + TimeDelta::seconds(self.seq.cast_signed()),
            record,
        }
    }

    pub fn opened(&mut self, origin: &str) -> LogEntry {
        self.entry(Record::Opened(Box::new(CallOpened {
            channel: "phone".into(),
            origin: origin.into(),
            caller: Phone::parse("+380671234567"),
            called: Some("0800".into()),
            asterisk_channel: Some("PJSIP/1".into()),
            language: Language::En,
            node: String::new(),
            prompt_version: "1".into(),
            data: json!({"name": "nul \0 in it"}),
        })))
    }

    pub fn note(&mut self, note: Note) -> LogEntry {
        self.entry(Record::Note(Box::new(note)))
    }

    pub fn turn(&mut self, turn_number: u32, speaker: Speaker, content: &str) -> LogEntry {
        let first_audio_ms = (speaker == Speaker::Bot).then_some(800);
        self.note(Note::Turn(TurnNote {
            turn_number,
            speaker,
            content: content.into(),
            language: Language::En,
            stt_confidence: Some(0.5),
            stt_latency_ms: Some(300),
            llm_latency_ms: None,
            tts_latency_ms: None,
            endpointing_ms: None,
            first_audio_ms,
            interrupted: false,
        }))
    }

    pub fn approval(&mut self, status: &str) -> LogEntry {
        let approval = Approval {
            id: row_id(self.call, "approval"),
            tool: "book_fitting".into(),
            args: json!({"time": "09:00"}),
            effect_key: format!("key {}", self.call),
            readback_hash: "hash".into(),
        };
        self.note(Note::Approval { approval, status: status.into() })
    }

    pub fn ended(&mut self, outcome: Outcome) -> LogEntry {
        self.note(Note::Ended {
            outcome,
            drop_off_stage: None,
            language: Language::Uk,
            scenario: Some("fitting_booking".into()),
            intents: vec!["tire_search".into(), "fitting_booking".into()],
            transfer_reason: (outcome == Outcome::Transferred).then(|| "customer_request".into()),
        })
    }
}

pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 10, 0, 0).unwrap()
}

pub fn start(folder: &Path, db: &TestDb) -> LogHandle {
    LogHandle::start(folder, db.pool.clone(), WallClock::system()).unwrap().0
}

pub async fn as_shop(db: &TestDb) -> PgConnection {
    let mut owner = db.owner().await;
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(TenantId::DEFAULT.0.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    owner
}

pub async fn count(db: &TestDb, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut as_shop(db).await).await.unwrap()
}

/// Asks again until the answer is `wanted`; a bounded wait on a condition.
pub async fn until(db: &TestDb, sql: &'static str, wanted: i64) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = count(db, sql).await;
        if found == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{sql}: {found}, not {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn until_files(folder: &Folder, wanted: usize) {
    let deadline = Instant::now() + PATIENCE;
    while folder.files() > wanted {
        assert!(Instant::now() < deadline, "the journal of the dead process stays");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
