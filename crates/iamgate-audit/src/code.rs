//! What the codes of an audit mean, and what is to be done about them.

use crate::ledger::CallKind;
use crate::verdict::EventVerdict;

/// A code of an audit, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditCode {
    /// The code, such as `OUTSIDE_THE_PLAN`.
    pub name: &'static str,
    /// How bad it is.
    pub kind: CodeKind,
    /// What is so, as a clause.
    pub summary: &'static str,
    /// Why that matters, as a sentence without its full stop.
    pub why: &'static str,
    /// What is to be done, as a clause in the imperative.
    pub next: &'static str,
}

/// How bad it is what a code says. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CodeKind {
    /// Something was not as planned.
    Wrong,
    /// Something is missing, or not proven, so that nobody knows whether all was as planned.
    Open,
    /// Nobody says something of the records that would have to be known.
    Unknown,
    /// Worth knowing.
    Note,
}

macro_rules! codes {
    ($($name:ident, $kind:ident: $summary:literal, $why:literal, $next:literal;)*) => {
        impl AuditCode {
            $(
                #[doc = concat!("`", stringify!($name), "`: ", $summary)]
                pub const $name: Self = Self { name: stringify!($name), kind: CodeKind::$kind, summary: $summary, why: $why, next: $next };
            )*

            /// Every code, the worst first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

codes! {
    UNPLANNED_SESSION, Wrong:
        "an identity provider of DoiT's opened a session of the role that no record plans",
        "DoiT opens sessions by plan only. Somebody else may have the keys of the provider, or a decision record is missing",
        "give the decision record of the session; if there is none, revoke the sessions of the role and ask DoiT who opened it";
    OUTSIDE_THE_PLAN, Wrong:
        "a call succeeded that the plan denies",
        "The plan denies the call whatever its record leaves out, and AWS allowed it. A policy was not the one of the plan, a policy of the resource grants the call, or the table of calls and actions is wrong",
        "look at the event, and at the policies of the role and of the resource as they were at that time";
    ISSUED_OTHERWISE, Wrong:
        "the session was not issued as planned",
        "What a session can do, for whom and for how long follows from the call that opens it",
        "compare the call of STS with the decision record, and revoke the session if it has not ended";
    ISSUED_AGAIN, Wrong:
        "a session of this name was issued more than once",
        "A plan is for one session. Calls of two sessions of one name are hard to tell apart",
        "find out who asked STS for each of them";
    ANOTHER_ACCESS_KEY, Wrong:
        "calls were made with an access key that the call of STS did not give",
        "Another session of this name is at work, or the record of its issuance is missing",
        "look for the access key in the records of STS";
    ANOTHER_BEGINNING, Wrong:
        "calls belong to a session of this name that began at another time",
        "Another session of this name is at work, or the record of its issuance is missing",
        "look for the issuance at that time in the records of STS";
    AFTER_THE_END, Wrong:
        "calls were made after the credentials had ended",
        "AWS refuses credentials that have ended. Others were issued, or the times of the records are wrong",
        "look at the times of the last calls, and for another issuance";
    CONTRADICTED, Open:
        "AWS denied a call and names a policy of the plan, and by the plan that policy allows it",
        "A policy was not the one of the plan, or the table of calls and actions is wrong. What is said of other calls may be wrong for the same reason",
        "compare the policies of the role and the session with those of the plan, and report the event if they are the same";
    NO_RECORD_OF_ISSUANCE, Open:
        "there is no record of the call of STS that opened the session",
        "Without it nobody knows whether the session was issued as planned, and which access key is its own",
        "give the records of STS too, of the Region whose endpoint was called, from the time of the plan on";
    ISSUANCE_UNTOLD, Open:
        "the record of the call of STS lacks a part of the call",
        "What is not recorded cannot be held against the plan",
        "give the files that CloudTrail delivers: outputs of queries may leave members out";
    NOT_JUDGED, Open:
        "a call cannot be judged",
        "Nobody knows which permission it needed, so that it may be anything",
        "look at the event, and at what AWS documents of the call";
    NOT_PROVEN, Open:
        "it is not proven whether the plan allows a call",
        "That hangs on a resource or a condition key that the record does not tell",
        "look up what the answer names, and ask `iamgate could` about the call with it";
    TOO_MANY_KINDS, Open:
        "the session has more kinds of calls than are kept",
        "The calls beyond are counted, and not told",
        "look at the records that the answer does not tell";
    DIGEST_GAP, Open:
        "a part of the session's time has no digest file that is shown to be CloudTrail's",
        "Records of that time may have been removed",
        "give all digest files from the begin of the session to two hours after its end and one hour more, and the keys of each Region";
    DAMAGED_FILES, Open:
        "log files are missing, or are not as the digest files say",
        "Somebody changed or removed records, or the copy is damaged",
        "fetch the files again from the bucket of the trail; if they still differ, find out who changed them";
    NOT_READ, Open:
        "records were not read",
        "They may be calls of the session",
        "mend what the findings name, and audit again";
    ONE_ID_TWICE, Open:
        "records have the id of another one and say something else",
        "CloudTrail gives an id to one event only, so that it did not write both. Each is judged, and neither hides the other",
        "find out where the files come from, and audit those of the trail's bucket alone";
    COPIES_NOT_TOLD, Open:
        "there were too many events to tell copies from others",
        "Calls may have been counted twice",
        "give fewer files, or each file once";
    NO_DATA_EVENTS, Open:
        "the trail does not have all data events",
        "Reads and writes of objects, items and messages are not in the records",
        "let the trail log data events; for this session nothing can be added";
    NO_READS, Open:
        "the trail does not have the calls that only read",
        "A session that only reads leaves no record",
        "let the trail log read events; for this session nothing can be added";
    NO_WRITES, Open:
        "the trail does not have the calls that do more than read",
        "Whatever was changed left no record",
        "let the trail log write events; for this session nothing can be added";
    SOURCE_LEFT_OUT, Open:
        "the trail leaves out the calls of a service",
        "They left no record",
        "let the trail log them; for this session nothing can be added";
    LOG_FILE_MISSING, Open:
        "a digest file names a file of records that is not there",
        "Somebody removed it, or it was not fetched",
        "fetch it from the bucket of the trail; if it is not there, find out who removed it";
    LOG_FILE_CHANGED, Open:
        "a file of records is not as its digest file says",
        "Somebody changed it, or the copy is damaged",
        "fetch it again from the bucket of the trail; if it still differs, find out who changed it";
    NO_DIGEST_FILE, Open:
        "a file that is called like a digest file is none",
        "It shows nothing",
        "fetch it again from the bucket of the trail";
    DIGEST_NOT_SHOWN, Open:
        "a digest file is not shown to be CloudTrail's",
        "Its signature, or the key for it, is not known, and no later digest file names it",
        "give the digest file after it, and the keys of its Region and time";
    DIGEST_REFUSED, Open:
        "something speaks against a digest file",
        "Its signature is not valid, or a digest file that is shown states another hash for it",
        "fetch it again from the bucket of the trail; if it still differs, find out who changed it";
    CHAIN_RESTART, Open:
        "a new chain of digest files starts after another",
        "Validation was turned off and on again, or a chain between them was removed",
        "look in the records for calls that stopped the trail";
    PREVIOUS_DIGEST_MISSING, Open:
        "the digest file before one is not there",
        "Nothing shows the records of its hour",
        "fetch it from the bucket of the trail";
    PREVIOUS_DIGEST_CHANGED, Open:
        "the digest file before one has other bytes than that says",
        "Somebody changed it, or the copy is damaged",
        "fetch it again from the bucket of the trail";
    PREVIOUS_DIGEST_ELSEWHERE, Open:
        "a digest file names one of another account, Region or trail as the one before it",
        "CloudTrail writes none like it",
        "find out where the file comes from";
    DIGEST_TIMES_APART, Open:
        "a digest file does not start when the one before it ends",
        "Nothing shows the records of the time between",
        "look in the records for calls that stopped the trail";
    DIGEST_OVERLAP, Open:
        "two digest files that are shown are about the same time",
        "Neither counts",
        "give the digest files of one trail only";
    RECORD_DIFFERS, Open:
        "a decision that was made again differs from its record",
        "The session cannot be held against a plan that nobody can repeat",
        "give the role, profiles and managed policies as they were when the session was planned, and the iamgate that planned it; `iamgate plan ROLE --replay RECORD` lists each difference";
    PLAN_REFUSED, Open:
        "a decision that was made again refuses the session",
        "The session cannot be held against a plan that there is not",
        "look at the record";
    UNKNOWN_PROVIDER, Open:
        "the identity provider of a decision record is not known",
        "Nobody knows by which ARN CloudTrail names it",
        "give the list of providers with `--providers`";
    RECORD_TWICE, Open:
        "a session has more than one decision record",
        "The first one is used",
        "give each record once";
    DIGESTS_END_EARLY, Open:
        "the digest files end before all records of the session were sure to be delivered",
        "CloudTrail may deliver late",
        "fetch the digest files and the records again two hours after the end of the session, and one hour more";
    NOT_SETTLED, Open:
        "CloudTrail may not yet have delivered all records",
        "It delivers late, and guarantees no time",
        "fetch the records again two hours after the end of the session, and say with `--until` when that was";
    NOT_KNOWN_UNTIL_WHEN, Unknown:
        "nobody says up to when records were asked for",
        "The last records of the session may be missing",
        "say with `--until` up to when the records were fetched";
    REGIONS_NOT_TOLD, Unknown:
        "nobody says of which Regions the trail has records",
        "Calls in other Regions would be missing",
        "name the Regions of the trail with `--region`";
    NOT_VALIDATED, Unknown:
        "no digest files show that all records are there",
        "Records may have been removed or changed since CloudTrail wrote them",
        "give the digest files of the trail, and their keys with `--keys`";
    DIGESTS_NOT_USED, Unknown:
        "digest files are not looked at, as there are no keys",
        "They could show that no record is missing",
        "give the output of `aws cloudtrail list-public-keys` with `--keys`";
    SELECTORS_NOT_TOLD, Unknown:
        "nobody says which calls the trail records",
        "Reads, or reads and writes of objects, items and messages, may leave no record",
        "give the event selectors of the trail with `--selectors`";
    FILES_NOT_SHOWN, Unknown:
        "records of the session are in files that no digest file shows to be CloudTrail's",
        "Anybody may have written them",
        "give the digest files of the time, and of one hour more; look at where the files come from";
    TOO_MANY_FILES, Unknown:
        "records of the session are in more files than are kept",
        "Nobody knows whether each of them is CloudTrail's",
        "audit fewer files at once";
    OUTSIDE_BY_A_SERVICE, Note:
        "a service did something in the session's name that the plan denies",
        "Services may act in the name of a session with permissions of their own. The session did not make this call itself",
        "look at the call of the session that made the service act";
}

impl AuditCode {
    /// The code with a name. `None` if there is none, as for codes of files.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|own| own.name == name)
    }

    /// The page and the place in it that explains a code of an audit, or of a file of records.
    pub fn link(code: &str) -> String {
        let page = "crates/iamgate-audit/CODES.md";
        format!("{}/blob/main/{page}#{}", env!("CARGO_PKG_REPOSITORY"), code.to_ascii_lowercase())
    }
}

impl CallKind {
    /// What its calls have to be told for. `None` if nothing is wrong with them, and nothing open.
    pub const fn about(&self) -> Option<AuditCode> {
        match (self.verdict, self.by_service) {
            (EventVerdict::Outside, false) => Some(AuditCode::OUTSIDE_THE_PLAN),
            (EventVerdict::Outside, true) => Some(AuditCode::OUTSIDE_BY_A_SERVICE),
            (EventVerdict::NotProven, _) => Some(AuditCode::NOT_PROVEN),
            (EventVerdict::CannotBeJudged(_), _) => Some(AuditCode::NOT_JUDGED),
            (
                EventVerdict::AsPlanned
                | EventVerdict::DeniedAsPlanned
                | EventVerdict::RefusedByOthers
                | EventVerdict::NotADecision(_),
                _,
            ) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_once_in_the_table_and_says_something() {
        let mut names: Vec<&str> = AuditCode::ALL.iter().map(|own| own.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), AuditCode::ALL.len());
        assert!(AuditCode::ALL.is_sorted_by_key(|own| own.kind), "the worst comes first");
        for own in AuditCode::ALL {
            for text in [own.summary, own.why, own.next] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{own:?}");
            }
        }
    }
}
