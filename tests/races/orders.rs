//! Many yeses to one draft, many buyers of few tyres.

use crate::races::history::{History, exactly, nobody_hears_two_things, same_answer, settled};
use crate::races::shop::{HANKOOK, OLENA, Shop, scope};
use std::sync::Arc;
use tokio::sync::Barrier;
use treadline::store::{ConfirmedOrder, OrderView, Scope, StoreError};

/// Confirms each draft at the same moment; how many were told that they were the first.
async fn at_once(
    shop: &Arc<Shop>,
    history: &Arc<History>,
    drafts: Vec<(Scope, OrderView)>,
) -> usize {
    let start = Arc::new(Barrier::new(drafts.len()));
    let buyers: Vec<_> = drafts
        .into_iter()
        .enumerate()
        .map(|(who, (scope, order))| {
            let (shop, start, history) =
                (Arc::clone(shop), Arc::clone(&start), Arc::clone(history));
            tokio::spawn(async move {
                start.wait().await;
                let told = |made: &ConfirmedOrder| made.number.clone();
                match history.ask(who, "confirm", || shop.confirm(&scope, &order), told).await {
                    Ok(made) => usize::from(!made.repeated),
                    Err(StoreError::Rule { code: "out_of_stock", .. }) => 0,
                    Err(other) => panic!("{other:?}"),
                }
            })
        })
        .collect();
    let mut first = 0;
    for buyer in buyers {
        first += buyer.await.unwrap();
    }
    first
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_confirmations_of_one_draft_one_orders_and_31_hear_the_same_number() {
    let Some(shop) = Shop::open().await else { return };
    let shop = Arc::new(shop);
    let olena = scope(1, OLENA);
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    let history = Arc::new(History::new("one draft confirmed 32 times"));
    let first = at_once(&shop, &history, vec![(olena, order); 32]).await;
    history.must(exactly(32));
    history.must(same_answer);
    history.must(settled);
    assert!(first <= 1);
    let sold = "select count(*) from orders where status = 'confirmed'";
    assert_eq!(shop.count(sold).await, 1);
    let left = "select quantity::int8 from products where sku = '00000010495'";
    assert_eq!(shop.count(left).await, 20, "the stock was taken once");
    assert_eq!(shop.count("select count(*) from approvals").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_buyers_of_50_tyres_exactly_50_get_one() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update products set quantity = 50 where sku = '00000010495'").await;
    let mut drafts = Vec::new();
    for call in 1..=200 {
        let own = scope(call, &format!("+38067{call:07}"));
        let order = shop.delivered_draft(&own, &[(HANKOOK, 1)]).await;
        drafts.push((own, order));
    }
    let shop = Arc::new(shop);
    let history = Arc::new(History::new("200 buyers of 50 tyres"));
    at_once(&shop, &history, drafts).await;
    history.must(exactly(50));
    history.must(settled);
    history.must(nobody_hears_two_things);
    let sold = "select sum(i.quantity)::int8 from order_items i join orders o on o.id = i.order_id \
                where o.status = 'confirmed'";
    assert_eq!(shop.count(sold).await, 50);
    let left = "select quantity::int8 from products where sku = '00000010495'";
    assert_eq!(shop.count(left).await, 0);
    let numbers = "select count(distinct order_number) from orders where status = 'confirmed'";
    assert_eq!(shop.count(numbers).await, 50);
}

/// Two articles, taken in opposite order by every other buyer: nobody waits for ever, and the
/// stock is what was not sold.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn buyers_of_the_same_two_articles_in_opposite_order_do_not_block_each_other() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update products set quantity = 20 where sku in ('00000010421', '00000010495')")
        .await;
    let mut drafts = Vec::new();
    for call in 1..=40 {
        let own = scope(call, &format!("+38067{call:07}"));
        let mut items = [(HANKOOK, 1), ("00000010421", 1)];
        if call % 2 == 0 {
            items.reverse();
        }
        let order = shop.delivered_draft(&own, &items).await;
        drafts.push((own, order));
    }
    let shop = Arc::new(shop);
    let history = Arc::new(History::new("two articles in opposite order"));
    at_once(&shop, &history, drafts).await;
    history.must(exactly(20));
    history.must(settled);
    let left = "select sum(quantity)::int8 from products \
                where sku in ('00000010421', '00000010495')";
    assert_eq!(shop.count(left).await, 0);
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(shop.count(deadlocks).await, 0);
}
