//! Links that open the door once.

use super::{Browser, PASSWORD, StatusCode, office};
use crate::support::program::Folder;
use chrono::TimeDelta;
use treadline::db::desk::tokens::Purpose;
use treadline::db::desk::users::{self, Role};
use treadline::desk;
use treadline::ids::TenantId;

const NEW: &str = "зовсім новий пароль";

#[tokio::test]
async fn the_first_account_is_made_by_a_link_that_works_once_and_only_for_the_first() {
    let Some(office) = office().await else { return };
    let old = desk::first_link(&office.db.pool, &office.clock).await.unwrap().unwrap();
    let link = desk::first_link(&office.db.pool, &office.clock).await.unwrap().unwrap();
    let browser = office.browser();
    assert_eq!(browser.get(&old).await.status, StatusCode::GONE, "an older link still works");
    let fields = |email: &'static str, again: &'static str| {
        [("email", email), ("name", "Olha"), ("password", NEW), ("again", again)]
    };
    for (email, again, why) in [
        ("nonsense", NEW, "does not look like an e-mail"),
        ("olha@shop.example", "something else", "differ"),
    ] {
        let answer = browser.send_form(&link, &link, &fields(email, again)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(why), "{}", answer.text);
    }
    // Two who press at once make one account.
    let (one, two) = (office.browser(), office.browser());
    let (a, b) = (fields("olha@shop.example", NEW), fields("eve@shop.example", NEW));
    let (first, second) =
        tokio::join!(one.send_form(&link, &link, &a), two.send_form(&link, &link, &b));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::GONE]);
    let all = users::list(&office.db.pool).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].role, Role::SuperAdmin);
    assert_eq!(desk::first_link(&office.db.pool, &office.clock).await.unwrap(), None);
    assert_eq!(office.noted("door.first_admin_made").await, 1);
}

#[tokio::test]
async fn looking_at_a_link_does_not_use_it_up_and_using_it_does() {
    let Some(office) = office().await else { return };
    let id = office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let link = office.link(Purpose::SignIn, Some(id)).await;
    let browser = office.browser();
    for _ in 0..3 {
        assert_eq!(browser.get(&link).await.status, StatusCode::OK);
    }
    assert!(!browser.is_in().await);
    // Many at once: one comes in.
    let browsers: Vec<_> = (0..8).map(|_| office.browser()).collect();
    let open = async |browser: &Browser| browser.get(&link).await.form_token();
    let tokens = futures_util::future::join_all(browsers.iter().map(open)).await;
    let tries = browsers.iter().zip(&tokens).map(|(browser, token)| async {
        browser.post(&link, &[("form_token", token)]).await.status
    });
    let answers = futures_util::future::join_all(tries).await;
    let came_in = answers.iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
    assert_eq!(came_in, 1, "{answers:?}");
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_old_password() {
    let Some(office) = office().await else { return };
    let id = office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let thief = office.browser();
    thief.sign_in("olha@shop.example", PASSWORD).await;
    assert!(thief.is_in().await);
    let link = office.link(Purpose::SetPassword, Some(id)).await;
    assert!(thief.is_in().await, "making a link changes nothing yet");
    let owner = office.browser();
    let short = owner.send_form(&link, &link, &[("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = owner.send_form(&link, &link, &[("password", NEW), ("again", NEW)]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    assert!(owner.is_in().await);
    assert!(!thief.is_in().await);
    assert_eq!(thief.sign_in("olha@shop.example", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(owner.get(&link).await.status, StatusCode::GONE, "the link works twice");
}

#[tokio::test]
async fn a_link_grows_old_and_a_made_up_one_never_worked() {
    let Some(office) = office().await else { return };
    let id = office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    let link = office.link(Purpose::SignIn, Some(id)).await;
    let browser = office.browser();
    let token = browser.get(&link).await.form_token();
    office.clock.set(office.clock.now() + TimeDelta::minutes(61));
    let late = browser.post(&link, &[("form_token", &token)]).await;
    assert_eq!(late.status, StatusCode::GONE);
    for made_up in ["/door/x", "/door/%00", &format!("/door/{}", "A".repeat(4_000))] {
        assert_eq!(browser.get(made_up).await.status, StatusCode::GONE, "{made_up}");
    }
    // A link of one kind is no link of another.
    let sign_in = office.link(Purpose::SignIn, Some(id)).await;
    users::set_blocked(&office.db.pool, id, true).await.unwrap();
    assert_eq!(browser.get(&sign_in).await.status, StatusCode::GONE, "a blocked person's link");
}

#[tokio::test]
async fn a_link_leads_to_the_page_that_it_names_and_nowhere_else() {
    let Some(office) = office().await else { return };
    let id = office.hire("olha@shop.example", Role::Operator, TenantId::DEFAULT).await;
    for (next, to) in [("/calls/1", "/calls/1"), ("//evil.example", "/"), ("https://a", "/")] {
        let link = office.link(Purpose::SignIn, Some(id)).await;
        let link = format!("{link}?next={next}");
        let browser = office.browser();
        let answer = browser.send_form(&link, &link, &[]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, to));
    }
}

#[tokio::test]
async fn accounts_are_made_shown_and_blocked_on_the_command_line() {
    let Some(office) = office().await else { return };
    let folder = Folder::with_database(&office.db.url);
    let made = folder.run(&["user", "add", "Olha@Shop.example", "--role", "operator"]).await;
    let made = made.succeeded();
    let (_, secret) = made.trim().split_once("/door/").expect("a link");
    let path = format!("/door/{secret}");
    let browser = office.browser();
    office.clock.set(chrono::Utc::now());
    let fields = [("password", NEW), ("again", NEW)];
    let set = browser.send_form(&path, &path, &fields).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{made}");
    assert!(browser.is_in().await);
    let again = ["user", "add", "olha@shop.example", "--role", "admin"];
    let (_, error) = folder.run(&again).await.failed();
    assert!(error.contains("treadline user reset olha@shop.example"), "{error}");
    let (_, error) = folder.run(&["user", "add", "a@b", "--role", "king"]).await.failed();
    assert!(error.contains("super_admin, admin, operator or analyst"), "{error}");
    folder.run(&["user", "block", "olha@shop.example"]).await.succeeded();
    assert!(!browser.is_in().await);
    let list = folder.run(&["user", "list"]).await.succeeded();
    assert!(list.contains("olha@shop.example") && list.contains("BLOCKED"), "{list}");
    folder.run(&["user", "reset", "olha@shop.example"]).await.failed();
    assert_eq!(office.noted("user.blocked").await, 1);
}
