//! Orders: totals from the tables, one order for one yes, and what is refused on the way.

use super::real::{CALLER, Shop, confirmation, delivered, drafted, searched};
use super::{agreed, ran, refused, yes_to};
use serde_json::{Value, json};
use treadline::shop::Agreement;
use treadline::tools::ToolDesk;

const NAMED: &str = "My name is Olena Koval, four of them please";
const CONFIRMED: &str = "select count(*) from orders where status = 'confirmed'";

fn figure(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("no figure: {value}")).parse().expect("a number")
}

#[tokio::test]
async fn a_draft_shows_the_tables_figures_and_no_row_id() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    let draft = drafted(&mut desk, 4).await;
    assert_eq!((&draft["order_id"], &draft["status"]), (&json!("D1"), &json!("draft")));
    let (price, total) = (figure(&draft["items"][0]["price"]), figure(&draft["total"]));
    assert!((price * 4.0 - total).abs() < 0.001, "{draft}");
    let id = desk.ledger.drafts[0].view.id.to_string();
    let sent = ran(
        &mut desk,
        "update_order_delivery",
        json!({"order_id": "D1", "delivery_type": "delivery", "city": "Lviv", "address": "1 Rynok"}),
    )
    .await;
    let cost = figure(&sent["delivery_cost"]);
    assert!(cost > 0.0 && (figure(&sent["total"]) - total - cost).abs() < 0.001, "{sent}");
    assert!(!format!("{draft}{sent}").contains(&id));
    assert_eq!(shop.one(CONFIRMED).await, 0);
}

#[tokio::test]
async fn a_yes_makes_one_order_however_often_it_is_run() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    let sent = delivered(&mut desk, 4).await;
    let sku = desk.ledger.drafts[0].view.lines[0].sku.clone();
    let proposal = desk.prepare("confirm_order", &confirmation("Olena Koval")).await.expect("fits");
    let Agreement::Order { items, total, recipient, .. } = &proposal.agreement else {
        panic!("no order: {:?}", proposal.agreement);
    };
    assert_eq!((items[0].quantity, recipient.0.as_str()), (4, "Olena Koval"));
    assert!(
        (total.to_string().parse::<f64>().expect("a number") - figure(&sent["total"])).abs()
            < 0.001
    );
    let yes = yes_to(&desk, "confirm_order", &proposal.args);
    let mut numbers = Vec::new();
    for _ in 0..3 {
        let made = desk.run("confirm_order", &proposal.args, Some(&yes)).await.expect("ordered");
        assert_eq!((&made["status"], &made["sms_sent"]), (&json!("confirmed"), &json!(false)));
        numbers.push(made["order_number"].clone());
    }
    assert!(numbers[0].is_string() && numbers.iter().all(|number| *number == numbers[0]));
    assert_eq!(shop.one(CONFIRMED).await, 1);
    let again = desk.prepare("confirm_order", &confirmation("Olena Koval")).await;
    let again = again.expect_err("it is confirmed");
    assert_eq!((again.code, &again.details["order_number"]), ("already_confirmed", &numbers[0]));
    // The number is the caller's own; and the tyres are no longer for sale.
    let status = ran(&mut desk, "get_order_status", json!({"order_number": numbers[0]})).await;
    assert_eq!(
        (&status["found"], &status["orders"][0]["status"]),
        (&json!(true), &json!("confirmed"))
    );
    let left = ran(&mut desk, "check_availability", json!({"product_id": sku})).await;
    assert_eq!(shop.one("select sum(quantity) from order_items").await, 4);
    assert!(left["items"][0]["quantity"].as_i64().is_some_and(|left| left >= 0));
}

#[tokio::test]
async fn a_yes_to_something_else_orders_nothing() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    delivered(&mut desk, 2).await;
    let proposal = desk.prepare("confirm_order", &confirmation("Olena")).await.expect("fits");
    let yes = yes_to(&desk, "confirm_order", &proposal.args);
    // The address changes after the read-back.
    let elsewhere = json!({
        "order_id": "D1", "delivery_type": "delivery", "city": "Kyiv", "address": "1 Other Street",
    });
    ran(&mut desk, "update_order_delivery", elsewhere).await;
    let refusal = desk.run("confirm_order", &proposal.args, Some(&yes)).await.expect_err("changed");
    assert_eq!(refusal.code, "agreement_changed");
    let mut other = proposal.args.clone();
    other["payment_method"] = json!("online");
    assert!(desk.run("confirm_order", &other, Some(&yes)).await.is_err());
    let refusal = desk.run("confirm_order", &proposal.args, None).await.expect_err("no yes");
    assert_eq!(refusal.code, "consent_missing");
    assert_eq!(shop.one(CONFIRMED).await, 0);
}

#[tokio::test]
async fn a_price_that_rises_after_the_read_back_is_not_charged() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    delivered(&mut desk, 2).await;
    let proposal = desk.prepare("confirm_order", &confirmation("Olena")).await.expect("fits");
    shop.execute("update products set price = price + 100").await;
    let yes = yes_to(&desk, "confirm_order", &proposal.args);
    let refusal = desk.run("confirm_order", &proposal.args, Some(&yes)).await.expect_err("dearer");
    assert_eq!(refusal.code, "agreement_changed");
    assert_eq!(shop.one(CONFIRMED).await, 0);
}

#[tokio::test]
async fn what_no_order_may_be_is_refused_by_name() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    let id = searched(&mut desk).await;
    let one = |quantity: Value| json!({"items": [{"product_id": id, "quantity": quantity}]});
    for (args, code) in [
        (one(json!(0)), "quantity_bad"),
        (one(json!(-4)), "quantity_bad"),
        (one(json!(100)), "quantity_bad"),
        (one(json!(1_000_000_000_i64)), "quantity_bad"),
        (one(json!(21)), "too_many_pieces"),
        (one(json!(2.5)), "bad_arguments"),
        (one(json!("four")), "bad_arguments"),
        (json!({"items": []}), "bad_arguments"),
        (json!({"items": [{"product_id": "00000000000", "quantity": 4}]}), "product_unknown"),
        (json!({"items": [{"product_id": "' or 1=1 --", "quantity": 4}]}), "product_unknown"),
        (json!({"items": [{"product_id": id, "quantity": 4, "price": "0"}]}), "bad_arguments"),
        (
            json!({"items": [{"product_id": id, "quantity": 15}, {"product_id": id, "quantity": 15}]}),
            "too_many_pieces",
        ),
    ] {
        let refusal = refused(&mut desk, "create_order_draft", args.clone()).await;
        assert_eq!(refusal.code, code, "{args}: {}", refusal.message);
    }
    assert_eq!(shop.one("select count(*) from orders").await, 0);
}

#[tokio::test]
async fn more_than_there_is_says_how_many_there_are() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    let id = searched(&mut desk).await;
    shop.execute("update products set quantity = 3").await;
    let args = json!({"items": [{"product_id": id, "quantity": 4}]});
    let refusal = refused(&mut desk, "create_order_draft", args).await;
    assert_eq!((refusal.code, &refusal.details["available"]), ("out_of_stock", &json!(3)));
    assert_eq!(refusal.to_value()["available"], 3);
}

#[tokio::test]
async fn an_order_above_the_limit_goes_to_an_operator() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    let id = searched(&mut desk).await;
    shop.execute("update products set price = 12501").await;
    let args = json!({"items": [{"product_id": id, "quantity": 4}]});
    let refusal = refused(&mut desk, "create_order_draft", args).await;
    assert_eq!(refusal.code, "amount_too_high");
    assert!(refusal.message.contains("transfer_to_operator"));
    assert_eq!(shop.one("select count(*) from orders").await, 0);
}

#[tokio::test]
async fn an_order_needs_a_delivery_a_known_point_and_a_name_of_the_callers() {
    let Some(shop) = Shop::open().await else { return };
    let mut desk = shop.desk(1, Some(CALLER), &[NAMED]);
    drafted(&mut desk, 4).await;
    let prepared = desk.prepare("confirm_order", &confirmation("Olena")).await;
    assert_eq!(prepared.expect_err("no delivery").code, "delivery_missing");
    for (args, code) in [
        (json!({"delivery_type": "delivery", "city": "Kyiv"}), "address_missing"),
        (json!({"delivery_type": "pickup", "pickup_point_id": "P1"}), "pickup_point_unknown"),
        (json!({"delivery_type": "pickup", "pickup_point_id": "510101"}), "pickup_point_unknown"),
        (json!({"delivery_type": "teleport"}), "bad_arguments"),
    ] {
        let mut args = args;
        args["order_id"] = json!("D1");
        assert_eq!(refused(&mut desk, "update_order_delivery", args).await.code, code);
    }
    let points = ran(&mut desk, "get_pickup_points", json!({"city": "Kyiv"})).await;
    assert_eq!((&points["total"], &points["points"][0]["id"]), (&json!(2), &json!("P1")));
    assert!(!points.to_string().contains("510101"), "codes stay here: {points}");
    let args = json!({"order_id": "D1", "delivery_type": "pickup", "pickup_point_id": "P2"});
    let sent = ran(&mut desk, "update_order_delivery", args).await;
    assert_eq!(sent["delivery_cost"], "0");
    let prepared = desk.prepare("confirm_order", &confirmation("Mallory")).await;
    assert_eq!(prepared.expect_err("not said").code, "name_not_said");
    agreed(&mut desk, "confirm_order", confirmation("Olena")).await.expect("ordered");
    assert_eq!(shop.one(CONFIRMED).await, 1);
}

#[tokio::test]
async fn a_withheld_caller_orders_with_a_number_they_said_and_sees_nothing_afterwards() {
    let Some(shop) = Shop::open().await else { return };
    let says = ["My name is Olena", "my number is", "067 222", "33 44"];
    let mut desk = shop.desk(1, None, &says);
    let id = searched(&mut desk).await;
    let order = |phone: Option<&str>| {
        let mut args = json!({"items": [{"product_id": id, "quantity": 4}]});
        if let Some(phone) = phone {
            args["customer_phone"] = json!(phone);
        }
        args
    };
    assert_eq!(refused(&mut desk, "create_order_draft", order(None)).await.code, "phone_missing");
    let invented = order(Some("+380501112233"));
    assert_eq!(refused(&mut desk, "create_order_draft", invented).await.code, "phone_not_said");
    ran(&mut desk, "create_order_draft", order(Some("+380672223344"))).await;
    let args =
        json!({"order_id": "D1", "delivery_type": "delivery", "city": "Kyiv", "address": "1"});
    ran(&mut desk, "update_order_delivery", args).await;
    agreed(&mut desk, "confirm_order", confirmation("Olena")).await.expect("ordered");
    let unverified = "select count(*) from orders \
                      where phone = '+380672223344' and not phone_verified and status = 'confirmed'";
    assert_eq!(shop.one(unverified).await, 1);
    assert_eq!(refused(&mut desk, "get_order_status", json!({})).await.code, "identity_unverified");
}

#[tokio::test]
async fn someone_elses_order_is_answered_like_one_that_does_not_exist() {
    let Some(shop) = Shop::open().await else { return };
    let mut owner = shop.desk(1, Some(CALLER), &[NAMED]);
    delivered(&mut owner, 4).await;
    let made = agreed(&mut owner, "confirm_order", confirmation("Olena")).await.expect("ordered");
    let mut other = shop.desk(2, Some("+380509998877"), &["I am calling about my order"]);
    let args = json!({"order_number": made["order_number"]});
    let theirs = ran(&mut other, "get_order_status", args).await;
    let nothing = ran(&mut other, "get_order_status", json!({"order_number": "no such"})).await;
    assert_eq!(theirs, nothing);
    assert_eq!(theirs["found"], false);
    // Nor can a draft of another call be touched, by whatever name.
    for id in ["D1".to_owned(), owner.ledger.drafts[0].view.id.to_string()] {
        let args =
            json!({"order_id": id, "delivery_type": "delivery", "city": "K", "address": "1"});
        assert_eq!(refused(&mut other, "update_order_delivery", args).await.code, "order_unknown");
    }
}

#[tokio::test]
async fn a_fourth_order_of_a_day_is_refused() {
    let Some(shop) = Shop::open().await else { return };
    for call in 1..=3 {
        let mut desk: ToolDesk = shop.desk(call, Some(CALLER), &[NAMED]);
        delivered(&mut desk, 1).await;
        agreed(&mut desk, "confirm_order", confirmation("Olena")).await.expect("ordered");
    }
    let mut desk = shop.desk(4, Some(CALLER), &[NAMED]);
    let id = searched(&mut desk).await;
    let args = json!({"items": [{"product_id": id, "quantity": 1}]});
    assert_eq!(refused(&mut desk, "create_order_draft", args).await.code, "orders_per_day");
    assert_eq!(shop.one(CONFIRMED).await, 3);
}
