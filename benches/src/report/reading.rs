//! The time from text to policies that are ready to decide.

use std::hint::black_box;

use iam_policy::{Limits, Mode, Policy, PolicyKind};

use crate::engines::Engine;
#[cfg(feature = "peers")]
use crate::engines::peers;
use crate::measure;
use crate::table::{Table, bytes, time};
use crate::work::{self, READ_ONLY, Work};

/// From text to a policy that is typed and checked: AWS's largest, and a small one.
pub(super) fn section() -> String {
    const SMALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"],"Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}}]}"#;
    let mut table = Table::new(["reader", "ReadOnlyAccess", "kept", "allocations", "a small policy"]);
    let limits = Limits::default();
    let ours =
        |text: &str| Policy::parse(text, PolicyKind::Managed, Mode::Deployed, &limits).expect("it is valid");
    let mut row = |name: &str, read: &dyn Fn(&str) -> Box<dyn std::any::Any>| {
        let (_kept, memory) = measure::memory(|| read(READ_ONLY));
        table.row([
            name.to_owned(),
            time(measure::nanoseconds(|| drop(black_box(read(READ_ONLY))))),
            bytes(memory.kept_bytes),
            memory.allocations.to_string(),
            time(measure::nanoseconds(|| drop(black_box(read(SMALL))))),
        ]);
    };
    row("iam-policy: typed, checked, with positions", &|text| Box::new(ours(text)));
    row("iam-policy and the index: ready to decide", &|text| {
        let mut layers = iam_eval::Layers::new();
        layers.identity.push(std::sync::Arc::new(ours(text)));
        Box::new(layers.compile())
    });
    row("serde_json::Value", &|text| {
        Box::new(serde_json::from_str::<serde_json::Value>(text).expect("it is JSON"))
    });
    #[cfg(feature = "peers")]
    {
        row("iam-rs 0.8", &|text| {
            Box::new(serde_json::from_str::<iam_rs::IAMPolicy>(text).expect("it is valid"))
        });
        row("awsim-iam-policy 0.8", &|text| Box::new(peers::awsim::read(text).expect("it is valid")));
    }
    format!("\n## Reading\n\n{table}")
}

/// From text to ready, for all policies of a workload.
pub(super) fn building(engines: &[Engine]) -> String {
    let works: Vec<Work> =
        work::all().into_iter().filter(|work| work.alone.is_none() && work.name != "conditions").collect();
    let names = works.iter().map(|work| work.name.clone());
    let mut table = Table::new(std::iter::once("engine".to_owned()).chain(names));
    for engine in engines {
        let mut row = vec![engine.name.to_owned()];
        for work in &works {
            eprintln!("{} reads {}", engine.name, work.name);
            let (ready, memory) = measure::memory(|| (engine.prepare)(work));
            row.push(match ready {
                None => "-".to_owned(),
                Some(ready) => {
                    drop(ready);
                    let least = measure::nanoseconds(|| drop(black_box((engine.prepare)(work))));
                    format!("{}, {}, {}", time(least), bytes(memory.kept_bytes), memory.allocations)
                }
            });
        }
        table.row(row);
    }
    format!("\n## From text to ready: time, memory kept, allocations\n\n{table}")
}
