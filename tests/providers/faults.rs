//! The table: every kind of provider by every fault. Each cell runs in a runtime of its own, all
//! of them at the same time.

use super::asking::{KEY, Kind, LIMITS, Outcome, Provider, provider, speak, think};
use super::provider_server::{Fault, Server, voice_samples};
use async_trait::async_trait;
use futures_util::future::join_all;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use treadline::language::Language;
use treadline::llm::fallback::Chain as Brains;
use treadline::llm::local::LocalBrain;
use treadline::tts::fallback::Chain as Voices;
use treadline::tts::{TextToSpeech, TtsError, Voiced};
use treadline::turn::Failure;

const FAULTS: [Fault; 20] = [
    Fault::Nothing,
    Fault::ConnectRefused,
    Fault::ConnectHangs,
    Fault::NeverAnswers,
    Fault::TlsGarbage,
    Fault::Status(401, None),
    Fault::Status(429, None),
    Fault::Status(429, Some("7")),
    Fault::Status(500, None),
    Fault::Status(503, None),
    Fault::FirstByteNever,
    Fault::StallsMidStream,
    Fault::Drips,
    Fault::CutMidway,
    Fault::HugeBody,
    Fault::InvalidUtf8,
    Fault::WrongContentType,
    Fault::ValidButEmpty,
    Fault::UnknownAndOutOfOrder,
    Fault::TellsTheKey,
];

/// What a busy machine may add to a budget.
const SLACK: Duration = Duration::from_secs(5);
/// Cells at one time.
const CELLS_AT_ONCE: usize = 20;

/// The class of failure of a cell and the budget that it must keep; `None` if it goes well.
fn expected(kind: Kind, fault: Fault) -> Option<(Failure, Duration)> {
    let whole_answer = matches!(kind, Kind::SttUtterance | Kind::Embed);
    let first = if whole_answer { LIMITS.total } else { LIMITS.first };
    let gap = if whole_answer { LIMITS.total } else { LIMITS.first + LIMITS.gap };
    match fault {
        Fault::Nothing | Fault::UnknownAndOutOfOrder => None,
        // Silence is a text too, for those who listen.
        Fault::ValidButEmpty if matches!(kind, Kind::SttUtterance | Kind::SttRealtime) => None,
        Fault::ConnectRefused | Fault::TlsGarbage => Some((Failure::Unreachable, LIMITS.connect)),
        Fault::ConnectHangs => Some((Failure::Timeout, LIMITS.connect)),
        Fault::NeverAnswers if kind == Kind::SttRealtime => {
            Some((Failure::Timeout, LIMITS.connect))
        }
        Fault::NeverAnswers | Fault::FirstByteNever | Fault::Drips => {
            Some((Failure::Timeout, first))
        }
        Fault::StallsMidStream => Some((Failure::Timeout, gap)),
        Fault::Status(500.., _) | Fault::CutMidway => Some((Failure::Unreachable, first)),
        Fault::Status(..) | Fault::TellsTheKey => Some((Failure::Refused, first)),
        Fault::HugeBody | Fault::InvalidUtf8 | Fault::WrongContentType | Fault::ValidButEmpty => {
            Some((Failure::Nonsense, LIMITS.total))
        }
    }
}

fn good_answer(kind: Kind, fault: Fault) -> String {
    match kind {
        _ if fault == Fault::ValidButEmpty => String::new(),
        Kind::SttUtterance | Kind::SttRealtime => "winter tires".into(),
        Kind::Llm => "One moment. search_tires {\"width\":205}".into(),
        Kind::Tts => voice_samples().len().to_string(),
        Kind::Embed => "[0.5,-0.25 [0.125,1".into(),
    }
}

/// A fault that comes after the caller has heard something: nobody is asked then.
fn comes_late(kind: Kind, fault: Fault) -> bool {
    let late = [Fault::StallsMidStream, Fault::CutMidway];
    late.contains(&fault) || (kind == Kind::Tts && fault == Fault::HugeBody)
}

/// What one cell found.
struct Found {
    outcome: Outcome,
    took: Duration,
    requests: usize,
    /// The chain's answer, for brains and voices.
    chain: Option<(Outcome, Duration)>,
    tasks_left: usize,
    log: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_of_every_provider_ends_in_its_class_and_time() {
    let places = Arc::new(Semaphore::new(CELLS_AT_ONCE));
    let table = Kind::ALL.into_iter().flat_map(|kind| FAULTS.map(|fault| (kind, fault)));
    let cells = table.map(|(kind, fault)| {
        let places = Arc::clone(&places);
        tokio::spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            run(kind, fault).await
        })
    });
    let wrong: Vec<String> = join_all(cells)
        .await
        .into_iter()
        .flat_map(|cell| cell.unwrap_or_else(|panic| vec![panic.to_string()]))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Runs one cell; gives what is wrong with it.
async fn run(kind: Kind, fault: Fault) -> Vec<String> {
    let server = Arc::new(Server::start(fault).await);
    let asked = Arc::clone(&server);
    let found = tokio::task::spawn_blocking(move || in_its_own_runtime(kind, &asked)).await;
    let mut wrong = match found {
        Ok(found) => judge(kind, fault, &found),
        Err(panic) => vec![format!("panicked: {panic}")],
    };
    let closing = tokio::time::timeout(Duration::from_secs(3), server.wait_for_connections(0));
    if closing.await.is_err() {
        wrong.push("a connection stays open".into());
    }
    wrong.into_iter().map(|what| format!("{kind:?} x {fault:?}: {what}")).collect()
}

fn in_its_own_runtime(kind: Kind, server: &Server) -> Found {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(treadline::config::log_filter("trace").unwrap())
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let provider = provider(kind, &server.base(), LIMITS);
            let asked = Instant::now();
            let outcome = provider.ask().await;
            let took = asked.elapsed();
            if let Err((_, detail)) = &outcome {
                tracing::warn!(detail, "as the session logs it");
            }
            let requests = server.notes.lock().unwrap().len();
            let chain = ask_the_chain(provider).await;
            let tasks_left = tasks_left().await;
            Found { outcome, took, requests, chain, tasks_left, log: log.text() }
        })
    })
}

/// The same provider with another behind it.
async fn ask_the_chain(provider: Provider) -> Option<(Outcome, Duration)> {
    let asked = Instant::now();
    let outcome = match provider {
        Provider::Stt(_) | Provider::Embed(_) => return None,
        Provider::Llm(brain) => {
            think(&Brains::new(vec![brain, Arc::new(LocalBrain::default())])).await
        }
        Provider::Tts(voice) => speak(&Voices::new(vec![voice, Arc::new(Beep)])).await,
    };
    Some((outcome, asked.elapsed()))
}

/// Tasks that are alive after a moment; the providers are gone by now.
async fn tasks_left() -> usize {
    let until = Instant::now() + Duration::from_secs(3);
    loop {
        let alive = Handle::current().metrics().num_alive_tasks();
        if alive == 0 || Instant::now() > until {
            return alive;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn judge(kind: Kind, fault: Fault, found: &Found) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |good: bool, what: String| {
        if !good {
            wrong.push(what);
        }
    };
    let outcome = &found.outcome;
    let budget = match expected(kind, fault) {
        None => {
            let good = good_answer(kind, fault);
            check(outcome.as_ref() == Ok(&good), format!("{outcome:?}, not {good:?}"));
            LIMITS.total
        }
        Some((failure, budget)) => {
            let class = outcome.as_ref().err().map(|(class, _)| *class);
            check(class == Some(failure), format!("{outcome:?}, not {failure:?}"));
            budget
        }
    };
    check(found.took <= budget + SLACK, format!("took {:?}, budget {budget:?}", found.took));
    check(found.requests <= 1, format!("{} requests for one question", found.requests));
    check(found.tasks_left == 0, format!("{} tasks left", found.tasks_left));
    let told = format!("{outcome:?}{:?}{}", found.chain, found.log);
    check(!told.contains(KEY), format!("the key is told: {told}"));
    if let Some((answer, took)) = &found.chain {
        let switched = expected(kind, fault).is_some() && !comes_late(kind, fault);
        let good = match answer {
            Ok(answer) if switched && kind == Kind::Tts => *answer == BEEP_SAMPLES.to_string(),
            Ok(answer) if switched => !answer.is_empty() && !answer.contains("One moment. search"),
            Ok(answer) => *answer == good_answer(kind, fault),
            Err(_) => comes_late(kind, fault),
        };
        check(good, format!("the chain gave {answer:?}"));
        check(*took <= budget + SLACK, format!("the chain took {took:?}, budget {budget:?}"));
    }
    wrong
}

const BEEP_SAMPLES: usize = 77;

/// A voice that always works.
struct Beep;

#[async_trait]
impl TextToSpeech for Beep {
    fn name(&self) -> &'static str {
        "beep"
    }

    async fn speak(&self, _text: &str, _language: Language) -> Result<Voiced, TtsError> {
        let sound = async { Ok(vec![1; BEEP_SAMPLES]) };
        Ok(Voiced { rate: 8_000, audio: Box::pin(futures_util::stream::once(sound)) })
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
