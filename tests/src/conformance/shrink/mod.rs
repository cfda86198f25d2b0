//! A difference made small: whatever can go goes, as long as the answers still differ in the same way.

pub mod tokens;

use super::json::Json;
use super::judge::Verdict;
use super::run::{Compared, ask_ours, verdict};
use super::source::Source;
use crate::opa::Answer;

/// Comparisons that one difference may cost.
const TRIES: usize = 3000;

/// The smallest policy and input found that differ as `found` does. Only for what both engines are given alike.
#[must_use]
pub fn shrink(found: &Compared) -> Compared {
    let mut shrinker = Shrinker { best: found.clone(), tries: TRIES };
    if found.opa_source.as_ref() != Some(&found.ours_source) {
        return found.clone();
    }
    loop {
        let before = size(&shrinker.best);
        shrinker.modules();
        shrinker.lines();
        shrinker.groups();
        shrinker.tokens();
        shrinker.documents();
        if size(&shrinker.best) >= before || shrinker.tries == 0 {
            return shrinker.best;
        }
    }
}

struct Shrinker {
    best: Compared,
    tries: usize,
}

fn size(compared: &Compared) -> usize {
    let source = &compared.ours_source;
    source.modules.iter().map(String::len).sum::<usize>() + source.data.len() + compared.input.len()
}

impl Shrinker {
    /// Takes a candidate if it still differs in the same way.
    fn offer(&mut self, source: Source, input: String) -> bool {
        let Some(tries) = self.tries.checked_sub(1) else { return false };
        self.tries = tries;
        let Ok(opa) = source.ask_opa(&self.best.ask, &input) else { return false };
        let Some(ours) = ask_ours(&source, &self.best.ask, &[&input], true).into_iter().next() else {
            return false;
        };
        let verdict = verdict(&source, &self.best.ask, &input, &opa, &ours);
        if !is_same_kind((verdict, &opa), (self.best.verdict, &self.best.opa)) {
            return false;
        }
        self.best = Compared {
            id: self.best.id.clone(),
            opa_source: Some(source.clone()),
            ours_source: source,
            ask: self.best.ask.clone(),
            input,
            opa,
            ours,
            verdict,
        };
        true
    }

    fn offer_module(&mut self, index: usize, text: String) -> bool {
        let mut source = self.best.ours_source.clone();
        match source.modules.get_mut(index) {
            Some(module) if *module != text => *module = text,
            _ => return false,
        }
        self.offer(source, self.best.input.clone())
    }

    fn module(&self, index: usize) -> String {
        self.best.ours_source.modules.get(index).cloned().unwrap_or_default()
    }

    fn modules(&mut self) {
        for index in (0..self.best.ours_source.modules.len()).rev() {
            let mut source = self.best.ours_source.clone();
            if source.modules.len() > 1 {
                source.modules.remove(index);
                self.offer(source, self.best.input.clone());
            }
        }
    }

    /// Removes runs of lines, long ones first.
    fn lines(&mut self) {
        for index in 0..self.best.ours_source.modules.len() {
            self.runs(index, |text| text.split_inclusive('\n').map(str::to_owned).collect(), 16);
        }
    }

    /// Removes runs of tokens.
    fn tokens(&mut self) {
        for index in 0..self.best.ours_source.modules.len() {
            self.runs(index, |text| tokens::split(text).into_iter().map(str::to_owned).collect(), 6);
        }
    }

    fn runs(&mut self, module: usize, split: impl Fn(&str) -> Vec<String>, longest: usize) {
        let mut length = longest;
        while length > 0 {
            let mut at = 0;
            loop {
                let pieces = split(&self.module(module));
                if at >= pieces.len() {
                    break;
                }
                let run = pieces.iter().skip(at).take(length);
                if run.clone().all(|piece| piece.chars().all(|c| c == ' ' || c == '\t')) {
                    at += 1;
                    continue;
                }
                let left: String = pieces
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| !(at..at + length).contains(index))
                    .map(|(_, piece)| piece.as_str())
                    .collect();
                if !self.offer_module(module, left) {
                    at += 1;
                }
            }
            length /= 2;
        }
    }

    /// Removes what is in brackets, with the brackets, or puts `1` in its place.
    fn groups(&mut self) {
        for module in 0..self.best.ours_source.modules.len() {
            let mut at = 0;
            loop {
                let text = self.module(module);
                let pieces = tokens::split(&text);
                if at >= pieces.len() {
                    break;
                }
                let Some(end) = group_end(&pieces, at) else {
                    at += 1;
                    continue;
                };
                let (before, rest) = pieces.split_at(at);
                let (group, after) = rest.split_at(end - at + 1);
                let inner = group.get(1..group.len() - 1).unwrap_or_default().concat();
                let (before, after) = (before.concat(), after.concat());
                let candidates = [
                    format!("{before}{after}"),
                    format!("{before}{inner}{after}"),
                    format!("{before}1{after}"),
                ];
                if !candidates.into_iter().any(|candidate| self.offer_module(module, candidate)) {
                    at += 1;
                }
            }
        }
    }

    /// Removes parts of data and input.
    fn documents(&mut self) {
        let put_data = |best: &Compared, text: String| {
            (Source { data: text, ..best.ours_source.clone() }, best.input.clone())
        };
        let put_input = |best: &Compared, text: String| (best.ours_source.clone(), text);
        self.document(|best| best.ours_source.data.clone(), put_data);
        self.document(|best| best.input.clone(), put_input);
    }

    fn document(
        &mut self,
        text: impl Fn(&Compared) -> String,
        put: impl Fn(&Compared, String) -> (Source, String),
    ) {
        let mut at = 0;
        while let Ok(json) = Json::parse(&text(&self.best)) {
            let candidates = smaller(&json);
            let Some(candidate) = candidates.get(at) else { return };
            let (source, input) = put(&self.best, candidate.to_string());
            if self.offer(source, input) { at = 0 } else { at += 1 }
        }
    }
}

/// The same verdict, and the same kind of answer of OPA's.
fn is_same_kind(one: (Verdict, &Answer), other: (Verdict, &Answer)) -> bool {
    let code = |answer: &Answer| match answer {
        Answer::Refused(reasons) => reasons.first().map(|reason| reason.code.clone()),
        Answer::Error(error) => Some(error.kind.code().to_owned()),
        Answer::Value(_) | Answer::Undefined => None,
    };
    one.0 == other.0
        && std::mem::discriminant(one.1) == std::mem::discriminant(other.1)
        && code(one.1) == code(other.1)
}

/// Where the bracket that opens at `start` closes.
fn group_end(pieces: &[&str], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, piece) in pieces.iter().enumerate().skip(start) {
        match *piece {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The document with one part less, for every part.
fn smaller(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(items) => {
            let mut found: Vec<Json> = Vec::new();
            for (index, item) in items.iter().enumerate() {
                let with = |replacement: Option<Json>| {
                    let mut items = items.clone();
                    match replacement {
                        Some(replacement) => items.splice(index..=index, [replacement]).for_each(drop),
                        None => items.splice(index..=index, []).for_each(drop),
                    }
                    Json::Array(items)
                };
                found.push(with(None));
                found.extend(smaller(item).into_iter().map(|item| with(Some(item))));
            }
            found
        }
        Json::Object(members) => {
            let mut found = Vec::new();
            for (key, value) in members {
                let mut without = members.clone();
                without.remove(key);
                found.push(Json::Object(without));
                for value in smaller(value) {
                    let mut with = members.clone();
                    with.insert(key.clone(), value);
                    found.push(Json::Object(with));
                }
            }
            found
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_found() {
        let pieces = tokens::split("f([1], {2})");
        assert_eq!(group_end(&pieces, 1), Some(pieces.len() - 1));
        assert_eq!(group_end(&pieces, 0), None);
        assert_eq!(group_end(&tokens::split("(1"), 0), None);
    }

    #[test]
    fn every_part_of_a_document_can_go() {
        let json = Json::parse(r#"{"a":[1,2]}"#).expect("it is JSON");
        let texts: Vec<String> = smaller(&json).iter().map(Json::to_string).collect();
        assert_eq!(texts, ["{}", r#"{"a":[2]}"#, r#"{"a":[1]}"#]);
    }
}
