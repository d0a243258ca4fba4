//! The list of calls and the page of one.

use super::{StatusCode, office};
use chrono::TimeDelta;
use std::collections::HashSet;
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;

#[tokio::test]
async fn the_list_shows_every_call_once_page_by_page_while_new_ones_come() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    let mut made = HashSet::new();
    for n in 0..120 {
        // Many begin in the same moment: the order is still one.
        let at = now - TimeDelta::minutes(n / 7);
        made.insert(office.call(TenantId::DEFAULT, at, "шини").await.to_string());
    }
    let browser = office.signed_in(Role::Operator).await;
    let (mut path, mut seen, mut pages) = ("/calls".to_owned(), Vec::new(), 0);
    loop {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        pages += 1;
        let links = page.text.split("href=\"/calls/").skip(1);
        seen.extend(links.map(|rest| rest.split('"').next().unwrap().to_owned()));
        office.call(TenantId::DEFAULT, now + TimeDelta::minutes(pages), "нова").await;
        let Some((before, _)) = page.text.split_once("\" rel=\"next\"") else { break };
        path = before.rsplit_once('"').unwrap().1.replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!(pages, 3);
    assert_eq!(seen.len(), 120, "a call is on two pages");
    assert_eq!(seen.into_iter().collect::<HashSet<_>>(), made);
}

#[tokio::test]
async fn filters_stand_in_the_address_and_nonsense_in_them_is_said_to_be_so() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    let today = office.call(TenantId::DEFAULT, now, "потрібні шини Michelin").await;
    let before = office.call(TenantId::DEFAULT, now - TimeDelta::days(3), "100% знижка").await;
    let browser = office.signed_in(Role::Operator).await;
    for (query, wanted) in [
        ("", vec![today, before]),
        ("?from=2026-11-22", vec![today]),
        ("?to=2026-11-21", vec![before]),
        ("?outcome=resolved&origin=live&channel=phone&language=uk", vec![today, before]),
        ("?outcome=abandoned", vec![]),
        ("?outcome=open", vec![]),
        ("?made=order", vec![]),
        ("?scenario=tire_search", vec![today, before]),
        ("?number=0671234567", vec![today, before]),
        ("?number=7654321", vec![]),
        ("?words=michelin", vec![today]),
        ("?words=100%25", vec![before]),
        ("?words=1__%25", vec![]),
        ("?words=%27%20or%201%3D1--", vec![]),
    ] {
        let page = browser.get(&format!("/calls{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        for call in [today, before] {
            let there = page.text.contains(&call.to_string());
            assert_eq!(there, wanted.contains(&call), "{query}: {call}");
        }
        let word = if wanted.len() == 1 { "дзвінок" } else { "" };
        assert!(page.text.contains(&format!("{} {word}", wanted.len())), "{query}");
    }
    for bad in
        ["?from=yesterday", "?after=1", "?outcome=%00", &format!("?words={}", "x".repeat(101))]
    {
        let page = browser.get(&format!("/calls{bad}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn reading_a_transcript_and_looking_for_words_is_noted() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
    let browser = office.signed_in(Role::Operator).await;
    browser.get("/calls").await;
    assert_eq!(office.noted("transcript.read").await, 0);
    for n in 1..=2 {
        let page = browser.get(&format!("/calls/{call}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("шини"));
        assert_eq!(office.noted("transcript.read").await, n);
    }
    browser.get("/calls?words=0671234567").await;
    let noted: (String, serde_json::Value) = sqlx::query_as(
        "select actor, after from dashboard.audit_log where action = 'transcript.searched'",
    )
    .fetch_one(&mut office.db.owner().await)
    .await
    .unwrap();
    assert!(noted.0.starts_with("operator-"), "{noted:?}");
    assert_eq!(noted.1["words"], "********67", "a number got into the audit log");
    for none in ["00000000-0000-4000-8000-000000000000", "x", "%00"] {
        let page = browser.get(&format!("/calls/{none}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{none}");
    }
    assert_eq!(office.noted("transcript.read").await, 2);
}

#[tokio::test]
async fn what_cannot_be_noted_is_not_shown() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "таємниця").await;
    let browser = office.signed_in(Role::Operator).await;
    sqlx::raw_sql("revoke insert on dashboard.audit_log from treadline_app")
        .execute(&mut office.db.owner().await)
        .await
        .unwrap();
    let page = browser.get(&format!("/calls/{call}")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!page.text.contains("таємниця"));
}

#[tokio::test]
async fn an_analyst_sees_no_numbers_and_cannot_ask_by_them() {
    let Some(office) = office().await else { return };
    let said = "мій номер 067 123 45 67, запис на 2026-11-24";
    let call = office.call(TenantId::DEFAULT, office.clock.now(), said).await;
    for (role, whole) in [(Role::Operator, true), (Role::Admin, true), (Role::Analyst, false)] {
        let browser = office.signed_in(role).await;
        for path in ["/calls".to_owned(), format!("/calls/{call}")] {
            let page = browser.get(&path).await.text;
            assert_eq!(page.contains("+380 67 123-45-67"), whole, "{role} {path}");
            assert_eq!(page.contains("+380 67 ***-**-67"), !whole, "{role} {path}");
        }
        let page = browser.get(&format!("/calls/{call}")).await.text;
        assert_eq!(page.contains("067 123 45 67"), whole, "{role}");
        assert!(page.contains("2026-11-24"), "a day is no number: {role}");
        let asked = browser.get("/calls?number=0000000").await.text;
        assert_eq!(asked.contains(&call.to_string()), !whole, "{role}");
    }
}

#[tokio::test]
async fn a_call_page_shows_what_was_said_done_and_paid() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "потрібні шини").await;
    let browser = office.signed_in(Role::Operator).await;
    let page = browser.get(&format!("/calls/{call}")).await.text;
    for shown in [
        "потрібні шини",
        "search_tires",
        "вирішено",
        "1:05",
        "0,0123\u{a0}$",
        "640\u{a0}мс",
        "<rect class=\"s-llm\"",
        "нд, 22.11.2026 14:00",
        &format!("treadline replay {call}"),
    ] {
        assert!(page.contains(shown), "{shown} is not on the page: {page}");
    }
}
