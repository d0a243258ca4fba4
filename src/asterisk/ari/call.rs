//! One call in Asterisk: the caller's channel, the channel that carries their audio to us, the
//! bridge of the two, and perhaps a person's phone. One task owns them all and leaves nothing behind.

use super::arrival::{Arrival, Media};
use super::board::Board;
use super::client::AriError;
use super::event::{Event, Version};
use super::note::{After, Line, Note, What};
use super::plan::Happening;
use super::verb::{MediaWay, Verb};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep, timeout_at};
use uuid::Uuid;

/// How long Asterisk may take to bring a channel that it has made into our application.
const MEDIA_MAX: Duration = Duration::from_secs(5);
/// The session hangs up its side by itself when a person has taken over; then we do it.
const FAREWELL_MAX: Duration = Duration::from_secs(3);
/// An Asterisk that is away for so long has forgotten its calls.
const LOST_MAX: Duration = Duration::from_mins(1);
/// A caller whom we cannot serve is offered to the dialplan so often, with a pause between.
const FALLBACKS_MAX: u32 = 3;
const FALLBACK_PAUSE: Duration = Duration::from_secs(1);

/// One call.
pub(super) struct CallTask {
    pub(super) board: Arc<Board>,
    pub(super) id: Uuid,
    pub(super) bridge: String,
    pub(super) caller: Option<Line>,
    pub(super) media: Option<Line>,
    pub(super) operator: Option<Line>,
    pub(super) bridged: bool,
    inbox: mpsc::Receiver<Note>,
    session: mpsc::Sender<Happening>,
    /// The caller's keys reach the session by us, because their sound does not carry them.
    carries_keys: bool,
    waiting: VecDeque<What>,
}

impl CallTask {
    pub(super) fn new(
        board: Arc<Board>,
        id: Uuid,
        caller: String,
        (inbox, session): (mpsc::Receiver<Note>, mpsc::Sender<Happening>),
    ) -> Self {
        let bridge = board.names.talk(id);
        Self {
            board,
            id,
            bridge,
            caller: Some(Line::new(caller)),
            media: None,
            operator: None,
            bridged: false,
            inbox,
            session,
            carries_keys: false,
            waiting: VecDeque::new(),
        }
    }

    /// From the caller's arrival to their end, or ours.
    pub(super) async fn serve(mut self, arrival: Arrival) {
        let after = match self.set_up(&arrival).await {
            Ok(()) => self.with_agent().await,
            Err(why) => {
                if self.caller.is_some() {
                    tracing::error!(call = %self.id, why, "a call cannot be served");
                    metrics::counter!("treadline_ari_fallbacks_total").increment(1);
                    let context = self.board.options.fallback_context.clone();
                    self.send_away(&context, "s").await;
                }
                After::Left
            }
        };
        if after == After::Person {
            self.with_person().await;
        } else {
            self.let_media_end().await;
        }
        self.clean_up().await;
    }

    /// A conversation of a caller and a person that an earlier process left: until either ends.
    pub(super) async fn adopt(mut self, operator: String) {
        self.bridged = true;
        self.operator = Some(Line::new(operator));
        self.with_person().await;
        self.clean_up().await;
    }

    /// External media, its own `StasisStart`, and only then the bridge: before it Asterisk says 422.
    async fn set_up(&mut self, arrival: &Arrival) -> Result<(), &'static str> {
        let board = Arc::clone(&self.board);
        if board.registry.announce(arrival.registration.clone()).is_err() {
            return Err("its uuid was used before");
        }
        let caller = arrival.channel.clone();
        if !arrival.is_up {
            let answer = Verb::Answer { channel: caller.clone() };
            board.ask(&answer).await.map_err(|_| "it cannot be answered")?;
        }
        let media = board.names.media(self.id);
        self.own(&media);
        self.media = Some(Line::new(media.clone()));
        let way = self.way(arrival.media).await;
        let app = board.options.app.clone();
        let external = Verb::ExternalMedia { channel: media.clone(), app, media: way };
        match board.ask(&external).await {
            // Late: it may have been made all the same.
            Ok(_) | Err(AriError::Late) => {}
            Err(_) => return Err("Asterisk cannot connect to our audio listener"),
        }
        let until = Instant::now() + MEDIA_MAX;
        loop {
            match self.next(until).await {
                Some(What::MediaUp) => break,
                Some(What::MediaGone) => return Err("its audio ended before it began"),
                Some(What::CallerGone) => return Err("the caller left"),
                Some(_) => {}
                None => return Err("its audio does not come up"),
            }
        }
        let bridge = self.bridge.clone();
        board
            .ask(&Verb::MakeBridge { bridge: bridge.clone() })
            .await
            .map_err(|_| "there is no bridge")?;
        self.bridged = true;
        let channels = vec![caller, media];
        board
            .ask(&Verb::Join { bridge, channels })
            .await
            .map_err(|_| "caller and audio cannot be joined")?;
        tracing::debug!(call = %self.id, "a call talks");
        self.happens(Happening::Joined);
        Ok(())
    }

    /// How the sound travels, by what this Asterisk can do.
    async fn way(&mut self, media: Media) -> MediaWay {
        let (options, uuid) = (&self.board.options, self.id.to_string());
        match media {
            Media::Audiosocket => {
                let version = self.board.version().await;
                self.carries_keys = version.is_some_and(|version| !version.has_audiosocket_keys());
                MediaWay::Audiosocket {
                    host: options.audiosocket_host.clone(),
                    // An older one would send something else under that name.
                    wideband: version.is_some_and(Version::has_wideband_audiosocket),
                    uuid,
                }
            }
            Media::Websocket => {
                MediaWay::Websocket { client: options.websocket_client.clone(), uuid }
            }
        }
    }

    /// Tells the session, if there is one that listens.
    fn happens(&self, happening: Happening) {
        let _ = self.session.try_send(happening);
    }

    /// The caller talks with the agent.
    async fn with_agent(&mut self) -> After {
        loop {
            match self.next_or_lost().await {
                Some(What::CallerGone) | None => return After::Left,
                Some(What::MediaGone) => {
                    self.go_on().await;
                    return After::Left;
                }
                Some(What::Wish(plan, news)) => match self.transfer(*plan, news).await {
                    After::Agent => {}
                    after => return after,
                },
                Some(_) => {}
            }
        }
    }

    /// The agent has left the caller: the registry knows where they go, as it does for the
    /// dialplan.
    pub(super) async fn go_on(&mut self) {
        let word = self.board.registry.next(self.id);
        match word.as_deref() {
            Some("hangup") => self.hang_up_caller().await,
            Some(target) if self.board.options.targets.iter().any(|name| name == target) => {
                let (context, target) =
                    (self.board.options.transfer_context.clone(), target.to_owned());
                self.send_away(&context, &target).await;
            }
            _ => {
                let context = self.board.options.fallback_context.clone();
                self.send_away(&context, "s").await;
            }
        }
    }

    /// Lets the caller go on in the dialplan; one who cannot is hung up rather than left in silence.
    pub(super) async fn send_away(&mut self, context: &str, extension: &str) {
        for attempt in 0..FALLBACKS_MAX {
            let Some(caller) = &self.caller else { return };
            let verb = Verb::Continue {
                channel: caller.id.clone(),
                context: context.to_owned(),
                extension: extension.to_owned(),
            };
            match self.board.ask(&verb).await {
                Ok(_) => {
                    self.caller = None;
                    return;
                }
                // One who has left our application is in good hands, and must not be hung up.
                Err(error) if error.is_not_ours() => {
                    self.caller = None;
                    return;
                }
                Err(_) if attempt + 1 < FALLBACKS_MAX => sleep(FALLBACK_PAUSE).await,
                Err(_) => {}
            }
        }
        self.hang_up_caller().await;
    }

    pub(super) async fn hang_up_caller(&mut self) {
        if let Some(caller) = self.caller.take() {
            self.hang_up(caller.id).await;
        }
    }

    /// Caller and person talk. Ends with either of them.
    async fn with_person(&mut self) {
        let farewell = Instant::now() + FAREWELL_MAX;
        loop {
            let heard = if self.media.is_some() {
                let heard = self.next(farewell).await;
                if heard.is_none() {
                    self.hang_up_media().await;
                    continue;
                }
                heard
            } else {
                self.next_or_lost().await
            };
            match heard {
                Some(What::CallerGone | What::OperatorGone(_)) | None => return,
                // A second wish of a session that is about to end; its sender is dropped unheard.
                Some(_) => {}
            }
        }
    }

    /// The session ends its side in order; only one that does not is cut off.
    async fn let_media_end(&mut self) {
        if self.caller.is_none() && self.media.is_some() {
            let until = Instant::now() + FAREWELL_MAX;
            while self.media.is_some() && self.next(until).await.is_some() {}
        }
    }

    async fn hang_up_media(&mut self) {
        if let Some(media) = self.media.take() {
            self.hang_up(media.id).await;
        }
    }

    pub(super) async fn hang_up_operator(&mut self) {
        if let Some(operator) = self.operator.take() {
            self.hang_up(operator.id).await;
        }
    }

    async fn hang_up(&self, channel: String) {
        // What cannot be asked now is found when the connection is back: it bears our name.
        let _ = self.board.ask(&Verb::HangUp { channel }).await;
    }

    async fn clean_up(&mut self) {
        self.hang_up_operator().await;
        self.hang_up_media().await;
        self.hang_up_caller().await;
        if std::mem::take(&mut self.bridged) {
            let _ = self.board.ask(&Verb::EndBridge { bridge: self.bridge.clone() }).await;
        }
        self.board.forget(self.id);
    }

    /// Events of this channel come here from now on.
    pub(super) fn own(&self, channel: &str) {
        self.board.own(channel, self.id);
    }

    /// The next thing of meaning; `None` at `until`.
    pub(super) async fn next(&mut self, until: Instant) -> Option<What> {
        timeout_at(until, self.next_ever()).await.ok().flatten()
    }

    /// The next thing of meaning; `None` if none will ever come, also because Asterisk is away for
    /// good. Should it come back with this call in it, the call is found again.
    async fn next_or_lost(&mut self) -> Option<What> {
        loop {
            let until = Instant::now() + LOST_MAX;
            if let Some(what) = self.next(until).await {
                return Some(what);
            }
            let away = self.board.away_for().is_some_and(|away| away >= LOST_MAX);
            if self.inbox.is_closed() || away && !self.board.registry.is_live(self.id) {
                return None;
            }
        }
    }

    /// The next thing of meaning; `None` if none will ever come.
    pub(super) async fn next_ever(&mut self) -> Option<What> {
        loop {
            if let Some(what) = self.waiting.pop_front() {
                return Some(what);
            }
            let note = self.inbox.recv().await?;
            self.understand(note);
        }
    }

    fn understand(&mut self, note: Note) {
        match note {
            Note::Transfer(plan, news) => self.waiting.push_back(What::Wish(plan, news)),
            Note::Event(event) => self.understand_event(*event),
            Note::Present(channels, asked_at) => {
                let gone = |line: &Option<Line>| {
                    let line = line.as_ref()?;
                    // What was made after the question is not in the answer.
                    let lost = line.since < asked_at && !channels.contains(&line.id);
                    lost.then(|| line.id.clone())
                };
                let lost = [gone(&self.caller), gone(&self.media), gone(&self.operator)];
                for id in lost.into_iter().flatten() {
                    self.gone(&id, 0);
                }
            }
        }
    }

    fn understand_event(&mut self, event: Event) {
        let is = |line: &Option<Line>, id: &str| line.as_ref().is_some_and(|line| line.id == id);
        match event {
            Event::StasisStart { channel, .. } if is(&self.media, &channel.id) => {
                self.waiting.push_back(What::MediaUp);
            }
            Event::StasisStart { channel, .. } if is(&self.operator, &channel.id) => {
                self.waiting.push_back(What::OperatorUp);
            }
            Event::ChannelDtmfReceived { digit, channel } if is(&self.operator, &channel.id) => {
                self.waiting.extend(digit.chars().next().map(What::OperatorKey));
            }
            // From 20.14, 21.9 and 22.4 on the key comes with the sound as well, and a key that came
            // twice would be two.
            Event::ChannelDtmfReceived { digit, channel }
                if self.carries_keys && is(&self.caller, &channel.id) =>
            {
                digit.chars().for_each(|key| self.happens(Happening::Key(key)));
            }
            Event::StasisEnd { channel } => self.gone(&channel.id, 0),
            Event::ChannelDestroyed { channel, cause } => self.gone(&channel.id, cause),
            _ => {}
        }
    }

    /// Each channel is gone once, however often that is told.
    fn gone(&mut self, id: &str, cause: i32) {
        let take = |line: &mut Option<Line>| line.take_if(|line| line.id == id).is_some();
        if take(&mut self.caller) {
            // The session ends its side in order then, which a connection that is cut does not.
            self.happens(Happening::CallerGone);
            self.waiting.push_back(What::CallerGone);
        } else if take(&mut self.media) {
            self.waiting.push_back(What::MediaGone);
        } else if take(&mut self.operator) {
            self.waiting.push_back(What::OperatorGone(cause));
        }
    }
}
