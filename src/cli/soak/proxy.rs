//! Stands between the program and Postgres and can be a database that is away.

use anyhow::Context as _;
use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the database behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As it is.
    Open,
    /// Connections break, new ones too.
    Refuse,
    /// Connections are taken and stay; nothing passes.
    Silent,
}

/// The way to the database.
pub(super) struct Proxy {
    /// As the original URL, through here.
    pub url: String,
    way: watch::Sender<Way>,
    cuts: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where the server really is.
#[derive(Debug, Clone)]
enum Server {
    Socket(PathBuf),
    Address(String, u16),
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Server {
    async fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Socket(path) => Box::new(UnixStream::connect(path).await?),
            Self::Address(host, port) => Box::new(TcpStream::connect((&**host, *port)).await?),
        })
    }
}

impl Proxy {
    /// In front of the server of `url`.
    pub(super) async fn before(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url)?;
        let (host, port) = (options.get_host(), options.get_port());
        let socket = |folder: PathBuf| Server::Socket(folder.join(format!(".s.PGSQL.{port}")));
        let server = match options.get_socket() {
            Some(folder) => socket(folder.clone()),
            None if host.starts_with('/') => socket(host.into()),
            None => Server::Address(host.to_owned(), port),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = through(url, &listener.local_addr()?.to_string())
            .context("the database's URL names no server")?;
        let (way, seen) = watch::channel(Way::Open);
        let (cuts, cut) = watch::channel(0);
        let task = tokio::spawn(serve(listener, Arc::new(server), seen, cut));
        Ok(Self { url, way, cuts, task })
    }

    /// From now on.
    pub(super) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Breaks every connection of this moment.
    pub(super) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

/// The URL with another host.
fn through(url: &str, address: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let login = authority.rsplit_once('@').map_or(String::new(), |(login, _)| format!("{login}@"));
    Some(format!("{scheme}://{login}{address}{}", &rest[authority.len()..]))
}

async fn serve(
    listener: TcpListener,
    server: Arc<Server>,
    way: watch::Receiver<Way>,
    cuts: watch::Receiver<u64>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (server, mut gone, way, mut cuts) =
            (Arc::clone(&server), way.clone(), way.clone(), cuts.clone());
        cuts.mark_unchanged();
        tokio::spawn(async move {
            let _ = client.set_nodelay(true);
            let Ok(upstream) = server.connect().await else { return };
            tokio::select! {
                biased;
                _ = gone.wait_for(|way| *way == Way::Refuse) => {}
                _ = cuts.changed() => {}
                () = carry(client, upstream, way) => {}
            }
        });
    }
}

async fn carry(client: TcpStream, server: Box<dyn Stream>, way: watch::Receiver<Way>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = split(server);
    tokio::select! {
        _ = pump(from_client, to_server, way.clone()) => {}
        _ = pump(from_server, to_client, way) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut way: watch::Receiver<Way>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 || way.wait_for(|way| *way == Way::Open).await.is_err() {
            return Ok(());
        }
        to.write_all(&bytes[..read]).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_of_the_url_changes() {
        let through = |url| through(url, "127.0.0.1:7").unwrap();
        assert_eq!(through("postgresql://a:b@%2Ftmp%2Fx/db"), "postgresql://a:b@127.0.0.1:7/db");
        assert_eq!(through("postgres://db.example:5/d?x=y"), "postgres://127.0.0.1:7/d?x=y");
    }
}
