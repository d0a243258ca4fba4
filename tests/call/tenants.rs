//! Two shops behind one program: the called number decides whose call it is.

use crate::call::agent::{Agent, Guest, NUMBER, Setup, says, test, until};
use crate::call::database::{TestDb, fresh_database};
use crate::call::served::without_fillers;
use std::sync::Mutex;
use treadline::ids::TenantId;
use uuid::Uuid;

const SECOND: &str = "00000000-0000-0000-0000-0000000000b2";
/// Numbers in the second shop's row, and what the dialplan says was called.
const LINES: [(&str, &str); 2] = [("+380 (32) 244-55-66", "380322445566"), ("2002", "2002")];
const QUESTION: &str =
    "Доброго дня, потрібні зимові шини двісті п'ять п'ятдесят п'ять р шістнадцять";

/// A second shop, with a language, a zone and one tyre of its own.
async fn with_second_shop() -> Option<TestDb> {
    let db = fresh_database().await?;
    let mut owner = db.owner().await;
    let steps = [
        format!("select set_config('app.tenant_id', '{SECOND}', false)"),
        format!(
            "insert into tenants (id, name, slug, timezone, called_numbers, metadata) values \
             ('{SECOND}', 'Шини на Городоцькій', 'west', 'Europe/Warsaw', \
             array['{}', '{}'], '{{\"language\": \"uk\"}}')",
            LINES[0].0, LINES[1].0
        ),
        format!(
            "insert into products (tenant_id, sku, brand, model, width, profile, rim_tenths, \
             season, price, quantity) values \
             ('{SECOND}', '00000000777', 'Debica', 'Frigo 2', 205, 55, 160, 'winter', 1999, 8)"
        ),
    ];
    for step in steps {
        sqlx::raw_sql(sqlx::AssertSqlSafe(step)).execute(&mut owner).await.expect("inserted");
    }
    Some(db)
}

/// Phones `called`, asks `question` after the greeting, and hangs up.
async fn phones(agent: &Agent, called: &str) -> Uuid {
    let id = Uuid::new_v4();
    let announced = agent.dialplan.register(id, Some(NUMBER), Some(called), &test()).await;
    announced.expect("the call is announced");
    let guest = Guest { call: agent.dial(id).await };
    guest.is_greeted().await;
    guest.say("tyres").await;
    guest.call.hang_up().await;
    id
}

/// What stands in the database of a call: whose it is, its language, what the agent said, and what
/// the catalogue gave.
async fn row(agent: &Agent, id: Uuid) -> (Uuid, String, String, String) {
    let sql = "select c.tenant_id, coalesce(c.language, ''), \
                 (select coalesce(string_agg(t.content, ' ' order by t.turn_number), '') \
                    from call_turns t where t.call_id = c.id and t.speaker = 'bot'), \
                 (select coalesce(string_agg(t.tool_result::text, ' '), '') \
                    from call_tool_calls t where t.call_id = c.id) \
               from calls c where c.id = $1 and c.ended_at is not null";
    let found = Mutex::new(None);
    until("the call is in the log", || async {
        agent.parts.flush_log().await;
        // The tests' owner is bound by row security too, unless it is a superuser.
        for tenant in [SECOND.to_owned(), TenantId::DEFAULT.0.to_string()] {
            let mut owner = agent.db.owner().await;
            sqlx::query("select set_config('app.tenant_id', $1, false)")
                .bind(tenant)
                .execute(&mut owner)
                .await
                .expect("set");
            let row = sqlx::query_as(sql).bind(id).fetch_optional(&mut owner).await;
            if let Some(row) = row.expect("asked") {
                *found.lock().expect("no panic") = Some(row);
                return true;
            }
        }
        false
    })
    .await;
    found.into_inner().expect("no panic").expect("a row")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_called_number_decides_the_shop_its_language_and_its_catalogue() {
    let Some(db) = with_second_shop().await else { return };
    let english = "I need winter tires, 205 55 R16.";
    let setup = Setup {
        scripts: vec![says(&[QUESTION]), says(&[QUESTION]), says(&[english])],
        database_url: Some(db.url.clone()),
        configure: without_fillers,
        ..Setup::default()
    };
    let Some(mut agent) = Agent::start(setup).await else { return };
    agent.db = db;
    for (_, called) in LINES {
        let id = phones(&agent, called).await;
        let (tenant, language, said, found) = row(&agent, id).await;
        assert_eq!(tenant.to_string(), SECOND, "{called}");
        assert_eq!(language, "uk");
        assert!(said.contains("Шини на Городоцькій"), "{said}");
        assert!(found.contains("Debica") && !found.contains("Michelin"), "{found}");
        assert!(said.contains("Debica") && said.contains("1999"), "{said}");
    }
    // A number that is nobody's is the shop of the configuration.
    let id = phones(&agent, "0800").await;
    let (tenant, language, said, found) = row(&agent, id).await;
    assert_eq!(tenant, TenantId::DEFAULT.0);
    assert_eq!(language, "en");
    assert!(said.contains("Treadline Tyres"), "{said}");
    assert!(found.contains("Michelin") && !found.contains("Debica"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_moves_to_another_shop_is_answered_by_it_without_a_restart() {
    let Some(db) = with_second_shop().await else { return };
    let setup = Setup { database_url: Some(db.url.clone()), ..Setup::default() };
    let Some(agent) = Agent::start(setup).await else { return };
    let tenants = &agent.parts.services.tenants;
    assert_eq!(tenants.of_line("+38 099 000-00-01").await, None);
    let mut owner = db.owner().await;
    let steps = [
        format!("select set_config('app.tenant_id', '{SECOND}', false)"),
        "update tenants set called_numbers = array['+380990000001'] where slug = 'west'".into(),
    ];
    for step in steps {
        sqlx::raw_sql(sqlx::AssertSqlSafe(step)).execute(&mut owner).await.expect("updated");
    }
    until("the number is known", || async {
        tenants.of_line("+38 099 000-00-01").await.is_some_and(|shop| shop.name.contains("Шини"))
    })
    .await;
    assert_eq!(tenants.of_line(LINES[1].1).await, None, "the old one is nobody's now");
}
