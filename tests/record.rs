//! What is kept, on a real Postgres: schema, log, months, retention, jobs, figures.

mod support;

mod alerts;
mod api;
mod commands;
mod database;
mod desk;
mod embedded_postgres;
mod figures;
mod forget;
mod generate;
mod hidden;
mod jobs;
mod log;
mod partitions;
mod partman;
mod restore;
mod retention;
mod retention_age;
mod schema;
mod soak;
mod stats;
mod webhooks;
