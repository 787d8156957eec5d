//! Roles and session profiles, drawn at random.

use iam_eval::Layers;
use iam_policy::PolicyKind;
use iam_testkit::Source;
use iamgate_verbs::SessionFlags;

use super::bench::read;
use super::draw::{Drawer, document, listed};
use super::fault::{Fault, planted};
use super::sample::ACCOUNT;

/// A role under a profile: the files that a verb is asked about, and the policies that are in force.
pub(crate) struct Session {
    pub(crate) files: Vec<(&'static str, String)>,
    pub(crate) layers: Layers,
    pub(crate) documents: Vec<String>,
    pub(crate) promise: Promise,
}

/// The promise of a profile.
pub(crate) struct Promise {
    pub(crate) levels: Vec<&'static str>,
    /// Each with its actions and its resources.
    pub(crate) exceptions: Vec<(Vec<&'static str>, Vec<&'static str>)>,
    pub(crate) future: Vec<&'static str>,
    pub(crate) never: Vec<&'static str>,
    pub(crate) always: Vec<&'static str>,
    pub(crate) kept: Vec<&'static str>,
}

/// The profile of the files.
pub(crate) fn flags() -> SessionFlags {
    SessionFlags { profile: "p".to_owned(), profiles: Some("profiles".to_owned()), ..SessionFlags::default() }
}

pub(crate) fn role_arn() -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/r")
}

impl Session {
    /// Draws a role and a profile. `None` if a policy is refused.
    pub(crate) fn draw(source: &mut Source<'_>, fault: Option<Fault>, has_promise: bool) -> Option<Self> {
        let mut drawer = Drawer::new(source);
        let inline = document(&drawer.statements(3));
        let boundary = drawer.source.chance(40).then(|| document(&drawer.statements(2)));
        let mut own = drawer.statements(3);
        if drawer.source.chance(30)
            && let Some(first) = own.first_mut()
        {
            (first.actions, first.resources) = (vec!["*"], vec!["*"]);
            (first.not_action, first.not_resource) = (false, false);
        }
        // Session policies are read strictly.
        for statement in &mut own {
            statement.blocks.retain(|block| !block.contains("x:unknown"));
        }
        let session = document(&own);
        let promise = Promise::draw(&mut drawer, has_promise);
        let with = |text: &str, kind| planted(text, kind, fault);
        let mut files = vec![
            ("role/role.json", format!(r#"{{"RoleName":"r","Arn":"{}"}}"#, role_arn())),
            ("role/inline/a.json", with(&inline, PolicyKind::Identity)?),
            ("profiles/p.json", promise.json(&with(&session, PolicyKind::Session)?, fault)),
        ];
        let mut layers = Layers::new();
        layers.identity.push(read(&inline, PolicyKind::Identity)?);
        layers.session = Some(vec![read(&session, PolicyKind::Session)?]);
        let mut documents = vec![inline, session];
        if let Some(text) = boundary {
            layers.boundary = Some(vec![read(&text, PolicyKind::Boundary)?]);
            files.push(("role/boundary.json", with(&text, PolicyKind::Boundary)?));
            documents.push(text);
        }
        // The claim is about a role with a boundary, and there is none.
        if fault == Some(Fault::BoundaryInvented) {
            layers.boundary = None;
        }
        Some(Self { files, layers, documents, promise })
    }

    pub(crate) fn told(&self) -> Vec<&str> {
        self.documents.iter().map(String::as_str).collect()
    }
}

impl Promise {
    fn draw(drawer: &mut Drawer<'_, '_>, has_promise: bool) -> Self {
        let mut promise = Self {
            levels: Vec::new(),
            exceptions: Vec::new(),
            future: vec!["*:*"],
            never: Vec::new(),
            always: Vec::new(),
            kept: Vec::new(),
        };
        if !has_promise {
            return promise;
        }
        promise.levels = match drawer.source.below(4) {
            0 => vec!["List"],
            1 => vec!["List", "Read", "Write", "Tagging"],
            _ => vec!["List", "Read"],
        };
        promise.future = vec![*drawer.source.pick(&["*:Get*", "s3:*", "*:*", "iam:x*"])];
        for _ in 0..drawer.source.below(3) {
            let mut resources = if drawer.source.chance(60) { drawer.resources() } else { Vec::new() };
            resources.retain(|text| !text.contains("${") && *text != "*");
            promise.exceptions.push((drawer.actions(), resources));
        }
        let classes =
            ["Credentials", "SecretText", "StoredData", "Acts", "PrivilegeEscalation", "ResourceExposure"];
        for _ in 0..drawer.source.below(3) {
            promise.never.push(*drawer.source.pick(&classes));
        }
        promise.never.sort_unstable();
        promise.never.dedup();
        if drawer.source.chance(60) {
            promise.always = drawer.actions();
            promise.always.retain(|text| *text != "*");
        }
        if drawer.source.chance(60) {
            promise.kept = drawer.actions();
        }
        promise
    }

    fn json(&self, policy: &str, fault: Option<Fault>) -> String {
        let exception = |(number, (actions, resources)): (usize, &(Vec<&str>, Vec<&str>))| {
            let is_bounded =
                !(resources.is_empty() || number == 0 && fault == Some(Fault::ExceptionUnbounded));
            let bounds =
                if is_bounded { format!(r#","resources":[{}]"#, listed(resources)) } else { String::new() };
            format!(r#"{{"actions":[{}],"why":"drawn"{bounds}}}"#, listed(actions))
        };
        let exceptions: Vec<String> = self.exceptions.iter().enumerate().map(exception).collect();
        let kept = if self.kept.is_empty() {
            String::new()
        } else {
            format!(r#"{{"actions":[{}],"why":"drawn"}}"#, listed(&self.kept))
        };
        format!(
            r#"{{"schema":"iamgate/profile","version":1,"name":"p","about":"Drawn.","parameters":[],"PolicyArns":[],"Policy":{policy},"levels":[{}],"exceptions":[{}],"future":[{}],"never_allowed":[{}],"always_denied":[{}],"kept":[{kept}],"budget":2048}}"#,
            listed(&self.levels),
            exceptions.join(","),
            listed(&self.future),
            listed(&self.never),
            listed(&self.always)
        )
    }
}
