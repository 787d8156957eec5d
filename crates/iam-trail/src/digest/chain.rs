//! Digest files to a report: which are shown, and how they hang together.

use std::collections::{BTreeMap, BTreeSet};

use iam_policy::value::Instant;

use super::file::{DigestFile, PreviousDigest};
use super::hash::Sum;
use super::keys::PublicKeys;
use super::report::{
    Break, BreakKind, ChainReport, DigestReport, Interval, PreviousState, Signature, Standing, StreamReport,
};

/// The digest files by hash and by place.
struct Index<'d> {
    by_sum: BTreeMap<Sum, usize>,
    by_place: BTreeMap<(&'d str, &'d str), Vec<usize>>,
}

impl<'d> Index<'d> {
    fn new(files: &'d [DigestFile]) -> Self {
        let mut index = Self { by_sum: BTreeMap::new(), by_place: BTreeMap::new() };
        for (at, file) in files.iter().enumerate() {
            index.by_sum.insert(file.sum(), at);
            index.by_place.entry((file.bucket(), file.key())).or_default().push(at);
        }
        index
    }

    /// The files that were given for the S3 object, in order.
    fn at_place<'s>(&'s self, previous: &'s PreviousDigest) -> &'s [usize] {
        self.by_place.get(&(previous.bucket.as_str(), previous.key.as_str())).map_or(&[], Vec::as_slice)
    }

    fn previous(&self, file: &DigestFile) -> PreviousState {
        let Some(previous) = file.previous() else {
            return PreviousState::Start;
        };
        let there = self.at_place(previous);
        match (self.by_sum.get(&previous.sum), there) {
            (Some(at), _) if there.binary_search(at).is_ok() => PreviousState::Confirmed(*at),
            (_, [first, ..]) => PreviousState::Changed(*first),
            (_, []) => PreviousState::Missing,
        }
    }

    /// The signatures that are known of each file: those beside it, and those in the files that name it.
    ///
    /// A file that names another hash than was given has a signature for the other bytes. It is tried only if it cannot be meant for one of
    /// several files, so that there are not more to try than files.
    fn signatures(&self, files: &'d [DigestFile], links: &[PreviousState]) -> Vec<BTreeSet<&'d str>> {
        let mut known: Vec<BTreeSet<&str>> = files.iter().map(|file| file.signatures().collect()).collect();
        for (file, link) in files.iter().zip(links) {
            let (Some(previous), PreviousState::Confirmed(at) | PreviousState::Changed(at)) =
                (file.previous(), *link)
            else {
                continue;
            };
            let is_meant = matches!(link, PreviousState::Confirmed(_)) || self.at_place(previous).len() == 1;
            if let Some(known) = known.get_mut(at).filter(|_| is_meant) {
                known.insert(&previous.signature);
            }
        }
        known
    }

    /// Whether each file is CloudTrail's. A file that is shown vouches for the one before it, and so on.
    fn standings(
        &self,
        files: &[DigestFile],
        links: &[PreviousState],
        signatures: &[Signature],
    ) -> Vec<Standing> {
        let mut standings: Vec<Standing> =
            signatures.iter().map(|signature| first_standing(*signature)).collect();
        let mut next: Vec<usize> = (0..files.len()).collect();
        next.retain(|at| standings.get(*at) == Some(&Standing::Signed));
        while let Some(at) = next.pop() {
            if let Some(PreviousState::Confirmed(previous)) = links.get(at)
                && let Some(standing @ Standing::NotShown) = standings.get_mut(*previous)
            {
                *standing = Standing::Stated;
                next.push(*previous);
            }
        }
        let mut seen = BTreeSet::new();
        for (at, file) in files.iter().enumerate() {
            let is_shown = standings.get(at).is_some_and(|standing| standing.is_shown());
            let Some(previous) = file.previous().filter(|_| is_shown) else {
                continue;
            };
            if !seen.insert((&previous.bucket, &previous.key)) {
                continue;
            }
            // The one with the stated hash is shown by now, if it is not refused: all others have another hash.
            for other in self.at_place(previous) {
                if let Some(standing @ Standing::NotShown) = standings.get_mut(*other) {
                    *standing = Standing::Refused;
                }
            }
        }
        standings
    }
}

const fn first_standing(signature: Signature) -> Standing {
    match signature {
        Signature::Valid => Standing::Signed,
        Signature::NotValid => Standing::Refused,
        Signature::NotKnown | Signature::KeyMissing | Signature::KeyOfOtherTime => Standing::NotShown,
    }
}

impl ChainReport {
    /// Validates digest files of any accounts, Regions and trails, in any order.
    ///
    /// A digest file that cannot be read is one that is not given. One signature is verified for each digest file, and one more for each that was
    /// given beside; everything else takes time in proportion to the files, with a factor for sorting.
    pub fn validate(files: impl IntoIterator<Item = DigestFile>, keys: &PublicKeys) -> Self {
        let mut by_sum: BTreeMap<Sum, DigestFile> = BTreeMap::new();
        for file in files {
            match by_sum.get_mut(&file.sum()) {
                Some(same) => same.take_signatures(file),
                None => drop(by_sum.insert(file.sum(), file)),
            }
        }
        let mut files: Vec<DigestFile> = by_sum.into_values().collect();
        files.sort_by(|a, b| {
            let key = |file: &DigestFile| (file.start(), file.end(), file.sum());
            a.stream().cmp(b.stream()).then_with(|| key(a).cmp(&key(b)))
        });
        let index = Index::new(&files);
        let links: Vec<PreviousState> = files.iter().map(|file| index.previous(file)).collect();
        let signatures: Vec<Signature> = files
            .iter()
            .zip(index.signatures(&files, &links))
            .map(|(file, known)| verify(file, &known, keys))
            .collect();
        let standings = index.standings(&files, &links, &signatures);
        let digests: Vec<DigestReport> = files
            .into_iter()
            .zip(signatures)
            .zip(standings)
            .zip(links)
            .map(|(((file, signature), standing), previous)| DigestReport {
                file,
                signature,
                standing,
                previous,
            })
            .collect();
        let mut streams: Vec<StreamReport> = Vec::new();
        for group in digests.chunk_by(|a, b| a.file.stream() == b.file.stream()) {
            let begin = streams.last().map_or(0, |last| last.digests.end);
            streams.extend(Group::new(&digests, begin, group, streams.len()).map(Group::report));
        }
        Self { digests, streams }
    }
}

/// Whether the file is signed: the best that one of the signatures says.
fn verify(file: &DigestFile, known: &BTreeSet<&str>, keys: &PublicKeys) -> Signature {
    let mut best = Signature::NotKnown;
    for signature in known {
        best = best.max(keys.verify(file, signature));
        if best == Signature::Valid {
            break;
        }
    }
    best
}

/// The digest files of one stream.
struct Group<'d> {
    all: &'d [DigestReport],
    begin: usize,
    own: &'d [DigestReport],
    first: &'d DigestReport,
    stream: usize,
}

impl<'d> Group<'d> {
    fn new(all: &'d [DigestReport], begin: usize, own: &'d [DigestReport], stream: usize) -> Option<Self> {
        Some(Self { all, begin, own, first: own.first()?, stream })
    }

    fn report(self) -> StreamReport {
        let overlapping = self.overlapping();
        let (mut breaks, mut validated): (Vec<Break>, Vec<Interval>) = (Vec::new(), Vec::new());
        let mut shown_until = None;
        for (at, digest) in (self.begin..).zip(self.own) {
            let is_overlapping = overlapping.contains(&at);
            self.breaks(at, digest, is_overlapping, shown_until, &mut breaks);
            if !digest.standing.is_shown() {
                continue;
            }
            shown_until = shown_until.max(Some(digest.file.end()));
            if is_overlapping {
                continue;
            }
            let log_files = digest.file.log_files().len();
            let run = validated.last_mut().filter(|run| {
                let last = run.digests.last().copied().map(PreviousState::Confirmed);
                last == Some(digest.previous) && run.until == digest.file.start()
            });
            if let Some(run) = run {
                run.until = digest.file.end();
                run.digests.push(at);
                run.log_files = run.log_files.saturating_add(log_files);
            } else {
                validated.push(Interval {
                    stream: self.stream,
                    from: digest.file.start(),
                    until: digest.file.end(),
                    digests: vec![at],
                    log_files,
                });
            }
        }
        StreamReport {
            stream: self.first.file.stream().clone(),
            digests: self.begin..self.begin.saturating_add(self.own.len()),
            breaks,
            validated,
        }
    }

    /// The digest files that are shown, and about a time that another one that is shown is about too. Backfill digest files may.
    fn overlapping(&self) -> BTreeSet<usize> {
        let mut overlapping = BTreeSet::new();
        let mut last: Option<(usize, Instant)> = None;
        for (at, digest) in (self.begin..).zip(self.own) {
            if !digest.standing.is_shown() || digest.file.stream().is_backfill {
                continue;
            }
            let end = digest.file.end();
            if let Some((other, until)) = last
                && digest.file.start() < until
            {
                overlapping.extend([other, at]);
            }
            // By start, the one that ends last is the one that the next can overlap with.
            if last.is_none_or(|(_, until)| until < end) {
                last = Some((at, end));
            }
        }
        overlapping
    }

    fn breaks(
        &self,
        at: usize,
        digest: &DigestReport,
        is_overlapping: bool,
        shown_until: Option<Instant>,
        breaks: &mut Vec<Break>,
    ) {
        let file = &digest.file;
        let mut tell = |kind: BreakKind, from: Option<Instant>, until: Instant, what: String| {
            let text = format!("s3://{}/{} {what}", file.bucket(), file.key());
            breaks.push(Break { kind, digest: at, is_shown: digest.standing.is_shown(), from, until, text });
        };
        let before = |previous: &PreviousDigest| format!("s3://{}/{}", previous.bucket, previous.key);
        let previous = file.previous().map(before).unwrap_or_default();
        match digest.previous {
            PreviousState::Start if shown_until.is_some() => {
                let what = "starts a new chain after another: nothing shows whether there was one between"
                    .to_owned();
                tell(BreakKind::Restart, shown_until, file.start(), what);
            }
            PreviousState::Start => {}
            PreviousState::Missing => {
                let what = format!("follows {previous}, which is not given");
                tell(BreakKind::PreviousMissing, shown_until, file.start(), what);
            }
            PreviousState::Changed(_) => {
                let what = format!("follows {previous}, which is given with another hash than it states");
                tell(BreakKind::PreviousChanged, shown_until, file.start(), what);
            }
            PreviousState::Confirmed(at) => {
                let earlier = self.all.get(at).map(|earlier| &earlier.file);
                if earlier.is_some_and(|earlier| earlier.stream() != file.stream()) {
                    let what = format!("follows {previous}, which belongs to another chain");
                    tell(BreakKind::PreviousElsewhere, shown_until, file.start(), what);
                } else if let Some(earlier) = earlier
                    && earlier.end() != file.start()
                    && !file.stream().is_backfill
                {
                    let what = format!(
                        "starts at {}, but {previous}, which it follows, ends at {}",
                        file.start(),
                        earlier.end()
                    );
                    tell(BreakKind::TimesApart, Some(earlier.end()), file.start(), what);
                }
            }
        }
        let own = Some(file.start());
        match digest.standing {
            Standing::NotShown => {
                let what = match digest.signature {
                    Signature::KeyMissing => format!(
                        "is not shown to be CloudTrail's: the key with the fingerprint {:?} is not given",
                        file.fingerprint()
                    ),
                    Signature::KeyOfOtherTime => {
                        "is not shown to be CloudTrail's: its key was not in use at its time".to_owned()
                    }
                    Signature::NotKnown | Signature::NotValid | Signature::Valid => {
                        "is not shown to be CloudTrail's: its signature is not known".to_owned()
                    }
                };
                tell(BreakKind::NotShown, own, file.end(), what);
            }
            Standing::Refused => {
                let what = match digest.signature {
                    Signature::NotValid => {
                        "is not shown to be CloudTrail's: no signature that is known of it is valid"
                    }
                    Signature::NotKnown
                    | Signature::KeyMissing
                    | Signature::KeyOfOtherTime
                    | Signature::Valid => {
                        "is not shown to be CloudTrail's: a digest file that is shown states another hash for it"
                    }
                };
                tell(BreakKind::Refused, own, file.end(), what.to_owned());
            }
            Standing::Signed | Standing::Stated if is_overlapping => {
                let what = "is about a time that another digest file is about too".to_owned();
                tell(BreakKind::Overlap, own, file.end(), what);
            }
            Standing::Signed | Standing::Stated => {}
        }
    }
}
