//! An OpenAI-compatible endpoint on the loopback interface. The mind behind the wire is the
//! program's own local brain: what it is asked it reads from the request's JSON alone, as a
//! provider would, and what it answers it streams in the pieces in which providers stream.

use super::wire::{self, chunks};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use treadline::llm::local::{Lexicon, LocalBrain};
use treadline::llm::{LanguageModel as _, ModelChunk};
use treadline::store::sample;

/// What was streamed: the names of tools in order, and the texts.
#[derive(Debug, Default)]
pub struct Answered {
    pub tools: Vec<String>,
    pub texts: Vec<String>,
    pub requests: Vec<Value>,
    /// Why a request was not answered.
    pub refused: Vec<String>,
    /// From now on every connection is closed instead of answered.
    pub broken: bool,
}

pub struct Endpoint {
    pub address: SocketAddr,
    pub answered: Arc<Mutex<Answered>>,
    task: JoinHandle<()>,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Endpoint {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let answered = Arc::<Mutex<Answered>>::default();
        let (sizes, brands) = sample::lexicon();
        let brain = Arc::new(LocalBrain::new(Lexicon { sizes, brands }));
        let notes = Arc::clone(&answered);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (brain, notes) = (Arc::clone(&brain), Arc::clone(&notes));
                tokio::spawn(async move {
                    // A caller who hangs up closes the connection: no fault of the endpoint's.
                    let _ = serve(stream, &brain, &notes).await;
                });
            }
        });
        Self { address, answered, task }
    }

    /// Answers nothing any more.
    pub fn breaks(&self) {
        self.answered.lock().expect("no panic under the lock").broken = true;
    }

    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }
}

async fn serve(
    mut stream: TcpStream,
    brain: &LocalBrain,
    notes: &Mutex<Answered>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some((path, body)) = wire::read_request(&mut stream).await? {
        if notes.lock().expect("no panic under the lock").broken {
            return Ok(());
        }
        let asked = if path == "/v1/chat/completions" {
            wire::model_request(&body)
        } else {
            Err(format!("nobody serves {path}"))
        };
        match asked {
            Ok(request) => {
                let mut pieces = brain.answer(request).await.expect("the local brain answers");
                let mut answer = Vec::new();
                while let Some(piece) = pieces.next().await {
                    answer.push(piece.expect("the local brain cannot fail"));
                }
                note(notes, body, &answer);
                write_stream(&mut stream, &chunks(&answer)).await?;
            }
            // A connection is opened before the first question; that asks nothing.
            Err(_) if body.is_null() => refuse(&mut stream, "a question is a POST").await?,
            Err(why) => {
                notes.lock().expect("no panic under the lock").refused.push(why.clone());
                refuse(&mut stream, &why).await?;
            }
        }
    }
    Ok(())
}

async fn refuse(stream: &mut TcpStream, why: &str) -> std::io::Result<()> {
    let body = json!({ "error": { "message": why } }).to_string();
    let length = body.len();
    let head = "HTTP/1.1 400 No\r\ncontent-type: application/json\r\ncontent-length:";
    stream.write_all(format!("{head} {length}\r\n\r\n{body}").as_bytes()).await
}

fn note(notes: &Mutex<Answered>, body: Value, answer: &[ModelChunk]) {
    let mut notes = notes.lock().expect("no panic under the lock");
    notes.requests.push(body);
    for piece in answer {
        match piece {
            ModelChunk::Text(text) => notes.texts.push(text.clone()),
            ModelChunk::ToolCall { name, .. } => notes.tools.push(name.clone()),
        }
    }
}

async fn write_stream(stream: &mut TcpStream, events: &[String]) -> std::io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    for event in events {
        stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await?;
        // A packet of its own, as over a network.
        stream.flush().await?;
        tokio::task::yield_now().await;
    }
    stream.write_all(b"0\r\n\r\n").await
}
