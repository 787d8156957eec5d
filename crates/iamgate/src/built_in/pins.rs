//! The hashes of the built-in content, by which a gate knows it. Written by `cargo xtask seals`.

/// The hash of the content of the embedded catalogue.
pub const CATALOG_SHA256: &str = "70fc84bbcb2fafca5529c1733e13d0fbad2908eb18c638deed8cab9844452f5b";

/// The hash of the content of the embedded details.
pub const DETAILS_SHA256: &str = "e7d299f0f9238c323c15f796fe370dae12952f0dd1eac9e8c14aa50ace2c352c";

/// The hash of the content of each built-in profile with the built-in managed policies, by its name.
pub const PROFILES_SHA256: &[(&str, &str)] = &[
    ("diagnostics", "4362a1ed61fee5681dcdb8ace3d094263d9bc545054d4a9ad1c1b51d7c02a563"),
    ("narrow", "0b6a6f5cffa94de77934f96e1360e880dc3ef365c775c81ea94a8da3ef716d06"),
    ("standard-no-logs", "043ea0a065de78925cf62e8b3d3bcbaff4c5b6498bf7809c6acdf6cebbc499f7"),
    ("standard-quota", "1d9cb415f66ea3dd356ecb1b4e6779c0898ccf03695b7c53febd61855ff92d9b"),
    ("standard", "4626b531a9bb5bcd8092a0dd9116368d598032ca2266775643e46dd9083b0316"),
];
