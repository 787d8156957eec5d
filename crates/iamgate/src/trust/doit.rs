//! DoiT's providers: whether their tokens get in, and whether any token does that differs from what the profile describes.

use iam_eval::Decision;
use iam_eval::session::{Authorization, Token};
use iam_json::quoted;
use iam_policy::Condition;

use super::asked::{About, Asked, usual};
use super::caller::TrustVerdict;
use super::combined::test;
use super::providers::IdentityProvider;
use super::tokens::{equals, exact_tests};
use super::trial::{Before, Tagged, spellings};
use crate::finding::{Finding, FindingCode};
use crate::profile::SessionTag;

/// The result for the tokens of one of DoiT's providers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProviderTrust {
    /// The provider.
    pub provider: IdentityProvider,
    /// Its ARN in the role's account.
    pub arn: Box<str>,
    /// The trust policy's answer to a token as the provider sends it: each request and its decision. `None` if STS would refuse the call before
    /// it looks at a policy.
    pub authorization: Option<Authorization>,
    /// All tokens that differ from it in one property.
    pub trials: Vec<Trial>,
}

impl ProviderTrust {
    /// Whether the token is admitted as the provider sends it.
    pub fn is_admitted(&self) -> bool {
        self.authorization.as_ref().is_some_and(Authorization::is_allowed)
    }
}

/// All tokens of a provider that differ from its own in one property, whatever their other claims, tags and keys are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trial {
    /// The difference, as it reads after "a token".
    pub differs: &'static str,
    /// Whether the profile or the list of providers describes the property, and STS does not check it by itself.
    pub is_of_profile: bool,
    /// Whether one of them is admitted, and which.
    pub verdict: TrustVerdict,
}

/// The subject of a token of a provider with several.
const SOMEONE: &str = "someone";

/// The answer for one provider.
pub(super) fn of(
    about: About<'_>,
    provider: &IdentityProvider,
    tag: Option<&SessionTag>,
) -> (ProviderTrust, Vec<Finding>) {
    let role = about.role;
    let arn = provider.arn(role.partition(), role.account());
    let tag = tag.map(|tag| Tagged { key: &tag.key, value: &tag.value, transitive: tag.transitive });
    let (trials, findings) = (Vec::new(), Vec::new());
    let mut tokens = Tokens { about, provider, arn: &arn, tag, trials, findings };
    let authorization = tokens.as_sent();
    if !authorization.as_ref().is_some_and(Authorization::is_allowed) {
        tokens.look_for_the_reason(authorization.as_ref());
    }
    tokens.look_for_others();
    let (trials, findings) = (tokens.trials, tokens.findings);
    (ProviderTrust { provider: provider.clone(), arn: arn.into(), authorization, trials }, findings)
}

/// The tokens of one provider.
struct Tokens<'t> {
    about: About<'t>,
    provider: &'t IdentityProvider,
    arn: &'t str,
    tag: Option<Tagged<'t>>,
    trials: Vec<Trial>,
    findings: Vec<Finding>,
}

/// What a question about other tokens is told as.
struct Difference {
    differs: &'static str,
    code: FindingCode,
    says: String,
    help: String,
}

impl<'t> Tokens<'t> {
    fn before(&self) -> Before<'t> {
        let About { role, now, call, .. } = self.about;
        Before { role, provider: self.arn, now, call }
    }

    fn token(&self, subject: &str, tags: &[Tagged<'_>]) -> Token {
        tags.iter().fold(usual(subject, &self.provider.audience), |token, tag| {
            token.with_tag(tag.key, tag.value, tag.transitive)
        })
    }

    fn asked(&self, has_audience: bool) -> Asked<'t> {
        let subject = self.provider.subject.as_deref().unwrap_or(SOMEONE);
        Asked::tokens(self.about, self.arn, usual(subject, &self.provider.audience), has_audience)
    }

    /// The answer to the token as the provider sends it. If it has several subjects, the token has one that is admitted, if there is one.
    fn as_sent(&self) -> Option<Authorization> {
        let tags: Vec<Tagged<'_>> = self.tag.into_iter().collect();
        let subject = self.provider.subject.as_deref();
        let own = self.before().tried(self.token(subject.unwrap_or(SOMEONE), &tags));
        if subject.is_some() || own.as_ref().is_some_and(Authorization::is_allowed) {
            return own;
        }
        let named = exact_tests(self.about, self.arn, "sub");
        let values = named.iter().flat_map(|test| test.values.texts());
        let mut others = values.map(|value| self.before().tried(self.token(value, &tags)));
        others.find(|other| other.as_ref().is_some_and(Authorization::is_allowed)).flatten().or(own)
    }

    /// Looks for the reason why the provider's token is not admitted, with tokens that differ from it in one property.
    fn look_for_the_reason(&mut self, authorization: Option<&Authorization>) {
        let issuer = quoted(&self.provider.issuer);
        let subject = self.provider.subject.as_deref().unwrap_or(SOMEONE);
        // The tag alone may be the reason. Its key is a value of sts:TransitiveTagKeys, where case matters (rules 4.4, 6.8).
        if let Some(own) = self.tag {
            for spelling in spellings(self.about.role, own.key) {
                let token = self.token(subject, &[Tagged { key: &spelling, ..own }]);
                let answer = self.before().tried(token);
                if answer.as_ref().is_some_and(Authorization::is_allowed) {
                    let (wanted, sent) = (quoted(&spelling), quoted(own.key));
                    let says = format!(
                        "the trust policy wants {wanted} among sts:TransitiveTagKeys, tokens of {issuer} say {sent}: the case of values counts"
                    );
                    let caller = format!("a token of {} with the tag {wanted}", self.provider.issuer);
                    let help = "write the key as the token does";
                    self.findings
                        .push(Finding::new(FindingCode::TrustTagNeverMatches, says, help).admitting(caller));
                }
            }
        }
        let missing: Vec<&str> =
            authorization.iter().flat_map(|own| own.missing()).map(|(own, _)| own.action.as_str()).collect();
        let is_denied = |decision: Decision| decision != Decision::Depends;
        let all_denied = authorization.iter().flat_map(|own| own.missing()).all(|(_, own)| is_denied(*own));
        if missing == ["sts:TagSession"] && all_denied {
            let says =
                format!("a token of {issuer} may open a session, but not with tags, and DoiT's have one");
            let help = "allow sts:TagSession beside sts:AssumeRoleWithWebIdentity";
            let caller = format!("a token of {} without tags", self.provider.issuer);
            self.findings
                .push(Finding::new(FindingCode::TrustTagSessionMissing, says, help).admitting(caller));
        }
    }

    /// Asks whether tokens of the provider are admitted that differ from its own.
    fn look_for_others(&mut self) {
        let provider = self.provider;
        let issuer = quoted(&provider.issuer);
        let mut asked = self.asked(true);
        let key = |claim: &str| format!("{}:{claim}", provider.issuer);
        let mut audience = Difference {
            differs: "of another audience",
            code: FindingCode::TrustAudienceNotPinned,
            says: format!("tokens of {issuer} are admitted that are for another audience"),
            help: format!("ask for {} with StringEquals", key("aud")),
        };
        let own = vec![equals(&key("aud"), &provider.audience)];
        let is_open = self.ask(&mut asked, &own, &audience, true);
        if !is_open {
            let mut without = self.asked(false);
            audience.differs = "without audience";
            audience.code = FindingCode::TrustIfExists;
            audience.says = format!("a token of {issuer} without audience passes a test with IfExists");
            audience.help.clear();
            audience.help.push_str(
                "use StringEquals in a statement for each provider; STS itself asks for an audience that the provider was \
                        registered with",
            );
            self.ask(&mut without, &[], &audience, false);
        }
        let (subjects, says) = if let Some(subject) = &provider.subject {
            let own = vec![equals(&key("sub"), subject)];
            (own, format!("tokens of {issuer} are admitted that are of another subject"))
        } else {
            let named = exact_tests(self.about, self.arn, "sub");
            let says =
                format!("tokens of subjects of {issuer} are admitted that the trust policy does not name");
            (named.into_iter().map(|test| vec![test]).collect(), says)
        };
        let subject = Difference {
            differs: "of another subject",
            code: FindingCode::TrustSubjectNotPinned,
            says,
            help: format!("ask for {}, if the provider has tokens for more than this", key("sub")),
        };
        self.ask(&mut asked, &subjects, &subject, provider.subject.is_some());
        if let Some(tag) = self.tag {
            self.look_for_other_tags(&mut asked, tag, &issuer);
        }
    }

    fn look_for_other_tags(&mut self, asked: &mut Asked<'_>, tag: Tagged<'_>, issuer: &str) {
        let key = format!("aws:RequestTag/{}", tag.key);
        let null = |is_absent: &str| test("Null", &key, &[is_absent]);
        let help = format!("ask for {key} with StringEquals");
        let difference = |differs: &'static str| Difference {
            differs,
            code: FindingCode::TrustTagNotRequired,
            says: format!("a token of {issuer} {differs} is admitted"),
            help: help.clone(),
        };
        self.ask(asked, &[null("false")], &difference("without the tag"), true);
        let others = [null("true"), equals(&key, tag.value)];
        self.ask(asked, &others, &difference("with another value of the tag"), true);
        if tag.transitive {
            let own = test("ForAnyValue:StringEquals", "sts:TransitiveTagKeys", &[tag.key]);
            let other = Difference {
                code: FindingCode::TrustTagNotTransitive,
                help: format!("ask for {} among sts:TransitiveTagKeys", tag.key),
                ..difference("whose tag is not transitive")
            };
            self.ask(asked, &[null("true"), own], &other, true);
        }
    }

    /// Asks whether a token is admitted of which none of the lists is true. Returns whether that is so.
    fn ask(
        &mut self,
        asked: &mut Asked<'_>,
        lists: &[Vec<Condition>],
        difference: &Difference,
        is_of_profile: bool,
    ) -> bool {
        let verdict = asked.beyond(lists);
        let Difference { differs, code, says, help } = difference;
        let is_open = match &verdict {
            TrustVerdict::Never => false,
            TrustVerdict::Possible(caller) => {
                let admitted = format!("a token of {} {differs}: {caller}", self.provider.issuer);
                self.findings.push(Finding::new(*code, says, help).admitting(admitted));
                true
            }
            TrustVerdict::Unknown(doubts) => {
                let doubts: Vec<String> = doubts.iter().map(ToString::to_string).collect();
                let says = format!(
                    "whether a token of {} {differs} is admitted is neither proven nor disproven: {}",
                    quoted(&self.provider.issuer),
                    doubts.join("; ")
                );
                self.findings.push(Finding::new(FindingCode::TrustNotKnown, says, help));
                false
            }
        };
        self.trials.push(Trial { differs, is_of_profile, verdict });
        is_open
    }
}
