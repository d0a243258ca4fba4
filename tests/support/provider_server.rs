//! A real loopback server that speaks the five interfaces of the remote providers, well or with
//! one planned fault. It notes what it was asked and how many connections are open.

use super::provider_realtime;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

/// One byte in this time stands for one a second: the budgets of the tests are short too.
pub const DRIP: Duration = Duration::from_millis(150);

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Nothing,
    ConnectRefused,
    ConnectHangs,
    NeverAnswers,
    TlsGarbage,
    Status(u16, Option<&'static str>),
    FirstByteNever,
    StallsMidStream,
    Drips,
    CutMidway,
    HugeBody,
    InvalidUtf8,
    WrongContentType,
    ValidButEmpty,
    UnknownAndOutOfOrder,
    /// Repeats the key in its refusal.
    TellsTheKey,
}

/// One request as it came.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Messages on a WebSocket.
    pub messages: Vec<Value>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the request is JSON")
    }
}

/// The notes of a server, one entry a request.
pub type Notes = Arc<Mutex<Vec<Seen>>>;

pub struct Server {
    pub address: SocketAddr,
    pub fault: Fault,
    pub notes: Notes,
    open: watch::Sender<usize>,
    task: JoinHandle<()>,
    /// Fills the queue of a server that does not accept.
    _queue: Vec<TcpStream>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn start(fault: Fault) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let backlog = if fault == Fault::ConnectHangs { 1 } else { 64 };
        let listener = socket.listen(backlog).unwrap();
        let address = listener.local_addr().unwrap();
        let notes = Notes::default();
        let (open, _) = watch::channel(0);
        let mut queue = Vec::new();
        let task = match fault {
            Fault::ConnectRefused => {
                drop(listener);
                tokio::spawn(async {})
            }
            Fault::ConnectHangs => {
                let connect = || timeout(Duration::from_millis(300), TcpStream::connect(address));
                while let Ok(Ok(waiting)) = connect().await {
                    queue.push(waiting);
                }
                tokio::spawn(async move {
                    let _listener = listener;
                    std::future::pending::<()>().await;
                })
            }
            _ => tokio::spawn(accept(listener, fault, Arc::clone(&notes), open.clone())),
        };
        Self { address, fault, notes, open, task, _queue: queue }
    }

    /// The address for a provider's configuration.
    pub fn base(&self) -> String {
        let scheme = if self.fault == Fault::TlsGarbage { "https" } else { "http" };
        format!("{scheme}://{}/v1", self.address)
    }

    pub fn connections(&self) -> usize {
        *self.open.borrow()
    }

    pub async fn wait_for_connections(&self, count: usize) {
        let mut open = self.open.subscribe();
        let reached = timeout(Duration::from_secs(5), open.wait_for(|now| *now == count)).await;
        let now = self.connections();
        assert!(reached.is_ok(), "{:?}: {now} connections, not {count}", self.fault);
    }

    pub fn only_request(&self) -> Seen {
        let notes = self.notes.lock().unwrap();
        assert_eq!(notes.len(), 1, "one request, no retry");
        notes[0].clone()
    }
}

async fn accept(listener: TcpListener, fault: Fault, notes: Notes, open: watch::Sender<usize>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (notes, open) = (Arc::clone(&notes), open.clone());
        tokio::spawn(async move {
            open.send_modify(|count| *count += 1);
            let _ = serve(stream, fault, &notes).await;
            open.send_modify(|count| *count -= 1);
        });
    }
}

async fn serve(mut stream: TcpStream, fault: Fault, notes: &Notes) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    match fault {
        Fault::NeverAnswers => return hold(&mut stream).await,
        Fault::TlsGarbage => {
            stream.write_all(&[0xde, 0xad, 0xbe, 0xef].repeat(64)).await?;
            return hold(&mut stream).await;
        }
        _ => {}
    }
    while let Some(seen) = read_request(&mut stream).await? {
        let upgrade = seen.header("upgrade").is_some();
        let bearer = seen.header("authorization").unwrap_or_default().to_owned();
        let path = seen.path.clone();
        let at = {
            let mut notes = notes.lock().unwrap();
            notes.push(seen.clone());
            notes.len() - 1
        };
        match fault {
            Fault::Status(code, retry) => return refuse(&mut stream, code, retry, "no").await,
            Fault::TellsTheKey => {
                return refuse(&mut stream, 401, None, &format!("Incorrect key: {bearer}")).await;
            }
            Fault::WrongContentType => {
                let page = "<html>It works!</html>";
                let head = head("text/html; charset=utf-8", Some(page.len()));
                stream.write_all(format!("{head}{page}").as_bytes()).await?;
                return hold(&mut stream).await;
            }
            _ => {}
        }
        if upgrade {
            let key = seen.header("sec-websocket-key").unwrap_or_default();
            return provider_realtime::serve(stream, key, fault, notes, at).await;
        }
        let (kind, pieces) = answer_for(&path, fault);
        write_answer(&mut stream, kind, &pieces, fault).await?;
    }
    Ok(())
}

/// Keeps the connection until the other side closes it.
pub async fn hold(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut sink = [0; 4096];
    while stream.read(&mut sink).await? > 0 {}
    Ok(())
}

async fn refuse(
    stream: &mut TcpStream,
    code: u16,
    retry_after: Option<&str>,
    message: &str,
) -> std::io::Result<()> {
    // A number where one provider has a string: servers differ.
    let body = json!({ "error": { "message": message, "code": code } }).to_string();
    let retry = retry_after.map(|time| format!("retry-after: {time}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {code} No\r\ncontent-type: application/json\r\n{retry}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    hold(stream).await
}

fn head(kind: &str, length: Option<usize>) -> String {
    let length = match length {
        Some(bytes) => format!("content-length: {bytes}"),
        None => "transfer-encoding: chunked".to_owned(),
    };
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n{length}\r\n\r\n")
}

/// A request with a body of known length.
pub async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Seen>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = text.lines();
    let path = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut seen = Seen { path, headers, ..Seen::default() };
    let length: usize = seen.header("content-length").map_or(0, |text| text.parse().unwrap());
    seen.body = bytes.split_off(end);
    while seen.body.len() < length {
        if stream.read_buf(&mut seen.body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(seen))
}

/// The samples of a good answer of the voice: 0.5 s of a ramp.
pub fn voice_samples() -> Vec<i16> {
    (0..12_000).map(|n| (n % 2_000 - 1_000) as i16).collect()
}

/// The content type and the pieces in which a good answer, or one of another kind, comes.
fn answer_for(path: &str, fault: Fault) -> (&'static str, Vec<Vec<u8>>) {
    let bad = b"\xff\xfe\xc3\x28".to_vec();
    match path {
        "/v1/audio/transcriptions" => {
            let body = match fault {
                Fault::InvalidUtf8 => [b"{\"text\": \"".to_vec(), bad, b"\"}".to_vec()].concat(),
                Fault::ValidButEmpty => b"{\"text\": \"\"}".to_vec(),
                Fault::UnknownAndOutOfOrder => {
                    br#"{"usage": {"type": "x"}, "text": " winter tires ", "logprobs": null}"#
                        .to_vec()
                }
                _ => br#"{"text": " winter tires "}"#.to_vec(),
            };
            ("application/json", vec![body[..4].to_vec(), body[4..].to_vec()])
        }
        "/v1/chat/completions" => {
            let events = match fault {
                Fault::InvalidUtf8 => vec![[b"data: ".to_vec(), bad, b"\n\n".to_vec()].concat()],
                Fault::ValidButEmpty => vec![b"data: [DONE]\n\n".to_vec()],
                _ => chat_events(fault == Fault::UnknownAndOutOfOrder),
            };
            ("text/event-stream", events)
        }
        "/v1/audio/speech" => {
            let bytes: Vec<u8> = voice_samples().iter().flat_map(|s| s.to_le_bytes()).collect();
            match fault {
                Fault::ValidButEmpty => ("audio/pcm", Vec::new()),
                // Not text at all, so another format stands for it.
                Fault::InvalidUtf8 => ("audio/pcm", vec![[b"RIFF".to_vec(), bytes].concat()]),
                _ => ("audio/pcm", bytes.chunks(1_111).map(<[u8]>::to_vec).collect()),
            }
        }
        "/v1/embeddings" => {
            let row = |index: usize, vector: [f64; 3]| json!({ "object": "embedding", "index": index, "embedding": vector });
            let (one, two) = (row(0, [0.5, -0.25, 0.0]), row(1, [0.125, 1.0, 2.0]));
            let body = match fault {
                Fault::InvalidUtf8 => [b"{\"data\": \"".to_vec(), bad, b"\"}".to_vec()].concat(),
                Fault::ValidButEmpty => b"{\"data\": []}".to_vec(),
                Fault::UnknownAndOutOfOrder => {
                    json!({ "new": null, "data": [two, one] }).to_string().into_bytes()
                }
                _ => json!({ "data": [one, two], "usage": {} }).to_string().into_bytes(),
            };
            ("application/json", vec![body[..4].to_vec(), body[4..].to_vec()])
        }
        other => panic!("nobody serves {other}"),
    }
}

fn chat_events(strange: bool) -> Vec<Vec<u8>> {
    let delta = |delta: Value| json!({ "id": "c", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] });
    let call = |call: Value| delta(json!({ "content": null, "tool_calls": [call] }));
    let mut events = vec![
        delta(json!({ "role": "assistant", "content": "" })),
        delta(json!({ "content": "One " })),
        delta(json!({ "content": "moment.", "refusal": null, "reasoning": { "new": 1 } })),
        call(json!({ "index": 0, "id": "call_x", "type": "function",
            "function": { "name": "search_tires", "arguments": "" } })),
        call(json!({ "index": 0, "function": { "arguments": "{\"width\":2" } })),
        call(json!({ "index": 0, "id": null, "function": { "name": null, "arguments": "05}" } })),
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "tool_calls" }], "usage": null }),
        json!({ "choices": [], "usage": { "total_tokens": 9 } }),
    ];
    if strange {
        events.insert(0, json!({ "object": "ping", "choices": null, "error": null }));
        events.insert(1, json!([1, "two"]));
    }
    let data = events.iter().map(|event| format!("data: {event}\n\n").into_bytes());
    let strange_lines = strange.then(|| b": warm\nevent: ping\nretry: 5\nid: 7\n\n".to_vec());
    strange_lines.into_iter().chain(data).chain([b"data: [DONE]\n\n".to_vec()]).collect()
}

async fn write_answer(
    stream: &mut TcpStream,
    kind: &str,
    pieces: &[Vec<u8>],
    fault: Fault,
) -> std::io::Result<()> {
    stream.write_all(head(kind, None).as_bytes()).await?;
    let chunk =
        |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    match fault {
        Fault::FirstByteNever => return hold(stream).await,
        Fault::StallsMidStream | Fault::CutMidway => {
            let half = pieces.len().div_ceil(2);
            for piece in &pieces[..half] {
                stream.write_all(&chunk(piece)).await?;
            }
            let rest =
                pieces.get(half).map_or(&b"data: {\"cho"[..], |piece| &piece[..piece.len() / 2]);
            stream.write_all(&chunk(rest)).await?;
            if fault == Fault::CutMidway {
                // Ends the connection in the middle of the answer.
                return Err(std::io::ErrorKind::BrokenPipe.into());
            }
            return hold(stream).await;
        }
        Fault::Drips => {
            let mut pace = interval(DRIP);
            for byte in pieces.concat() {
                pace.tick().await;
                stream.write_all(&chunk(&[byte])).await?;
            }
        }
        Fault::HugeBody => loop {
            stream.write_all(&chunk(&vec![b'x'; 16 * 1024])).await?;
        },
        _ => {
            for piece in pieces {
                stream.write_all(&chunk(piece)).await?;
                tokio::task::yield_now().await;
            }
        }
    }
    stream.write_all(b"0\r\n\r\n").await
}
