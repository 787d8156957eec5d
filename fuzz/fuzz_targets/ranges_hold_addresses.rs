#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iamgate_fuzz::targets::ranges_hold_addresses(data));

#[cfg(not(fuzzing))]
fn main() {}
