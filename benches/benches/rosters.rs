//! Reading a roster in each format, beside a loop that only parses the same files with the crate `csv`.

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]

use std::path::PathBuf;

use chrono::NaiveDate;
use criterion::{BenchmarkId, Criterion, Throughput};
use csv::StringRecord;
use staffroom_benches::roster_files::write_all;
use staffroom_benches::sizes::largest;
use staffroom_roster::{ReadOptions, read};

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let folder = tempfile::tempdir().unwrap();
    let (size, today) = (largest(), NaiveDate::from_ymd_opt(2026, 8, 24).unwrap());
    let options = ReadOptions::new(today);
    for roster in write_all(folder.path(), size).unwrap() {
        let bytes: u64 = roster.files.iter().map(|file| file.metadata().unwrap().len()).sum();
        let lines = parsed(&roster.files);
        let mut group = criterion.benchmark_group(format!("read a roster: {}", roster.name));
        group.throughput(Throughput::Bytes(bytes));
        group.bench_with_input(BenchmarkId::new("library", size), &roster.path, |bencher, path| {
            bencher.iter_with_large_drop(|| {
                let file = read(path, &options).unwrap();
                assert_eq!((file.roster.staff().len() as u64, file.problem_count()), (roster.staff, 0));
                file
            });
        });
        group.bench_with_input(BenchmarkId::new("csv loop", size), &roster.files, |bencher, files| {
            bencher.iter(|| assert_eq!(parsed(files), lines));
        });
        group.finish();
    }
    criterion.final_summary();
}

/// The lines of all files, each parsed into one record that is kept for the next. (As text: a roster that is not UTF-8 is none.)
fn parsed(files: &[PathBuf]) -> u64 {
    let mut lines = 0;
    for file in files {
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(64 << 10).from_path(file).unwrap();
        let mut record = StringRecord::new();
        while reader.read_record(&mut record).unwrap() {
            lines += 1;
        }
    }
    lines
}
