//! `/audit`: who did what, and every look at a list of people.

use super::work::work;
use super::{StatusCode, office};
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;

#[tokio::test]
async fn every_view_of_a_list_with_people_leaves_one_row_and_no_more() {
    let Some(work) = work().await else { return };
    let office = &work.office;
    for call in 0..3 {
        let at = office.clock.now() - chrono::TimeDelta::minutes(call);
        office.call(TenantId::DEFAULT, at, "шини").await;
    }
    let operator = office.signed_in(Role::Operator).await;
    for (path, action) in [
        ("/calls", "calls.listed"),
        ("/console", "console.watched"),
        ("/tickets", "tickets.listed"),
        ("/orders", "orders.listed"),
        ("/customers", "customers.searched"),
        ("/day", "day.read"),
    ] {
        assert_eq!(office.noted(action).await, 0, "{action}");
        for views in 1..3 {
            assert_eq!(operator.get(path).await.status, StatusCode::OK, "{path}");
            assert_eq!(office.noted(action).await, views, "{action}");
        }
    }
    operator.get("/calls?words=шини").await;
    assert_eq!(
        (office.noted("calls.listed").await, office.noted("transcript.searched").await),
        (2, 1)
    );
}

#[tokio::test]
async fn the_log_is_looked_through_by_person_kind_thing_and_day() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
    let analyst = office.signed_in(Role::Analyst).await;
    analyst.get(&format!("/calls/{call}")).await;
    office.clock.set(office.clock.now() + chrono::TimeDelta::days(1));
    let operator = office.signed_in(Role::Operator).await;
    operator.get(&format!("/calls/{call}")).await;
    operator.get("/customers?find=<b>x</b>").await;
    let reader = office.signed_in(Role::Analyst).await;
    assert_eq!(reader.get("/audit").await.status, StatusCode::FORBIDDEN);
    let admin = office.signed_in(Role::Admin).await;
    let rows = async |query: &str| {
        let page = admin.get(&format!("/audit{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert!(!page.text.contains("<b>x</b>"), "{query}");
        page.text.matches("<tr><td>").count()
    };
    assert_eq!(rows("?kind=call").await, 2);
    assert_eq!(rows("?kind=call&person=ANALYST-").await, 1);
    assert_eq!(rows("?kind=call&day=2026-11-22").await, 1);
    assert_eq!(rows("?kind=call&day=2026-11-23&person=operator").await, 1);
    assert_eq!(rows(&format!("?object={call}")).await, 2);
    assert_eq!(rows("?kind=customers").await, 1);
    assert_eq!(rows("?person=nobody").await, 0);
    let page = admin.get("/audit?kind=call").await.text;
    assert!(page.contains(&format!("href=\"/calls/{call}\"")), "{page}");
    assert!(page.contains("прочитано розмову"), "{page}");
    for bad in ["?day=yesterday", "?after=x", &format!("?person={}", "x".repeat(101))] {
        assert_eq!(
            admin.get(&format!("/audit{bad}")).await.status,
            StatusCode::BAD_REQUEST,
            "{bad}"
        );
    }
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    assert!(!stranger.get("/audit").await.text.contains(&call.to_string()));
}

#[tokio::test]
async fn pages_of_the_log_hold_every_row_once() {
    let Some(office) = office().await else { return };
    sqlx::query(
        "insert into dashboard.audit_log (tenant_id, actor, action, object_kind, object_id, at) \
         select $1, 'somebody', 'call.read', 'call', 'row-' || n, '2026-11-20T10:00:00Z' \
         from generate_series(1, 120) n",
    )
    .bind(TenantId::DEFAULT.0)
    .execute(&mut office.db.owner().await)
    .await
    .unwrap();
    let admin = office.signed_in(Role::Admin).await;
    let (mut path, mut seen) = ("/audit?person=somebody".to_owned(), Vec::new());
    for _ in 0..4 {
        let page = admin.get(&path).await.text;
        seen.extend(
            page.split("<code>row-").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()),
        );
        let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
        path = before.rsplit("href=\"").next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!(seen.len(), 120);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 120, "each once");
}
