//! Bringing a person to a call: the dialplan's way, or a phone that we ring ourselves.

use super::call::{After, CallTask, Line, What};
use super::client::AriError;
use super::plan::{Kind, Plan, Progress};
use super::verb::Verb;
use crate::turn::TransferOutcome;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant};

/// Asterisk ends the ringing itself; if it does not say so, we do after this.
const RING_MARGIN: Duration = Duration::from_secs(3);
/// How long somebody who has picked up may think, the words of what the call is about included.
const DECIDE_MAX: Duration = Duration::from_secs(40);

/// What came of the ringing.
enum Rung {
    Answered,
    Not(TransferOutcome),
    /// The caller hung up.
    CallerLeft,
    /// The agent is gone; the caller is not.
    AgentLeft,
}

impl CallTask {
    /// One attempt, to its end.
    pub(super) async fn transfer(&mut self, plan: Plan, news: mpsc::Sender<Progress>) -> After {
        tracing::info!(call = %self.id, kind = plan.kind.label(), target = plan.target, "a transfer");
        if !self.board.options.targets.contains(&plan.target) {
            // The second fence, whatever stands in the plan.
            return self.back(false, TransferOutcome::NotAllowed, &news).await;
        }
        if plan.kind == Kind::Blind {
            return self.blind(&plan, &news).await;
        }
        let mut held = false;
        if plan.music {
            held = self.hold().await.is_ok();
        }
        let rung = match self.ring(&plan).await {
            Ok(()) => self.rings(&plan, &news).await,
            Err(outcome) => Rung::Not(outcome),
        };
        let rung = match (rung, plan.kind) {
            (Rung::Answered, Kind::Warm) => {
                if !held {
                    held = self.hold().await.is_ok();
                }
                self.decide(&news, held).await
            }
            (rung, _) => rung,
        };
        match rung {
            Rung::Answered => self.join(held, plan.kind == Kind::Warm, &news).await,
            Rung::Not(outcome) => self.back(held, outcome, &news).await,
            Rung::CallerLeft => {
                let _ = news.try_send(Progress::Ended(TransferOutcome::CallerLeft));
                After::Left
            }
            Rung::AgentLeft => {
                self.hang_up_operator().await;
                self.end_music(held).await;
                self.go_on().await;
                After::Left
            }
        }
    }

    /// The caller goes on in the dialplan, which knows the target by its name.
    async fn blind(&mut self, plan: &Plan, news: &mpsc::Sender<Progress>) -> After {
        let Some(caller) = self.caller.clone() else { return After::Left };
        let (bridge, channel) = (self.bridge.clone(), caller.id);
        let context = self.board.options.transfer_context.clone();
        let extension = plan.target.clone();
        let verb = Verb::Continue { channel: channel.clone(), context, extension };
        let parted = self.board.ask(&Verb::Part { bridge, channel }).await;
        if parted.is_ok() && self.board.ask(&verb).await.is_ok() {
            self.caller = None;
            let _ = news.try_send(Progress::Ended(TransferOutcome::HandedOver));
            return After::Left;
        }
        self.back(parted.is_ok(), TransferOutcome::Failed, news).await
    }

    async fn ring(&mut self, plan: &Plan) -> Result<(), TransferOutcome> {
        let channel = self.board.names.operator(self.id, plan.attempt);
        self.own(&channel);
        self.operator = Some(Line { id: channel.clone(), since: Instant::now() });
        let verb = Verb::Ring {
            channel,
            endpoint: plan.endpoint.clone(),
            app: self.board.options.app.clone(),
            ring_s: plan.ring.as_secs(),
            caller: plan.caller.as_ref().map(|phone| phone.reveal().to_owned()).unwrap_or_default(),
            call: self.id.to_string(),
        };
        match self.board.ask(&verb).await {
            // It may ring all the same.
            Ok(_) | Err(AriError::Late) => Ok(()),
            Err(error) => {
                tracing::warn!(call = %self.id, %error, target = plan.target, "a phone cannot be rung");
                self.operator = None;
                // "Allocation failed": there is no phone behind the endpoint.
                let offline = matches!(error, AriError::Refused { status: 400 | 404 | 500, .. });
                Err(if offline { TransferOutcome::Offline } else { TransferOutcome::Failed })
            }
        }
    }

    async fn rings(&mut self, plan: &Plan, news: &mpsc::Sender<Progress>) -> Rung {
        let until = Instant::now() + plan.ring + RING_MARGIN;
        loop {
            match self.next_unless(until, news).await {
                Heard::What(What::OperatorUp) => return Rung::Answered,
                Heard::What(What::OperatorGone(cause)) => return Rung::Not(outcome_of(cause)),
                Heard::What(What::CallerGone) | Heard::Never => return Rung::CallerLeft,
                Heard::What(What::MediaGone) => return Rung::AgentLeft,
                Heard::What(_) => {}
                Heard::Late => return Rung::Not(TransferOutcome::NoAnswer),
                Heard::GivenUp => return Rung::Not(TransferOutcome::CallerLeft),
            }
        }
    }

    /// The person hears us and presses 1 or 2.
    async fn decide(&mut self, news: &mpsc::Sender<Progress>, held: bool) -> Rung {
        let Some(operator) = self.operator.clone() else {
            return Rung::Not(TransferOutcome::Failed);
        };
        let (bridge, channels) = (self.bridge.clone(), vec![operator.id]);
        // Without the caller on hold they would hear what is said about them.
        if !held || self.board.ask(&Verb::Join { bridge, channels }).await.is_err() {
            return Rung::Not(TransferOutcome::Failed);
        }
        let _ = news.try_send(Progress::Answered);
        let until = Instant::now() + DECIDE_MAX;
        loop {
            match self.next_unless(until, news).await {
                Heard::What(What::OperatorKey('1')) => return Rung::Answered,
                Heard::What(What::OperatorKey('2') | What::OperatorGone(_)) => {
                    return Rung::Not(TransferOutcome::Refused);
                }
                Heard::What(What::CallerGone) | Heard::Never => return Rung::CallerLeft,
                Heard::What(What::MediaGone) => return Rung::AgentLeft,
                Heard::What(_) => {}
                Heard::Late => return Rung::Not(TransferOutcome::NoAnswer),
                Heard::GivenUp => return Rung::Not(TransferOutcome::CallerLeft),
            }
        }
    }

    /// Caller and person into one bridge; the agent takes leave by itself.
    async fn join(
        &mut self,
        held: bool,
        operator_is_in: bool,
        news: &mpsc::Sender<Progress>,
    ) -> After {
        let (Some(caller), Some(operator)) = (self.caller.clone(), self.operator.clone()) else {
            return self.back(held, TransferOutcome::Failed, news).await;
        };
        self.end_music(held).await;
        // Who is in the bridge already stays: to be brought in again would be heard.
        let who = [held.then_some(caller.id), (!operator_is_in).then_some(operator.id)];
        let channels: Vec<String> = who.into_iter().flatten().collect();
        let joined = self.board.ask(&Verb::Join { bridge: self.bridge.clone(), channels }).await;
        if joined.is_err() {
            return self.back(held, TransferOutcome::Failed, news).await;
        }
        let _ = news.try_send(Progress::Ended(TransferOutcome::Taken));
        After::Person
    }

    /// Nobody came: the caller is with the agent again.
    async fn back(
        &mut self,
        held: bool,
        outcome: TransferOutcome,
        news: &mpsc::Sender<Progress>,
    ) -> After {
        self.hang_up_operator().await;
        self.end_music(held).await;
        if held && let Some(caller) = self.caller.clone() {
            let verb = Verb::Join { bridge: self.bridge.clone(), channels: vec![caller.id] };
            if self.board.ask(&verb).await.is_err() {
                // They must not stay where nobody hears them.
                let context = self.board.options.fallback_context.clone();
                self.send_away(&context, "s").await;
                let _ = news.try_send(Progress::Ended(TransferOutcome::HandedOver));
                return After::Left;
            }
        }
        let _ = news.try_send(Progress::Ended(outcome));
        After::Agent
    }

    /// The caller leaves the bridge and hears music.
    async fn hold(&mut self) -> Result<(), AriError> {
        let Some(caller) = self.caller.clone() else { return Err(AriError::Late) };
        let (bridge, channel) = (self.bridge.clone(), caller.id.clone());
        self.board.ask(&Verb::Part { bridge, channel }).await?;
        // Without music they still wait where they cannot hear the two others.
        let _ = self.board.ask(&Verb::StartMusic { channel: caller.id }).await;
        Ok(())
    }

    async fn end_music(&self, held: bool) {
        if held && let Some(caller) = &self.caller {
            let _ = self.board.ask(&Verb::StopMusic { channel: caller.id.clone() }).await;
        }
    }

    async fn next_unless(&mut self, until: Instant, news: &mpsc::Sender<Progress>) -> Heard {
        tokio::select! {
            biased;
            what = self.next_ever() => what.map_or(Heard::Never, Heard::What),
            () = news.closed() => Heard::GivenUp,
            () = tokio::time::sleep_until(until) => Heard::Late,
        }
    }
}

enum Heard {
    What(What),
    /// The session does not want it any more.
    GivenUp,
    Late,
    /// The board is gone.
    Never,
}

/// What a phone's end before it was answered means: Q.850 as Asterisk gives it.
const fn outcome_of(cause: i32) -> TransferOutcome {
    match cause {
        17 => TransferOutcome::Busy,
        21 => TransferOutcome::Refused,
        // No route, subscriber absent, out of order, failures of the network.
        1 | 2 | 3 | 20 | 22 | 27 | 28 | 34 | 38 | 41 | 42 => TransferOutcome::Offline,
        _ => TransferOutcome::NoAnswer,
    }
}
