//! Wiring only: pool, providers, listeners, jobs, drain order.
