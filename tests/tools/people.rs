//! What is remembered of callers, callbacks and wishes.

use super::real::{CALLER, Shop};
use super::{ran, refused};
use serde_json::json;
use treadline::store::FrontDesk as _;

#[tokio::test]
async fn a_profile_takes_only_what_the_caller_said_and_the_next_call_knows_it() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["мене звати Олена, я з Києва"]);
    let invented = json!({"name": "Mallory"});
    let refusal = refused(&mut desk, "update_customer_profile", invented).await;
    assert_eq!(refusal.code, "name_not_said");
    for (args, code) in [
        (json!({"vehicles": [{"plate": "none"}]}), "plate_bad"),
        (json!({"vehicles": [{"plate": "AA1234BB", "tire_size": "big"}]}), "size_impossible"),
        (json!({"vehicles": [{"brand": "Toyota"}]}), "bad_arguments"),
        (json!({"phone": "+380500000000"}), "bad_arguments"),
        (json!({}), "bad_arguments"),
    ] {
        let refusal = refused(&mut desk, "update_customer_profile", args.clone()).await;
        assert_eq!(refusal.code, code, "{args}");
    }
    let args = json!({
        "name": "Олена", "city": "Київ",
        "vehicles": [{"plate": "АА 1234 ВВ", "brand": "Toyota", "tire_size": "205/55 R16"}],
    });
    assert_eq!(ran(&mut desk, "update_customer_profile", args).await["status"], "saved");
    let profile = shop.store.profile(&desk.scope).await.expect("there").expect("known");
    assert_eq!(profile.name.expect("a name").0, "Олена");
    assert_eq!(
        (profile.city.as_deref(), profile.vehicles[0].plate.as_str()),
        (Some("Київ"), "AA1234BB")
    );
    // A name that stands is not overwritten by whoever holds the telephone today.
    let mut next = shop.desk(2, Some(CALLER), &["мене звати Петро"]);
    next.profile = shop.store.profile(&next.scope).await.expect("there");
    let refusal = refused(&mut next, "update_customer_profile", json!({"name": "Петро"})).await;
    assert_eq!(refusal.code, "name_known");
}

#[tokio::test]
async fn a_callback_is_one_ticket_for_the_callers_own_number() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["please phone me tomorrow morning"]);
    for note in ["about winter tyres", "about tyres"] {
        let args = json!({
            "phone": "+380500000000", "preferred_time": "tomorrow morning", "note": note,
        });
        let saved = ran(&mut desk, "create_callback_request", args).await;
        assert_eq!(saved["status"], "callback_saved");
    }
    assert_eq!(shop.one("select count(*) from tickets").await, 1);
    let own = "select count(*) from tickets t join customers c on c.id = t.customer_id \
               where c.phone = '+380991112233'";
    assert_eq!(shop.one(own).await, 1);
}

#[tokio::test]
async fn a_withheld_caller_is_phoned_back_at_the_number_they_said() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, None, &["phone me at 067 222 33 44"]);
    let ask = |phone: &str| json!({ "phone": phone });
    let none = refused(&mut desk, "create_callback_request", json!({})).await;
    assert_eq!(none.code, "phone_missing");
    let invented = refused(&mut desk, "create_callback_request", ask("+380671234567")).await;
    assert_eq!(invented.code, "phone_not_said");
    ran(&mut desk, "create_callback_request", ask("+380672223344")).await;
    assert_eq!(shop.one("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn what_is_out_of_stock_or_full_can_be_waited_for() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["tell me when you have them"]);
    let args = json!({"width": 405, "profile": 20, "diameter": 26, "season": "winter"});
    let nothing = ran(&mut desk, "search_tires", args).await;
    assert_eq!(nothing["wishlist_offer"], true);
    let size = json!({"item_type": "size", "size": "405/20 R26", "season": "winter"});
    for _ in 0..2 {
        assert_eq!(ran(&mut desk, "add_to_wishlist", size.clone()).await["status"], "saved");
    }
    assert_eq!(shop.one("select count(*) from wishlist").await, 1);
    for (args, code) in [
        (json!({"item_type": "size", "size": "huge"}), "size_impossible"),
        (
            json!({"item_type": "slot", "station_id": "100201", "date": "2026-11-24"}),
            "station_unknown",
        ),
        (json!({"item_type": "moon"}), "bad_arguments"),
    ] {
        assert_eq!(refused(&mut desk, "add_to_wishlist", args).await.code, code);
    }
    ran(&mut desk, "get_fitting_stations", json!({"query": "Obolon"})).await;
    let day = |date: &str| json!({"item_type": "slot", "station_id": "100201", "date": date});
    assert_eq!(refused(&mut desk, "add_to_wishlist", day("2026-11-01")).await.code, "day_is_past");
    ran(&mut desk, "add_to_wishlist", day("2026-11-24")).await;
    assert_eq!(shop.one("select count(*) from wishlist").await, 2);
}

#[tokio::test]
async fn a_car_is_known_by_its_make_and_model_and_fitting_has_its_price() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &["I drive a Corolla"]);
    let known = json!({"brand": "Toyota", "model": "Corolla", "year": 2016});
    let sizes = ran(&mut desk, "get_vehicle_tire_sizes", known).await;
    assert_eq!((&sizes["found"], &sizes["brand"]), (&json!(true), &json!("Toyota")));
    assert!(sizes["stock_sizes"][0].as_str().is_some_and(|size| size.contains(" R")), "{sizes}");
    let unknown = json!({"brand": "Trabant", "model": "Moon"});
    assert_eq!(ran(&mut desk, "get_vehicle_tire_sizes", unknown).await["found"], false);
    let prices = ran(&mut desk, "get_fitting_price", json!({"tire_diameter": 16})).await;
    let rows = prices["prices"].as_array().expect("rows");
    assert!(rows.iter().any(|row| row["category"] == "car"), "{prices}");
    let full = json!({"tire_diameter": 16, "service_type": "full_service"});
    let full = ran(&mut desk, "get_fitting_price", full).await;
    let rows = full["prices"].as_array().expect("rows");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["service"] == "full_service"), "{full}");
    let refusal = refused(&mut desk, "get_fitting_price", json!({"tire_diameter": 205})).await;
    assert_eq!(refusal.code, "bad_arguments");
}
