//! Two shops on one server see nothing of each other.

use crate::store::shop::{HANKOOK, OLENA, Shop, refused, scope};
use treadline::db::agreements;
use treadline::ids::{CallId, TenantId};
use treadline::store::{FrontDesk, Profile, Scope, Store, sample};
use uuid::Uuid;

async fn second_shop(shop: &Shop) -> TenantId {
    let id = Uuid::from_u128(2);
    sqlx::query("insert into tenants (id, name, slug) values ($1, 'Second shop', 'second')")
        .bind(id)
        .execute(&mut shop.db.owner().await)
        .await
        .unwrap();
    sample::load_if_empty(&shop.db.pool, TenantId(id)).await.unwrap().unwrap();
    TenantId(id)
}

#[tokio::test]
async fn stock_orders_and_people_of_one_shop_are_not_there_in_the_other() {
    let Some(shop) = Shop::open().await else { return };
    let other = second_shop(&shop).await;
    let here = scope(1, OLENA);
    let there = Scope { tenant: other, ..scope(2, OLENA) };
    let order = shop.delivered_draft(&here, &[(HANKOOK, 4)]).await;
    let made = shop.confirm(&here, &order).await.unwrap();
    let change = Profile { city: Some("Kyiv".into()), ..Profile::default() };
    shop.store.update_profile(&here, &change).await.unwrap();

    assert!(shop.store.orders(&there, Some(&made.number)).await.unwrap().is_empty());
    assert_eq!(shop.store.profile(&there).await.unwrap(), None);
    let same_call = Scope { tenant: other, ..here.clone() };
    assert_eq!(refused(shop.store.order(&same_call, order.id).await), "unknown_order");
    assert_eq!(refused(shop.confirm(&same_call, &order).await), "unknown_order");
    let left = shop.store.find_products(&there, HANKOOK).await.unwrap()[0].quantity;
    assert_eq!(left, 24, "the other shop's stock is its own");
    let own = shop.delivered_draft(&there, &[(HANKOOK, 4)]).await;
    assert_eq!(shop.confirm(&there, &own).await.unwrap().number, "10002");
    let each = "select count(*) from orders o join tenants t on t.id = o.tenant_id \
                where t.slug = 'second' and o.order_number = '10002' \
                  and o.source_call_id = '00000000-0000-0000-0000-000000000002'";
    assert_eq!(shop.count(each).await, 1);
}

#[tokio::test]
async fn a_call_shows_what_it_agreed_to_and_sold() {
    let Some(shop) = Shop::open().await else { return };
    let here = scope(1, OLENA);
    let order = shop.delivered_draft(&here, &[(HANKOOK, 4)]).await;
    shop.confirm(&here, &order).await.unwrap();
    let shown = agreements::of_call(&shop.db.pool, TenantId::DEFAULT, here.call).await.unwrap();
    assert_eq!((shown.approvals.len(), shown.bookings.len()), (1, 0));
    let [sold] = shown.orders.as_slice() else { panic!("{shown:?}") };
    assert_eq!((sold.order_number.as_deref(), sold.status.as_str()), (Some("10001"), "confirmed"));
    assert_eq!(sold.summary, "4 Hankook Winter i*cept RS3 175/70 R13");
    assert_eq!((sold.total, sold.delivery_type.as_deref()), (order.total, Some("delivery")));
    let other = CallId(Uuid::from_u128(9));
    let none = agreements::of_call(&shop.db.pool, TenantId::DEFAULT, other).await.unwrap();
    assert!(none.orders.is_empty());
}
