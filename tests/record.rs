//! What is kept, on a real Postgres: schema, log, months, retention, jobs, figures.

mod support;

mod database;
mod embedded_postgres;
mod forget;
mod generate;
mod hidden;
mod jobs;
mod log;
mod partitions;
mod retention;
mod retention_age;
mod schema;
mod stats;
