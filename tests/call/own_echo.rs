//! Callers whose telephone gives the agent's voice back.

use crate::call::agent::{Agent, NUMBER, PATIENCE, Setup, says, test, until};
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};
use treadline::caller::hearing::rms;
use treadline::caller::{Call, Caller, Options};
use treadline::db::calls::CallRecord;
use treadline::language::Language;
use treadline::session::Services;
use treadline::tts::{TextToSpeech, TtsError, Voiced};
use uuid::Uuid;

/// How late the echo is: enough that a busy machine does not tear it.
const ECHO_MS: usize = 400;
/// When the caller speaks over it, after the agent has begun.
const CALLER_MS: usize = 1_000;

fn recording(name: &str) -> Vec<i16> {
    let path = format!("{}/tests/fixtures/audio/{name}.wav", env!("CARGO_MANIFEST_DIR"));
    let mut reader = hound::WavReader::open(path).expect("a recording");
    reader.samples::<i16>().map(Result::unwrap).collect()
}

/// Says everything in a human voice, so that its echo is one too.
struct LifelikeVoice;

#[async_trait]
impl TextToSpeech for LifelikeVoice {
    fn name(&self) -> &'static str {
        "lifelike"
    }

    async fn speak(&self, _text: &str, _language: Language) -> Result<Voiced, TtsError> {
        let mut sound = recording("hello-winter-size");
        sound.truncate(20_000);
        Ok(Voiced { rate: 8_000, audio: stream::iter([Ok(sound)]).boxed() })
    }
}

/// Gives back what is heard, with the caller's own words over it, until the agent has been silent for
/// a second.
async fn echo(call: &Call, own: &[i16]) {
    call.say("echo", &vec![0; ECHO_MS * 8]);
    let mut ticks = interval(Duration::from_millis(20));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut done, mut began) = (0, None);
    let patience = Instant::now() + PATIENCE;
    loop {
        ticks.tick().await;
        assert!(Instant::now() < patience, "the agent speaks and falls silent");
        let heard = call.heard();
        if began.is_none() {
            let loud = heard.chunks(160).position(|frame| rms(frame) > 300.0);
            began = loud.map(|frame| frame * 160);
        }
        let first = began.map_or(usize::MAX, |began| began + CALLER_MS * 8);
        let piece = (done..heard.len()).map(|at| {
            let caller = at.checked_sub(first).and_then(|at| own.get(at)).copied().unwrap_or(0);
            (heard[at] / 5).saturating_add(caller)
        });
        call.say("echo", &piece.collect::<Vec<_>>());
        done = heard.len();
        let second = &heard[heard.len().saturating_sub(8_000)..];
        if began.is_some_and(|began| done > began + 16_000) && rms(second) < 30.0 {
            return;
        }
    }
}

/// A call of somebody whose telephone echoes; what stands in the database, and how many echoes were
/// held back.
async fn call_with_echo(own: &[i16]) -> Option<(CallRecord, f64)> {
    let scripts = vec![says(&["I need winter tires, 205 55 R16."])];
    let agent = Agent::start_with(Setup { scripts, ..Setup::default() }, |parts| {
        let services = (*parts.services).clone();
        parts.services = Arc::new(Services { tts: Arc::new(LifelikeVoice), ..services });
    });
    let agent = agent.await?;
    let id = Uuid::new_v4();
    agent
        .dialplan
        .register(id, Some(NUMBER), Some("0800"), &test())
        .await
        .expect("it is announced");
    let options = Options { id, record: true, ..Options::new(agent.line.audiosocket) };
    let call = Caller::dial(options).await.expect("the line answers");
    echo(&call, own).await;
    call.hang_up().await;
    until("the end in the log", || async { agent.rows(id).await.0.call.ended_at.is_some() }).await;
    Some((agent.rows(id).await.0, agent.metric("treadline_echoes_held_total")))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agents_own_echo_does_not_interrupt_it() {
    let Some((record, held)) = call_with_echo(&[]).await else { return };
    assert!(held >= 1.0, "the detector heard the echo");
    assert!(record.turns.iter().all(|turn| !turn.interrupted), "{record:#?}");
    assert_eq!(record.turns.len(), 1, "nobody was heard: {record:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_speaks_over_the_echo_interrupts_the_agent() {
    let caller: Vec<i16> = recording("phone");
    let Some((record, _)) = call_with_echo(&caller).await else { return };
    assert!(record.turns[0].interrupted, "{record:#?}");
}
