//! A telephone for the tests: real SIP over UDP, real sound, on this machine. It calls, and it
//! answers as the operator; what it hears is noted packet by packet.

mod dialog;
pub mod recording;
mod rtp;
mod sdp;
mod sip;
pub mod tone;

pub use recording::Recording;
pub use sdp::Codec;

use dialog::{Command, Line};
use rtp::Media;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// No wait is longer.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// A tone counts when it sounds this long.
const TONE_MIN: Duration = Duration::from_millis(200);
/// How often a wait looks.
const LOOK: Duration = Duration::from_millis(50);

/// What a telephone does when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Answers,
    IsBusy,
    /// And nobody comes.
    Rings,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Calling,
    Ringing,
    Up,
    /// The other side ended it.
    TheyEnded,
    /// We did.
    WeEnded,
    /// It was never answered, for this reason (a status of SIP).
    Refused(u16),
}

impl Phase {
    fn over(self) -> bool {
        matches!(self, Self::TheyEnded | Self::WeEnded | Self::Refused(_))
    }
}

/// A telephone with a number.
pub struct Phone {
    codec: Codec,
    manner: Arc<Mutex<Manner>>,
    commands: mpsc::UnboundedSender<Command>,
    incoming: mpsc::UnboundedReceiver<Call>,
    task: JoinHandle<()>,
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Phone {
    /// A telephone that calls, by way of the Asterisk whose SIP port is `asterisk`.
    pub async fn caller(asterisk: u16, codec: Codec) -> Self {
        Self::at(0, asterisk, codec, Manner::IsBusy).await
    }

    /// The operator's telephone at `port`.
    pub async fn operator(port: u16, asterisk: u16, manner: Manner) -> Self {
        Self::at(port, asterisk, Codec::Pcmu, manner).await
    }

    async fn at(port: u16, asterisk: u16, codec: Codec, manner: Manner) -> Self {
        let manner = Arc::new(Mutex::new(manner));
        let (commands, orders) = mpsc::unbounded_channel();
        let (rings, incoming) = mpsc::unbounded_channel();
        let line =
            Line::open(port, asterisk, codec, Arc::clone(&manner), commands.clone(), rings).await;
        let task = tokio::spawn(line.run(orders));
        Self { codec, manner, commands, incoming, task }
    }

    pub fn now(&self, manner: Manner) {
        *self.manner.lock().expect("no panic under the lock") = manner;
    }

    /// Calls `extension` as `number`; `name` is what the display shows.
    pub async fn dial(&self, number: &str, name: &str, extension: &str) -> Call {
        let (call, phase) = Call::new(self.codec, self.commands.clone(), Phase::Calling).await;
        let dial = Command::Dial {
            id: call.id.clone(),
            from: format!("\"{name}\" <sip:{number}@127.0.0.1>"),
            extension: extension.to_owned(),
            media: Arc::clone(&call.media),
            phase,
        };
        self.commands.send(dial).expect("the telephone works");
        call
    }

    /// The next call that comes.
    pub async fn rings(&mut self) -> Call {
        let call = timeout(PATIENCE, self.incoming.recv()).await.expect("it rings in time");
        call.expect("the telephone works")
    }
}

/// One call of a telephone.
pub struct Call {
    pub id: String,
    /// Who calls, as the display of the telephone that rings shows it.
    pub from: String,
    media: Arc<Media>,
    phase: watch::Receiver<Phase>,
    commands: mpsc::UnboundedSender<Command>,
}

impl Call {
    async fn new(
        codec: Codec,
        commands: mpsc::UnboundedSender<Command>,
        phase: Phase,
    ) -> (Self, watch::Sender<Phase>) {
        let (sender, phase) = watch::channel(phase);
        let id = uuid::Uuid::new_v4().to_string();
        let media = Arc::new(Media::open(codec).await);
        (Self { id, from: String::new(), media, phase, commands }, sender)
    }

    pub fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    async fn reaches(&self, what: &str, wanted: impl Fn(Phase) -> bool) -> Phase {
        let mut phase = self.phase.clone();
        let reached = timeout(PATIENCE, phase.wait_for(|now| wanted(*now) || now.over())).await;
        let now = *reached
            .unwrap_or_else(|_| panic!("not {what}: {:?}", self.phase()))
            .expect("the telephone works");
        assert!(wanted(now), "not {what}: {now:?}");
        now
    }

    pub async fn answered(&self) {
        self.reaches("answered", |now| now == Phase::Up).await;
    }

    pub async fn ringing(&self) {
        self.reaches("ringing", |now| now == Phase::Ringing).await;
    }

    /// Waits until the other side hangs up.
    pub async fn they_hang_up(&self) {
        self.reaches("hung up", |now| now == Phase::TheyEnded).await;
    }

    /// Waits for the end, whoever brings it.
    pub async fn over(&self) -> Phase {
        self.reaches("over", Phase::over).await
    }

    /// Ends the call, in whatever phase it is.
    pub async fn hang_up(&self) {
        self.commands.send(Command::HangUp(self.id.clone())).expect("the telephone works");
        self.over().await;
    }

    /// Says samples of the codec's rate.
    pub fn say(&self, samples: &[i16]) {
        self.media.say(samples);
    }

    /// Waits until everything is said.
    pub async fn said(&self) {
        self.eventually("it is said", || self.media.left() == 0).await;
    }

    /// Samples that are still to be said.
    pub fn left_to_say(&self) -> usize {
        self.media.left()
    }

    pub fn rate(&self) -> u32 {
        self.media.codec().rate()
    }

    /// Presses keys, one after the other.
    pub fn press(&self, keys: &str) {
        keys.chars().for_each(|key| self.media.press(key));
    }

    pub fn heard(&self) -> Recording {
        self.media.recording()
    }

    /// Waits until a tone of `hz` sounds; the moment at which that was found.
    pub async fn hears(&self, hz: u32) -> Instant {
        self.hears_since(None, hz).await
    }

    /// The same, and only what comes after `start` counts.
    pub async fn hears_since(&self, start: Option<Instant>, hz: u32) -> Instant {
        let heard = || {
            let all = self.heard();
            start.map_or_else(|| all.clone(), |start| all.since(start))
        };
        let story = || self.heard().to_string();
        let sounds = || heard().sounds(hz) >= TONE_MIN;
        self.eventually_or(&format!("{hz} Hz is heard"), sounds, story).await;
        Instant::now()
    }

    /// Waits until `done`, as long as the call lives.
    pub async fn eventually(&self, what: &str, done: impl Fn() -> bool) {
        self.eventually_or(what, done, String::new).await;
    }

    /// The same; `story` tells what was there instead.
    pub async fn eventually_or(
        &self,
        what: &str,
        done: impl Fn() -> bool,
        story: impl Fn() -> String,
    ) {
        let deadline = Instant::now() + PATIENCE;
        while !done() {
            let phase = self.phase();
            assert!(!phase.over(), "the call is over ({phase:?}) before {what}\n{}", story());
            assert!(Instant::now() < deadline, "in vain: {what}\n{}", story());
            sleep(LOOK).await;
        }
    }
}
