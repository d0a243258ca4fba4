//! People at the desk: found, shown, hidden, brought back, forgotten.

use super::StatusCode;
use super::work::{Work, work};
use treadline::db::desk::users::Role;
use treadline::pii::Personal;
use treadline::store::{FrontDesk as _, Profile, Vehicle};
use uuid::Uuid;

/// Olena, who ordered, booked, and told the agent of herself.
async fn olena(work: &Work) -> Uuid {
    work.order(1).await;
    work.booking(2, "2026-11-24", "10:00:00").await;
    let profile = Profile {
        name: Some(Personal("Olena".into())),
        city: Some("Київ".into()),
        vehicles: vec![Vehicle {
            plate: "AA1234BB".into(),
            brand: Some("Skoda".into()),
            tire_size: Some("205/55 R16".into()),
        }],
        ..Profile::default()
    };
    work.store.update_profile(&work.call(3), &profile).await.unwrap();
    work.office.text_of("select id from customers where phone = '+380671110001'").await
}

#[tokio::test]
async fn one_person_is_on_one_page_with_what_is_theirs() {
    let Some(work) = work().await else { return };
    let id = olena(&work).await;
    let browser = work.office.signed_in(Role::Operator).await;
    for (query, there) in
        [("", true), ("?find=1110001", true), ("?find=olen", true), ("?find=Taras", false)]
    {
        let page = browser.get(&format!("/customers{query}")).await.text;
        assert_eq!(page.contains(&id.to_string()), there, "{query}");
    }
    let page = browser.get(&format!("/customers/{id}")).await.text;
    for shown in [
        "Olena",
        "+380 67 111-00-01",
        "AA1234BB",
        "205/55 R16",
        "Київ",
        "підтверджено",
        "вт, 24.11.2026 10:00",
        "Сказано агентові в розмовах",
        "/orders/",
        "/bookings/",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("/forget"), "an operator erases nobody");
    assert_eq!(work.office.noted("customer.read").await, 1);
    assert_eq!(work.office.noted("customers.searched").await, 4);
}

#[tokio::test]
async fn an_admin_hides_somebody_and_brings_them_back() {
    let Some(work) = work().await else { return };
    let id = olena(&work).await;
    let path = format!("/customers/{id}");
    let operator = work.office.signed_in(Role::Operator).await;
    let refused = operator.send_form(&path, &path, &[("do", "hide")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let admin = work.office.signed_in(Role::Admin).await;
    let hidden = admin.send_form(&path, &path, &[("do", "hide")]).await;
    assert_eq!(hidden.status, StatusCode::SEE_OTHER);
    let lists = async |browser: &super::Browser| {
        let shown = browser.get("/customers").await.text.contains(&path);
        (shown, browser.get("/customers?hidden=1").await.text.contains(&path))
    };
    assert_eq!(lists(&admin).await, (false, true));
    let back = admin.send_form(&path, &path, &[("do", "restore")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert_eq!(lists(&admin).await, (true, false));
    // What was hidden too long ago is not promised to anybody.
    admin.send_form(&path, &path, &[("do", "hide")]).await;
    work.office.run("update customers set deleted_at = now() - interval '31 days'").await;
    let late = admin.send_form(&path, &path, &[("do", "restore")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for (action, times) in [("customer.hidden", 2), ("customer.restored", 2)] {
        assert_eq!(work.office.noted(action).await, times, "{action}");
    }
}

#[tokio::test]
async fn somebody_is_forgotten_only_after_it_was_asked_and_then_wholly() {
    let Some(work) = work().await else { return };
    let id = olena(&work).await;
    let other = work.office.other_shop().await;
    work.office
        .run(
            "insert into customers (tenant_id, phone, name) \
             select id, '+380671110001', 'Olena of the other shop' from tenants \
             where slug = 'other'",
        )
        .await;
    let admin = work.office.signed_in(Role::Admin).await;
    let path = format!("/customers/{id}/forget");
    let question = admin.get(&path).await;
    assert_eq!(question.status, StatusCode::OK);
    for shown in ["customers", "orders", "is not delivered yet", "a fitting is booked"] {
        assert!(question.text.contains(shown), "{shown}: {}", question.text);
    }
    let count = "select count(*) from customers where phone = '+380671110001'";
    for wrong in ["", "0002", "111"] {
        let answer = admin.send_form(&path, &path, &[("confirm", wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(work.office.text_of::<i64>(count).await, 2);
    }
    let done = admin.send_form(&path, &path, &[("confirm", "0001")]).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.text.contains("більше нічого не знаходить"), "{}", done.text);
    let gone = admin.get(&format!("/customers/{id}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let orders = "select count(*) from orders where phone = 'DELETED' and total > 0";
    assert_eq!(work.office.text_of::<i64>(orders).await, 1);
    assert_eq!(work.office.text_of::<i64>(count).await, 1, "another shop's people are its own");
    let noted = "select count(*) from dashboard.audit_log where action = 'customer.forgotten' \
                 and (object_id || coalesce(after::text, '')) not like '%1110001%'";
    assert_eq!(work.office.text_of::<i64>(noted).await, 1);
    let theirs = work.office.signed_in_at(Role::Admin, other).await;
    assert_eq!(theirs.get(&path).await.status, StatusCode::NOT_FOUND);
}
