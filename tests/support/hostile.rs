//! Arguments, good and hostile.

use super::fake_store::MONDAY;
use serde_json::{Value, json};

/// A good search.
pub fn winter(brand: Option<&str>) -> Value {
    let mut args = json!({"width": 205, "profile": 55, "diameter": 16, "season": "winter"});
    if let Some(brand) = brand {
        args["brand"] = json!(brand);
    }
    args
}

/// A good booking, once [`MONDAY`] was offered.
pub fn booking() -> Value {
    json!({
        "station_id": "100001", "date": MONDAY, "time": "09:00",
        "customer_name": "Olena", "auto_number": "grey Toyota",
    })
}

/// What a confused or hostile model may send, and the word of its refusal.
pub fn hostile() -> Vec<(&'static str, Value, &'static str)> {
    let long = "x".repeat(5_000);
    let slots = |field: &str, value: Value| {
        let mut args = json!({"station_id": "100001"});
        args[field] = value;
        ("get_fitting_slots", args)
    };
    let with = |field: &str, value: Value| {
        let mut args = booking();
        args[field] = value;
        args
    };
    let tires = |field: &str, value: Value| {
        let mut args = winter(None);
        args[field] = value;
        args
    };
    let mut rows = vec![
        ("drop_tables", json!({}), "unknown_tool"),
        ("", Value::Null, "unknown_tool"),
        ("search_tires", Value::Null, "bad_arguments"),
        ("search_tires", json!([205, 55, 16]), "bad_arguments"),
        ("search_tires", json!({}), "bad_arguments"),
        ("search_tires", tires("width", json!("205")), "bad_arguments"),
        ("search_tires", tires("width", json!(-205)), "bad_arguments"),
        ("search_tires", tires("width", json!(99_999_999)), "bad_arguments"),
        ("search_tires", tires("width", json!(2)), "size_impossible"),
        ("search_tires", tires("diameter", json!(55)), "size_impossible"),
        ("search_tires", tires("season", json!("monsoon")), "bad_arguments"),
        ("search_tires", tires("max_price", json!(1)), "bad_arguments"),
        ("search_tires", tires("brand", json!(long)), "bad_arguments"),
        ("search_tires", tires("brand", json!("a\u{0}b")), "bad_arguments"),
        ("check_availability", json!({}), "bad_arguments"),
        ("check_availability", json!({"product_id": "  "}), "bad_arguments"),
        ("check_availability", json!({"product_id": 5}), "bad_arguments"),
        ("get_fitting_stations", json!({"tenant_id": "2"}), "bad_arguments"),
        ("get_fitting_stations", json!({"city": long}), "bad_arguments"),
        ("get_fitting_slots", json!({}), "bad_arguments"),
        ("transfer_to_operator", json!({"reason": "bored", "summary": ""}), "bad_arguments"),
        ("transfer_to_operator", json!({"reason": "cannot_help"}), "bad_arguments"),
    ];
    for (field, value, code) in [
        ("date_from", json!("2026-11-22"), "day_is_today"),
        ("date_from", json!("2026-11-01"), "day_is_past"),
        ("date_from", json!("2026-12-14"), "day_too_far"),
        ("date_from", json!("tomorrow"), "bad_date"),
        ("date_from", json!("2026-02-30"), "bad_date"),
        ("date_to", json!("2026-11-20"), "bad_date"),
        ("time", json!("25:00"), "bad_time"),
        ("weekday", json!("wed"), "weekday_mismatch"),
        ("service_type", json!("car_wash"), "bad_arguments"),
    ] {
        let (name, args) = slots(field, value);
        rows.push((name, args, code));
    }
    for (field, value, code) in [
        ("date", json!("2026-11-25"), "slot_not_offered"),
        ("date", json!("2026-07-25"), "slot_not_offered"),
        ("time", json!("09:07"), "slot_not_offered"),
        ("time", json!("half past nine"), "bad_time"),
        ("customer_name", json!(""), "name_missing"),
        ("customer_name", json!("0671234567"), "name_missing"),
        ("customer_name", json!("'; drop table calls; --"), "name_missing"),
        ("auto_number", json!("Toyota"), "vehicle_missing"),
        ("auto_number", json!("1234"), "vehicle_missing"),
        ("auto_number", json!(null), "bad_arguments"),
        ("tire_diameter", json!(160), "bad_arguments"),
        ("price", json!("1"), "bad_arguments"),
    ] {
        rows.push(("book_fitting", with(field, value), code));
    }
    rows
}
