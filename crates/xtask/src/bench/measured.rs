//! What criterion wrote down.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{TaskError, file_error};

/// The time that one function of a benchmark took.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measured {
    /// The group that it is compared in.
    pub(crate) group: String,
    /// Who was timed.
    pub(crate) function: String,
    /// The number that stands behind the name; of staff members, mostly.
    pub(crate) size: u64,
    /// The median, in seconds.
    pub(crate) median: f64,
    /// The median of the deviations from it, in seconds.
    pub(crate) spread: f64,
    /// How many things were done in that time, if things were counted.
    pub(crate) elements: Option<u64>,
}

/// Everything below the folder, in order of group, size and function.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<Measured>, TaskError> {
    let mut found = Vec::new();
    collect(folder, &mut found)?;
    found.sort_by(|a, b| (&a.group, a.size, &a.function).cmp(&(&b.group, b.size, &b.function)));
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<Measured>) -> Result<(), TaskError> {
    for entry in fs::read_dir(folder).map_err(|source| file_error(folder, source))? {
        let path = entry.map_err(|source| file_error(folder, source))?.path();
        if path.join("benchmark.json").is_file() {
            // `new` is the last run; `base`, beside it, the one before.
            if path.ends_with("new") {
                let (benchmark, estimates) =
                    (document(path.join("benchmark.json"))?, document(path.join("estimates.json"))?);
                found.push(measured(&benchmark, &estimates).ok_or(TaskError::Unreadable { path })?);
            }
        } else if path.is_dir() {
            collect(&path, found)?;
        }
    }
    Ok(())
}

fn document(path: PathBuf) -> Result<Value, TaskError> {
    let text = fs::read(&path).map_err(|source| file_error(&path, source))?;
    serde_json::from_slice(&text).map_err(|_| TaskError::Unreadable { path })
}

fn measured(benchmark: &Value, estimates: &Value) -> Option<Measured> {
    let text = |key: &str| benchmark.get(key).and_then(Value::as_str).map(str::to_owned);
    // Criterion counts in nanoseconds.
    let seconds = |key: &str| Some(estimates.get(key)?.get("point_estimate")?.as_f64()? / 1e9);
    Some(Measured {
        group: text("group_id")?,
        function: text("function_id")?,
        size: text("value_str")?.parse().ok()?,
        median: seconds("median")?,
        spread: seconds("median_abs_dev")?,
        elements: benchmark.get("throughput").and_then(|done| done.get("Elements")?.as_u64()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn medians_are_read_in_seconds() {
        let benchmark = json!({"group_id": "plan", "function_id": "library", "value_str": "1000",
                               "throughput": {"Elements": 800}});
        let estimates =
            json!({"median": {"point_estimate": 2.5e6}, "median_abs_dev": {"point_estimate": 1e5}});
        let expected = Measured {
            group: "plan".to_owned(),
            function: "library".to_owned(),
            size: 1000,
            median: 2.5e-3,
            spread: 1e-4,
            elements: Some(800),
        };
        assert_eq!(measured(&benchmark, &estimates), Some(expected));
        assert_eq!(measured(&benchmark, &json!({})), None);
    }
}
