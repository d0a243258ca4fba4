//! The tools against a shop in memory: what they find, what they refuse, what they do.

mod support {
    pub mod fake_store;
    pub mod hostile;
}

use serde_json::{Value, json};
use std::sync::Arc;
use support::fake_store::{FakeStore, MONDAY, scope};
use support::hostile::{booking, hostile, winter};
use treadline::ids::effect_key;
use treadline::pii::Phone;
use treadline::shop::Agreement;
use treadline::store::{Slot, Store};
use treadline::tools::{Refusal, ToolDesk, rules, specs};
use treadline::turn::Approval;
use uuid::Uuid;

async fn ran(desk: &mut ToolDesk, name: &str, args: Value) -> Value {
    desk.run(name, &args, None).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
}

async fn refused(desk: &mut ToolDesk, name: &str, args: Value) -> Refusal {
    match desk.run(name, &args, None).await {
        Err(refusal) => refusal,
        Ok(answer) => panic!("{name} {args} was accepted: {answer}"),
    }
}

fn brands(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().expect("items");
    items.iter().filter_map(|item| item["brand"].as_str()).collect()
}

/// A desk on which the single station's Monday has been offered.
async fn with_offers(store: &Arc<FakeStore>) -> ToolDesk {
    let mut desk = store.desk();
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    ran(&mut desk, "get_fitting_slots", json!({"station_id": "100001", "date_from": MONDAY})).await;
    desk
}

fn approval(desk: &ToolDesk, args: &Value) -> Approval {
    Approval {
        id: Uuid::from_u128(5),
        tool: "book_fitting".into(),
        args: args.clone(),
        effect_key: effect_key(desk.scope.call, "book_fitting", args),
        readback_hash: String::new(),
    }
}

fn slot(date: &str, time: &str) -> Slot {
    Slot { date: date.parse().expect("a date"), time: time.parse().expect("a time") }
}

#[tokio::test]
async fn without_a_maker_the_offers_differ_in_price_and_maker() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let answer = ran(&mut desk, "search_tires", winter(None)).await;
    let found = brands(&answer);
    assert_eq!(found, ["Rosava", "Nokian", "Hankook", "Michelin", "Continental"]);
    assert_eq!(answer["items"][0]["price"], "1900");
    assert_eq!(answer["total"], 6);
    assert!(desk.ledger.products.contains("00000000001"));
}

#[tokio::test]
async fn a_maker_that_is_not_there_gives_the_others_and_says_so() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let answer = ran(&mut desk, "search_tires", winter(Some("Pirelli"))).await;
    assert_eq!(answer["no_brand_match"], true);
    assert_eq!(answer["requested_brand"], "Pirelli");
    assert_eq!(brands(&answer).len(), 5);
    let answer = ran(&mut desk, "search_tires", winter(Some("michelin"))).await;
    assert_eq!(brands(&answer), ["Michelin"]);
    assert!(answer.get("no_brand_match").is_none());
}

#[tokio::test]
async fn an_empty_search_says_what_there_is_instead() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let season = json!({"width": 205, "profile": 55, "diameter": 16, "season": "all_season"});
    let answer = ran(&mut desk, "search_tires", season).await;
    assert_eq!(answer["other_seasons"], json!(["summer", "winter"]));
    let size = json!({"width": 205, "profile": 60, "diameter": 16, "season": "winter"});
    let answer = ran(&mut desk, "search_tires", size).await;
    assert_eq!(answer["sizes_nearby"], json!(["205/55 R16", "215/60 R16"]));
    let far = json!({"width": 405, "profile": 20, "diameter": 26, "season": "winter"});
    let answer = ran(&mut desk, "search_tires", far).await;
    assert_eq!(answer["sizes_nearby"], json!([]));
}

#[tokio::test]
async fn stock_is_told_by_article_number_padded_or_not_and_by_name() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    for args in
        [json!({"product_id": "00000000005"}), json!({"product_id": "5"}), json!({"query": "5"})]
    {
        let answer = ran(&mut desk, "check_availability", args).await;
        assert_eq!(answer["items"][0]["model"], "Alpin 6");
        assert_eq!(answer["items"][0]["quantity"], 4);
        assert_eq!(answer["items"][0]["year"], 2026);
    }
    let answer = ran(&mut desk, "check_availability", json!({"query": "matador"})).await;
    assert_eq!(answer["items"][0]["available"], false);
    let answer = ran(&mut desk, "check_availability", json!({"query": "unicorn"})).await;
    assert_eq!(answer["found"], false);
}

#[tokio::test]
async fn several_stations_ask_for_a_district_and_hide_addresses() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let answer = ran(&mut desk, "get_fitting_stations", json!({})).await;
    assert_eq!(answer["action_required"], "ask_city");
    let answer = ran(&mut desk, "get_fitting_stations", json!({"city": "kyiv"})).await;
    assert_eq!(answer["action_required"], "ask_district");
    assert_eq!(answer["district_options"], json!(["Darnytsia", "Obolon"]));
    assert!(answer["stations"][0].get("address").is_none());
    let args = json!({"city": "Kyiv", "query": "in Obolon"});
    let answer = ran(&mut desk, "get_fitting_stations", args).await;
    assert_eq!(answer["total"], 1);
    assert_eq!(answer["stations"][0]["address"], "12 Heroiv Avenue");
    assert!(!answer.to_string().contains(&Uuid::from_u128(100_001).to_string()));
}

#[tokio::test]
async fn a_street_in_the_city_field_and_an_unknown_landmark_still_help() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let answer = ran(&mut desk, "get_fitting_stations", json!({"city": "Lviv Stryiska"})).await;
    assert_eq!(answer["stations"][0]["station_id"], "100003");
    let args = json!({"city": "Kyiv", "query": "Eiffel tower"});
    let answer = ran(&mut desk, "get_fitting_stations", args).await;
    assert_eq!(answer["no_query_match"], true);
    assert_eq!(answer["total"], 2);
    let answer = ran(&mut desk, "get_fitting_stations", json!({"city": "Paris"})).await;
    assert_eq!(answer["city_options"], json!(["Kyiv", "Lviv"]));
}

#[tokio::test]
async fn slots_are_few_spread_and_only_the_last_answer_counts() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    assert_eq!(desk.ledger.offered.len(), 8);
    assert!(desk.ledger.offered.contains(&("100001".into(), slot(MONDAY, "09:00:00"))));
    assert!(desk.ledger.offered.contains(&("100001".into(), slot(MONDAY, "17:40:00"))));
    let args = json!({"station_id": "100001", "date_from": "2026-11-24", "time": "12:10"});
    let answer = ran(&mut desk, "get_fitting_slots", args).await;
    assert_eq!(answer["wish_is_free"], false);
    let times = answer["days"][0]["times"].to_string();
    assert!(times.contains("12:00") && times.contains("12:20"), "{times}");
    assert_eq!(answer["earliest"], json!({"date": "2026-11-24", "time": "09:00"}));
    assert!(!desk.ledger.offered.iter().any(|(_, slot)| slot.date.to_string() == MONDAY));
}

#[tokio::test]
async fn without_dates_the_earliest_is_tomorrows_first_free_time() {
    let store = Arc::new(FakeStore::with_one_station());
    store.book_for_another("100001", slot(MONDAY, "09:00:00"));
    let mut desk = store.desk();
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    // One station is known, so a wrong id can only mean that one.
    let answer = ran(&mut desk, "get_fitting_slots", json!({"station_id": "north"})).await;
    assert_eq!(answer["earliest"], json!({"date": MONDAY, "time": "09:20"}));
}

#[tokio::test]
async fn a_closed_day_suggests_the_next_open_one() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let args = json!({"station_id": "100001", "date_from": "2026-11-28"});
    let answer = ran(&mut desk, "get_fitting_slots", args).await;
    assert_eq!(answer["reason"], "weekend");
    assert_eq!(answer["suggested_date"], "2026-11-30");
    assert!(desk.ledger.offered.contains(&("100001".into(), slot("2026-11-30", "09:00:00"))));
    // The last days of the window are closed: what is suggested lies before them.
    let args = json!({"station_id": "100001", "date_from": "2026-12-12", "date_to": "2026-12-13"});
    let answer = ran(&mut desk, "get_fitting_slots", args).await;
    assert_eq!(answer["suggested_date"], "2026-12-11");
}

#[tokio::test]
async fn today_by_the_shops_clock_is_not_today_by_utc() {
    let mut desk = Arc::new(FakeStore::with_one_station()).desk();
    // 00:30 on Monday in Kyiv is still Sunday in UTC.
    desk.scope.now = "2026-11-22T22:30:00Z".parse().expect("a time");
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    let args = json!({"station_id": "100001", "date_from": MONDAY});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "day_is_today");
}

#[tokio::test]
async fn a_booking_is_proposed_then_made_once_under_its_approval() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let proposal = desk.prepare("book_fitting", &booking()).await.expect("a good booking");
    assert!(store.bookings().is_empty(), "a proposal changes nothing");
    let Agreement::FittingBooking { station_name, customer_name, vehicle, .. } =
        &proposal.agreement
    else {
        panic!("not a booking");
    };
    assert_eq!((station_name.as_str(), customer_name.0.as_str()), ("North", "Olena"));
    assert_eq!(vehicle, "grey Toyota");
    let yes = approval(&desk, &proposal.args);
    for _ in 0..2 {
        let made = desk.run("book_fitting", &proposal.args, Some(&yes)).await.expect("booked");
        assert_eq!(made["status"], "confirmed");
        assert_eq!((&made["date"], &made["time"]), (&json!(MONDAY), &json!("09:00")));
        assert!(!made.to_string().contains(&Uuid::from_u128(9).to_string()));
    }
    let made = store.bookings();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].phone.reveal(), "+380671234567");
    assert!(made[0].phone_verified);
}

#[tokio::test]
async fn the_canonical_arguments_prepare_to_themselves() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let mut args = booking();
    args["time"] = json!(" 9:00 ");
    args["customer_name"] = json!("  Olena   Koval ");
    args["vehicle_info"] = json!("grey Toyota");
    let once = desk.prepare("book_fitting", &args).await.expect("good").args;
    let twice = desk.prepare("book_fitting", &once).await.expect("good").args;
    assert_eq!(once, twice);
    assert_eq!(once["customer_name"], "Olena Koval");
}

#[tokio::test]
async fn an_approval_for_something_else_books_nothing() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let agreed = desk.prepare("book_fitting", &booking()).await.expect("good").args;
    let mut other = agreed.clone();
    other["customer_name"] = json!("Mallory");
    let yes = approval(&desk, &agreed);
    let mut wrong_tool = yes.clone();
    wrong_tool.tool = "search_tires".into();
    let mut wrong_key = yes.clone();
    wrong_key.effect_key = "0".repeat(64);
    for (args, approval) in [
        (&other, Some(&yes)),
        (&agreed, Some(&wrong_tool)),
        (&agreed, Some(&wrong_key)),
        (&agreed, None),
    ] {
        assert!(desk.run("book_fitting", args, approval).await.is_err());
    }
    assert!(store.bookings().is_empty());
}

#[tokio::test]
async fn the_callers_own_number_always_wins_and_a_withheld_one_is_asked_for() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let mut args = booking();
    args["customer_phone"] = json!("+380991112233");
    let proposal = desk.prepare("book_fitting", &args).await.expect("good");
    assert!(proposal.args.get("customer_phone").is_none());
    desk.scope.caller = None;
    let refusal = desk.prepare("book_fitting", &booking()).await.expect_err("no number");
    assert_eq!(refusal.code, "phone_missing");
    let proposal = desk.prepare("book_fitting", &args).await.expect("a number was given");
    let yes = approval(&desk, &proposal.args);
    desk.run("book_fitting", &proposal.args, Some(&yes)).await.expect("booked");
    assert_eq!(store.bookings()[0].phone, Phone::parse("+380991112233").expect("a number"));
    assert!(!store.bookings()[0].phone_verified);
}

#[tokio::test]
async fn a_slot_that_goes_to_another_is_refused_with_the_next_free_one() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    let agreed = desk.prepare("book_fitting", &booking()).await.expect("free").args;
    store.book_for_another("100001", slot(MONDAY, "09:00:00"));
    let yes = approval(&desk, &agreed);
    let refusal = desk.run("book_fitting", &agreed, Some(&yes)).await.expect_err("taken");
    assert_eq!(refusal.code, "slot_taken");
    assert!(refusal.message.contains("2026-11-23 09:20"), "{}", refusal.message);
    let refusal = desk.prepare("book_fitting", &booking()).await.expect_err("not offered now");
    assert_eq!(refusal.code, "slot_not_offered");
    let mut next = booking();
    next["time"] = json!("09:20");
    desk.prepare("book_fitting", &next).await.expect("the named next one can be booked");
    assert!(store.bookings().is_empty());
}

#[tokio::test]
async fn a_store_that_is_away_is_a_refusal_with_a_next_step() {
    let store = Arc::new(FakeStore::with_one_station());
    let mut desk = with_offers(&store).await;
    *store.away.lock().expect("free") = true;
    for (name, args) in [
        ("search_tires", winter(None)),
        ("check_availability", json!({"query": "Nokian"})),
        ("get_fitting_stations", json!({})),
        ("get_fitting_slots", json!({"station_id": "100001"})),
    ] {
        let refusal = refused(&mut desk, name, args).await;
        assert_eq!(refusal.code, "store_away", "{name}");
        assert!(!refusal.message.contains("refused"), "the detail is for the log");
    }
}

#[tokio::test]
async fn hostile_arguments_are_refused_by_name_with_a_next_step() {
    for (name, args, code) in hostile() {
        let store = Arc::new(FakeStore::with_one_station());
        let mut desk = with_offers(&store).await;
        let refusal = if name == "book_fitting" {
            desk.prepare(name, &args).await.map(|proposal| proposal.args)
        } else {
            desk.run(name, &args, None).await
        };
        let refusal = match refusal {
            Err(refusal) => refusal,
            Ok(answer) => panic!("{name} {args} was accepted: {answer}"),
        };
        assert_eq!(refusal.code, code, "{name} {args}: {}", refusal.message);
        assert!(refusal.message.len() > 20 && refusal.message.len() < 700, "{}", refusal.message);
        assert_eq!(refusal.to_value()["error"], code);
        assert!(store.bookings().is_empty());
    }
}

#[tokio::test]
async fn unknown_stations_are_refused_when_several_are_known_or_none() {
    let store = Arc::new(FakeStore::sample());
    let mut desk = store.desk();
    let args = json!({"station_id": "100001"});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "station_unknown");
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    let args = json!({"station_id": "999999"});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "station_unknown");
    let args = json!({"station_id": "North"});
    assert_eq!(refused(&mut desk, "get_fitting_slots", args).await.code, "station_id_invalid");
}

/// Prepares a booking of the first slot and runs it under a yes; how often the store was asked.
async fn booked_through(store: &Arc<FakeStore>) -> (Result<Value, Refusal>, u32) {
    let mut desk = with_offers(store).await;
    let proposal = desk.prepare("book_fitting", &booking()).await.expect("it can be booked");
    let approval = approval(&desk, &proposal.args);
    let begun = tokio::time::Instant::now();
    let made = desk.run("book_fitting", &proposal.args, Some(&approval)).await;
    assert!(begun.elapsed().as_millis() <= 1_500, "{:?}", begun.elapsed());
    let asked = *store.bookings_asked.lock().expect("free");
    (made, asked)
}

#[tokio::test(start_paused = true)]
async fn a_store_that_comes_back_after_two_failures_books_once() {
    let store = Arc::new(FakeStore::with_one_station());
    *store.bookings_refused.lock().expect("free") = 2;
    let (made, asked) = booked_through(&store).await;
    assert_eq!(made.expect("booked")["status"], "confirmed");
    assert_eq!((asked, store.bookings().len()), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_booking_that_stands_though_its_answer_was_lost_is_not_made_twice() {
    let store = Arc::new(FakeStore::with_one_station());
    *store.bookings_unanswered.lock().expect("free") = 1;
    let (made, asked) = booked_through(&store).await;
    assert_eq!(made.expect("booked")["status"], "confirmed");
    assert_eq!((asked, store.bookings().len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_away_is_asked_three_times_and_then_refused() {
    let store = Arc::new(FakeStore::with_one_station());
    *store.bookings_refused.lock().expect("free") = 99;
    let (made, asked) = booked_through(&store).await;
    assert_eq!(made.expect_err("away").code, "store_away");
    assert_eq!((asked, store.bookings().len()), (3, 0));
}

#[tokio::test]
async fn a_desk_names_places_in_the_language_of_the_call() {
    let mut desk = Arc::new(FakeStore::installed()).desk();
    let first = ran(&mut desk, "get_fitting_stations", json!({})).await;
    assert_eq!(first["stations"][0]["name"], "Obolon");
    desk.set_language(treadline::language::Language::Uk);
    let then = ran(&mut desk, "get_fitting_stations", json!({})).await;
    assert_eq!(then["stations"][0]["name"], "Оболонь");
    assert_eq!(desk.ledger.stations[0].name, "Оболонь");
    assert_eq!(desk.ledger.stations.len(), 4);
}

#[tokio::test]
async fn preparing_a_tool_without_an_effect_is_refused() {
    let mut desk = Arc::new(FakeStore::sample()).desk();
    let refusal = desk.prepare("search_tires", &winter(None)).await.expect_err("nothing to agree");
    assert_eq!(refusal.code, "no_consent_needed");
}

#[test]
fn every_tool_has_a_closed_schema_and_a_rule() {
    let (specs, rules) = (specs(), rules());
    let names: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
    assert_eq!(names, rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>());
    for spec in &specs {
        assert_eq!(spec.parameters["type"], "object", "{}", spec.name);
        assert_eq!(spec.parameters["additionalProperties"], false, "{}", spec.name);
        let text = spec.parameters.to_string();
        assert!(!text.contains("$ref") && !text.contains("\"format\""), "{text}");
    }
    let consent: Vec<&str> =
        rules.iter().filter(|rule| rule.needs_consent).map(|rule| rule.name.as_str()).collect();
    assert_eq!(consent, ["book_fitting"]);
    let required = &specs[0].parameters["required"];
    assert_eq!(*required, json!(["width", "profile", "diameter", "season"]));
}

#[tokio::test]
async fn the_fake_shop_itself_refuses_a_second_booking_of_a_slot() {
    let store = FakeStore::with_one_station();
    store.book_for_another("100001", slot(MONDAY, "09:00:00"));
    let day = MONDAY.parse().expect("a date");
    let free = store
        .slots(&scope(None), "100001", day, day, treadline::shop::Service::TireChange)
        .await
        .expect("there");
    assert!(!free.contains(&slot(MONDAY, "09:00:00")));
}
