//! What the records of a call become: each its row, once.

use crate::log::database::fresh_database;
use crate::log::teller::{Folder, PATIENCE, Teller, as_shop, count, noon, start};
use chrono::NaiveDate;
use serde_json::json;
use treadline::db::{calls, registrations, stats};
use treadline::ids::TenantId;
use treadline::language::Language;
use treadline::pii::{Personal, Phone};
use treadline::shop::{PaymentMethod, Service};
use treadline::spool::{Kept, Record};
use treadline::store::{
    Confirmation, Delivery, NewBooking, NewOrder, PostgresStore, Scope, Slot, Store as _, sample,
};
use treadline::turn::{Approval, Note, Outcome, Speaker, ToolCallId};
use uuid::Uuid;

#[tokio::test]
async fn a_call_goes_through_the_journal_into_its_rows() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    log.record(call.opened("live"));
    log.record(call.turn(1, Speaker::Bot, "Good day"));
    log.record(call.turn(2, Speaker::Customer, "Winter\0 tyres"));
    let result = json!({"total": 3, "note": "\0"});
    log.record(call.note(Note::ToolCall {
        call: ToolCallId(1),
        turn_number: 2,
        name: "search_tires".into(),
        args: json!({"width": 205}),
        result,
        duration_ms: 12,
        success: true,
        approval: None,
    }));
    log.record(call.note(Note::TranscriptOff));
    log.record(call.note(Note::LanguageChanged { language: Language::Uk }));
    log.record(call.note(Note::BargeIn));
    log.record(call.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);

    let found = calls::load(&db.pool, TenantId::DEFAULT, call.call).await.unwrap().unwrap();
    assert_eq!(found.call.outcome.as_deref(), Some("resolved"));
    assert_eq!(found.call.duration_seconds, Some(8));
    assert_eq!(found.call.language.as_deref(), Some("uk"));
    assert_eq!(found.call.scenario.as_deref(), Some("fitting_booking"));
    let lines: Vec<_> =
        found.turns.iter().map(|turn| (turn.turn_number, turn.content.as_str())).collect();
    assert_eq!(lines, [(1, "Good day"), (2, "Winter tyres")]);
    assert_eq!(found.turns[0].first_audio_ms, Some(800));
    assert_eq!(found.tool_calls[0].tool_result, Some(json!({"total": 3, "note": ""})));
    let whole = "select count(*) from calls c join customers p on p.id = c.customer_id \
        where p.phone = '+380671234567' and p.total_calls = 1 and c.called_number = '0800' \
        and c.meta->>'transcript_off' = 'true' and c.meta->'data'->>'name' = 'nul  in it' \
        and c.intents = '{tire_search,fitting_booking}' and not c.transferred_to_operator";
    assert_eq!(count(&db, whole).await, 1);
    assert_eq!(count(&db, "select count(*) from calls where node like '%/%'").await, 1);
    assert_eq!(count(&db, "select count(*) from call_journal").await, 8);
    assert!(log.stop(PATIENCE).await);
    assert_eq!(folder.files(), 0, "nothing of the callers stays on the disk");
}

#[tokio::test]
async fn a_record_applied_twice_is_one_row_and_counts_once() {
    let Some(db) = fresh_database().await else { return };
    let mut call = Teller::new(1, noon());
    let entries =
        [call.opened("live"), call.turn(1, Speaker::Bot, "Hello"), call.ended(Outcome::Abandoned)];
    for _ in 0..2 {
        let folder = Folder::new();
        let log = start(&folder.0, &db);
        for entry in &entries {
            assert_eq!(log.record(entry.clone()), Kept::File);
        }
        assert!(log.stop(PATIENCE).await);
    }
    assert_eq!(count(&db, "select count(*) from call_turns").await, 1);
    assert_eq!(count(&db, "select total_calls::int8 from customers").await, 1);
    assert_eq!(count(&db, "select count(*) from call_journal").await, 3);
}

#[tokio::test]
async fn an_approval_that_was_given_is_never_taken_back() {
    let Some(db) = fresh_database().await else { return };
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut call = Teller::new(1, noon());
    let mut told = async |status| {
        log.record(call.approval(status));
        assert!(log.flush(PATIENCE).await);
    };
    let is = async |status: &'static str| {
        let found: String = sqlx::query_scalar("select status from approvals")
            .fetch_one(&mut as_shop(&db).await)
            .await
            .unwrap();
        assert_eq!(found, status);
    };
    told("pending").await;
    is("pending").await;
    told("rejected").await;
    is("rejected").await;
    told("approved").await;
    is("approved").await;
    told("pending").await;
    told("expired").await;
    is("approved").await;
}

#[tokio::test]
async fn a_booking_shows_on_its_call_and_in_the_day() {
    let Some(db) = fresh_database().await else { return };
    sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap().unwrap();
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let (mut booked, mut idle) = (Teller::new(1, noon()), Teller::new(2, noon()));
    let Record::Note(note) = booked.approval("approved").record else { panic!("not a note") };
    let Note::Approval { approval, .. } = *note else { panic!("not an approval") };
    let scope = Scope {
        tenant: TenantId::DEFAULT,
        call: booked.call,
        call_started_at: noon(),
        caller: None,
        now: noon(),
        language: treadline::language::Language::En,
    };
    let wanted = NewBooking {
        station_code: "300401".into(),
        slot: Slot { date: "2026-11-24".parse().unwrap(), time: "10:20:00".parse().unwrap() },
        service: Service::TireChange,
        customer_name: Personal("Olena".into()),
        phone: Phone::parse("+380671234567").unwrap(),
        phone_verified: true,
        vehicle: "white Skoda".into(),
        tire_diameter: None,
        storage_contract: None,
        linked_order: None,
    };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let made = store.book_fitting(&scope, &wanted, &approval).await.unwrap();
    for call in [&mut booked, &mut idle] {
        log.record(call.opened("live"));
        log.record(call.ended(Outcome::Resolved));
    }
    assert!(log.flush(PATIENCE).await);
    let shown = async |call| {
        let found = calls::load(&db.pool, TenantId::DEFAULT, call).await.unwrap().unwrap();
        found.call.fitting_booking_id
    };
    assert_eq!(shown(booked.call).await, Some(made.id));
    assert_eq!(shown(idle.call).await, None);
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    let day = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!((day.total_calls, day.bookings, day.conversion), (2, 1, Some(0.5)));
}

#[tokio::test]
async fn a_registration_is_used_once_and_in_time() {
    let Some(db) = fresh_database().await else { return };
    let registration = |uuid, ttl_s| registrations::Registration {
        uuid,
        tenant: TenantId::DEFAULT,
        caller: Phone::parse("+380671234567"),
        called: Some("0800".into()),
        data: json!({"channel": "PJSIP/1"}),
        ttl_s,
    };
    let (good, late) = (Uuid::new_v4(), Uuid::new_v4());
    assert!(registrations::register(&db.pool, registration(good, 120)).await.unwrap());
    assert!(!registrations::register(&db.pool, registration(good, 120)).await.unwrap());
    assert!(registrations::register(&db.pool, registration(late, 0)).await.unwrap());
    assert_eq!(registrations::take(&db.pool, late).await.unwrap(), None);
    assert_eq!(registrations::take(&db.pool, Uuid::new_v4()).await.unwrap(), None);
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let pool = db.pool.clone();
            tokio::spawn(async move { registrations::take(&pool, good).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].caller, Phone::parse("+380671234567"));
    assert_eq!(taken[0].data, json!({"channel": "PJSIP/1"}));
}

#[tokio::test]
async fn an_order_shows_on_its_call_and_in_the_day() {
    let Some(db) = fresh_database().await else { return };
    sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap().unwrap();
    let folder = Folder::new();
    let log = start(&folder.0, &db);
    let mut buyer = Teller::new(1, noon());
    let phone = Phone::parse("+380671234567").unwrap();
    let scope = Scope {
        tenant: TenantId::DEFAULT,
        call: buyer.call,
        call_started_at: noon(),
        caller: Some(phone.clone()),
        now: noon(),
        language: treadline::language::Language::En,
    };
    let store = PostgresStore::new(db.pool.clone(), 3);
    let items = vec![("00000010495".to_owned(), 4)];
    let basket = NewOrder { items, phone, phone_verified: true, draft_key: "basket".into() };
    let draft = store.draft_order(&scope, &basket).await.unwrap();
    let pickup = Delivery::Pickup { point: "510101".into() };
    let priced = store.set_delivery(&scope, draft.id, &pickup).await.unwrap();
    let confirmation = Confirmation {
        order: draft.id,
        payment: PaymentMethod::Cod,
        recipient: Personal("Olena".into()),
        total: priced.total,
    };
    let approval = Approval {
        id: Uuid::from_u128(3),
        tool: "confirm_order".into(),
        args: json!({}),
        effect_key: "key".into(),
        readback_hash: "hash".into(),
    };
    let made = store.confirm_order(&scope, &confirmation, &approval).await.unwrap();
    log.record(buyer.opened("live"));
    log.record(buyer.ended(Outcome::Resolved));
    assert!(log.flush(PATIENCE).await);
    let on_call: Option<Uuid> = sqlx::query_scalar("select order_id from calls where id = $1")
        .bind(buyer.call.0)
        .fetch_one(&mut db.owner().await)
        .await
        .unwrap();
    assert_eq!(on_call, Some(made.id));
    let date: NaiveDate = "2026-11-23".parse().unwrap();
    let day = stats::compute_day(&db.pool, TenantId::DEFAULT, date).await.unwrap();
    assert_eq!((day.total_calls, day.orders, day.conversion), (1, 1, Some(1.0)));
}
