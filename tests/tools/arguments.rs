//! What a model may send: schemas, hostile arguments, a store that is away.

use super::{refused, with_offers};
use crate::tools::fake_store::FakeStore;
use crate::tools::hostile::{hostile, winter};
use serde_json::json;
use std::sync::Arc;
use treadline::tools::{rules, specs};

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
    assert_eq!(consent, ["confirm_order", "book_fitting", "cancel_fitting"]);
    let search = specs.iter().find(|spec| spec.name == "search_tires").expect("there");
    let required = &search.parameters["required"];
    assert_eq!(*required, json!(["width", "profile", "diameter", "season"]));
}
