//! Providers that fail: the caller always hears something, and nothing is claimed that was not
//! heard.

use crate::call::agent::{Agent, Setup, says, test};
use crate::call::fakes::{Fate, Speaking};
use crate::call::served::{BOOKING, without_fillers};

/// The core promises 2,500 ms, which is proven where time is virtual; ten calls at once on a busy
/// machine must only show that nobody waits for a provider's own limit.
const SOON_MS: u64 = 6_000;

/// How long the caller waits for a sound after a turn in which something fails.
async fn sound_after(setup: Setup) -> Option<u64> {
    let agent = Agent::start(setup).await?;
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    guest.speak("a question");
    assert!(guest.call.wait_until_speaks(crate::call::agent::PATIENCE).await);
    guest.call.report().turns.last()?.first_audio_ms
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_provider_fails_the_caller_hears_something_soon() {
    let question = || vec![says(&["I need winter tires, 205 55 R16."])];
    let then = |fault| vec![Speaking::Well, Speaking::Well, Speaking::Well, fault];
    let cases = [
        ("the recogniser hangs", vec![vec![Fate::Hangs]], vec![], vec![]),
        ("the recogniser fails", vec![vec![Fate::Fails]], vec![], vec![]),
        ("the recogniser panics", vec![vec![Fate::Panics]], vec![], vec![]),
        ("the brain hangs", question(), vec![Fate::Hangs], vec![]),
        ("the brain fails", question(), vec![Fate::Fails], vec![]),
        ("the brain panics", question(), vec![Fate::Panics], vec![]),
        ("the voice fails", question(), vec![], then(Speaking::Fails)),
        ("the voice hangs", question(), vec![], then(Speaking::Hangs)),
        ("the voice panics", question(), vec![], then(Speaking::Panics)),
        ("the voice is mute", question(), vec![], then(Speaking::Mute)),
    ];
    let calls = cases.map(|(name, scripts, brain, voice)| async move {
        let waited = sound_after(Setup { scripts, brain, voice, ..Setup::default() }).await;
        if let Some(waited) = waited {
            assert!(waited <= SOON_MS, "{name}: the caller waited {waited} ms");
        }
    });
    futures_util::future::join_all(calls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_failed_turns_the_caller_is_handed_to_an_operator() {
    let scripts = vec![vec![Fate::Fails, Fate::Panics, Fate::Fails]];
    let Some(agent) = Agent::start(Setup { scripts, ..Setup::default() }).await else { return };
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    for turn in ["first", "second", "third"] {
        guest.say(turn).await;
    }
    guest.is_handed_back().await;
    assert_eq!(agent.next(guest.id()).await, "operator");
    let (record, _) = agent.rows(guest.id()).await;
    assert_eq!(record.call.outcome.as_deref(), Some("transferred"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_without_sound_does_not_stand_in_the_log_as_said() {
    let scripts = vec![says(&["I need winter tires, 205 55 R16."])];
    let voice = vec![Speaking::Mute];
    let setup = Setup { scripts, voice, ..Setup::default() };
    let Some(agent) = Agent::start(setup).await else { return };
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    guest.say("tires").await;
    let (record, _) = agent.rows(guest.id()).await;
    let mute = agent.voice.asked.lock().expect("no panic").first().cloned().expect("a sentence");
    let first = &record.turns[0];
    assert!(!first.content.starts_with(&mute), "{mute:?} was never heard: {record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_to_a_read_back_whose_sound_broke_off_books_nothing_before_it_is_read_again() {
    let mut lines = BOOKING[..7].to_vec();
    lines.push("Yes.");
    let scripts = vec![says(&lines)];
    let setup = Setup { scripts, configure: without_fillers, ..Setup::default() };
    let Some(agent) = Agent::start(setup).await else { return };
    *agent.voice.breaks_off_at.lock().expect("no panic") = Some("read it back");
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    for line in &lines[..7] {
        guest.say(line).await;
    }
    let (_, agreed) = agent.rows(guest.id()).await;
    assert_eq!(agreed.bookings, [], "half a read-back was agreed to");
    guest.say("Yes.").await;
    let (_, agreed) = agent.rows(guest.id()).await;
    assert_eq!(agreed.bookings.len(), 1, "{agreed:?}");
}
