#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iamgate_fuzz::targets::claims_read_back(data));

#[cfg(not(fuzzing))]
fn main() {}
