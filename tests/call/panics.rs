//! A bug in one call, or in a provider, is felt by that call only.

use crate::call::agent::{Agent, Setup, says, test};
use crate::call::fakes::PanickyJournal;
use std::sync::Arc;
use treadline::session::Services;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_call_hands_its_caller_over_and_leaves_the_others_alone() {
    let question = "I need winter tires, 205 55 R16.";
    let setup = Setup { scripts: vec![says(&[question]); 4], ms_per_char: 10, ..Setup::default() };
    let victim = Uuid::new_v4();
    let agent = Agent::start_with(setup, |parts| {
        let log = PanickyJournal { inner: Arc::clone(&parts.services.log), victim };
        let log = Arc::new(log);
        parts.services = Arc::new(Services { log, ..(*parts.services).clone() });
    });
    let Some(agent) = agent.await else { return };
    let before = agent.metric("treadline_panics_total");
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(agent.call(test()).await);
    }
    let unlucky = agent.call_as(victim, test()).await;
    for guest in others.iter().chain([&unlucky]) {
        guest.is_greeted().await;
    }
    for guest in others.iter().chain([&unlucky]) {
        guest.speak(question);
    }
    unlucky.is_handed_back().await;
    assert_eq!(agent.next(victim).await, "operator");
    for guest in &others {
        assert!(guest.call.wait_until_quiet(crate::call::agent::PATIENCE).await);
        let report = guest.call.report();
        assert_eq!(report.end, None, "{report:?}");
        assert!(
            report.turns.last().is_some_and(|turn| turn.first_audio_ms.is_some()),
            "{report:?}"
        );
    }
    assert!(agent.metric("treadline_panics_total") > before);
    let (record, _) = agent.rows_of_broken(victim).await;
    assert_eq!(record.call.outcome.as_deref(), Some("error"), "it has ended in the log too");
}
