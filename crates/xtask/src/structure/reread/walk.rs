//! The walk through one function.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Block, Expr, Pat, Stmt};

use super::flow::{Flow, Function, Known, Product, Summary};
use super::{ADDS, FILES, OF_TEXTS, OUTSIDE, PRINTS, READERS};

pub(super) struct Walk<'w> {
    product: &'w Product,
    known: &'w mut Known,
    file: &'w str,
    owner: Option<&'w str>,
    variables: BTreeMap<String, Flow>,
    /// The closures that have a name.
    closures: BTreeMap<String, syn::ExprClosure>,
    summary: Summary,
}

impl<'w> Walk<'w> {
    /// Walks through a function. Notes the places that it finds, and returns what the function does with its parameters.
    pub(super) fn of(
        product: &'w Product,
        known: &'w mut Known,
        file: &'w str,
        function: &'w Function,
    ) -> Summary {
        let mut walk = Walk {
            product,
            known,
            file,
            owner: function.owner.as_deref(),
            variables: BTreeMap::new(),
            closures: BTreeMap::new(),
            summary: Summary::default(),
        };
        for (at, pattern) in function.parameters.iter().enumerate() {
            if let (Some(pattern), Some(true)) = (pattern, function.takes_text.get(at)) {
                walk.bind(pattern, &Flow { parameters: [at].into(), ..Flow::default() });
            }
        }
        let Some(body) = &function.body else { return walk.summary };
        let result = walk.block(body);
        walk.summary.result.join(&result);
        if !function.gives_text {
            walk.summary.result = Flow::default();
        }
        walk.summary
    }

    fn bind(&mut self, pattern: &Pat, flow: &Flow) {
        for name in names(pattern) {
            self.variables.insert(name, flow.clone());
        }
    }

    fn block(&mut self, block: &Block) -> Flow {
        let mut last = Flow::default();
        for statement in &block.stmts {
            last = Flow::default();
            match statement {
                Stmt::Local(local) => {
                    let Some(init) = &local.init else { continue };
                    if let (Expr::Closure(closure), [name]) = (&*init.expr, names(&local.pat).as_slice()) {
                        self.closures.insert(name.clone(), closure.clone());
                    }
                    let flow = self.expression(&init.expr);
                    if let Some((_, other)) = &init.diverge {
                        self.expression(other);
                    }
                    self.bind(&local.pat, &flow);
                }
                Stmt::Expr(expression, _) => last = self.expression(expression),
                Stmt::Macro(call) => last = self.tokens(&call.mac.tokens),
                Stmt::Item(_) => {}
            }
        }
        last
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) -> Flow {
        let mut flow = Flow::default();
        for expression in expressions {
            let own = self.expression(expression);
            flow.join(&own);
        }
        flow
    }

    /// Where the value of an expression comes from.
    fn expression(&mut self, expression: &Expr) -> Flow {
        match expression {
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) => self.variables.get(&name.to_string()).cloned().unwrap_or_default(),
                None => Flow::default(),
            },
            Expr::Call(call) => self.call(call),
            Expr::MethodCall(call) => self.method(call),
            Expr::Macro(call) => self.tokens(&call.mac.tokens),
            Expr::Struct(made) => self.made(made),
            Expr::Field(field) => {
                let mut flow = self.expression(&field.base);
                if let syn::Member::Named(name) = &field.member {
                    flow.printed |= self.product.is_printed(self.known, &name.to_string());
                }
                flow
            }
            Expr::Closure(closure) => self.closure(closure, &Flow::default()),
            Expr::Return(back) => {
                let flow = self.all(back.expr.as_deref());
                self.summary.result.join(&flow);
                Flow::default()
            }
            Expr::Let(condition) => {
                let flow = self.expression(&condition.expr);
                self.bind(&condition.pat, &flow);
                Flow::default()
            }
            Expr::Match(choice) => {
                let asked = self.expression(&choice.expr);
                let mut flow = Flow::default();
                for arm in &choice.arms {
                    self.bind(&arm.pat, &asked);
                    let own = self.expression(&arm.body);
                    flow.join(&own);
                }
                flow
            }
            Expr::If(choice) => {
                self.expression(&choice.cond);
                let mut flow = self.block(&choice.then_branch);
                if let Some((_, other)) = &choice.else_branch {
                    let own = self.expression(other);
                    flow.join(&own);
                }
                flow
            }
            Expr::ForLoop(each) => {
                let flow = self.expression(&each.expr);
                self.bind(&each.pat, &flow);
                self.block(&each.body)
            }
            Expr::While(repeated) => {
                self.expression(&repeated.cond);
                self.block(&repeated.body)
            }
            Expr::Loop(repeated) => self.block(&repeated.body),
            Expr::Block(block) => self.block(&block.block),
            Expr::Assign(assign) => {
                let flow = self.expression(&assign.right);
                self.add(&assign.left, &flow);
                Flow::default()
            }
            Expr::Reference(inner) => self.expression(&inner.expr),
            Expr::Paren(inner) => self.expression(&inner.expr),
            Expr::Group(inner) => self.expression(&inner.expr),
            Expr::Try(inner) => self.expression(&inner.expr),
            Expr::Unary(inner) => self.expression(&inner.expr),
            Expr::Cast(inner) => self.expression(&inner.expr),
            Expr::Index(inner) => self.expression(&inner.expr),
            Expr::Break(inner) => self.all(inner.expr.as_deref()),
            Expr::Binary(both) => self.all([&*both.left, &*both.right]),
            Expr::Tuple(items) => self.all(&items.elems),
            Expr::Array(items) => self.all(&items.elems),
            Expr::Repeat(item) => self.expression(&item.expr),
            _ => Flow::default(),
        }
    }

    /// A variable has something more from now on.
    fn add(&mut self, to: &Expr, flow: &Flow) {
        let mut to = to;
        while let Expr::Field(syn::ExprField { base, .. })
        | Expr::Unary(syn::ExprUnary { expr: base, .. })
        | Expr::Reference(syn::ExprReference { expr: base, .. }) = to
        {
            to = base;
        }
        if let Expr::Path(path) = to
            && let Some(name) = path.path.get_ident()
        {
            self.variables.entry(name.to_string()).or_default().join(flow);
        }
    }

    fn closure(&mut self, closure: &syn::ExprClosure, given: &Flow) -> Flow {
        for pattern in &closure.inputs {
            self.bind(pattern, given);
        }
        self.expression(&closure.body)
    }

    fn made(&mut self, made: &syn::ExprStruct) -> Flow {
        let mut owner = made.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if owner == "Self" {
            self.owner.unwrap_or_default().clone_into(&mut owner);
        }
        let mut flow = Flow::default();
        self.all(made.rest.as_deref());
        for field in &made.fields {
            let own = self.expression(&field.expr);
            let syn::Member::Named(name) = &field.member else { continue };
            let name = name.to_string();
            // A text from outside is followed in its variable, and any other struct by its members.
            if owner == OUTSIDE.0 {
                if name == OUTSIDE.1 {
                    flow.join(&own);
                }
            } else if own.printed {
                self.known.printed.insert((owner.clone(), name));
            }
        }
        flow
    }

    fn call(&mut self, call: &syn::ExprCall) -> Flow {
        let arguments: Vec<Flow> = call.args.iter().map(|argument| self.expression(argument)).collect();
        let all = joined(&arguments);
        let Expr::Path(path) = &*call.func else { return all };
        let line = path.path.segments.first().map_or(0, |first| first.ident.span().start().line);
        let parts: Vec<String> = path.path.segments.iter().map(|part| part.ident.to_string()).collect();
        let Some((name, before)) = parts.split_last() else { return all };
        let before = before.last().map(String::as_str);
        if READERS.iter().any(|(owner, reader)| Some(*owner) == before && reader == name) {
            self.read(line, arguments.first().unwrap_or(&Flow::default()));
            // What was read is no text any more.
            return Flow { printed: false, ..all };
        }
        if before == Some("serde_json") && PRINTS.contains(&&**name) {
            return Flow::printed();
        }
        if before.is_some_and(|module| FILES.contains(&module)) {
            return Flow::default();
        }
        // While a closure is walked through, its name means a function.
        if before.is_none()
            && let Some(closure) = self.closures.remove(name)
        {
            let flow = self.closure(&closure, &all);
            self.closures.insert(name.clone(), closure);
            return flow;
        }
        let called = match before {
            Some("Self") => self.product.associated(self.owner.unwrap_or_default(), name),
            Some(own) if own.starts_with(char::is_uppercase) => self.product.associated(own, name),
            None | Some("self" | "super" | "crate") => self.product.free(None, self.file, name),
            Some(module) => self.product.free(Some(module), self.file, name),
        };
        if called.is_empty() { all } else { self.summarized(&called, &arguments, line) }
    }

    fn method(&mut self, call: &syn::ExprMethodCall) -> Flow {
        let receiver = self.expression(&call.receiver);
        let mut arguments = vec![receiver.clone()];
        for argument in &call.args {
            let own = match argument {
                Expr::Closure(closure) => self.closure(closure, &receiver),
                other => self.expression(other),
            };
            arguments.push(own);
        }
        let line = call.method.span().start().line;
        let name = call.method.to_string();
        let given = joined(arguments.get(1..).unwrap_or_default());
        if given.printed && ADDS.contains(&&*name) {
            self.add(&call.receiver, &given);
        }
        // The text of a path is no JSON.
        let is_path = matches!(&*call.receiver, Expr::MethodCall(inner) if inner.method == "display");
        if call.args.is_empty() && PRINTS.contains(&&*name) && !is_path {
            return Flow { printed: true, ..receiver };
        }
        let called = self.product.methods(&name, call.args.len());
        let mut flow = self.summarized(&called, &arguments, line);
        if called.is_empty() || OF_TEXTS.contains(&&*name) {
            flow.join(&joined(&arguments));
        }
        flow
    }

    /// Where the result of one of these functions comes from. Notes what they read.
    fn summarized(&mut self, called: &[usize], arguments: &[Flow], line: usize) -> Flow {
        let mut flow = Flow::default();
        for at in called {
            let Some(summary) = self.known.summaries.get(*at).cloned() else { continue };
            flow.printed |= summary.result.printed;
            for parameter in &summary.result.parameters {
                flow.join(arguments.get(*parameter).unwrap_or(&Flow::default()));
            }
            for parameter in &summary.reads {
                self.read(line, arguments.get(*parameter).unwrap_or(&Flow::default()));
            }
        }
        flow
    }

    /// A value is read as JSON.
    fn read(&mut self, line: usize, flow: &Flow) {
        if flow.printed {
            self.known.places.insert((self.file.to_owned(), line));
        }
        self.summary.reads.extend(&flow.parameters);
    }

    /// The arguments of a macro, and the variables in its texts.
    fn tokens(&mut self, tokens: &TokenStream) -> Flow {
        let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        let arguments: Vec<Expr> = syn::parse::Parser::parse2(parser, tokens.clone())
            .map(|arguments| arguments.into_iter().collect())
            .unwrap_or_default();
        let mut flow = self.all(&arguments);
        for token in tokens.clone() {
            let TokenTree::Literal(text) = token else { continue };
            let text = text.to_string();
            for part in text.split('{').skip(1) {
                let name: String =
                    part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                flow.join(self.variables.get(&name).unwrap_or(&Flow::default()));
            }
        }
        // `write!` adds to its first argument.
        if let Some(first) = arguments.first() {
            self.add(first, &flow);
        }
        flow
    }
}

fn joined(flows: &[Flow]) -> Flow {
    let mut all = Flow::default();
    for flow in flows {
        all.join(flow);
    }
    all
}

/// The variables of a pattern.
fn names(pattern: &Pat) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'s> Visit<'s> for Names {
        fn visit_pat_ident(&mut self, name: &'s syn::PatIdent) {
            self.0.push(name.ident.to_string());
            syn::visit::visit_pat_ident(self, name);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pattern);
    names.0
}
