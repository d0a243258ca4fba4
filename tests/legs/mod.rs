//! What holds on every leg, whoever owns the clock: each test runs over AudioSocket (ours) and over
//! `chan_websocket` (Asterisk's).
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use crate::support::line;

mod rules;
mod seams;
mod sound;

use line::{Line, PATIENCE};
use std::f32::consts::TAU;
use tokio::time::timeout;
use treadline::asterisk::leg::{Leg, LegEnd, LegEvent};
use treadline::asterisk::voice::Clock;
use treadline::audio::playout::News;
use treadline::caller::{Call, Caller, Login, Options, Over};
use treadline::turn::SpeechId;

/// The legs that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    AudioSocket,
    WebSocket,
}

const LEGS: [Kind; 2] = [Kind::AudioSocket, Kind::WebSocket];

impl Kind {
    fn clock(self) -> Clock {
        match self {
            Self::AudioSocket => Clock::Ours,
            Self::WebSocket => Clock::Theirs,
        }
    }

    /// A caller on this kind of leg who keeps what is heard.
    fn options(self, line: &Line) -> Options {
        let options = match self {
            Self::AudioSocket => Options::new(line.address),
            Self::WebSocket => {
                Options { over: Over::WebSocket(Login::default()), ..Options::new(line.media) }
            }
        };
        Options { record: true, quiet_ms: 400, ..options }
    }

    /// A call that was answered.
    async fn dial(self, line: &mut Line) -> (Call, Leg) {
        self.dial_as(line, |options| options).await
    }

    async fn dial_as(
        self,
        line: &mut Line,
        change: impl FnOnce(Options) -> Options,
    ) -> (Call, Leg) {
        let call = Caller::dial(change(self.options(line))).await.unwrap();
        let leg = line.leg().await;
        assert_eq!(leg.voice.clock(), self.clock());
        assert_eq!(leg.id, call.id());
        (call, leg)
    }
}

/// Plays `samples` on a leg as one speech.
fn play(leg: &Leg, speech: u32, rate: u32, samples: &[i16]) {
    let id = SpeechId(speech);
    leg.voice.begin(id, rate, 0);
    leg.voice.push(id, samples);
    leg.voice.finish(id);
}

/// A tone of full strength.
fn tone(frequency: f32, rate: u32, ms: u32) -> Vec<i16> {
    let samples = rate * ms / 1_000;
    let wave = |n: u32| (TAU * frequency * n as f32 / rate as f32).sin();
    (0..samples).map(|n| (wave(n) * 12_000.0) as i16).collect()
}

/// How strong a frequency is in a frame, 0 to 1 of a full tone of [`tone`].
fn strength(frame: &[i16], frequency: f32, rate: u32) -> f32 {
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (n, sample) in frame.iter().enumerate() {
        let angle = TAU * frequency * n as f32 / rate as f32;
        real += f32::from(*sample) * angle.cos();
        imaginary += f32::from(*sample) * angle.sin();
    }
    2.0 * real.hypot(imaginary) / frame.len() as f32 / 12_000.0
}

/// The leg's news until `last` is among them.
async fn news_until(leg: &Leg, last: News) -> Vec<News> {
    let mut told = Vec::new();
    let news = leg.voice.news();
    let all = async {
        loop {
            told.extend(leg.voice.take_news());
            if told.contains(&last) {
                return;
            }
            news.notified().await;
        }
    };
    assert!(timeout(PATIENCE, all).await.is_ok(), "in vain: {last:?}");
    told
}

async fn end_of(leg: &mut Leg) -> LegEnd {
    let end = async {
        loop {
            match leg.events.recv().await.expect("no last event") {
                LegEvent::Gone(end) => return end,
                LegEvent::Audio { .. } | LegEvent::Digit(_) => {}
            }
        }
    };
    timeout(PATIENCE, end).await.expect("the leg did not end")
}
