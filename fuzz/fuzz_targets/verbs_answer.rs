#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iamgate_fuzz::targets::verbs_answer(data));

#[cfg(not(fuzzing))]
fn main() {}
