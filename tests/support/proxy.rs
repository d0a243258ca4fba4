//! Stands between the program and Postgres: can take the database away, swallow the answer to a
//! COMMIT, and stop a transaction between two of its statements. Knows of the protocol only where
//! a message ends and which one asks for an answer.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use uuid::Uuid;

const SOCKET: &str = ".s.PGSQL.5432";
/// Requests of a client before its start-up proper, answered with one byte: TLS and GSS.
const BEFORE_START: [u32; 2] = [80_877_103, 80_877_104];
/// How long a test waits for a connection to come to the gate.
const PATIENCE: Duration = Duration::from_mins(1);

/// A socket like the server's own.
pub struct Proxy {
    /// As the original URL, through here.
    pub url: String,
    open: Arc<watch::Sender<bool>>,
    faults: Arc<Faults>,
    folder: PathBuf,
}

/// What goes wrong on purpose.
struct Faults {
    /// Commits whose answer is still to be swallowed, and the connection with it.
    commits_to_cut: AtomicU32,
    commits_cut: AtomicU32,
    /// While true, the answers to commits stay here.
    commits_unheard: watch::Sender<bool>,
    /// Questions that came to the gate, and up to which they may pass.
    came: watch::Sender<u64>,
    may_pass: watch::Sender<u64>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Proxy {
    /// In front of the server of `url`, whose host is a folder of sockets.
    pub fn before(url: &str) -> Self {
        let (login, rest) = url.split_once('@').expect("a login");
        let (host, database) = rest.rsplit_once('/').expect("a database");
        let server = PathBuf::from(host.replace("%2F", "/").replace("%25", "%")).join(SOCKET);
        let folder = std::env::temp_dir().join(format!("tl-proxy-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let listener = UnixListener::bind(folder.join(SOCKET)).expect("a socket");
        let (open, seen) = watch::channel(true);
        let faults = Arc::new(Faults {
            commits_to_cut: AtomicU32::new(0),
            commits_cut: AtomicU32::new(0),
            commits_unheard: watch::channel(false).0,
            came: watch::channel(0).0,
            may_pass: watch::channel(u64::MAX).0,
        });
        tokio::spawn(serve(listener, server, seen, Arc::clone(&faults)));
        let host = folder.to_string_lossy().replace('/', "%2F");
        Self { url: format!("{login}@{host}/{database}"), open: Arc::new(open), faults, folder }
    }

    /// Breaks every connection and lets no new one through.
    pub fn take_away(&self) {
        self.open.send_replace(false);
    }

    /// The database is there again.
    pub fn bring_back(&self) {
        self.open.send_replace(true);
    }

    /// The next `count` commits happen, but nobody hears of it: the connection breaks after the
    /// server said that it is done and before the client was told.
    pub fn swallow_commits(&self, count: u32) {
        self.faults.commits_to_cut.store(count, Ordering::SeqCst);
    }

    /// How many answers were swallowed so far.
    pub fn swallowed(&self) -> u32 {
        self.faults.commits_cut.load(Ordering::SeqCst)
    }

    /// From now on commits happen and nobody hears of it, until this is taken back.
    pub fn keep_commits_unheard(&self, unheard: bool) {
        self.faults.commits_unheard.send_replace(unheard);
    }

    /// From now on `count` questions pass, the next one waits at the gate.
    pub fn hold_after(&self, count: u64) {
        self.faults.came.send_replace(0);
        self.faults.may_pass.send_replace(count);
    }

    /// Waits until a question stands at the gate.
    pub async fn someone_waits(&self) {
        let count = *self.faults.may_pass.borrow();
        let mut came = self.faults.came.subscribe();
        let waiting = tokio::time::timeout(PATIENCE, came.wait_for(|came| *came > count)).await;
        waiting.expect("a question comes to the gate").expect("the proxy lives");
    }

    /// Opens the gate for good.
    pub fn release(&self) {
        self.faults.may_pass.send_replace(u64::MAX);
    }
}

async fn serve(
    listener: UnixListener,
    server: PathBuf,
    seen: watch::Receiver<bool>,
    faults: Arc<Faults>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (server, mut seen, faults) = (server.clone(), seen.clone(), Arc::clone(&faults));
        if !*seen.borrow_and_update() {
            continue;
        }
        tokio::spawn(async move {
            let Ok(upstream) = UnixStream::connect(server).await else { return };
            // In this order: a question that stood at the gate when the database went away, and the
            // gate was opened for good, must not slip through. It may have been the commit.
            tokio::select! {
                biased;
                _ = seen.wait_for(|open| !open) => {}
                _ = carry(client, upstream, &faults) => {}
            }
        });
    }
}

/// Carries one connection until an end closes, or until the answer to a commit is swallowed.
async fn carry(
    mut client: UnixStream,
    mut server: UnixStream,
    faults: &Faults,
) -> std::io::Result<()> {
    start(&mut client, &mut server).await?;
    let committing = AtomicBool::new(false);
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::select! {
        ended = ask(&mut from_client, &mut to_server, faults, &committing) => ended,
        ended = answer(&mut from_server, &mut to_client, faults, &committing) => ended,
    }
}

/// The first message has no kind, only a length.
async fn start(client: &mut UnixStream, server: &mut UnixStream) -> std::io::Result<()> {
    loop {
        let length = client.read_u32().await?;
        let mut rest = vec![0; length.saturating_sub(4) as usize];
        client.read_exact(&mut rest).await?;
        server.write_u32(length).await?;
        server.write_all(&rest).await?;
        let code = rest.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        if !code.is_some_and(|code| BEFORE_START.contains(&code)) {
            return Ok(());
        }
        client.write_u8(server.read_u8().await?).await?;
    }
}

/// A message: its kind and all its bytes.
async fn message(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<(u8, Vec<u8>)> {
    let kind = from.read_u8().await?;
    let length = from.read_u32().await?;
    let mut bytes = vec![kind];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.resize(1 + length as usize, 0);
    from.read_exact(&mut bytes[5..]).await?;
    Ok((kind, bytes))
}

/// Client to server. The server works on a message as soon as it has it, so that a question waits
/// at the gate with everything that belongs to it.
async fn ask(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    faults: &Faults,
    committing: &AtomicBool,
) -> std::io::Result<()> {
    let mut batch = Vec::new();
    loop {
        let (kind, bytes) = message(from).await?;
        let is_commit = kind == b'Q' && bytes[5..].starts_with(b"COMMIT");
        batch.extend_from_slice(&bytes);
        match kind {
            b'Q' | b'S' => {
                let mut turn = 0;
                faults.came.send_modify(|came| {
                    *came += 1;
                    turn = *came;
                });
                let mut gate = faults.may_pass.subscribe();
                if gate.wait_for(|may_pass| turn <= *may_pass).await.is_err() {
                    return Ok(());
                }
                committing.store(is_commit, Ordering::SeqCst);
            }
            b'P' | b'B' | b'D' | b'E' | b'C' => continue,
            _ => {}
        }
        to.write_all(&batch).await?;
        batch.clear();
    }
}

/// Server to client.
async fn answer(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    faults: &Faults,
    committing: &AtomicBool,
) -> std::io::Result<()> {
    loop {
        let (kind, bytes) = message(from).await?;
        let committed = kind == b'C' && committing.load(Ordering::SeqCst);
        if committed && bytes[5..].starts_with(b"COMMIT") {
            let less = |left: u32| left.checked_sub(1);
            let cut = &faults.commits_to_cut;
            if cut.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
                faults.commits_cut.fetch_add(1, Ordering::SeqCst);
                return Ok(());
            }
            let mut unheard = faults.commits_unheard.subscribe();
            if unheard.wait_for(|unheard| !unheard).await.is_err() {
                return Ok(());
            }
        }
        to.write_all(&bytes).await?;
    }
}
