//! The `OpenAPI` document and the routes are the same thing.

use super::{Method, StatusCode, Value, site};
use std::collections::BTreeSet;
use treadline::api::routes;
use treadline::db::tokens::May;
use uuid::Uuid;

/// Every place in a document that names another one.
fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_names_every_route_and_every_route_that_it_names_answers() {
    let Some(site) = site().await else { return };
    let url = format!("http://{}/api/v1/openapi.json", site.address);
    let document = site.send(site.client.get(url)).await;
    assert_eq!(document.status, StatusCode::OK, "the document needs no token");
    let document = document.body;
    assert_eq!(document["openapi"], "3.1.0");
    let table: BTreeSet<(String, String)> = routes::all()
        .into_iter()
        .map(|route| (route.method.to_lowercase(), route.path.to_owned()))
        .collect();
    let mut named = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            named.insert((method.clone(), path.clone()));
            assert!(!said["summary"].as_str().unwrap().is_empty(), "{method} {path}");
            assert!(said["responses"].as_object().unwrap().len() == 2, "{method} {path}");
        }
    }
    assert_eq!(named, table);
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in &found {
        let place = reference.strip_prefix('#').unwrap_or(reference);
        assert!(document.pointer(place).is_some(), "{reference} leads nowhere");
    }
    assert!(found.len() > 10, "{found:?}");
    let all = site.token(&May::ALL).await;
    for route in routes::all() {
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        let path = route.path.replace("{id}", &Uuid::new_v4().to_string());
        let others: Vec<May> = May::ALL.into_iter().filter(|may| *may != route.may).collect();
        let others = site.token(&others).await;
        let refused = site.send(site.request(method.clone(), &path, &others)).await;
        assert_eq!(refused.code(), "forbidden", "{method} {path}");
        let request = site.request(method.clone(), &path, &all);
        let answer = site.send(request.json(&serde_json::json!({"zzz": 1}))).await;
        let known = answer.status.is_success()
            || answer.body["error"]["message"].as_str().unwrap().starts_with("there is no ")
            || answer.code() == "invalid";
        assert!(known, "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_in_the_document_is_refused_in_the_same_shape() {
    let Some(site) = site().await else { return };
    let token = site.token(&May::ALL).await;
    for (method, path, status, code) in [
        (Method::GET, "/api/v1/nothing", 404, "not_found"),
        (Method::GET, "/api/v2/calls", 404, "not_found"),
        (Method::DELETE, "/api/v1/calls", 405, "method_not_allowed"),
        (Method::GET, "/api/v1/calls/x", 400, "bad_request"),
        (Method::GET, "/api/v1/calls?zzz=1", 400, "bad_request"),
        (Method::GET, "/api/v1/calls?words=%00", 400, "bad_request"),
        (Method::GET, "/api/v1/calls?from=22.11.2026", 422, "invalid"),
        (Method::GET, "/api/v1/calls?after=zzz", 422, "invalid"),
        (Method::GET, "/api/v1/orders?limit=101", 422, "invalid"),
        (Method::GET, "/api/v1/orders?limit=many", 400, "bad_request"),
    ] {
        let answer = site.send(site.request(method.clone(), path, &token)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{method} {path}");
        let error = answer.body["error"].as_object().unwrap();
        assert!(!error["message"].as_str().unwrap().is_empty(), "{method} {path}");
        assert_eq!(error.contains_key("field"), status == 422, "{method} {path}");
    }
}
