#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iamgate_fuzz::targets::negation_is_the_opposite(data));

#[cfg(not(fuzzing))]
fn main() {}
