//! Records that were put into a file come out of it, whatever the container and the chunks.

use crate::common::{findings, read, records, split, text};
use iam_trail::Limits;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Container {
    Records,
    Lines,
    Together,
    List,
    Lookup,
    Bridge,
    Lake,
}

fn container() -> impl Strategy<Value = Container> {
    prop_oneof![
        Just(Container::Records),
        Just(Container::Lines),
        Just(Container::Together),
        Just(Container::List),
        Just(Container::Lookup),
        Just(Container::Bridge),
        Just(Container::Lake),
    ]
}

/// A value with texts of any characters, brackets and escapes among them.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "([\\[\\]{}\",:\\\\\n]|[a-z]|[^\\x00])*".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            prop::collection::btree_map("[\\[{\"a-z]{0,9}", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn record() -> impl Strategy<Value = String> {
    (value(), value(), any::<bool>(), any::<bool>()).prop_map(|(one, two, first, pretty)| {
        let record = if first {
            serde_json::json!({"eventName": "N", "eventSource": "s", "requestParameters": one, "Records": "x", "z": two})
        } else {
            serde_json::json!({"0": one, "eventName": "N", "eventSource": "s", "z": two})
        };
        if pretty { format!("{record:#}") } else { record.to_string() }
    })
}

fn pack(container: Container, records: &[String], gap: &str) -> String {
    let each = |wrap: &dyn Fn(&String) -> String, between: &str| {
        records.iter().map(wrap).collect::<Vec<_>>().join(&format!("{gap}{between}{gap}"))
    };
    match container {
        Container::Records => format!("{{\"Records\":{gap}[{}{gap}]}}", each(&String::clone, ",")),
        Container::Lines => each(&String::clone, "\n"),
        Container::Together => each(&String::clone, ""),
        Container::List => format!("{gap}[{}]{gap}", each(&String::clone, ",")),
        Container::Lookup => {
            let entry =
                |record: &String| format!("{{\"EventId\":\"x\",{gap}\"CloudTrailEvent\":{}}}", text(record));
            format!("{{{gap}\"Events\"{gap}:[{}]}}", each(&entry, ","))
        }
        Container::Bridge => {
            let envelope = |record: &String| {
                format!("{{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":{record}}}")
            };
            each(&envelope, "\n")
        }
        Container::Lake => {
            let row = |record: &String| format!("[{{\"eventJson\":{}}}]", text(record));
            format!("{{\"QueryResultRows\":[{}],\"QueryStatus\":\"FINISHED\"}}", each(&row, ","))
        }
    }
}

fn chunks(mut file: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for size in sizes.iter().cycle() {
        let (chunk, rest) = file.split_at(file.len().min(*size));
        all.push(chunk.to_vec());
        file = rest;
        if file.is_empty() {
            break;
        }
    }
    all
}

proptest! {
    #[test]
    fn what_was_put_in_comes_out(
        container in container(),
        own in prop::collection::vec(record(), 1..6),
        gap in "[ \t]{0,3}",
        sizes in prop::collection::vec(1_usize..90, 1..9),
    ) {
        let file = pack(container, &own, &gap);
        let chunks = chunks(file.as_bytes(), &sizes);
        let got = split(chunks.iter().map(Vec::as_slice), Limits::default());
        prop_assert_eq!(records(&got), own, "{}", file);
        prop_assert!(findings(&got).is_empty(), "{:?}", got);
        // Typed, the same ones are read or refused: one item each.
        let typed = read(chunks.iter().map(Vec::as_slice), Limits::default());
        prop_assert_eq!(typed.len(), got.len());
    }

    #[test]
    fn damage_does_not_depend_on_chunks(
        container in container(),
        own in prop::collection::vec(record(), 1..4),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"{}[]\",:\\\n \xff1x".to_vec()), any::<bool>()), 1..4),
        sizes in prop::collection::vec(1_usize..90, 1..9),
        most in prop_oneof![Just(1 << 20), 20_usize..400],
    ) {
        let mut file = pack(container, &own, "").into_bytes();
        for (at, byte, is_new) in damage {
            let at = at.index(file.len());
            if is_new { file.insert(at, byte) } else { file.splice(at..=at, [byte]); }
        }
        let mut limits = Limits::default();
        limits.record_bytes = most;
        let whole = split([&*file], limits);
        let chunks = chunks(&file, &sizes);
        prop_assert_eq!(&split(chunks.iter().map(Vec::as_slice), limits), &whole);
        prop_assert_eq!(split(file.chunks(1), limits), whole);
        // Typed: records that lie whole in a chunk are read in another way than those that do not.
        let whole = read([&*file], limits);
        prop_assert_eq!(&read(chunks.iter().map(Vec::as_slice), limits), &whole);
        prop_assert_eq!(read(file.chunks(1), limits), whole);
    }

    #[test]
    fn any_bytes_are_survived(file in prop::collection::vec(prop::sample::select(b"{}[]\",:\\\n e1\x1f\x8b\xef\xbb\xbf\0".to_vec()), 0..400)) {
        let whole = read([&*file], Limits::default());
        prop_assert!(!whole.is_empty());
        prop_assert_eq!(read(file.chunks(3), Limits::default()), whole);
    }
}
