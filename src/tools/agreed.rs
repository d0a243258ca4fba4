//! What every tool with an effect has in common: it runs only under the caller's yes to exactly
//! this content, and it asks again when the answer was lost.

use super::{Guard, Refusal, ToolDesk};
use crate::ids::{effect_key, row_id, sha256_hex};
use crate::store::StoreError;
use crate::turn::Approval;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// The first try and two more.
const TRIES_MAX: u32 = 3;
/// A try begins only this soon after the first one: a store gives up on an answer after less, and
/// the caller hears silence meanwhile.
const RETRY_WITHIN: Duration = Duration::from_secs(1);
/// What a server that restarts is given between tries.
const RETRY_PAUSE: Duration = Duration::from_millis(250);

/// The approval under which `tool` may do what `canonical` says: the caller's, for this tool, for
/// exactly these arguments, and with the key that follows from them.
pub(super) fn agreed(
    desk: &ToolDesk,
    tool: &str,
    given: &Value,
    canonical: &Value,
    approval: Option<&Approval>,
) -> Result<Approval, Refusal> {
    let key = effect_key(desk.scope.call, tool, canonical);
    if !desk.guards.on(Guard::Consent) {
        return Ok(approval.cloned().unwrap_or_else(|| Approval {
            id: row_id(desk.scope.call, &key),
            tool: tool.to_owned(),
            args: canonical.clone(),
            effect_key: key,
            readback_hash: sha256_hex(""),
        }));
    }
    let Some(approval) = approval else {
        return Err(Refusal::new(
            "consent_missing",
            "The caller has not agreed to this. It must be read back first.".into(),
        ));
    };
    let same = approval.tool == tool
        && approval.args == *given
        && canonical == given
        && approval.effect_key == key;
    if same { Ok(approval.clone()) } else { Err(Refusal::from_store(StoreError::EffectMismatch)) }
}

/// Asks again where the store did not answer, then asks what became of it. An answer that was
/// lost may have been an effect that was made: the same effect key finds it and never makes a
/// second one.
///
/// # Errors
/// [`StoreError::Away`] only if nothing was done; [`StoreError::Unknown`] if nobody can say.
pub(super) async fn surely<T, Asked>(
    desk: &ToolDesk,
    approval: &Approval,
    mut ask: impl FnMut() -> Asked,
) -> Result<T, StoreError>
where
    Asked: Future<Output = Result<T, StoreError>>,
{
    let begun = Instant::now();
    let (mut tries, mut in_doubt) = (1, false);
    let last = loop {
        let error = match ask().await {
            Err(error @ (StoreError::Away(_) | StoreError::Unknown(_))) => error,
            answer => return answer,
        };
        in_doubt |= matches!(error, StoreError::Unknown(_));
        if tries == TRIES_MAX || begun.elapsed() >= RETRY_WITHIN {
            break error;
        }
        tracing::warn!(%error, tries, "an effect had no answer; asking again");
        tries += 1;
        tokio::time::sleep(RETRY_PAUSE).await;
    };
    if !in_doubt {
        return Err(last);
    }
    match desk.store.effect_stands(&desk.scope, approval).await {
        Ok(true) => ask().await.map_err(StoreError::in_doubt),
        Ok(false) => Err(last.without_doubt()),
        Err(_) => Err(StoreError::Unknown(last.to_string())),
    }
}
