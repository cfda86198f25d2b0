//! Collections of the data document that are searched by what their elements have.

use super::ir::Plan;

/// The elements by what they have.
#[derive(Debug)]
pub(in crate::rego) struct Search {}

pub(super) fn build(_plan: &mut Plan) {}
