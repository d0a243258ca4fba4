//! The whole product behind a fake Asterisk: what callers hear, what the operator hears, what stands
//! in the database.

use crate::ari::agent::{Agent, NUMBER, PATIENCE, Setup, says};
use crate::ari::fake::state::Phone;
use crate::ari::fake::{Fake, Setup as FakeSetup, until};
use std::cell::RefCell;
use treadline::caller::Call;
use treadline::caller::signal::speech_like;
use treadline::config::settings::{Choice, Holiday, Hours, SettingKey};
use treadline::config::{Config, Target, TransferKind};
use treadline::db::desk::settings::{self, Saved, Wish};
use treadline::db::desk::staff::Staff;
use treadline::db::transfers::{self, TransferRow};
use treadline::ids::{CallId, TenantId};
use uuid::Uuid;

thread_local! {
    /// Where this test's Asterisk is: a setup takes a plain function only.
    static ASTERISK: RefCell<String> = const { RefCell::new(String::new()) };
}

pub(crate) fn with_ari(config: &mut Config) {
    config.ari.enabled = true;
    config.ari.url = ASTERISK.with_borrow(Clone::clone);
    // A busy machine must not put a "one moment" between a question and its answer.
    config.limits.call.filler_ms = 8_000;
    config.limits.call.quiet_ms_max = 9_000;
}

fn target(config: &mut Config, change: impl FnOnce(&mut Target)) {
    with_ari(config);
    change(&mut config.transfer.targets[0]);
}

pub(crate) struct House {
    pub(crate) fake: Fake,
    pub(crate) agent: Agent,
}

pub(crate) struct Guest {
    pub(crate) id: Uuid,
    pub(crate) caller: String,
    pub(crate) media: String,
}

impl House {
    async fn open(lines: &[&'static str], configure: fn(&mut Config)) -> Option<Self> {
        Self::open_at(FakeSetup::default(), lines, configure).await
    }

    /// The product behind this Asterisk.
    pub(crate) async fn open_at(
        setup: FakeSetup,
        lines: &[&'static str],
        configure: fn(&mut Config),
    ) -> Option<Self> {
        let fake = Fake::with(FakeSetup { has_media: true, ..setup }).await;
        ASTERISK.set(fake.url());
        let setup = Setup { scripts: vec![says(lines)], configure, ..Setup::default() };
        let agent = Agent::start(setup).await?;
        until("connected", || fake.asked("GET", "channels") > 0).await;
        Some(Self { fake, agent })
    }

    pub(crate) async fn caller(&self) -> Guest {
        let guest = self.comes();
        until("they talk", || self.fake.talk_together(&[&guest.caller, &guest.media])).await;
        self.listens(&guest).await;
        guest
    }

    /// A caller comes; nothing is waited for.
    pub(crate) fn comes(&self) -> Guest {
        let id = Uuid::new_v4();
        let caller = self.fake.caller_comes(&[&id.to_string(), "audiosocket", "origin=test"]);
        Guest { id, caller, media: format!("treadline-media-{id}") }
    }

    pub(crate) fn voice(&self, guest: &Guest) -> std::sync::Arc<Call> {
        self.fake.media(&guest.media)
    }

    pub(crate) async fn listens(&self, guest: &Guest) {
        let voice = self.voice(guest);
        assert!(voice.wait_until_quiet(PATIENCE).await, "{:?}", voice.report());
    }

    fn speaks(&self, guest: &Guest) {
        self.voice(guest).say("words", &speech_like(8_000, 500));
    }

    async fn says(&self, guest: &Guest) {
        self.speaks(guest);
        self.listens(guest).await;
    }

    /// What the voice was asked to say, as one text.
    pub(crate) fn said(&self) -> String {
        self.agent.voice.asked.lock().expect("no panic").join(" ")
    }

    async fn attempts(&self, guest: &Guest) -> Vec<TransferRow> {
        assert!(self.agent.parts.flush_log().await);
        let pool = &self.agent.parts.pool;
        transfers::of_call(pool, TenantId::DEFAULT, CallId(guest.id)).await.unwrap()
    }

    async fn tickets(&self) -> i64 {
        let due =
            "select count(*) from tickets where ticket_type = 'callback' and due_at is not null";
        self.count(due).await
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut owner = self.agent.db.owner().await;
        sqlx::query("select set_config('app.tenant_id', $1, false)")
            .bind(TenantId::DEFAULT.0.to_string())
            .execute(&mut owner)
            .await
            .unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut owner).await.unwrap()
    }

    pub(crate) async fn ends(&self, guest: &Guest) -> treadline::db::calls::CallRow {
        crate::ari::agent::until("the end in the log", || async {
            self.agent.parts.flush_log().await
                && self.agent.rows(guest.id).await.0.call.ended_at.is_some()
        })
        .await;
        self.fake.is_clean().await;
        self.agent.rows(guest.id).await.0.call
    }
}

const PERSON: &str = "I want to talk to an operator, please.";

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_who_presses_one_hears_who_calls_and_takes_the_call() {
    let Some(house) = House::open(&[PERSON], with_ari).await else { return };
    house.fake.phone("PJSIP/operator", Phone::PicksUp);
    let guest = house.caller().await;
    house.speaks(&guest);
    let operator = format!("treadline-operator-{}-1", guest.id);
    until("the operator is rung", || house.fake.channel(&operator).is_some()).await;
    // Stored before the phone rang.
    let attempts = house.attempts(&guest).await;
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert_eq!((attempts[0].kind.as_str(), attempts[0].target.as_str()), ("warm", "operator"));
    assert_eq!(attempts[0].reason, "customer_request");
    assert_eq!(attempts[0].caller.as_deref(), Some(NUMBER));
    until("the operator is told", || house.said().contains("one to take the call")).await;
    assert!(house.fake.talk_together(&[&operator, &guest.media]));
    house.fake.presses(&operator, '1');
    until("the two talk", || house.fake.talk_together(&[&guest.caller, &operator])).await;
    let attempts = house.attempts(&guest).await;
    assert_eq!(attempts[0].outcome.as_deref(), Some("taken"));
    assert!(attempts[0].answered_at.is_some());
    house.fake.hangs_up(&operator);
    let call = house.ends(&guest).await;
    assert_eq!(call.outcome.as_deref(), Some("transferred"));
    assert!(call.transferred_to_operator);
    assert!(house.agent.metric("treadline_transfers_total") >= 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nobody_answers_the_caller_is_back_and_gets_a_callback_with_a_promised_time() {
    let lines = [PERSON, "Yes, please.", "No, thank you. Goodbye."];
    let Some(house) = House::open(&lines, with_ari).await else { return };
    house.fake.phone("PJSIP/operator", Phone::Ends(19));
    let guest = house.caller().await;
    house.speaks(&guest);
    until("the caller is told", || house.said().contains("call you back by")).await;
    until("they are back", || house.fake.talk_together(&[&guest.caller, &guest.media])).await;
    house.listens(&guest).await;
    house.says(&guest).await;
    assert!(house.said().contains("Noted"), "{}", house.said());
    assert_eq!(house.tickets().await, 1);
    house.speaks(&guest);
    let call = house.ends(&guest).await;
    assert_eq!(call.outcome.as_deref(), Some("callback"));
    assert!(!call.transferred_to_operator);
    let attempts = house.attempts(&guest).await;
    assert_eq!(attempts[0].outcome.as_deref(), Some("no_answer"));
    assert_eq!(attempts[0].answered_at, None);
    let kept = "select count(*) from calls where transfer_reason = 'customer_request'";
    assert_eq!(house.count(kept).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_hours_no_phone_rings() {
    let night = |config: &mut Config| {
        target(config, |target| target.hours = vec!["sat 10:00-11:00".into()]);
    };
    let Some(house) = House::open(&[PERSON], night).await else { return };
    house.fake.phone("PJSIP/operator", Phone::PicksUp);
    let guest = house.caller().await;
    house.speaks(&guest);
    until("the caller is told", || house.said().contains("on Saturday")).await;
    assert!(house.fake.channel("treadline-operator-").is_none());
    assert_eq!(house.attempts(&guest).await[0].outcome.as_deref(), Some("out_of_hours"));
    house.fake.hangs_up(&guest.caller);
    house.ends(&guest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_holiday_that_was_saved_at_the_desk_no_phone_rings() {
    let Some(house) = House::open(&[PERSON], with_ari).await else { return };
    house.fake.phone("PJSIP/operator", Phone::PicksUp);
    let parts = &house.agent.parts;
    let now = parts.services.clock.now();
    let (from, to) = (now.date_naive(), now.date_naive());
    let holidays = vec![Holiday { from, to, name: "Stocktaking".into() }];
    let hours = Hours { holidays, ..Hours::default() };
    let staff = Staff {
        tenant: TenantId::DEFAULT,
        user: Uuid::nil(),
        actor: "olha@shop.example".into(),
        address: "127.0.0.1".into(),
        now,
    };
    let wish = Wish {
        key: SettingKey::Hours,
        seen: 0,
        value: Choice::Hours(hours.clone()).to_value(),
        reason: String::new(),
        back_to: None,
        hours: Some(hours),
    };
    assert_eq!(settings::save(&parts.pool, staff, wish).await.unwrap(), Saved::Done(1));
    treadline::db::settings::refresh(&parts.pool, &parts.services.settings).await.unwrap();
    let guest = house.caller().await;
    house.speaks(&guest);
    crate::ari::agent::until("nobody is there", || async {
        let attempts = house.attempts(&guest).await;
        attempts.first().is_some_and(|row| row.outcome.as_deref() == Some("out_of_hours"))
    })
    .await;
    assert!(house.fake.channel("treadline-operator-").is_none());
    house.fake.hangs_up(&guest.caller);
    house.ends(&guest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_target_and_a_bridge_leave_their_rows_too() {
    let blind = |config: &mut Config| target(config, |t| t.kind = TransferKind::Blind);
    let bridge = |config: &mut Config| target(config, |t| t.kind = TransferKind::Bridge);
    for (kind, outcome) in [("blind", "handed_over"), ("bridge", "taken")] {
        let configure: fn(&mut Config) = if kind == "blind" { blind } else { bridge };
        let Some(house) = House::open(&[PERSON], configure).await else { return };
        house.fake.phone("PJSIP/operator", Phone::PicksUp);
        let guest = house.caller().await;
        house.speaks(&guest);
        crate::ari::agent::until("the attempt has ended", || async {
            house.attempts(&guest).await.first().is_some_and(|row| row.outcome.is_some())
        })
        .await;
        let attempts = house.attempts(&guest).await;
        assert_eq!(
            (attempts[0].kind.as_str(), attempts[0].outcome.as_deref()),
            (kind, Some(outcome))
        );
        if kind == "bridge" {
            house.fake.hangs_up(&guest.caller);
        }
        let call = house.ends(&guest).await;
        assert_eq!(call.outcome.as_deref(), Some("transferred"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_on_hold_leaves_a_row_that_says_so() {
    let Some(house) = House::open(&[PERSON], with_ari).await else { return };
    house.fake.phone("PJSIP/operator", Phone::Rings);
    let guest = house.caller().await;
    house.speaks(&guest);
    until("the operator is rung", || house.fake.channel("treadline-operator-").is_some()).await;
    house.fake.hangs_up(&guest.caller);
    let call = house.ends(&guest).await;
    assert_eq!(call.outcome.as_deref(), Some("abandoned"));
    assert_eq!(house.attempts(&guest).await[0].outcome.as_deref(), Some("caller_left"));
    assert!(house.fake.state().channels.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_the_dialplan_is_handed_back_and_leaves_its_row() {
    let scripts = vec![says(&[PERSON])];
    let Some(agent) = Agent::start(Setup { scripts, ..Setup::default() }).await else { return };
    let guest = agent.call(crate::ari::agent::test()).await;
    guest.is_greeted().await;
    guest.say("operator").await;
    guest.is_handed_back().await;
    assert_eq!(agent.next(guest.id()).await, "operator");
    assert!(agent.parts.flush_log().await);
    let call = CallId(guest.id());
    let rows = transfers::of_call(&agent.parts.pool, TenantId::DEFAULT, call).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].kind.as_str(), rows[0].target.as_str()), ("hand_back", "operator"));
    assert_eq!(rows[0].outcome.as_deref(), Some("handed_back"));
    assert_eq!(rows[0].reason, "customer_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_says_whether_asterisk_is_there() {
    let Some(house) = House::open(&[], with_ari).await else { return };
    let url = format!("http://{}/ready", house.agent.line.http);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = client.get(&url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let told: serde_json::Value = page.json().await.unwrap();
    let names: Vec<&str> =
        told["checks"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["database", "spool", "ari"]);
}
