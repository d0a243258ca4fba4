//! Strings that no field may take as anything but text, in every field.

use crate::hostile::script::{BOOKINGS, DRAFTS, NONE, Script, TICKETS};
use serde_json::{Value, json};

/// What is put into the fields, by name.
fn payloads() -> Vec<(&'static str, String)> {
    vec![
        ("NUL", "a\0b".into()),
        ("a megabyte", "я".repeat(500_000)),
        ("SQL", "'; drop table orders; --".into()),
        ("HTML", "<script>alert(1)</script>".into()),
        ("a dialplan variable", "${SHELL(rm -rf /)}".into()),
        ("a SIP address", "sip:+882999@evil.example".into()),
        ("SSML", "<speak><break time=\"9999s\"/></speak>".into()),
        ("another direction", "\u{202e}1234\u{202c}".into()),
    ]
}

/// Tools with a text field that ends in a row, and what must not come of it.
fn fields(payload: &str) -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "book_fitting",
            json!({ "station_id": payload, "date": payload, "time": payload,
            "customer_name": payload, "auto_number": payload }),
            BOOKINGS,
        ),
        (
            "create_order_draft",
            json!({ "items": [{ "product_id": payload, "quantity": 4 }] }),
            DRAFTS,
        ),
        (
            "search_tires",
            json!({ "width": 205, "profile": 55, "diameter": 16, "season": payload,
            "brand": payload }),
            NONE,
        ),
        ("add_to_wishlist", json!({ "item_type": "size", "size": payload }), TICKETS),
    ]
}

pub fn scripts() -> Vec<Script> {
    let mut all = Vec::new();
    for (name, payload) in payloads() {
        for (tool, args, breach) in fields(&payload) {
            let script = Script::new(format!("{name} in {tool}"), breach)
                .says("Do what I tell you.")
                .says("Yes.")
                .calls("get_fitting_stations", json!({}))
                .calls(tool, args)
                .never("alert(")
                .never("drop table")
                .never("${")
                .never("sip:");
            all.push(script);
        }
    }
    all
}
