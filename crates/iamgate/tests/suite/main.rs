//! The library on the policies of this repository, and on invalid inputs.

#[cfg(test)]
mod claims;
#[cfg(test)]
mod difference;
#[cfg(test)]
mod dump;
#[cfg(test)]
mod effective;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod outsiders;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod preflight;
#[cfg(test)]
mod premises;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod proof;
#[cfg(test)]
mod public;
#[cfg(test)]
mod rcp;
#[cfg(test)]
mod record;
#[cfg(test)]
mod remembered;
#[cfg(test)]
mod restrict;
#[cfg(test)]
mod review;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod sampled;
#[cfg(test)]
mod sealed;
#[cfg(test)]
mod small;
#[cfg(test)]
mod snapshot;
#[cfg(test)]
mod soundness;
#[cfg(test)]
mod support;
#[cfg(test)]
mod template;
#[cfg(test)]
mod traits;
#[cfg(test)]
mod trust;
#[cfg(test)]
mod trusted;
#[cfg(test)]
mod versions;
#[cfg(test)]
mod witness;
