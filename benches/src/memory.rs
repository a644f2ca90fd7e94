//! What the system says of the memory of this process.

/// The most that it ever had, in kB; 0 where the system does not say so.
#[must_use]
pub fn largest_kb() -> u64 {
    kb("VmHWM:")
}

/// What it has now, in kB; 0 where the system does not say so.
#[must_use]
pub fn now_kb() -> u64 {
    kb("VmRSS:")
}

fn kb(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
