//! The pages of figures: who sees them, that each number opens exactly its calls, what can be taken
//! away.

use super::{Answer, Browser, Office, StatusCode, office};
use crate::figures::model::{Call, Shop};
use crate::figures::{at, day, judge};
use crate::support::rng::Rng;
use std::collections::{BTreeMap, BTreeSet};
use treadline::db::desk::users::Role;
use treadline::db::figures::pictures::address;
use treadline::db::figures::{self, Range, Span, Tally};
use treadline::ids::TenantId;

/// A day that is over for longer than a day: its calls are ripe.
const DAY: &str = "2026-11-20";

/// Nine days of calls of every kind, up to the hour of the office's clock.
async fn busy_office() -> Option<(Office, Shop)> {
    let office = office().await?;
    let mut shop = Shop::new(&office.db, TenantId::DEFAULT).await;
    let mut rng = Rng::new(19);
    for _ in 0..40 {
        shop.add(Call::any(&mut rng, at("2026-11-19T22:00:00Z"), 24 * 3_600)).await;
    }
    for _ in 0..60 {
        shop.add(Call::any(&mut rng, at("2026-11-13T10:00:00Z"), 9 * 24 * 3_600)).await;
    }
    judge(&office.db).await;
    Some((office, shop))
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&")
}

/// Every link of a page to a list of calls, with what each of its marks says.
fn links(page: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for rest in page.split("href=\"/calls?").skip(1) {
        let (query, rest) = rest.split_once('"').unwrap();
        let (_, inside) = rest.split_once('>').unwrap();
        let (inside, _) = inside.split_once("</a>").unwrap();
        // A mark of a picture says its number in its title; a link of the page is its number.
        let said = match inside.trim_start().strip_prefix("<title>") {
            Some(title) => {
                let (title, _) = title.split_once("</title>").unwrap();
                let said = title.rsplit_once(": ").map_or(title, |(_, said)| said);
                let said = said.split(" (").next().unwrap_or(said);
                said.split(", ").next().unwrap_or(said).to_owned()
            }
            None => inside.trim().to_owned(),
        };
        found.entry(format!("/calls?{}", unescaped(query))).or_default().push(said);
    }
    found
}

/// How many calls a list says that it has, and how many rows it has on all its pages.
async fn listed(browser: &Browser, first: &str) -> (i64, i64) {
    let (mut path, mut said, mut rows) = (first.to_owned(), None, 0);
    loop {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let (_, count) = page.text.split_once("<span data-count>").unwrap();
        let count = count.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(*said.get_or_insert(count), count, "{path}");
        rows += page.text.matches("<td><a href=\"/calls/").count() as i64;
        let Some((before, _)) = page.text.split_once("\" rel=\"next\"") else {
            return (count, rows);
        };
        path = unescaped(before.rsplit_once('"').unwrap().1);
    }
}

/// Walks every link of a page to a list; how many numbers were compared.
async fn walk(browser: &Browser, page: &str) -> usize {
    let mut compared = 0;
    for (href, marks) in links(page) {
        let (count, rows) = listed(browser, &href).await;
        assert_eq!(count, rows, "{href}");
        for said in marks {
            // Money, lengths and shares are no numbers of calls.
            let Ok(number) = said.replace('\u{a0}', "").parse::<i64>() else { continue };
            assert_eq!(number, rows, "{href} is the list of {said}");
            compared += 1;
        }
    }
    compared
}

#[tokio::test]
async fn every_number_of_a_day_opens_a_list_that_has_exactly_its_calls() {
    let Some((office, shop)) = busy_office().await else { return };
    let browser = office.signed_in(Role::Analyst).await;
    let page = browser.get(&format!("/dashboard?day={DAY}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let compared = walk(&browser, &page.text).await;
    assert!(compared > 150, "only {compared} numbers were compared");
    // No number is without its link.
    let range = Range::of(Span::Day, day(DAY), chrono_tz::Europe::Kyiv, office.clock.now());
    let found = figures::load(&office.db.pool, shop.tenant, range).await.unwrap();
    let mut tallies = found.now.tallies();
    tallies.extend(found.before.tallies());
    tallies.extend(found.parts.tallies().into_iter().filter(|(name, _)| *name != "day"));
    let on_page: BTreeSet<String> = links(&page.text).into_keys().collect();
    let missing: Vec<_> = tallies
        .iter()
        .filter(|(_, tally): &&(&str, &Tally)| tally.calls > 0)
        .filter(|(_, tally)| !on_page.contains(&address(&tally.filter)))
        .collect();
    assert!(missing.is_empty(), "numbers without a link: {missing:?}");
}

/// A day that is not over, a week and a month lead to their calls, too.
#[tokio::test]
async fn the_numbers_of_today_of_a_week_and_of_a_month_open_their_lists() {
    let Some((office, _shop)) = busy_office().await else { return };
    let browser = office.signed_in(Role::Admin).await;
    for path in ["/dashboard", "/dashboard?span=week&day=2026-11-21", "/dashboard?span=month"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for name in ["hours", "trend", "reasons", "fates", "faults", "funnel", "week", "services"] {
            assert!(page.text.contains(&format!("id=\"{name}-section\"")), "{path}: {name}");
        }
        assert_eq!(page.text.contains("id=\"days-section\""), path.contains("span="), "{path}");
        // Some of the links: all of them are walked for a day.
        let all = links(&page.text);
        assert!(all.len() > 40, "{path}: {}", all.len());
        for (href, marks) in all.into_iter().step_by(9) {
            let (count, rows) = listed(&browser, &href).await;
            assert_eq!(count, rows, "{href}");
            for number in marks.iter().filter_map(|said| said.parse::<i64>().ok()) {
                assert_eq!(number, rows, "{path}: {href}");
            }
        }
    }
}

#[tokio::test]
async fn a_day_says_its_zone_its_freshness_and_what_it_is_compared_with() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Analyst).await;
    let today = browser.get("/dashboard").await.text;
    // Noon in UTC is two o'clock in Kyiv.
    for shown in ["14:00 (Europe/Kyiv)", "нд, 22.11.2026", "нд, 15.11.2026", "тієї самої години"]
    {
        assert!(today.contains(shown), "{shown} is missing: {today}");
    }
    let empty = browser.get("/dashboard?day=2020-01-01").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(!empty.text.contains("NaN") && !empty.text.contains("inf"), "{}", empty.text);
    assert!(links(&empty.text).is_empty());
    // A daily count that says something else is told.
    let call = office.call(TenantId::DEFAULT, at("2026-11-20T10:00:00Z"), "шини").await;
    let counted =
        || treadline::db::stats::compute_day(&office.db.pool, TenantId::DEFAULT, day("2026-11-20"));
    counted().await.unwrap();
    let path = "/dashboard?day=2026-11-20";
    assert!(!browser.get(path).await.text.contains("role=\"alert\""));
    sqlx::query("update calls set origin = 'test' where id = $1")
        .bind(call)
        .execute(&mut office.db.owner().await)
        .await
        .unwrap();
    assert!(browser.get(path).await.text.contains("role=\"alert\""));
    counted().await.unwrap();
    assert!(!browser.get(path).await.text.contains("role=\"alert\""));
}

fn kind(answer: &Answer) -> &str {
    answer.headers["content-type"].to_str().unwrap()
}

#[tokio::test]
async fn every_picture_can_be_taken_away_with_its_numbers() {
    let Some((office, _shop)) = busy_office().await else { return };
    let browser = office.signed_in(Role::Admin).await;
    for path in [format!("/dashboard?day={DAY}"), format!("/dashboard/latency?day={DAY}")] {
        let page = browser.get(&path).await.text;
        let files: Vec<String> = page
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|href| href.contains("format="))
            .map(unescaped)
            .collect();
        assert!(files.len() >= 12, "{path}: {files:?}");
        for href in files {
            let answer = browser.get(&href).await;
            assert_eq!(answer.status, StatusCode::OK, "{href}");
            let given = answer.headers["content-disposition"].to_str().unwrap();
            assert!(given.starts_with("attachment; filename=\"day-2026-11-20-"), "{given}");
            if href.contains("format=svg") {
                assert_eq!(kind(&answer), "image/svg+xml");
                assert!(answer.text.starts_with("<svg xmlns=") && answer.text.contains("<style>"));
                assert!(!answer.text.contains("href="), "{href} leads into the desk");
            } else {
                assert_eq!(kind(&answer), "text/csv; charset=utf-8");
                assert!(answer.text.ends_with("\r\n"), "{href}: {}", answer.text);
            }
        }
    }
    for (path, status) in [
        ("/dashboard?format=svg&picture=none", StatusCode::NOT_FOUND),
        ("/dashboard?format=svg", StatusCode::NOT_FOUND),
        ("/dashboard?format=pdf", StatusCode::BAD_REQUEST),
        ("/dashboard?span=year", StatusCode::BAD_REQUEST),
        ("/dashboard?day=yesterday", StatusCode::BAD_REQUEST),
        ("/dashboard?day=0001-01-01", StatusCode::BAD_REQUEST),
        ("/dashboard/latency?day=%2B262142-12-31", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(browser.get(path).await.status, status, "{path}");
    }
}

/// What a spreadsheet would run is text in it, and what a browser would run is text on the page.
#[tokio::test]
async fn words_of_the_log_run_neither_in_a_spreadsheet_nor_on_the_page() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Analyst).await;
    let mut owner = office.db.owner().await;
    let cells = ["=1+1", "+cmd|' /c calc'!a0", "-2+3", "@sum(a1)", "\t=1", "<b>\"x\"</b>"];
    for cell in cells {
        let call = office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
        sqlx::query("update calls set transfer_reason = $2, scenario = $2 where id = $1")
            .bind(call)
            .bind(cell)
            .execute(&mut owner)
            .await
            .unwrap();
    }
    for picture in ["reasons", "scenarios"] {
        let sheet = browser.get(&format!("/dashboard?format=csv&picture={picture}")).await.text;
        assert_eq!(sheet.lines().count(), 1 + cells.len(), "{sheet}");
        for line in sheet.lines() {
            let first = line.trim_start_matches('"').chars().next().unwrap();
            assert!(!"=+-@\t".contains(first), "{line:?} runs");
        }
    }
    let page = browser.get("/dashboard").await.text;
    assert!(!page.contains("<b>"), "{page}");
    for (href, _) in links(&page) {
        let (count, rows) = listed(&browser, &href).await;
        assert_eq!(count, rows, "{href}");
    }
}

#[tokio::test]
async fn the_page_of_latencies_leads_to_the_slowest_answers() {
    let Some((office, mut shop)) = busy_office().await else { return };
    let slow = Call { replies_ms: vec![9_000], words: 1, ..Call::at(at("2026-11-20T09:00:00Z")) };
    shop.add(slow.clone()).await;
    let clock = office.clock.clone();
    treadline::jobs::daily_stats::run_once(&office.db.pool, &clock).await.unwrap();
    let browser = office.signed_in(Role::Analyst).await;
    let page = browser.get(&format!("/dashboard/latency?day={DAY}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for name in ["replies", "spread", "near", "stages", "reply-hours", "turn"] {
        assert!(page.text.contains(&format!("id=\"{name}-section\"")), "{name}");
    }
    let worst = page.text.split("<ol class=\"slowest\">").nth(1).unwrap();
    let worst: Vec<&str> = worst.split("</ol>").next().unwrap().split("href=\"").skip(1).collect();
    assert!(worst.len() > 5 && worst.len() <= 20, "{}", worst.len());
    let first = worst[0].split('"').next().unwrap();
    assert!(first.starts_with(&format!("/calls/{}#turn-", slow.id)), "{first}");
    let (path, turn) = first.split_once('#').unwrap();
    let call = browser.get(path).await;
    assert_eq!(call.status, StatusCode::OK);
    assert!(call.text.contains(&format!("id=\"{turn}\"")), "{turn} is not on the call's page");
    // The share of slow calls is a link to so many.
    assert!(walk(&browser, &page.text).await >= 2);
}

#[tokio::test]
async fn the_figures_are_for_analysts_and_admins_and_each_shop_sees_its_own() {
    let Some((office, _shop)) = busy_office().await else { return };
    let operator = office.signed_in(Role::Operator).await;
    for path in ["/dashboard", "/dashboard/latency", "/dashboard?format=csv"] {
        assert_eq!(operator.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!operator.get("/calls").await.text.contains("href=\"/dashboard"));
    let other = office.other_shop().await;
    for role in [Role::Admin, Role::Analyst] {
        let browser = office.signed_in(role).await;
        assert!(browser.get("/calls").await.text.contains("href=\"/dashboard\""), "{role}");
        let theirs = office.signed_in_at(role, other).await;
        let page = theirs.get(&format!("/dashboard?span=month&day={DAY}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(links(&page.text).is_empty(), "another shop's calls are counted: {}", page.text);
    }
}
