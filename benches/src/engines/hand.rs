//! The same policies as one would write them in Rust: the least that there is to do, with the libraries at hand.

use std::collections::HashMap;

use regex::RegexSet;

use super::Asked;
use crate::cases::{self, Fields, Policy};

pub(super) enum ByHand {
    TwoRules,
    ByCaller(HashMap<String, (String, String)>),
    Regexes(RegexSet),
    Prefixes(Vec<String>),
}

impl ByHand {
    pub(super) fn load(policy: &Policy) -> Result<Self, String> {
        Ok(match &policy.by_hand {
            cases::ByHand::TwoRules => Self::TwoRules,
            cases::ByHand::ByCaller(rows) => {
                let row = |(caller, method, prefix): &(String, String, String)| {
                    (caller.clone(), (method.clone(), prefix.clone()))
                };
                Self::ByCaller(rows.iter().map(row).collect())
            }
            cases::ByHand::Regexes(patterns) => {
                Self::Regexes(RegexSet::new(patterns).map_err(|error| error.to_string())?)
            }
            cases::ByHand::Prefixes(prefixes) => Self::Prefixes(prefixes.clone()),
        })
    }
}

impl Asked for ByHand {
    fn allows(&mut self, fields: &Fields) -> Result<bool, String> {
        Ok(match self {
            Self::TwoRules => two_rules(fields),
            Self::ByCaller(rows) => rows
                .get(&fields.spiffe_id)
                .is_some_and(|(method, prefix)| fields.method == *method && fields.path.starts_with(prefix)),
            Self::Regexes(set) => set.is_match(&fields.path),
            Self::Prefixes(prefixes) => prefixes.iter().any(|prefix| fields.path.starts_with(prefix)),
        })
    }
}

fn two_rules(fields: &Fields) -> bool {
    let is_frontend = fields.spiffe_id == "spiffe://corp.example.com/ns/shop/sa/frontend"
        && fields.method == "GET"
        && fields.path.starts_with("/orders/");
    let is_batch = fields.spiffe_id == "spiffe://corp.example.com/ns/shop/sa/batch"
        && fields.method == "POST"
        && fields.path == "/reports";
    is_frontend || is_batch
}
