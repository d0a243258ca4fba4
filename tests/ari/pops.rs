//! What operators see before their phone rings, and what they can do about it on a page.

use crate::ari::fake::Setup as FakeSetup;
use crate::ari::fake::state::Phone;
use crate::ari::fake::until;
use crate::ari::product::{Guest, House, with_ari};
use treadline::caller::signal::speech_like;
use treadline::db::desk::pops::{self, Act, Acted};
use treadline::db::desk::presence::{self, Wanted};
use treadline::db::desk::staff::Staff;
use treadline::db::desk::users::{self, NewUser, Role};
use treadline::ids::TenantId;
use uuid::Uuid;

const ENDPOINT: &str = "PJSIP/operator";
const OPERATOR: &str = "treadline-operator-";

/// A caller who has asked for a person, whose phone rings.
async fn rings() -> Option<(House, Guest)> {
    let lines = &["I want to talk to an operator, please."];
    let house = House::open_at(FakeSetup::default(), lines, with_ari).await?;
    house.fake.phone(ENDPOINT, Phone::Rings);
    let guest = house.caller().await;
    house.voice(&guest).say("words", &speech_like(8_000, 500));
    until("the phone is rung", || house.fake.channel(OPERATOR).is_some()).await;
    Some((house, guest))
}

async fn waiting(house: &House) -> Vec<(Uuid, Option<String>)> {
    sqlx::query_as("select id, fate from dashboard.pops")
        .fetch_all(&mut house.agent.db.owner().await)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_rings_when_the_page_has_it_and_not_before() {
    let Some((house, guest)) = rings().await else { return };
    // Nothing was waited for but the ring.
    let found = waiting(&house).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, None);
    house.fake.hangs_up(&guest.caller);
    house.fake.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_on_the_page_ends_the_ringing_and_the_agent_goes_on() {
    let Some((house, guest)) = rings().await else { return };
    let pool = &house.agent.db.pool;
    let email = "olha@shop.example".to_owned();
    let tenant = TenantId::DEFAULT;
    let new = NewUser { email: email.clone(), name: String::new(), role: Role::Operator, tenant };
    let user = users::add(pool, new).await.unwrap().unwrap();
    let now = house.agent.parts.services.clock.now();
    let staff = Staff { tenant, user, actor: email, address: String::new(), now };
    let free = Wanted { state: "free", reason: None, phone_only: true };
    presence::set(pool, staff.clone(), free).await.unwrap();
    let (pop, _) = waiting(&house).await.remove(0);
    let acted = pops::act(pool, staff, pop, Act::Refuse("busy")).await.unwrap();
    assert_eq!(acted, Acted::Done);
    until("no phone rings", || house.fake.channel(OPERATOR).is_none()).await;
    until("the agent says so", || house.said().contains("call you back by")).await;
    assert!(house.agent.parts.flush_log().await);
    assert_eq!(waiting(&house).await, [(pop, Some("refused".to_owned()))]);
    house.fake.hangs_up(&guest.caller);
    house.fake.is_clean().await;
}
