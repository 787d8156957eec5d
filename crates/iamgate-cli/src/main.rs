//! The program `iamgate`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    iamgate_cli::main()
}
