//! The stream of what happens on the line.

use super::{Office, StatusCode, office};
use chrono::TimeDelta;
use futures_util::StreamExt as _;
use reqwest::{Client, header};
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;
use treadline::db::desk::users::Role;
use treadline::desk::live::Feed;
use treadline::ids::{CallId, TenantId};
use treadline::language::Language;
use treadline::pii::Phone;
use treadline::spool::{CallOpened, LogEntry, Record};
use treadline::turn::{Note, Outcome, Speaker, TurnNote};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(1);

/// An event as the browser reads it.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    name: String,
    id: String,
    data: Value,
}

/// A browser that follows.
struct Listener {
    bytes: futures_util::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: Vec<u8>,
}

impl Listener {
    async fn open(office: &Office, role: Role, tenant: TenantId, after: &str) -> Self {
        let browser = office.signed_in_at(role, tenant).await;
        let client = Client::builder().no_proxy().build().unwrap();
        let response = client
            .get(format!("http://{}/events?after={after}", office.address))
            .header(header::ACCEPT, "text/event-stream")
            .header(
                header::COOKIE,
                format!("treadline_session={}", browser.cookie("treadline_session").unwrap()),
            )
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        Self { bytes: response.bytes_stream().boxed(), text: Vec::new() }
    }

    /// The next event; none when the stream is over.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(end) = self.text.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.text.drain(..end + 2).collect();
                let frame = String::from_utf8(frame).unwrap();
                assert!(!frame.contains('\r'), "{frame:?}");
                let field = |name: &str| {
                    let mut lines = frame.lines().filter_map(|line| line.strip_prefix(name));
                    let value = lines.next().unwrap_or_default().trim().to_owned();
                    assert_eq!(lines.next(), None, "two of {name} in {frame:?}");
                    value
                };
                let data = serde_json::from_str(&field("data:")).unwrap();
                return Some(Heard { name: field("event:"), id: field("id:"), data });
            }
            let more = timeout(PATIENCE, self.bytes.next()).await.expect("the stream is silent");
            self.text.extend_from_slice(&more?.unwrap());
        }
    }
}

/// A call that tells the feed.
struct Caller<'a> {
    office: &'a Office,
    tenant: TenantId,
    id: Uuid,
    turn: u32,
}

impl<'a> Caller<'a> {
    fn phones(office: &'a Office, tenant: TenantId) -> Self {
        let caller = Self { office, tenant, id: Uuid::new_v4(), turn: 0 };
        caller.tell(Record::Opened(Box::new(CallOpened {
            channel: "phone".into(),
            origin: "live".into(),
            caller: Phone::parse("+380671234567"),
            called: None,
            asterisk_channel: None,
            language: Language::Uk,
            node: "test".into(),
            prompt_version: "1".into(),
            data: Value::Null,
        })));
        caller
    }

    fn tell(&self, record: Record) {
        let began = self.office.clock.now();
        self.office.feed.tell(&LogEntry {
            tenant: self.tenant,
            call: CallId(self.id),
            call_started_at: began,
            seq: 1,
            at: began + TimeDelta::seconds(65),
            record,
        });
    }

    fn says(&mut self, text: &str) {
        self.turn += 1;
        self.tell(Record::Note(Box::new(Note::Turn(TurnNote {
            turn_number: self.turn,
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
        }))));
    }

    fn hangs_up(self) {
        self.tell(Record::Note(Box::new(Note::Ended {
            outcome: Outcome::Resolved,
            drop_off_stage: None,
            language: Language::Uk,
            scenario: None,
            intents: Vec::new(),
            transfer_reason: None,
        })));
    }
}

#[tokio::test]
async fn who_follows_gets_what_is_and_then_what_happens() {
    let Some(office) = office().await else { return };
    let mut caller = Caller::phones(&office, TenantId::DEFAULT);
    caller.says("добрий день");
    let mut listener = Listener::open(&office, Role::Operator, TenantId::DEFAULT, "").await;
    let start = listener.next().await.unwrap();
    assert_eq!(start.name, "snapshot");
    let call = &start.data["calls"][0];
    assert_eq!(call["id"], caller.id.to_string());
    assert_eq!(call["caller"], "+380 67 123-45-67");
    assert_eq!(call["lines"][0]["text"], "добрий день");
    assert_eq!(call["lines"][0]["at"], "1:05");

    // A line that tries to be two events, in every way of ending a line.
    let hostile = "a\r\n\r\ndata: x\n\nevent: reset\r\rid: 9\u{2028}<script>";
    caller.says(hostile);
    let said = listener.next().await.unwrap();
    assert_eq!((said.name.as_str(), &said.data["said"]["text"]), ("said", &hostile.into()));
    let id = caller.id.to_string();
    caller.hangs_up();
    let ended = listener.next().await.unwrap();
    assert_eq!((ended.name.as_str(), &ended.data["outcome"]), ("ended", &"resolved".into()));
    assert_eq!(ended.data["call"]["id"], id);
    let page = office.signed_in(Role::Operator).await.get("/console").await;
    assert!(!page.text.contains(&id), "a call that is over is still on the board");
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_and_after_too_long_everything_anew() {
    let Some(office) = office().await else { return };
    let mut caller = Caller::phones(&office, TenantId::DEFAULT);
    let mut listener = Listener::open(&office, Role::Operator, TenantId::DEFAULT, "").await;
    let start = listener.next().await.unwrap();
    drop(listener);
    caller.says("раз");
    caller.says("два");
    let mut again = Listener::open(&office, Role::Operator, TenantId::DEFAULT, &start.id).await;
    for text in ["раз", "два"] {
        let said = again.next().await.unwrap();
        assert_eq!((said.name.as_str(), &said.data["said"]["text"]), ("said", &text.into()));
    }
    for _ in 0..300 {
        caller.says("ще");
    }
    let (epoch, _) = start.id.split_once('.').unwrap();
    let ahead = format!("{epoch}.999999");
    for lost in [start.id.as_str(), "1.1", ahead.as_str(), "nonsense"] {
        let mut lost = Listener::open(&office, Role::Operator, TenantId::DEFAULT, lost).await;
        assert_eq!(lost.next().await.unwrap().name, "reset");
        assert_eq!(lost.next().await.unwrap().name, "snapshot");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_cut_off_and_holds_up_nobody() {
    let Some(office) = office().await else { return };
    let mut caller = Caller::phones(&office, TenantId::DEFAULT);
    let mut slow = Listener::open(&office, Role::Operator, TenantId::DEFAULT, "").await;
    assert_eq!(slow.next().await.unwrap().name, "snapshot");
    // More than the sockets of both sides hold together.
    let long = "й".repeat(2_000);
    for _ in 0..6_000 {
        caller.says(&long);
        tokio::task::yield_now().await;
    }
    let mut read = 0;
    let last = loop {
        let heard = slow.next().await.expect("ended without a word");
        if heard.name == "reset" {
            break heard;
        }
        read += 1;
    };
    assert!(read < 6_000, "everything was kept for somebody who did not read");
    assert_eq!(last.data, serde_json::json!({}));
    assert_eq!(slow.next().await, None);
}

#[tokio::test]
async fn another_shop_hears_nothing_and_an_analyst_no_numbers() {
    let Some(office) = office().await else { return };
    let other = office.other_shop().await;
    let mut caller = Caller::phones(&office, TenantId::DEFAULT);
    let mut foreign = Listener::open(&office, Role::Admin, other, "").await;
    let mut analyst = Listener::open(&office, Role::Analyst, TenantId::DEFAULT, "").await;
    assert_eq!(foreign.next().await.unwrap().data["calls"], serde_json::json!([]));
    let start = analyst.next().await.unwrap();
    assert_eq!(start.data["calls"][0]["caller"], "+380 67 ***-**-67");
    caller.says("мій номер 067 123 45 67");
    let said = analyst.next().await.unwrap();
    assert_eq!(said.data["said"]["text"], "мій номер *** *** ** 67");
    assert!(!said.data.to_string().contains("1234567"), "{}", said.data);
    // The other shop's own call is the first that it hears of.
    let own = Caller::phones(&office, other);
    let began = foreign.next().await.unwrap();
    assert_eq!(
        (began.name.as_str(), &began.data["call"]["id"]),
        ("began", &own.id.to_string().into())
    );
}

#[tokio::test]
async fn a_stream_ends_with_the_program_and_with_the_session() {
    let Some(office) = office().await else { return };
    let mut blocked = Listener::open(&office, Role::Operator, TenantId::DEFAULT, "").await;
    assert_eq!(blocked.next().await.unwrap().name, "snapshot");
    sqlx::raw_sql("update dashboard.users set blocked_at = now()")
        .execute(&mut office.db.owner().await)
        .await
        .unwrap();
    assert_eq!(blocked.next().await, None, "somebody who was blocked goes on listening");
    let mut listener = Listener::open(&office, Role::Operator, TenantId::DEFAULT, "").await;
    assert_eq!(listener.next().await.unwrap().name, "snapshot");
    assert_eq!(listener.next().await.unwrap().name, "beat");
    drop(office.stop);
    assert_eq!(listener.next().await.unwrap().name, "bye");
    assert_eq!(listener.next().await, None);
}

#[test]
fn a_call_without_a_beginning_is_none_and_a_feed_nobody_reads_is_bounded() {
    let feed = Feed::default();
    assert_eq!(feed.calls(TenantId::DEFAULT), []);
    let start = feed.follow(TenantId::DEFAULT, Some(7));
    assert_eq!(start.snapshot, Some(Vec::new()));
    assert_eq!((start.seq, start.missed.len()), (0, 0));
}
