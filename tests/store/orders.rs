//! From a basket to an order: every figure from the tables, every limit kept, once.

use crate::store::shop::{
    HANKOOK, OLENA, Shop, TARAS, agreed, basket, later, money, refused, scope, stranger, to_kyiv,
};
use treadline::pii::Personal;
use treadline::shop::{DeliveryType, OrderStatus, PaymentMethod};
use treadline::store::{Confirmation, Delivery, Scope, Store, StoreError};
use uuid::Uuid;

#[tokio::test]
async fn an_order_goes_from_draft_to_delivery_to_a_number() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let draft = shop.draft(&olena, &[(HANKOOK, 4)]).await.unwrap();
    assert_eq!(draft.status, OrderStatus::Draft);
    assert_eq!(draft.lines[0].name, "Hankook Winter i*cept RS3 175/70 R13");
    assert_eq!((draft.lines[0].price, draft.subtotal), (money("2020"), money("8080")));
    assert_eq!((draft.total, draft.delivery.clone()), (money("8080"), None));
    assert_eq!(stock(&shop).await, 24, "a draft takes nothing");

    let priced = shop.store.set_delivery(&olena, draft.id, &to_kyiv()).await.unwrap();
    let delivery = priced.delivery.clone().unwrap();
    assert_eq!((delivery.kind, delivery.cost), (DeliveryType::Delivery, money("250")));
    assert_eq!((delivery.days, priced.total), (1, money("8330")));
    assert_eq!(delivery.destination.0, "Київ, вулиця Січових, 5");

    let made = shop.confirm(&olena, &priced).await.unwrap();
    assert_eq!((made.number.as_str(), made.repeated), ("10001", false));
    assert_eq!(made.total, money("8330"));
    assert_eq!(made.estimated_delivery, Some("2026-11-23".parse().unwrap()));
    assert_eq!(stock(&shop).await, 20);
    let rows = "select count(*) from orders o join customers c on c.id = o.customer_id \
                join approvals a on a.id = o.approval_id and a.effect_key = o.effect_key \
                where o.status = 'confirmed' and o.order_number = '10001' and c.phone = o.phone \
                and a.status = 'approved' and o.source_call_id = a.call_id \
                and o.payment_method = 'cod' and o.items -> 0 ->> 'quantity' = '4' \
                and (o.items -> 0 ->> 'total')::numeric = 8080 and o.total = 8330";
    assert_eq!(shop.count(rows).await, 1);
}

async fn stock(shop: &Shop) -> i64 {
    shop.count("select quantity::int8 from products where sku = '00000010495'").await
}

#[tokio::test]
async fn the_same_yes_again_is_the_same_order_and_with_other_content_none() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    let first = shop.confirm(&olena, &order).await.unwrap();
    let again = shop.confirm(&olena, &order).await.unwrap();
    assert!(again.repeated);
    assert_eq!((again.id, again.number, again.total), (first.id, first.number, first.total));
    let (confirmation, approval) = agreed(&olena, &order);
    let dearer = Confirmation { total: money("1"), ..confirmation.clone() };
    let other = Confirmation { payment: PaymentMethod::Online, ..confirmation.clone() };
    for changed in [dearer, other] {
        let result = shop.store.confirm_order(&olena, &changed, &approval).await;
        assert!(matches!(result, Err(StoreError::EffectMismatch)), "{result:?}");
    }
    let mut second_yes = approval;
    second_yes.effect_key += "-other";
    second_yes.id = Uuid::new_v4();
    let result = shop.store.confirm_order(&olena, &confirmation, &second_yes).await;
    assert_eq!(refused(result), "already_confirmed");
    assert_eq!(shop.count("select count(*) from orders where order_number is not null").await, 1);
    assert_eq!(stock(&shop).await, 20);
}

#[tokio::test]
async fn the_same_basket_again_is_the_same_draft() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let first = shop.draft(&olena, &[(HANKOOK, 4)]).await.unwrap();
    let again = shop.draft(&olena, &[(HANKOOK, 4)]).await.unwrap();
    assert_eq!(first, again);
    let mut forged = basket(&olena, &[(HANKOOK, 4)]);
    forged.items[0].1 = 1;
    let result = shop.store.draft_order(&olena, &forged).await;
    assert!(matches!(result, Err(StoreError::EffectMismatch)), "{result:?}");
    let other_call = shop.store.draft_order(&scope(2, OLENA), &forged).await;
    assert!(matches!(other_call, Err(StoreError::EffectMismatch)), "{other_call:?}");
    assert_eq!(shop.count("select count(*) from orders").await, 1);
}

#[tokio::test]
async fn baskets_that_the_agent_may_not_sell_are_refused_by_name() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let code =
        async |items: &'static [(&'static str, u16)]| refused(shop.draft(&olena, items).await);
    assert_eq!(code(&[]).await, "quantity_bad");
    assert_eq!(code(&[(HANKOOK, 0)]).await, "quantity_bad");
    assert_eq!(code(&[(HANKOOK, 10_000)]).await, "quantity_bad");
    assert_eq!(code(&[(HANKOOK, 2), (HANKOOK, 2)]).await, "quantity_bad");
    assert_eq!(code(&[(HANKOOK, 21)]).await, "too_many_pieces");
    assert_eq!(code(&[("'; drop table orders; --", 4)]).await, "product_unknown");
    assert_eq!(code(&[(HANKOOK, 2), ("00000000000", 2)]).await, "product_unknown");
    assert_eq!(code(&[("00000010532", 5)]).await, "out_of_stock");
    shop.execute("update products set price = 2500.01 where sku = '00000010495'").await;
    assert_eq!(code(&[(HANKOOK, 20)]).await, "amount_too_high");
    shop.execute("update products set price = 2500 where sku = '00000010495'").await;
    let dear = shop.draft(&olena, &[(HANKOOK, 20)]).await.unwrap();
    assert_eq!(dear.total, money("50000"));
    shop.execute("update delivery_rates set free_from = null").await;
    let sent = shop.store.set_delivery(&olena, dear.id, &to_kyiv()).await;
    assert_eq!(refused(sent), "amount_too_high", "with the delivery it is over the limit");
    shop.execute("update products set price = 0 where sku = '00000010495'").await;
    assert_eq!(code(&[(HANKOOK, 4)]).await, "product_unknown", "nothing is sold for nothing");
    shop.execute("update products set active = false, price = 1 where sku = '00000010495'").await;
    assert_eq!(code(&[(HANKOOK, 3)]).await, "product_unknown", "withdrawn");
    assert_eq!(shop.count("select count(*) from orders").await, 1, "refusals leave nothing");
    assert_eq!(shop.count("select count(*) from order_items").await, 1);
}

#[tokio::test]
async fn a_price_that_changed_under_way_is_told_not_charged() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    shop.execute("update products set price = 2100 where sku = '00000010495'").await;
    let result = shop.confirm(&olena, &order).await;
    let Err(StoreError::Rule { code: "price_changed", message }) = &result else {
        panic!("{result:?}")
    };
    assert!(message.contains("8650"), "{message}");
    assert_eq!(stock(&shop).await, 24);
    assert_eq!(shop.count("select count(*) from approvals").await, 0, "nothing stays");
    let now = shop.store.order(&olena, order.id).await.unwrap();
    assert_eq!(now.total, money("8650"));
    assert_eq!(shop.confirm(&olena, &now).await.unwrap().total, money("8650"));
    let mut cheaper = now.clone();
    cheaper.total = money("1");
    let own = scope(2, OLENA);
    let second = shop.delivered_draft(&own, &[(HANKOOK, 1)]).await;
    cheaper.id = second.id;
    assert_eq!(refused(shop.confirm(&own, &cheaper).await), "price_changed", "a made-up total");
}

#[tokio::test]
async fn stock_that_went_under_way_is_refused_and_nothing_of_the_order_is_taken() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let order = shop.delivered_draft(&olena, &[("00000010458", 4), (HANKOOK, 4)]).await;
    shop.execute("update products set quantity = 3 where sku = '00000010495'").await;
    assert_eq!(refused(shop.confirm(&olena, &order).await), "out_of_stock");
    let first = "select quantity::int8 from products where sku = '00000010458'";
    assert_eq!(shop.count(first).await, 8, "the other line was given back");
    assert_eq!(shop.count("select count(*) from orders where status = 'draft'").await, 1);
}

#[tokio::test]
async fn a_number_orders_three_times_a_day() {
    let Some(shop) = Shop::open().await else { return };
    for call in 1..=3 {
        let own = scope(call, OLENA);
        let order = shop.delivered_draft(&own, &[(HANKOOK, 1)]).await;
        shop.confirm(&own, &order).await.unwrap();
    }
    assert_eq!(refused(shop.draft(&scope(4, OLENA), &[(HANKOOK, 1)]).await), "orders_per_day");
    shop.draft(&scope(5, TARAS), &[(HANKOOK, 1)]).await.unwrap();
    // 22:30 in Kyiv is the same day, half past midnight is the next.
    let evening = later(&scope(6, OLENA), 10 * 60 + 30);
    assert_eq!(refused(shop.draft(&evening, &[(HANKOOK, 1)]).await), "orders_per_day");
    let next_day = later(&scope(7, OLENA), 12 * 60 + 30);
    shop.draft(&next_day, &[(HANKOOK, 1)]).await.unwrap();
}

#[tokio::test]
async fn delivery_costs_what_the_tables_say_and_pickup_nothing() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let order = shop.draft(&olena, &[(HANKOOK, 4)]).await.unwrap().id;
    let cost = async |city: &str| {
        let delivery =
            Delivery::Address { city: city.into(), address: Personal("branch 5".into()) };
        let view = shop.store.set_delivery(&olena, order, &delivery).await.unwrap();
        let priced = view.delivery.unwrap();
        assert_eq!(view.total, view.subtotal + priced.cost);
        (priced.cost, priced.days)
    };
    assert_eq!(cost("у Львові").await, (money("340"), 2));
    assert_eq!(cost("Dnepr").await, (money("340"), 2));
    assert_eq!(cost("Житомир").await, (money("440"), 3), "everywhere else");
    let pickup = Delivery::Pickup { point: "510101".into() };
    let view = shop.store.set_delivery(&olena, order, &pickup).await.unwrap();
    let priced = view.delivery.unwrap();
    assert_eq!((priced.kind, priced.cost), (DeliveryType::Pickup, money("0")));
    assert_eq!(priced.destination.0, "Obolon shop, Kyiv, 24 Obolonskyi Avenue");
    assert_eq!(view.total, money("8080"));
    let missing = Delivery::Address { city: "Kyiv".into(), address: Personal("  ".into()) };
    let nowhere = Delivery::Pickup { point: "999".into() };
    let code = async |delivery| refused(shop.store.set_delivery(&olena, order, delivery).await);
    assert_eq!(code(&missing).await, "address_missing");
    assert_eq!(code(&nowhere).await, "unknown_pickup_point");
    shop.execute("delete from delivery_rates where city = ''").await;
    let far = Delivery::Address { city: "Житомир".into(), address: Personal("1".into()) };
    assert_eq!(code(&far).await, "delivery_unavailable");
    let free = Scope { now: olena.now, ..scope(2, OLENA) };
    let dear = shop.draft(&free, &[(HANKOOK, 10)]).await.unwrap().id;
    let view = shop.store.set_delivery(&free, dear, &to_kyiv()).await.unwrap();
    assert_eq!(view.delivery.unwrap().cost, money("0"), "20,200 UAH travel for nothing");
}

#[tokio::test]
async fn steps_cannot_be_left_out_and_another_calls_draft_cannot_be_touched() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let draft = shop.draft(&olena, &[(HANKOOK, 4)]).await.unwrap();
    assert_eq!(refused(shop.confirm(&olena, &draft).await), "delivery_missing");
    let order = shop.store.set_delivery(&olena, draft.id, &to_kyiv()).await.unwrap();
    let (mut confirmation, approval) = agreed(&olena, &order);
    confirmation.recipient = Personal(" \0 ".into());
    let nobody = shop.store.confirm_order(&olena, &confirmation, &approval).await;
    assert_eq!(refused(nobody), "recipient_missing");
    let other = scope(2, OLENA);
    assert_eq!(refused(shop.store.order(&other, order.id).await), "unknown_order");
    let set = shop.store.set_delivery(&other, order.id, &to_kyiv()).await;
    assert_eq!(refused(set), "unknown_order");
    assert_eq!(refused(shop.confirm(&other, &order).await), "unknown_order");
    shop.confirm(&olena, &order).await.unwrap();
    let late = shop.store.set_delivery(&olena, order.id, &to_kyiv()).await;
    assert_eq!(refused(late), "order_not_open");
    assert_eq!(shop.count("select count(*) from orders where status = 'confirmed'").await, 1);
}

#[tokio::test]
async fn orders_are_shown_to_their_own_number_only() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    shop.draft(&olena, &[(HANKOOK, 1)]).await.unwrap();
    let number = shop.confirm(&olena, &order).await.unwrap().number;
    let own = shop.store.orders(&scope(2, OLENA), None).await.unwrap();
    assert_eq!(own.len(), 1, "drafts are not orders");
    assert_eq!((&own[0].number, own[0].status), (&number, OrderStatus::Confirmed));
    assert_eq!(own[0].summary, "4 Hankook Winter i*cept RS3 175/70 R13");
    assert_eq!(own[0].total, money("8330"));
    let named = shop.store.orders(&scope(2, OLENA), Some("№ 10001")).await.unwrap();
    assert_eq!(named, own);
    assert!(shop.store.orders(&scope(3, TARAS), Some(&number)).await.unwrap().is_empty());
    assert!(shop.store.orders(&scope(3, TARAS), None).await.unwrap().is_empty());
    let withheld = shop.store.orders(&stranger(4), Some(&number)).await;
    assert_eq!(refused(withheld), "identity_unverified");
}

#[tokio::test]
async fn a_withheld_caller_may_order_and_changes_nobodys_record() {
    let Some(shop) = Shop::open().await else { return };
    let hidden = stranger(1);
    let order = shop.delivered_draft(&hidden, &[(HANKOOK, 2)]).await;
    shop.confirm(&hidden, &order).await.unwrap();
    assert_eq!(shop.count("select count(*) from customers").await, 0);
    let row = "select count(*) from orders where not phone_verified and customer_id is null \
               and phone = '+380671110001' and status = 'confirmed'";
    assert_eq!(shop.count(row).await, 1);
}

#[tokio::test]
async fn what_money_depends_on_is_refused_by_a_constraint_with_a_name() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    shop.confirm(&olena, &order).await.unwrap();
    for (sql, constraint) in [
        ("update orders set subtotal = 1", "orders_subtotal_is_the_sum"),
        ("update order_items set quantity = 3", "orders_subtotal_is_the_sum"),
        ("delete from order_items", "orders_subtotal_is_the_sum"),
        ("update order_items set quantity = 0", "order_items_quantity_check"),
        ("update order_items set quantity = 100", "order_items_quantity_check"),
        ("update order_items set price_per_unit = 0", "order_items_price_check"),
        ("update orders set delivery_cost = -1", "orders_amounts_check"),
        ("update orders set delivery_cost = 50000", "orders_amount_limit_check"),
        ("update orders set approval_id = null", "orders_agreed_check"),
        ("update orders set order_number = null", "orders_confirmed_check"),
        ("update orders set recipient = ''", "orders_confirmed_check"),
        ("update orders set status = 'sold'", "orders_status_check"),
        ("update orders set delivery_type = 'pickup'", "orders_destination_check"),
        ("update products set quantity = -1", "products_quantity_check"),
        ("update products set sku = 'x'", "order_items_product_id_fkey"),
    ] {
        let refusal = shop.refusal(sql).await;
        assert!(
            refusal == constraint || sql.contains("sku") && refusal.starts_with("products_"),
            "{sql}: {refusal}"
        );
    }
}
