//! Runs whole test suites as other machines run them: `cargo xtask machines [TARGET...]`, on three targets by default.
//!
//! They are compiled, so many more tests run than under Miri: with numbers of 32 bits, with the big end of numbers first, and on a common
//! machine with AddressSanitizer, which finds accesses outside of what was allocated, and leaks. Other undefined behaviour is not found.
//!
//! Needs an x86-64 machine with Debian: its packages link the programs, and QEMU runs those of the big-endian machine. If rustup cannot add
//! the library of a target, Debian's compiler builds it from its sources. AddressSanitizer needs a nightly toolchain.

use std::path::Path;
use std::process::Command;

use super::interpret::{Passed, chosen, report, timed};
use super::{Outcome, module, structure, tools};

/// A machine on which the tests run.
struct Machine {
    target: &'static str,
    what: &'static str,
    way: Way,
}

enum Way {
    /// Natively, with AddressSanitizer.
    Sanitized,
    /// As another machine: Debian's packages for it, the linker, and the program that runs programs.
    Other { packages: &'static [&'static str], linker: &'static str, runner: &'static str },
}

const MACHINES: &[Machine] = &[
    Machine { target: "x86_64-unknown-linux-gnu", what: "AddressSanitizer", way: Way::Sanitized },
    Machine {
        target: "i686-unknown-linux-gnu",
        what: "32 bit",
        way: Way::Other {
            packages: &["gcc-i686-linux-gnu", "libc6-dev-i386-cross"],
            linker: "i686-linux-gnu-gcc",
            runner: "/usr/i686-linux-gnu/lib/ld-linux.so.2 --library-path /usr/i686-linux-gnu/lib",
        },
    },
    Machine {
        target: "s390x-unknown-linux-gnu",
        what: "big end first, in QEMU",
        way: Way::Other {
            packages: &["gcc-s390x-linux-gnu", "libc6-dev-s390x-cross", "qemu-user"],
            linker: "s390x-linux-gnu-gcc",
            runner: "qemu-s390x -L /usr/s390x-linux-gnu",
        },
    },
];

/// Debian's compiler, which has the libraries of other targets only as sources.
const COMPILER: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// The tests that run: arguments of `cargo test`. The hunts of the analysis, the laws and the crates with parts in C are left out.
const TESTS: &[&[&str]] = &[
    &[
        "--package=iam-json",
        "--package=iam-policy",
        "--package=iam-document",
        "--package=iam-catalog",
        "--package=iam-eval",
        "--package=iam-reference",
        "--package=iam-denial",
        "--package=iamgate-record",
        "--lib",
        "--tests",
    ],
    &["--package=iam-engines", "--lib", "--test=vectors"],
    &["--package=iam-analysis", "--package=iam-lint", "--lib"],
];

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let mut said = Vec::new();
    let mut good = true;
    for machine in chosen(MACHINES, |machine| machine.target)? {
        let base = base(&root, machine)?;
        let what = format!("{} ({})", machine.target, machine.what);
        let (passed, line) = timed(&what, |passed| of_machine(&root, machine, &base, passed))?;
        good &= passed.good();
        said.push(line);
    }
    report(&root, "machines", &said, good)
}

/// What begins each command on a machine, and its environment.
#[derive(Debug, PartialEq, Eq)]
struct Base {
    words: Vec<&'static str>,
    /// Options of `cargo test` that the compiler needs.
    options: &'static [&'static str],
    environment: Vec<(String, &'static str)>,
}

/// Installs what a machine needs.
fn base(root: &Path, machine: &Machine) -> Result<Base, String> {
    match &machine.way {
        Way::Sanitized => {
            let nightly = ["rustup", "toolchain", "install", "nightly", "--profile", "minimal"];
            tools::need(root, &["rustup", "run", "nightly", "rustc", "--version"], &nightly)?;
            Ok(sanitized())
        }
        Way::Other { packages, linker, runner } => {
            module::apt(root, &[linker, "--version"], packages)?;
            let program = runner.split(' ').next().unwrap_or_default();
            module::apt(root, &[program, "--version"], packages)?;
            let added = module::add_target(root, machine.target);
            if !added {
                println!("rustup could not add it, so Debian's packages build it: {}", COMPILER.join(", "));
                module::apt(root, &["/usr/bin/rustc", "--version"], COMPILER)?;
            }
            Ok(other(machine.target, linker, runner, added))
        }
    }
}

fn sanitized() -> Base {
    Base {
        words: vec!["rustup", "run", "nightly", "cargo"],
        options: &[],
        environment: vec![("RUSTFLAGS".to_owned(), "-Zsanitizer=address")],
    }
}

/// `added` says that the toolchain in use has the library of the target.
fn other(target: &str, linker: &'static str, runner: &'static str, added: bool) -> Base {
    let name =
        |what: &str| format!("CARGO_TARGET_{}_{what}", target.to_ascii_uppercase().replace(['-', '.'], "_"));
    let mut environment = vec![(name("LINKER"), linker), (name("RUNNER"), runner)];
    if added {
        return Base { words: vec!["cargo"], options: &[], environment };
    }
    environment.push(("RUSTC_BOOTSTRAP".to_owned(), "1"));
    environment.push(("RUSTC".to_owned(), "/usr/bin/rustc"));
    Base { words: vec!["/usr/bin/cargo"], options: &["-Zbuild-std=std,panic_unwind,test"], environment }
}

/// The tests on one machine.
fn of_machine(root: &Path, machine: &Machine, base: &Base, passed: &mut Passed) -> Result<(), String> {
    for tests in TESTS {
        passed.of(command(root, machine.target, base, tests)?)?;
    }
    Ok(())
}

/// What is built stays apart from what other compilers built. Programs of the host are not instrumented, since the target is named.
fn command(root: &Path, target: &str, base: &Base, tests: &[&str]) -> Result<Command, String> {
    let test = ["test", "--locked", "--no-fail-fast", "--target-dir", "target/machines", "--target", target];
    let words = [&base.words, &test[..], base.options, tests].concat();
    let mut command = tools::command(root, &words)?;
    command.envs(base.environment.iter().map(|(name, value)| (name, value)));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::{TESTS, command, other, sanitized};
    use std::path::Path;

    /// A command as a shell would be given it.
    fn shown(base: &super::Base, target: &str) -> String {
        let command = command(Path::new("."), target, base, TESTS[1]).expect("a command");
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
        let set: Vec<_> = base.environment.iter().map(|(name, value)| format!("{name}='{value}' ")).collect();
        format!("{}{}", set.concat(), words.join(" "))
    }

    #[test]
    fn the_compiler_is_that_of_rustup_if_it_has_the_target_and_else_that_of_debian() {
        let target = "s390x-unknown-linux-gnu";
        assert_eq!(
            shown(&other(target, "ld", "qemu", true), target),
            "CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_LINKER='ld' CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_RUNNER='qemu' \
             cargo test --locked --no-fail-fast --target-dir target/machines --target s390x-unknown-linux-gnu \
             --package=iam-engines --lib --test=vectors"
        );
        let debian = shown(&other(target, "ld", "qemu", false), target);
        assert!(
            debian.contains("RUSTC_BOOTSTRAP='1' RUSTC='/usr/bin/rustc' /usr/bin/cargo test "),
            "{debian}"
        );
        assert!(debian.contains(" -Zbuild-std=std,panic_unwind,test --package=iam-engines"), "{debian}");
    }

    #[test]
    fn the_sanitizer_is_for_the_named_target_only() {
        let words = shown(&sanitized(), "x86_64-unknown-linux-gnu");
        assert!(
            words.starts_with("RUSTFLAGS='-Zsanitizer=address' rustup run nightly cargo test "),
            "{words}"
        );
        assert!(words.contains(" --target x86_64-unknown-linux-gnu "), "{words}");
    }
}
