//! Sessions by the number: a seed gives planned sessions of DoiT's role with their calls, records and files, honest or with one misdeed.

mod calls;
mod stage;
mod tampering;

use iam_policy::value::Instant;
use iamgate::StsParameters;

use crate::cloud::{Cloud, Origin};
use crate::error::ApiError;
use crate::live::Credentials;
use crate::misdeed::{Misdeed, Planted};
use crate::operation::ServiceCall;
use crate::random::Random;
use crate::sts::{Granted, RoleCall, WebIdentityCall};
use crate::trail::Delivery;

pub use stage::{Stage, StageError};

use calls::Next;
use stage::DEPLOYER;

/// Sessions, from their plans to the last file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scenario {
    /// The sessions, in the order in which they were run. There is at least one.
    pub sessions: Vec<StagedSession>,
    /// The cloud after the sessions, with its log.
    pub cloud: Cloud,
    /// Everything that was delivered until all records had come and their hours had ended, as an audit gets it.
    pub delivery: Delivery,
    /// When the files were fetched: three hours after the last credentials had ended.
    pub fetched: Instant,
    /// The misdeed, if there was to be one and it could be done.
    pub planted: Option<Planted>,
}

/// A session of a scenario.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StagedSession {
    /// The decision record of the plan: canonical JSON on one line.
    pub decision: String,
    /// The planned call of STS.
    pub parameters: StsParameters,
    /// The session tags of the token, all of them transitive.
    pub tags: Vec<(Box<str>, Box<str>)>,
    /// What STS answered.
    pub granted: Granted,
    /// The time of the call of STS.
    pub opened: Instant,
}

/// The earliest time of a scenario.
const FIRST: i64 = 1_795_000_000;

/// From the end of the last credentials until the files are fetched. AWS promises no time within which records come: those who audit wait for two
/// hours, and for the digest of the hour.
const LATER: i64 = 3 * 3_600;

impl Stage {
    /// Honest sessions: each with 5 to 40 calls, some of which are denied.
    ///
    /// # Errors
    /// Never if the built-in content is as it was released.
    pub fn scenario(&self, seed: u64) -> Result<Scenario, StageError> {
        self.run(seed, None)
    }

    /// The same sessions with one misdeed.
    ///
    /// # Errors
    /// As [`Stage::scenario`].
    pub fn misdeed(&self, seed: u64, misdeed: Misdeed) -> Result<Scenario, StageError> {
        self.run(seed, Some(misdeed))
    }

    fn run(&self, seed: u64, misdeed: Option<Misdeed>) -> Result<Scenario, StageError> {
        let mut random = Random::new(seed ^ 0x5eed);
        let start = FIRST.saturating_add(random.between(0, 17_000_000));
        let mut cloud = Cloud::new(self.setup(), seed, Instant::from_epoch_seconds(start));
        let guilty = random.below(u64::from(self.sessions()));
        let (mut sessions, mut end) = (Vec::new(), start);
        for number in 0..u64::from(self.sessions()) {
            let misdeed = misdeed.filter(|_| number == guilty);
            let (session, last) = self.session(&mut cloud, &mut random, start, misdeed)?;
            sessions.push(session);
            end = end.max(last);
        }
        let fetched = Instant::from_epoch_seconds(end.saturating_add(LATER));
        let mut delivery = cloud.deliver(fetched);
        if let Some(misdeed) = misdeed.filter(|own| own.needs_digests()) {
            cloud.planted =
                tampering::tamper(&mut delivery, cloud.log(), self.role().account(), misdeed, &mut random);
        }
        let planted = cloud.planted().cloned();
        Ok(Scenario { sessions, cloud, delivery, fetched, planted })
    }

    /// Runs a session that begins in the first hour after `start`. Says when its credentials end.
    fn session(
        &self,
        cloud: &mut Cloud,
        random: &mut Random,
        start: i64,
        misdeed: Option<Misdeed>,
    ) -> Result<(StagedSession, i64), StageError> {
        if let Some(misdeed) = misdeed {
            cloud.commit(misdeed);
        }
        let at = start.saturating_add(random.between(1, 3_000));
        let first = origin(random, at);
        let planned = self.plan(random, at)?;
        let call = WebIdentityCall::planned(planned.call);
        let granted = cloud.assume_role_with_web_identity(&call, &first)?;
        let mut now = at;
        for _ in 0..random.between(5, 40) {
            now = now.saturating_add(random.between(0, 40));
            let origin = elsewhere(random, &first, now);
            // Some calls are denied, and their records say so.
            let _ = match calls::next(random) {
                Next::WhoAmI => cloud.caller_identity(&granted.credentials, &origin).map(|_| ()),
                Next::Call(call) => cloud.call(&granted.credentials, &call, &origin).map(|_| ()),
            };
        }
        let origin = first.at(Instant::from_epoch_seconds(now.saturating_add(5)));
        if let Some(misdeed) = misdeed {
            self.commit(misdeed, cloud, &granted, random, &origin)?;
        }
        let end = granted.credentials.expiration.epoch_seconds();
        let (decision, parameters, tags) = (planned.decision, planned.parameters, planned.tags);
        let opened = Instant::from_epoch_seconds(at);
        Ok((StagedSession { decision, parameters, tags, granted, opened }, end))
    }

    /// Gives a misdeed its occasion, if calls at random may not.
    fn commit(
        &self,
        misdeed: Misdeed,
        cloud: &mut Cloud,
        granted: &Granted,
        random: &mut Random,
        origin: &Origin,
    ) -> Result<(), StageError> {
        let credentials = &granted.credentials;
        match misdeed {
            Misdeed::DeniedWriteDone => {
                insist(cloud, credentials, &ServiceCall::CreateUser { user: "helper".into() }, origin);
            }
            Misdeed::SecretRead => {
                insist(cloud, credentials, &calls::secret("database"), origin);
            }
            Misdeed::RoleChained => {
                let chained = cloud.assume_role(credentials, &RoleCall::new(DEPLOYER, "deploy"), origin)?;
                let call = ServiceCall::TerminateInstances { instances: vec!["i-1".into()], dry_run: false };
                insist(cloud, &chained.credentials, &call, origin);
            }
            Misdeed::SessionUnplanned => {
                let mut call = self.unplanned(random, origin.at.epoch_seconds())?;
                call.parameters.duration_seconds = Some(3_600);
                let other = cloud.assume_role_with_web_identity(&call, origin)?;
                let _ = cloud.does(misdeed);
                cloud.plant_at(&other.event_id);
                let call = ServiceCall::FilterLogEvents { group: "/aws/lambda/orders".into() };
                insist(cloud, &other.credentials, &call, origin);
            }
            Misdeed::PolicyWidenedUnseen => {
                // The role may read the code of functions, and the session policy of the plan forbids it.
                let call = ServiceCall::GetFunction { function: "orders".into() };
                insist(cloud, credentials, &call, origin);
            }
            Misdeed::PolicyWidened
            | Misdeed::PolicyLetter
            | Misdeed::NameLetter
            | Misdeed::TagLetter
            | Misdeed::OpeningUnrecorded
            | Misdeed::EventDropped
            | Misdeed::FileLetter
            | Misdeed::FileLost
            | Misdeed::DigestLost => {}
        }
        Ok(())
    }
}

/// Makes a call again as long as the service has too many, as an SDK does.
fn insist(cloud: &mut Cloud, credentials: &Credentials, call: &ServiceCall, origin: &Origin) {
    let is_throttled = |error: ApiError| *error.code == *call.service().throttled_code();
    for _ in 0..10 {
        if !cloud.call(credentials, call, origin).is_err_and(is_throttled) {
            return;
        }
    }
}

const AGENTS: [&str; 3] = [
    "aws-cli/2.31.4 md/awscrt#0.28.1 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.7",
    "Boto3/1.40.21 md/Botocore#1.40.21 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.12.11",
    "aws-sdk-rust/1.3.9 ua/2.1 api/ec2/1.170.0 os/linux lang/rust/1.90.0",
];

/// From where an engineer works.
fn origin(random: &mut Random, at: i64) -> Origin {
    let mut own = Origin::new(Instant::from_epoch_seconds(at), "us-east-1");
    own.source_ip = format!("203.0.113.{}", random.between(1, 254)).into();
    if let Some(agent) = random.pick(&AGENTS) {
        own.user_agent = (*agent).into();
    }
    own
}

/// The same engineer at another time, and perhaps in another Region.
fn elsewhere(random: &mut Random, origin: &Origin, at: i64) -> Origin {
    let mut own = origin.at(Instant::from_epoch_seconds(at));
    let regions = ["us-east-1", "us-east-1", "eu-central-1", "us-west-2"];
    if let Some(region) = random.pick(&regions) {
        own.region = (*region).into();
    }
    own
}
