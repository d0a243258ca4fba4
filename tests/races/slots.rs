//! Many callers, one time at one post.

use crate::races::history::{History, exactly, nobody_hears_two_things, settled};
use crate::races::shop::{Shop, booking, day, slot, stranger};
use chrono::Timelike as _;
use std::sync::Arc;
use tokio::sync::Barrier;
use treadline::shop::Service;
use treadline::store::{Slot, Store, StoreError};

const CALLERS: usize = 64;
const ROUNDS: usize = 200;
/// In every so manieth round all connections to the server are killed under way.
const KILLS_EVERY: usize = 25;

async fn hourly_times(shop: &Shop) -> Vec<Slot> {
    let days = (day("2026-11-23"), day("2027-01-20"));
    let all = shop
        .store
        .slots(&stranger(1), "100201", days.0, days.1, Service::FullService)
        .await
        .unwrap();
    let hourly: Vec<Slot> = all.into_iter().filter(|slot| slot.time.minute() == 0).collect();
    assert!(hourly.len() >= ROUNDS, "{}", hourly.len());
    hourly
}

/// One caller of a round, from the barrier to a known answer.
async fn caller(
    shop: Arc<Shop>,
    history: Arc<History>,
    start: Arc<Barrier>,
    (who, wanted): (usize, Slot),
) {
    let booking = booking(&format!("+38067{who:07}"), wanted);
    start.wait().await;
    let answer = history
        .ask(who, "book", || shop.book(who as u128, &booking), |made| made.id.to_string())
        .await;
    match answer {
        Ok(_) | Err(StoreError::SlotTaken) => {}
        Err(other) => panic!("{other:?}"),
    }
}

/// All callers ask for one time at the same moment; their history.
async fn race(shop: &Arc<Shop>, round: usize, wanted: Slot, kill: bool) -> Arc<History> {
    let history = Arc::new(History::new(format!("slot round {round}")));
    let start = Arc::new(Barrier::new(CALLERS));
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| {
            let who = 1 + round * CALLERS + number;
            let (shop, history) = (Arc::clone(shop), Arc::clone(&history));
            tokio::spawn(caller(shop, history, Arc::clone(&start), (who, wanted)))
        })
        .collect();
    if kill {
        kill_connections(shop).await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    history
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_callers_for_one_time_exactly_one_gets_it_in_each_of_200_rounds() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update fitting_stations set posts = 1").await;
    let times = hourly_times(&shop).await;
    let shop = Arc::new(shop);
    for (round, wanted) in times.into_iter().take(ROUNDS).enumerate() {
        let history = race(&shop, round, wanted, round % KILLS_EVERY == KILLS_EVERY - 1).await;
        history.must(exactly(1));
        history.must(settled);
        history.must(nobody_hears_two_things);
    }
    let standing = "select count(*) from fitting_bookings where status = 'confirmed'";
    assert_eq!(shop.count(standing).await, 200);
    assert_eq!(shop.count("select count(*) from approvals").await, 200, "losers leave nothing");
}

/// The race is real and the checker sees it: without the constraint, two get the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_constraint_the_checker_finds_two_winners() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update fitting_stations set posts = 1").await;
    shop.execute("alter table fitting_bookings drop constraint fitting_bookings_one_car_a_post")
        .await;
    let times = hourly_times(&shop).await;
    let shop = Arc::new(shop);
    for (round, wanted) in times.into_iter().take(ROUNDS).enumerate() {
        let history = race(&shop, round, wanted, false).await;
        if let Err(report) = history.judge(exactly(1)) {
            assert!(report.contains("were told yes, 1 must be"), "{report}");
            assert!(report.contains("ok ") && report.contains("fail the slot is taken"));
            return;
        }
    }
    panic!("nobody ever raced: the test above proves nothing");
}

async fn kill_connections(shop: &Shop) {
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid() \
           and backend_type = 'client backend'",
    )
    .execute(&mut shop.db.owner().await)
    .await
    .unwrap();
}

/// The model repeats itself, the caller says yes twice, a connection is cut: one agreement.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_yeses_to_one_fitting_one_books_and_31_are_told_so() {
    let Some(shop) = Shop::open().await else { return };
    let (shop, start) = (Arc::new(shop), Arc::new(Barrier::new(32)));
    let history = Arc::new(History::new("one fitting agreed 32 times"));
    let repeats: Vec<_> = (0..32)
        .map(|who| {
            let (shop, start, history) =
                (Arc::clone(&shop), Arc::clone(&start), Arc::clone(&history));
            tokio::spawn(async move {
                let wanted = booking("+380671110001", slot("2026-11-23", "09:00:00"));
                start.wait().await;
                let told = |made: &treadline::store::Booking| made.id.to_string();
                history.ask(who, "book", || shop.book(1, &wanted), told).await.unwrap().repeated
            })
        })
        .collect();
    let mut first = 0;
    for repeat in repeats {
        first += usize::from(!repeat.await.unwrap());
    }
    history.must(exactly(32));
    history.must(crate::races::history::same_answer);
    assert!(first <= 1, "at most one heard that it was the first");
    assert_eq!(shop.count("select count(*) from fitting_bookings").await, 1);
}
