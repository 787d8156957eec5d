#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iamgate_fuzz::targets::manifests_pin_documents(data));

#[cfg(not(fuzzing))]
fn main() {}
