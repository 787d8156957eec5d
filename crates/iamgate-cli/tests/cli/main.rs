//! The program, end to end: its output, the stream it goes to, and its exit code.

#[cfg(test)]
mod action;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod audit_formats;
#[cfg(test)]
mod audit_timeline;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod baseline;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod check;
#[cfg(test)]
mod config;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod could;
#[cfg(test)]
mod dates;
#[cfg(test)]
mod files;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod large;
#[cfg(test)]
mod mend;
#[cfg(test)]
mod names;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod preview_input;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod proof;
#[cfg(test)]
mod question;
#[cfg(test)]
mod records;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod run;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod unknown;
#[cfg(test)]
mod why;
#[cfg(test)]
mod wrapped;
