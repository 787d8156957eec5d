//! The hashes of the built-in content, by which a gate knows it. Written by `cargo xtask seals`.

/// The hash of the content of the embedded catalogue.
pub const CATALOG_SHA256: &str = "232fb4c5cbb830a258653b6f998dc3506a3f81a7fabaa5126afeaf58c70e36b7";

/// The hash of the content of the embedded details.
pub const DETAILS_SHA256: &str = "e7d299f0f9238c323c15f796fe370dae12952f0dd1eac9e8c14aa50ace2c352c";

/// The hash of the content of each built-in profile with the built-in managed policies, by its name.
pub const PROFILES_SHA256: &[(&str, &str)] = &[
    ("diagnostics", "864878c9ea73bea1dc8cddc44a3fde6a76ca0afcb09eb4527ba5e1ce8df43e95"),
    ("narrow", "9d66bdde2ecc32bda61a30763af384119bbf2e92a7df5a154223357d2970eef0"),
    ("standard-no-logs", "111edd0fc58eece3e425e32112829501de023109ff979fccc09dafa9ec4cfb93"),
    ("standard-quota", "1f11c0c7c9ea72ed4e4bd63aa0e2f35ee357196d80f81144f17592d29e54d0fe"),
    ("standard", "07e40e8190b9df2a2ff2ee924ce4254d88fee8e6a30fcfb7a5b652279a8530e1"),
];
