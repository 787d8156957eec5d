#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iamgate_fuzz::targets::documents_have_origins(data));

#[cfg(not(fuzzing))]
fn main() {}
