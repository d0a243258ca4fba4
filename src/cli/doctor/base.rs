//! What every installation needs: ports and a database.

use super::report::Report;
use crate::config::{Config, Secrets};
use crate::db::{self, health, partitions};
use chrono::Utc;
use std::net::SocketAddr;

/// Each address can be listened on, or is by a Treadline that runs.
pub(super) async fn ports(config: &Config, report: &mut Report) {
    let mut addresses = vec![
        ("audiosocket.listen", config.audiosocket.listen),
        ("websocket.listen", config.websocket.listen),
        ("server.listen", config.server.listen),
    ];
    addresses.extend(config.ari.listen_address().map(|address| ("ari.listen", address)));
    let runs = is_treadline(config.server.listen).await;
    for (name, address) in addresses {
        match tokio::net::TcpListener::bind(address).await {
            Ok(_) => report.ok(name, &format!("{address} is free")),
            Err(_) if runs => report.ok(name, &format!("{address} is in use, Treadline runs")),
            Err(error) => report.broken(
                name,
                &format!("{address}: {error}"),
                &format!("find who has it (ss -ltnp), or set {name} to another address"),
            ),
        }
        if !address.ip().is_loopback() {
            report.note(name, "not on loopback, and not encrypted: a private network or a tunnel");
        }
    }
}

/// Whether the program answers there already.
async fn is_treadline(server: SocketAddr) -> bool {
    let client =
        reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_secs(2)).build();
    let Ok(client) = client else { return false };
    let Ok(answer) = client.get(format!("http://{server}/live")).send().await else {
        return false;
    };
    answer.text().await.is_ok_and(|text| text.trim() == "ok")
}

/// Postgres, its extensions, the tables and the months ahead.
pub(super) async fn database(config: &Config, secrets: &Secrets, report: &mut Report) {
    const TO_DO: &str = "set DATABASE_URL or database.url to a Postgres that answers, or leave both \
                         empty for the program's own (`make setup` installs it)";
    let opened = async {
        let server = db::open(config, secrets).await?;
        let migrated = db::migrate::run(server.reveal_url()).await?;
        let pool = db::connect(server.reveal_url(), 1).await?;
        anyhow::Ok((server, migrated.version, pool))
    };
    let (server, version, pool) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return report.broken("database", &format!("{error:#}"), TO_DO),
    };
    let own = if server.embedded.is_some() { "the program's own" } else { "as configured" };
    match health::look(&pool).await {
        Ok(health) => {
            let found = format!("Postgres {}, {own}, tables at version {version}", health.version);
            report.ok("database", &found);
            extensions(&health, report);
        }
        Err(error) => report.broken("database", &error.to_string(), TO_DO),
    }
    match partitions::months_ahead(&pool, Utc::now()).await {
        Ok(Some(months)) if months >= 1 => {
            report.ok("months of the log", &format!("{months} made ahead"));
        }
        Ok(found) => {
            let found = format!("{} made ahead", found.unwrap_or(0));
            report.broken("months of the log", &found, "run `treadline partitions`");
        }
        Err(error) => report.broken("months of the log", &error.to_string(), TO_DO),
    }
    pool.close().await;
}

fn extensions(health: &health::Health, report: &mut Report) {
    if !health.missing.is_empty() {
        let missing = health.missing.join(", ");
        let to_do = "install postgresql-contrib of its version, then run `treadline migrate`";
        return report.broken("extensions", &format!("{missing} is missing"), to_do);
    }
    if health.has_vectors {
        report.ok("extensions", "all there, vector too");
    } else {
        report.note("extensions", "all that is needed; vector (pgvector) is not installed");
    }
}
