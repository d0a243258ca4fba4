//! Copies of call registrations for the database, and the job that forgets old ones. The registry in memory is what decides; the
//! copies are for people and for the next process. A database that is away costs a copy, never a
//! call.

use super::{Job, JobContext, JobResult};
use crate::asterisk::registry::{Registration, RegistrationSink};
use crate::db::{registrations, spending};
use crate::ids::TenantId;
use crate::pii::Phone;
use sqlx::PgPool;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Copies that may wait for the database.
const WAITING_MAX: usize = 4_096;

/// How often old ones are forgotten.
const PERIOD: Duration = Duration::from_hours(6);

/// The job: registrations past their retention go, and hours of spending that nobody asks about.
#[must_use]
pub fn job() -> Job {
    Job::new("registrations", PERIOD, |context| Box::pin(forget_old(context)))
}

async fn forget_old(context: &JobContext) -> JobResult {
    let gone = registrations::forget_old(&context.pool).await?;
    let hours = spending::forget_old(&context.pool).await?;
    Ok(format!("{gone} registrations and {hours} hours of spending forgotten"))
}

enum Copy {
    Registered(Box<registrations::Registration>),
    Used(Uuid),
}

/// The sink of a registry.
pub struct Writer {
    copies: mpsc::Sender<Copy>,
}

impl Writer {
    /// Starts the task that writes to `pool`; it ends with the writer.
    pub fn start(pool: PgPool) -> Self {
        let (copies, mut inbox) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            while let Some(copy) = inbox.recv().await {
                let written = match copy {
                    Copy::Registered(registration) => {
                        registrations::register(&pool, *registration).await.map(drop)
                    }
                    Copy::Used(id) => registrations::take(&pool, id).await.map(drop),
                };
                if let Err(error) = written {
                    tracing::debug!(%error, "a registration was not copied to the database");
                }
            }
        });
        Self { copies }
    }

    fn send(&self, copy: Copy) {
        if self.copies.try_send(copy).is_err() {
            tracing::debug!("the database is too slow for copies of registrations");
        }
    }
}

impl RegistrationSink for Writer {
    fn registered(&self, registration: &Registration, lives: Duration) {
        self.send(Copy::Registered(Box::new(registrations::Registration {
            uuid: registration.uuid,
            tenant: TenantId::DEFAULT,
            caller: registration.caller.as_deref().and_then(Phone::parse),
            called: registration.called.clone(),
            data: serde_json::Value::Object(registration.data.clone()),
            ttl_s: lives.as_secs(),
        })));
    }

    fn used(&self, id: Uuid) {
        self.send(Copy::Used(id));
    }

    fn next(&self, _id: Uuid, _word: &str) {}
}
