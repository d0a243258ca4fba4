//! Simulated callers talk with the local brain through the whole loop: core, tools, Postgres.
//!
//! Whether a caller got what they phoned for is judged by database rows, never by words. The
//! callers' phrases stand in `callers/*.toml`; see there for their source and the frozen fifth.

#![allow(clippy::print_stdout, reason = "a test prints its figures")]

use crate::support::rng;
use crate::support::typed_shop;

mod book;
mod caller;
mod goal;
mod judge;
mod medium;
mod recognised;
mod report;
mod talk;

use book::Book;
use goal::{Goal, SCENARIOS};
use report::{Report, Verdict};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Conversations in an ordinary run; `TREADLINE_CONVERSATIONS` asks for another number.
const CONVERSATIONS: usize = 1_008;
/// Conversations at the same time.
const AT_ONCE: usize = 4;
/// Callers of the frozen fifth, among all.
const FROZEN_EVERY: usize = 5;
/// Callers of the recognised set, for each scenario, and the number of the first of them.
const RECOGNISED_EACH: usize = 4;
const RECOGNISED_FROM: usize = 20_000;
/// The share of served callers that a change must not fall below, percent, frozen ones included.
/// The aim is 95; what is reached stands in the README. Below this something is broken.
const SERVED_PERCENT_MIN: f64 = 85.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simulated_callers_get_what_they_phone_for() {
    let Some(shop) = talk::Shop::open().await else { return };
    let shop = Arc::new(shop);
    let wanted = std::env::var("TREADLINE_CONVERSATIONS").ok().and_then(|n| n.parse().ok());
    let only = std::env::var("TREADLINE_SCENARIO").unwrap_or_default();
    let books: Vec<Arc<Book>> =
        book::LANGUAGES.into_iter().map(|l| Arc::new(Book::load(l))).collect();
    let mut report = Report::default();
    let mut running = JoinSet::new();
    let mut callers = Vec::new();
    for index in 0..wanted.unwrap_or(CONVERSATIONS) {
        let scenario = SCENARIOS[index % SCENARIOS.len()];
        let book = &books[(index / SCENARIOS.len()) % books.len()];
        if !only.is_empty() && !format!("{scenario:?} {}", book.language.code()).contains(&only) {
            continue;
        }
        let frozen = (index / (SCENARIOS.len() * books.len())) % FROZEN_EVERY == FROZEN_EVERY - 1;
        callers.push((Goal::new(scenario, index as u64, frozen), Arc::clone(book)));
    }
    let english = books.last().expect("three books");
    for index in 0..RECOGNISED_EACH * SCENARIOS.len() {
        let scenario = SCENARIOS[index % SCENARIOS.len()];
        if only.is_empty() || format!("{scenario:?} recognised").contains(&only) {
            let goal = Goal::recognised(scenario, (RECOGNISED_FROM + index) as u64);
            callers.push((goal, Arc::clone(english)));
        }
    }
    for (goal, book) in callers {
        let shop = Arc::clone(&shop);
        running.spawn(async move {
            let language = book.language;
            let talk = talk::hold(&shop, book, goal.clone()).await;
            Verdict::new(goal, language, talk)
        });
        while running.len() >= AT_ONCE {
            report.add(running.join_next().await.expect("one runs").expect("it did not panic"));
        }
    }
    while let Some(verdict) = running.join_next().await {
        report.add(verdict.expect("it did not panic"));
    }
    assert!(shop.flush().await, "the log does not reach the database");
    judge::judge(&shop, &mut report).await;
    report.print();
    let (judged, withheld) = judge::withheld(&shop).await;
    println!("claim guard: {judged} sentences judged, {} wordings withheld", withheld.len());
    for sentence in withheld.iter().take(20) {
        println!("  {sentence}");
    }
    let served = report.served_percent();
    assert!(
        only.contains("recognised") || served >= SERVED_PERCENT_MIN,
        "only {served:.1} % were served; the list of the others is above"
    );
}
