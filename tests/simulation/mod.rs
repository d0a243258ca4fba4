//! The core under test: a thousand seeded calls in virtual time, and each behaviour by itself.
//!
//! `TREADLINE_SEED=n cargo test --test pure` replays one seed and prints its journal;
//! `TREADLINE_SEEDS=n` runs more of them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::struct_excessive_bools,
    reason = "a test may fail loudly"
)]

use crate::support::rng;

mod ahead;
mod behaviour;
mod cards;
mod claims;
mod claims_of_tyres;
mod consent;
mod contact;
mod edges;
mod endings;
mod fixtures;
mod helpers;
mod invariants;
mod journal;
mod keys;
mod listening;
mod operators;
mod over_the_end;
mod patience;
mod rating;
mod recovering;
mod replayed;
mod stage;
mod taken;
mod totals;
mod transfers;
mod visibility;
mod world;

use invariants::Watch;
use world::World;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn a_thousand_seeded_calls_keep_every_invariant() {
    let seeds = match number("TREADLINE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TREADLINE_SEEDS").unwrap_or(1_000),
    };
    let single = seeds.end - seeds.start == 1;
    let mut total = Watch::totals();
    for seed in seeds {
        let mut world = World::new(seed);
        let verdict = world.run();
        total.add(&world.watch.totals);
        if single || verdict.is_err() {
            let journal = &world.watch.journal;
            let from = if single { 0 } else { journal.len().saturating_sub(30) };
            for line in &journal[from..] {
                println!(
                    "{:>9} ms  {}",
                    line.at.as_ms(),
                    serde_json::to_string(&line.entry).unwrap()
                );
            }
        }
        if let Err(broken) = verdict {
            panic!(
                "seed {seed}: {broken}\nreplay it: TREADLINE_SEED={seed} cargo test --features local-stt \
                 --test pure a_thousand -- --nocapture"
            );
        }
    }
    println!("{total:?}");
    // A simulation in which nothing happens proves nothing.
    if !single && number("TREADLINE_SEEDS").is_none() {
        assert!(total.consents > 20, "too few consents: {total:?}");
        assert!(total.barge_ins > 300, "too few barge-ins: {total:?}");
        assert!(total.transfers > 50, "too few transfers: {total:?}");
        assert!(total.ratings > 5, "too few ratings: {total:?}");
        assert!(total.nobody_came > 20, "too few came back: {total:?}");
        assert!(total.taken > 20, "too few were taken: {total:?}");
        assert!(total.aheads > 300, "too little asked ahead: {total:?}");
        assert!(total.kept > 100, "too little asked ahead counted: {total:?}");
        assert!(total.continued > 20, "too few went on: {total:?}");
        assert!(total.stale > 300, "too few stale answers: {total:?}");
        assert!(total.fillers_or_more > 1_000, "too little said: {total:?}");
    }
}
