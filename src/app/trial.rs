//! Trial calls from the desk: a browser's connection becomes a leg like any other.

use crate::asterisk::leg::Leg;
use crate::asterisk::registry::{Registration, Registry};
use crate::browser;
use crate::desk::{Trial, TrialLine};
use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Where the desk brings browsers that want to speak with the agent.
pub(super) fn line(registry: &Arc<Registry>, legs: &mpsc::Sender<Leg>) -> TrialLine {
    // The desk must not keep the line open: it is over when nothing listens any more.
    let (registry, legs) = (Arc::clone(registry), legs.downgrade());
    Arc::new(move |socket, trial| {
        let (registry, legs) = (Arc::clone(&registry), legs.upgrade());
        Box::pin(async move {
            let Some(legs) = legs else { return };
            let peer = SocketAddr::new(trial.address, 0);
            browser::serve(socket, peer, registration(trial), &registry, &legs).await;
        })
    })
}

fn registration(trial: Trial) -> Registration {
    let mut data = Map::from_iter([("origin".to_owned(), json!("test"))]);
    if let Some(language) = trial.language {
        data.insert("language".to_owned(), Value::from(language.code()));
    }
    Registration { uuid: trial.call, called: trial.called, data, ..Registration::default() }
}
