//! What other systems are told: everything once, signed, again on a schedule, and at nobody's cost.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database::{TestDb, fresh_database};
use crate::support::program::Folder;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use secrecy::SecretString;
use serde_json::Value;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;
use treadline::db::webhooks as rows;
use treadline::ids::TenantId;
use treadline::webhooks::{self, AGAIN_AFTER, Reach, Sender, key_of, signature};
use uuid::Uuid;

const SECRET: &str = "correct horse battery staple";
/// Less than a receiver that hangs makes us wait for, and more than a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who is told.
#[derive(Clone, Default)]
struct Receiver {
    status: Arc<AtomicU16>,
    heard: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    /// Opens a door that answers `status`; its address.
    async fn open(&self, status: u16) -> String {
        self.status.store(status, Ordering::SeqCst);
        let app = Router::new().route("/told", post(hear)).with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }

    fn heard(&self) -> Vec<(HeaderMap, Value)> {
        let heard = self.heard.lock().unwrap();
        let read = |(headers, body): &(HeaderMap, String)| {
            (headers.clone(), serde_json::from_str(body).unwrap())
        };
        heard.iter().map(read).collect()
    }

    fn events(&self) -> Vec<String> {
        self.heard().iter().map(|(_, body)| body["event"].as_str().unwrap().to_owned()).collect()
    }
}

async fn hear(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    receiver.heard.lock().unwrap().push((headers, body));
    StatusCode::from_u16(receiver.status.load(Ordering::SeqCst)).unwrap()
}

fn sender() -> Arc<Sender> {
    let reach = Reach::new(vec!["127.0.0.1".parse().unwrap()]);
    Arc::new(Sender::new(SecretString::from(SECRET.to_owned()), reach).with_patience(PATIENCE))
}

async fn add(db: &TestDb, url: &str, events: &[&str]) -> Uuid {
    let events = events.iter().map(|event| (*event).to_owned()).collect();
    rows::add(&db.pool, TenantId::DEFAULT, url.to_owned(), events).await.unwrap()
}

/// What happens in a shop in an hour: a call that is handed over, an order, a booking.
const AN_HOUR: &str = "insert into calls (id, tenant_id, started_at, caller_id) \
         values ('11111111-0000-4000-8000-000000000000', \
             '00000000-0000-0000-0000-000000000001', now(), '+380671234567'); \
     insert into calls (id, tenant_id, started_at, origin, outcome) \
         values (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', now(), 'demo', null), \
             (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', \
                 now() - interval '30 days', 'live', null); \
     update calls set outcome = 'resolved', ended_at = started_at where origin = 'demo'; \
     insert into call_transfers (id, tenant_id, call_id, call_started_at, attempt, kind, target, \
             reason, requested_at) \
         select gen_random_uuid(), tenant_id, id, started_at, n, 'warm', 'operator', 'asked', now() \
         from calls, generate_series(1, 2) n where id = '11111111-0000-4000-8000-000000000000'; \
     update call_transfers set outcome = 'busy', ended_at = now() where attempt = 1; \
     update call_transfers set outcome = 'taken', ended_at = now() where attempt = 2; \
     update calls set outcome = 'transferred', ended_at = now(), duration_seconds = 12 \
         where id = '11111111-0000-4000-8000-000000000000'; \
     update calls set summary = 'x'; \
     insert into orders (id, tenant_id, phone, source) values \
         ('22222222-0000-4000-8000-000000000000', '00000000-0000-0000-0000-000000000001', \
          '+380671234567', 'operator'); \
     update orders set status = 'confirmed', order_number = '10001', recipient = 'Olena', \
         delivery_type = 'delivery', delivery_city = 'Kyiv', delivery_address = 'Zelena 1', \
         payment_method = 'cod', confirmed_at = now(); \
     update orders set status = 'shipped'; \
     with place as (insert into fitting_stations (tenant_id, external_code, name, city) \
         values ('00000000-0000-0000-0000-000000000001', '100201', 'Peremoha', 'Kyiv') returning id) \
     insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, source, \
             status, hold_expires_at) \
         select '00000000-0000-0000-0000-000000000001', id, '2026-11-24', '10:20', 'operator', \
             'held', now() from place; \
     update fitting_bookings set status = 'confirmed'; \
     update fitting_bookings set booking_time = '11:20', notes = 'x'; \
     update fitting_bookings set notes = 'y', status = 'confirmed';";

async fn do_it(db: &TestDb, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&mut db.owner().await).await.unwrap();
}

async fn one<T>(db: &TestDb, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    sqlx::query_scalar(sql).fetch_one(&mut db.owner().await).await.unwrap()
}

#[tokio::test]
async fn each_event_is_told_once_to_who_wants_it_signed_and_in_order() {
    let Some(db) = fresh_database().await else { return };
    let (all, orders) = (Receiver::default(), Receiver::default());
    let id = add(&db, &all.open(200).await, &rows::EVENTS).await;
    add(&db, &orders.open(204).await, &["order.created"]).await;
    do_it(&db, AN_HOUR).await;
    let sender = sender();
    assert_eq!(webhooks::round(&db.pool, &sender).await.unwrap(), 2);
    assert_eq!(webhooks::round(&db.pool, &sender).await.unwrap(), 0, "nothing is told twice");
    let mut told = all.events();
    told.sort();
    let expected = [
        "booking.changed",
        "booking.created",
        "call.ended",
        "call.started",
        "call.transferred",
        "order.changed",
        "order.created",
    ];
    assert_eq!(told, expected);
    assert_eq!(orders.events(), ["order.created"]);
    let key = key_of(&SecretString::from(SECRET.to_owned()), id);
    for (headers, body) in all.heard.lock().unwrap().iter() {
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        let at: i64 = text("treadline-timestamp").parse().unwrap();
        assert_eq!(text("treadline-signature"), signature(&key, at, body));
        assert_eq!(text("content-type"), "application/json");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            (&body["id"], &body["event"]),
            (&Value::from(text("treadline-delivery")), &Value::from(text("treadline-event")),)
        );
    }
    let ended = all.heard().into_iter().find(|(_, body)| body["event"] == "call.ended").unwrap().1;
    assert_eq!(
        (&ended["data"]["outcome"], &ended["data"]["duration_seconds"]),
        (&"transferred".into(), &12.into())
    );
    let order = orders.heard()[0].1.clone();
    assert_eq!(order["data"]["order_number"], "10001");
}

#[tokio::test]
async fn an_event_stands_or_falls_with_the_row_that_it_is_about() {
    let Some(db) = fresh_database().await else { return };
    add(&db, "https://erp.example/", &["call.started"]).await;
    let mut owner = db.owner().await;
    let mut transaction = sqlx::Connection::begin(&mut owner).await.unwrap();
    let sql = "insert into calls (id, tenant_id, started_at) \
               values (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', now())";
    sqlx::raw_sql(sql).execute(&mut *transaction).await.unwrap();
    transaction.rollback().await.unwrap();
    let count = "select count(*) from dashboard.webhook_deliveries";
    assert_eq!(one::<i64>(&db, count).await, 0);
    do_it(&db, sql).await;
    assert_eq!(one::<i64>(&db, count).await, 1);
}

#[tokio::test]
async fn what_is_refused_is_tried_again_on_the_schedule_and_then_given_up() {
    let Some(db) = fresh_database().await else { return };
    let receiver = Receiver::default();
    add(&db, &receiver.open(500).await, &["call.started"]).await;
    do_it(&db, AN_HOUR).await;
    let sender = sender();
    for (tries, wait) in AGAIN_AFTER.iter().enumerate() {
        assert_eq!(webhooks::round(&db.pool, &sender).await.unwrap(), 1);
        assert_eq!(receiver.heard().len(), tries + 1);
        let left_s: f64 = one(
            &db,
            "select extract(epoch from next_attempt_at - now())::float8 \
             from dashboard.webhook_deliveries",
        )
        .await;
        let pause_s = wait.as_secs_f64();
        assert!(left_s <= pause_s && left_s > pause_s - 30.0, "{tries}: {left_s} of {pause_s}");
        // The shortest of them may pass while a busy machine looks.
        if pause_s > 60.0 {
            assert_eq!(webhooks::round(&db.pool, &sender).await.unwrap(), 0, "not before its time");
        }
        do_it(&db, "update dashboard.webhook_deliveries set next_attempt_at = now()").await;
    }
    webhooks::round(&db.pool, &sender).await.unwrap();
    let log = rows::log(&db.pool, TenantId::DEFAULT, 10).await.unwrap();
    assert!(log[0].gave_up_at.is_some() && log[0].delivered_at.is_none());
    let tries = log[0].tries.as_array().unwrap();
    assert_eq!(tries.len(), AGAIN_AFTER.len() + 1);
    assert_eq!((&tries[0]["status"], &tries[0]["error"]), (&500.into(), &"it answered 500".into()));
    do_it(&db, "update dashboard.webhook_deliveries set next_attempt_at = now()").await;
    assert_eq!(webhooks::round(&db.pool, &sender).await.unwrap(), 0);
    // The same delivery all the time.
    let ids: std::collections::BTreeSet<String> =
        receiver.heard().iter().map(|(_, body)| body["id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn a_receiver_that_hangs_or_is_away_holds_up_neither_the_others_nor_the_calls() {
    let Some(db) = fresh_database().await else { return };
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let well = Receiver::default();
    add(&db, &format!("http://{}/", silent.local_addr().unwrap()), &rows::EVENTS).await;
    add(&db, &format!("http://{away}/"), &rows::EVENTS).await;
    add(&db, &well.open(200).await, &rows::EVENTS).await;
    do_it(&db, AN_HOUR).await;
    let (pool, sender) = (db.pool.clone(), sender());
    let begun = Instant::now();
    let round = tokio::spawn(async move { webhooks::round(&pool, &sender).await.unwrap() });
    // The good one is told all of it while the silent one is still waited for.
    while well.heard().len() < 7 {
        assert!(begun.elapsed() < PATIENCE, "the others wait for the one that hangs");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!round.is_finished());
    do_it(
        &db,
        "insert into calls (id, tenant_id, started_at) \
                values (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', now())",
    )
    .await;
    assert_eq!(round.await.unwrap(), 3);
    let errors: Vec<String> = sqlx::query_scalar(
        "select distinct tries -> 0 ->> 'error' from dashboard.webhook_deliveries \
         where tries <> '[]' and delivered_at is null order by 1",
    )
    .fetch_all(&mut db.owner().await)
    .await
    .unwrap();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.contains(&"it did not answer in time".to_owned()), "{errors:?}");
}

#[tokio::test]
async fn an_address_of_the_own_network_is_never_called_unless_the_configuration_names_it() {
    let Some(db) = fresh_database().await else { return };
    let receiver = Receiver::default();
    add(&db, &receiver.open(200).await, &["call.started"]).await;
    do_it(&db, AN_HOUR).await;
    let strict = Sender::new(SecretString::from(SECRET.to_owned()), Reach::default());
    webhooks::round(&db.pool, &Arc::new(strict)).await.unwrap();
    assert!(receiver.heard().is_empty());
    let log = rows::log(&db.pool, TenantId::DEFAULT, 10).await.unwrap();
    let why = log[0].tries[0]["error"].as_str().unwrap().to_owned();
    assert!(why.contains("127.0.0.1") && why.contains("webhooks.private_addresses"), "{why}");
}

#[tokio::test]
async fn the_command_adds_tests_shows_and_removes_an_address() {
    let Some(db) = fresh_database().await else { return };
    let receiver = Receiver::default();
    let url = receiver.open(200).await;
    let folder = Folder::with_database(&db.url);
    let run = async |args: &[&str], allowed: bool| {
        let mut program = folder.program(args);
        program.env("TREADLINE_WEBHOOK_SECRET", SECRET).stderr(std::process::Stdio::piped());
        if allowed {
            program.env("TREADLINE__WEBHOOKS__PRIVATE_ADDRESSES", "127.0.0.1");
        }
        let output = program.output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let add = ["webhook", "add", url.as_str(), "--events", "call.ended,order.created"];
    let (ok, _, why) = run(&add, false).await;
    assert!(!ok && why.contains("no public address"), "{why}");
    let wrong = ["webhook", "add", url.as_str(), "--events", "call.end"];
    let (ok, _, why) = run(&wrong, true).await;
    assert!(!ok && why.contains("call.ended"), "{why}");
    let (ok, said, why) = run(&add, true).await;
    assert!(ok, "{why}");
    let id: Uuid = said.lines().next().unwrap().parse().unwrap();
    let key = key_of(&SecretString::from(SECRET.to_owned()), id);
    assert_eq!(said.lines().nth(1).unwrap(), format!("key {key}"));
    let id = id.to_string();
    let (ok, said, why) = run(&["webhook", "test", &id], true).await;
    assert!(ok && said.contains("200"), "{said}{why}");
    assert_eq!(receiver.events(), ["test.ping"]);
    assert!(run(&["webhook", "list"], true).await.1.contains(&id));
    do_it(&db, AN_HOUR).await;
    assert!(run(&["webhook", "log"], true).await.1.contains("call.ended"));
    let (ok, _, _) = run(&["webhook", "remove", &id], true).await;
    assert!(ok);
    assert_eq!(webhooks::round(&db.pool, &sender()).await.unwrap(), 0);
    let noted = "select count(*) from dashboard.audit_log where action like 'webhook.%'";
    assert_eq!(one::<i64>(&db, noted).await, 2);
    let (_, why) = folder.run(&["webhook", "list"]).await.failed();
    assert!(why.contains("TREADLINE_WEBHOOK_SECRET"), "{why}");
}
