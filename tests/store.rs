//! The shop's own tables as a back office, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "in a test a failure may panic anywhere")]

#[path = "support/database.rs"]
mod database;

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use database::{TestDb, fresh_database};
use std::sync::Arc;
use tokio::sync::Barrier;
use treadline::ids::{CallId, TenantId, effect_key};
use treadline::pii::{Personal, Phone};
use treadline::shop::{Season, Service, TireSize};
use treadline::store::{
    Booking, NewBooking, PostgresStore, Scope, Slot, Store, StoreError, TireQuery, sample,
};
use treadline::turn::Approval;
use uuid::Uuid;

/// Sunday noon in Kyiv; the sample stations open on Monday the 23rd at nine.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn slot(date: &str, time: &str) -> Slot {
    Slot { date: day(date), time: time.parse().unwrap() }
}

fn scope(call: u128) -> Scope {
    Scope {
        tenant: TenantId::DEFAULT,
        call: CallId(Uuid::from_u128(call)),
        call_started_at: now(),
        caller: None,
        now: now(),
        language: treadline::language::Language::En,
    }
}

fn booking(phone: &str, slot: Slot) -> NewBooking {
    NewBooking {
        station_code: "100201".into(),
        slot,
        service: Service::FullService,
        customer_name: Personal("Olena".into()),
        phone: Phone::parse(phone).unwrap(),
        phone_verified: true,
        vehicle: "white Skoda".into(),
        tire_diameter: Some(16),
        storage_contract: None,
        linked_order: None,
    }
}

fn approval(scope: &Scope, booking: &NewBooking) -> Approval {
    let args = serde_json::json!({
        "station_id": booking.station_code,
        "date": booking.slot.date,
        "time": booking.slot.time,
    });
    let effect_key = effect_key(scope.call, "book_fitting", &args);
    Approval {
        id: Uuid::new_v5(&scope.call.0, effect_key.as_bytes()),
        tool: "book_fitting".into(),
        effect_key,
        args,
        readback_hash: "hash".into(),
    }
}

struct Shop {
    db: TestDb,
    store: PostgresStore,
}

impl Shop {
    async fn open() -> Option<Self> {
        let db = fresh_database().await?;
        let loaded = sample::load_if_empty(&db.pool, TenantId::DEFAULT).await.unwrap().unwrap();
        assert!(loaded.products > 60 && loaded.stations == 4);
        let store = PostgresStore::new(db.pool.clone(), 3);
        Some(Self { db, store })
    }

    async fn book(&self, call: u128, booking: &NewBooking) -> Result<Booking, StoreError> {
        let scope = scope(call);
        self.store.book_fitting(&scope, booking, &approval(&scope, booking)).await
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.superior().await).await.unwrap()
    }

    /// The owner, with the tenant set: row security binds the owner as well.
    async fn superior(&self) -> sqlx::PgConnection {
        let mut owner = self.db.owner().await;
        sqlx::query("select set_config('app.tenant_id', $1, false)")
            .bind(TenantId::DEFAULT.0.to_string())
            .execute(&mut owner)
            .await
            .unwrap();
        owner
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.superior().await).await.unwrap();
    }
}

#[tokio::test]
async fn the_sample_shop_is_loaded_once_and_never_over_a_real_one() {
    let Some(shop) = Shop::open().await else { return };
    assert_eq!(sample::load_if_empty(&shop.db.pool, TenantId::DEFAULT).await.unwrap(), None);
    let sizes = shop.store.known_sizes(&scope(1)).await.unwrap();
    assert!(sizes.contains(&TireSize::new(205, 55, 16).unwrap()));
    assert!(sizes.iter().all(|size| size.to_string().parse() == Ok(*size)));
    let brands = shop.store.known_brands(&scope(1)).await.unwrap();
    assert!(brands.is_sorted() && brands.contains(&"Michelin".to_owned()));
}

#[tokio::test]
async fn tyres_are_found_by_size_season_and_brand_cheapest_first() {
    let Some(shop) = Shop::open().await else { return };
    let mut query =
        TireQuery { size: TireSize::new(205, 55, 16).unwrap(), season: None, brand: None };
    let all = shop.store.search_tires(&scope(1), &query).await.unwrap();
    assert!(all.len() > 10 && all.is_sorted_by_key(|tire| tire.price));
    query.season = Some(Season::Winter);
    let winter = shop.store.search_tires(&scope(1), &query).await.unwrap();
    assert!(!winter.is_empty() && winter.len() < all.len());
    assert!(winter.iter().all(|tire| tire.season == Season::Winter && tire.size == "205/55 R16"));
    query.brand = Some(" miCHelin".into());
    let michelin = shop.store.search_tires(&scope(1), &query).await.unwrap();
    assert_eq!(michelin.len(), 1);
    assert_eq!(michelin[0].brand, "Michelin");
    shop.execute("update products set active = false where brand = 'Michelin'").await;
    assert!(shop.store.search_tires(&scope(1), &query).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_van_size_finds_only_van_tyres() {
    let Some(shop) = Shop::open().await else { return };
    let size: TireSize = "195/75 R16C".parse().unwrap();
    let query = |size| TireQuery { size, season: None, brand: None };
    let van = shop.store.search_tires(&scope(1), &query(size)).await.unwrap();
    assert!(van.len() == 3 && van.iter().all(|tire| tire.size == "195/75 R16C"));
    shop.execute("update products set commercial = false where price = 5480").await;
    assert_eq!(shop.store.search_tires(&scope(1), &query(size)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn products_are_found_by_a_short_number_and_by_words_with_a_slip() {
    let Some(shop) = Shop::open().await else { return };
    let by_number = shop.store.find_products(&scope(1), "10421").await.unwrap();
    assert_eq!(by_number.len(), 1);
    assert_eq!(by_number[0].sku, "00000010421");
    let by_words = shop.store.find_products(&scope(1), "nokian hakapelita").await.unwrap();
    assert!(!by_words.is_empty() && by_words.len() <= 10);
    assert_eq!(
        (by_words[0].brand.as_str(), by_words[0].model.as_str()),
        ("Nokian", "Hakkapeliitta 10")
    );
    assert!(shop.store.find_products(&scope(1), "wheelbarrow").await.unwrap().is_empty());
    assert!(shop.store.find_products(&scope(1), "  ").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_city_is_found_in_both_spellings_without_case() {
    let Some(shop) = Shop::open().await else { return };
    for city in ["kyiv", "КИЇВ", "Kiev"] {
        let found = shop.store.stations(&scope(1), Some(city)).await.unwrap();
        let codes: Vec<_> = found.iter().map(|station| station.code.as_str()).collect();
        assert_eq!(codes, ["100202", "100201"], "{city}");
    }
    assert_eq!(shop.store.stations(&scope(1), None).await.unwrap().len(), 4);
    assert!(shop.store.stations(&scope(1), Some("Odesa")).await.unwrap().is_empty());
}

#[tokio::test]
async fn free_times_know_hours_closures_bookings_and_holds() {
    let Some(shop) = Shop::open().await else { return };
    let free = async || {
        let (from, to) = (day("2026-11-21"), day("2026-11-24"));
        shop.store.slots(&scope(1), "100201", from, to, Service::FullService).await.unwrap()
    };
    let all = free().await;
    assert_eq!(all[0], slot("2026-11-23", "09:00:00"), "Sunday is closed");
    assert_eq!(all.len(), 34, "17 starts a day, half-hourly, the last at 17:00");
    let nine = slot("2026-11-23", "09:00:00");
    shop.book(1, &booking("+380671110001", nine)).await.unwrap();
    assert!(free().await.contains(&nine), "there is a second post");
    shop.execute(
        "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, post, \
             status, hold_expires_at) \
         select tenant_id, id, '2026-11-23', '09:00', 2, 'held', '2026-11-22 10:03:00Z' \
         from fitting_stations where external_code = '100201'",
    )
    .await;
    let held = free().await;
    assert!(!held.contains(&nine) && !held.contains(&slot("2026-11-23", "09:30:00")));
    shop.execute("update fitting_bookings set hold_expires_at = '2026-11-22 09:59:00Z' where status = 'held'").await;
    assert!(free().await.contains(&nine), "the hold ran out");
    shop.book(2, &booking("+380671110002", nine)).await.unwrap();
    assert!(!free().await.contains(&nine), "both posts are taken, the dead hold is out of the way");
    shop.execute(
        "insert into fitting_closures (tenant_id, closed_from, closed_to) \
         select id, '2026-11-24', '2026-11-24' from tenants",
    )
    .await;
    assert!(free().await.iter().all(|slot| slot.date == day("2026-11-23")));
}

#[tokio::test]
async fn a_booking_has_its_price_its_customer_and_its_agreement() {
    let Some(shop) = Shop::open().await else { return };
    let wanted = booking("+380671110001", slot("2026-11-23", "10:00:00"));
    let made = shop.book(1, &wanted).await.unwrap();
    assert_eq!(made.price, Some("980.00".parse().unwrap()));
    assert!(!made.repeated);
    let rows = "select count(*) from fitting_bookings b join customers c on c.id = b.customer_id \
                join approvals a on a.id = b.approval_id and a.effect_key = b.effect_key \
                where c.phone = '+380671110001' and c.name = 'Olena' and a.status = 'approved' \
                and b.status = 'confirmed' and b.source_call_id = a.call_id";
    assert_eq!(shop.count(rows).await, 1);
}

#[tokio::test]
async fn a_number_that_was_only_spoken_changes_nobodys_record() {
    let Some(shop) = Shop::open().await else { return };
    let mut wanted = booking("+380671110001", slot("2026-11-23", "10:00:00"));
    wanted.phone_verified = false;
    shop.book(1, &wanted).await.unwrap();
    assert_eq!(shop.count("select count(*) from customers").await, 0);
    assert_eq!(
        shop.count("select count(*) from fitting_bookings where not phone_verified").await,
        1
    );
}

#[tokio::test]
async fn what_the_shop_does_not_offer_is_refused_with_the_next_step() {
    let Some(shop) = Shop::open().await else { return };
    let code = |result: Result<Booking, StoreError>| match result {
        Err(StoreError::Rule { code, message }) => {
            assert!(!message.is_empty());
            code
        }
        other => panic!("{other:?}"),
    };
    let mut wanted = booking("+380671110001", slot("2026-11-28", "10:00:00"));
    assert_eq!(code(shop.book(1, &wanted).await), "no_such_slot", "a Saturday");
    wanted.slot = slot("2026-11-23", "10:10:00");
    assert_eq!(code(shop.book(1, &wanted).await), "no_such_slot", "between two starts");
    wanted.slot = slot("2026-11-20", "10:00:00");
    assert_eq!(code(shop.book(1, &wanted).await), "no_such_slot", "in the past");
    wanted.station_code = "999999".into();
    assert_eq!(code(shop.book(1, &wanted).await), "unknown_station");
    assert_eq!(shop.count("select count(*) from approvals").await, 0, "nothing stays of a refusal");
}

#[tokio::test]
async fn a_number_has_only_so_many_bookings_ahead_of_it() {
    let Some(shop) = Shop::open().await else { return };
    for (call, time) in ["09:00:00", "10:00:00", "11:00:00", "12:00:00"].into_iter().enumerate() {
        let wanted = booking("+380671110001", slot("2026-11-23", time));
        match (call, shop.book(call as u128 + 1, &wanted).await) {
            (0..3, Ok(_)) | (3, Err(StoreError::Rule { code: "too_many_bookings", .. })) => {}
            (_, other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_same_key_with_other_content_is_refused() {
    let Some(shop) = Shop::open().await else { return };
    let scope = scope(1);
    let first = booking("+380671110001", slot("2026-11-23", "09:00:00"));
    let agreed = approval(&scope, &first);
    shop.store.book_fitting(&scope, &first, &agreed).await.unwrap();
    let mut other_args = agreed.clone();
    other_args.args["time"] = "10:00:00".into();
    let result = shop.store.book_fitting(&scope, &first, &other_args).await;
    assert!(matches!(result, Err(StoreError::EffectMismatch)), "{result:?}");
    let other_booking = booking("+380671110001", slot("2026-11-23", "10:00:00"));
    let result = shop.store.book_fitting(&scope, &other_booking, &agreed).await;
    assert!(matches!(result, Err(StoreError::EffectMismatch)), "{result:?}");
    assert_eq!(shop.count("select count(*) from fitting_bookings").await, 1);
}

/// Many callers, one slot, one post: the constraint lets exactly one in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_callers_for_one_slot_exactly_one_gets_it() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update fitting_stations set posts = 1").await;
    let shop = Arc::new(shop);
    for round in 0..6_u128 {
        let wanted = slot("2026-11-23", &format!("{:02}:00:00", 9 + round));
        let start = Arc::new(Barrier::new(64));
        let callers: Vec<_> = (0..64)
            .map(|caller| {
                let (shop, start) = (Arc::clone(&shop), Arc::clone(&start));
                tokio::spawn(async move {
                    let call = 1 + round * 64 + caller;
                    let booking = booking(&format!("+38067{call:07}"), wanted);
                    start.wait().await;
                    // An unknown outcome is settled as a call settles it: by the same key again.
                    for _ in 0..50 {
                        match shop.book(call, &booking).await {
                            Err(StoreError::Away(_)) => {}
                            settled => return settled,
                        }
                    }
                    panic!("Postgres never answered");
                })
            })
            .collect();
        let mut got = 0;
        for caller in callers {
            match caller.await.unwrap() {
                Ok(_) => got += 1,
                Err(StoreError::SlotTaken) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(got, 1, "round {round}");
    }
    assert_eq!(shop.count("select count(*) from fitting_bookings").await, 6);
    assert_eq!(shop.count("select count(*) from approvals").await, 6, "losers leave nothing");
}

/// The model repeats itself, the caller says yes twice, a connection is cut: one agreement.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_confirmations_of_one_agreement_one_books_and_31_are_told_so() {
    let Some(shop) = Shop::open().await else { return };
    let shop = Arc::new(shop);
    let start = Arc::new(Barrier::new(32));
    let repeats: Vec<_> = (0..32)
        .map(|_| {
            let (shop, start) = (Arc::clone(&shop), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                let wanted = booking("+380671110001", slot("2026-11-23", "09:00:00"));
                loop {
                    match shop.book(1, &wanted).await {
                        Err(StoreError::Away(_)) => {}
                        settled => return settled.unwrap(),
                    }
                }
            })
        })
        .collect();
    let mut made = Vec::new();
    for repeat in repeats {
        made.push(repeat.await.unwrap());
    }
    assert!(made.iter().all(|booking| booking.id == made[0].id && booking.slot == made[0].slot));
    assert_eq!(made.iter().filter(|booking| !booking.repeated).count(), 1);
    assert_eq!(shop.count("select count(*) from fitting_bookings").await, 1);
}

#[tokio::test]
async fn a_store_that_is_away_says_so_before_a_caller_loses_patience() {
    // A port that accepts and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody@{}/none", listener.local_addr().unwrap());
    let store = PostgresStore::new(treadline::db::pool::lazy(&url, 2).unwrap(), 3);
    let began = std::time::Instant::now();
    let result = store.known_brands(&scope(1)).await;
    assert!(matches!(result, Err(StoreError::Away(_))), "{result:?}");
    assert!(began.elapsed().as_millis() < 1_500, "{:?}", began.elapsed());
}

#[tokio::test]
async fn stations_are_named_in_the_language_of_the_call_where_the_shop_has_such_names() {
    let Some(shop) = Shop::open().await else { return };
    let ukrainian = Scope { language: treadline::language::Language::Uk, ..scope(1) };
    shop.execute("update fitting_stations set address_uk = '' where external_code = '300401'")
        .await;
    shop.execute("update fitting_stations set district_uk = null where external_code = '300401'")
        .await;
    let found = shop.store.stations(&ukrainian, Some("Lviv")).await.unwrap();
    let [lviv] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((lviv.name.as_str(), lviv.city.as_str()), ("Зелена", "Львів"));
    assert_eq!(lviv.district, "Sykhivskyi");
    assert_eq!(lviv.address, "115 Zelena Street");
    let english = shop.store.stations(&scope(1), Some("Київ")).await.unwrap();
    assert!(english.iter().all(|station| station.city == "Kyiv"), "{english:?}");
}
