//! The ceiling of one call: first the parts that cost nothing, then a person, never silence.

use crate::cost::agent::{Setup, says, test};
use crate::cost::paid::{Dear, prices, usd};
use treadline::config::{Config, PriceUnit};
use uuid::Uuid;

const BOOKING: &[&str] = &[
    "Hello, I need winter tires, two hundred five, fifty five, R sixteen.",
    "I would like to book a tire fitting.",
    "The first one, please.",
    "The earliest time you have, please.",
    "My name is John Smith.",
    "It is a white Toyota.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

/// The second line of the caller is one too many for the paid parts.
fn soon_local(config: &mut Config) {
    prices(config);
    config.limits.cost.call_usd_max = usd("0.005");
    config.limits.cost.operator_percent = 1_000;
}

/// The recogniser alone costs more than the call may.
fn soon_an_operator(config: &mut Config) {
    prices(config);
    config.limits.cost.call_usd_max = usd("0.05");
    for price in &mut config.prices.0 {
        if price.unit == PriceUnit::Minute && price.provider == crate::cost::paid::EARS {
            price.usd = usd("1.50");
        }
    }
}

async fn switches(dear: &Dear, call: Uuid) -> Vec<(String, String, String)> {
    sqlx::query_as(
        "select kind, to_agent, reason from call_scenario_switches where call_id = $1 \
         order by switch_number",
    )
    .bind(call)
    .fetch_all(&mut dear.agent.db.owner().await)
    .await
    .expect("the switches are read")
}

fn row(kind: &str, to: &str, reason: &str) -> (String, String, String) {
    (kind.to_owned(), to.to_owned(), reason.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn at_its_ceiling_a_call_goes_on_with_what_costs_nothing_and_still_books() {
    let setup = Setup { scripts: vec![says(BOOKING)], configure: soon_local, ..Setup::default() };
    let Some(dear) = Dear::start(setup).await else { return };
    let guest = dear.agent.call(test()).await;
    guest.is_greeted().await;
    let mut asked = Vec::new();
    for line in BOOKING {
        guest.say(line).await;
        asked.push(dear.asked());
    }
    guest.is_handed_back().await;
    let (record, agreed) = dear.agent.rows(guest.id()).await;
    assert_eq!(record.call.outcome.as_deref(), Some("resolved"));
    assert_eq!(agreed.bookings.len(), 1, "{agreed:?}");
    assert!(asked[0] > 0, "the endpoint answered the first line");
    assert_eq!(asked[2], asked[7], "and nothing after the ceiling: {asked:?}");
    let spare = dear.spare_voice.asked.lock().expect("no panic").clone();
    assert!(spare.iter().any(|text| text.contains("booked")), "the spare voice said {spare:?}");
    let switches = switches(&dear, guest.id()).await;
    assert!(switches.contains(&row("brain", "local", "cost_ceiling")), "{switches:#?}");
    assert!(dear.agent.metric("treadline_cost_ceilings_total") >= 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_cannot_go_on_without_costs_goes_to_an_operator_and_is_told_so() {
    let setup =
        Setup { scripts: vec![says(BOOKING)], configure: soon_an_operator, ..Setup::default() };
    let Some(dear) = Dear::start(setup).await else { return };
    let guest = dear.agent.call(test()).await;
    guest.is_greeted().await;
    guest.say(BOOKING[0]).await;
    guest.speak(BOOKING[1]);
    guest.is_handed_back().await;
    assert_eq!(dear.agent.next(guest.id()).await, "operator");
    let (record, _) = dear.agent.rows(guest.id()).await;
    assert_eq!(record.call.outcome.as_deref(), Some("transferred"));
    let last = record.turns.last().expect("a line");
    assert_eq!(last.speaker, "bot");
    assert!(last.content.contains("colleague"), "the caller was told: {last:?}");
    let switches = switches(&dear, guest.id()).await;
    assert!(switches.contains(&row("brain", "local", "cost_ceiling")), "{switches:#?}");
    assert_eq!(switches.last(), Some(&row("operator", "operator", "cost_ceiling")));
}
