//! Stock: the file's figures less what was ordered since, and what becomes of wishes.

use super::*;
use treadline::ids::{CallId, effect_key};
use treadline::language::Language;
use treadline::pii::{Personal, Phone};
use treadline::shop::PaymentMethod;
use treadline::store::{
    Confirmation, Delivery, FrontDesk as _, NewOrder, NewWish, PostgresStore, Scope, Store as _,
    Wish, sample,
};
use treadline::turn::Approval;
use uuid::Uuid;

fn scope(call: u128) -> Scope {
    Scope {
        tenant: TenantId::DEFAULT,
        call: CallId(Uuid::from_u128(call)),
        call_started_at: now(),
        caller: Phone::parse("+380671234567"),
        now: now(),
        language: Language::En,
    }
}

/// Four pieces of an article are ordered by phone, at [`now`].
async fn order_four(store: &PostgresStore, sku: &str) {
    let scope = scope(1);
    let order = NewOrder {
        items: vec![(sku.to_owned(), 4)],
        phone: Phone::parse("+380671234567").unwrap(),
        phone_verified: true,
        draft_key: "draft".into(),
    };
    let draft = store.draft_order(&scope, &order).await.unwrap();
    let points = store.pickup_points(&scope, None).await.unwrap();
    let delivery = Delivery::Pickup { point: points[0].code.clone() };
    let whole = store.set_delivery(&scope, draft.id, &delivery).await.unwrap();
    let args = serde_json::json!({ "order": draft.id });
    let key = effect_key(scope.call, "confirm_order", &args);
    let approval = Approval {
        id: Uuid::new_v5(&scope.call.0, key.as_bytes()),
        tool: "confirm_order".into(),
        effect_key: key,
        args,
        readback_hash: "hash".into(),
    };
    let confirmation = Confirmation {
        order: draft.id,
        payment: PaymentMethod::Cod,
        recipient: Personal("Olena".into()),
        total: whole.total,
    };
    store.confirm_order(&scope, &confirmation, &approval).await.unwrap();
}

#[tokio::test]
async fn orders_since_the_files_date_are_taken_off_and_older_ones_are_not() {
    let Some(shop) = Shop::open().await else { return };
    sample::load_if_empty(&shop.db.pool, TenantId::DEFAULT).await.unwrap();
    let store = PostgresStore::new(shop.db.pool.clone(), 3);
    let sku = "00000010421";
    order_four(&store, sku).await;
    let left = "select quantity::bigint from products where sku = '00000010421'";
    let file = format!("sku,quantity\n{sku},10\n");

    let before = Job { as_of: now() - chrono::TimeDelta::hours(1), ..job(Kind::Stock) };
    let report = shop.run(&before, &file).await.unwrap();
    assert_eq!(shop.count(left).await, 6, "the file did not know of the order");
    assert!(report.emptied > 10, "what the file does not name is not there");
    let others = "select count(*) from products where quantity > 0";
    assert_eq!(shop.count(others).await, 1);

    let after = Job { as_of: now() + chrono::TimeDelta::hours(1), ..job(Kind::Stock) };
    shop.run(&after, &file).await.unwrap();
    assert_eq!(shop.count(left).await, 10, "the file knew of the order");

    let few = Job { as_of: now() - chrono::TimeDelta::hours(1), ..job(Kind::Stock) };
    shop.run(&few, format!("sku,quantity\n{sku},3\n")).await.unwrap();
    assert_eq!(shop.count(left).await, 0, "never below nothing");
}

#[tokio::test]
async fn a_restock_turns_a_wish_into_a_ticket_once() {
    let Some(shop) = Shop::open().await else { return };
    shop.import(Kind::Catalogue, CATALOGUE.replace(",16,Ukraine", ",0,Ukraine")).await.unwrap();
    let store = PostgresStore::new(shop.db.pool.clone(), 3);
    let wish = NewWish {
        wish: Wish::Size { size: "205/55 R16".into(), season: Some("winter".into()) },
        phone: Phone::parse("+380671234567").unwrap(),
        phone_verified: true,
        comment: None,
    };
    store.add_wish(&scope(1), &wish).await.unwrap();
    let none = "sku,quantity\n00000010421,0\n00000010423,8\n";
    assert_eq!(shop.import(Kind::Stock, none).await.unwrap().wishes, 0, "another size");
    let some = "sku,quantity,price\n00000010421,8,1900\n";
    assert_eq!(shop.import(Kind::Stock, some).await.unwrap().wishes, 1);
    assert_eq!(shop.import(Kind::Stock, some).await.unwrap().wishes, 0);
    let tickets = "select count(*) from tickets where ticket_type = 'restock'";
    assert_eq!(shop.count(tickets).await, 1);
    let price = "select price::text from products where sku = '00000010421'";
    assert_eq!(shop.text(price).await, "1900.00", "a stock file may carry prices");
}
