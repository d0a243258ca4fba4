//! Wiring only: database, providers, listeners, jobs, and the order in which they stop.

mod ari;
mod bare;
mod books;
mod database;
mod line;
mod office;
mod panics;
mod prompts;
mod providers;
mod settings;
mod trial;

pub use bare::{bare_brain, bare_ears, bare_voice};
pub use line::{Line, listen};
pub use prompts::{
    ensure_builtin as ensure_builtin_prompt, ensure_builtin_of as ensure_builtin_prompt_of,
    load as load_prompts,
};
pub use providers::{Providers, meaning, model_file};

use crate::alerts::Ways;
use crate::clock::WallClock;
use crate::config::{Config, Secrets};
use crate::desk::live::{Feed, Tee};
use crate::jobs::log_writer::LogHandle;
use crate::llm::LanguageModel;
use crate::llm::local::LocalBrain;
use crate::metering::Purse;
use crate::session::{Frugal, PromptBook, Services};
use crate::store::knowledge::Meaning;
use crate::store::tenants::Tenants;
use crate::store::{FrontDesk, PostgresStore, Store};
use crate::tools;
use crate::webhooks::{Reach, Sender};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio::time::Duration;

/// How long the log may take to reach the database when the program stops; what has not arrived
/// stays in the spool.
const LOG_FLUSH_S_MAX: u64 = 5;

/// Pause between two looks for a catalogue that was not there at start.
const CATALOGUE_RETRY_S: u64 = 5;

/// Does this program speak and listen, or only read and write?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voices {
    /// Recogniser and voice are made.
    Audible,
    /// Neither is needed.
    Silent,
}

/// Everything that calls share, and what keeps it alive.
pub struct Parts {
    /// What every call shares.
    pub services: Arc<Services>,
    /// The database, as the program's own role.
    pub pool: PgPool,
    /// Words that are likely on the line, for the recogniser.
    pub hints: Vec<String>,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// What happens on the line, for the desk.
    pub feed: Feed,
    /// Judges ended calls, beside the rules.
    judge: Option<Arc<dyn LanguageModel>>,
    /// `TREADLINE_ARI_PASSWORD`.
    ari_password: Option<SecretString>,
    /// How people are told what is not as it should be.
    alert_ways: Ways,
    /// `TREADLINE_WEBHOOK_SECRET`.
    webhook_secret: Option<SecretString>,
    /// Search by meaning.
    meaning: Option<Meaning>,
    log: LogHandle,
    log_task: JoinHandle<()>,
    _database: database::Database,
}

impl Parts {
    /// Brings the log home and closes the connections; the claim on the program's own database
    /// goes with the parts. Needs no ownership: a call that would not end must not keep the log
    /// of all others from the database.
    pub async fn close(&self) {
        if !self.log.stop(Duration::from_secs(LOG_FLUSH_S_MAX)).await {
            tracing::warn!("the log did not reach the database in time; the next start brings it");
        }
        self.log_task.abort();
        settings::last_words(&self.pool, &self.services).await;
        self.pool.close().await;
    }

    /// Who tells other systems what happens; none without a secret to sign under.
    fn teller(&self, config: &Config) -> Option<Arc<Sender>> {
        let secret = self.webhook_secret.clone()?;
        let reach = Reach::new(config.webhooks.private_addresses.clone());
        Some(Arc::new(Sender::new(secret, reach)))
    }

    /// Waits until the log so far stands in the database; false if that takes too long.
    pub async fn flush_log(&self) -> bool {
        self.log.flush(Duration::from_secs(LOG_FLUSH_S_MAX)).await
    }

    /// Does the disk take the journal? For readiness.
    #[must_use]
    pub fn journal_is_healthy(&self) -> bool {
        self.log.is_healthy()
    }

    /// Can the database write, as far as the log knows? For readiness.
    #[must_use]
    pub fn database_has_room(&self) -> bool {
        self.log.database_has_room()
    }

    /// Is the database there? For readiness.
    pub async fn database_answers(&self) -> bool {
        sqlx::query("select 1").execute(&self.pool).await.is_ok()
    }
}

/// Makes everything that calls share.
///
/// # Errors
/// What cannot be made, with what to do about it.
pub async fn assemble(config: Config, secrets: Secrets, voices: Voices) -> anyhow::Result<Parts> {
    assemble_at(config, secrets, voices, WallClock::system()).await
}

/// The same by another wall clock, for rehearsals.
///
/// # Errors
/// What cannot be made, with what to do about it.
pub async fn assemble_at(
    config: Config,
    secrets: Secrets,
    voices: Voices,
    clock: WallClock,
) -> anyhow::Result<Parts> {
    let mut parts = assemble_with(config, secrets, clock, |config, secrets, local| {
        let (stt, tts) = providers::ears_and_voice(config, secrets, voices)?;
        Ok(Providers { stt, llm: providers::brain(config, secrets, local)?, tts })
    })
    .await?;
    if let Some(services) = Arc::get_mut(&mut parts.services)
        && voices == Voices::Audible
    {
        providers::frugal(&services.config.clone(), &mut services.frugal);
    }
    Ok(parts)
}

/// The same with providers of one's own: `providers` gets the local brain, which knows the
/// catalogue, and says what listens, thinks and speaks.
///
/// # Errors
/// What cannot be made, with what to do about it.
pub async fn assemble_with(
    config: Config,
    secrets: Secrets,
    clock: WallClock,
    providers: impl FnOnce(&Config, &Secrets, Arc<LocalBrain>) -> anyhow::Result<Providers>,
) -> anyhow::Result<Parts> {
    panics::count();
    // Before the first TLS connection, or the libraries would have to guess.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let metrics = crate::http::metrics::install()?;
    let (database, pool) = database::open(&config, &secrets, &clock).await?;
    let spool_dir = crate::db::embedded::spool_dir(&config)?;
    let keep_days = config.retention.spool_days.into();
    let (log, log_task) =
        LogHandle::start_anyway(&spool_dir, keep_days, pool.clone(), clock.clone());
    let judge = providers::judge(&config, &secrets)?;
    let meaning = providers::meaning(&config, &secrets, crate::embed::openai::LIVE)?;
    let own = PostgresStore::new(pool.clone(), config.limits.bookings_per_number_max);
    let own = Arc::new(own.with_meaning(meaning.clone()));
    let store = books::open(&config, &secrets, &pool, &own)?;
    let tenants = Arc::new(Tenants::new(pool.clone()));
    let lexicon = database::lexicon(&clock, store.as_ref(), &tenants).await;
    let hints = self::providers::hints(&lexicon);
    let local = Arc::new(LocalBrain::new(lexicon));
    if hints.is_empty() {
        let (local, tenants) = (Arc::clone(&local), Arc::clone(&tenants));
        tokio::spawn(learn_catalogue(local, clock.clone(), Arc::clone(&store), tenants));
    }
    let frugal = Frugal { llm: Arc::<LocalBrain>::clone(&local), stt: None, tts: None };
    let Providers { stt, llm, tts } = providers(&config, &secrets, local)?;
    let prompts = Arc::new(PromptBook::builtin());
    prompts::prime(&pool, &prompts).await;
    tokio::spawn(prompts::keep_current(pool.clone(), Arc::downgrade(&prompts)));
    let config = Arc::new(config);
    let chosen = settings::open(&config, &pool, &clock).await;
    let feed = Feed::of(log.node());
    let alert_ways =
        Ways::of(&config.alerts, secrets.smtp_password.clone(), secrets.telegram_token.clone())?;
    let services = Services {
        prompts,
        config,
        settings: chosen,
        in_force: None,
        clock,
        tenants,
        stt,
        llm,
        tts,
        frugal,
        purse: Arc::<Purse>::default(),
        front: own as Arc<dyn FrontDesk>,
        tool_rules: Arc::new(tools::rules_for(store.as_ref())),
        store,
        guards: tools::Guards::all(),
        node: log.node().into(),
        log: Arc::new(Tee::new(Arc::new(log.clone()), feed.clone())),
    };
    Ok(Parts {
        services: Arc::new(services),
        pool,
        hints,
        metrics,
        feed,
        judge,
        ari_password: secrets.ari_password,
        alert_ways,
        webhook_secret: secrets.webhook_secret,
        meaning,
        log,
        log_task,
        _database: database,
    })
}

/// Waits for a catalogue that was not there at start (Postgres away), then tells the local brain.
async fn learn_catalogue(
    brain: Arc<LocalBrain>,
    clock: WallClock,
    store: Arc<dyn Store>,
    tenants: Arc<Tenants>,
) {
    loop {
        tokio::time::sleep(Duration::from_secs(CATALOGUE_RETRY_S)).await;
        let lexicon = database::lexicon(&clock, store.as_ref(), &tenants).await;
        if !lexicon.sizes.is_empty() {
            return brain.set_lexicon(lexicon);
        }
    }
}
