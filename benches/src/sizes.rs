//! How large the networks of a benchmark are.

/// The variable that names other sizes than the usual ones, with commas between them.
pub const VARIABLE: &str = "STAFFROOM_BENCH_SIZES";

/// Numbers of staff members: a thousand, ten thousand and a hundred thousand, unless [`VARIABLE`] says otherwise.
pub fn sizes() -> Vec<u64> {
    let said = std::env::var(VARIABLE).unwrap_or_default();
    let sizes: Vec<u64> = said.split(',').filter_map(|size| size.trim().parse().ok()).collect();
    if sizes.is_empty() { vec![1_000, 10_000, 100_000] } else { sizes }
}

/// The largest of them.
pub fn largest() -> u64 {
    sizes().into_iter().max().unwrap_or_default()
}
