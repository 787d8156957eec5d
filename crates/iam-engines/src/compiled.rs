//! The engine that programs use.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use iam_eval::session::{self, SessionLimits};
use iam_eval::wire::{self, WireLimits};
use iam_eval::{Applying, Compiler, Decision, Layers, Request, Trace};
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy, PolicyKind, Report};
use iam_testkit::case::{Case, Document, Spelling, document_text};
use iam_testkit::format::{self, DocumentCase, SessionCase};
use iam_testkit::readings;
use iam_testkit::{Answer, Engine, Explanation, Loaded, Question, SessionAnswer, vectors};

use crate::convert;

/// The time of the calls in the vectors. No expectation names a time.
const NOW: Instant = Instant::from_epoch_seconds(1_772_366_400);

/// The number of policies that are kept after reading. Laws ask about the same ones again and again.
const KEPT: usize = 64;

type Policies = HashMap<(usize, PolicyKind), (Arc<Document>, Arc<Policy>)>;

/// The engine of `iam-eval`, with or without its index.
///
/// The policies of requests are read in the given mode. Documents on their own are read strictly.
#[derive(Debug)]
pub struct Compiled {
    mode: Mode,
    is_indexed: bool,
    /// Policies that have been read, by the address of their document. The document is kept, so that the address stays valid.
    read: RefCell<Policies>,
    compiler: RefCell<Compiler>,
}

impl Compiled {
    /// The engine as programs use it. It reads policies in this mode.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            is_indexed: true,
            read: RefCell::new(HashMap::new()),
            compiler: RefCell::new(Compiler::new()),
        }
    }

    /// The engine without its index: it looks at every statement. It reads policies in this mode.
    pub fn scanning(mode: Mode) -> Self {
        Self { is_indexed: false, ..Self::new(mode) }
    }

    fn parse(&self, text: &str, kind: PolicyKind) -> Result<Arc<Policy>, String> {
        Policy::parse(text, kind, self.mode, &Limits::default())
            .map(Arc::new)
            .map_err(|report| format!("{report}\n{text}"))
    }

    fn answer(&self, opened: Result<(Layers, Request), String>) -> Answer {
        match opened {
            Ok((layers, request)) => match self.applying(&layers, &request) {
                Ok(said) => Answer::Decided(convert::verdict(said)),
                Err(reason) => Answer::Refused(reason),
            },
            Err(reason) => Answer::Refused(reason),
        }
    }

    /// The decision and the statements that apply. An error if the different functions for them disagree.
    fn applying(&self, layers: &Layers, request: &Request) -> Result<(Decision, Vec<Applying>), String> {
        if !self.is_indexed {
            return Ok(layers.applying(request));
        }
        let program = self.compiler.borrow_mut().compile(layers);
        let said = program.applying(request);
        let decision = program.decide(request);
        if decision == said.0 {
            Ok(said)
        } else {
            Err(format!("decided {}, and with all statements {}", decision.name(), said.0.name()))
        }
    }

    /// The layers and the request of a generated case.
    fn open(&self, case: &Case) -> Result<(Layers, Request), String> {
        let request = convert::request(case)?;
        let layers = convert::layers(case, |document, layer| {
            let kind = Layers::kind_of(convert::engine_layer(layer), request.resource_kind);
            let key = (Arc::as_ptr(document).addr(), kind);
            let mut read = self.read.borrow_mut();
            if let Some((_, policy)) = read.get(&key) {
                return Ok(policy.clone());
            }
            let policy = self.parse(&document_text(document, layer, Spelling::default()), kind)?;
            if read.len() >= KEPT {
                read.clear();
                self.compiler.borrow_mut().forget_unused();
            }
            read.insert(key, (document.clone(), policy.clone()));
            Ok(policy)
        })?;
        Ok((layers, request))
    }

    fn ask(&self, question: &Question<'_>) -> Result<(Layers, Request), Report> {
        let limits = WireLimits::default();
        let case = wire::case_of(question.request, question.policies, self.mode, &limits)?;
        Ok((case.layers, case.request))
    }
}

impl Engine for Compiled {
    fn name(&self) -> &'static str {
        if self.is_indexed { "iam-eval" } else { "iam-eval without index" }
    }

    fn decide(&self, question: &Question<'_>) -> Answer {
        self.answer(self.ask(question).map_err(|report| report.to_string()))
    }

    fn judge(&self, case: &Case) -> Answer {
        self.answer(self.open(case))
    }

    fn load(&self, case: &DocumentCase<'_>) -> Loaded {
        match Policy::parse(&case.text, case.kind, Mode::Strict, &Limits::default()) {
            Ok(_) => Loaded::Accepted,
            Err(report) => Loaded::Refused(report.to_string()),
        }
    }

    fn session(&self, case: &SessionCase<'_>) -> SessionAnswer {
        let opening = match session::wire::opening(case.case, NOW) {
            Ok(opening) => opening,
            Err(report) => return SessionAnswer::Refused(report.to_string()),
        };
        match opening.open(&SessionLimits::default()) {
            Ok(session) => SessionAnswer::Created(convert::session(&session)),
            Err(refusals) => SessionAnswer::Refused(refusals.to_string()),
        }
    }

    fn judge_reprinted(&self, case: &Case) -> Option<Answer> {
        let opened = self.open(case).and_then(|(mut layers, request)| {
            self.reprint(&mut layers)?;
            Ok((layers, request))
        });
        Some(self.answer(opened))
    }

    fn judge_under(&self, case: &Case, readings: &readings::Readings) -> Option<Answer> {
        let readings = match convert::readings(readings) {
            Ok(readings) => readings,
            Err(reason) => return Some(Answer::Refused(reason)),
        };
        Some(match self.open(case) {
            Ok((layers, request)) if self.is_indexed => {
                let program = self.compiler.borrow_mut().compile(&layers);
                convert::decision(program.decide_under(&request, readings)).into()
            }
            Ok((layers, request)) => convert::decision(layers.decide_under(&request, readings)).into(),
            Err(reason) => Answer::Refused(reason),
        })
    }

    fn differing(&self, case: &Case) -> Option<Vec<(&'static str, format::Decision)>> {
        let (layers, request) = self.open(case).ok()?;
        let found = layers.differing(&request).into_iter();
        Some(found.map(|(point, decision)| (point.name(), convert::decision(decision))).collect())
    }

    fn explain(&self, case: &Case) -> Option<Explanation> {
        let (layers, request) = self.open(case).ok()?;
        let program;
        let trace = if self.is_indexed {
            program = layers.compile();
            program.explain(&request)
        } else {
            layers.explain(&request)
        };
        Some(Explanation {
            decision: convert::decision(trace.decision),
            deciding: trace.deciding.iter().map(|at| convert::place(*at)).collect(),
            text: words(&trace),
        })
    }

    fn differences(&self) -> &[(&str, &str)] {
        vectors::differences()
    }

    fn pending(&self, id: &str) -> Option<&str> {
        vectors::missing_for(id)
    }
}

impl Compiled {
    /// Prints every policy and reads it again. An error if the result is a different policy.
    fn reprint(&self, layers: &mut Layers) -> Result<(), String> {
        let again = |policy: &mut Arc<Policy>| {
            let text = policy.to_json();
            let read = self.parse(&text, policy.kind)?;
            if read != *policy {
                return Err(format!("printed and read again, another policy: {text}"));
            }
            *policy = read;
            Ok(())
        };
        layers.identity.iter_mut().try_for_each(again)?;
        layers.resource.iter_mut().try_for_each(again)?;
        for list in [&mut layers.boundary, &mut layers.session, &mut layers.vpc_endpoint] {
            list.iter_mut().flatten().try_for_each(again)?;
        }
        for levels in [&mut layers.scope, &mut layers.scp, &mut layers.rcp] {
            levels.iter_mut().flatten().flatten().try_for_each(again)?;
        }
        Ok(())
    }
}

/// Writes a trace with a line for each statement.
fn words(trace: &Trace<'_>) -> String {
    let mut out = format!("{}: {:?}\n", trace.decision.name(), trace.reason);
    for layer in &trace.layers {
        let asked = layer.not_asked.map(|why| format!(", not asked: {why}")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}: allows {:?}, denies {:?}{asked}",
            layer.layer.name(),
            layer.allows,
            layer.denies
        );
        for statement in &layer.statements {
            let failing = statement.failing();
            let why = if failing.is_empty() { String::new() } else { format!(" but for {failing:?}") };
            let effect = statement.effect().name();
            let _ = writeln!(
                out,
                "  {} {effect}: applies {:?}{why}",
                convert::place(statement.at),
                statement.applies
            );
            for test in &statement.conditions {
                let _ =
                    writeln!(out, "    {} {:?} of {:?}: {}", test.key, test.seen, test.wanted, test.outcomes);
            }
        }
    }
    out
}
