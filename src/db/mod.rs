//! All SQL of the log side, one file a table family, and the program's own Postgres.
