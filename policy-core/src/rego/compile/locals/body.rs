//! Bodies: each statement in turn, so that what is used above a declaration is not what is declared.

use super::super::build::{ASSIGN, always, calls, place};
use super::Rewriter;
use super::unused::Declarations;
use crate::rego::check::VarSet;
use crate::rego::syntax::{Body, Expr, ExprKind, Loc};

impl Rewriter<'_> {
    /// Rewrites a body in the innermost scope. `used` are the variables that something outside the body takes from it.
    pub(super) fn body(&mut self, body: &mut Body, used: &VarSet) {
        if !self.work.visit() {
            return;
        }
        let at = place(body, Loc::default());
        let declarations = Declarations::of(body);
        *body = std::mem::take(body).into_iter().filter_map(|expr| self.statement(expr)).collect();
        if body.is_empty() {
            body.push(always(at));
        }
        self.check_unused(body, used, &declarations, at);
    }

    /// Rewrites one statement; a declaration leaves nothing behind.
    fn statement(&mut self, mut expr: Expr) -> Option<Expr> {
        match &mut expr.kind {
            ExprKind::Call(call) if calls(call, ASSIGN) => {
                self.assign(&mut expr);
                Some(expr)
            }
            ExprKind::Some(_) => self.some(expr),
            ExprKind::Every(_) => self.every(expr),
            ExprKind::Term(_) | ExprKind::Call(_) => {
                self.expr(&mut expr);
                Some(expr)
            }
        }
    }
}
