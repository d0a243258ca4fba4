//! The instructions in use, out of the database into the calls: looked up again and again, so
//! that `treadline prompts` takes effect without a restart.

use crate::db::prompts::{self, PromptError};
use crate::ids::TenantId;
use crate::session::{Choice, Prompt, PromptBook, Trial, builtin_prompt};
use sqlx::PgPool;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often it is looked up.
const PERIOD: Duration = Duration::from_secs(10);

/// How long the first look may keep the start waiting; a database that is away has the program's own
/// instructions in use meanwhile.
const FIRST_MAX: Duration = Duration::from_secs(1);

/// The first look, so that the first call has what is in use.
pub(super) async fn prime(pool: &PgPool, book: &PromptBook) {
    let first = async {
        ensure_builtin(pool).await;
        load(pool).await
    };
    if let Ok(Ok(Some(choice))) = tokio::time::timeout(FIRST_MAX, first).await {
        book.set(choice);
    }
}

/// Keeps `book` up to date as long as somebody else holds it.
pub(super) async fn keep_current(pool: PgPool, book: Weak<PromptBook>) {
    let mut known = false;
    loop {
        tokio::time::sleep(PERIOD).await;
        if !known {
            known = ensure_builtin(&pool).await;
        }
        let Some(book) = book.upgrade() else { return };
        match load(&pool).await {
            Ok(Some(choice)) => book.set(choice),
            // Without rows the program's own instructions are in use anyway.
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "the instructions cannot be looked up now"),
        }
    }
}

/// Puts the program's own instructions into the table; false if that cannot be done now.
pub async fn ensure_builtin(pool: &PgPool) -> bool {
    ensure_builtin_of(pool, TenantId::DEFAULT).await
}

/// The same for one shop.
pub async fn ensure_builtin_of(pool: &PgPool, tenant: TenantId) -> bool {
    let Prompt { version, system, .. } = builtin_prompt();
    let done = prompts::ensure_builtin(pool, tenant, version, system).await;
    done.inspect_err(|error| tracing::debug!(%error, "the instructions are not stored yet")).is_ok()
}

/// What calls choose from; `None` if the table names nothing that is in use.
///
/// # Errors
/// What Postgres says.
pub async fn load(pool: &PgPool) -> Result<Option<Choice>, PromptError> {
    let tenant = TenantId::DEFAULT;
    let versions: Vec<(bool, Arc<Prompt>)> = prompts::list(pool, tenant)
        .await?
        .into_iter()
        .map(|row| {
            let prompt =
                Prompt::stored(&row.name, &row.system_prompt, &row.tools_config, &row.metadata);
            (row.is_active, Arc::new(prompt))
        })
        .collect();
    let active = versions.iter().find(|(active, _)| *active).map(|(_, prompt)| Arc::clone(prompt));
    let Some(active) = active else { return Ok(None) };
    let named = |name: &str| {
        let found = versions.iter().find(|(_, prompt)| prompt.version == name);
        found.map(|(_, prompt)| Arc::clone(prompt))
    };
    let running = prompts::tests(pool, tenant).await?;
    let trial = running.into_iter().find(|test| test.status == "running").and_then(|test| {
        let (a, b) = (named(&test.variant_a)?, named(&test.variant_b)?);
        Some(Trial { test: test.id, a, b, share_b: test.share_b })
    });
    Ok(Some(Choice { active, trial }))
}
