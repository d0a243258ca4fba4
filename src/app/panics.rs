//! Every panic of the process is counted, whichever task it happened in.

use std::sync::Once;

/// Counts panics from now on, in `treadline_panics_total`; their report stays as it was.
pub(super) fn count() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            metrics::counter!("treadline_panics_total").increment(1);
            report(panic);
        }));
    });
}
