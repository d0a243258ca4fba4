//! What may stand in the program's own log.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// What logs whole requests with their keys in the clear, whatever is asked for.
const KEEPS_QUIET: &str = "tungstenite::handshake=info";

/// Postgres tells that what should exist exists already; that is nobody's business at each start.
const NOTICES: &str = "sqlx::postgres::notice";

/// A filter of log lines, as `tracing` reads it; lines that would hold a provider's key stay out.
///
/// # Errors
/// When it cannot be read.
pub fn log_filter(text: &str) -> Result<EnvFilter, ParseError> {
    let filter = EnvFilter::try_new(text)?.add_directive(KEEPS_QUIET.parse()?);
    if text.contains(NOTICES) {
        return Ok(filter);
    }
    Ok(filter.add_directive(format!("{NOTICES}=warn").parse()?))
}
