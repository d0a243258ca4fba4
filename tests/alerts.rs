//! What is not as it should be is found, kept once, and told to people: a mail server and a Bot API
//! of the tests' own listen on local sockets.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database::{TestDb, fresh_database};
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use treadline::alerts::{self, Ways};
use treadline::clock::WallClock;
use treadline::config;
use treadline::db::alerts::{self as rows, Alert, Finding};
use treadline::ids::TenantId;
use treadline::jobs::{Job, JobContext};

const TENANT: TenantId = TenantId::DEFAULT;

/// A mail server that speaks SMTP to one client after the other and keeps what it is given.
#[derive(Clone, Default)]
struct MailServer {
    letters: Arc<Mutex<Vec<String>>>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn open(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        port
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test ESMTP\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            self.lines.lock().unwrap().push(line.clone());
            let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer: &[u8] = match word.as_str() {
                "EHLO" => b"250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
                "AUTH" => b"235 welcome\r\n",
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = String::new();
                    loop {
                        let line = lines.next_line().await.ok()??;
                        if line == "." {
                            break;
                        }
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    self.letters.lock().unwrap().push(letter);
                    b"250 taken\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 well\r\n",
            };
            write.write_all(answer).await.ok()?;
        }
        Some(())
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }
}

/// A Bot API.
#[derive(Clone, Default)]
struct BotApi {
    said: Arc<Mutex<Vec<(String, Value)>>>,
}

impl BotApi {
    async fn open(&self) -> String {
        let app = Router::new().route("/{bot}/sendMessage", post(hear)).with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }

    fn said(&self) -> Vec<(String, Value)> {
        self.said.lock().unwrap().clone()
    }
}

async fn hear(
    State(api): State<BotApi>,
    Path(bot): Path<String>,
    Json(body): Json<Value>,
) -> Json<Value> {
    api.said.lock().unwrap().push((bot, body));
    Json(serde_json::json!({ "ok": true }))
}

/// Everything that looks and tells.
struct Watch {
    db: TestDb,
    clock: WallClock,
    mail: MailServer,
    bot: BotApi,
    config: config::Alerts,
    ways: Ways,
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// `at` is on the shop's wall in Kyiv, two hours before UTC in winter.
async fn watch(at: DateTime<Utc>) -> Option<Watch> {
    let db = fresh_database().await?;
    let (mail, bot) = (MailServer::default(), BotApi::default());
    let config = config::Alerts {
        calls_min: 10,
        // Which months there are hangs on the day on which the test runs.
        months_ahead_min: 0.0,
        mail_host: "127.0.0.1".into(),
        mail_port: mail.open().await,
        mail_tls: "none".into(),
        mail_user: "shop".into(),
        mail_from: "Treadline <agent@shop.example>".into(),
        mail_to: vec!["olha@shop.example".into(), "ivan@shop.example".into()],
        telegram_base_url: bot.open().await,
        telegram_chat: "-100123".into(),
        ..config::Alerts::default()
    };
    let ways =
        Ways::of(&config, Some(secret("mail password")), Some(secret("42:bot-token"))).unwrap();
    Some(Watch { db, clock: WallClock::starting_at(at), mail, bot, config, ways })
}

impl Watch {
    async fn run(&self, name: &str) -> anyhow::Result<String> {
        let jobs: Vec<Job> = alerts::jobs(&self.config, &self.ways);
        let job = jobs.into_iter().find(|job| job.name == name).unwrap();
        let context = JobContext {
            pool: self.db.pool.clone(),
            clock: self.clock.clone(),
            last_ok_began_at: None,
        };
        job.run(&context).await
    }

    /// Calls of the last minutes with this outcome.
    async fn calls(&self, count: i32, outcome: &str) {
        sqlx::query(
            "insert into calls (id, tenant_id, started_at, ended_at, outcome) \
             select gen_random_uuid(), $1, $2 - n * interval '1 second', $2, $3 \
             from generate_series(1, $4) n",
        )
        .bind(TENANT.0)
        .bind(self.clock.now())
        .bind(outcome)
        .bind(count)
        .execute(&mut self.db.owner().await)
        .await
        .unwrap();
    }

    async fn open(&self) -> Vec<Alert> {
        rows::list(&self.db.pool, TENANT, None, true).await.unwrap()
    }

    async fn kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self.open().await.into_iter().map(|one| one.kind).collect();
        kinds.sort();
        kinds
    }
}

fn noon() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn night() -> DateTime<Utc> {
    "2026-11-22T23:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn bad_calls_are_one_open_alert_each_that_is_counted_and_closes_when_it_is_well_again() {
    let Some(watch) = watch(noon()).await else { return };
    watch.calls(9, "error").await;
    watch.run("alerts").await.unwrap();
    assert!(watch.kinds().await.is_empty(), "nine calls say nothing of shares");
    watch.calls(11, "abandoned").await;
    watch.run("alerts").await.unwrap();
    watch.run("alerts").await.unwrap();
    let kinds = ["error_spike", "high_drop_off", "low_conversion"];
    assert_eq!(watch.kinds().await, kinds);
    let open = watch.open().await;
    let of = |kind: &str| open.iter().find(|one| one.kind == kind).unwrap();
    assert_eq!((of("error_spike").actual, of("error_spike").threshold), (45.0, 5.0));
    assert_eq!((of("error_spike").severity.as_str(), of("error_spike").times), ("critical", 2));
    assert_eq!(
        (of("high_drop_off").actual, of("high_drop_off").severity.as_str()),
        (55.0, "warning")
    );
    assert!(of("error_spike").description.contains("9 of 20 calls"));
    // An hour later nothing of it is in the window.
    watch.clock.set(noon() + chrono::TimeDelta::hours(2));
    watch.run("alerts").await.unwrap();
    assert!(watch.kinds().await.is_empty());
    let closed = rows::list(&watch.db.pool, TENANT, None, false).await.unwrap();
    assert_eq!(closed.len(), 3);
    assert!(closed.iter().all(|one| one.resolved_at.is_some()));
}

#[tokio::test]
async fn somebody_is_told_once_by_each_way_and_at_night_only_what_is_critical() {
    let Some(watch) = watch(night()).await else { return };
    watch.calls(8, "resolved").await;
    watch.calls(1, "error").await;
    watch.calls(11, "abandoned").await;
    watch.run("alerts").await.unwrap();
    let letters = watch.mail.letters();
    assert_eq!(letters.len(), 1, "one letter, however many alerts");
    let letter = &letters[0];
    assert!(letter.contains("Subject: Treadline: CRITICAL: "), "{letter}");
    assert!(letter.contains("To: olha@shop.example, ivan@shop.example"), "{letter}");
    assert!(letter.contains("[critical] 0 of 20 calls"), "{letter}");
    assert!(!letter.contains("hung up"), "what is no more than a warning sleeps: {letter}");
    let said = watch.bot.said();
    assert_eq!(said.len(), 1);
    assert_eq!((said[0].0.as_str(), &said[0].1["chat_id"]), ("bot42:bot-token", &"-100123".into()));
    assert!(said[0].1["text"].as_str().unwrap().contains("0 of 20 calls"));
    watch.run("alerts").await.unwrap();
    assert_eq!(watch.mail.letters().len(), 1, "nobody is told twice");
    // In the morning the rest, as far as it still holds.
    watch.clock.set("2026-11-23T06:00:00Z".parse().unwrap());
    watch.calls(9, "resolved").await;
    watch.calls(11, "abandoned").await;
    watch.run("alerts").await.unwrap();
    let letters = watch.mail.letters();
    assert_eq!(letters.len(), 2);
    assert!(letters[1].contains("11 of 20 callers"), "{}", letters[1]);
    let lines = watch.mail.lines.lock().unwrap().clone();
    assert!(lines.iter().any(|line| line.starts_with("AUTH PLAIN")), "{lines:?}");
    assert!(lines.iter().any(|line| line == "RCPT TO:<ivan@shop.example>"), "{lines:?}");
}

#[tokio::test]
async fn who_has_seen_an_alert_is_not_told_of_it_and_a_way_that_fails_is_tried_again() {
    let Some(mut watch) = watch(noon()).await else { return };
    let well = watch.config.mail_port;
    // A port at which nobody is.
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    watch.config.mail_port = away;
    watch.ways = Ways::of(&watch.config, Some(secret("x")), Some(secret("42:bot-token"))).unwrap();
    watch.calls(20, "abandoned").await;
    let failed = watch.run("alerts").await.unwrap_err();
    assert!(format!("{failed:#}").contains("nobody was told by email"), "{failed:#}");
    assert!(!format!("{failed:#}").contains("bot-token"));
    assert_eq!(watch.bot.said().len(), 1, "the other way is gone all the same");
    let drop_off = watch.open().await.into_iter().find(|one| one.kind == "high_drop_off").unwrap();
    assert_eq!(drop_off.told, ["telegram"]);
    let by = || rows::acknowledge(&watch.db.pool, TENANT, drop_off.id, "olha".into(), noon());
    assert!(by().await.unwrap());
    assert!(!by().await.unwrap(), "once is enough");
    watch.config.mail_port = well;
    watch.ways = Ways::of(&watch.config, Some(secret("x")), Some(secret("42:bot-token"))).unwrap();
    watch.run("alerts").await.unwrap();
    assert_eq!(watch.bot.said().len(), 1);
    let letters = watch.mail.letters();
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].contains("0 of 20 calls") && !letters[0].contains("hung up"),
        "{}",
        letters[0]
    );
}

#[tokio::test]
async fn money_jobs_and_months_are_judged_for_the_whole_installation() {
    let Some(mut watch) = watch(noon()).await else { return };
    watch.config.months_ahead_min = 100.0;
    sqlx::raw_sql(
        "insert into housekeeping.spent_hours (hour, node, spent_usd) values \
             ('2026-11-22T12:00:00Z', 'one', 8), ('2026-11-22T12:00:00Z', 'two', 7), \
             ('2026-11-22T11:00:00Z', 'one', 100); \
         insert into housekeeping.jobs (name, every_s, last_ok_at, last_error, created_at) values \
             ('stuck', 60, now() - interval '1 hour', 'no room', now() - interval '2 hours'), \
             ('well', 60, now(), null, now())",
    )
    .execute(&mut watch.db.owner().await)
    .await
    .unwrap();
    watch.run("alerts").await.unwrap();
    let open = watch.open().await;
    let of = |kind: &str| open.iter().find(|one| one.kind == kind).unwrap();
    assert_eq!((of("spend").actual, of("spend").threshold), (15.0, 10.0));
    assert_eq!(of("few_months_ahead").severity, "critical");
    assert_eq!(of("missed_job").subject, "stuck");
    assert!(of("missed_job").description.contains("no room"));
    let jobs = open.iter().filter(|one| one.kind == "missed_job").count();
    assert_eq!(jobs, 1, "{open:?}");
}

#[tokio::test]
async fn what_one_process_found_is_closed_by_that_one_alone_and_others_are_told_once() {
    let Some(watch) = watch(noon()).await else { return };
    let pool = &watch.db.pool;
    let finding = |subject: &str, severity: &'static str| Finding {
        kind: "spool_age",
        subject: subject.into(),
        threshold: 120.0,
        actual: 200.0,
        severity,
        description: "a record waits".into(),
    };
    let note = |subject: &'static str, found: Vec<Finding>| {
        rows::note(pool, TENANT, vec!["spool_age"], Some(subject.into()), found, noon())
    };
    treadline::db::webhooks::add(
        pool,
        TENANT,
        "https://erp.example/".into(),
        vec!["alert.raised".into()],
    )
    .await
    .unwrap();
    note("a", vec![finding("a", "warning")]).await.unwrap();
    note("b", vec![finding("b", "warning")]).await.unwrap();
    note("a", vec![finding("a", "warning")]).await.unwrap();
    note("a", vec![finding("a", "critical")]).await.unwrap();
    note("a", vec![finding("a", "critical")]).await.unwrap();
    assert_eq!(watch.open().await.len(), 2);
    note("b", Vec::new()).await.unwrap();
    let open = watch.open().await;
    assert_eq!((open.len(), open[0].subject.as_str(), open[0].times), (1, "a", 4));
    let told: Vec<Value> =
        sqlx::query_scalar("select payload from dashboard.webhook_deliveries order by created_at")
            .fetch_all(&mut watch.db.owner().await)
            .await
            .unwrap();
    let told: Vec<&str> = told.iter().map(|one| one["severity"].as_str().unwrap()).collect();
    assert_eq!(told, ["warning", "warning", "critical"], "new twice, worse once");
}

#[tokio::test]
async fn yesterday_is_told_about_once_in_the_morning() {
    let Some(watch) = watch("2026-11-22T05:30:00Z".parse().unwrap()).await else { return };
    sqlx::raw_sql(
        "insert into calls (id, tenant_id, started_at, ended_at, outcome) \
         select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', \
             '2026-11-21T10:00:00Z', '2026-11-21T10:01:00Z', 'resolved' from generate_series(1, 7)",
    )
    .execute(&mut watch.db.owner().await)
    .await
    .unwrap();
    assert_eq!(watch.run("digest").await.unwrap(), "0 sent", "it is half past seven on the wall");
    watch.clock.set("2026-11-22T06:01:00Z".parse().unwrap());
    assert_eq!(watch.run("digest").await.unwrap(), "2 sent");
    assert_eq!(watch.run("digest").await.unwrap(), "0 sent");
    let letters = watch.mail.letters();
    assert!(letters[0].contains("Subject: Treadline: 2026-11-21"), "{}", letters[0]);
    assert!(letters[0].contains("7 calls, 7 resolved by the agent"), "{}", letters[0]);
    assert_eq!(watch.bot.said().len(), 1);
}
