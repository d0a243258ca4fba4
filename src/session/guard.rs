//! A provider that panics is a provider that failed: the call that asked it goes on.

use futures_util::FutureExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Waits for `work`; `None` if it panicked. Whatever `work` shared must not be used again, or
/// must not care: the parts of a call hold nothing that is half changed across an await.
pub(super) async fn guarded<T>(part: &'static str, work: impl Future<Output = T>) -> Option<T> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.inspect_err(|_| report(part)).ok()
}

/// The same for work that does not wait.
pub(super) fn guarded_now<T>(part: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).inspect_err(|_| report(part)).ok()
}

fn report(part: &'static str) {
    tracing::error!(part, "a part of a call panicked; the call goes on without its answer");
}
