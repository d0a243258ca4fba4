//! Judges what is not as it should be, keeps it as one open alert each until it is well again, and
//! tells people: by e-mail, by Telegram, and as the event `alert.raised` to other systems. At night
//! only what is critical is told; what was held back is told in the morning, if it still holds.

mod digest;
mod judge;
mod mail;
mod night;
mod own;
mod telegram;

pub use judge::{judged, shop_findings};
pub use mail::{Mail, MailError};
pub use night::{Quiet, time_of_day};
pub use own::{Page, look as look_at_process, run as watch_process};
pub use telegram::Telegram;

use crate::config;
use crate::db::alerts::{self, Alert};
use crate::db::{active_tenants, figures};
use crate::ids::TenantId;
use crate::jobs::{Job, JobContext, JobResult};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked.
const EVERY: Duration = Duration::from_mins(1);
/// How often it is looked whether yesterday is to be told about.
const DIGEST_EVERY: Duration = Duration::from_mins(10);

/// How people are told.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// By e-mail.
    pub mail: Option<Mail>,
    /// By Telegram.
    pub telegram: Option<Telegram>,
}

impl Ways {
    /// What the configuration and the environment say. What is not configured is no way.
    ///
    /// # Errors
    /// An address that is none.
    pub fn of(
        config: &config::Alerts,
        smtp_password: Option<SecretString>,
        telegram_token: Option<SecretString>,
    ) -> Result<Self, MailError> {
        let mail = Mail::of(config, smtp_password)?;
        Ok(Self { mail, telegram: Telegram::of(config, telegram_token) })
    }

    /// Their names, as alerts remember them.
    fn names(&self) -> Vec<&'static str> {
        let mail = self.mail.as_ref().map(|_| "email");
        mail.into_iter().chain(self.telegram.as_ref().map(|_| "telegram")).collect()
    }

    async fn send(&self, way: &'static str, subject: &str, text: &str) -> anyhow::Result<()> {
        match (way, &self.mail, &self.telegram) {
            ("email", Some(mail), _) => mail.send(subject, text).await.map_err(Into::into),
            ("telegram", _, Some(telegram)) => telegram.send(&format!("{subject}\n{text}")).await,
            _ => anyhow::bail!("there is no way {way}"),
        }
    }
}

/// The jobs: judging and telling, and the daily digest.
#[must_use]
pub fn jobs(config: &config::Alerts, ways: &Ways) -> Vec<Job> {
    let given = Arc::new((config.clone(), ways.clone()));
    let for_digest = Arc::clone(&given);
    vec![
        Job::new("alerts", EVERY, move |context| {
            let given = Arc::clone(&given);
            Box::pin(async move { judge_all(context, &given.0, &given.1).await })
        }),
        Job::new("digest", DIGEST_EVERY, move |context| {
            let given = Arc::clone(&for_digest);
            Box::pin(async move { digest::run(context, &given.0, &given.1).await })
        }),
    ]
}

async fn judge_all(context: &JobContext, config: &config::Alerts, ways: &Ways) -> JobResult {
    let (pool, now) = (&context.pool, context.clock.now());
    let mut open = 0;
    for tenant in active_tenants(pool).await? {
        let found = judge::shop_findings(pool, tenant, config, now).await?;
        open += found.len();
        let kinds = judge::OF_SHOPS.to_vec();
        alerts::note(pool, tenant, kinds, Some(String::new()), found, now).await?;
    }
    // What is the whole installation's is shown in its first shop.
    let found = judge::judged(pool, config, now).await?;
    open += found.len();
    alerts::note(pool, TenantId::DEFAULT, judge::OF_ALL.to_vec(), None, found, now).await?;
    let told = tell_all(context, config, ways).await?;
    Ok(format!("{open} open, {told} told"))
}

/// Tells what was not told yet: one message a shop and way, however many alerts there are.
async fn tell_all(
    context: &JobContext,
    config: &config::Alerts,
    ways: &Ways,
) -> anyhow::Result<usize> {
    let quiet = Quiet::of(config);
    let (mut told, mut failed) = (0, None);
    for tenant in active_tenants(&context.pool).await? {
        let zone = figures::zone(&context.pool, tenant).await?;
        let is_night = quiet.holds(context.clock.now_in(zone).time());
        for way in ways.names() {
            let news = alerts::untold(&context.pool, tenant, way, is_night).await?;
            if news.is_empty() {
                continue;
            }
            let subject = subject(&news);
            match ways.send(way, &subject, &text(&news)).await {
                Ok(()) => {
                    told += news.len();
                    let ids = news.into_iter().map(|one| one.id).collect();
                    alerts::told(&context.pool, tenant, ids, way).await?;
                }
                // The other ways are still gone, and this one is tried again in a minute.
                Err(error) => failed = Some(error.context(format!("nobody was told by {way}"))),
            }
        }
    }
    failed.map_or(Ok(told), Err)
}

fn subject(news: &[Alert]) -> String {
    let critical = news.iter().filter(|one| one.severity == "critical").count();
    let first = news.first().map_or("", |one| one.kind.as_str()).replace('_', " ");
    let mark = if critical > 0 { "CRITICAL: " } else { "" };
    let more = if news.len() > 1 { format!(" and {} more", news.len() - 1) } else { String::new() };
    format!("Treadline: {mark}{first}{more}")
}

fn text(news: &[Alert]) -> String {
    let line = |one: &Alert| {
        let since = one.triggered_at.format("%Y-%m-%d %H:%M UTC");
        format!(
            "[{}] {} (since {since}, found {} times)\n",
            one.severity, one.description, one.times
        )
    };
    news.iter().map(line).collect()
}
