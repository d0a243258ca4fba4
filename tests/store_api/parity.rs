//! One story told to both stores: whatever the books, the tools see the same answers.

use super::*;
use treadline::store::{Delivery, PostgresStore, Store, StoreError, TireQuery, sample};

/// An answer in a word.
fn word<T>(answer: &Result<T, StoreError>) -> String {
    match answer {
        Ok(_) => "ok".into(),
        Err(StoreError::Rule { code, .. }) => (*code).into(),
        Err(StoreError::SlotTaken) => "slot_taken".into(),
        Err(other) => format!("{other:?}"),
    }
}

/// What one store answers, step by step. Prices and places differ; what becomes of each wish and
/// how the sums belong together must not.
async fn told(store: &dyn Store, scope: &Scope, point: &str, station: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut note = |step: &str, answer: String| steps.push(format!("{step}: {answer}"));
    let query = TireQuery { size: size(), season: None, brand: Some("MICHELIN".into()) };
    let found = store.search_tires(scope, &query).await.unwrap();
    let cheapest_first = found.is_sorted_by_key(|tire| tire.price);
    note("search", format!("{} {cheapest_first}", found.iter().all(|t| t.brand == "Michelin")));
    let tire = found.iter().find(|tire| tire.quantity >= 4).unwrap();
    let one = store.find_products(scope, tire.sku.trim_start_matches('0')).await.unwrap();
    note("one of them", (one[0].sku == tire.sku && one[0].price == tire.price).to_string());

    let all = store.draft_order(scope, &basket(scope, &[(&tire.sku, 99)])).await;
    note("too many", word(&all));
    let few = found.iter().find(|tire| tire.quantity < 20).unwrap();
    let more = few.quantity as u16 + 1;
    let short = store.draft_order(scope, &basket(scope, &[(&few.sku, more)])).await;
    note("more than there are", word(&short));
    note("unknown", word(&store.draft_order(scope, &basket(scope, &[("404", 1)])).await));
    let wanted = basket(scope, &[(&tire.sku, 4)]);
    let draft = store.draft_order(scope, &wanted).await.unwrap();
    let sum = tire.price * rust_decimal::Decimal::from(4);
    note("draft", format!("{:?} {}", draft.status, draft.subtotal == sum));
    let again = store.draft_order(scope, &wanted).await.unwrap();
    note("the same draft", (again.id == draft.id).to_string());
    let yes = approval(scope, "confirm_order", json!({ "early": true }));
    let early = store.confirm_order(scope, &confirmation(draft.id, &sum.to_string()), &yes).await;
    note("without delivery", word(&early));
    let nowhere = Delivery::Pickup { point: "no-such".into() };
    note("nowhere", word(&store.set_delivery(scope, draft.id, &nowhere).await));
    let pickup = Delivery::Pickup { point: point.into() };
    let whole = store.set_delivery(scope, draft.id, &pickup).await.unwrap();
    let cost = whole.delivery.as_ref().unwrap().cost;
    note("delivery", format!("{} {}", cost.is_zero(), whole.total == sum + cost));
    let total = whole.total.to_string();
    let of_another_call = Scope { call: CallId(Uuid::from_u128(999)), ..scope.clone() };
    note("another call", word(&store.order(&of_another_call, draft.id).await));
    let yes = approval(scope, "confirm_order", json!({ "wrong": true }));
    let wrong = store.confirm_order(scope, &confirmation(draft.id, "1"), &yes).await;
    note("another sum", word(&wrong));
    let yes = approval(scope, "confirm_order", json!({ "right": true }));
    let order = store.confirm_order(scope, &confirmation(draft.id, &total), &yes).await.unwrap();
    note("confirmed", format!("{} {}", order.total == whole.total, order.repeated));
    let again = store.confirm_order(scope, &confirmation(draft.id, &total), &yes).await.unwrap();
    note("again", format!("{} {}", again.number == order.number, again.repeated));
    let other = approval(scope, "confirm_order", json!({ "other": true }));
    let twice = store.confirm_order(scope, &confirmation(draft.id, &total), &other).await;
    note("under another yes", word(&twice));
    let own = store.orders(scope, Some(&order.number)).await.unwrap();
    note("its state", format!("{:?} {}", own[0].status, own[0].total == order.total));
    let stranger = Scope { caller: Phone::parse("+380990000000"), ..scope.clone() };
    let seen = store.orders(&stranger, Some(&order.number)).await.unwrap();
    note("to a stranger", seen.len().to_string());
    fitted(store, scope, station, &mut steps).await;
    steps
}

async fn fitted(store: &dyn Store, scope: &Scope, station: &str, steps: &mut Vec<String>) {
    let mut note = |step: &str, answer: String| steps.push(format!("{step}: {answer}"));
    let tuesday = day("2026-11-24");
    let service = Service::FullService;
    let nowhere = store.slots(scope, "999999", tuesday, tuesday, service).await;
    note("no such station", word(&nowhere));
    let free = store.slots(scope, station, tuesday, tuesday, service).await.unwrap();
    let wanted = booking(station, free[0]);
    let yes = approval(scope, "book_fitting", json!({ "first": true }));
    let booked = store.book_fitting(scope, &wanted, &yes).await.unwrap();
    note("booked", format!("{} {}", booked.slot == free[0], booked.repeated));
    let again = store.book_fitting(scope, &wanted, &yes).await.unwrap();
    note("booked again", format!("{} {}", again.id == booked.id, again.repeated));
    let change = approval(scope, "cancel_fitting", json!({ "to": "later" }));
    let to = *free.last().unwrap();
    let stranger = Scope { caller: Phone::parse("+380990000000"), ..scope.clone() };
    note("by a stranger", word(&store.move_booking(&stranger, booked.id, to, &change).await));
    let moved = store.move_booking(scope, booked.id, to, &change).await.unwrap();
    note("moved", format!("{} {}", moved.slot == to, moved.id == booked.id));
    let change = approval(scope, "cancel_fitting", json!({ "action": "cancel" }));
    note("given up", word(&store.cancel_booking(scope, booked.id, &change).await));
    note("given up again", word(&store.cancel_booking(scope, booked.id, &change).await));
    let back = store.slots(scope, station, tuesday, tuesday, service).await.unwrap();
    note("free again", (back == free).to_string());
}

#[tokio::test]
async fn both_stores_tell_the_same_story() {
    let Some(world) = World::open().await else { return };
    sample::load_if_empty(&world.db.pool, TenantId::DEFAULT).await.unwrap();
    let own = PostgresStore::new(world.db.pool.clone(), 3);
    let points = own.pickup_points(&scope(1), None).await.unwrap();
    let ours = told(&own, &scope(1), &points[0].code, "100201").await;
    let theirs = told(&world.store, &scope(2), "pp-1", "100301").await;
    assert_eq!(ours, theirs);
}
