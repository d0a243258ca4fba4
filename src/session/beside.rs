//! What is heard of a call beside its sound: over ARI Asterisk tells when caller and agent are
//! together, which keys were pressed, and that the caller hung up.

use super::medium::EventSender;
use crate::asterisk::ari::{Happening, LiveCall};
use crate::turn::Event;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Duration, timeout};

/// Longest wait for caller and agent to be together. Asterisk takes some 50 ms; one that has said
/// nothing by then has lost the word, and a caller must not be kept in silence for that.
const JOIN_MAX: Duration = Duration::from_secs(5);

/// Listens beside the leg of one call, as long as it is held.
pub(super) struct Beside {
    task: Option<JoinHandle<()>>,
    joined: watch::Receiver<bool>,
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Beside {
    /// Listens to `line`, if the call came over ARI, and reports to `events`.
    pub(super) fn new(line: Option<&LiveCall>, events: EventSender) -> Self {
        let (joined_in, joined) = watch::channel(false);
        let happenings = line.and_then(LiveCall::happenings);
        let task = happenings.map(|happenings| tokio::spawn(listen(happenings, joined_in, events)));
        Self { task, joined }
    }

    /// Done when the caller can hear us: at once, where the leg itself is the caller's.
    pub(super) fn audible(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut joined = self.joined.clone();
        async move {
            // Nobody who could tell (an error) is as good as told.
            let _ = timeout(JOIN_MAX, joined.wait_for(|joined| *joined)).await;
        }
    }
}

async fn listen(
    mut happenings: mpsc::Receiver<Happening>,
    joined: watch::Sender<bool>,
    events: EventSender,
) {
    while let Some(happening) = happenings.recv().await {
        let event = match happening {
            Happening::Joined => {
                joined.send_replace(true);
                continue;
            }
            Happening::Key(digit) => Event::Digit { digit },
            Happening::CallerGone => Event::LegLost { orderly: true },
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
}
