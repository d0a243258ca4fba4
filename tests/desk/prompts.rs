//! `/prompts`: versions, what differs, and tests.

use super::{StatusCode, office};
use treadline::db::desk::users::Role;
use treadline::db::prompts;
use treadline::ids::TenantId;

const SHOP: TenantId = TenantId::DEFAULT;

#[tokio::test]
async fn a_version_is_added_compared_and_put_into_use() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let add = async |name: &str, text: &str| {
        admin.send_form("/prompts", "/prompts", &[("name", name), ("text", text)]).await
    };
    let first = "---\nhide: find_storage\n---\n\nBe kind.\nBe <b>short</b>.";
    assert_eq!(add("one", first).await.status, StatusCode::SEE_OTHER);
    assert_eq!(add("two", "Be kind.\nBe brief.").await.status, StatusCode::SEE_OTHER);
    for (name, text, wrong) in [
        ("one", "Another text", "має інший текст"),
        ("builtin-2", "x", "own"),
        ("Ключ", "x", "small letters"),
        ("x", "", "no instructions"),
        ("x", "---\nhide: fly\n---\nx", "no tool"),
    ] {
        let answer = add(name, text).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text.contains(wrong), "{name}: {}", answer.text);
    }
    let page = admin.get("/prompts/compare?a=one&b=two").await.text;
    for line in [
        "<li class=\"same\">  Be kind.",
        "<li class=\"removed\">− hide: find_storage",
        "<li class=\"removed\">− Be &#60;b&#62;short&#60;/b&#62;.",
        "<li class=\"added\">+ Be brief.",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let from = admin.get("/prompts?from=one").await.text;
    assert!(from.contains("hide: find_storage"), "{from}");
    assert_eq!(admin.get("/prompts?from=none").await.status, StatusCode::NOT_FOUND);
    let two = prompts::list(&office.db.pool, SHOP).await.unwrap();
    let two = two.iter().find(|one| one.name == "two").unwrap();
    let used = admin.send_form("/prompts", &format!("/prompts/{}", two.id), &[]).await;
    assert_eq!(used.status, StatusCode::SEE_OTHER);
    let active = prompts::list(&office.db.pool, SHOP).await.unwrap();
    let active: Vec<&str> =
        active.iter().filter(|one| one.is_active).map(|one| one.name.as_str()).collect();
    assert_eq!(active, ["two"]);
    assert_eq!(office.noted("prompt.added").await, 2);
    assert_eq!(office.noted("prompt.activated").await, 1);
}

#[tokio::test]
async fn a_test_is_started_shown_with_intervals_and_stopped() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    for name in ["a", "b"] {
        let fields = [("name", name), ("text", name)];
        admin.send_form("/prompts", "/prompts", &fields).await;
    }
    let test = async |fields: &[(&str, &str)]| {
        admin.send_form("/prompts", "/prompts/tests", fields).await.status
    };
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    for (fields, status) in [
        (&[("do", "start"), ("a", "a"), ("b", "a"), ("share", "50")][..], unfit),
        (&[("do", "start"), ("a", "a"), ("b", "b"), ("share", "100")], unfit),
        (&[("do", "start"), ("a", "a"), ("b", "z"), ("share", "50")], StatusCode::CONFLICT),
        (&[("do", "stop")], StatusCode::CONFLICT),
        (&[("do", "start"), ("a", "a"), ("b", "b"), ("share", "30")], StatusCode::SEE_OTHER),
        (&[("do", "start"), ("a", "b"), ("b", "a"), ("share", "30")], StatusCode::CONFLICT),
    ] {
        assert_eq!(test(fields).await, status, "{fields:?}");
    }
    sqlx::query(
        "insert into calls (id, tenant_id, started_at, ended_at, outcome, prompt_version) \
         select gen_random_uuid(), $1, now(), now(), \
             case when n <= 81 then 'resolved' else 'abandoned' end, 'a' \
         from generate_series(1, 263) n",
    )
    .bind(SHOP.0)
    .execute(&mut office.db.owner().await)
    .await
    .unwrap();
    let page = admin.get("/prompts").await.text;
    assert!(
        page.contains("30,8\u{a0}% [25,5; 36,6]") && page.contains("замало дзвінків"),
        "{page}"
    );
    assert_eq!(test(&[("do", "stop")]).await, StatusCode::SEE_OTHER);
    assert!(admin.get("/prompts").await.text.contains("закінчено"));
    assert_eq!(office.noted("ab_test.started").await, 1);
    assert_eq!(office.noted("ab_test.stopped").await, 1);
}

#[tokio::test]
async fn only_the_shop_whose_instructions_calls_follow_changes_them() {
    let Some(office) = office().await else { return };
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    let page = stranger.get("/prompts").await.text;
    assert!(page.contains("тут їх не змінюють"), "{page}");
    let fields = [("name", "x"), ("text", "x")];
    let refused = stranger.send_form("/prompts", "/prompts", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let test = stranger.send_form("/prompts", "/prompts/tests", &[("do", "stop")]).await;
    assert_eq!(test.status, StatusCode::FORBIDDEN);
}
