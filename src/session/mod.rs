//! The shell of one call: leg, providers, core, tools and spool joined by one task.
