#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| staffroom_fuzzing::history(bytes));
