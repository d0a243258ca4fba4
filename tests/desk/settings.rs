//! `/settings`: versions within the fence of the file, over the version that was seen.

use super::hostile::{assert_whole, payloads};
use super::{Answer, Browser, Office, StatusCode, office};
use serde_json::{Value, json};
use treadline::db::desk::users::Role;

/// The limits of the file, as the form sends them.
const LIMITS: &[(&str, &str)] = &[
    ("do", "save"),
    ("call_usd_max", "1.00"),
    ("hour_usd_max", "20.00"),
    ("call_s_max", "1200"),
    ("turns_max", "60"),
    ("tools_per_call_max", "30"),
    ("transfers_max", "2"),
    ("calls_max", "100"),
    ("calls_per_number_max", "3"),
    ("calls_per_number_hour_max", "20"),
];

/// The form of limits with some of them changed.
pub(super) fn limits(
    changed: &[(&'static str, &'static str)],
) -> Vec<(&'static str, &'static str)> {
    let rest = LIMITS.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    rest.copied().chain(changed.iter().copied()).collect()
}

async fn save(browser: &Browser, page: &str, fields: &[(&str, &str)]) -> Answer {
    browser.send_form(page, page, fields).await
}

/// Key, version, value, reason of all settings of a shop.
async fn rows(office: &Office) -> Vec<(String, i32, Value, String)> {
    sqlx::query_as("select key, version, value, reason from settings order by key, version")
        .fetch_all(&mut office.db.owner().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_limit_is_saved_as_a_version_shown_with_its_author_and_put_back_with_one_press() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let page = "/settings/limits";
    assert!(admin.get(page).await.text.contains("value=\"60\""), "the file's");
    let first = limits(&[("seen", "0"), ("turns_max", "12"), ("reason", "callers ramble")]);
    let saved = save(&admin, page, &first).await;
    assert_eq!(
        (saved.status, saved.location()),
        (StatusCode::SEE_OTHER, "/settings/limits?saved=1")
    );
    let second = limits(&[("seen", "1"), ("turns_max", "13"), ("call_usd_max", "0,5")]);
    assert_eq!(save(&admin, page, &second).await.status, StatusCode::SEE_OTHER);
    let shown = admin.get(page).await.text;
    for part in ["value=\"13\"", "value=\"0.5\"", "callers ramble", "admin-", "12 → 13", "60"] {
        assert!(shown.contains(part), "{part} is missing: {shown}");
    }
    let back = [("do", "back"), ("seen", "2"), ("version", "1")];
    assert_eq!(save(&admin, page, &back).await.status, StatusCode::SEE_OTHER);
    assert!(admin.get(page).await.text.contains("value=\"12\""));
    let rows = rows(&office).await;
    let turns: Vec<(i32, &Value)> = rows.iter().map(|row| (row.1, &row.2["turns_max"])).collect();
    assert_eq!(turns, [(1, &json!(12)), (2, &json!(13)), (3, &json!(12))]);
    assert_eq!(rows[0].3, "callers ramble");
    assert_eq!(
        (office.noted("settings.saved").await, office.noted("settings.put_back").await),
        (2, 1)
    );
    let (before, after): (Value, Value) = sqlx::query_as(
        "select before, after from dashboard.audit_log where action = 'settings.put_back'",
    )
    .fetch_one(&mut office.db.owner().await)
    .await
    .unwrap();
    assert_eq!(before["value"]["turns_max"], 13);
    assert_eq!((&after["value"]["turns_max"], &after["back_to"]), (&json!(12), &json!(1)));
    assert!(admin.get("/settings").await.text.contains("12"));
}

#[tokio::test]
async fn what_the_file_does_not_allow_is_refused_with_what_it_allows_and_nothing_is_written() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let greeting = |name, language| {
        vec![("do", "save"), ("seen", "0"), ("name", name), ("language", language)]
    };
    let hours = |people, holidays| {
        vec![("do", "save"), ("seen", "0"), ("people", people), ("holidays", holidays)]
    };
    let order = |place| vec![("do", "save"), ("seen", "0"), ("place_0", place), ("place_1", "1")];
    let limit = |name, value| limits(&[("seen", "0"), (name, value)]);
    for (page, fields, told) in [
        ("limits", limit("turns_max", "61"), "від 5 до 60"),
        ("limits", limit("call_s_max", "5"), "від 60 до 1200"),
        ("limits", limit("calls_max", "101"), "від 1 до 100"),
        ("limits", limit("call_usd_max", "1.01"), "від 0.01 до 1.00"),
        ("limits", limit("call_usd_max", "0"), "від 0.01 до 1.00"),
        ("limits", limit("hour_usd_max", "-1"), "від 0.01 до 20.00"),
        ("limits", limit("turns_max", "many"), "Незрозуміло: many"),
        ("transfers", order(""), "Тут нічого немає"),
        ("transfers", order("x"), "Незрозуміло: x"),
        ("greeting", greeting("", "en"), "Тут нічого немає"),
        ("greeting", greeting("<speak>Shop</speak>", "en"), "Незрозуміло"),
        ("greeting", greeting("Shop", "ru"), "Файл цього не дозволяє: ru"),
        ("hours", hours("mon 25:00-26:00", ""), "Незрозуміло: mon 25:00-26:00"),
        ("hours", hours("", "2026-02-30 x"), "Незрозуміло: 2026-02-30 x"),
        ("hours", hours("", "2026-12-26..2026-12-24"), "Незрозуміло"),
    ] {
        let answer = save(&admin, &format!("/settings/{page}"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{page} {fields:?}");
        assert!(answer.text.contains(told), "{page}, {told}: {}", answer.text);
    }
    let nonsense = limits(&[("seen", "x")]);
    assert_eq!(save(&admin, "/settings/limits", &nonsense).await.status, StatusCode::BAD_REQUEST);
    let unknown = [("do", "burn"), ("seen", "0")];
    assert_eq!(save(&admin, "/settings/limits", &unknown).await.status, StatusCode::BAD_REQUEST);
    let never = [("do", "back"), ("seen", "0"), ("version", "7")];
    assert_eq!(save(&admin, "/settings/limits", &never).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.get("/settings/secrets").await.status, StatusCode::NOT_FOUND);
    assert_eq!(rows(&office).await, []);
    assert_eq!(office.noted("settings.saved").await, 0);
}

#[tokio::test]
async fn who_saves_over_what_somebody_else_changed_sees_both_and_changes_nothing() {
    let Some(office) = office().await else { return };
    let (olha, petro) = (office.signed_in(Role::Admin).await, office.signed_in(Role::Admin).await);
    let page = "/settings/limits";
    let hers = limits(&[("seen", "0"), ("turns_max", "21")]);
    assert_eq!(save(&olha, page, &hers).await.status, StatusCode::SEE_OTHER);
    let his = limits(&[("seen", "0"), ("turns_max", "22")]);
    let late = save(&petro, page, &his).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for cell in ["<td>60</td><td>22</td><td><strong>21</strong></td>", "admin-"] {
        assert!(late.text.contains(cell), "{cell}: {}", late.text);
    }
    let back = [("do", "back"), ("seen", "0"), ("version", "1")];
    assert_eq!(save(&petro, page, &back).await.status, StatusCode::CONFLICT);
    assert_eq!(rows(&office).await.len(), 1);
    // At the very same moment.
    let (hers, his) = (
        limits(&[("seen", "1"), ("turns_max", "31")]),
        limits(&[("seen", "1"), ("turns_max", "32")]),
    );
    let (one, other) = tokio::join!(save(&olha, page, &hers), save(&petro, page, &his));
    let mut both = [one.status, other.status];
    both.sort();
    assert_eq!(both, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    assert_eq!(rows(&office).await.len(), 2);
}

#[tokio::test]
async fn an_analyst_reads_an_operator_does_not_and_another_shop_has_its_own() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    let greeting = [("do", "save"), ("seen", "0"), ("name", "Шини тут"), ("language", "uk")];
    let saved = save(&admin, "/settings/greeting", &greeting).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let analyst = office.signed_in(Role::Analyst).await;
    let shown = analyst.get("/settings/greeting").await;
    assert!(
        shown.text.contains("Шини тут") && !shown.text.contains("name=\"do\""),
        "{}",
        shown.text
    );
    let refused = save(&analyst, "/settings/greeting", &greeting).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let operator = office.signed_in(Role::Operator).await;
    assert_eq!(operator.get("/settings").await.status, StatusCode::FORBIDDEN);
    let other = office.other_shop().await;
    let stranger = office.signed_in_at(Role::Admin, other).await;
    let shown = stranger.get("/settings/greeting").await.text;
    assert!(!shown.contains("Шини тут") && shown.contains("value=\"Other\""), "{shown}");
    // Another shop has no say in how many calls the whole line takes.
    assert!(!stranger.get("/settings/limits").await.text.contains("name=\"calls_max\""));
    let own = limits(&[("seen", "0"), ("calls_max", "1")]);
    assert_eq!(save(&stranger, "/settings/limits", &own).await.status, StatusCode::SEE_OTHER);
    let value: Value = sqlx::query_scalar("select value from settings where tenant_id = $1")
        .bind(other.0)
        .fetch_one(&mut office.db.owner().await)
        .await
        .unwrap();
    assert_eq!(value["calls_max"], 100);
}

#[tokio::test]
async fn hours_reach_the_books_of_the_stations_and_bookings_on_a_new_holiday_are_told() {
    let Some(office) = office().await else { return };
    let mut owner = office.db.owner().await;
    sqlx::raw_sql(
        "insert into fitting_stations (tenant_id, external_code, name, city) values \
             ('00000000-0000-0000-0000-000000000001', '990001', 'Лісова', 'Київ'); \
         insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, \
                 duration_minutes, post, service_type, customer_name, phone, vehicle_info, status) \
             select tenant_id, id, '2026-12-25', '10:00', 60, 1, 'tire_change', 'Олена', \
                 '+380671234567', 'біла', 'confirmed' from fitting_stations",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    let admin = office.signed_in(Role::Admin).await;
    let page = "/settings/hours";
    let fields = [
        ("do", "save"),
        ("seen", "0"),
        ("people", "Mon-Fri 09:00-18:00\r\n"),
        ("holidays", "01.01.2027 Новий рік\r\n2026-12-24..2026-12-26 Різдво"),
        ("stations", "990001,000000"),
        ("station_990001", "mon-fri 08:00-19:00\r\nsat 10:00-15:00"),
    ];
    let saved = save(&admin, page, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let shown = admin.get(page).await.text;
    for part in
        ["mon-fri 08:00-19:00\nsat 10:00-15:00", "2026-12-24: 1", "Лісова", "mon-fri 09:00-18:00"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let closures: Vec<(String, String)> = sqlx::query_as(
        "select closed_from || '..' || closed_to, reason from fitting_closures order by closed_from",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let closures: Vec<(&str, &str)> = closures.iter().map(|(d, r)| (&**d, &**r)).collect();
    assert_eq!(
        closures,
        [("2026-12-24..2026-12-26", "Різдво"), ("2027-01-01..2027-01-01", "Новий рік")]
    );
    let days: i64 = sqlx::query_scalar("select count(*) from fitting_station_hours")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(days, 6);
    // A form that does not show a station leaves its hours alone.
    let fields =
        [("do", "save"), ("seen", "1"), ("people", ""), ("holidays", ""), ("stations", "")];
    assert_eq!(save(&admin, page, &fields).await.status, StatusCode::SEE_OTHER);
    let counts: (i64, i64) = sqlx::query_as(
        "select (select count(*) from fitting_station_hours), (select count(*) from fitting_closures)",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(counts, (6, 0));
}

#[tokio::test]
async fn what_is_written_into_settings_stays_text() {
    let Some(office) = office().await else { return };
    let admin = office.signed_in(Role::Admin).await;
    for (seen, payload) in payloads().iter().step_by(2).enumerate() {
        let seen = seen.to_string();
        let holiday: String = payload.chars().filter(|c| !"\r\n;".contains(*c)).take(60).collect();
        let holiday = format!("2026-12-24 {holiday}");
        let fields = [
            ("do", "save"),
            ("seen", seen.as_str()),
            ("holidays", holiday.as_str()),
            ("people", ""),
            ("reason", payload.as_str()),
        ];
        let saved = save(&admin, "/settings/hours", &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{payload}: {}", saved.text);
        assert_whole(&admin, "/settings/hours", payload).await;
        // What is refused comes back into the form.
        let greeting = [
            ("do", "save"),
            ("seen", "0"),
            ("name", payload.as_str()),
            ("language", payload.as_str()),
        ];
        let refused = save(&admin, "/settings/greeting", &greeting).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{payload}");
        assert_eq!(super::hostile::wound(&refused.text), None, "{payload}");
    }
    assert_whole(&admin, "/settings", "all of them").await;
}
