//! Tests of keys that are parts of a tuple, as predicates on the text of the tuple.

use super::{Reader, Tested};
use crate::atom::{Atom, Language, Leaf, Literal, Many, Sets, TiedTo};
use crate::glob::{Glob, Union};

impl Reader<'_> {
    /// A test of a key of a tuple, whose values for one text and for a set of texts are known.
    pub(super) fn tied(
        &mut self,
        tuple: u8,
        place: usize,
        absent: bool,
        single: Leaf,
        multiple: Sets,
    ) -> Tested {
        let is_list =
            self.model.space.tuple(tuple).and_then(|t| t.keys.get(place)).is_some_and(|key| key.is_list);
        let leaf = match multiple.of {
            _ if !is_list => single,
            Many::Constant(value) => Leaf::Constant(value),
            // The list has one text, which is not empty.
            Many::Every(leaf) | Many::Some(leaf) => leaf,
        };
        let text = self.embedded(tuple, place, leaf);
        let key = TiedTo::Key(place);
        let atom = self.model.intern(Atom::Tied { tuple, key, absent, text });
        Tested::Literal(Literal { atom, holds: true })
    }

    /// The predicate on a key as a predicate on the text of its tuple.
    fn embedded(&mut self, tuple: u8, place: usize, leaf: Leaf) -> Leaf {
        match leaf {
            Leaf::Constant(_) | Leaf::Free(_) => leaf,
            // No value of a tied key that is not always an ARN is one.
            Leaf::Text { beyond_arns: Some(value), .. } => Leaf::Constant(value),
            // It may hold or not. The evaluator judges what is found.
            Leaf::Typed(id) => {
                self.is_loose = true;
                Leaf::Free(self.model.ties(vec![&format!("{tuple} {place} {id:?}")], None))
            }
            Leaf::Text { holds, fails, variables, beyond_arns: None } => {
                let language = |reader: &mut Self, own: Language| {
                    let (model, union) = (&*reader.model, reader.model.leaves.union(own.union)?);
                    let embedded = model.space.tuple(tuple)?.embedded(place, union)?;
                    Some(Language { union: reader.model.union(embedded), ..own })
                };
                let (yes, no) = (language(self, holds), language(self, fails));
                if let (Some(holds), Some(fails)) = (yes, no) {
                    return Leaf::Text { holds, fails, variables, beyond_arns: None };
                }
                // Too many ways to cut the pattern: it may match or not.
                self.is_loose = true;
                let any = self.model.union(Union::new(vec![Glob::any()]));
                let ties = format!("{tuple} {place} {holds:?} {fails:?}");
                let variables = Some(self.model.ties(vec![&ties], None));
                let any = Language { union: any, inside: true };
                Leaf::Text { holds: any, fails: any, variables, beyond_arns: None }
            }
        }
    }
}
