//! The program's own Postgres as a process: shared, kept, stopped, killed and recovered.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::support::database;

use database::{data_dir, options, skipped};
use sqlx::{Connection as _, PgConnection};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use treadline::db::embedded::{self, EmbeddedError, Options};

/// A place of one test: nothing there before, nothing after.
struct Own(Options);

impl Own {
    fn new(name: &str, idle_max: Duration) -> Self {
        let name = format!("{name}-{}", std::process::id());
        let own = Self(options(&name, idle_max));
        let _ = std::fs::remove_dir_all(&own.0.data_dir);
        own
    }

    fn cluster(&self) -> PathBuf {
        self.0.data_dir.join("cluster")
    }

    fn postmaster_pid(&self) -> u32 {
        let text = std::fs::read_to_string(self.cluster().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }

    /// Every process of the server.
    fn processes(&self) -> Vec<u32> {
        let Ok(cluster) = self.cluster().canonicalize() else { return Vec::new() };
        std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let pid = entry.file_name().to_str()?.parse().ok()?;
                (std::fs::read_link(entry.path().join("cwd")).ok()? == cluster).then_some(pid)
            })
            .collect()
    }

    async fn until_gone(&self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !self.processes().is_empty() {
            assert!(Instant::now() < deadline, "the server is still there");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // The fifth line of this file is the folder of the socket.
        let pid_file = std::fs::read_to_string(self.cluster().join("postmaster.pid"));
        for pid in self.processes() {
            kill_9(pid);
        }
        if let Some(sockets) = pid_file.unwrap_or_default().lines().nth(4)
            && sockets.starts_with("/tmp/treadline-")
        {
            let _ = std::fs::remove_dir_all(sockets);
        }
        // What dies may still write for a moment.
        for _ in 0..200 {
            if self.processes().is_empty() && std::fs::remove_dir_all(&self.0.data_dir).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn kill_9(pid: u32) {
    // It may be gone already.
    let _ = Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status();
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn rows(url: &str) -> i64 {
    sqlx::query_scalar("select count(*) from kept")
        .fetch_one(&mut connect(url).await)
        .await
        .unwrap()
}

async fn write_rows(url: &str, count: i32) {
    let mut connection = connect(url).await;
    sqlx::query("create table kept (n integer)").execute(&mut connection).await.unwrap();
    sqlx::query("insert into kept select generate_series(1, $1)")
        .bind(count)
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn several_at_once_share_one_server_and_a_killed_one_comes_back_with_its_rows() {
    if skipped() {
        return;
    }
    let mut own = Own::new("killed", Duration::from_mins(1));
    own.0.durable = true;
    // A first start that was killed in the middle has left something half made.
    std::fs::create_dir_all(own.0.data_dir.join("cluster.new/base")).unwrap();
    let (one, two, three) = tokio::join!(
        embedded::ensure_running_with(&own.0),
        embedded::ensure_running_with(&own.0),
        embedded::ensure_running_with(&own.0),
    );
    let (one, two, three) = (one.unwrap(), two.unwrap(), three.unwrap());
    assert_eq!((&one.url, &one.url), (&two.url, &three.url));
    let mut first_pid = own.postmaster_pid();
    write_rows(&one.url, 1000).await;

    // Killed while it is used: the supervisor brings it back.
    kill_9(first_pid);
    let deadline = Instant::now() + Duration::from_mins(1);
    while PgConnection::connect(&one.url).await.is_err() {
        assert!(Instant::now() < deadline, "nobody started it again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rows(&one.url).await, 1000);
    let first_url = one.url.clone();
    drop((one, two, three));

    // Killed while nobody uses it, and the number in its file now belongs to a stranger (to this test).
    first_pid = own.postmaster_pid();
    kill_9(first_pid);
    own.until_gone().await;
    let pid_file = own.cluster().join("postmaster.pid");
    let text = std::fs::read_to_string(&pid_file).unwrap();
    let stranger = text.replacen(&first_pid.to_string(), &std::process::id().to_string(), 1);
    std::fs::write(&pid_file, stranger).unwrap();

    let again = embedded::ensure_running_with(&own.0).await.unwrap();
    assert_eq!(again.url, first_url);
    assert_ne!(own.postmaster_pid(), first_pid);
    assert_eq!(rows(&again.url).await, 1000);

    // Killed once more, and started at once, while its orphans may still be there.
    kill_9(own.postmaster_pid());
    let (four, five) =
        tokio::join!(embedded::ensure_running_with(&own.0), embedded::ensure_running_with(&own.0));
    assert_eq!(rows(&four.unwrap().url).await, 1000);
    assert_eq!(rows(&five.unwrap().url).await, 1000);
}

#[tokio::test]
async fn it_stops_after_its_last_user_and_client_and_keeps_the_data() {
    if skipped() {
        return;
    }
    let own = Own::new("stopped", Duration::from_secs(1));
    let handle = embedded::ensure_running_with(&own.0).await.unwrap();
    let url = handle.url.clone();
    write_rows(&url, 3).await;
    let mut client = connect(&url).await;
    drop(handle);
    // Nobody holds it but a client, who is idle for several times the limit: it stays.
    let idle_until = Instant::now() + Duration::from_secs(4);
    while Instant::now() < idle_until {
        assert!(!own.processes().is_empty(), "stopped under a client");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sqlx::query("select 1").execute(&mut client).await.unwrap();
    client.close().await.unwrap();
    own.until_gone().await;

    let again = embedded::ensure_running_with(&own.0).await.unwrap();
    assert_eq!(again.url, url, "the address stays the same");
    assert_eq!(rows(&again.url).await, 3);
    let log = std::fs::read_to_string(own.0.data_dir.join("postgres.log")).unwrap();
    assert!(!log.contains("not properly shut down"), "it was stopped, not killed: {log}");
}

#[tokio::test]
async fn only_the_server_s_user_can_enter_the_socket_s_folder_and_nothing_listens_on_tcp() {
    use std::os::unix::fs::PermissionsExt as _;
    if skipped() {
        return;
    }
    let own = Own::new("closed", Duration::from_mins(1));
    let handle = embedded::ensure_running_with(&own.0).await.unwrap();
    let mut connection = connect(&handle.url).await;
    let (listen, user): (String, String) =
        sqlx::query_as("select current_setting('listen_addresses'), current_user::text")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!((listen.as_str(), user.as_str()), ("", embedded::OWNER));
    let host = handle.url.split(['@', '/']).find(|part| part.starts_with("%2F")).unwrap();
    let sockets = host.replace("%2F", "/");
    let mode = std::fs::metadata(&sockets).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(sockets.len() < 80, "{sockets} leaves no room for the socket's name");
    let superuser: bool =
        sqlx::query_scalar("select rolsuper from pg_roles where rolname = current_user")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert!(!superuser);
    // What a later migration needs and only a superuser can make.
    let vector: String = sqlx::query_scalar("select ('[1,2]'::vector <-> '[1,3]'::vector)::text")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(vector, "1");
}

#[tokio::test]
async fn missing_programs_are_an_error_that_names_the_set_up() {
    let missing = Options {
        postgres_dir: "/nowhere/postgres".into(),
        data_dir: data_dir("missing"),
        durable: false,
        idle_max: Duration::from_secs(1),
        program: PathBuf::from(env!("CARGO_BIN_EXE_treadline")),
    };
    let error = embedded::ensure_running_with(&missing).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::NotInstalled(_)), "{error}");
    let said = error.to_string();
    assert!(said.contains("make setup") && said.contains("/nowhere/postgres"), "{said}");
    assert!(!missing.data_dir.exists(), "nothing was made");
}

#[test]
fn db_url_prints_one_line_that_works_and_nothing_else() {
    if skipped() {
        return;
    }
    let own = Own::new("url", Duration::from_mins(1));
    let empty =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("url-cwd-{}", std::process::id()));
    std::fs::create_dir_all(&empty).unwrap();
    let command = |words: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_treadline"))
            .args(words)
            .current_dir(&empty)
            .env_remove("DATABASE_URL")
            .env("TREADLINE__DATABASE__DATA_DIR", &own.0.data_dir)
            .output()
            .unwrap()
    };
    let before = command(&["db", "url"]);
    let refused = String::from_utf8(before.stderr).unwrap();
    assert!(!before.status.success() && refused.contains("there is no database in"), "{refused}");
    assert!(!own.0.data_dir.join("cluster").exists(), "nothing was made by the way");
    assert!(command(&["migrate"]).status.success());
    let (first, second) = (command(&["db", "url"]), command(&["db", "url"]));
    let said = String::from_utf8(first.stdout.clone()).unwrap();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    assert_eq!(first.stderr, b"", "nothing else is printed");
    assert_eq!(first.stdout, second.stdout, "the second joins the first's server");
    assert_eq!(said.lines().count(), 1);
    let url = said.trim_end();
    assert!(url.starts_with("postgresql://treadline_owner@%2F"), "{url}");
    let psql = Command::new(own.0.postgres_dir.join("bin/psql"))
        .env("LD_LIBRARY_PATH", own.0.postgres_dir.join("lib"))
        .args([url, "-Atc", "select current_user"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&psql.stdout), "treadline_owner\n");
    let _ = std::fs::remove_dir_all(&empty);
}
