//! Stands between the program and Postgres and can take the database away.

use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use uuid::Uuid;

const SOCKET: &str = ".s.PGSQL.5432";

/// A socket like the server's own.
pub struct Proxy {
    /// As the original URL, through here.
    pub url: String,
    open: Arc<watch::Sender<bool>>,
    folder: PathBuf,
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
        tokio::spawn(serve(listener, server, seen));
        let host = folder.to_string_lossy().replace('/', "%2F");
        Self { url: format!("{login}@{host}/{database}"), open: Arc::new(open), folder }
    }

    /// Breaks every connection and lets no new one through.
    pub fn take_away(&self) {
        self.open.send_replace(false);
    }

    /// The database is there again.
    pub fn bring_back(&self) {
        self.open.send_replace(true);
    }
}

async fn serve(listener: UnixListener, server: PathBuf, seen: watch::Receiver<bool>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let (server, mut seen) = (server.clone(), seen.clone());
        if !*seen.borrow_and_update() {
            continue;
        }
        tokio::spawn(async move {
            let Ok(mut upstream) = UnixStream::connect(server).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut upstream) => {}
                _ = seen.wait_for(|open| !open) => {}
            }
        });
    }
}
