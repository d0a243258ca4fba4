//! The line: listeners up, calls answered, and the order of stopping.

use super::office::{self, Talks};
use super::{Parts, ari, settings, trial};
use crate::alerts;
use crate::api::{self, Api};
use crate::asterisk::ari::Ari;
use crate::asterisk::audiosocket;
use crate::asterisk::callers::CallerLimits;
use crate::asterisk::leg::{Leg, LegCommand};
use crate::asterisk::registry::{Registry, RegistryOptions};
use crate::asterisk::websocket;
use crate::config::Config;
use crate::desk;
use crate::http;
use crate::ids::CallId;
use crate::jobs::{self, scheduler::Scheduler};
use crate::language::Language;
use crate::session::{EventSender, Opening, answer_leg};
use crate::turn::{Event, Outcome};
use crate::webhooks;
use anyhow::Context as _;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Duration, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Legs that wait for their call's task; each waits for moments.
const LEGS_WAITING_MAX: usize = 64;
/// Connections in all, beyond the calls: room for those that are refused politely.
const CONNECTIONS_BESIDE_CALLS: usize = 512;
/// Time for farewells when the drain is over.
const FAREWELL_S_MAX: u64 = 8;
/// Time for calls that were cut off to note their end.
const CUT_S_MAX: u64 = 1;

/// Time for callers over ARI to be brought back to the dialplan.
const ARI_S_MAX: u64 = 2;

/// The running line.
pub struct Line {
    /// Where AudioSocket listens.
    pub audiosocket: SocketAddr,
    /// Where `chan_websocket`'s media connections arrive.
    pub websocket: SocketAddr,
    /// Where HTTP listens.
    pub http: SocketAddr,
    /// The connection with Asterisk's REST interface, if there is one.
    pub ari: Option<Ari>,
    registry: Arc<Registry>,
    calls: TaskTracker,
    talks: Talks,
    accepting: CancellationToken,
    serving: CancellationToken,
    /// Ends calls that would not end by themselves.
    cutting: CancellationToken,
}

/// Opens the listeners and answers calls from now on.
///
/// # Errors
/// An address that cannot be bound.
pub async fn listen(
    parts: &Arc<Parts>,
    call_secret: Option<secrecy::SecretString>,
) -> anyhow::Result<Line> {
    let config = Arc::clone(&parts.services.config);
    let registry = Registry::new(RegistryOptions {
        trusted_peers: config.audiosocket.trusted_peers.clone(),
        calls_max: config.limits.calls_max,
        registration_lives: Duration::from_secs(config.limits.registration_s_max),
        overflow_next: config.transfer.allowed.first().cloned().unwrap_or_else(|| "hangup".into()),
    });
    registry.limit_callers(CallerLimits {
        live_max: config.limits.calls_per_number_max,
        hour_max: config.limits.calls_per_number_hour_max,
    });
    registry.follow(settings::limits_now(&parts.services.settings));
    registry.write_through(Arc::new(jobs::registrations::Writer::start(parts.pool.clone())));
    let (frames, messages) = media(&config, call_secret.clone())?;
    let (accepting, serving) = (CancellationToken::new(), CancellationToken::new());
    let (audiosocket, websocket) = (frames.local_addr()?, messages.local_addr()?);
    let web = tokio::net::TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("server.listen = {}", config.server.listen))?;
    let http = web.local_addr()?;
    let tls = office::certificate(&config)?;
    let connected =
        ari::start(&config, parts.ari_password.as_ref(), audiosocket, &registry, serving.clone())
            .await?;
    let state = http::HttpState::new(
        Arc::clone(&registry),
        call_secret,
        parts.metrics.clone(),
        readiness(Arc::downgrade(parts), connected.clone()),
    );
    let talks = Talks::default();
    let desk = office::desk(parts, &talks, &serving);
    let (legs, inbox) = mpsc::channel(LEGS_WAITING_MAX);
    desk.answer_trials(trial::line(&registry, &legs));
    let programs = Api::new(&parts.pool, parts.services.clock.clone(), config.api.clone());
    let router = http::router(state.clone()).merge(desk::router(desk.clone()));
    let router = router.merge(api::router(programs));
    let router = office::secured(router, &config);
    tokio::spawn(desk::live::follow_nodes(desk.clone(), serving.clone()));
    tokio::spawn(desk::upkeep(desk, serving.clone()));
    tokio::spawn(http::serve_by(web, tls, router, state, serving.clone()));
    let (pool, clock) = (parts.pool.clone(), parts.services.clock.clone());
    let (purse, node) = (Arc::clone(&parts.services.purse), Arc::clone(&parts.services.node));
    let judge = parts.judge.clone();
    let mut all = jobs::all_judged_by(judge);
    all.extend(alerts::jobs(&config.alerts, &parts.alert_ways));
    let scheduler = Scheduler::new(pool.clone(), clock.clone(), &*node, all);
    let page = parts.metrics.clone();
    tokio::spawn(alerts::watch_process(
        pool.clone(),
        clock.clone(),
        Arc::clone(&node),
        (config.alerts.clone(), Arc::new(move || page.render())),
        serving.clone(),
    ));
    tokio::spawn(scheduler.run(serving.clone()));
    tokio::spawn(jobs::spending::run(pool, clock, purse, node, serving.clone()));
    if let Some(sender) = parts.teller(&config) {
        tokio::spawn(webhooks::run(parts.pool.clone(), sender, serving.clone()));
    }
    tokio::spawn(frames.run(Arc::clone(&registry), legs.clone(), accepting.clone()));
    tokio::spawn(messages.run(Arc::clone(&registry), legs, accepting.clone()));
    let calls = TaskTracker::new();
    let cutting = CancellationToken::new();
    tokio::spawn(answer_all(
        inbox,
        Arc::clone(parts),
        Desk { registry: Arc::clone(&registry), ari: connected.clone() },
        calls.clone(),
        Arc::clone(&talks),
        cutting.clone(),
    ));
    let ari = connected;
    Ok(Line {
        audiosocket,
        websocket,
        http,
        ari,
        registry,
        calls,
        talks,
        accepting,
        serving,
        cutting,
    })
}

/// The listeners for the sound of calls.
fn media(
    config: &Config,
    call_secret: Option<secrecy::SecretString>,
) -> anyhow::Result<(audiosocket::server::Server, websocket::server::Server)> {
    let connections_max = config.limits.calls_max + CONNECTIONS_BESIDE_CALLS;
    let frames = audiosocket::server::Server::bind(&audiosocket::server::ServerOptions {
        listen: config.audiosocket.listen,
        lead_ms: config.audiosocket.lead_ms,
        connections_max,
        connections_per_address_max: config.limits.connections_per_address_max,
        uuid_ms_max: config.limits.uuid_ms_max,
    })
    .with_context(|| format!("audiosocket.listen = {}", config.audiosocket.listen))?;
    let messages = websocket::server::Server::bind(websocket::server::ServerOptions {
        listen: config.websocket.listen,
        login: websocket::server::Login {
            user: config.websocket.user.clone(),
            password: call_secret,
        },
        ahead_ms: config.websocket.ahead_ms,
        connections_max,
        connections_per_address_max: config.limits.connections_per_address_max,
        uuid_ms_max: config.limits.uuid_ms_max,
    })
    .with_context(|| format!("websocket.listen = {}", config.websocket.listen))?;
    Ok((frames, messages))
}

impl Line {
    /// Stops: no new calls, the live ones go on for `drain`, then they hear a farewell.
    pub async fn stop(self, drain: Duration) {
        self.stop_unless(drain, std::future::pending()).await;
    }

    /// The same, but when `hurry` completes the calls that are left are cut off. Every call has
    /// noted its end when this returns: the log of a call that is still open goes with the
    /// journal's file, and no later start would close it.
    pub async fn stop_unless(self, drain: Duration, hurry: impl Future<Output = ()>) {
        tokio::select! {
            () = self.let_calls_end(drain) => {}
            () = hurry => {}
        }
        self.cutting.cancel();
        if timeout(Duration::from_secs(CUT_S_MAX), self.calls.wait()).await.is_err() {
            tracing::error!("a call could not be ended");
        }
        if let Some(ari) = &self.ari {
            // Callers who are with a person stay there, without us.
            let _ = timeout(Duration::from_secs(ARI_S_MAX), ari.drained()).await;
        }
        self.accepting.cancel();
        self.serving.cancel();
    }

    async fn let_calls_end(&self, drain: Duration) {
        self.registry.drain();
        self.calls.close();
        if timeout(drain, self.calls.wait()).await.is_err() {
            let talks: Vec<EventSender> = self.talks.iter().map(|t| t.value().clone()).collect();
            tracing::info!(calls = talks.len(), "the remaining calls hear a farewell");
            for talk in talks {
                let _ = talk.send(Event::Shutdown).await;
            }
            let _ = timeout(Duration::from_secs(FAREWELL_S_MAX), self.calls.wait()).await;
        }
    }

    /// Calls at this moment.
    #[must_use]
    pub fn live(&self) -> usize {
        self.registry.live()
    }
}

/// Red when the database does not answer or the disk refuses the journal; calls are still served,
/// but someone should look.
fn readiness(parts: std::sync::Weak<Parts>, ari: Option<Ari>) -> http::Probe {
    Arc::new(move || {
        let (parts, ari) = (parts.upgrade(), ari.clone());
        Box::pin(async move {
            let (answers, room, journal) = match parts {
                Some(parts) => (
                    parts.database_answers().await,
                    parts.database_has_room(),
                    parts.journal_is_healthy(),
                ),
                None => (false, true, false),
            };
            let ok = answers && room;
            let detail = match (answers, room) {
                (true, true) => "answers",
                (true, false) => "answers that its disk is full; the log waits in the spool",
                (false, _) => "does not answer; the log waits in the spool",
            };
            let mut checks = vec![http::Check { name: "database", ok, detail: detail.into() }];
            let detail =
                if journal { "is written" } else { "the disk refuses it; records wait in memory" };
            checks.push(http::Check { name: "spool", ok: journal, detail: detail.into() });
            checks.extend(ari.as_ref().map(ari::check));
            checks
        })
    })
}

/// What is known of a call beside its leg.
#[derive(Clone)]
struct Desk {
    registry: Arc<Registry>,
    ari: Option<Ari>,
}

async fn answer_all(
    mut legs: mpsc::Receiver<Leg>,
    parts: Arc<Parts>,
    desk: Desk,
    calls: TaskTracker,
    talks: Talks,
    cutting: CancellationToken,
) {
    while let Some(leg) = legs.recv().await {
        let (parts, desk, talks) = (Arc::clone(&parts), desk.clone(), Arc::clone(&talks));
        let cutting = cutting.clone();
        calls.spawn(async move { answer(leg, parts, desk, talks, cutting).await });
    }
}

/// One call. A panic in it ends this call only: the caller goes back to the dialplan, which
/// hears the name of an operator.
async fn answer(leg: Leg, parts: Arc<Parts>, desk: Desk, talks: Talks, cutting: CancellationToken) {
    let (id, control) = (leg.id, leg.control.clone());
    let begun = tokio::time::Instant::now();
    let opening = opening(&leg, &desk);
    let registry = desk.registry;
    let rescue = registry_word(&parts);
    // Whatever happens to the call, the dialplan finds a word that leads to a person.
    registry.set_next(id, &rescue);
    let mut call = tokio::spawn({
        let (registry, talks) = (Arc::clone(&registry), Arc::clone(&talks));
        let hints = parts.hints.clone();
        let services = Arc::clone(&parts.services);
        answer_leg(
            services,
            leg,
            opening,
            hints,
            move |sender| {
                talks.insert(id, sender);
            },
            move |ending| {
                // A leg that broke off had no say in where the caller goes: to a person.
                if ending.outcome != Outcome::LegLost {
                    registry.set_next(id, &ending.next);
                }
            },
        )
    });
    let result = tokio::select! {
        result = &mut call => result,
        () = cutting.cancelled() => {
            call.abort();
            call.await
        }
    };
    if let Err(error) = result {
        tracing::error!(call = %id, %error, "a call was cut off; it is handed over");
        registry.set_next(id, &rescue);
        let _ = control.send(LegCommand::HandBack).await;
    }
    talks.remove(&id);
    metrics::histogram!("treadline_call_duration_seconds").record(begun.elapsed().as_secs_f64());
}

fn registry_word(parts: &Parts) -> String {
    parts
        .services
        .settings
        .line()
        .transfer
        .allowed
        .first()
        .cloned()
        .unwrap_or_else(|| "hangup".into())
}

/// What the registration, if there was one, says of the call.
fn opening(leg: &Leg, desk: &Desk) -> Opening {
    let id = leg.id;
    let known = desk.registry.registration(id);
    let data = known.as_ref().map_or(Value::Null, |k| Value::Object(k.data.clone()));
    let word = |key: &str| data.get(key).and_then(Value::as_str).map(str::to_owned);
    let origin = word("origin").filter(|origin| ["demo", "test"].contains(&origin.as_str()));
    Opening {
        call: CallId(id),
        channel: leg.channel,
        origin: origin.unwrap_or_else(|| "live".into()),
        caller: known.as_ref().and_then(|k| k.caller.clone()),
        called: known.as_ref().and_then(|k| k.called.clone()),
        asterisk_channel: known.as_ref().and_then(|k| k.channel.clone()),
        language: word("language").as_deref().and_then(Language::from_code),
        data,
        line: desk.ari.as_ref().and_then(|ari| ari.live(id)),
    }
}
