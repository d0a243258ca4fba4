//! The `OpenAPI` document, written from the table of routes and the types of the code.

use super::Api;
use super::routes::{self, ERROR, Route, Shape};
use axum::Json;
use axum::extract::State;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// Where the forms of things stand in the document.
const FORMS: &str = "/components/schemas";

pub(super) async fn serve(State(_): State<Api>) -> Json<&'static Value> {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    Json(DOCUMENT.get_or_init(|| write(&routes::all())))
}

/// The document of these routes.
pub(super) fn write(routes: &[Route]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = FORMS.into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let said = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = said;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Treadline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Calls, orders, bookings, tickets and customers of a tyre shop's line. \
                Lists are newest first: send `next` back as `after`. A POST may carry an \
                Idempotency-Key: the same request under it gets the same answer for two days.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "token": {
                "type": "http", "scheme": "bearer",
                "description": "`treadline token add NAME --may calls:read,…`",
            } },
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut parameters = in_path(route.path);
    if let Some(query) = route.query {
        parameters.extend(in_query(query, generator));
    }
    if route.method == "POST" {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "maxLength": 200 },
        }));
    }
    let error = ERROR(generator);
    let answer = (route.answer)(generator);
    let content = |form: &Schema| json!({ "application/json": { "schema": form } });
    let mut said = json!({
        "summary": route.says,
        "description": format!("Needs a token that may `{}`.", route.may.code()),
        "parameters": parameters,
        "responses": {
            route.status.to_string(): { "description": "It went well.", "content": content(&answer) },
            "default": { "description": "It did not.", "content": content(&error) },
        },
    });
    if let Some(body) = route.body {
        let form = body(generator);
        said["requestBody"] = json!({ "required": true, "content": content(&form) });
    }
    said
}

fn in_path(path: &str) -> Vec<Value> {
    let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        json!({
            "name": name, "in": "path", "required": true,
            "schema": { "type": "string", "format": "uuid" },
        })
    };
    parts.map(parameter).collect()
}

/// The fields of a query's form as parameters.
fn in_query(query: Shape, generator: &mut SchemaGenerator) -> Vec<Value> {
    let form = query(generator).to_value();
    let required: Vec<&str> = form["required"]
        .as_array()
        .map_or_else(Vec::new, |names| names.iter().filter_map(Value::as_str).collect());
    let fields = form["properties"].as_object().cloned().unwrap_or_default();
    let parameter = |(name, form): (String, Value)| {
        let needed = required.contains(&name.as_str());
        json!({ "name": name, "in": "query", "required": needed, "schema": form })
    };
    fields.into_iter().map(parameter).collect()
}
