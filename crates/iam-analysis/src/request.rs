//! The request that an assignment describes.

use iam_eval::{Context, ContextValue, Principal, Reading, Request};
use iam_policy::{ArnFields, IamResource};

use crate::analysis::{Analysis, Question};
use crate::atom::Dimension;
use crate::budget::{Meter, ProofBudget};
use crate::classes::ActionClass;
use crate::model::Model;
use crate::posed::Posed;
use crate::search::Assignment;
use crate::theory::{Answer, Theory, Value};
use crate::who::{CALLER, Callers, caller};

/// The principal of questions that do not state one: an unspecified role session.
pub(crate) fn nobody(partition: &str) -> Principal {
    const ACCOUNT: &str = "111122223333";
    Principal::AssumedRole {
        arn: IamResource::AssumedRole { role: "Role", session: "session" }.arn(partition, ACCOUNT).into(),
        role_arn: IamResource::Role("Role").arn(partition, ACCOUNT).into(),
        account: ACCOUNT.into(),
        service_linked: false,
    }
}

/// The request that an assignment describes.
pub(crate) fn request(
    model: &Model,
    posed: &Posed<'_>,
    class: &ActionClass,
    assignment: &Assignment,
) -> Request {
    let question: &Question<'_> = posed.question;
    let mut resource: Box<str> = "*".into();
    let mut action = class.example.clone();
    let mut context = model.space.known();
    for (dimension, value) in assignment {
        let name = match dimension {
            Dimension::Action | Dimension::Resource | Dimension::Tuple(_) | Dimension::Point(_) => "",
            Dimension::Key(key) => model.keys.get(*key as usize).map_or("", |key| &*key.name),
        };
        match value {
            Value::Action(name) => {
                let prefix = class.open.as_ref().map_or("", |open| &*open.prefix);
                // INVARIANT (names): the theory finds well-formed names only.
                action = iam_eval::Action::new(&format!("{prefix}:{name}")).unwrap_or(action);
            }
            Value::NoResource => resource = "*".into(),
            Value::Resource(text) => resource = text.as_str().into(),
            Value::Absent | Value::Other(_) | Value::Tuple(..) => {}
            Value::Single(text) => context.set(name, ContextValue::single(text.as_str())),
            Value::Multiple(texts) => {
                context.set(name, ContextValue::multiple(texts.iter().map(String::as_str)));
            }
        }
    }
    let principal = match (&question.principal, &posed.callers) {
        (Some(principal), _) => (*principal).clone(),
        (None, Some(callers)) => called(model, callers, assignment, &mut context),
        (None, None) => {
            let partition = ArnFields::split(&resource).map(|fields| fields.partition);
            nobody(partition.filter(|p| !p.is_empty()).unwrap_or("aws"))
        }
    };
    let owner = posed.callers.as_ref().map_or(question.owner, |callers| Some(callers.owner()));
    let account: Option<Box<str>> = owner.or(principal.account()).map(Into::into);
    let mut request = Request::new(principal, action, resource).on(question.resource).with_context(context);
    request.resource_account = account;
    request
}

/// The caller of an assignment. Its keys are added to the context.
fn called(model: &Model, callers: &Callers, assignment: &Assignment, context: &mut Context) -> Principal {
    let found = |number: u8| {
        let own = assignment.iter().find(|(dimension, _)| *dimension == Dimension::Tuple(number));
        match own {
            Some((_, Value::Tuple(text, lacks))) => Some((text.clone(), lacks.clone())),
            Some(_) => None,
            // Nothing was asked of it. The steps are few, and the same each time.
            None => {
                let meter = Meter::new(ProofBudget::DEFAULT);
                match (Theory { model, meter: &meter }).value(Dimension::Tuple(number), None, &[]) {
                    Ok(Answer::Some(Value::Tuple(text, lacks))) => Some((text, lacks)),
                    Ok(_) | Err(_) => None,
                }
            }
        }
    };
    let own = found(CALLER);
    let others = (0_u8..).zip(&callers.tuples).skip(1).map(|(number, _)| (number, found(number)));
    for (number, described) in std::iter::once((CALLER, own.clone())).chain(others) {
        if let Some((text, lacks)) = described {
            callers.describe(number, &text, &lacks, context);
        }
    }
    let principal = own.map_or_else(|| callers.any(), |(text, _)| caller::principal(callers, &text));
    // The name of a service may be in question, too.
    if let (Principal::AwsService { .. }, Some(ContextValue::Single(service))) =
        (&principal, context.value("aws:PrincipalServiceName"))
    {
        return Principal::AwsService { service: service.as_ref().into() };
    }
    principal
}

impl Analysis {
    /// The request without the keys that do not matter. Keys that the caller cannot do without are kept.
    pub(crate) fn plainest(&self, posed: &Posed<'_>, mut request: Request, reading: Reading) -> Request {
        let space = &self.model.space;
        let keys: Vec<Box<str>> = request.context.iter().map(|(key, _)| key.into()).collect();
        for key in keys.into_iter().filter(|key| space.fact(key).is_none()) {
            let is_tied = posed.callers.as_ref().is_some_and(|callers| callers.is_tied(&key));
            let is_always = space.shape(&key.to_ascii_lowercase()).is_some_and(|shape| shape.always);
            if is_tied || is_always {
                continue;
            }
            let mut context = Context::new();
            for (other, value) in
                request.context.iter().filter(|(other, _)| !other.eq_ignore_ascii_case(&key))
            {
                context.set(other, value.clone());
            }
            let mut without = request.clone();
            without.context = context;
            if posed.is_shown_under(&without, reading) {
                request = without;
            }
        }
        request
    }
}
