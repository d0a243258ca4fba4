//! The processes on one database hear each other: what happens in the calls of one is on the pages of
//! all, and what somebody at a page wants reaches the process that has the call.
//!
//! Messages that nobody heard are lost. So whoever begins to listen, or listens again, first listens
//! and then reads what the log has.

use super::event::{LiveCall, Said};
use crate::db::desk::takeovers;
use crate::db::live::{self, Message, News, Told};
use crate::db::pool;
use crate::desk::Desk;
use crate::ids::TenantId;
use crate::turn::{Event, TransferOutcome};
use chrono::TimeDelta;
use sqlx::postgres::PgListener;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Calls that began earlier are over, whatever the log says: longer than a call and its transfer.
const CALL_MAX: TimeDelta = TimeDelta::minutes(40);
/// Pause before listening again.
const AGAIN: Duration = Duration::from_secs(1);
/// Messages that may wait; a database that sends faster than we read waits in its own queue.
const WAITING_MAX: usize = 1_024;

/// How often a process says that it lives, and how long its silence is believed in.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two signs of life.
    pub beat: Duration,
    /// Then its calls are not shown any more.
    pub silence_max: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { beat: Duration::from_secs(5), silence_max: Duration::from_secs(30) }
    }
}

/// Listens to the other processes until `stop`.
pub async fn follow(desk: Desk, stop: CancellationToken) {
    follow_at(desk, stop, Pace::default()).await;
}

/// The same at another pace.
pub async fn follow_at(desk: Desk, stop: CancellationToken, pace: Pace) {
    let mut ears = Ears { desk, pace, heard: HashMap::new() };
    loop {
        match stop.run_until_cancelled(ears.listen()).await {
            None => return,
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::warn!(%error, "the other processes cannot be heard"),
        }
        if stop.run_until_cancelled(tokio::time::sleep(AGAIN)).await.is_none() {
            return;
        }
    }
}

struct Ears {
    desk: Desk,
    pace: Pace,
    /// When each other process was last heard.
    heard: HashMap<String, Instant>,
}

impl Ears {
    /// Listens until the connection is lost.
    async fn listen(&mut self) -> Result<(), sqlx::Error> {
        // A connection of its own: it is never given back.
        let own = pool::beside(self.desk.pool(), 1);
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(live::CHANNEL).await?;
        self.catch_up().await?;
        let (sender, mut coming) = mpsc::channel(WAITING_MAX);
        // In a task of its own: reading a message must not be broken off in the middle.
        let reading = tokio::spawn(async move {
            while let Ok(Some(message)) = listener.try_recv().await {
                if sender.send(message.payload().to_owned()).await.is_err() {
                    return;
                }
            }
        });
        let mut beat = interval(self.pace.beat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let lost = loop {
            tokio::select! {
                message = coming.recv() => match message {
                    Some(message) => self.take(&message).await,
                    None => break Ok(()),
                },
                _ = beat.tick() => {
                    self.forget_silent();
                    if let Err(error) = live::alive(self.desk.pool(), self.desk.feed().node()).await {
                        break Err(error);
                    }
                }
            }
        };
        reading.abort();
        lost
    }

    /// What the log has of the others' calls, and what was asked of ours meanwhile.
    async fn catch_up(&mut self) -> Result<(), sqlx::Error> {
        let (feed, now) = (self.desk.feed(), self.desk.clock().now());
        let found = live::open_calls(self.desk.pool(), feed.node(), now - CALL_MAX).await?;
        let mut calls: HashMap<TenantId, Vec<LiveCall>> = HashMap::new();
        for (call, lines) in found {
            let live = LiveCall {
                id: call.id,
                began_at: call.started_at,
                caller: call.caller_id,
                origin: call.origin,
                channel: call.channel,
                node: call.node,
                moves_to: call.moves_to,
                lines: lines.iter().map(Said::of_row).collect(),
            };
            calls.entry(TenantId(call.tenant_id)).or_default().push(live);
        }
        feed.catch_up(calls);
        // Nobody was silent whom we did not listen to.
        self.heard.clear();
        for asked in takeovers::waiting(self.desk.pool(), now).await? {
            self.take_over(asked.id, TenantId(asked.tenant_id), asked.call_id, asked.target).await;
        }
        Ok(())
    }

    async fn take(&mut self, payload: &str) {
        let message = match serde_json::from_str(payload) {
            Ok(message) => message,
            // Another version of the program may say more than we know.
            Err(error) => return tracing::debug!(%error, "a message is not understood"),
        };
        match message {
            Message::Told(told) => self.told(told).await,
            Message::Alive { node } => self.hear(&node),
            Message::Board { tenant } => self.desk.feed().board(tenant),
            Message::TakeOver { id, tenant, call, target } => {
                self.take_over(id, tenant, call, target).await;
            }
            Message::Refused { call, attempt } => {
                let outcome = TransferOutcome::Refused;
                let ended = Event::TransferEnded { attempt, outcome, call_back_by: None };
                self.reach(call, ended).await;
            }
        }
    }

    fn hear(&mut self, node: &str) {
        if node != self.desk.feed().node() {
            self.heard.insert(node.to_owned(), Instant::now());
        }
    }

    async fn told(&mut self, told: Told) {
        let feed = self.desk.feed().clone();
        let tenant = told.tenant;
        // The row of what operators see is there now, also that of our own calls.
        let on_board = matches!(told.news, News::Moves { .. } | News::Moved { .. });
        if told.node != feed.node() {
            self.hear(&told.node);
            match told.news {
                News::SaidAtLength(number) => {
                    match live::line(self.desk.pool(), &told, number).await {
                        Ok(Some(row)) => feed.said(tenant, told.call.0, Said::of_row(&row)),
                        Ok(None) => {}
                        Err(error) => tracing::warn!(%error, "a long line cannot be read"),
                    }
                }
                _ => feed.take(told),
            }
        }
        if on_board {
            feed.board(tenant);
        }
    }

    /// Processes that say nothing any more are gone.
    fn forget_silent(&mut self) {
        let feed = self.desk.feed();
        for node in feed.others() {
            let heard = *self.heard.entry(node.clone()).or_insert_with(Instant::now);
            if heard.elapsed() > self.pace.silence_max {
                tracing::warn!(node, "a process is silent; its calls are not shown any more");
                feed.lose(&node);
                self.heard.remove(&node);
            }
        }
    }

    async fn take_over(&self, id: Uuid, tenant: TenantId, call: Uuid, target: String) {
        if self.reach(call, Event::TakenOver { target }).await
            && let Err(error) =
                takeovers::done(self.desk.pool(), tenant, id, self.desk.clock().now()).await
        {
            tracing::warn!(%error, "a takeover cannot be noted");
        }
    }

    /// Tells a call of this process something; false if it is not ours.
    async fn reach(&self, call: Uuid, wanted: Event) -> bool {
        let told = self.desk.line().and_then(|hand| hand(call, wanted));
        match told {
            Some(told) => told.await,
            None => false,
        }
    }
}
