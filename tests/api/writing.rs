//! What is written: once however often it is sent, and nothing of what cannot be taken.

use super::{Method, PHONE, StatusCode, site};
use serde_json::{Value, json};
use treadline::db::tokens::May;

const TICKETS: &str = "select count(*) from tickets";

#[tokio::test]
async fn the_same_key_gets_the_same_answer_and_with_another_body_a_conflict() {
    let Some(site) = site().await else { return };
    let token = site.token(&[May::WriteTickets]).await;
    let body = json!({"title": "Phone about the winter set", "priority": "high"});
    // Sixteen at once: one ticket.
    let sends = (0..16).map(|_| site.post_once("/api/v1/tickets", &token, "k-1", &body));
    let answers = futures_util::future::join_all(sends).await;
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        assert_eq!(answer.body, answers[0].body);
    }
    assert_eq!(site.count(TICKETS).await, 1);
    let other = json!({"title": "Another"});
    let refused = site.post_once("/api/v1/tickets", &token, "k-1", &other).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "idempotency_key_reused"));
    // The key belongs to the token.
    let second = site.token(&[May::WriteTickets]).await;
    let made = site.post_once("/api/v1/tickets", &second, "k-1", &other).await;
    assert_eq!(made.status, StatusCode::CREATED);
    // A request that was refused leaves its key free.
    let bad = site.post_once("/api/v1/tickets", &token, "k-2", &json!({"title": ""})).await;
    assert_eq!(bad.body["error"]["field"], "title");
    let good = site.post_once("/api/v1/tickets", &token, "k-2", &other).await;
    assert_eq!(good.status, StatusCode::CREATED);
    assert_eq!(site.count(TICKETS).await, 3);
    let noted = "select count(*) from dashboard.audit_log where action = 'ticket.added'";
    assert_eq!(site.count(noted).await, 3);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_the_name_of_the_field_and_changes_nothing() {
    let Some(site) = site().await else { return };
    let token = site.token(&May::ALL).await;
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let big = format!("{{\"title\": \"{}\"}}", "x".repeat(70_000));
    for (body, status, code) in [
        ("", 400, "bad_json"),
        ("{\"title\": ", 400, "bad_json"),
        (deep.as_str(), 400, "too_deep"),
        (big.as_str(), 413, "too_large"),
        ("{\"title\": \"a\\u0000b\"}", 400, "bad_request"),
        ("[]", 422, "invalid"),
    ] {
        let request = site.request(Method::POST, "/api/v1/tickets", &token);
        let request = request.header("content-type", "application/json").body(body.to_owned());
        let answer = site.send(request).await;
        let said: String = body.chars().take(30).collect();
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{said}");
    }
    let form = site.request(Method::POST, "/api/v1/tickets", &token);
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("title=a");
    assert_eq!(site.send(form).await.code(), "unsupported_media_type");
    for (body, field) in [
        (json!({}), "."),
        (json!({"title": " "}), "title"),
        (json!({"title": 7}), "title"),
        (json!({"title": "a", "zzz": 1}), "zzz"),
        (json!({"title": "x".repeat(256)}), "title"),
        (json!({"title": "a", "priority": "huge"}), "priority"),
        (json!({"title": "a", "ticket_type": "A B"}), "ticket_type"),
        (json!({"title": "a", "phone": "0671234567"}), "phone"),
        (json!({"title": "a", "due_at": "tomorrow"}), "due_at"),
        (json!({"title": "a", "customer_id": uuid::Uuid::nil()}), "customer_id"),
    ] {
        let answer = site.post("/api/v1/tickets", &token, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {answer:?}");
        assert_eq!(answer.body["error"]["field"], field, "{body}");
    }
    assert_eq!(site.count(TICKETS).await, 0);
    assert_eq!(site.count("select count(*) from dashboard.api_answers").await, 0);
}

#[tokio::test]
async fn a_ticket_goes_from_state_to_state_as_it_may_and_says_who_moved_it() {
    let Some(site) = site().await else { return };
    let token = site.token(&May::ALL).await;
    let body = json!({"title": "Call back", "phone": PHONE, "ticket_type": "callback"});
    let made = site.post("/api/v1/tickets", &token, &body).await.body;
    let path = format!("/api/v1/tickets/{}", made["id"].as_str().unwrap());
    let change = format!("{path}/state");
    assert_eq!((&made["status"], &made["phone"]), (&"open".into(), &PHONE.into()));
    let early = site.post(&change, &token, &json!({"status": "reopened"})).await;
    assert_eq!(early.body["error"]["field"], "status");
    let moved = site.post(&change, &token, &json!({"status": "in_progress", "from": "open"})).await;
    assert_eq!(moved.body["status"], "in_progress");
    let late = site.post(&change, &token, &json!({"status": "closed", "from": "open"})).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "conflict"));
    let done = json!({"status": "resolved", "note": "phoned, all is well"});
    assert_eq!(site.post(&change, &token, &done).await.status, StatusCode::OK);
    let whole = site.get(&path, &token).await.body;
    assert_eq!(whole["ticket"]["status"], "resolved");
    let messages = whole["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    let last = messages[1]["content"].as_str().unwrap();
    assert!(last.starts_with("in_progress → resolved (token t-") && last.ends_with("all is well"));
    let nobody = format!("/api/v1/tickets/{}/state", uuid::Uuid::new_v4());
    assert_eq!(site.post(&nobody, &token, &done).await.status, StatusCode::NOT_FOUND);
    let (version, kept): (i32, i64) = sqlx::query_as(
        "select version, (select count(*) from ticket_changes where ticket_id = t.id) \
         from tickets t",
    )
    .fetch_one(&mut site.db.owner().await)
    .await
    .unwrap();
    assert_eq!((version, kept), (3, 2), "the desk sees each change");
    let found = site.get("/api/v1/tickets?status=resolved&ticket_type=callback", &token).await.body;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn other_systems_say_what_our_things_are_called_there_and_how_they_were_kept_in_step() {
    let Some(site) = site().await else { return };
    let token = site.token(&May::ALL).await;
    let ticket = site.post("/api/v1/tickets", &token, &json!({"title": "a"})).await.body;
    let put = |body: Value| {
        let request = site.request(Method::PUT, "/api/v1/external_refs", &token).json(&body);
        site.send(request)
    };
    let mut line = json!({"kind": "ticket", "local_id": ticket["id"], "system": "jira",
        "external_id": "SHOP-1", "external_url": "https://jira.example/SHOP-1"});
    let first = put(line.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    line["metadata"] = json!({"board": 3});
    let again = put(line.clone()).await.body;
    assert_eq!((&again["id"], &again["metadata"]["board"]), (&first.body["id"], &3.into()));
    for (name, value) in [
        ("local_id", json!(uuid::Uuid::new_v4())),
        ("kind", json!("tyre")),
        ("system", json!("")),
        ("external_url", json!("javascript:alert(1)")),
        ("metadata", json!([1])),
    ] {
        let mut wrong = line.clone();
        wrong[name] = value;
        assert_eq!(put(wrong).await.body["error"]["field"], name);
    }
    let found = site.get("/api/v1/external_refs?system=jira&external_id=SHOP-1", &token).await;
    assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
    let run = json!({"system": "erp", "direction": "outbound", "status": "success",
        "records_processed": 12, "started_at": "2026-11-22T10:00:00Z"});
    let made = site.post("/api/v1/sync_logs", &token, &run).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let logs = site.get("/api/v1/sync_logs?system=erp", &token).await.body;
    assert_eq!(logs["items"], json!([made.body]));
}
