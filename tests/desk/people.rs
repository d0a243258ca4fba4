//! People of the desk: invited, given roles, switched off, and each on a page of their own.

use super::{Browser, Office, PASSWORD, StatusCode, office};
use treadline::db::desk::tokens::Purpose;
use treadline::db::desk::users::{self, Changed, Role};
use treadline::ids::TenantId;
use uuid::Uuid;

const NEW: &str = "десять червоних кіл";

/// The link that a page shows once, as a path.
fn link(text: &str) -> String {
    let (_, rest) = text.split_once("<code class=\"secret\">").unwrap_or_else(|| panic!("{text}"));
    let shown = rest.split('<').next().unwrap();
    shown[shown.find("/door/").unwrap()..].to_owned()
}

async fn by_email(office: &Office, email: &str) -> users::User {
    users::by_email(&office.db.pool, email).await.unwrap().unwrap()
}

async fn act(browser: &Browser, id: Uuid, fields: &[(&str, &str)]) -> StatusCode {
    let path = format!("/users/{id}");
    browser.send_form("/users", &path, fields).await.status
}

#[tokio::test]
async fn an_admin_invites_somebody_who_comes_in_by_the_link_that_was_shown_once() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let fields = [("email", "Olha@Shop.example"), ("name", "Ольга"), ("role", "operator")];
    let answer = admin.send_form("/users", "/users", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.text.contains(&admin.base), "the whole address: {}", answer.text);
    let door = link(&answer.text);
    let list = admin.get("/users").await.text;
    assert!(list.contains("Ольга") && list.contains("запрошено, пароля ще немає"), "{list}");
    assert!(!list.contains("/door/"), "shown once");
    let olha = office.browser();
    let set = olha.send_form(&door, &door, &[("password", NEW), ("again", NEW)]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    assert!(olha.is_in().await);
    assert_eq!(olha.get("/users").await.status, StatusCode::FORBIDDEN);
    assert_eq!(by_email(&office, "olha@shop.example").await.role, Role::Operator);
    let again = admin.send_form("/users", "/users", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("вже має обліковий запис"), "{}", again.text);
    for email in ["", "olha", "a b@c"] {
        let fields = [("email", email), ("role", "operator")];
        let answer = admin.send_form("/users", "/users", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
    }
    assert_eq!(office.noted("user.added").await, 1);
    assert_eq!(office.noted("user.link_made").await, 1);
}

#[tokio::test]
async fn nobody_gives_a_role_above_their_own_or_touches_who_has_one() {
    let Some(office) = office().await else { return };
    let head = office.hire("head@shop.example", Role::SuperAdmin, TenantId::DEFAULT).await;
    let operator = office.hire("op@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let other = office.other_shop().await;
    let theirs = office.hire("theirs@shop.example", Role::Operator, other).await;
    let admin = office.signed_in(Role::Admin).await;
    let fields = [("email", "x@shop.example"), ("role", "super_admin")];
    let invited = admin.send_form("/users", "/users", &fields).await;
    assert_eq!(invited.status, StatusCode::UNPROCESSABLE_ENTITY);
    let raise = [("do", "role"), ("role", "super_admin")];
    assert_eq!(act(&admin, operator, &raise).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(by_email(&office, "op@shop.example").await.role, Role::Operator);
    for hidden in [head, theirs] {
        let path = format!("/users/{hidden}");
        assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND);
        for deed in ["block", "link", "unblock"] {
            assert_eq!(act(&admin, hidden, &[("do", deed)]).await, StatusCode::NOT_FOUND);
        }
        let list = admin.get("/users").await.text;
        assert!(!list.contains(&hidden.to_string()), "{list}");
    }
    let lower = [("do", "role"), ("role", "analyst")];
    assert_eq!(act(&admin, operator, &lower).await, StatusCode::SEE_OTHER);
    assert_eq!(by_email(&office, "op@shop.example").await.role, Role::Analyst);
    let chief = office.signed_in(Role::SuperAdmin).await;
    let list = chief.get("/users").await.text;
    assert!(list.contains(&head.to_string()) && list.contains(&theirs.to_string()), "{list}");
    assert_eq!(act(&chief, operator, &raise).await, StatusCode::SEE_OTHER);
    let raised = by_email(&office, "op@shop.example").await;
    assert_eq!((raised.role, raised.tenant_id), (Role::SuperAdmin, None));
    assert_eq!(office.noted("user.role_changed").await, 2);
}

#[tokio::test]
async fn who_is_switched_off_is_out_at_once_and_comes_back_only_when_switched_on() {
    let Some(office) = office().await else { return };
    let id = office.hire("op@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let browser = office.browser();
    assert_eq!(browser.sign_in("op@shop.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert!(browser.is_in().await);
    let admin = office.signed_in(Role::Admin).await;
    assert_eq!(act(&admin, id, &[("do", "block")]).await, StatusCode::SEE_OTHER);
    assert!(!browser.is_in().await);
    let refused = browser.sign_in("op@shop.example", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(act(&admin, id, &[("do", "link")]).await, StatusCode::CONFLICT);
    assert_eq!(act(&admin, id, &[("do", "unblock")]).await, StatusCode::SEE_OTHER);
    let back = browser.sign_in("op@shop.example", PASSWORD).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let path = format!("/users/{id}");
    let made = admin.send_form(&path, &path, &[("do", "link")]).await;
    let door = link(&made.text);
    let elsewhere = office.browser();
    let set = elsewhere.send_form(&door, &door, &[("password", NEW), ("again", NEW)]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    assert!(!browser.is_in().await, "everything ends with the old password");
    assert_eq!(act(&admin, id, &[("do", "fly")]).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_last_super_admin_who_can_come_in_stays_whoever_asks_and_however_many_at_once() {
    let Some(office) = office().await else { return };
    let one = office.hire("one@shop.example", Role::SuperAdmin, TenantId::DEFAULT).await;
    let browser = office.browser();
    browser.sign_in("one@shop.example", PASSWORD).await;
    // Somebody who has not chosen a password yet is nobody who could come in.
    let fields = [("email", "two@shop.example"), ("role", "super_admin")];
    let invited = browser.send_form("/users", "/users", &fields).await;
    assert_eq!(invited.status, StatusCode::OK);
    let lower = [("do", "role"), ("role", "admin")];
    for fields in [&lower[..], &[("do", "block")]] {
        assert_eq!(act(&browser, one, fields).await, StatusCode::CONFLICT, "{fields:?}");
    }
    assert!(browser.is_in().await);
    let two = by_email(&office, "two@shop.example").await.id;
    users::set_password(&office.db.pool, two, super::hash().await).await.unwrap();
    let pool = &office.db.pool;
    let (a, b) = tokio::join!(
        users::set_blocked(pool, one, true),
        users::set_role(pool, two, (Role::SuperAdmin, Role::Admin), TenantId::DEFAULT)
    );
    let mut both = [a.unwrap(), b.unwrap()];
    both.sort_by_key(|changed| *changed == Changed::LastSuperAdmin);
    assert_eq!(both, [Changed::Done, Changed::LastSuperAdmin]);
}

#[tokio::test]
async fn a_person_changes_the_password_only_by_knowing_the_present_one() {
    let Some(office) = office().await else { return };
    office.hire("me@shop.example", Role::Analyst, TenantId::DEFAULT).await;
    let (here, there) = (office.browser(), office.browser());
    for browser in [&here, &there] {
        browser.sign_in("me@shop.example", PASSWORD).await;
    }
    let page = here.get("/me").await.text;
    assert_eq!(page.matches("action=\"/me/sessions\"").count(), 2, "one other device: {page}");
    for (present, new, again) in
        [("wrong", NEW, NEW), (PASSWORD, "short", "short"), (PASSWORD, NEW, "otherwise typed")]
    {
        let fields = [("present", present), ("password", new), ("again", again)];
        let answer = here.send_form("/me", "/me/password", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{present} {new}");
    }
    let fields = [("present", PASSWORD), ("password", NEW), ("again", NEW)];
    let done = here.send_form("/me", "/me/password", &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(here.is_in().await, "this browser stays in");
    assert!(!there.is_in().await, "all others are out");
    assert_eq!(there.sign_in("me@shop.example", NEW).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.noted("door.password_changed").await, 1);
}

#[tokio::test]
async fn a_device_is_signed_out_from_another_and_nobody_elses_is() {
    let Some(office) = office().await else { return };
    office.hire("me@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let (here, lost, third) = (office.browser(), office.browser(), office.browser());
    for browser in [&here, &lost, &third] {
        browser.sign_in("me@shop.example", PASSWORD).await;
    }
    let stranger = office.signed_in(Role::Operator).await;
    let handle = |page: &str| {
        let (_, rest) = page.split_once("name=\"device\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let page = here.get("/me").await.text;
    let device = handle(&page);
    let fields = [("device", device.as_str())];
    let foreign = stranger.send_form("/me", "/me/sessions", &fields).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "another person's device");
    let ended = here.send_form("/me", "/me/sessions", &fields).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    let left = [lost.is_in().await, third.is_in().await];
    assert_eq!(left.iter().filter(|is_in| **is_in).count(), 1);
    let others = here.send_form("/me", "/me/sessions", &[("do", "others")]).await;
    assert_eq!(others.status, StatusCode::SEE_OTHER);
    assert!(!lost.is_in().await && !third.is_in().await);
    assert!(here.is_in().await && stranger.is_in().await);
    let language = [("tongue", "en"), ("scheme", "dark"), ("next", "/me")];
    here.send_form("/me", "/me/look", &language).await;
    assert!(here.get("/me").await.text.contains("<html lang=\"en\" data-scheme=\"dark\">"));
}

#[tokio::test]
async fn a_link_for_a_password_of_somebody_switched_off_opens_nothing() {
    let Some(office) = office().await else { return };
    let id = office.hire("op@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let door = office.link(Purpose::SetPassword, Some(id)).await;
    let admin = office.signed_in(Role::Admin).await;
    assert_eq!(act(&admin, id, &[("do", "block")]).await, StatusCode::SEE_OTHER);
    assert_eq!(office.browser().get(&door).await.status, StatusCode::GONE);
}
