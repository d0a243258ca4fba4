//! What was missed, and what was left behind.

use crate::ari::Desk;
use crate::ari::fake::state::Chan;
use crate::ari::fake::{Fake, until};
use uuid::Uuid;

fn chan(stasis: Option<Vec<String>>) -> Chan {
    Chan { name: "PJSIP/x-1".into(), state: "Up", stasis, ..Chan::default() }
}

fn fallback() -> (String, String) {
    ("treadline-fallback".into(), "s".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_left_is_cleaned_up_and_its_caller_gets_a_person() {
    let fake = Fake::start().await;
    let id = Uuid::new_v4().to_string();
    let (media, talk) = (format!("treadline-media-{id}"), format!("treadline-talk-{id}"));
    {
        let mut state = fake.state();
        state.channels.insert("17.1".into(), chan(Some(vec![id.clone()])));
        state.channels.insert(media.clone(), chan(Some(vec![])));
        state.bridges.insert(talk, ["17.1".to_owned(), media].into());
        // Another program's, and an ordinary call.
        state.channels.insert("other-media-1".into(), chan(None));
        state.channels.insert("17.9".into(), chan(None));
        state.bridges.insert("conference".into(), ["17.9".to_owned()].into());
    }
    let desk = Desk::at(&fake).await;
    until("the caller goes on", || fake.state().gone_on.get("17.1") == Some(&fallback())).await;
    until("our own are gone", || {
        let state = fake.state();
        let ours = |id: &String| id.starts_with("treadline-");
        !state.channels.keys().any(ours) && !state.bridges.keys().any(ours)
    })
    .await;
    let state = fake.state();
    assert!(state.channels.contains_key("other-media-1") && state.channels.contains_key("17.9"));
    assert!(state.bridges.contains_key("conference"));
    assert_eq!(state.gone_on.len(), 1);
    assert_eq!(desk.ari.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_comes_with_the_connection_is_nobody_s_orphan() {
    let fake = Fake::start().await;
    let id = Uuid::new_v4().to_string();
    fake.state().channels.insert("17.1".into(), chan(Some(vec![id.clone()])));
    // They stand in the list, and the news of them comes after it.
    let desk = Desk::at(&fake).await;
    fake.stasis_start_again("17.1");
    let media = format!("treadline-media-{id}");
    until("they talk", || fake.talk_together(&["17.1", &media])).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert!(fake.talk_together(&["17.1", &media]), "and go on talking");
    assert!(fake.state().gone_on.is_empty());
    fake.hangs_up("17.1");
    fake.is_clean().await;
    assert!(desk.ari.is_connected());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_with_a_person_outlives_the_process_that_joined_it() {
    for person_ends in [true, false] {
        let fake = Fake::start().await;
        let id = Uuid::new_v4();
        let operator = format!("treadline-operator-{id}-1");
        {
            let mut state = fake.state();
            state.channels.insert("17.1".into(), chan(Some(vec![id.to_string()])));
            state.channels.insert(operator.clone(), chan(Some(vec!["operator".into()])));
            let inside = ["17.1".to_owned(), operator.clone()].into();
            state.bridges.insert(format!("treadline-talk-{id}"), inside);
        }
        let desk = Desk::at(&fake).await;
        until("it is known again", || desk.ari.calls() == 1).await;
        assert!(fake.talk_together(&["17.1", &operator]), "and was not disturbed");
        fake.hangs_up(if person_ends { &operator } else { "17.1" });
        fake.is_clean().await;
        assert!(fake.state().channels.is_empty(), "both are hung up");
        until("it is over", || desk.ari.calls() == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hung_up_while_events_were_missed_is_noticed_afterwards() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let (left, stays) = (desk.talking(&fake).await, desk.talking(&fake).await);
    fake.set_away(true);
    until("it is away", || !fake.is_connected() && !desk.ari.is_connected()).await;
    fake.hangs_up(&left.caller);
    fake.set_away(false);
    until("one call is over", || desk.ari.calls() == 1).await;
    assert!(fake.talk_together(&[&stays.caller, &stays.media]), "the other one talks on");
    assert!(fake.channel(&left.media).is_none());
    fake.hangs_up(&stays.caller);
    fake.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_came_while_events_were_missed_is_served() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    fake.set_away(true);
    until("it is away", || !fake.is_connected() && !desk.ari.is_connected()).await;
    let id = Uuid::new_v4().to_string();
    let caller = fake.caller_comes(&[&id, "audiosocket"]);
    fake.set_away(false);
    let media = format!("treadline-media-{id}");
    until("they talk", || fake.talk_together(&[&caller, &media])).await;
    fake.hangs_up(&caller);
    fake.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asterisk_that_was_restarted_leaves_no_call_behind_here() {
    let fake = Fake::start().await;
    let desk = Desk::at(&fake).await;
    let talk = desk.talking(&fake).await;
    fake.set_away(true);
    {
        let mut state = fake.state();
        state.channels.clear();
        state.bridges.clear();
    }
    fake.set_away(false);
    until("the call is over", || desk.ari.calls() == 0).await;
    drop(talk);
    let next = desk.talking(&fake).await;
    fake.hangs_up(&next.caller);
    fake.is_clean().await;
}
