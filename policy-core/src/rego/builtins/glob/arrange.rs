//! From a pattern's tree to its matcher, arranged as the library does it: what alternatives have in common is taken
//! out, neighbours become one matcher, and what is left becomes a tree around its widest part.

use super::matcher::{Matcher, Tree};
use super::parse::Node;
use crate::rego::builtins::Failure;

/// Matchers in a sequence: joining neighbours looks at every part of it.
const SEQUENCE: usize = 96;

/// Parts of a pattern after alternatives were taken apart.
const DEPTH: usize = 128;

pub(super) fn arrange(node: &Node, delimiters: &[char]) -> Result<Matcher, Failure> {
    node_matcher(node, delimiters, 0)
}

const TOO_LARGE: Failure = Failure::Limit("the glob has too many parts");

fn node_matcher(node: &Node, delimiters: &[char], depth: usize) -> Result<Matcher, Failure> {
    if depth > DEPTH {
        return Err(TOO_LARGE);
    }
    let depth = depth.saturating_add(1);
    let all = |nodes: &[Node]| -> Result<Vec<Matcher>, Failure> {
        nodes.iter().map(|node| node_matcher(node, delimiters, depth)).collect()
    };
    let matcher = match node {
        Node::AnyOf(alternatives) => match common_apart(alternatives) {
            Some(apart) => return node_matcher(&apart, delimiters, depth),
            None => {
                let matcher = Matcher::AnyOf(all(alternatives)?);
                // OPA does not survive them beside other parts.
                if matcher.width() == Some(0) {
                    return Err(Failure::Limit("the glob has braces around nothing"));
                }
                return Ok(matcher);
            }
        },
        Node::Pattern(nodes) if nodes.is_empty() => return Ok(Matcher::Nothing),
        Node::Pattern(nodes) => {
            if nodes.len() > SEQUENCE {
                return Err(TOO_LARGE);
            }
            tree(joined(all(nodes)?))
        }
        Node::Text(text) => Matcher::Text(text.clone()),
        Node::Any => Matcher::Any(delimiters.to_vec()),
        Node::Super => Matcher::Super,
        Node::Single => Matcher::Single(delimiters.to_vec()),
        Node::List { not, chars } => Matcher::List { not: *not, chars: chars.chars().collect() },
        Node::Range { not, low, high } => Matcher::Range { not: *not, low: *low, high: *high },
        Node::Nothing => Matcher::Nothing,
    };
    Ok(simplified(matcher))
}

/// Alternatives with what they have in common at their ends outside of them; `None` if there is nothing in common.
fn common_apart(alternatives: &[Node]) -> Option<Node> {
    let sequences: Vec<&[Node]> = alternatives
        .iter()
        .map(|node| if let Node::Pattern(nodes) = node { Some(nodes.as_slice()) } else { None })
        .collect::<Option<_>>()?;
    if sequences.len() <= 1 {
        return None;
    }
    let (left, right) = common(&sequences)?;
    if left == 0 && right == 0 {
        return None;
    }
    let first = *sequences.first()?;
    let mut result = Vec::new();
    if left > 0 {
        result.push(Node::Pattern(first.get(..left)?.to_vec()));
    }
    let mut rest: Vec<Node> = Vec::new();
    for nodes in &sequences {
        let own = nodes.get(left..nodes.len().checked_sub(right)?)?;
        let node = if own.is_empty() { Node::Nothing } else { Node::Pattern(own.to_vec()) };
        if !rest.contains(&node) {
            rest.push(node);
        }
    }
    match rest.as_slice() {
        [Node::Nothing] | [] => {}
        [only] => result.push(only.clone()),
        _ => result.push(Node::AnyOf(rest)),
    }
    if right > 0 {
        result.push(Node::Pattern(first.get(first.len().checked_sub(right)?..)?.to_vec()));
    }
    Some(Node::Pattern(result))
}

/// How many nodes all sequences share at their beginning and at their end, looked at from both sides in turn until
/// the shortest is used up.
fn common(sequences: &[&[Node]]) -> Option<(usize, usize)> {
    let shortest = *sequences.iter().min_by_key(|nodes| nodes.len())?;
    let (mut left, mut right) = (0usize, 0usize);
    let (mut left_open, mut right_open) = (true, true);
    for step in 0..shortest.len() {
        if left.saturating_add(right) >= shortest.len() || !(left_open || right_open) {
            break;
        }
        let from_end = shortest.len().checked_sub(step.saturating_add(1))?;
        let same_left = |nodes: &&[Node]| nodes.get(step) == shortest.get(step);
        let same_right = |nodes: &&[Node]| nodes.iter().rev().nth(step) == shortest.get(from_end);
        left_open = left_open && sequences.iter().all(same_left);
        // Where both sides meet, the left one has the node.
        right_open = right_open && !(left_open && from_end <= step);
        right_open = right_open && sequences.iter().all(same_right);
        if left_open {
            left = left.saturating_add(1);
        }
        if right_open {
            right = right.saturating_add(1);
        }
    }
    Some((left, right))
}

/// Neighbours made one as far as possible: the longest run first.
fn joined(mut matchers: Vec<Matcher>) -> Vec<Matcher> {
    loop {
        let mut best: Option<(Matcher, usize, usize)> = None;
        for left in 0..matchers.len() {
            for right in (left.saturating_add(1)..=matchers.len()).rev() {
                let Some(run) = matchers.get(left..right).and_then(join) else { continue };
                let count = right.saturating_sub(left);
                let better = match &best {
                    None => true,
                    Some((known, from, to)) => {
                        let wider = matches!((known.width(), run.width()), (Some(a), Some(b)) if b > a);
                        wider || to.saturating_sub(*from) < count
                    }
                };
                if better {
                    best = Some((run, left, right));
                }
            }
        }
        let Some((run, left, right)) = best else { return matchers };
        let shorter = right.saturating_sub(left) > 1;
        matchers.splice(left..right, std::iter::once(run));
        if !shorter {
            return matchers;
        }
    }
}

/// One matcher for neighbours, if there is one.
fn join(matchers: &[Matcher]) -> Option<Matcher> {
    if matchers.len() <= 1 {
        return None;
    }
    every(matchers).or_else(|| {
        let mut width = 0usize;
        for matcher in matchers {
            width = width.saturating_add(matcher.width()?);
        }
        Some(Matcher::Row { matchers: matchers.to_vec(), width })
    })
}

/// Wildcards of the same delimiters, by what they have in common: how many characters, and which not.
fn every(matchers: &[Matcher]) -> Option<Matcher> {
    let (mut any, mut all, mut least) = (false, false, 0usize);
    let mut delimiters: Option<&[char]> = None;
    for matcher in matchers {
        let own: &[char] = match matcher {
            Matcher::Super => {
                all = true;
                &[]
            }
            Matcher::Any(own) => {
                any = true;
                own
            }
            Matcher::Single(own) | Matcher::List { not: true, chars: own } => {
                least = least.saturating_add(1);
                own
            }
            Matcher::Nothing
            | Matcher::Text(_)
            | Matcher::List { .. }
            | Matcher::Range { .. }
            | Matcher::Min(_)
            | Matcher::Max(_)
            | Matcher::Contains { .. }
            | Matcher::Prefix(_)
            | Matcher::Suffix(_)
            | Matcher::PrefixSuffix(..)
            | Matcher::PrefixAny(..)
            | Matcher::SuffixAny(..)
            | Matcher::AnyOf(_)
            | Matcher::EveryOf(_)
            | Matcher::Row { .. }
            | Matcher::Tree(_) => return None,
        };
        if delimiters.is_some_and(|known| known != own) {
            return None;
        }
        delimiters = Some(own);
    }
    let delimiters = delimiters.unwrap_or(&[]);
    match (any, all) {
        (false, true) if least == 0 => return Some(Matcher::Super),
        (true, false) if least == 0 => return Some(Matcher::Any(delimiters.to_vec())),
        (true, _) | (_, true) if least > 0 && delimiters.is_empty() => return Some(Matcher::Min(least)),
        _ => {}
    }
    let mut parts = Vec::new();
    if least > 0 {
        parts.push(Matcher::Min(least));
        if !any && !all {
            parts.push(Matcher::Max(least));
        }
    }
    if !delimiters.is_empty() {
        // All delimiters in a row, not any of them.
        parts.push(Matcher::Contains { needle: delimiters.iter().collect(), not: true });
    }
    Some(Matcher::EveryOf(parts))
}

/// A tree around the last of the widest parts; without one, around the first.
fn tree(matchers: Vec<Matcher>) -> Matcher {
    let mut matchers = matchers;
    if matchers.len() <= 1 {
        return matchers.pop().unwrap_or(Matcher::Nothing);
    }
    if let Some(one) = join(&matchers) {
        return one;
    }
    let widths = matchers.iter().enumerate().filter_map(|(at, matcher)| Some((matcher.width()?, at)));
    let side = |part: Vec<Matcher>| if part.is_empty() { None } else { Some(tree(part)) };
    let at = widths.max().map_or(0, |(_, at)| at);
    let right = matchers.split_off(at.saturating_add(1));
    let value = matchers.pop().unwrap_or(Matcher::Nothing);
    let left = side(matchers);
    Matcher::Tree(Box::new(Tree::new(value, left, side(right))))
}

/// A simpler matcher for the same texts, or what the library takes for one.
fn simplified(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::Any(delimiters) if delimiters.is_empty() => Matcher::Super,
        Matcher::AnyOf(mut matchers) if matchers.len() == 1 => matchers.pop().unwrap_or(Matcher::Nothing),
        Matcher::List { not: false, chars } if chars.len() == 1 => Matcher::Text(chars.into_iter().collect()),
        Matcher::Tree(tree) => simplified_tree(*tree),
        other @ (Matcher::Nothing
        | Matcher::Text(_)
        | Matcher::Super
        | Matcher::Any(_)
        | Matcher::Single(_)
        | Matcher::List { .. }
        | Matcher::Range { .. }
        | Matcher::Min(_)
        | Matcher::Max(_)
        | Matcher::Contains { .. }
        | Matcher::Prefix(_)
        | Matcher::Suffix(_)
        | Matcher::PrefixSuffix(..)
        | Matcher::PrefixAny(..)
        | Matcher::SuffixAny(..)
        | Matcher::AnyOf(_)
        | Matcher::EveryOf(_)
        | Matcher::Row { .. }) => other,
    }
}

fn simplified_tree(mut tree: Tree) -> Matcher {
    tree.left = tree.left.map(simplified);
    tree.right = tree.right.map(simplified);
    let Matcher::Text(text) = &tree.value else { return Matcher::Tree(Box::new(tree)) };
    let text = text.clone();
    match (&tree.left, &tree.right) {
        (None, None) => Matcher::Text(text),
        (Some(Matcher::Super), Some(Matcher::Super)) => Matcher::Contains { needle: text, not: false },
        (Some(Matcher::Super), None) => Matcher::Suffix(text),
        (None, Some(Matcher::Super)) => Matcher::Prefix(text),
        (None, Some(Matcher::Suffix(suffix))) => Matcher::PrefixSuffix(text, suffix.clone()),
        (Some(Matcher::Prefix(prefix)), None) => Matcher::PrefixSuffix(prefix.clone(), text),
        (Some(Matcher::Any(delimiters)), None) => Matcher::SuffixAny(text, delimiters.clone()),
        (None, Some(Matcher::Any(delimiters))) => Matcher::PrefixAny(text, delimiters.clone()),
        _ => Matcher::Tree(Box::new(tree)),
    }
}
