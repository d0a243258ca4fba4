//! Tyres: what is offered, and what is said when there is nothing.

use super::ran;
use crate::tools::fake_store::FakeStore;
use crate::tools::hostile::winter;
use serde_json::{Value, json};
use std::sync::Arc;

fn brands(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().expect("items");
    items.iter().filter_map(|item| item["brand"].as_str()).collect()
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
