//! `treadline user`: the people of the desk.

use super::out;
use crate::clock::WallClock;
use crate::config::{Config, Secrets};
use crate::db;
use crate::db::desk::audit::{self, Deed};
use crate::db::desk::tokens::Purpose;
use crate::db::desk::users::{self, Changed, NewUser, Role, User, folded};
use crate::desk::{self, secret};
use crate::ids::TenantId;
use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand};
use std::io::{IsTerminal as _, Write as _};
use std::process::{Command, Stdio};
use uuid::Uuid;

/// What is done with the people of the desk.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account; a link to choose the password is printed.
    Add(AddArgs),
    /// Show all accounts.
    List,
    /// Print a link to choose a new password; the old one works until then.
    Reset(Who),
    /// Let somebody in no more, on any device, from this moment on.
    Block(Who),
    /// Let somebody in again.
    Unblock(Who),
}

/// `treadline user add EMAIL --role ROLE`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The e-mail by which the account is known.
    email: String,
    /// `super_admin`, `admin`, `operator` or `analyst`.
    #[arg(long)]
    role: Role,
    /// How the person is called.
    #[arg(long, default_value = "")]
    name: String,
    /// The shop's short name; not for a `super_admin`, who belongs to all.
    #[arg(long, default_value = "default")]
    shop: String,
    /// Ask for the password here (or read it as a line of standard input) instead of printing a
    /// link.
    #[arg(long)]
    password: bool,
}

/// Whose account.
#[derive(Debug, Args)]
pub struct Who {
    /// The account's e-mail.
    email: String,
}

/// Runs a command.
///
/// # Errors
/// What is wrong, with what to do about it.
pub async fn run(command: UserCommand, config: &Config, secrets: &Secrets) -> anyhow::Result<()> {
    // Before the first random number.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let server = db::open(config, secrets).await?;
    db::migrate::run(server.reveal_url()).await?;
    let pool = db::connect(server.reveal_url(), 2).await?;
    let office = Office { pool: pool.clone(), clock: WallClock::system(), base: base(config) };
    let done = match command {
        UserCommand::Add(args) => office.add(args).await,
        UserCommand::List => office.list().await,
        UserCommand::Reset(who) => office.reset(&who.email).await,
        UserCommand::Block(who) => office.block(&who.email, true).await,
        UserCommand::Unblock(who) => office.block(&who.email, false).await,
    };
    pool.close().await;
    done
}

/// Where browsers find the desk.
fn base(config: &Config) -> String {
    if config.desk.public_url.is_empty() {
        return format!("http://{}", config.server.listen);
    }
    config.desk.public_url.clone()
}

struct Office {
    pool: sqlx::PgPool,
    clock: WallClock,
    base: String,
}

impl Office {
    async fn add(&self, args: AddArgs) -> anyhow::Result<()> {
        ensure!(desk::looks_like_email(&args.email), "{} is no e-mail address", args.email);
        let shop = users::shop(&self.pool, &args.shop).await?;
        let tenant = shop.with_context(|| format!("there is no shop {}", args.shop))?;
        let password = if args.password { Some(read_password()?) } else { None };
        let email = folded(&args.email);
        let new = NewUser { email: email.clone(), name: args.name, role: args.role, tenant };
        let Some(id) = users::add(&self.pool, new).await? else {
            bail!("{email} has an account already; `treadline user reset {email}` prints a link");
        };
        self.note("user.added", id, tenant, Some(args.role)).await?;
        out::line(format!("{email} is {}", args.role));
        match password {
            Some(password) => {
                let hash = secret::Hasher::default().hash(password.into()).await?;
                users::set_password(&self.pool, id, hash).await?;
                out::line(format!("sign in at {}/login", self.base));
            }
            None => self.print_link(id).await?,
        }
        Ok(())
    }

    async fn list(&self) -> anyhow::Result<()> {
        let users = users::list(&self.pool).await?;
        if users.is_empty() {
            out::line("nobody yet: treadline user add EMAIL --role super_admin");
        }
        for user in users {
            let seen = user.seen_at.map_or_else(
                || "never here".to_owned(),
                |at| format!("last here {} UTC", at.format("%Y-%m-%d %H:%M")),
            );
            let blocked = if user.blocked_at.is_some() { "  BLOCKED" } else { "" };
            out::line(format!("{:<32} {:<12} {seen}{blocked}", user.email, user.role.code()));
        }
        Ok(())
    }

    async fn reset(&self, email: &str) -> anyhow::Result<()> {
        let user = self.find(email).await?;
        ensure!(user.blocked_at.is_none(), "{} is blocked: unblock first", user.email);
        self.note("user.link_made", user.id, tenant_of(&user), None).await?;
        self.print_link(user.id).await
    }

    async fn block(&self, email: &str, blocked: bool) -> anyhow::Result<()> {
        let user = self.find(email).await?;
        let action = if blocked { "user.blocked" } else { "user.unblocked" };
        self.note(action, user.id, tenant_of(&user), None).await?;
        match users::set_blocked(&self.pool, user.id, blocked).await? {
            Changed::Done => {}
            Changed::Unknown => bail!("{email} has no account any more"),
            Changed::LastSuperAdmin => bail!(
                "{email} is the last super_admin with a password: nobody could do everything then"
            ),
        }
        let now = if blocked { "comes in no more" } else { "may come in again" };
        out::line(format!("{} {now}", user.email));
        Ok(())
    }

    async fn find(&self, email: &str) -> anyhow::Result<User> {
        let found = users::by_email(&self.pool, email).await?;
        found.with_context(|| format!("{email} has no account; `treadline user list` shows all"))
    }

    async fn print_link(&self, user: Uuid) -> anyhow::Result<()> {
        let made = desk::link_for(&self.pool, &self.clock, Purpose::SetPassword, Some(user));
        let path = made.await?;
        out::line("this link chooses the password; it works once, for three days:");
        out::line(format!("{}{path}", self.base));
        Ok(())
    }

    async fn note(
        &self,
        action: &'static str,
        user: Uuid,
        tenant: TenantId,
        role: Option<Role>,
    ) -> anyhow::Result<()> {
        let deed = Deed {
            tenant,
            user: None,
            actor: "command line".into(),
            action,
            object_kind: "user",
            object_id: user.to_string(),
            before: None,
            after: role.map(|role| serde_json::json!({ "role": role.code() })),
            address: None,
            at: self.clock.now(),
        };
        audit::note(&self.pool, deed).await.context("what is done must be noted")
    }
}

fn tenant_of(user: &User) -> TenantId {
    user.tenant_id.map_or(TenantId::DEFAULT, TenantId)
}

/// A password from the terminal, unseen, or from standard input.
fn read_password() -> anyhow::Result<String> {
    let terminal = std::io::stdin().is_terminal();
    if terminal {
        let mut error = std::io::stderr();
        write!(error, "Password: ")?;
        error.flush()?;
    }
    let hidden = terminal && echo("-echo");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    if hidden {
        echo("echo");
        writeln!(std::io::stderr())?;
    }
    read?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    ensure!(
        secret::PASSWORD_CHARS.contains(&password.chars().count()),
        "a password has at least {} and at most {} characters",
        secret::PASSWORD_CHARS.start(),
        secret::PASSWORD_CHARS.end()
    );
    Ok(password)
}

/// Asks the terminal to show what is typed, or not; false if it cannot.
fn echo(mode: &str) -> bool {
    Command::new("stty").arg(mode).stdin(Stdio::inherit()).status().is_ok_and(|s| s.success())
}
