//! The list of calls with all its filters, what is found in transcripts, and the page of one call
//! in full.

use super::{StatusCode, office};
use crate::support::database::TestDb;
use chrono::TimeDelta;
use serde_json::json;
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;
use uuid::Uuid;

async fn change(db: &TestDb, call: Uuid, set: &'static str) {
    let sql = format!("update calls set {set} where id = $1");
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(call).execute(&mut db.owner().await).await.unwrap();
}

#[tokio::test]
async fn every_filter_lets_through_what_it_names() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    // 14:00 on a Sunday in Kyiv.
    let one = office.call(TenantId::DEFAULT, now, "зимові шини").await;
    let two = office.call(TenantId::DEFAULT, now - TimeDelta::hours(26), "літні диски").await;
    change(
        &office.db,
        two,
        "outcome = 'abandoned', drop_off_stage = 'delivery', origin = 'demo', language = 'en', \
         scenario = null, quality_score = 0.3, csat_score = 2, transfer_reason = 'cannot_help', \
         cost_breakdown = '{\"llm\": 0.5}', channel = 'chat', caller_id = null, \
         meta = '{\"quality\": {\"flagged\": [\"concise\"]}, \"unpriced_steps\": 1}'",
    )
    .await;
    let browser = office.signed_in(Role::Admin).await;
    for (query, wanted) in [
        ("stage=delivery", vec![two]),
        ("reached=delivery", vec![one, two]),
        ("reached=confirmation", vec![one]),
        ("origin=demo", vec![two]),
        ("origin=live", vec![one]),
        ("channel=chat", vec![two]),
        ("language=en", vec![two]),
        ("scenario=none", vec![two]),
        ("scenario=tire_search", vec![one]),
        ("outcome=abandoned", vec![two]),
        ("standing=counted", vec![one, two]),
        ("standing=short", vec![]),
        ("reason=cannot_help", vec![two]),
        ("fate=not_known", vec![two]),
        ("by=agent", vec![one, two]),
        ("by=operator", vec![]),
        ("hour=14", vec![one]),
        ("hour=12", vec![two]),
        ("weekday=7", vec![one]),
        ("weekday=6", vec![two]),
        ("only=asked", vec![two]),
        ("only=judged", vec![two]),
        ("only=poor", vec![two]),
        ("only=rated", vec![two]),
        ("only=unpriced", vec![two]),
        ("only=known_number", vec![one]),
        ("only=ours", vec![]),
        ("only=nonsense", vec![]),
        ("missed=concise", vec![two]),
        ("missed=greeted", vec![]),
        ("paid=llm", vec![two]),
        ("paid=tts", vec![]),
        ("again=no", vec![one]),
        ("service=any", vec![]),
        ("slow_ms=100", vec![]),
        ("words=ДИСКИ", vec![two]),
        ("words=ИСК", vec![two]),
        ("words=шини&origin=demo", vec![]),
        ("until=2026-11-22T11:59:59Z", vec![two]),
        ("number=0671234567", vec![one]),
    ] {
        let page = browser.get(&format!("/calls?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        for call in [one, two] {
            let there = page.text.contains(&format!("/calls/{call}\""));
            assert_eq!(there, wanted.contains(&call), "{query}: {call}");
        }
        let said = format!("<span data-count>{} ", wanted.len());
        assert!(page.text.contains(&said), "{query}");
    }
}

#[tokio::test]
async fn words_are_found_in_ones_own_shop_only_and_by_an_index() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    let other = office.other_shop().await;
    let ours = office.call(TenantId::DEFAULT, now, "Маю питання про балансування").await;
    let theirs = office.call(other, now, "І я про балансування").await;
    let old = now - TimeDelta::days(100);
    let before = office.call(TenantId::DEFAULT, old, "балансування колись").await;
    for (tenant, finds, not) in [(TenantId::DEFAULT, ours, theirs), (other, theirs, ours)] {
        let browser = office.signed_in_at(Role::Analyst, tenant).await;
        for part in ["балансування", "аланс", "БАЛАНС", "ба"] {
            let page = browser.get(&format!("/calls?words={part}")).await.text;
            assert!(page.contains(&finds.to_string()), "{part}");
            assert!(!page.contains(&not.to_string()), "{part} finds another shop's call");
            assert!(!page.contains(&before.to_string()), "{part} goes back too far");
        }
        let page = browser.get("/calls?words=%D1%81%D0%BB%D0%BE%D0%BD").await.text;
        assert!(page.contains("<span data-count>0 "));
    }
    let browser = office.signed_in(Role::Analyst).await;
    let then = browser.get("/calls?words=балансування&to=2026-08-31").await.text;
    assert!(then.contains(&before.to_string()));
    let indexed: i64 = sqlx::query_scalar(
        "select count(*) from pg_indexes \
         where tablename like 'call\\_turns%' and indexdef like '%gin_trgm_ops%'",
    )
    .fetch_one(&mut office.db.owner().await)
    .await
    .unwrap();
    assert!(indexed > 4, "every month has the index: {indexed}");
}

#[tokio::test]
async fn a_list_without_days_says_how_far_back_it_goes_and_leads_to_what_is_before() {
    let Some(office) = office().await else { return };
    let now = office.clock.now();
    let near = office.call(TenantId::DEFAULT, now, "шини").await;
    let far = office.call(TenantId::DEFAULT, now - TimeDelta::days(200), "шини").await;
    let browser = office.signed_in(Role::Admin).await;
    let page = browser.get("/calls").await.text;
    assert!(page.contains(&near.to_string()) && !page.contains(&far.to_string()));
    assert!(page.contains("від нд, 23.08.2026"), "{page}");
    let (before, _) = page.split_once("\">Давніші за ці дні</a>").unwrap();
    let farther = before.rsplit_once('"').unwrap().1.to_owned();
    let page = browser.get(&farther).await.text;
    assert!(page.contains(&near.to_string()) && page.contains(&far.to_string()), "{farther}");
    // What a link asks for is told and can be taken off, and the form keeps it.
    let page = browser.get("/calls?hour=14&outcome=resolved").await.text;
    assert!(page.contains("href=\"/calls?outcome=resolved\""), "{page}");
    assert!(page.contains("14:00–14:59"), "{page}");
    assert!(page.contains("<input type=\"hidden\" name=\"hour\" value=\"14\">"), "{page}");
    let day = browser.get("/calls?from=2026-11-22&to=2026-11-22").await.text;
    assert!(day.contains("/dashboard?span=day&#38;day=2026-11-22"), "{day}");
}

#[tokio::test]
async fn a_call_page_tells_what_was_waited_for_paid_and_judged() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "потрібні шини").await;
    let mut owner = office.db.owner().await;
    sqlx::query(
        "with spoke as (insert into call_turns (id, tenant_id, call_id, call_started_at, \
             turn_number, speaker, content, endpointing_ms, llm_latency_ms, tts_latency_ms, \
             first_audio_ms) \
             select gen_random_uuid(), tenant_id, id, started_at, 2, 'bot', 'Так', 500, 200, 100, \
                 1000 from calls where id = $1) \
         insert into call_traces (id, tenant_id, call_id, call_started_at, turn_number, step, \
             agent_name, provider, model, tokens_input, tokens_cached, tokens_output, cost_usd, \
             started_at, duration_ms, status, error_message) \
         select gen_random_uuid(), tenant_id, id, started_at, 1, 'llm', 'brain', 'acme', 'm-1', \
             1200, 800, 40, 0.002, started_at, 300, 'timeout', 'no answer in time' \
         from calls, generate_series(1, 2) where id = $1",
    )
    .bind(call)
    .execute(&mut owner)
    .await
    .unwrap();
    let meta = json!({ "quality": {
        "by": "rules", "criteria": { "concise": 0.25, "greeted": 1.0 }, "flagged": ["concise"],
    }});
    sqlx::query("update calls set quality_score = 0.63, meta = $2 where id = $1")
        .bind(call)
        .bind(meta)
        .execute(&mut owner)
        .await
        .unwrap();
    let browser = office.signed_in(Role::Analyst).await;
    let page = browser.get(&format!("/calls/{call}")).await.text;
    for shown in [
        "id=\"turn-2\"",
        "1,00\u{a0}с",
        "кінець репліки 500\u{a0}мс",
        "наше 200\u{a0}мс",
        "модель 200\u{a0}мс",
        "голос 100\u{a0}мс",
        "acme · m-1",
        "токенів: 2400 на вхід (1600 з памʼяті), 80 на вихід",
        "0,0040\u{a0}$",
        "no answer in time",
        "за правилами",
        "0,63",
        "стисло",
        "0,25 <span class=\"badge error\">не виконано</span>",
        &format!("treadline replay {call}"),
    ] {
        assert!(page.contains(shown), "{shown} is not on the page: {page}");
    }
    let plain = office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
    assert!(browser.get(&format!("/calls/{plain}")).await.text.contains("Ще не оцінено."));
}
