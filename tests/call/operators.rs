//! People at the desk and calls on the line: who is promised, who sees it first, who takes over.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use crate::call::agent::{Agent, Setup, says, test, until};
use chrono::{DateTime, Utc};
use treadline::db::desk::presence::{self, Wanted};
use treadline::db::desk::staff::Staff;
use treadline::db::desk::takeovers;
use treadline::db::desk::users::{self, NewUser, Role};
use treadline::desk::live::What;
use treadline::ids::TenantId;
use uuid::Uuid;

async fn operator(agent: &Agent) -> Staff {
    let new = NewUser {
        email: format!("{}@shop.example", Uuid::new_v4().simple()),
        name: "Olha".into(),
        role: Role::Operator,
        tenant: TenantId::DEFAULT,
    };
    let actor = new.email.clone();
    let user = users::add(&agent.db.pool, new).await.unwrap().unwrap();
    Staff {
        tenant: TenantId::DEFAULT,
        user,
        actor,
        address: "127.0.0.1".into(),
        now: agent.parts.services.clock.now(),
    }
}

async fn is(agent: &Agent, staff: &Staff, state: &'static str) {
    let wanted = Wanted { state, reason: None, phone_only: true };
    presence::set(&agent.db.pool, staff.clone(), wanted).await.unwrap();
}

async fn count(agent: &Agent, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut agent.db.owner().await).await.unwrap()
}

fn said(agent: &Agent) -> String {
    agent.voice.asked.lock().expect("no panic").join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_free_no_person_is_promised_and_a_callback_is_written() {
    let scripts = vec![says(&["I want to talk to an operator, please.", "Yes, please."])];
    let Some(agent) = Agent::start(Setup { scripts, ..Setup::default() }).await else { return };
    let olha = operator(&agent).await;
    is(&agent, &olha, "busy").await;
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    // The call has heard that nobody is free.
    until("the call knows", || async {
        agent.parts.flush_log().await
            && count(
                &agent,
                "select count(*) from call_journal where record::text like '%operators%'",
            )
            .await
                > 0
    })
    .await;
    guest.say("operator").await;
    assert!(said(&agent).contains("nobody is free right now"), "{}", said(&agent));
    assert!(!said(&agent).contains("connecting you"), "{}", said(&agent));
    guest.say("yes").await;
    let due = "select count(*) from tickets where ticket_type = 'callback' and due_at is not null";
    until("a ticket", || async { count(&agent, due).await == 1 }).await;
    assert_eq!(count(&agent, "select count(*) from call_transfers").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_free_is_promised_and_sees_the_caller_before_the_dialplan_does() {
    let scripts = vec![says(&["I want to talk to an operator, please."])];
    let Some(agent) = Agent::start(Setup { scripts, ..Setup::default() }).await else { return };
    let olha = operator(&agent).await;
    is(&agent, &olha, "free").await;
    let mut coming = agent.parts.feed.follow(TenantId::DEFAULT, None).coming;
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    guest.say("operator").await;
    guest.is_handed_back().await;
    // Nothing was waited for but the hand-back: row and event were there before it.
    assert_eq!(count(&agent, "select count(*) from dashboard.pops").await, 1);
    let mut told = false;
    while let Ok(event) = coming.try_recv() {
        told |= matches!(event.what, What::Moves { .. });
    }
    assert!(told, "no page was told");
    assert_eq!(agent.next(guest.id()).await, "operator");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_takes_a_call_over_that_has_not_asked_for_one() {
    let Some(agent) = Agent::start(Setup::default()).await else { return };
    let olha = operator(&agent).await;
    let guest = agent.call(test()).await;
    guest.is_greeted().await;
    until("the call stands in the log", || agent.parts.flush_log()).await;
    let now: DateTime<Utc> = agent.parts.services.clock.now();
    let staff = Staff { now, ..olha.clone() };
    let asked = takeovers::ask(&agent.db.pool, staff.clone(), guest.id(), "operator".into()).await;
    assert!(asked.unwrap());
    guest.is_handed_back().await;
    assert!(said(&agent).contains("A colleague would like to help you"), "{}", said(&agent));
    assert_eq!(agent.next(guest.id()).await, "operator");
    let (record, _) = agent.rows(guest.id()).await;
    assert_eq!(record.call.outcome.as_deref(), Some("transferred"));
    let has: Option<Uuid> = sqlx::query_scalar("select taken_by from dashboard.pops")
        .fetch_one(&mut agent.db.owner().await)
        .await
        .unwrap();
    assert_eq!(has, Some(olha.user), "whoever took it over has it");
    let done = "select count(*) from dashboard.takeovers where done_at is not null";
    until("it is noted", || async { count(&agent, done).await == 1 }).await;
    let again = takeovers::ask(&agent.db.pool, staff, guest.id(), "operator".into()).await;
    assert!(!again.unwrap(), "the call is over");
}
