//! Signing in and out, and how long one is in.

use super::{PASSWORD, StatusCode, office};
use chrono::TimeDelta;
use treadline::db::desk::users::{self, Role};
use treadline::ids::TenantId;

#[tokio::test]
async fn somebody_signs_in_looks_around_and_signs_out() {
    let Some(office) = office().await else { return };
    office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let browser = office.browser();
    let asked = browser.get("/calls?outcome=resolved").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    assert_eq!(asked.location(), "/login?next=/calls%3Foutcome%3Dresolved");

    let wrong = browser.sign_in("olha@shop.example", "шість синіх корів").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text.contains("The e-mail or the password is wrong."));
    assert!(!browser.is_in().await);

    let next = ("next", "/calls?outcome=resolved");
    let right = [("email", " Olha@Shop.example "), ("password", PASSWORD), next];
    let come = browser.send_form("/login", "/login", &right).await;
    assert_eq!((come.status, come.location()), (StatusCode::SEE_OTHER, "/calls?outcome=resolved"));
    let cookie = come.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(browser.is_in().await);
    assert_eq!(office.noted("door.signed_in").await, 1);

    let held = browser.cookie("treadline_session").unwrap();
    let gone = browser.send_form("/calls", "/logout", &[]).await;
    assert_eq!((gone.status, gone.location()), (StatusCode::SEE_OTHER, "/login"));
    assert!(!browser.is_in().await);
    // Whoever kept the cookie has nothing by it.
    browser.set_cookie("treadline_session", &held);
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn a_session_that_somebody_planted_is_never_taken_over() {
    let Some(office) = office().await else { return };
    office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let browser = office.browser();
    let planted = "A".repeat(43);
    browser.set_cookie("treadline_session", &planted);
    browser.set_cookie("treadline_door", &planted);
    let come = browser.sign_in("olha@shop.example", PASSWORD).await;
    assert_eq!(come.status, StatusCode::SEE_OTHER);
    let own = browser.cookie("treadline_session").unwrap();
    assert_ne!(own, planted);
    let attacker = office.browser();
    attacker.set_cookie("treadline_session", &planted);
    assert!(!attacker.is_in().await);
    // Signing in again ends the session before, and the new one is another.
    let user = users::by_email(&office.db.pool, "olha@shop.example").await.unwrap().unwrap();
    let link = office.link(treadline::db::desk::tokens::Purpose::SignIn, Some(user.id)).await;
    browser.send_form(&link, &link, &[]).await;
    assert_ne!(browser.cookie("treadline_session").unwrap(), own);
    attacker.set_cookie("treadline_session", &own);
    assert!(!attacker.is_in().await);
}

#[tokio::test]
async fn who_does_nothing_for_twelve_hours_is_out_and_a_remembered_device_after_thirty_days() {
    let Some(office) = office().await else { return };
    office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let (short, long) = (office.browser(), office.browser());
    short.sign_in("olha@shop.example", PASSWORD).await;
    let fields = [("email", "olha@shop.example"), ("password", PASSWORD), ("remember", "1")];
    let come = long.send_form("/login", "/login", &fields).await;
    let cookie = come.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(cookie.contains("; Max-Age=2592000"), "{cookie}");

    let start = office.clock.now();
    // Each visit gives twelve more hours.
    for hours in [11, 22, 33] {
        office.clock.set(start + TimeDelta::hours(hours));
        assert!(short.is_in().await, "after {hours} hours");
    }
    office.clock.set(start + TimeDelta::hours(46));
    assert!(!short.is_in().await);
    office.clock.set(start + TimeDelta::days(29));
    assert!(long.is_in().await);
    office.clock.set(start + TimeDelta::days(30) + TimeDelta::minutes(1));
    assert!(!long.is_in().await);
}

#[tokio::test]
async fn a_blocked_person_is_out_at_once_everywhere() {
    let Some(office) = office().await else { return };
    let id = office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let browser = office.browser();
    browser.sign_in("olha@shop.example", PASSWORD).await;
    assert!(browser.is_in().await);
    users::set_blocked(&office.db.pool, id, true).await.unwrap();
    assert!(!browser.is_in().await);
    let again = browser.sign_in("olha@shop.example", PASSWORD).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    users::set_blocked(&office.db.pool, id, false).await.unwrap();
    assert!(!browser.is_in().await, "an ended session came to life again");
    assert_eq!(browser.sign_in("olha@shop.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn ten_wrong_passwords_close_an_account_for_a_quarter_of_an_hour_and_no_other() {
    let Some(office) = office().await else { return };
    office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    office.hire("petro@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let browser = office.browser();
    let page = browser.get("/login").await.form_token();
    let wrong = [
        ("form_token", page.as_str()),
        ("email", "olha@shop.example"),
        ("password", "wrong wrong"),
    ];
    // All at once: none slips past the count.
    let tries = (0..16).map(|_| browser.post("/login", &wrong));
    let answers = futures_util::future::join_all(tries).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(count(StatusCode::UNAUTHORIZED), 10);
    assert_eq!(count(StatusCode::TOO_MANY_REQUESTS), 6);
    let closed = browser.sign_in("olha@shop.example", PASSWORD).await;
    assert_eq!(closed.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(closed.headers.contains_key("retry-after"));
    assert!(closed.text.contains("Too many attempts"), "{}", closed.text);

    let other = office.browser();
    assert_eq!(other.sign_in("petro@shop.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
    office.clock.set(office.clock.now() + TimeDelta::minutes(16));
    assert_eq!(browser.sign_in("olha@shop.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn one_address_that_tries_many_accounts_is_stopped_too() {
    let Some(office) = office().await else { return };
    office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let browser = office.browser();
    let token = browser.get("/login").await.form_token();
    let mut refused = 0;
    for n in 0..32 {
        let email = format!("guess{n}@shop.example");
        let fields =
            [("form_token", token.as_str()), ("email", &email), ("password", "wrong wrong")];
        let answer = browser.post("/login", &fields).await;
        refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 2);
    let closed = browser.sign_in("olha@shop.example", PASSWORD).await;
    assert_eq!(closed.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_desk_speaks_the_language_and_wears_the_look_that_somebody_chose() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Analyst).await;
    let page = browser.get("/calls").await;
    assert!(page.text.contains("<html lang=\"uk\" data-scheme=\"auto\">"), "{}", page.text);
    let wanted = [("tongue", "en"), ("scheme", "dark"), ("next", "/calls")];
    let set = browser.send_form("/calls", "/me/look", &wanted).await;
    assert_eq!((set.status, set.location()), (StatusCode::SEE_OTHER, "/calls"));
    let page = browser.get("/calls").await;
    assert!(page.text.contains("<html lang=\"en\" data-scheme=\"dark\">"), "{}", page.text);
    let bad = [("tongue", "xx"), ("scheme", "dark"), ("next", "/calls")];
    let refused = browser.send_form("/calls", "/me/look", &bad).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}
