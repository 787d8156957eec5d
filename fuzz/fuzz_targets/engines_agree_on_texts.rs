#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iamgate_fuzz::targets::engines_agree_on_texts(data));

#[cfg(not(fuzzing))]
fn main() {}
