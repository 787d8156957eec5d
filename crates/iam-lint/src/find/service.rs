//! Resource-based policies are about resources of one service; statements are about resources of their actions.

use std::collections::{BTreeMap, BTreeSet};

use iam_json::{Level, Span, quoted};
use iam_policy::PolicyKind;

use super::arns::{Fields, head};
use super::facts::Facts;
use super::{Run, forms, service_of};
use crate::code;
use crate::data::{WITH_RESOURCE_POLICIES, WITHOUT_SLASHES};
use crate::glob::{Glob, is_fixed, like};
use crate::view::{Statement, Text};

impl Run<'_, '_> {
    pub(super) fn of_one_service(&mut self, statement: &Statement<'_>) {
        if self.kind() == PolicyKind::Trust {
            self.trust_actions(statement);
        } else if self.is_of_resource() {
            self.foreign(statement);
        } else if self.kind() == PolicyKind::VpcEndpoint {
            self.endpoint(statement);
        }
        if self.is_of_identities() && self.kind() != PolicyKind::Boundary {
            self.without_resource(statement);
        }
    }

    /// Actions of other services in a trust policy.
    fn trust_actions(&mut self, statement: &Statement<'_>) {
        for text in statement.action_texts() {
            if service_of(&text.text).is_some_and(|service| service != "sts") {
                let help = "leave it out: a trust policy is about the calls that assume the role";
                self.at(code::UNSUPPORTED_ACTION_IN_POLICY, text, quoted(&text.text), help);
            }
        }
    }

    /// An endpoint policy without an Allow. Reported once, on the first statement.
    fn endpoint(&mut self, statement: &Statement<'_>) {
        let doc = self.doc;
        let is_first =
            doc.statements.first().is_some_and(|first| first.value.span() == statement.value.span());
        if is_first && doc.statements.iter().all(Statement::denies) {
            let help = "add an Allow statement: the endpoint lets through only what its policy allows";
            self.opening(
                code::ENDPOINT_POLICY_ALLOWS_NOTHING,
                doc.root,
                "only Deny statements".to_owned(),
                help,
            );
        }
    }

    /// Actions and resources of another service than the policy's.
    fn foreign(&mut self, statement: &Statement<'_>) {
        // A statement without a principal belongs into another kind of policy.
        if statement.principals.is_none() {
            return;
        }
        let Some(own) = self.service_of_policy(statement) else { return };
        for text in statement.action_texts() {
            let Some(service) = service_of(&text.text) else { continue };
            let is_own = service == own || is_related(&service, &own);
            let has_resource = self.facts.as_ref().is_none_or(|facts| {
                let action = facts.sections.action(&text.text);
                action.is_none_or(|action| action.resources().next().is_some())
            });
            if !is_own {
                let help = format!("leave it out: the policy belongs to a resource of {own}");
                self.at(code::UNSUPPORTED_ACTION_IN_POLICY, text, quoted(&text.text), help);
            } else if !has_resource && OF_ACCOUNTS.contains(&&*service) {
                let help = "leave it out: the action is about no resource";
                self.at(code::UNSUPPORTED_ACTION_IN_POLICY, text, quoted(&text.text), help);
            }
        }
        for text in statement.resource_texts() {
            let Some(fields) = Fields::of(&text.text) else { continue };
            let service = fields.service;
            let is_own = service.eq_ignore_ascii_case(&own) || is_related(service, &own);
            if is_fixed(service) && !is_own && !self.may_be_about(&own, service) {
                let help = format!("leave it out: the policy belongs to a resource of {own}");
                self.at(code::UNSUPPORTED_RESOURCE_ARN_IN_POLICY, text, quoted(&text.text), help);
            }
        }
    }

    /// The service to whose resource the policy belongs, as the ARNs and actions of its statements tell. `None` if they do not, if it may be
    /// one of several, or if the policy may belong to a VPC endpoint.
    fn service_of_policy(&self, statement: &Statement<'_>) -> Option<String> {
        if self.kind() == PolicyKind::Kms {
            return Some("kms".to_owned());
        }
        // A guess may be wrong about policies of VPC endpoints, whose statements differ in their services.
        let statements: Vec<&Statement<'_>> =
            if self.settings.is_guessed { vec![statement] } else { self.doc.statements.iter().collect() };
        let mut votes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        // A statement without a principal belongs into another kind of policy.
        for statement in statements.into_iter().filter(|own| own.principals.is_some()) {
            for text in statement.resource_texts() {
                let service = Fields::of(&text.text).map(|fields| fields.service.to_ascii_lowercase());
                if let Some(service) = service.filter(|service| is_fixed(service) && !service.is_empty()) {
                    let vote = votes.entry(service).or_default();
                    vote.0 = vote.0.saturating_add(1);
                }
            }
            for text in statement.action_texts() {
                if let Some(service) = service_of(&text.text) {
                    let vote = votes.entry(service).or_default();
                    vote.1 = vote.1.saturating_add(1);
                }
            }
        }
        // Without an ARN, nothing says that the policy is not one of an endpoint or of the organization.
        // Those of IAM have no policies but those of trust, which are another kind.
        let with_arns = || votes.iter().filter(|(service, (arns, _))| *arns > 0 && *service != "iam");
        // Services with ARNs and actions go before those with ARNs alone.
        let is_any_acting = with_arns().any(|(_, (_, actions))| *actions > 0);
        let mut possible = with_arns().filter(|(_, (_, actions))| !is_any_acting || *actions > 0);
        let (own, _) = possible.next().filter(|_| possible.next().is_none())?;
        let is_about_it =
            |service: &String| service != own && !is_related(service, own) && self.may_be_about(service, own);
        let is_another = votes.iter().any(|(service, (_, actions))| *actions > 0 && is_about_it(service));
        (!is_another && WITH_RESOURCE_POLICIES.contains(&own.as_str())).then(|| own.clone())
    }

    /// Whether actions of a service are about resources with ARNs of another one, as those of AWS Backup are about recovery points. Without AWS's
    /// tables they may be.
    fn may_be_about(&self, service: &str, other: &str) -> bool {
        self.facts.as_ref().is_none_or(|facts| {
            let mut forms = facts.sections.resource_types(service).flat_map(iam_catalog::ResourceType::arns);
            forms.any(|form| {
                let own = form.split(':').nth(2).unwrap_or_default();
                own.starts_with("${") || own.eq_ignore_ascii_case(other)
            })
        })
    }

    /// Actions that are about none of the statement's resources. Those that lack resources of one form are one finding.
    fn without_resource(&mut self, statement: &Statement<'_>) {
        let Some(facts) = &self.facts else { return };
        let resources = statement.resource_texts();
        if resources.is_empty() || !statement.allows() {
            return;
        }
        // A pattern that is no whole ARN may be about anything.
        if resources.iter().any(|text| Fields::of(&text.text).is_none()) {
            return;
        }
        // One that is wrong has a finding of its own, and may be about any resource of its service.
        let start = statement.value.span().start;
        let of_statement = self.found.iter().rev().take_while(|own| own.place.span.start >= start);
        let errors: BTreeSet<Span> =
            of_statement.filter(|own| own.level == Level::Error).map(|own| own.place.span).collect();
        let wrong = resources.iter().filter(|text| errors.contains(&text.value.span()));
        let wrong: BTreeSet<&str> = wrong.filter_map(|text| Some(Fields::of(&text.text)?.service)).collect();
        let patterns: Vec<Pattern<'_>> =
            resources.iter().map(|text| Pattern::of(&text.text, Glob::of)).collect();
        let mut lacking: Vec<(String, Vec<&Text<'_>>)> = Vec::new();
        for text in statement.action_texts() {
            if text.text.contains(['*', '?']) {
                continue;
            }
            let Some(action) = facts.sections.action(&text.text) else { continue };
            let mut types = action.resources().peekable();
            // Some actions without types are decided on a resource all the same, such as iam:ListRoles.
            if types.peek().is_none() {
                continue;
            }
            let forms: Vec<(bool, &str)> = types
                .flat_map(|own| {
                    own.resource_type().arns().map(move |arn| (own.is_required(), arn)).collect::<Vec<_>>()
                })
                .collect();
            let is_about = forms.iter().any(|(_, form)| {
                let form = Pattern::of(form, Glob::of_template);
                patterns.iter().any(|own| own.may_have(&form))
            });
            if forms.iter().any(|(_, form)| wrong.contains(form.split(':').nth(2).unwrap_or_default())) {
                continue;
            }
            if !is_about {
                let form = forms::plain(commonest(facts, &text.text, &forms));
                match lacking.iter_mut().find(|(others, _)| *others == form) {
                    Some((_, texts)) => texts.push(text),
                    None => lacking.push((form, vec![text])),
                }
            }
        }
        for (form, texts) in lacking {
            let Some((first, others)) = texts.split_first() else { continue };
            let (found, help) = match others {
                [] => (quoted(&first.text), format!("it is about resources such as {form}")),
                [other] => (
                    format!("{} and {}", quoted(&first.text), quoted(&other.text)),
                    format!("they are about resources such as {form}"),
                ),
                _ => (
                    format!("{} and {} more actions of the statement", quoted(&first.text), others.len()),
                    format!("they are about resources such as {form}"),
                ),
            };
            self.at(code::ACTION_WITHOUT_ITS_RESOURCE, first, found, help);
        }
    }
}

/// A pattern of resources or of a form of ARN: as a whole, in its fields and behind them.
struct Pattern<'t> {
    text: &'t str,
    whole: Glob<'t>,
    fields: Option<(Fields<'t>, Vec<Glob<'t>>)>,
}

impl<'t> Pattern<'t> {
    fn of(text: &'t str, glob_of: impl Fn(&'t str) -> Glob<'t>) -> Self {
        let fields = Fields::of(text).map(|own| {
            let all = [own.partition, own.service, own.region, own.account, own.resource];
            (own, all.into_iter().map(&glob_of).collect())
        });
        Self { text, whole: glob_of(text), fields }
    }

    /// Whether a resource of a form may be one of this pattern. The wildcards of the fields may stand for colons, so that such a pattern is
    /// compared as a whole, but for the fields before the first wildcard.
    fn may_have(&self, form: &Pattern<'_>) -> bool {
        let has_slashes = !WITHOUT_SLASHES.contains(&form.text);
        let is_there = |own: &Glob<'_>, form: &Glob<'_>| {
            if has_slashes { own.overlaps(form) } else { own.slashes_within(form) == Some(0) }
        };
        let (Some((own, globs)), Some((_, forms))) = (&self.fields, &form.fields) else {
            return is_there(&self.whole, &form.whole);
        };
        let first = [own.partition, own.service, own.region, own.account];
        if let Some(fixed) = first.iter().position(|field| !is_fixed(field)) {
            // What stands before the first wildcard has its place.
            let mut before = globs.iter().zip(forms).take(fixed);
            return before.all(|(own, form)| own.overlaps(form)) && is_there(&self.whole, &form.whole);
        }
        match (globs.split_last(), forms.split_last()) {
            (Some((last, fields)), Some((form, others))) => {
                fields.iter().zip(others).all(|(own, form)| own.overlaps(form)) && is_there(last, form)
            }
            _ => false,
        }
    }
}

/// The form of ARN that most actions of the service are about, of those that an action needs, or else of all of its forms.
fn commonest(facts: &Facts<'_>, action: &str, forms: &[(bool, &'static str)]) -> &'static str {
    let service = service_of(action).unwrap_or_default();
    let uses = |form: &str| {
        let has = |own: &iam_catalog::ActionDetails<'_, '_>| {
            own.resources().any(|own| own.resource_type().arns().any(|arn| arn == form))
        };
        facts.sections.actions(&service).filter(has).count()
    };
    // A later version of a type has a name that begins like that of the type.
    let type_ = |form: &str| head(form.splitn(6, ':').nth(5).unwrap_or_default()).to_owned();
    let is_later = |form: &str| {
        let own = type_(form);
        let rest = |other: &str| own.strip_prefix(other).map(|rest| rest.trim_start_matches('v').to_owned());
        let is_number = |rest: String| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        forms.iter().any(|(_, other)| !type_(other).is_empty() && rest(&type_(other)).is_some_and(is_number))
    };
    // Of equals, the first.
    let best =
        forms.iter().rev().max_by_key(|(is_required, form)| (*is_required, !is_later(form), uses(form)));
    best.map_or("*", |(_, form)| form)
}

/// Services that refuse, in the policy of a resource, actions that are about none.
const OF_ACCOUNTS: [&str; 3] = ["s3", "sns", "sqs"];

/// Whether two names are of one service: ARNs and actions differ in a few.
fn is_related(a: &str, b: &str) -> bool {
    // The first is the prefix of actions, the second stands in ARNs.
    const NAMES: [(&str, &str); 13] = [
        ("ce", "billing"),
        ("s3-outposts", "s3"),
        ("s3-object-lambda", "s3"),
        ("s3express", "s3"),
        ("s3tables", "s3"),
        ("execute-api", "apigateway"),
        ("servicecatalog", "catalog"),
        ("cognito-idp", "cognito"),
        ("aoss", "es"),
        ("vpc-lattice-svcs", "vpc-lattice"),
        ("ses", "email"),
        ("elasticfilesystem", "efs"),
        ("codeartifact", "sts"),
    ];
    let is = |one: &str, other: &str| NAMES.iter().any(|(x, y)| *x == one && *y == other);
    is(a, b) || is(b, a) || like(a, b)
}
