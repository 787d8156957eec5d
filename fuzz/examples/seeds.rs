//! Writes the seeds of every target, or of those named, into `corpus/TARGET/`.

use std::fs;
use std::io;
use std::path::Path;

use iamgate_fuzz::seeds;
use iamgate_fuzz::targets::TARGETS;

fn main() -> io::Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, _) in TARGETS.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| w == name))
    {
        let folder = corpus.join(name);
        fs::create_dir_all(&folder)?;
        let seeds = seeds::of(name);
        for (index, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{index:03}")), seed)?;
        }
        println!("{name}: {} seeds", seeds.len());
    }
    Ok(())
}
