//! Whether a person could take the call now: asked again and again while it goes on, told to the core
//! when it changes.

use super::Services;
use super::medium::EventSender;
use super::transfers::{opening, promised};
use crate::store::Scope;
use crate::turn::Event;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use std::sync::Arc;
use tokio::time::{Duration, sleep};

/// How often it is asked.
const PERIOD: Duration = Duration::from_secs(5);

/// Asks until the call is over. A shop that does not say who is there, or cannot be asked, is one in
/// which somebody is.
pub(super) fn watch(services: &Arc<Services>, scope: &Scope, zone: Tz, events: &EventSender) {
    let (services, scope, events) = (Arc::clone(services), scope.clone(), events.clone());
    tokio::spawn(ask(services, scope, zone, events));
}

async fn ask(services: Arc<Services>, mut scope: Scope, zone: Tz, events: EventSender) {
    let mut told = true;
    loop {
        scope.now = services.clock.now();
        let free = is_anybody_free(&services, &scope).await;
        if free.is_some_and(|free| free != told) {
            told = !told;
            let call_back_by = (!told).then(|| by(&services, zone));
            if events.send(Event::Operators { free: told, call_back_by }).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = sleep(PERIOD) => {}
            () = events.closed() => return,
        }
    }
}

/// None if it cannot be asked now.
pub(super) async fn is_anybody_free(services: &Services, scope: &Scope) -> Option<bool> {
    match services.front.free_operators(scope).await {
        Ok(free) => Some(free != Some(0)),
        Err(error) => {
            tracing::debug!(%error, "who is there cannot be asked now");
            None
        }
    }
}

/// By when somebody can call back.
fn by(services: &Services, zone: Tz) -> NaiveDateTime {
    let transfer = &services.config.transfer;
    let rung = transfer.target(&services.config.limits.call.transfer_target);
    let wall = services.clock.now_in(zone).naive_local();
    promised(wall, &opening(services, rung), transfer.callback_min)
}
