//! Bringing a person: each kind, each outcome, and nothing left behind.

use crate::ari::fake::state::Phone;
use crate::ari::fake::{Fake, PATIENCE, Setup, until};
use crate::ari::{Desk, Talk};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use treadline::asterisk::ari::{Kind, Plan, Progress};
use treadline::pii;
use treadline::turn::TransferOutcome;

const ENDPOINT: &str = "PJSIP/operator";

fn plan(kind: Kind) -> Plan {
    Plan {
        attempt: 1,
        target: "operator".into(),
        kind,
        endpoint: ENDPOINT.into(),
        ring: Duration::from_secs(30),
        music: true,
        caller: pii::Phone::parse("+380671234500"),
    }
}

struct Scene {
    fake: Fake,
    desk: Desk,
    talk: Talk,
    news: mpsc::Receiver<Progress>,
}

impl Scene {
    async fn with(plan: Plan, phone: Phone) -> Self {
        let fake = Fake::with(Setup::default()).await;
        let desk = Desk::at(&fake).await;
        let talk = desk.talking(&fake).await;
        fake.phone(ENDPOINT, phone);
        let news = desk.ari.live(talk.id).expect("the call lives").transfer(plan);
        Self { fake, desk, talk, news }
    }

    async fn news(&mut self) -> Option<Progress> {
        timeout(PATIENCE, self.news.recv()).await.expect("news in time")
    }

    async fn ends(&mut self) -> TransferOutcome {
        match self.news().await {
            Some(Progress::Ended(outcome)) => outcome,
            other => panic!("not the end: {other:?}"),
        }
    }

    /// The channel of the operator's phone.
    async fn operator(&self) -> String {
        let begins = "treadline-operator-";
        until("the phone is rung", || self.fake.channel(begins).is_some()).await;
        self.fake.channel(begins).expect("a channel")
    }

    /// Caller and agent talk again, the music is over, no phone rings.
    async fn comes_back(self) {
        let Talk { caller, media, leg, .. } = self.talk;
        until("the caller is back", || self.fake.talk_together(&[&caller, &media])).await;
        assert!(!self.fake.state().channels[&caller].music);
        until("no phone rings", || self.fake.channel("treadline-operator-").is_none()).await;
        self.fake.hangs_up(&caller);
        self.fake.is_clean().await;
        drop(leg);
    }

    /// The agent takes leave; caller and operator talk until one of them hangs up.
    async fn goes_to(self, operator: &str, caller_hangs_up: bool) {
        let Self { fake, desk, talk, .. } = self;
        fake.hangs_up(&talk.media);
        until("the two talk", || fake.talk_together(&[&talk.caller, operator])).await;
        assert!(!fake.state().channels[&talk.caller].music);
        assert_eq!(desk.ari.calls(), 1);
        fake.hangs_up(if caller_hangs_up { &talk.caller } else { operator });
        fake.is_clean().await;
        assert!(fake.state().channels.is_empty(), "both are hung up");
        until("the call is over", || desk.ari.calls() == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_transfer_is_taken_by_key_one_after_the_operator_has_heard_us() {
    for caller_hangs_up in [true, false] {
        let mut scene = Scene::with(plan(Kind::Warm), Phone::PicksUp).await;
        assert_eq!(scene.news().await, Some(Progress::Answered));
        let operator = scene.operator().await;
        let media = scene.talk.media.clone();
        assert!(scene.fake.talk_together(&[&operator, &media]), "the agent and the operator");
        assert!(scene.fake.state().channels[&scene.talk.caller].music, "the caller hears music");
        for key in ['5', '#', '1'] {
            scene.fake.presses(&operator, key);
        }
        assert_eq!(scene.ends().await, TransferOutcome::Taken);
        scene.goes_to(&operator, caller_hangs_up).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_rung_with_what_the_configuration_says_and_the_caller_s_number() {
    let scene = Scene::with(plan(Kind::Warm), Phone::Rings).await;
    let operator = scene.operator().await;
    let state = scene.fake.state();
    let path = format!("channels/{operator}");
    let (_, _, query) =
        state.asked.iter().find(|(how, at, _)| how == "POST" && *at == path).unwrap();
    assert_eq!(query["endpoint"], ENDPOINT);
    assert_eq!(query["timeout"], "30");
    assert_eq!(query["callerId"], "+380671234500");
    assert_eq!(query["app"], "treadline");
    assert_eq!(query["appArgs"], format!("operator,{}", scene.talk.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn key_two_or_hanging_up_is_a_refusal_and_the_caller_comes_back() {
    for key in [Some('2'), None] {
        let mut scene = Scene::with(plan(Kind::Warm), Phone::PicksUp).await;
        assert_eq!(scene.news().await, Some(Progress::Answered));
        let operator = scene.operator().await;
        match key {
            Some(key) => scene.fake.presses(&operator, key),
            None => scene.fake.hangs_up(&operator),
        }
        assert_eq!(scene.ends().await, TransferOutcome::Refused);
        scene.comes_back().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_nobody_answers_brings_the_caller_back_with_its_reason() {
    for kind in [Kind::Warm, Kind::Bridge] {
        for (phone, outcome) in [
            (Phone::Ends(17), TransferOutcome::Busy),
            (Phone::Ends(19), TransferOutcome::NoAnswer),
            (Phone::Ends(21), TransferOutcome::Refused),
            (Phone::Ends(20), TransferOutcome::Offline),
            (Phone::Missing, TransferOutcome::Offline),
        ] {
            for music in [true, false] {
                let plan = Plan { music, ..plan(kind) };
                let mut scene = Scene::with(plan, phone).await;
                assert_eq!(scene.ends().await, outcome, "{kind:?} {phone:?}");
                scene.comes_back().await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_rings_for_ever_is_given_up() {
    let plan = Plan { ring: Duration::from_secs(1), ..plan(Kind::Bridge) };
    let mut scene = Scene::with(plan, Phone::Rings).await;
    assert_eq!(scene.ends().await, TransferOutcome::NoAnswer);
    scene.comes_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_swap_joins_whoever_picks_up_and_the_caller_at_once() {
    for music in [true, false] {
        let mut scene = Scene::with(Plan { music, ..plan(Kind::Bridge) }, Phone::PicksUp).await;
        assert_eq!(scene.ends().await, TransferOutcome::Taken);
        let operator = scene.operator().await;
        scene.goes_to(&operator, music).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_phone_rings_the_caller_hears_music_or_is_with_the_agent() {
    for music in [true, false] {
        let scene = Scene::with(Plan { music, ..plan(Kind::Warm) }, Phone::Rings).await;
        scene.operator().await;
        let Talk { caller, media, .. } = &scene.talk;
        assert_eq!(scene.fake.state().channels[caller].music, music);
        assert_eq!(scene.fake.talk_together(&[caller, media]), !music);
        scene.fake.hangs_up(caller);
        scene.fake.is_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_transfer_sends_the_caller_to_the_target_s_extension() {
    let mut scene = Scene::with(plan(Kind::Blind), Phone::Missing).await;
    assert_eq!(scene.ends().await, TransferOutcome::HandedOver);
    let went = scene.fake.state().gone_on.get(&scene.talk.caller).cloned();
    assert_eq!(went, Some(("treadline-transfer".into(), "operator".into())));
    scene.fake.hangs_up(&scene.talk.media);
    scene.fake.is_clean().await;
    assert!(scene.fake.state().channels.contains_key(&scene.talk.caller), "the caller lives on");
    until("the call is over", || scene.desk.ari.calls() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_transfer_that_asterisk_refuses_brings_the_caller_back() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let talk = desk.talking(&fake).await;
    fake.state().refuses.push(("/continue", 500));
    let news = desk.ari.live(talk.id).unwrap().transfer(plan(Kind::Blind));
    let mut scene = Scene { fake, desk, talk, news };
    assert_eq!(scene.ends().await, TransferOutcome::Failed);
    scene.fake.state().refuses.clear();
    scene.comes_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_while_it_rings_or_is_told_about_ends_the_ringing() {
    for phone in [Phone::Rings, Phone::PicksUp] {
        let mut scene = Scene::with(plan(Kind::Warm), phone).await;
        if phone == Phone::PicksUp {
            assert_eq!(scene.news().await, Some(Progress::Answered));
        } else {
            scene.operator().await;
        }
        scene.fake.hangs_up(&scene.talk.caller);
        assert_eq!(scene.ends().await, TransferOutcome::CallerLeft);
        scene.fake.is_clean().await;
        assert!(scene.fake.state().channels.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_dies_while_it_rings_leaves_the_caller_to_the_dialplan() {
    let scene = Scene::with(plan(Kind::Warm), Phone::Rings).await;
    scene.operator().await;
    scene.desk.registry.set_next(scene.talk.id, "operator");
    scene.fake.hangs_up(&scene.talk.media);
    let went = ("treadline-transfer".to_owned(), "operator".to_owned());
    let caller = &scene.talk.caller;
    until("they go on", || scene.fake.state().gone_on.get(caller) == Some(&went)).await;
    scene.fake.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_the_session_gives_up_is_over() {
    let scene = Scene::with(plan(Kind::Warm), Phone::Rings).await;
    scene.operator().await;
    let Scene { fake, talk, news, desk } = scene;
    drop(news);
    until("they talk again", || fake.talk_together(&[&talk.caller, &talk.media])).await;
    fake.hangs_up(&talk.caller);
    fake.is_clean().await;
    until("the call is over", || desk.ari.calls() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_thousand_targets_only_the_listed_ones_reach_asterisk() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let talk = desk.talking(&fake).await;
    let line = desk.ari.live(talk.id).unwrap();
    let before = fake.state().asked.len();
    // Pieces that a caller, or a model that obeys one, would make a target of.
    let pieces = [
        "operator",
        "storage",
        "+882",
        "00",
        "900",
        "011",
        "*",
        "#",
        "Local/",
        "PJSIP/",
        "@default",
        "&",
        ",",
        "|",
        "${SHELL(id)}",
        "${EXTEN}",
        "\r\n",
        "../",
        "%2F",
        "sip:",
        "\u{0}",
        " ",
        "ї",
    ];
    let mut seed = 20_261_122_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    let (mut tried, mut listed) = (0, 0);
    while tried < 100_000 {
        let target: String = (0..=next() % 4).map(|_| pieces[next() % pieces.len()]).collect();
        tried += 1;
        if target == "operator" || target == "storage" {
            listed += 1;
            continue;
        }
        let kind = [Kind::Blind, Kind::Bridge, Kind::Warm][next() % 3];
        let mut news = line.transfer(Plan { target, ..plan(kind) });
        let told = timeout(PATIENCE, news.recv()).await.expect("in time");
        assert_eq!(told, Some(Progress::Ended(TransferOutcome::NotAllowed)));
    }
    assert!(listed > 1_000, "the listed ones were among them: {listed}");
    assert_eq!(fake.state().asked.len(), before, "nothing reached Asterisk");
    let mut news = line.transfer(plan(Kind::Blind));
    let told = timeout(PATIENCE, news.recv()).await.expect("in time");
    assert_eq!(told, Some(Progress::Ended(TransferOutcome::HandedOver)), "a listed one does");
    fake.hangs_up(&talk.media);
    fake.is_clean().await;
}
