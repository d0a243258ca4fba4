//! What there is in Asterisk, as it is asked for after a connection.

use super::board::Board;
use super::event::{Bridge, Channel};
use super::verb::Verb;
use std::collections::HashSet;

/// All channels and bridges at one moment.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) channels: Vec<Channel>,
    pub(super) bridges: Vec<Bridge>,
}

impl Found {
    /// Asks; `None` if Asterisk does not tell.
    pub(super) async fn ask(board: &Board) -> Option<Self> {
        // Bridges first: a call that begins between the two questions is not taken for a leftover.
        let bridges = board.ask(&Verb::Bridges).await.ok()?;
        let channels = board.ask(&Verb::Channels).await.ok()?;
        Some(Self {
            channels: serde_json::from_value(channels).ok()?,
            bridges: serde_json::from_value(bridges).ok()?,
        })
    }

    pub(super) fn ids(&self) -> HashSet<String> {
        self.channels.iter().map(|channel| channel.id.clone()).collect()
    }
}

/// What the dialplan gave a caller who is in the application `app`; `None` for all others.
pub(super) fn arguments(channel: &Channel, app: &str) -> Option<Vec<String>> {
    let place = &channel.dialplan;
    let mut pieces = place.app_data.split(',').map(str::to_owned);
    let ours = place.app_name == "Stasis" && pieces.next().as_deref() == Some(app);
    ours.then(|| pieces.collect())
}
