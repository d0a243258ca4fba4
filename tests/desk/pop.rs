//! Callers who are on their way to a person: what that person sees, and what is done with it.

use super::{Browser, Office, StatusCode, office};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use treadline::db::desk::users::Role;
use treadline::db::{log, with_tenant};
use treadline::ids::{CallId, TenantId, row_id};
use treadline::language::Language;
use treadline::pii::Phone;
use treadline::spool::{CallOpened, LogEntry, Record, TransferAsked, TransferDone};
use treadline::turn::{Note, Speaker, ToolCallId, TransferOutcome, TurnNote};
use uuid::Uuid;

/// A call whose caller wants a person.
struct Wanted<'a> {
    office: &'a Office,
    call: CallId,
    began_at: DateTime<Utc>,
    seq: u64,
}

fn said(turn_number: u32, speaker: Speaker, content: &str) -> Record {
    Record::Note(Box::new(Note::Turn(TurnNote {
        turn_number,
        speaker,
        content: content.to_owned(),
        language: Language::Uk,
        stt_confidence: None,
        stt_latency_ms: None,
        llm_latency_ms: None,
        tts_latency_ms: None,
        endpointing_ms: None,
        first_audio_ms: None,
        interrupted: false,
    })))
}

impl<'a> Wanted<'a> {
    async fn comes(office: &'a Office) -> Self {
        let began_at = office.clock.now() - TimeDelta::minutes(1);
        let began_at = DateTime::from_timestamp_micros(began_at.timestamp_micros()).unwrap();
        let mut wanted = Self { office, call: CallId(Uuid::new_v4()), began_at, seq: 0 };
        wanted
            .log(vec![
                Record::Opened(Box::new(CallOpened {
                    channel: "phone".into(),
                    origin: "live".into(),
                    caller: Phone::parse("+380671234567"),
                    called: None,
                    asterisk_channel: None,
                    language: Language::Uk,
                    node: "shop-a/0123456789".into(),
                    prompt_version: "1".into(),
                    data: Value::Null,
                })),
                said(1, Speaker::Customer, "Чи є зимові шини?"),
                Record::Note(Box::new(Note::ToolCall {
                    call: ToolCallId(1),
                    turn_number: 1,
                    name: "search_tires".into(),
                    args: json!({ "size": "205/55 R16" }),
                    result: json!({ "tires": [{ "name": "Nokian Hakka", "price": "4720" }] }),
                    duration_ms: 4,
                    success: true,
                    approval: None,
                })),
                said(2, Speaker::Bot, "Є Nokian по 4720."),
                said(3, Speaker::Customer, "Дайте людину, <b>негайно</b>"),
                Record::TransferAsked(Box::new(TransferAsked {
                    attempt: 1,
                    kind: "warm".into(),
                    target: "operator".into(),
                    reason: "customer_request".into(),
                    summary: "Хоче знижку на комплект".into(),
                    caller: Phone::parse("+380671234567"),
                    cart: json!({ "orders": [{ "name": "Nokian Hakka", "quantity": 4 }] }),
                })),
            ])
            .await;
        wanted
    }

    async fn log(&mut self, records: Vec<Record>) {
        let mut entries = Vec::new();
        for record in records {
            self.seq += 1;
            entries.push(LogEntry {
                tenant: TenantId::DEFAULT,
                call: self.call,
                call_started_at: self.began_at,
                seq: self.seq,
                at: self.office.clock.now(),
                record,
            });
        }
        with_tenant::<_, sqlx::Error, _>(&self.office.db.pool, TenantId::DEFAULT, move |conn| {
            Box::pin(async move { log::apply(conn, TenantId::DEFAULT, &entries).await })
        })
        .await
        .unwrap();
    }

    async fn goes(&mut self, outcome: TransferOutcome) {
        let done = TransferDone { attempt: 1, outcome, answered_at: None };
        self.log(vec![Record::TransferDone(done)]).await;
    }

    fn pop(&self) -> Uuid {
        row_id(self.call, "transfer 1")
    }

    async fn act(&self, browser: &Browser, fields: &[(&str, &str)]) -> StatusCode {
        let path = format!("/console/pops/{}", self.pop());
        browser.send_form("/console", &path, fields).await.status
    }
}

async fn one<T>(office: &Office, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    sqlx::query_scalar(sql).fetch_one(&mut office.db.owner().await).await.unwrap()
}

async fn state(office: &Office) -> String {
    one(office, "select state from dashboard.presence").await
}

#[tokio::test]
async fn who_will_be_rung_sees_who_calls_what_was_asked_found_and_begun_and_why() {
    let Some(office) = office().await else { return };
    let _wanted = Wanted::comes(&office).await;
    let browser = office.signed_in(Role::Operator).await;
    for path in ["/console", "/console/now"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        for part in [
            "data-ring",
            "+380 67 123-45-67",
            "абонент просить людину",
            "Хоче знижку на комплект",
            "Чи є зимові шини?",
            "205/55 R16",
            "Nokian Hakka",
            "&lt;b&gt;негайно",
            "shop-a/01234567",
            "Почато й не завершено",
        ] {
            let escaped = part.replace("&lt;", "&#60;").replace("&gt;", "&#62;");
            let shown = page.text.contains(part) || page.text.contains(&escaped);
            assert!(shown, "{path} lacks {part}: {}", page.text);
        }
    }
    assert_eq!(office.noted("pop.read").await, 1, "once, however often it is fetched");
    let foreign = office.signed_in_at(Role::Operator, office.other_shop().await).await;
    assert!(!foreign.get("/console/now").await.text.contains("data-ring"));
}

#[tokio::test]
async fn one_takes_a_caller_and_another_is_late() {
    let Some(office) = office().await else { return };
    let wanted = Wanted::comes(&office).await;
    let (olha, ihor) =
        (office.signed_in(Role::Operator).await, office.signed_in(Role::Admin).await);
    olha.send_form("/console", "/console/presence", &[("state", "free")]).await;
    assert_eq!(wanted.act(&olha, &[("do", "take")]).await, StatusCode::SEE_OTHER);
    assert_eq!(state(&office).await, "busy");
    assert_eq!(wanted.act(&ihor, &[("do", "take")]).await, StatusCode::CONFLICT);
    for of_another in
        [&[("do", "note"), ("note", "x")][..], &[("do", "file"), ("outcome", "booked")]]
    {
        assert_eq!(wanted.act(&ihor, of_another).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(!ihor.get("/console/now").await.text.contains("data-ring"), "it rings on for others");
    assert_eq!(office.noted("pop.taken").await, 1);
}

#[tokio::test]
async fn after_a_talk_an_outcome_is_filed_before_somebody_is_free_again() {
    let Some(office) = office().await else { return };
    let mut wanted = Wanted::comes(&office).await;
    let olha = office.signed_in(Role::Operator).await;
    olha.send_form("/console", "/console/presence", &[("state", "free")]).await;
    wanted.act(&olha, &[("do", "take")]).await;
    wanted.act(&olha, &[("do", "note"), ("note", "просить −5 %")]).await;
    wanted.goes(TransferOutcome::Taken).await;
    assert!(
        olha.get("/console/now").await.text.contains("просить −5 %"),
        "a note outlives a reload"
    );
    assert_eq!(wanted.act(&olha, &[("do", "over")]).await, StatusCode::SEE_OTHER);
    assert_eq!(state(&office).await, "wrap_up");
    let free = olha.send_form("/console", "/console/presence", &[("state", "free")]).await;
    assert_eq!(free.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(free.text.contains("Спершу запишіть підсумок"), "{}", free.text);
    assert_eq!(wanted.act(&olha, &[("do", "skip")]).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        wanted.act(&olha, &[("do", "file"), ("outcome", "glad")]).await,
        StatusCode::BAD_REQUEST
    );
    let filed = [("do", "file"), ("outcome", "ordered"), ("note", "дали −5 %")];
    assert_eq!(wanted.act(&olha, &filed).await, StatusCode::SEE_OTHER);
    assert_eq!(state(&office).await, "free");
    let kept: (String, String) = sqlx::query_as("select outcome, note from dashboard.pops")
        .fetch_one(&mut office.db.owner().await)
        .await
        .unwrap();
    assert_eq!(kept, ("ordered".into(), "дали −5 %".into()));
    assert_eq!(wanted.act(&olha, &filed).await, StatusCode::UNPROCESSABLE_ENTITY, "it is filed");
    for action in ["pop.taken", "pop.over", "pop.filed"] {
        assert_eq!(office.noted(action).await, 1, "{action}");
    }
    // What was noted stands in the sheet, not in the audit log.
    let leaked: i64 =
        one(&office, "select count(*) from dashboard.audit_log where after::text like '%5 \\%%'")
            .await;
    assert_eq!(leaked, 0);
}

#[tokio::test]
async fn where_nobody_talked_no_outcome_is_needed() {
    let Some(office) = office().await else { return };
    let mut wanted = Wanted::comes(&office).await;
    let olha = office.signed_in(Role::Operator).await;
    olha.send_form("/console", "/console/presence", &[("state", "free")]).await;
    wanted.act(&olha, &[("do", "take")]).await;
    wanted.goes(TransferOutcome::CallerLeft).await;
    assert_eq!(wanted.act(&olha, &[("do", "skip")]).await, StatusCode::SEE_OTHER);
    assert_eq!(state(&office).await, "free");
    assert_eq!(one::<String>(&office, "select outcome from dashboard.pops").await, "skipped");
}

#[tokio::test]
async fn who_refuses_says_why_and_the_caller_is_told_when_nobody_is_left() {
    let Some(office) = office().await else { return };
    let wanted = Wanted::comes(&office).await;
    let mut heard = sqlx::postgres::PgListener::connect(&office.db.url).await.unwrap();
    heard.listen(treadline::db::live::CHANNEL).await.unwrap();
    let (olha, ihor) =
        (office.signed_in(Role::Operator).await, office.signed_in(Role::Operator).await);
    for one in [&olha, &ihor] {
        one.send_form("/console", "/console/presence", &[("state", "free")]).await;
    }
    assert_eq!(wanted.act(&olha, &[("do", "refuse")]).await, StatusCode::BAD_REQUEST);
    let refuse = [("do", "refuse"), ("reason", "not_mine")];
    assert_eq!(wanted.act(&olha, &refuse).await, StatusCode::SEE_OTHER);
    assert!(!olha.get("/console/now").await.text.contains("data-ring"), "it rings on");
    assert!(ihor.get("/console/now").await.text.contains("data-ring"), "another may still");
    assert_eq!(wanted.act(&ihor, &refuse).await, StatusCode::SEE_OTHER);
    // The process that has the call hears of it once: after the second refusal.
    let refused = json!({ "refused": { "call": wanted.call, "attempt": 1 } });
    let boards = json!({ "board": { "tenant": TenantId::DEFAULT } });
    let mut told = Vec::new();
    while told.last() != Some(&refused) {
        let message = tokio::time::timeout(super::PATIENCE, heard.recv()).await.unwrap().unwrap();
        told.push(serde_json::from_str::<Value>(message.payload()).unwrap());
    }
    assert!(told[..told.len() - 1].iter().all(|one| *one == boards), "{told:?}");
    assert!(told.len() > 3, "two people and a refusal came before: {told:?}");
    assert_eq!(office.noted("pop.refused").await, 2);
}
