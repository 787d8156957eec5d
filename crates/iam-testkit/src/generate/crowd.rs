//! Crowds: many requests with the same large set of policies. They test that an index loses no statement.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::case;
use crate::case::{Case, Document, Layer, Names, ResourceKind, Statement};
use crate::source::Source;

/// Draws `size` cases that share one set of policies, made from the policies of all of them.
///
/// The statements are in many small documents or in few large ones. Some statements take over the actions and resources of their
/// neighbours, so that long lists occur. All requests are about generic resources, because all share one resource policy.
pub fn crowd(source: &mut Source<'_>, size: usize) -> Vec<Case> {
    let drawn = (0..size).map(|_| case(source));
    let cases: Vec<Case> = drawn.filter(|case| case.request.resource_kind == ResourceKind::Generic).collect();
    let mut policies: BTreeMap<Layer, Vec<Vec<Arc<Document>>>> = BTreeMap::new();
    let is_crowded = source.chance(50);
    for layer in Layer::ALL {
        let of_layer = || cases.iter().filter_map(|case| case.policies.get(&layer));
        if of_layer().next().is_none() || source.chance(25) {
            continue;
        }
        let depth = if layer.has_levels() { of_layer().map(Vec::len).max().unwrap_or(1) } else { 1 };
        let levels = (0..depth).map(|level| {
            let documents: Vec<&Document> =
                of_layer().filter_map(|levels| levels.get(level)).flatten().map(|d| &**d).collect();
            gathered(source, &documents, layer == Layer::Resource || is_crowded)
        });
        let levels = levels.collect();
        policies.insert(layer, levels);
    }
    cases.into_iter().map(|case| Case { request: case.request, policies: policies.clone() }).collect()
}

/// The documents as they are. If `in_one`, all statements in one document for each version.
fn gathered(source: &mut Source<'_>, documents: &[&Document], in_one: bool) -> Vec<Arc<Document>> {
    let mut gathered: Vec<Document> = if in_one {
        // A resource has one policy. Documents of the older version, in which variables are plain text, are left out.
        let statements = documents.iter().filter(|d| d.variables).flat_map(|d| d.statements.clone());
        vec![Document { variables: true, statements: statements.collect() }]
    } else {
        documents.iter().map(|d| (*d).clone()).collect()
    };
    for document in &mut gathered {
        crowd_together(source, &mut document.statements);
        if document.statements.is_empty() {
            document.statements.push(Statement::plain(true));
        }
    }
    gathered.into_iter().map(Arc::new).collect()
}

/// Lets some statements take over the actions and resources of their neighbours.
fn crowd_together(source: &mut Source<'_>, statements: &mut [Statement]) {
    for i in 1..statements.len() {
        let (before, from) = statements.split_at_mut(i);
        let (Some(own), false) = (from.first_mut(), source.chance(60)) else { continue };
        for neighbour in before.iter().rev().take(source.below(12)) {
            take_over(&mut own.action, &neighbour.action);
            if let (Some(own), Some(others)) = (&mut own.resource, &neighbour.resource) {
                take_over(own, others);
            }
        }
    }
}

fn take_over(own: &mut Names, others: &Names) {
    const MOST: usize = 40;
    if own.not == others.not && own.list.len().saturating_add(others.list.len()) <= MOST {
        own.list.extend_from_slice(&others.list);
    }
}
