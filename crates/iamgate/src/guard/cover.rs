//! The cheapest patterns that deny what must be denied, for a price of one character.

use std::collections::BTreeMap;

use iam_eval::action_matches;
use iam_policy::ActionPattern;

use super::candidates::candidates;

/// The characters that a pattern takes in a list: quotes and a comma.
pub(super) const fn characters(pattern: &str) -> usize {
    pattern.len().saturating_add(3)
}

/// With more actions than this, patterns are chosen one after the other instead of all at once.
const EXACT: usize = 13;

/// A service: what must be denied, what must not, and what the rest costs.
pub(super) struct Service {
    prefix: String,
    refused: Vec<String>,
    kept: Vec<String>,
    prices: Vec<(String, u64)>,
    given: Vec<String>,
    options: Vec<Pattern>,
}

/// A pattern that denies something that must be denied.
#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    /// The numbers of the refused actions that it denies, in order.
    denies: Vec<usize>,
    /// The sum of the prices of the other actions that it denies.
    price: u64,
}

/// Patterns that deny everything that a service must deny.
#[derive(Clone, Debug, Default)]
pub(super) struct Cover {
    patterns: Vec<Pattern>,
}

impl Cover {
    pub(super) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|pattern| pattern.text.as_str())
    }

    fn characters(&self) -> usize {
        self.patterns().fold(0, |sum, text| sum.saturating_add(characters(text)))
    }

    fn price(&self) -> u64 {
        self.patterns.iter().fold(0, |sum, pattern| sum.saturating_add(pattern.price))
    }
}

impl Service {
    pub(super) fn new(prefix: &str) -> Self {
        let prefix = prefix.to_owned();
        let (refused, kept, prices, given) = Default::default();
        Self { prefix, refused, kept, prices, given, options: Vec::new() }
    }

    pub(super) fn refuse(&mut self, name: &str) {
        self.refused.push(name.to_owned());
    }

    pub(super) fn keep(&mut self, name: &str) {
        self.kept.push(name.to_owned());
    }

    pub(super) fn price(&mut self, name: &str, price: u64) {
        self.prices.push((name.to_owned(), price));
    }

    pub(super) const fn has_task(&self) -> bool {
        !self.refused.is_empty()
    }

    /// Adds patterns that somebody wrote to those that are tried, and prepares all of them.
    pub(super) fn offer<'g>(&mut self, given: impl Iterator<Item = &'g str>) {
        self.given = given.map(str::to_owned).collect();
        let mut tried: std::collections::BTreeSet<String> = self.given.iter().cloned().collect();
        tried.extend(self.refused.iter().flat_map(|name| candidates(name)));
        // Of the patterns that deny the same, one is enough if it is neither longer nor dearer.
        let mut best: BTreeMap<Vec<usize>, Vec<Pattern>> = BTreeMap::new();
        for name in tried {
            let text = format!("{}:{name}", self.prefix);
            let Some(pattern) = ActionPattern::parse(&text) else { continue };
            let denies = |name: &str| action_matches(&pattern, &format!("{}:{name}", self.prefix));
            if self.kept.iter().any(|name| denies(name)) {
                continue;
            }
            let hit: Vec<usize> =
                (0..).zip(&self.refused).filter(|(_, name)| denies(name)).map(|(at, _)| at).collect();
            let prices = self.prices.iter().filter(|(name, _)| denies(name)).map(|(_, price)| *price);
            let own = Pattern { text, price: prices.fold(0, u64::saturating_add), denies: hit };
            let same = best.entry(own.denies.clone()).or_default();
            let beats = |a: &Pattern, b: &Pattern| a.price <= b.price && a.text.len() <= b.text.len();
            if !own.denies.is_empty() && !same.iter().any(|other| beats(other, &own)) {
                same.retain(|other| !beats(&own, other));
                same.push(own);
            }
        }
        self.options = best.into_values().flatten().collect();
    }

    /// The cheapest cover if a character costs so much.
    fn cover(&self, character: u64) -> Cover {
        let cost = |pattern: &Pattern| {
            let length = u64::try_from(characters(&pattern.text)).unwrap_or(u64::MAX);
            // Of two covers of the same cost, the shorter one.
            let paid = pattern.price.saturating_mul(UNIT).saturating_add(length.saturating_mul(character));
            paid.saturating_mul(1 << 12).saturating_add(length)
        };
        if self.refused.len() <= EXACT { self.exact(&cost) } else { self.greedy(&cost) }
    }

    /// Dynamic programming over the sets of refused actions that are denied already.
    fn exact(&self, cost: &dyn Fn(&Pattern) -> u64) -> Cover {
        let bits = |pattern: &Pattern| {
            let bits =
                pattern.denies.iter().map(|at| 1_usize.wrapping_shl(u32::try_from(*at).unwrap_or_default()));
            bits.fold(0, std::ops::BitOr::bitor)
        };
        let options: Vec<(usize, u64, &Pattern)> =
            self.options.iter().map(|pattern| (bits(pattern), cost(pattern), pattern)).collect();
        let all =
            1_usize.wrapping_shl(u32::try_from(self.refused.len()).unwrap_or_default()).saturating_sub(1);
        let mut best: Vec<Option<(u64, usize, Option<&Pattern>)>> = vec![None; all.saturating_add(1)];
        if let Some(first) = best.first_mut() {
            *first = Some((0, 0, None));
        }
        for state in 0..all {
            let Some((paid, ..)) = best.get(state).copied().flatten() else { continue };
            let next = state.trailing_ones();
            for (denies, cost, pattern) in
                options.iter().filter(|(denies, ..)| denies.wrapping_shr(next) & 1 == 1)
            {
                let total = paid.saturating_add(*cost);
                if let Some(place) = best.get_mut(state | denies)
                    && place.is_none_or(|(known, ..)| total < known)
                {
                    *place = Some((total, state, Some(pattern)));
                }
            }
        }
        let mut cover = Cover::default();
        let mut at = all;
        while let Some((_, before, Some(pattern))) = best.get(at).copied().flatten() {
            cover.patterns.push(pattern.clone());
            at = before;
        }
        cover
    }

    /// Takes the pattern with the least cost for each action that is not yet denied, until all are.
    fn greedy(&self, cost: &dyn Fn(&Pattern) -> u64) -> Cover {
        let mut left: std::collections::BTreeSet<usize> = (0..self.refused.len()).collect();
        let mut cover = Cover::default();
        while !left.is_empty() {
            let new =
                |pattern: &Pattern| pattern.denies.iter().filter(|at| left.contains(at)).count() as u128;
            let better = |a: &&Pattern, b: &&Pattern| {
                let ours = u128::from(cost(a)).saturating_mul(new(b));
                ours.cmp(&u128::from(cost(b)).saturating_mul(new(a)))
            };
            let Some(best) = self.options.iter().filter(|pattern| new(pattern) > 0).min_by(better) else {
                break;
            };
            best.denies.iter().for_each(|at| {
                left.remove(at);
            });
            cover.patterns.push(best.clone());
        }
        self.without_superfluous(&mut cover);
        let whole = self.options.iter().filter(|pattern| pattern.denies.len() == self.refused.len());
        let total = cover.patterns.iter().fold(0, |sum: u64, pattern| sum.saturating_add(cost(pattern)));
        match whole.min_by_key(|pattern| cost(pattern)) {
            Some(one) if cost(one) < total => Cover { patterns: vec![one.clone()] },
            _ => cover,
        }
    }

    /// Drops patterns whose actions the others deny too, the dearest first.
    fn without_superfluous(&self, cover: &mut Cover) {
        cover.patterns.sort_by_key(|pattern| std::cmp::Reverse((pattern.price, pattern.text.len())));
        let mut at = 0;
        while at < cover.patterns.len() {
            let others = cover.patterns.iter().enumerate().filter(|(other, _)| *other != at);
            let denied: std::collections::BTreeSet<usize> =
                others.flat_map(|(_, pattern)| pattern.denies.iter().copied()).collect();
            if (0..self.refused.len()).all(|number| denied.contains(&number)) {
                cover.patterns.remove(at);
            } else {
                at = at.saturating_add(1);
            }
        }
    }
}

/// The price of an action counts so much for each unit of a character's price.
const UNIT: u64 = 64;

/// The dearest character that is tried. A whole service then costs less than a character.
const DEAREST: u64 = 1 << 20;

/// The covers of all services at the lowest price of a character at which they fit into the room. If they never fit, the shortest ones.
pub(super) fn fitting(services: &[Service], room: usize) -> Vec<Cover> {
    let at = |character: u64| services.iter().map(|service| service.cover(character)).collect::<Vec<_>>();
    let length =
        |covers: &[Cover]| covers.iter().fold(0, |sum: usize, own| sum.saturating_add(own.characters()));
    let (mut low, mut high) = (0, DEAREST);
    let mut covers = at(high);
    if length(&covers) > room {
        return covers;
    }
    while low < high {
        let middle = low.midpoint(high);
        let tried = at(middle);
        if length(&tried) <= room {
            high = middle;
            covers = tried;
        } else {
            low = middle.saturating_add(1);
        }
    }
    // Some room is left: services take longer and cheaper covers while they fit.
    for character in [high.wrapping_div(2), high.wrapping_div(8), 0] {
        for (service, own) in services.iter().zip(0..) {
            let other = service.cover(character);
            let used = length(&covers);
            let Some(place) = covers.get_mut::<usize>(own) else { continue };
            let longer = used.saturating_sub(place.characters()).saturating_add(other.characters());
            if longer <= room && other.price() < place.price() {
                *place = other;
            }
        }
    }
    covers
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "the numbers of these tests are small")]
mod tests {
    use super::*;

    /// A service with refused, kept and priced names.
    fn service(refused: &[&str], kept: &[&str], prices: &[(&str, u64)]) -> Service {
        let mut own = Service::new("a");
        for name in refused {
            own.refuse(name);
        }
        for name in kept {
            own.keep(name);
        }
        for (name, price) in prices {
            own.price(name, *price);
        }
        own.offer(std::iter::empty());
        own
    }

    /// Numbers that look random, below a limit.
    fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
        move |limit| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or_default().checked_rem(limit).unwrap_or_default()
        }
    }

    /// A service of a few names of three syllables each.
    fn some_service(next: &mut impl FnMut(usize) -> usize, refused: usize) -> Service {
        const WORDS: [&str; 6] = ["Get", "Put", "Log", "Key", "Tag", "Set"];
        let mut name = || [0, 1, 2].map(|_| WORDS[next(WORDS.len())]).concat();
        let mut names: Vec<String> = Vec::new();
        while names.len() < refused + 8 {
            let own = name();
            if !names.contains(&own) {
                names.push(own);
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (refused, others) = names.split_at(refused);
        let prices: Vec<(&str, u64)> = others[3..].iter().copied().zip(1..).collect();
        service(refused, &others[..3], &prices)
    }

    fn denies(cover: &Cover, name: &str) -> bool {
        let action = format!("a:{name}");
        cover.patterns().any(|text| action_matches(&ActionPattern::parse(text).expect("a pattern"), &action))
    }

    /// What a cover costs if a character costs so much, and its characters.
    fn paid(cover: &Cover, character: u64) -> (u64, u64) {
        let length = u64::try_from(cover.characters()).expect("short");
        (cover.price() * UNIT + length * character, length)
    }

    /// The least that a cover of the refused actions can cost: every choice is tried.
    fn least(own: &Service, left: &[usize], character: u64) -> (u64, u64) {
        let Some(first) = left.first() else { return (0, 0) };
        let tried = own.options.iter().filter(|pattern| pattern.denies.contains(first)).map(|pattern| {
            let rest: Vec<usize> = left.iter().copied().filter(|at| !pattern.denies.contains(at)).collect();
            let (price, length) = paid(&Cover { patterns: vec![pattern.clone()] }, character);
            let (more, longer) = least(own, &rest, character);
            (price + more, length + longer)
        });
        tried.min().expect("each refused action has its own name as a pattern")
    }

    #[test]
    fn characters_and_prices_are_summed() {
        assert_eq!(characters("a:Get*"), 9);
        let one = |text: &str, price| Pattern { text: text.into(), denies: vec![0], price };
        let cover = Cover { patterns: vec![one("a:Get*", 3), one("a:Put", 4)] };
        assert_eq!((cover.characters(), cover.price()), (17, 7));
        assert!(!Service::new("a").has_task() && service(&["Get"], &[], &[]).has_task());
    }

    #[test]
    fn few_actions_get_the_cheapest_cover_there_is() {
        let mut next = numbers(1);
        for _ in 0..40 {
            let count = 1 + next(5);
            let own = some_service(&mut next, count);
            for character in [0, 1, 7, 64, 900, DEAREST] {
                let (cover, all) = (own.cover(character), (0..count).collect::<Vec<_>>());
                assert_eq!(paid(&cover, character), least(&own, &all, character), "{:?}", own.refused);
                assert!(own.refused.iter().all(|name| denies(&cover, name)));
                assert!(!own.kept.iter().any(|name| denies(&cover, name)));
            }
        }
    }

    #[test]
    fn many_actions_get_a_cover_without_idle_patterns() {
        let mut next = numbers(2);
        for _ in 0..20 {
            let own = some_service(&mut next, EXACT + 4);
            for character in [0, 7, 900, DEAREST] {
                let cover = own.cover(character);
                assert!(own.refused.iter().all(|name| denies(&cover, name)));
                assert!(!own.kept.iter().any(|name| denies(&cover, name)));
                for at in 0..cover.patterns.len() {
                    let mut fewer = cover.clone();
                    fewer.patterns.remove(at);
                    assert!(!own.refused.iter().all(|name| denies(&fewer, name)), "{:?}", cover.patterns);
                }
            }
        }
    }

    #[test]
    fn one_pattern_for_all_is_taken_if_it_is_cheaper() {
        let names: Vec<String> =
            (b'A'..b'A' + 20).map(|letter| format!("Get{}", char::from(letter))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let texts = |own: &Service, character| -> Vec<String> {
            own.cover(character).patterns().map(str::to_owned).collect()
        };
        // The others are many: all that is not refused of `Get*` has a price.
        let cheap = service(&names, &[], &[("GetOther", 1)]);
        assert_eq!(texts(&cheap, 64), ["a:*"]);
        let dear = service(&names, &[], &[("GetOther", 1_000_000)]);
        assert!(!texts(&dear, 1).iter().any(|text| text == "a:*" || text == "a:Get*"));
    }

    #[test]
    fn what_must_be_kept_is_kept_and_given_patterns_are_tried() {
        let mut own = Service::new("a");
        own.refuse("GetA");
        own.refuse("GetB");
        own.keep("GetAll");
        own.offer(["Get?", "Get*", "Nothing"].into_iter());
        assert_eq!(own.cover(DEAREST).patterns().collect::<Vec<_>>(), ["a:Get?"]);
        assert!(own.options.iter().all(|pattern| !pattern.denies.is_empty()));
        // Of patterns that deny the same, none is both longer and as dear as another.
        for (at, one) in own.options.iter().enumerate() {
            for other in own.options.iter().skip(at + 1).filter(|other| other.denies == one.denies) {
                assert!(
                    (one.price < other.price) == (one.text.len() > other.text.len()),
                    "{one:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn covers_fit_into_the_room_and_use_it() {
        let mut next = numbers(3);
        for _ in 0..12 {
            let services = [some_service(&mut next, 4), some_service(&mut next, 5)];
            let length = |covers: &[Cover]| covers.iter().map(Cover::characters).sum::<usize>();
            let price = |covers: &[Cover]| covers.iter().map(Cover::price).sum::<u64>();
            let (shortest, whole) = (fitting(&services, 0), fitting(&services, usize::MAX));
            let (least, most) = (length(&shortest), length(&whole));
            let cheapest: u64 = services.iter().map(|own| own.cover(0).price()).sum();
            assert_eq!(price(&whole), cheapest);
            let mut last = u64::MAX;
            for room in least..=most {
                let covers = fitting(&services, room);
                assert!(length(&covers) <= room, "{room}");
                // More room is never a disadvantage where it is one cover's.
                let own = price(&covers);
                assert!(own <= price(&shortest), "{room}");
                last = last.min(own);
            }
            assert_eq!(last, cheapest, "all the room there is makes the cheapest");
            assert_eq!(price(&fitting(&services, most)), cheapest);
        }
    }

    /// Whatever pattern could be tried: one that denies the same is offered, and is neither longer nor dearer.
    #[test]
    fn the_best_patterns_are_offered() {
        let mut next = numbers(4);
        for _ in 0..20 {
            let own = some_service(&mut next, 4);
            for name in own.refused.iter().flat_map(|name| candidates(name)) {
                let text = format!("a:{name}");
                let one =
                    Cover { patterns: vec![Pattern { text: text.clone(), denies: Vec::new(), price: 0 }] };
                if own.kept.iter().any(|name| denies(&one, name)) {
                    continue;
                }
                let hit: Vec<usize> =
                    (0..own.refused.len()).filter(|at| denies(&one, &own.refused[*at])).collect();
                let prices = own.prices.iter().filter(|(name, _)| denies(&one, name));
                let price: u64 = prices.map(|(_, price)| price).sum();
                let beats = |pattern: &Pattern| {
                    pattern.denies == hit && pattern.price <= price && pattern.text.len() <= text.len()
                };
                assert!(own.options.iter().any(beats), "{text}");
            }
        }
    }

    /// The pattern for most of the actions is the cheapest for each of them, and one for all is cheaper than it and another one.
    #[test]
    fn one_pattern_for_all_is_taken_instead_of_several() {
        let names: Vec<String> = (b'A'..=b'M').map(|letter| format!("Get{}", char::from(letter))).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.push("Put");
        for (price, wanted) in [(5, &["a:*"][..]), (100, &["a:Get*", "a:Put"])] {
            let own = service(&names, &[], &[("Other", price)]);
            let cover = own.cover(UNIT);
            let mut texts: Vec<&str> = cover.patterns().collect();
            texts.sort_unstable();
            assert_eq!(texts, wanted, "{price}");
        }
    }

    #[test]
    fn patterns_that_others_make_superfluous_are_dropped_the_dearest_first() {
        let own = service(&["GetA", "GetB", "PutC"], &[], &[]);
        let left = |patterns: &[(&str, &[usize], u64)]| -> Vec<String> {
            let patterns = patterns.iter().map(|(text, denies, price)| Pattern {
                text: (*text).to_owned(),
                denies: denies.to_vec(),
                price: *price,
            });
            let mut cover = Cover { patterns: patterns.collect() };
            own.without_superfluous(&mut cover);
            cover.patterns().map(str::to_owned).collect()
        };
        assert_eq!(
            left(&[("a", &[0], 0), ("b", &[1], 0), ("c", &[2], 0), ("ab", &[0, 1], 5)]),
            ["a", "b", "c"]
        );
        assert_eq!(left(&[("a", &[0], 5), ("b", &[1], 5), ("ab", &[0, 1], 0), ("c", &[2], 0)]), ["ab", "c"]);
        assert_eq!(left(&[("ab", &[0, 1], 3), ("bc", &[1, 2], 2), ("ac", &[0, 2], 1)]), ["bc", "ac"]);
        assert_eq!(left(&[("ab", &[0, 1], 0), ("c", &[2], 0)]), ["ab", "c"]);
    }

    /// No price of a character that all services share gives cheaper covers, and no service alone could have its cheapest one.
    #[test]
    fn the_room_is_used_as_well_as_can_be() {
        let mut next = numbers(5);
        let characters = || (0..20).flat_map(|bit| [1_u64 << bit, 3 << bit]).chain([0, DEAREST]);
        for _ in 0..12 {
            let services =
                [some_service(&mut next, 4), some_service(&mut next, 5), some_service(&mut next, 3)];
            let length = |covers: &[Cover]| covers.iter().map(Cover::characters).sum::<usize>();
            let price = |covers: &[Cover]| covers.iter().map(Cover::price).sum::<u64>();
            let shared: Vec<Vec<Cover>> =
                characters().map(|own| services.iter().map(|service| service.cover(own)).collect()).collect();
            let (least, most) = (length(&fitting(&services, 0)), length(&fitting(&services, usize::MAX)));
            for room in least..=most {
                let covers = fitting(&services, room);
                let fits = shared.iter().filter(|own| length(own) <= room).map(|own| price(own));
                assert!(fits.min().is_some_and(|other| price(&covers) <= other), "{room}");
                for (service, own) in services.iter().zip(&covers) {
                    let other = service.cover(0);
                    let longer = length(&covers) - own.characters() + other.characters();
                    assert!(longer > room || other.price() >= own.price(), "{room}");
                }
            }
        }
    }
}
