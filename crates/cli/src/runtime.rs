//! Running what waits.

use crate::error::Error;

/// Runs `work` to its end. One thread: what there is to compute, the rules and the printing, comes one after the other.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(Error::Runtime)?.block_on(work))
}
