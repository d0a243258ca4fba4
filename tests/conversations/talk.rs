//! One conversation: the whole loop of a call over text, in a shop of the test's own.

use crate::conversations::book::Book;
use crate::conversations::caller::{Caller, Reply};
use crate::conversations::goal::Goal;
use crate::conversations::medium::{Ears, TypedCall};
use crate::conversations::typed_shop::{NOW, TypedShop};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;
use treadline::ids::CallId;
use treadline::session::{EventSender, Listening, Opening, Session, Watcher};
use treadline::turn::{Effect, Event};
use uuid::Uuid;

/// The agent is given so long for a turn.
const PATIENCE: Duration = Duration::from_mins(1);

/// The shop that all callers phone.
pub struct Shop(TypedShop);

impl Deref for Shop {
    type Target = TypedShop;

    fn deref(&self) -> &TypedShop {
        &self.0
    }
}

impl Shop {
    pub async fn open() -> Option<Self> {
        let shop = Self(TypedShop::open(NOW, |_| {}).await?);
        shop.make_room().await;
        Some(shop)
    }

    /// A thousand callers need more than the sample shop's tyres and posts.
    async fn make_room(&self) {
        let mut owner = self.db.owner().await;
        sqlx::raw_sql(
            "update products set quantity = 10000 where quantity > 0; \
             update fitting_stations set posts = 12;",
        )
        .execute(&mut owner)
        .await
        .expect("the shop grows");
    }

    /// Waits until the log stands in the database; a busy machine needs more than one patience.
    pub async fn flush(&self) -> bool {
        for _ in 0..60 {
            if self.parts.flush_log().await {
                return true;
            }
        }
        false
    }
}

/// What happened between a caller and the agent.
#[derive(Debug, Clone)]
pub struct Talk {
    pub call: Uuid,
    /// Both sides, a line each.
    pub lines: Vec<String>,
    pub outcome: String,
}

struct Watch {
    listening: Listening,
    turn: UnboundedSender<()>,
    told: bool,
}

impl Watcher for Watch {
    fn effect(&mut self, effect: &Effect) {
        self.told = false;
        self.listening.effect(effect);
    }

    fn event(&mut self, event: &Event) {
        self.told = false;
        self.listening.event(event);
    }

    fn waiting(&mut self) {
        if self.listening.is_idle() && !self.told {
            self.told = true;
            let _ = self.turn.send(());
        }
    }
}

/// Lets a caller talk until one side ends it.
pub async fn hold(shop: &Shop, book: Arc<Book>, goal: Goal) -> Talk {
    let call =
        CallId(Uuid::from_u128(0x7a1c_0000_0000_4000_8000_0000_0000_0000 + u128::from(goal.seed)));
    crate::conversations::judge::prepare(shop, &goal).await;
    let opening = Opening {
        call,
        channel: "chat",
        origin: "test".into(),
        caller: Some(goal.phone()),
        called: None,
        asterisk_channel: None,
        language: Some(book.language),
        data: serde_json::Value::Null,
        line: None,
    };
    let (said, mut sentences) = mpsc::unbounded_channel();
    let (turn, mut turns) = mpsc::unbounded_channel();
    let ears = Ears::default();
    let (mine, services) = (ears.clone(), Arc::clone(&shop.parts.services));
    let session = Session::open(services, &opening, |events, _| TypedCall {
        events,
        said,
        ears,
        held: crate::conversations::medium::Held::default(),
    })
    .await;
    let events = session.sender();
    let running = tokio::spawn(async move {
        let mut watch = Watch { listening: Listening::default(), turn, told: false };
        session.run(&mut watch, |_| {}).await.0
    });
    let mut caller = Caller::new(&book, &goal);
    let mut lines = Vec::new();
    converse(&mut caller, &mine, &events, &mut sentences, &mut turns, &mut lines).await;
    let _ = events.send(Event::LegLost { orderly: true }).await;
    let ending = timeout(PATIENCE, running).await.expect("the call ends").expect("no panic");
    let outcome = serde_json::to_value(ending.outcome).expect("a word");
    Talk { call: call.0, lines, outcome: outcome.as_str().unwrap_or_default().to_owned() }
}

async fn converse(
    caller: &mut Caller<'_>,
    ears: &Ears,
    events: &EventSender,
    sentences: &mut UnboundedReceiver<String>,
    turns: &mut UnboundedReceiver<()>,
    lines: &mut Vec<String>,
) {
    let mut interrupting = false;
    loop {
        let mut agent = Vec::new();
        if interrupting {
            // Waits for a first sentence and speaks into it.
            match timeout(PATIENCE, sentences.recv()).await {
                Ok(Some(sentence)) => agent.push(sentence),
                _ => return,
            }
            ears.holding.store(false, Ordering::SeqCst);
        } else {
            match timeout(PATIENCE, turns.recv()).await {
                Ok(Some(())) => {}
                Ok(None) => return drain(sentences, lines),
                Err(_) => return lines.push("(the agent went silent)".into()),
            }
        }
        while let Ok(sentence) = sentences.try_recv() {
            agent.push(sentence);
        }
        let agent = agent.join(" ");
        lines.push(format!("agent: {agent}"));
        let Reply::Says(line) = caller.reply(&agent, interrupting) else { return };
        lines.push(format!("caller: {line}{}", if interrupting { " (interrupting)" } else { "" }));
        interrupting = caller.interrupts();
        while turns.try_recv().is_ok() {}
        *ears.typed.lock().expect("no panic under the lock") = line;
        ears.holding.store(interrupting, Ordering::SeqCst);
        if events.send(Event::VoiceStarted).await.is_err()
            || events.send(Event::VoiceEnded { ended_ago_ms: 0 }).await.is_err()
        {
            return drain(sentences, lines);
        }
    }
}

fn drain(sentences: &mut UnboundedReceiver<String>, lines: &mut Vec<String>) {
    while let Ok(sentence) = sentences.try_recv() {
        lines.push(format!("agent: {sentence}"));
    }
}
