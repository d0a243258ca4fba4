//! What Asterisk tells beside the sound: that caller and agent are together, that the caller hung
//! up, which keys were pressed.

use crate::ari::agent::PATIENCE;
use crate::ari::fake::{Setup as FakeSetup, until};
use crate::ari::product::{House, with_ari};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_before_caller_and_agent_are_together() {
    let Some(house) = House::open_at(FakeSetup::default(), &[], with_ari).await else { return };
    house.fake.state().media_stuck = true;
    let guest = house.comes();
    until("its sound is connected", || house.fake.has_media(&guest.media)).await;
    until("the greeting was made", || house.said().contains("automatic assistant")).await;
    let voice = house.voice(&guest);
    // A greeting that did not wait would be heard within these.
    let frames = voice.report().frames + 40;
    until("most of a second passes", || voice.report().frames >= frames).await;
    assert_eq!(voice.report().turns[0].agent_ms, 0, "spoken to nobody: {:?}", voice.report());
    house.fake.media_comes(&guest.media);
    assert!(voice.wait_until_speaks(PATIENCE).await, "no greeting: {:?}", voice.report());
    house.fake.hangs_up(&guest.caller);
    house.ends(&guest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_has_hung_up_whatever_becomes_of_the_sound() {
    let Some(house) = House::open_at(FakeSetup::default(), &[], with_ari).await else { return };
    let guest = house.caller().await;
    // Who waits for Asterisk to end the sound's channel waits in vain.
    let media: &'static str = Box::leak(guest.media.clone().into_boxed_str());
    house.fake.state().refuses.push((media, 500));
    house.fake.hangs_up(&guest.caller);
    let call = house.ends(&guest).await;
    assert_eq!(call.outcome.as_deref(), Some("abandoned"));
    until("the call is over", || house.agent.line.live() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_by_ari_where_the_sound_does_not_carry_them_and_only_there() {
    for (version, by_ari) in [("18.26.1", true), ("20.13.0", true), ("22.10.1", false)] {
        let setup = FakeSetup { version, ..FakeSetup::default() };
        let Some(house) = House::open_at(setup, &[], with_ari).await else { return };
        let guest = house.caller().await;
        for key in "2055516#".chars() {
            house.fake.presses(&guest.caller, key);
        }
        if !by_ari {
            // The same key as it comes with the sound: once, not twice.
            "2055516#".chars().for_each(|key| house.voice(&guest).press(key));
        }
        until("the agent speaks of the size", || house.said().contains("fifty-five")).await;
        house.listens(&guest).await;
        house.fake.hangs_up(&guest.caller);
        house.ends(&guest).await;
        let (record, _) = house.agent.rows(guest.id).await;
        let typed: Vec<&str> = record
            .turns
            .iter()
            .filter(|turn| turn.speaker == "customer")
            .map(|turn| turn.content.as_str())
            .collect();
        assert_eq!(typed.len(), 1, "{version}: {typed:?}");
    }
}
