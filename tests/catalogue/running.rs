//! What breaks under way: tools, models, months, clocks, the shop's own data.

use crate::catalogue::booking::{looks_up, slot};
use crate::catalogue::line::Move::{Calls, Fails, Hangs, Says};
use crate::catalogue::line::{Line, Scripted, has, lacks};
use crate::catalogue::shop::{CALLER, NOW, Shop};
use async_trait::async_trait;
use chrono::NaiveDate;
use serde_json::json;
use std::sync::Arc;
use treadline::language::Language;
use treadline::llm::LanguageModel;
use treadline::llm::fallback::Chain;
use treadline::shop::{Service, TireSize};
use treadline::store::{
    Booking, NewBooking, Scope, Slot, Station, Store, StoreError, Tire, TireQuery,
};
use treadline::tools::rules_for;
use treadline::turn::Approval;

/// Names of the tools that a shop without fitting does not have.
const FITTING: [&str; 7] = [
    "get_fitting_stations",
    "get_fitting_slots",
    "reserve_fitting_slot",
    "book_fitting",
    "cancel_fitting",
    "get_customer_bookings",
    "get_fitting_price",
];

/// A shop without fitting whose search is a bug.
struct Broken;

#[async_trait]
impl Store for Broken {
    async fn search_tires(&self, _: &Scope, _: &TireQuery) -> Result<Vec<Tire>, StoreError> {
        panic!("the search panics, as scripted")
    }

    async fn known_sizes(&self, _: &Scope) -> Result<Vec<TireSize>, StoreError> {
        Ok(Vec::new())
    }

    async fn known_brands(&self, _: &Scope) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn find_products(&self, _: &Scope, _: &str) -> Result<Vec<Tire>, StoreError> {
        Ok(Vec::new())
    }

    async fn stations(&self, _: &Scope, _: Option<&str>) -> Result<Vec<Station>, StoreError> {
        Err(StoreError::NotOffered)
    }

    async fn slots(
        &self,
        _: &Scope,
        _: &str,
        _: NaiveDate,
        _: NaiveDate,
        _: Service,
    ) -> Result<Vec<Slot>, StoreError> {
        Err(StoreError::NotOffered)
    }

    async fn book_fitting(
        &self,
        _: &Scope,
        _: &NewBooking,
        _: &Approval,
    ) -> Result<Booking, StoreError> {
        Err(StoreError::NotOffered)
    }

    fn offers(&self, tool: &str) -> bool {
        !FITTING.contains(&tool)
    }
}

/// A call into a shop with that store.
async fn broken(shop: &Shop, model: Arc<dyn LanguageModel>) -> Line {
    let store: Arc<dyn Store> = Arc::new(Broken);
    let mut services = shop.parts.services.as_ref().clone();
    services.tool_rules = Arc::new(rules_for(store.as_ref()));
    (services.store, services.llm) = (store, model);
    Line::open(services, Some(CALLER), Language::En).await
}

/// 23. A tool crashes, and the call dies without a word.
#[tokio::test]
async fn a_tool_that_panics_does_not_end_the_call() {
    let Some(shop) = Shop::open().await else { return };
    let winter = json!({ "width": 175, "profile": 70, "diameter": 13, "season": "winter" });
    let moves = vec![
        vec![Calls("search_tires", winter)],
        vec![Says("I cannot look that up now. Shall I have somebody call you?")],
        vec![Calls("create_callback_request", json!({ "note": "winter tyres 175/70 R13" }))],
        vec![Says("We will call you back.")],
    ];
    let mut line = broken(&shop, Scripted::new(moves)).await;
    has(&line.says("Winter tyres 175/70 R13.").await, &["cannot look that up"]);
    let search = &line.uses_of("search_tires")[0];
    assert!(!search.success && search.result["error"].is_string(), "{}", search.result);
    has(&line.says("Yes, please.").await, &["call you back"]);
    let tickets = "select count(*)::text from tickets where phone = $1";
    assert_eq!(shop.text(tickets, CALLER).await, "1");
}

/// 24. A shop without fitting still books, and invents that nothing is free.
#[tokio::test]
async fn a_shop_without_fitting_books_none_and_invents_no_times() {
    let Some(shop) = Shop::open().await else { return };
    let mut moves = looks_up("2026-11-24", "2026-11-24");
    moves.truncate(2);
    moves.extend([
        vec![Says("All times tomorrow are taken. At 10:00 on Friday there is a free time.")],
        vec![Calls("book_fitting", slot("2026-11-27", "10:00"))],
        vec![Says("You are booked for Friday at 10:00.")],
    ]);
    let model = Scripted::new(moves);
    let mut line = broken(&shop, Arc::clone(&model) as Arc<dyn LanguageModel>).await;
    let heard = line.talk(&["I am Ivan. A fitting, please.", "Friday at ten, AA1234BB."]).await;
    lacks(&heard, &["booked for"]);
    lacks(&line.heard(), &["taken", "free time"]);
    assert!(line.used().iter().all(|one| !one.success), "{:?}", line.used());
    for tool in model.tools_offered() {
        assert!(!FITTING.contains(&tool), "{tool} is offered");
    }
    assert!(model.tools_offered().contains(&"search_tires"));
}

/// 25. Two slow answers eat the time of a turn: the next brain takes over, or the caller hears so.
#[tokio::test]
async fn a_model_that_is_away_or_hangs_costs_no_turn() {
    let impatient = |config: &mut treadline::config::Config| {
        config.limits.call.llm_ms_max = 400;
    };
    let Some(shop) = Shop::open_at(NOW, impatient).await else { return };
    let mut services = shop.parts.services.as_ref().clone();
    let local = Arc::clone(&services.llm);
    let away = Scripted::new(vec![vec![Fails], vec![Fails]]);
    services.llm = Arc::new(Chain::new(vec![away, local]));
    let mut line = Line::open(services, Some(CALLER), Language::En).await;
    has(&line.says("Winter tyres 175/70 R13.").await, &["Rosava", "1170"]);
    // One that hangs is given up after its time, and the third such turn goes to a person.
    let moves = vec![vec![Hangs], vec![Says("Which size?")], vec![Hangs], vec![Hangs], vec![Hangs]];
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    has(&line.says("Winter tyres, please.").await, &["Sorry"]);
    has(&line.says("Winter tyres!").await, &["Which size?"]);
    let heard = line.talk(&["One.", "Two.", "Three."]).await;
    has(&heard, &["connecting you to a colleague"]);
    assert_eq!(line.ends().await.next, "operator");
}

/// 31. The month has no partition, and every insert fails.
#[tokio::test]
async fn a_call_in_a_month_without_a_partition_is_logged_and_books() {
    let Some(shop) = Shop::open().await else { return };
    shop.parts.services.clock.set("2031-07-14T08:00:00Z".parse().expect("a time"));
    let months = "select count(*)::text from pg_class where relname like '%2031%07%' and $1 <> ''";
    assert_eq!(shop.text(months, CALLER).await, "0", "the month is there already");
    let mut moves = looks_up("2031-07-15", "2031-07-15");
    moves.push(vec![Calls("book_fitting", slot("2031-07-15", "10:00"))]);
    let (mut line, _) = shop.rings_with(Some(CALLER), moves).await;
    line.talk(&["I am Ivan, plate AA1234BB. A fitting in Obolon.", "Ten.", "Yes."]).await;
    let call = line.call.to_string();
    line.ends().await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2031-07-15 10:00");
    let logged = "select (select count(*) from calls where id::text = $1) || ' call, ' || \
         (select count(*) > 5 from call_turns where call_id::text = $1) || ', ' || \
         (select count(*) from call_tool_calls where call_id::text = $1) || ' tools'";
    assert_eq!(shop.text(logged, &call).await, "1 call, true, 3 tools");
}

/// 32. A mismatch between the program and its surroundings kills every call at setup: the contract
/// of a call's setup, with the default configuration and every kind of caller.
#[tokio::test]
async fn a_call_is_set_up_whoever_phones() {
    let Some(shop) = Shop::open().await else { return };
    for caller in [Some(CALLER), Some("+4915112345678"), Some("anonymous"), Some(""), None] {
        for (language, shop_says) in [
            (Language::En, "automatic assistant"),
            (Language::Uk, "автоматичний помічник"),
            (Language::Ru, "автоматический помощник"),
        ] {
            let mut line = shop.rings(caller, language).await;
            has(&line.greeting, &[shop_says]);
            assert!(!line.says("Добрий день!").await.is_empty(), "{caller:?}");
            let call = line.call.to_string();
            assert_eq!(line.ends().await.next, "hangup");
            let stands = "select count(*)::text from calls where id::text = $1 and \
                 ended_at is not null";
            assert_eq!(shop.text(stands, &call).await, "1", "{caller:?}");
        }
    }
}

/// 33. Dates by UTC: after midnight in Kyiv "today" and "tomorrow" are yesterday's.
#[tokio::test]
async fn after_midnight_in_kyiv_tomorrow_is_the_shops_tomorrow() {
    // Half past midnight on Tuesday the 24th in Kyiv; Monday evening by UTC.
    let Some(shop) = Shop::open_at("2026-11-23T22:30:00Z", |_| {}).await else { return };
    let mut line = shop.rings(Some(CALLER), Language::Uk).await;
    let heard = line
        .talk(&[
            "Запишіть мене на шиномонтаж на Оболоні.",
            "Завтра о десятій.",
            "Мене звати Іван.",
            "Сіра Тойота.",
        ])
        .await;
    has(&heard, &["25 листопада"]);
    line.says("Так.").await;
    assert_eq!(shop.bookings(CALLER).await, "100201 2026-11-25 10:00");
    let (mut line, _) = shop.rings_with(Some(CALLER), looks_up("2026-11-24", "2026-11-24")).await;
    line.says("A fitting in Obolon.").await;
    assert_eq!(line.refusal("get_fitting_slots").0, "day_is_today");
}

/// 34. A cache expires, and with it all landmarks: here the database is asked each time.
#[tokio::test]
async fn a_station_that_opens_today_is_found_by_the_next_call() {
    let Some(shop) = Shop::open().await else { return };
    let asks = || {
        vec![vec![Calls("get_fitting_stations", json!({ "city": "Kyiv", "query": "Vynohradar" }))]]
    };
    let (mut line, _) = shop.rings_with(Some(CALLER), asks()).await;
    line.says("A fitting in Vynohradar.").await;
    assert_eq!(line.used()[0].result["no_query_match"], true);
    shop.execute("update fitting_stations set district = 'Vynohradar' where name = 'Darnytsia'")
        .await;
    let (mut line, _) = shop.rings_with(Some(CALLER), asks()).await;
    line.says("A fitting in Vynohradar.").await;
    let told = &line.used()[0].result;
    assert_eq!((&told["total"], &told["stations"][0]["name"]), (&json!(1), &json!("Darnytsia")));
}
