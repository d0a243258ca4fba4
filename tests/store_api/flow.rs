//! What a caller wants from the first question to the fitting, over the back office.

use super::*;
use treadline::pii::Personal;
use treadline::shop::{DeliveryType, OrderStatus, Season};
use treadline::store::{Delivery, Store as _, StoreError, TireQuery};

#[tokio::test]
async fn a_search_leads_to_an_order_and_a_fitting_for_it() {
    let Some(world) = World::open().await else { return };
    let (store, scope) = (&world.store, scope(1));

    let query = TireQuery { size: size(), season: Some(Season::Winter), brand: None };
    let found = store.search_tires(&scope, &query).await.unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|tire| (tire.sku.as_str(), tire.price.to_string(), tire.quantity))
        .collect();
    assert_eq!(
        seen,
        [
            ("00000010421", "2100".to_owned(), 16),
            ("00000010423", "3900".to_owned(), 0),
            ("00000010422", "4800.50".to_owned(), 8),
        ],
        "cheapest first; the summer tyre, the other size and the unreadable row are not there"
    );

    let draft = store.draft_order(&scope, &basket(&scope, &[("00000010422", 4)])).await.unwrap();
    assert_eq!(draft.status, OrderStatus::Draft);
    assert_eq!(draft.subtotal.normalize().to_string(), "19202");
    let delivery =
        Delivery::Address { city: "Kyiv".into(), address: Personal("1 Sadova Street".into()) };
    let whole = store.set_delivery(&scope, draft.id, &delivery).await.unwrap();
    let priced = whole.delivery.clone().unwrap();
    assert_eq!((priced.kind, priced.days), (DeliveryType::Delivery, 3));
    assert_eq!(priced.destination.0, "Kyiv, 1 Sadova Street");
    assert_eq!(whole.total.normalize().to_string(), "19322");
    assert_eq!(store.order(&scope, draft.id).await.unwrap().total, whole.total);

    let yes = approval(&scope, "confirm_order", json!({ "order": 1, "total": "19322" }));
    let order = store.confirm_order(&scope, &confirmation(draft.id, "19322"), &yes).await.unwrap();
    assert_eq!((order.number.as_str(), order.repeated), ("N-1", false));
    assert_eq!(order.estimated_delivery, Some(day("2026-11-25")));
    assert_eq!(world.api.books(|shop| shop.orders["ord/1"]["status"].clone()), "confirmed");
    assert_eq!(world.api.books(|shop| shop.orders["ord/1"]["customer"]["name"].clone()), "Olena");

    let stations = store.stations(&scope, Some("Kyiv")).await.unwrap();
    let code = stations.iter().find(|station| station.name == "Obolon").unwrap().code.clone();
    assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "the model sees digits: {code}");
    let tuesday = day("2026-11-24");
    let free = store.slots(&scope, &code, tuesday, tuesday, Service::FullService).await.unwrap();
    assert_eq!(free, [slot("2026-11-24", "09:00:00"), slot("2026-11-24", "11:00:00")]);
    let mut wanted = booking(&code, free[0]);
    wanted.linked_order = Some(draft.id);
    let yes = approval(&scope, "book_fitting", json!({ "time": "09:00" }));
    let booked = store.book_fitting(&scope, &wanted, &yes).await.unwrap();
    assert_eq!(booked.price.unwrap().to_string(), "1200");
    let written = world.api.books(|shop| shop.bookings["bk-1"].clone());
    assert_eq!(written["station_id"], "st-obolon", "the back office sees its own id");
    assert_eq!(written["linked_order_id"], "ord/1");
    assert_eq!(written["customer_phone"], OWN);

    let approved = "select count(*) from approvals where status = 'approved' and \
                    approved_by = 'customer'";
    assert_eq!(world.count(approved).await, 2, "both yeses are rows of ours");
    let tied = "select count(*) from external_refs where system = 'store_api' and \
                (kind, external_id) in (('order', 'ord/1'), ('booking', 'bk-1'))";
    assert_eq!(world.count(tied).await, 2);
}

#[tokio::test]
async fn every_request_names_itself_and_every_effect_its_key() {
    let Some(world) = World::open().await else { return };
    let (store, scope) = (&world.store, scope(1));
    let wanted = basket(&scope, &[("00000010421", 4)]);
    let first = store.draft_order(&scope, &wanted).await.unwrap();
    let again = store.draft_order(&scope, &wanted).await.unwrap();
    assert_eq!(first, again, "the same basket in one call is one draft");
    let other = store.draft_order(&scope, &basket(&scope, &[("00000010421", 2)])).await.unwrap();
    assert_ne!(first.id, other.id);
    assert_eq!(world.api.books(|shop| shop.orders.len()), 2);

    let seen = world.api.seen("");
    for request in &seen {
        assert!(Uuid::parse_str(request.header("x-request-id")).is_ok(), "{}", request.line);
    }
    let keys: Vec<_> = seen.iter().map(|request| request.header("idempotency-key")).collect();
    assert_eq!(keys[0], keys[1], "the same effect, the same key");
    assert_ne!(keys[0], keys[2]);
    assert_eq!(Uuid::parse_str(keys[0]).unwrap().get_version_num(), 5);
}

#[tokio::test]
async fn an_order_is_not_confirmed_for_another_sum_than_the_caller_agreed_to() {
    let Some(world) = World::open().await else { return };
    let (store, scope) = (&world.store, scope(1));
    let draft = store.draft_order(&scope, &basket(&scope, &[("00000010421", 4)])).await.unwrap();
    let point = Delivery::Pickup { point: "pp-1".into() };
    let whole = store.set_delivery(&scope, draft.id, &point).await.unwrap();
    assert_eq!(whole.delivery.unwrap().destination.0, "Podil, 3 Verkhnii Val Street");
    world.api.books(|shop| shop.surcharge = 50);
    let yes = approval(&scope, "confirm_order", json!({ "total": "8400" }));
    let refused = store.confirm_order(&scope, &confirmation(draft.id, "8400"), &yes).await;
    assert!(matches!(refused, Err(StoreError::Rule { code: "price_changed", .. })), "{refused:?}");
    assert!(world.api.seen("POST /orders/ord%2F1/confirm").is_empty(), "nothing was asked for");
    assert_eq!(world.count("select count(*) from approvals").await, 0);
}

#[tokio::test]
async fn what_the_shop_lacks_is_hidden_and_refused() {
    let Some(world) = World::open().await else { return };
    for tool in ["reserve_fitting_slot", "find_storage"] {
        assert!(!world.store.offers(tool), "{tool} is not in the Store API");
    }
    for tool in ["search_tires", "confirm_order", "create_callback_request", "add_to_wishlist"] {
        assert!(world.store.offers(tool), "{tool}");
    }
    let few = store(&world.api, &world.db, QUICK, &[Endpoint::Stations, Endpoint::Bookings]);
    assert!(few.offers("book_fitting") && few.offers("transfer_to_operator"));
    for tool in ["search_tires", "create_order_draft", "get_order_status", "get_customer_bookings"]
    {
        assert!(!few.offers(tool), "{tool}");
    }
    let refused = few.draft_order(&scope(1), &basket(&scope(1), &[("00000010421", 4)])).await;
    assert!(matches!(refused, Err(StoreError::NotOffered)), "{refused:?}");
    assert!(world.api.seen("").is_empty(), "what the shop lacks is not asked for");
}

#[tokio::test]
async fn cars_prices_products_and_the_speech_grammar_come_from_the_back_office() {
    let Some(world) = World::open().await else { return };
    let (store, scope) = (&world.store, scope(1));
    let car = store.vehicle_sizes(&scope, "Skoda", "Octavia", Some(2018)).await.unwrap().unwrap();
    assert_eq!(car.years, (2018, Some(2018)));
    assert_eq!(car.stock_sizes, [size()]);
    assert_eq!(car.acceptable_sizes, [TireSize::new(225, 45, 17).unwrap()]);
    let unknown = store.vehicle_sizes(&scope, "Skoda", "Octavia", None).await;
    assert!(matches!(unknown, Err(StoreError::Rule { code: "year_needed", .. })), "{unknown:?}");
    assert_eq!(store.vehicle_sizes(&scope, "Zaz", "Lanos", None).await.unwrap(), None);

    let prices = store.fitting_prices(&scope, 16, None).await.unwrap();
    let lines: Vec<_> = prices.iter().map(|p| (p.category.as_str(), p.price.to_string())).collect();
    assert_eq!(lines, [("car", "1200".to_owned()), ("suv", "1500".to_owned())]);

    let found = store.find_products(&scope, "10421").await.unwrap();
    assert_eq!(found[0].sku, "00000010421", "callers leave the zeros out");
    assert!(store.find_products(&scope, "77777").await.unwrap().is_empty());
    assert_eq!(store.known_sizes(&scope).await.unwrap().len(), 2);
    assert_eq!(
        store.known_brands(&scope).await.unwrap(),
        ["Michelin", "Nokian", "Other", "Rosava"]
    );
    assert_eq!(world.api.seen("GET /tires/search").len(), 1, "the grammar is learnt once");
}
