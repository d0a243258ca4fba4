//! What is remembered, who is phoned back, who waits for what.

use crate::store::shop::{
    HANKOOK, OLENA, Shop, TARAS, approval, booking, day, phone, refused, scope, slot, stranger, yes,
};
use serde_json::json;
use treadline::ids::TenantId;
use treadline::language::Language;
use treadline::pii::Personal;
use treadline::store::{FrontDesk, NewCallback, NewWish, Profile, Scope, Store, Vehicle, Wish};

fn car(plate: &str, brand: Option<&str>, size: Option<&str>) -> Vehicle {
    Vehicle {
        plate: plate.into(),
        brand: brand.map(str::to_owned),
        tire_size: size.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_profile_grows_by_what_each_call_adds() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    assert_eq!(shop.store.profile(&olena).await.unwrap(), None, "never heard of");
    let first = Profile {
        name: Some(Personal("Олена".into())),
        vehicles: vec![car("AA1234BB", Some("Skoda"), None)],
        ..Profile::default()
    };
    shop.store.update_profile(&olena, &first).await.unwrap();
    let second = Profile {
        city: Some("Київ".into()),
        vehicles: vec![car("AA1234BB", None, Some("205/55 R16")), car("AX7777CT", None, None)],
        delivery_address: Some(Personal("вул. Хрещатик, 1".into())),
        preferred_station: Some("100201".into()),
        language: Some("uk".into()),
        ..Profile::default()
    };
    shop.store.update_profile(&olena, &second).await.unwrap();
    let known = shop.store.profile(&scope(2, OLENA)).await.unwrap().unwrap();
    assert_eq!(known.name.unwrap().0, "Олена");
    assert_eq!(known.city.as_deref(), Some("Київ"));
    assert_eq!(
        known.vehicles,
        [car("AA1234BB", Some("Skoda"), Some("205/55 R16")), car("AX7777CT", None, None)]
    );
    assert_eq!(known.delivery_address.unwrap().0, "вул. Хрещатик, 1");
    assert_eq!(known.preferred_station.as_deref(), Some("100201"));
    assert_eq!(known.language.as_deref(), Some("uk"));
}

#[tokio::test]
async fn a_withheld_number_has_no_profile_and_a_word_is_no_plate() {
    let Some(shop) = Shop::open().await else { return };
    let change = Profile { city: Some("Львів".into()), ..Profile::default() };
    assert_eq!(shop.store.profile(&stranger(1)).await.unwrap(), None);
    let hidden = shop.store.update_profile(&stranger(1), &change).await;
    assert_eq!(refused(hidden), "identity_unverified");
    let plateless =
        Profile { vehicles: vec![car("біла Шкода", None, None)], ..Profile::default() };
    let result = shop.store.update_profile(&scope(2, OLENA), &plateless).await;
    assert_eq!(refused(result), "plate_bad");
    assert_eq!(shop.count("select count(*) from customers").await, 0);
}

#[tokio::test]
async fn a_fitting_is_remembered_as_station_and_language() {
    let Some(shop) = Shop::open().await else { return };
    let olena = Scope { language: Language::Ru, ..scope(1, OLENA) };
    let wanted = booking(OLENA, slot("2026-11-24", "10:00:00"));
    shop.store.book_fitting(&olena, &wanted, &approval(&olena, &wanted)).await.unwrap();
    let known = shop.store.profile(&scope(2, OLENA)).await.unwrap().unwrap();
    assert_eq!(known.preferred_station.as_deref(), Some("100201"));
    assert_eq!(known.language.as_deref(), Some("ru"));
    assert_eq!(known.name.unwrap().0, "Olena");
}

#[tokio::test]
async fn a_callback_is_one_ticket_however_often_it_is_asked_for() {
    let Some(shop) = Shop::open().await else { return };
    let wish = NewCallback {
        phone: phone(OLENA),
        phone_verified: true,
        preferred_time: Some("завтра після шостої".into()),
        note: Some("a question\0 about rims".into()),
        due_at: None,
        key: "key-1".into(),
    };
    let first = shop.store.request_callback(&scope(1, OLENA), &wish).await.unwrap();
    let again = shop.store.request_callback(&scope(1, OLENA), &wish).await.unwrap();
    assert_eq!(first, again);
    let rows = "select count(*) from tickets t join customers c on c.id = t.customer_id \
                where t.ticket_type = 'callback' and t.status = 'open' \
                and t.phone = c.phone and t.description = 'a question about rims' \
                and t.metadata_json ->> 'preferred_time' = 'завтра після шостої' \
                and t.call_id is not null";
    assert_eq!(shop.count(rows).await, 1);
    let spoken = NewCallback { phone_verified: false, key: "key-2".into(), ..wish };
    shop.store.request_callback(&stranger(2), &spoken).await.unwrap();
    let unverified =
        "select count(*) from tickets where customer_id is null and not phone_verified";
    assert_eq!(shop.count(unverified).await, 1);
}

fn size_wish(number: &str, season: Option<&str>) -> NewWish {
    let wish = Wish::Size { size: "175/70 R13".into(), season: season.map(str::to_owned) };
    NewWish { wish, phone: phone(number), phone_verified: true, comment: None }
}

#[tokio::test]
async fn a_restock_turns_the_wishes_that_it_meets_into_tickets_once() {
    let Some(shop) = Shop::open().await else { return };
    shop.execute("update products set quantity = 0").await;
    let first = shop.store.add_wish(&scope(1, OLENA), &size_wish(OLENA, Some("winter"))).await;
    let again = shop.store.add_wish(&scope(1, OLENA), &size_wish(OLENA, Some("winter"))).await;
    assert_eq!(first.unwrap(), again.unwrap(), "one wish");
    shop.store.add_wish(&scope(2, TARAS), &size_wish(TARAS, None)).await.unwrap();
    shop.store.add_wish(&scope(3, TARAS), &size_wish(TARAS, Some("summer"))).await.unwrap();
    let nothing = shop.store.restock(TenantId::DEFAULT, "00000010605", 4).await.unwrap();
    assert_ne!(nothing, Some(3), "other sizes, or other articles, meet nothing");
    let met = shop.store.restock(TenantId::DEFAULT, HANKOOK, 4).await.unwrap();
    assert_eq!(met, Some(2), "the winter wish and the one for any season");
    assert_eq!(shop.store.restock(TenantId::DEFAULT, HANKOOK, 4).await.unwrap(), Some(0));
    assert_eq!(shop.store.restock(TenantId::DEFAULT, "none", 4).await.unwrap(), None);
    let rows = "select count(*) from wishlist w join tickets t on t.id = w.ticket_id \
                where w.status = 'converted' and t.ticket_type = 'restock' \
                and t.phone = w.phone and w.processed_at is not null";
    assert_eq!(shop.count(rows).await, 2);
    assert_eq!(shop.count("select count(*) from wishlist where status = 'pending'").await, 1);
}

#[tokio::test]
async fn a_freed_time_turns_the_wishes_for_that_day_into_tickets() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    let wanted = booking(OLENA, slot("2026-11-24", "10:00:00"));
    let made = shop.store.book_fitting(&olena, &wanted, &approval(&olena, &wanted)).await.unwrap();
    let wish = |date: &str, station: &str| NewWish {
        wish: Wish::Slot { station: station.into(), date: day(date) },
        phone: phone(TARAS),
        phone_verified: true,
        comment: Some("in the morning".into()),
    };
    let taras = scope(2, TARAS);
    shop.store.add_wish(&taras, &wish("2026-11-24", "100201")).await.unwrap();
    shop.store.add_wish(&taras, &wish("2026-11-25", "100201")).await.unwrap();
    let nowhere = shop.store.add_wish(&taras, &wish("2026-11-25", "999999")).await;
    assert_eq!(refused(nowhere), "unknown_station");
    let agreed = yes(&olena, "cancel_fitting", json!({ "cancel": made.id }));
    shop.store.cancel_booking(&olena, made.id, &agreed).await.unwrap();
    let rows = "select count(*) from wishlist w join tickets t on t.id = w.ticket_id \
                where w.status = 'converted' and w.item_id = '100201 2026-11-24' \
                and t.ticket_type = 'freed_slot' and t.description = 'in the morning'";
    assert_eq!(shop.count(rows).await, 1);
    assert_eq!(shop.count("select count(*) from tickets").await, 1, "the other day still waits");
}

#[tokio::test]
async fn whoever_buys_the_size_waits_no_longer() {
    let Some(shop) = Shop::open().await else { return };
    let olena = scope(1, OLENA);
    shop.store.add_wish(&olena, &size_wish(OLENA, None)).await.unwrap();
    shop.store.add_wish(&scope(2, TARAS), &size_wish(TARAS, None)).await.unwrap();
    let order = shop.delivered_draft(&olena, &[(HANKOOK, 4)]).await;
    shop.confirm(&olena, &order).await.unwrap();
    let left = "select phone from wishlist where status = 'pending'";
    assert_eq!(shop.text(left).await, TARAS);
}
