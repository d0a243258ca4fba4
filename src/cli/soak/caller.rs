//! Callers who type: what they wish, and what they were told.

use super::chance::Chance;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// A caller who hears nothing for so long while it is not their turn puts the phone down: longer
/// than any answer the agent owes, outages included.
const PATIENCE: Duration = Duration::from_secs(40);
/// No call takes longer: the agent would be talking in circles.
const CALL_MAX: Duration = Duration::from_secs(150);
/// Between two tries while nobody answers.
const AGAIN: Duration = Duration::from_millis(200);
/// Goodbyes after the last line, then the caller hangs up.
const GOODBYES: usize = 2;

const ORDERING: &[&str] = &[
    "Hello, I need winter tires, 205 55 R16.",
    "The first one, please.",
    "I want to order four of them.",
    "I will pick them up myself.",
    "The first one, please.",
    "Cash.",
    "John Smith.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

const BOOKING: &[&str] = &[
    "Hello, I need winter tires, 205 55 R16.",
    "I would like to book a tire fitting.",
    "The first one, please.",
    "The earliest time you have, please.",
    "My name is John Smith.",
    "It is a white Toyota.",
    "Yes, that is right.",
    "No, thank you. Goodbye.",
];

const ASKING: &[&str] =
    &["Do you have winter tires, 205 55 R16?", "And summer ones?", "No, thank you. Goodbye."];

/// How a call ended for its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The agent ended it, with this outcome.
    Ended(String),
    /// The caller hung up.
    HungUp,
    /// The line broke: the program died.
    Broke,
    /// Nothing was heard for [`PATIENCE`].
    Silence,
    /// It did not end within [`CALL_MAX`].
    Endless,
}

/// What a caller remembers.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// The call.
    pub id: Uuid,
    /// Whether the agent said anything.
    pub heard: bool,
    /// Whether the agent said that the order is placed, and under which number if that was heard.
    #[expect(clippy::option_option, reason = "not told, told, told with its number")]
    pub order: Option<Option<String>>,
    /// Whether the agent said that the fitting is booked.
    pub booking: bool,
    /// How it ended.
    pub end: End,
}

/// What all callers share.
pub(super) struct Crowd {
    /// Where the program listens; `None` while it is down.
    pub door: watch::Receiver<Option<SocketAddr>>,
    /// Whether new calls are begun.
    pub open: watch::Receiver<bool>,
    /// Everybody goes home.
    pub over: watch::Receiver<bool>,
    /// What was remembered.
    pub memories: Mutex<Vec<Memory>>,
    /// Calls under way.
    pub live: AtomicU64,
    /// Calls so far, from which numbers are made.
    pub begun: AtomicU64,
    /// The seed.
    pub seed: u64,
}

impl Crowd {
    /// Remembered so far.
    pub(super) fn done(&self) -> usize {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Everything remembered.
    pub(super) fn memories(&self) -> Vec<Memory> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One caller after another, until everybody goes home.
pub(super) async fn keep_calling(crowd: Arc<Crowd>, place: u64) {
    let mut chance = Chance::of(crowd.seed, place);
    let (mut open, mut door) = (crowd.open.clone(), crowd.door.clone());
    while !*crowd.over.borrow() {
        if open.wait_for(|open| *open).await.is_err() || *crowd.over.borrow() {
            return;
        }
        let Ok(address) = door.wait_for(Option::is_some).await.map(|door| *door) else { return };
        let socket = match address {
            Some(address) => {
                timeout(PATIENCE, TcpStream::connect(address)).await.ok().and_then(Result::ok)
            }
            None => None,
        };
        let Some(socket) = socket else {
            sleep(AGAIN).await;
            continue;
        };
        crowd.live.fetch_add(1, Ordering::SeqCst);
        let number = crowd.begun.fetch_add(1, Ordering::SeqCst);
        let memory = call(socket, &mut chance, number, crowd.seed).await;
        crowd.memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        crowd.live.fetch_sub(1, Ordering::SeqCst);
        sleep(Duration::from_millis(chance.within(20, 300))).await;
    }
}

/// What this caller says, in order.
fn wishes(chance: &mut Chance) -> Vec<&'static str> {
    let mut lines: Vec<&str> = match chance.within(0, 10) {
        0..=4 => ORDERING.to_vec(),
        5..=7 => BOOKING.to_vec(),
        _ => ASKING.to_vec(),
    };
    // Some hang up in the middle.
    if chance.within(0, 8) == 0 {
        lines.truncate(chance.within(1, lines.len() as u64) as usize);
        lines.push("");
    }
    lines
}

async fn call(mut socket: TcpStream, chance: &mut Chance, number: u64, seed: u64) -> Memory {
    let id = Uuid::new_v4();
    let mut memory = Memory { id, heard: false, order: None, booking: false, end: End::Broke };
    // Every caller is another person: limits of one number are not what is tried here.
    let caller = format!("+380{:02}{number:07}", 50 + seed % 50);
    let lines = wishes(chance);
    let hangs_up = lines.last() == Some(&"");
    let mut lines = lines.into_iter().filter(|line| !line.is_empty());
    let (from, mut to) = socket.split();
    let mut from = BufReader::new(from).lines();
    let (mut spoken, mut goodbyes, began) = (String::new(), 0, Instant::now());
    let mut next = json!({ "call": { "id": id, "caller": caller } }).to_string();
    loop {
        if !next.is_empty() {
            next.push('\n');
            match timeout(PATIENCE, to.write_all(next.as_bytes())).await {
                Err(_) => return Memory { end: End::Silence, ..memory },
                Ok(Err(_)) => return memory,
                Ok(Ok(())) => {}
            }
            next.clear();
        }
        if began.elapsed() > CALL_MAX {
            return Memory { end: End::Endless, ..memory };
        }
        let line = match timeout(PATIENCE, from.next_line()).await {
            Err(_) => return Memory { end: End::Silence, ..memory },
            Ok(Ok(Some(line))) => line,
            Ok(Ok(None) | Err(_)) => return memory,
        };
        let Ok(told) = serde_json::from_str::<Value>(&line) else { return memory };
        if let Some(text) = told["agent"].as_str() {
            memory.heard = true;
            spoken = format!("{spoken} {text}");
            remember(&mut memory, &spoken);
        } else if let Some(outcome) = told["end"].as_str() {
            return Memory { end: End::Ended(outcome.to_owned()), ..memory };
        } else if told["listening"] == true {
            spoken.clear();
            sleep(Duration::from_millis(chance.within(5, 120))).await;
            match lines.next() {
                Some(line) => line.clone_into(&mut next),
                None if hangs_up || goodbyes == GOODBYES => {
                    return Memory { end: End::HungUp, ..memory };
                }
                None => {
                    goodbyes += 1;
                    "Goodbye.".clone_into(&mut next);
                }
            }
        }
    }
}

/// What the agent's words promise. A sentence may come in pieces; what was said of it counts.
fn remember(memory: &mut Memory, spoken: &str) {
    if let Some((_, after)) = spoken.split_once("Your order is placed") {
        let number = after
            .strip_prefix(", number ")
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        memory.order = Some(number.filter(|number| !number.is_empty()));
    }
    memory.booking |= spoken.contains("You are booked on");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(spoken: &str) -> Memory {
        let mut memory =
            Memory { id: Uuid::nil(), heard: true, order: None, booking: false, end: End::Broke };
        remember(&mut memory, spoken);
        memory
    }

    #[test]
    fn a_promise_counts_from_its_first_words_on() {
        assert_eq!(after("Shall I place the order?").order, None);
        assert_eq!(after("So. Your order is placed,").order, Some(None));
        let whole = after("Your order is placed, number 10012, 20600 UAH, expected on Tuesday.");
        assert_eq!(whole.order, Some(Some("10012".into())));
        assert!(after("You are booked on Monday, 23 November at 9:00, Peremoha.").booking);
        assert!(!after("Shall I book it? You have no bookings.").booking);
    }

    #[test]
    fn some_callers_order_some_book_and_some_hang_up() {
        let mut chance = Chance::new(7);
        let all: Vec<_> = (0..200).map(|_| wishes(&mut chance)).collect();
        for wanted in [ORDERING, BOOKING, ASKING] {
            assert!(all.iter().any(|lines| lines == wanted));
        }
        assert!(all.iter().any(|lines| lines.last() == Some(&"")));
    }
}
