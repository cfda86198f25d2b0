//! What depends on no request is worked out when the policy loads.

use super::ir::{GroupId, Plan};

pub(super) fn fold(_plan: &mut Plan, _order: &[GroupId]) {}
