//! `iamgate preview`: a role under a session profile.

mod changed;
mod json;
mod words;

use iamgate::iam_analysis::Fact;
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::Policy;
use iamgate::{Preview, Profile, RoleSnapshot, TrustReport, preview_knowing, session_layers};

use crate::answer::{Answer, Exit};
use crate::args::PreviewArgs;
use crate::dates::DataDates;
use crate::json::indented;
use crate::load::{self, Loaded, Origins};
use crate::names::{self, UnknownName};
use crate::trouble::Trouble;
use crate::world::World;

#[cfg(feature = "schema")]
pub(crate) use changed::ChangesJson;
pub use changed::{ChangesAnswer, changes};
pub(crate) use json::PreviewJson;

/// Details without a condition key. A preview is shown before the details are loaded (they are twice as large as the rest), in the page and in
/// the program alike. The keys of a trust policy then may have values of any type: what is proven holds for more requests than AWS sends.
const NO_DETAILS: &str = "iam-catalog details 1\nsource none\ndate 1970-01-01\ncounts 0 0\n";

/// A role under a session profile.
#[derive(Debug)]
#[non_exhaustive]
pub struct PreviewAnswer<'w> {
    /// What is possible.
    pub preview: Preview<'w>,
    /// Who can open sessions of the role, under DoiT's identity providers as they are built in. `None` if the snapshot has no trust policy.
    pub who: Option<TrustReport>,
    /// The origins of profiles and managed policies.
    pub origins: Origins,
    /// The tags in the question that no policy tests.
    pub unknown: Vec<UnknownName>,
    /// The days of the data.
    pub dates: DataDates,
}

/// The inputs of a preview.
#[derive(Debug)]
#[non_exhaustive]
pub struct Previewed {
    /// The role.
    pub role: RoleSnapshot,
    /// The profile.
    pub profile: Profile,
    /// The origins of profiles and managed policies.
    pub origins: Origins,
    dates: DataDates,
    /// The tags in the question that no policy tests.
    pub unknown: Vec<UnknownName>,
    facts: Vec<(Box<str>, Fact)>,
}

impl Previewed {
    /// Reads the inputs that a question names.
    ///
    /// # Errors
    /// The role or the profile cannot be read, or a tag is malformed.
    pub fn read(args: &PreviewArgs, world: &dyn World) -> Result<Self, Trouble> {
        let Loaded { role: Some(role), profile, origins, dates } =
            load::load(world, Some(&args.snapshot), &args.session)?
        else {
            return Err(Trouble::bug("a role that was named was not read"));
        };
        let facts = facts(&args.for_tag)?;
        let layers = session_layers(Some(&role), &profile);
        let policies: Vec<&Policy> = layers.policies().map(|(_, policy)| &**policy).collect();
        let tags = args.for_tag.iter().map(|tag| tag.split_once('=').map_or(tag.as_str(), |(key, _)| key));
        let unknown = names::tags(&policies, profile.tag().map(iamgate::SessionTag::key), tags);
        Ok(Self { role, profile, origins, dates, unknown, facts })
    }

    /// The preview.
    ///
    /// # Errors
    /// Only if there is a bug.
    pub fn preview<'w>(&self, world: &'w dyn World) -> Result<PreviewAnswer<'w>, Trouble> {
        let (catalog, names) = world.built_in().actions()?;
        let preview = preview_knowing(&self.role, &self.profile, (catalog, names), &self.facts);
        let dates = self.dates.clone().with_catalogue(catalog);
        let unknown = self.unknown.clone();
        Ok(PreviewAnswer { preview, who: self.who(world)?, origins: self.origins.clone(), unknown, dates })
    }

    /// Who can open sessions of the role; `None` if the snapshot has no trust policy.
    fn who(&self, world: &dyn World) -> Result<Option<TrustReport>, Trouble> {
        if self.role.trust().is_none() {
            return Ok(None);
        }
        let providers = load::providers(world, None, self.role.account())?;
        let details = Details::parse(NO_DETAILS).map_err(Trouble::bug)?;
        let (tag, call) = (self.profile.tag(), Context::new());
        Ok(Some(iamgate::trust(&self.role, &providers, tag, world.now(), &call, &details)))
    }
}

impl PreviewAnswer<'_> {
    /// The answer in one or two sentences.
    pub fn sentence(&self) -> String {
        words::answer(&self.preview, self.who.as_ref())
    }

    /// What stands out: one finding each.
    pub fn notable(&self) -> Vec<String> {
        words::notable(&self.preview)
    }
}

impl Answer for PreviewAnswer<'_> {
    fn to_json(&self) -> String {
        indented(&PreviewJson::new(self))
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }

    fn exit(&self) -> Exit {
        Exit::when(self.preview.keeps_promise())
    }
}

/// The known facts about the session's tags.
fn facts(tags: &[String]) -> Result<Vec<(Box<str>, Fact)>, Trouble> {
    let fact = |text: &String| {
        let (key, fact) = match text.split_once('=') {
            Some((key, value)) => (key, Fact::Value(ContextValue::single(value))),
            None => (text.as_str(), Fact::Absent),
        };
        if key.is_empty() || key.contains(':') && key.starts_with("aws:") {
            let help = "name the tag itself, such as --for-tag DoitEnvironment=111122223333";
            return Err(Trouble::usage(format!("--for-tag {} is no tag", quoted(text)), help));
        }
        Ok((format!("aws:PrincipalTag/{key}").into(), fact))
    };
    tags.iter().map(fact).collect()
}
