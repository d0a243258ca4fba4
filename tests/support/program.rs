//! The real binary in a folder of its own.

use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// No wait is longer; the first start of a database on a busy machine takes its time.
const PATIENCE: Duration = Duration::from_mins(1);

/// A working folder with data of its own; gone at the end.
pub struct Folder {
    path: PathBuf,
    database_url: Option<String>,
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// What a command said.
pub struct Said {
    status: ExitStatus,
    out: String,
    error: String,
}

impl Said {
    pub fn succeeded(self) -> String {
        assert!(self.status.success(), "{}: {}", self.status, self.error);
        self.out
    }

    pub fn failed(self) -> (Option<i32>, String) {
        assert!(!self.status.success(), "it succeeded: {}", self.out);
        (self.status.code(), self.error)
    }
}

impl Folder {
    /// With the program's own database.
    pub fn new() -> Self {
        let name = format!("treadline-process-{}", Uuid::new_v4().simple());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self { path, database_url: None }
    }

    pub fn with_database(url: &str) -> Self {
        let mut folder = Self::new();
        folder.database_url = Some(url.to_owned());
        folder
    }

    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path.join(name), text).expect("written");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path.join(name)).expect("text")
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.path.join(name)).expect("removed");
    }

    /// The call whose records wait in the spool.
    pub fn call_in_the_spool(&self) -> String {
        let files = std::fs::read_dir(self.path.join("data/spool")).expect("a spool");
        let bytes =
            files.flat_map(|file| std::fs::read(file.expect("a file").path()).expect("read"));
        let text = String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned();
        let (_, rest) = text.split_once("\"call\":\"").expect("a record");
        rest[..36].to_owned()
    }

    /// The program, deaf and mute towards the test's terminal.
    pub fn program(&self, args: &[&str]) -> Command {
        let errors = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.path.join("errors.txt"))
            .expect("a file");
        let mut program = Command::new(env!("CARGO_BIN_EXE_treadline"));
        program
            .args(args)
            .current_dir(&self.path)
            .env("TREADLINE__DATABASE__DATA_DIR", self.path.join("data"))
            .env_remove("OPENAI_API_KEY")
            .env_remove("TREADLINE_ORIGIN")
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .kill_on_drop(true);
        if let Some(url) = &self.database_url {
            program.env("DATABASE_URL", url);
        }
        program
    }

    pub async fn run(&self, args: &[&str]) -> Said {
        let output = self.program(args).stderr(Stdio::piped()).output();
        let output = timeout(PATIENCE, output).await.expect("in time").expect("it runs");
        Said {
            status: output.status,
            out: String::from_utf8(output.stdout).expect("text"),
            error: String::from_utf8(output.stderr).expect("text"),
        }
    }

    fn errors(&self) -> String {
        std::fs::read_to_string(self.path.join("errors.txt")).unwrap_or_default()
    }

    /// Ends the program's own Postgres of this folder, as its supervisor would a minute later.
    pub async fn stop_database(&self) {
        let file = self.path.join("data/cluster/postmaster.pid");
        let text = std::fs::read_to_string(&file).expect("a server runs");
        send("INT", text.lines().next().expect("a pid")).await;
        until("the server stops", || async { !file.exists() }).await;
    }
}

async fn send(signal: &str, pid: &str) {
    let sent = Command::new("kill").args(["-s", signal, pid]).status().await.expect("kill runs");
    assert!(sent.success(), "no process {pid}");
}

/// A typed conversation.
pub struct Chat {
    pub child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Chat {
    pub fn start(mut program: Command) -> Self {
        let mut child = program.stdin(Stdio::piped()).spawn().expect("it starts");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, input, output }
    }

    /// Types a line each time the agent listens; everything that was printed, to the end.
    pub async fn converse(&mut self, lines: &[&str]) -> Vec<Value> {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        self.converse_bytes(&lines).await
    }

    /// The same in whatever encoding.
    pub async fn converse_bytes(&mut self, lines: &[&[u8]]) -> Vec<Value> {
        let mut waiting = lines.iter();
        let mut printed: Vec<Value> = Vec::new();
        loop {
            let line = timeout(PATIENCE, self.output.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("nothing comes after {printed:#?}"));
            let Some(line) = line.expect("text") else { return printed };
            let value: Value = serde_json::from_str(&line).expect("one JSON object a line");
            if value["type"] == "listening" {
                // After the goodbye it listens for a moment more; our input stays open.
                if let Some(next) = waiting.next() {
                    let typed = self.input.write_all(&[next, &b"\n"[..]].concat()).await;
                    typed.expect("it reads");
                }
            }
            printed.push(value);
        }
    }
}

/// `treadline serve` with ears that hear nothing (no recogniser is loaded) and the local voice.
pub struct Server {
    pub child: Child,
    pub audiosocket: SocketAddr,
    pub http: SocketAddr,
}

impl Server {
    pub async fn start(folder: &Folder) -> Self {
        Self::start_with(folder, "600").await
    }

    pub async fn start_with(folder: &Folder, drain_s: &str) -> Self {
        let mut program = folder.program(&["serve"]);
        program
            .env("TREADLINE__SERVER__LISTEN", "127.0.0.1:0")
            .env("TREADLINE__AUDIOSOCKET__LISTEN", "127.0.0.1:0")
            .env("TREADLINE__WEBSOCKET__LISTEN", "127.0.0.1:0")
            .env("TREADLINE__SERVER__DRAIN_S", drain_s)
            .env("TREADLINE__STT__PROVIDER", "openai")
            .env("TREADLINE__STT__BASE_URL", "http://127.0.0.1:1/v1");
        let mut child = program.spawn().expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let line = timeout(PATIENCE, output.next_line()).await.expect("in time").expect("text");
        let line = line.unwrap_or_else(|| panic!("it ended: {}", folder.errors()));
        let (audiosocket, http) = line
            .strip_prefix("treadline: AudioSocket on ")
            .and_then(|rest| rest.split_once(", HTTP on http://"))
            .unwrap_or_else(|| panic!("{line:?} tells no addresses"));
        let (audiosocket, http) = (audiosocket.parse(), http.parse());
        Self {
            child,
            audiosocket: audiosocket.expect("an address"),
            http: http.expect("an address"),
        }
    }

    pub async fn signal(&self, signal: &str) {
        send(signal, &self.child.id().expect("it runs").to_string()).await;
    }

    pub async fn exit_code(&mut self) -> Option<i32> {
        timeout(PATIENCE, self.child.wait()).await.expect("in time").expect("it ends").code()
    }

    pub async fn terminate(&mut self) {
        self.signal("TERM").await;
        assert_eq!(self.exit_code().await, Some(0));
    }
}

/// Waits until `done`; a bounded wait on a condition.
pub async fn until<F: Future<Output = bool>>(what: &str, mut done: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !done().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(50)).await;
    }
}
