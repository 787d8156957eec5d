//! Temporary.
#![allow(clippy::all, clippy::pedantic, clippy::restriction, missing_docs)]
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_policy::Limits;
use iamgate::*;
fn main() {
    let managed = built_in::managed().unwrap();
    let role = built_in::support_gateway(&managed).unwrap();
    for name in std::env::args().skip(1) {
        let path = format!("policies/doit/profiles/{name}.json");
        let file = File { name: path.clone(), text: std::fs::read_to_string(&path).unwrap() };
        let profile = Profile::load(&file, role.account(), &managed, &Limits::default()).unwrap();
        match guard(&GuardRequest { profile: &profile, role: Some(&role), keep: &[] }, &Catalog::embedded().unwrap()) {
            Ok(g) => {
                println!("{} of {}", g.characters, g.budget);
                let (mut a, mut b) = (0, 0);
                for p in &g.patterns { a += p.lost.len(); b += p.lost_elsewhere.len(); println!("{:36} {:3} {:3} {:3} {}", p.pattern.text(), p.refused.len(), p.lost.len(), p.lost_elsewhere.len(), p.lost.iter().map(|x| x.split_once(':').unwrap().1).collect::<Vec<_>>().join(" ")); }
                println!("lost {a} {b}");
                println!("POLICY {}", g.policy.to_json());
            }
            Err(GuardError::TooLong { patterns, characters, budget }) => {
                println!("TOO LONG {characters} {budget}");
                let mut p = patterns; p.sort_by_key(|p| p.pattern.text().to_owned());
                for p in p { println!("{:36} {:3} {:3} {:3} {}", p.pattern.text(), p.refused.len(), p.lost.len(), p.lost_elsewhere.len(), p.lost.iter().map(|x| x.split_once(':').unwrap().1).collect::<Vec<_>>().join(" ")); }
            }
            Err(e) => println!("{e}"),
        }
    }
    let _ = Details::embedded();
}
