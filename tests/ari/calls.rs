//! A call from its arrival to its end.

use crate::ari::fake::{Fake, Setup, until};
use crate::ari::{Desk, options};
use std::time::Duration;
use treadline::asterisk::ari::Media;
use treadline::asterisk::registry::{Refusal, Registration};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_joined_with_their_audio_only_after_it_is_in_the_application() {
    let delay = Duration::from_millis(300);
    let fake = Fake::with(Setup { stasis_delay: delay, ..Setup::default() }).await;
    let desk = Desk::at(&fake).await;
    let talk = desk.talking(&fake).await;
    // A real Asterisk says 422 to a channel that is not there yet; so does this one.
    assert_eq!(fake.asked("POST", "/addChannel"), 1, "no second attempt was needed");
    let state = fake.state();
    let (_, _, query) =
        state.asked.iter().find(|(_, path, _)| path.ends_with("externalMedia")).unwrap();
    for (name, value) in [
        ("channelId", talk.media.as_str()),
        ("data", &talk.id.to_string()),
        ("format", "slin16"),
        ("encapsulation", "audiosocket"),
        ("transport", "tcp"),
        ("external_host", "127.0.0.1:9"),
        ("app", "treadline"),
    ] {
        assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
    }
    let told = talk.leg.registration.as_ref().unwrap();
    assert_eq!(told.caller.as_deref(), Some("+380671234500"));
    assert_eq!(told.name.as_deref(), Some("Jane Caller"));
    assert_eq!(told.channel.as_deref(), Some(talk.caller.as_str()));
    assert_eq!(told.data["TENANT_LINE"], "7");
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_by_websocket_is_asked_for_where_the_dialplan_or_the_configuration_says_so() {
    for (args, default) in [(vec!["websocket"], Media::Audiosocket), (vec![], Media::Websocket)] {
        let fake = Fake::start().await;
        let desk =
            Desk::with(treadline::asterisk::ari::Options { media: default, ..options(fake.url()) })
                .await;
        until("connected", || desk.ari.is_connected()).await;
        until("the state was asked for", || fake.asked("GET", "channels") > 0).await;
        let id = Uuid::new_v4().to_string();
        let args: Vec<&str> = [id.as_str()].into_iter().chain(args).collect();
        fake.caller_comes(&args);
        until("media were asked for", || fake.asked("POST", "externalMedia") == 1).await;
        let state = fake.state();
        let asked = state.asked.iter().find(|(_, path, _)| path.ends_with("externalMedia"));
        let query = &asked.unwrap().2;
        assert_eq!(query["transport"], "websocket");
        assert_eq!(query["external_host"], "treadline_media");
        assert_eq!(query["connection_type"], "client");
        assert_eq!(query["transport_data"], format!("f(json)v(uuid={id})"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_leaves_nothing_behind() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let talk = desk.talking(&fake).await;
    fake.hangs_up(&talk.caller);
    fake.is_clean().await;
    until("the call is over", || desk.ari.calls() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_agent_leaves_the_caller_goes_where_the_registry_says() {
    for (word, goes) in [
        (Some("hangup"), None),
        (Some("operator"), Some(("treadline-transfer", "operator"))),
        (Some("storage"), Some(("treadline-transfer", "storage"))),
        (Some("no-such-name"), Some(("treadline-fallback", "s"))),
    ] {
        let fake = Fake::start().await;
        let desk = Desk::at(&fake).await;
        let talk = desk.talking(&fake).await;
        if let Some(word) = word {
            desk.registry.set_next(talk.id, word);
        }
        fake.hangs_up(&talk.media);
        fake.is_clean().await;
        let state = fake.state();
        let went = state.gone_on.get(&talk.caller);
        let went = went.map(|(context, exten)| (context.as_str(), exten.as_str()));
        assert_eq!(went, goes, "{word:?}");
        assert_eq!(state.channels.contains_key(&talk.caller), goes.is_some(), "{word:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_cannot_be_served_gets_the_operator() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    // Our audio listener is not there: Asterisk says 500.
    fake.state().refuses.push(("externalMedia", 500));
    let caller = fake.caller_comes(&[&Uuid::new_v4().to_string()]);
    let fallback = || ("treadline-fallback".to_owned(), "s".to_owned());
    until("the caller goes on", || fake.state().gone_on.get(&caller) == Some(&fallback())).await;
    fake.is_clean().await;

    // The audio never comes into the application.
    fake.state().refuses.clear();
    fake.state().media_stuck = true;
    let caller = fake.caller_comes(&[&Uuid::new_v4().to_string()]);
    until("the caller goes on", || fake.state().gone_on.get(&caller) == Some(&fallback())).await;
    fake.is_clean().await;

    // The uuid was used before.
    fake.state().media_stuck = false;
    let talk = desk.talking(&fake).await;
    fake.hangs_up(&talk.caller);
    fake.is_clean().await;
    let id = talk.id.to_string();
    drop(talk);
    let caller = fake.caller_comes(&[&id]);
    until("the caller goes on", || fake.state().gone_on.get(&caller) == Some(&fallback())).await;
    until("no call is left", || desk.ari.calls() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_news_twice_is_one_call() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let talk = desk.talking(&fake).await;
    fake.stasis_start_again(&talk.caller);
    fake.stasis_start_again(&talk.media);
    fake.hangs_up(&talk.caller);
    fake.is_clean().await;
    assert_eq!(fake.asked("POST", "externalMedia"), 1);
    until("no call is left", || desk.ari.calls() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dialplan_and_ari_may_announce_a_call_in_either_order() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let told = |id: Uuid| Registration {
        uuid: id,
        caller: Some("0671234500".into()),
        called: Some("+380441234567".into()),
        data: [("queue".to_owned(), "7".into())].into_iter().collect(),
        ..Registration::default()
    };
    for dialplan_first in [true, false] {
        let id = Uuid::new_v4();
        if dialplan_first {
            desk.registry.register(told(id)).unwrap();
        }
        let caller = fake.caller_comes(&[&id.to_string()]);
        let media = format!("treadline-media-{id}");
        until("they talk", || fake.talk_together(&[&caller, &media])).await;
        if !dialplan_first {
            desk.registry.register(told(id)).unwrap();
        }
        assert!(desk.registry.register(told(id)).is_err(), "each side once");
        let leg = desk.admit(id);
        let both = leg.registration.clone().unwrap();
        assert_eq!(both.caller.as_deref(), Some("+380671234500"), "as the network said it");
        assert_eq!(both.called.as_deref(), Some("+380441234567"), "as the dialplan knows it");
        assert_eq!(both.data["queue"], "7");
        drop(leg);
        let again = desk.registry.admit("127.0.0.1:1".parse().unwrap(), id);
        assert_eq!(again.unwrap_err(), Refusal::Ended, "one uuid, one call");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_that_comes_after_the_leg_still_completes_what_is_known() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let talk = desk.talking(&fake).await;
    let called = Some("+380441234567".to_owned());
    let late = Registration { uuid: talk.id, called, ..Registration::default() };
    desk.registry.register(late.clone()).unwrap();
    let known = desk.registry.registration(talk.id).unwrap();
    assert_eq!(known.called.as_deref(), Some("+380441234567"));
    assert!(desk.registry.register(late).is_err());
}
