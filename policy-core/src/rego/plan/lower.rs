//! From the rules of a compiled program to steps.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{Families, Family, Reach, head_path};
use super::ir::{
    Call, Comprehension, ComprehensionKind, Given, Group, GroupKind, Hazard, Hop, Operand, Pattern,
    PlannedRule, Reg, Replacement, ReplacementTarget, ReplacementValue, Root, Step, StepKind, Steps, Target,
    Walk,
};
use super::order::Asked;
use super::patterns::{matcher, refusal};
use super::settled::{is_settled, walks};
use super::terms::{below_data, below_input, builtin_name, constant, parts, text, variable};
use crate::rego::builtins;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{self, Body, Expr, ExprKind, Loc, Name, Rule, Term, TermKind, With};
use crate::rego::value::{Text, Value};

/// What lowering knows of the whole policy.
pub(super) struct Setting<'a> {
    pub(super) families: &'a Families<'a>,
    pub(super) slots: &'a [Vec<Name>],
    pub(super) data: &'a Value<'static>,
}

type Lowered<T> = Result<T, Fault>;

/// Lowers the families that are reached; the others become empty groups.
pub(super) fn lower(setting: &Setting<'_>, reach: &Reach) -> Result<Vec<Group>, Vec<Fault>> {
    let mut groups = Vec::new();
    let mut faults = Vec::new();
    for (id, family) in (0..).zip(&setting.families.families) {
        let mut group = Group {
            path: family.path.clone(),
            kind: family.kind,
            rules: Vec::new(),
            default: None,
            is_uniform: false,
            hazard: Hazard::None,
            index: None,
            has_needs: false,
            constant: None,
        };
        if reach.groups.contains(&id) {
            for (rule, asked) in family.rules.iter().zip(&family.asked) {
                match lower_rule(setting, family, rule, asked) {
                    Ok(rule) => group.rules.push(rule),
                    Err(fault) => faults.push(fault),
                }
            }
            match family.default.map(|rule| lower_rule(setting, family, rule, &[])).transpose() {
                Ok(default) => group.default = default,
                Err(fault) => faults.push(fault),
            }
        }
        groups.push(group);
    }
    if faults.is_empty() { Ok(groups) } else { Err(faults) }
}

fn lower_rule(
    setting: &Setting<'_>,
    family: &Family<'_>,
    rule: &Rule,
    asked: &[Asked],
) -> Lowered<PlannedRule> {
    let mut asked = asked.iter();
    let mut frame = Frame { setting, registers: BTreeMap::new(), bound: BTreeSet::new(), count: 0 };
    let mut planned = frame.rule(family, rule, asked.next())?;
    let mut link = &mut planned.otherwise;
    let mut next = rule.otherwise.as_deref();
    while let Some(rule) = next {
        let mut frame = Frame { setting, registers: BTreeMap::new(), bound: BTreeSet::new(), count: 0 };
        link = &mut link.insert(Box::new(frame.rule(family, rule, asked.next())?)).otherwise;
        next = rule.otherwise.as_deref();
    }
    Ok(planned)
}

/// The registers of one rule, and which variables have a value at the place that is being lowered.
struct Frame<'a> {
    setting: &'a Setting<'a>,
    registers: BTreeMap<Name, Reg>,
    bound: BTreeSet<Name>,
    count: Reg,
}

impl Frame<'_> {
    fn rule(&mut self, family: &Family<'_>, rule: &Rule, asked: Option<&Asked>) -> Lowered<PlannedRule> {
        let mut before = Steps::new();
        let mut args = Vec::new();
        for arg in rule.head.args.iter().flatten() {
            args.push(self.pattern(arg, &mut before)?);
        }
        if let Some(step) = before.first() {
            return Err(internal(step.at, "an argument is computed"));
        }
        let mut body = Steps::new();
        let keys: Vec<&Term> = head_path(rule).iter().skip(family.path.len()).chain(&rule.head.key).collect();
        let given = if keys.is_empty() { None } else { Some(self.given(&keys, &rule.body)?) };
        self.body(&rule.body, &mut body)?;
        let path = head_path(rule).iter().skip(family.path.len());
        let path = path.map(|part| self.operand(part, &mut body)).collect::<Lowered<_>>()?;
        let key = rule.head.key.as_ref().map(|key| self.operand(key, &mut body)).transpose()?;
        let value = match &rule.head.value {
            Some(value) => self.operand(value, &mut body)?,
            None => Operand::Const(Value::Bool(true)),
        };
        let has_one_value = matches!(family.kind, GroupKind::Complete | GroupKind::Function(_));
        if has_one_value && !matches!(value, Operand::Const(_)) && walks(&body) && !is_settled(&body, &value)
        {
            // Whether OPA notices that there are several depends on who asks first.
            let message = "the value depends on which path `walk` finds first";
            return Err(Fault::new(rule.at, RegoErrorKind::Refused, message)
                .hint("collect what it finds in a comprehension or a set, and choose from that"));
        }
        Ok(PlannedRule {
            at: rule.at,
            registers: self.count,
            args,
            needs: asked.map(|asked| super::needs::of(self.setting, asked)).unwrap_or_default(),
            rank: asked.map_or(0, |asked| asked.rank),
            path,
            key,
            body,
            given,
            value,
            otherwise: None,
        })
    }

    /// The body with the head's keys matched first.
    fn given(&mut self, keys: &[&Term], body: &Body) -> Lowered<Given> {
        let bound = self.bound.clone();
        let mut steps = Steps::new();
        let mut patterns = Vec::new();
        for key in keys {
            // A key with computed parts is compared when the body has held.
            let computed = constant(key).is_none() && !is_plain(key);
            patterns.push(if computed { Pattern::Any } else { self.pattern(key, &mut steps)? });
        }
        self.body(body, &mut steps)?;
        self.bound = bound;
        Ok(Given { keys: patterns, body: steps })
    }

    fn body(&mut self, body: &Body, steps: &mut Steps) -> Lowered<()> {
        for expr in body {
            self.expr(expr, steps)?;
        }
        Ok(())
    }

    fn expr(&mut self, expr: &Expr, steps: &mut Steps) -> Lowered<()> {
        if expr.with.is_empty() {
            return self.negatable(expr, steps);
        }
        let replacements =
            expr.with.iter().map(|with| self.replacement(with, steps)).collect::<Lowered<_>>()?;
        let mut inner = Steps::new();
        self.negatable(expr, &mut inner)?;
        steps.push(Step { at: expr.at, kind: StepKind::With(replacements, inner) });
        Ok(())
    }

    fn negatable(&mut self, expr: &Expr, steps: &mut Steps) -> Lowered<()> {
        if !expr.is_negated {
            return self.plain(expr, steps);
        }
        let bound = self.bound.clone();
        let mut inner = Steps::new();
        self.plain(expr, &mut inner)?;
        self.bound = bound;
        steps.push(Step { at: expr.at, kind: StepKind::Not(inner, Hazard::Conflict) });
        Ok(())
    }

    fn plain(&mut self, expr: &Expr, steps: &mut Steps) -> Lowered<()> {
        match &expr.kind {
            ExprKind::Term(term) => self.holds(expr.at, term, steps),
            ExprKind::Call(call) => self.call(expr.at, call, steps),
            ExprKind::Some(_) => Ok(()),
            ExprKind::Every(every) => {
                let domain = self.operand(&every.domain, steps)?;
                let bound = self.bound.clone();
                let key = match &every.key {
                    Some(key) => self.pattern(key, steps)?,
                    None => Pattern::Any,
                };
                let value = self.pattern(&every.value, steps)?;
                let mut inner = Steps::new();
                self.body(&every.body, &mut inner)?;
                self.bound = bound;
                let kind = StepKind::Every { domain, key, value, steps: inner };
                steps.push(Step { at: expr.at, kind });
                Ok(())
            }
        }
    }

    fn holds(&mut self, at: Loc, term: &Term, steps: &mut Steps) -> Lowered<()> {
        if let TermKind::Ref(_) = term.kind {
            return self.walk(at, term, Pattern::Holds, steps);
        }
        if let Some(name) = variable(term)
            && matches!(name, "data" | "input")
        {
            return self.walk(at, term, Pattern::Holds, steps);
        }
        let operand = self.operand(term, steps)?;
        steps.push(Step { at, kind: StepKind::Holds(operand) });
        Ok(())
    }

    fn call(&mut self, at: Loc, call: &syntax::Call, steps: &mut Steps) -> Lowered<()> {
        let name = builtin_name(&call.operator);
        match name.as_deref() {
            Some("eq" | "equal" | "assign") if call.args.len() == 2 => {
                if let [a, b] = call.args.as_slice() {
                    self.unify(at, a, b, steps)?;
                }
                return Ok(());
            }
            Some("internal.print") => {
                let sets = match call.args.as_slice() {
                    [Term { kind: TermKind::Array(items), .. }] => items.as_slice(),
                    args => args,
                };
                let args = sets.iter().map(|arg| self.operand(arg, steps)).collect::<Lowered<_>>()?;
                steps.push(Step { at, kind: StepKind::Print(args) });
                return Ok(());
            }
            _ => {}
        }
        if name.as_deref() == Some("walk") {
            return self.relation(at, &call.args, steps);
        }
        let (target, arity) = self.target(at, &call.operator, name)?;
        let (inputs, output) = if call.args.len() > arity {
            (call.args.get(..arity).unwrap_or_default(), call.args.get(arity))
        } else {
            (call.args.as_slice(), None)
        };
        let args: Vec<_> = inputs.iter().map(|arg| self.operand(arg, steps)).collect::<Lowered<_>>()?;
        let mut late = Steps::new();
        let result = match output {
            Some(term) => self.pattern(term, &mut late)?,
            None => Pattern::Holds,
        };
        let kind = StepKind::Call(Call { target: compiled(at, target, &args)?, args, result });
        steps.append(&mut late);
        steps.push(Step { at, kind });
        Ok(())
    }

    /// `walk(value, [path, inner])`.
    fn relation(&mut self, at: Loc, args: &[Term], steps: &mut Steps) -> Lowered<()> {
        let Some((value, output)) = args.split_first() else {
            return Err(internal(at, "walk has no argument"));
        };
        let operand = self.operand(value, steps)?;
        let mut late = Steps::new();
        let pattern = match output.first() {
            Some(output) => self.pattern(output, &mut late)?,
            None => Pattern::Holds,
        };
        steps.append(&mut late);
        steps.push(Step { at, kind: StepKind::Relate { operand, pattern } });
        Ok(())
    }

    fn target(&self, at: Loc, operator: &Term, name: Option<String>) -> Lowered<(Target, usize)> {
        if let Some(name) = name {
            let signature = builtins::signature::find(&name)
                .ok_or_else(|| internal(at, format!("the function `{name}` is not known")))?;
            let run = builtins::find(signature.name).ok_or_else(|| {
                Fault::new(at, RegoErrorKind::Refused, format!("the built-in `{name}` is not available"))
            })?;
            return Ok((Target::Builtin(signature.name, run), signature.arity()));
        }
        let path = below_data(operator).unwrap_or_default();
        let group = match self.setting.families.touched(path).as_slice() {
            [group] => *group,
            _ => return Err(internal(at, "a function is not defined")),
        };
        match self.setting.families.family(group).map(|family| family.kind) {
            Some(GroupKind::Function(arity)) => Ok((Target::Group(group), arity)),
            _ => Err(internal(at, "what is called is not a function")),
        }
    }

    fn replacement(&mut self, with: &With, steps: &mut Steps) -> Lowered<Replacement> {
        let at = with.at;
        let names = |parts: &[Term]| -> Lowered<Vec<Name>> {
            parts
                .iter()
                .map(|part| {
                    text(part).map(Name::from).ok_or_else(|| internal(at, "a target of `with` is computed"))
                })
                .collect()
        };
        let mut is_function = false;
        let target = if let Some(path) = below_input(&with.target) {
            ReplacementTarget::Input(names(path)?)
        } else if let Some(path) = below_data(&with.target) {
            match self.setting.families.touched(path).as_slice() {
                [group] if self.is_function_at(*group, path) => {
                    is_function = true;
                    ReplacementTarget::Function(*group)
                }
                _ => ReplacementTarget::Data(
                    names(path)?.iter().map(|name| Value::String(Text::Shared(name.clone()))).collect(),
                ),
            }
        } else {
            is_function = true;
            let name =
                builtin_name(&with.target).ok_or_else(|| internal(at, "a target of `with` is no name"))?;
            ReplacementTarget::Builtin(Name::from(name))
        };
        if !is_function && self.function_value(&with.value).is_some() {
            let message = "`with` puts a function in the place of a document";
            return Err(
                Fault::new(at, RegoErrorKind::Refused, message).hint("functions can replace functions only")
            );
        }
        let value = if is_function { self.function_value(&with.value) } else { None };
        let value = match value {
            Some(value) => value,
            None => ReplacementValue::Operand(self.operand(&with.value, steps)?),
        };
        Ok(Replacement { target, value })
    }

    fn is_function_at(&self, group: u32, path: &[Term]) -> bool {
        self.setting.families.family(group).is_some_and(|family| {
            matches!(family.kind, GroupKind::Function(_)) && family.path.len() == path.len()
        })
    }

    /// The function that a term names, if it does.
    fn function_value(&self, term: &Term) -> Option<ReplacementValue> {
        if let Some(path) = below_data(term) {
            return match self.setting.families.touched(path).as_slice() {
                [group] if self.is_function_at(*group, path) => Some(ReplacementValue::Function(*group)),
                _ => None,
            };
        }
        if !matches!(term.kind, TermKind::Ref(_) | TermKind::Var(_)) || self.is_bound(term) {
            return None;
        }
        let signature = builtins::signature::find(&builtin_name(term)?)?;
        Some(ReplacementValue::Builtin(signature.name, builtins::find(signature.name)?))
    }

    // Terms.

    /// Whether the term is a variable that has a value.
    fn is_bound(&self, term: &Term) -> bool {
        variable(term).is_some_and(|name| self.bound.contains(name))
    }

    fn register(&mut self, name: &str) -> Reg {
        if let Some(register) = self.registers.get(name) {
            return *register;
        }
        let register = self.fresh();
        self.registers.insert(Name::from(name), register);
        register
    }

    fn fresh(&mut self) -> Reg {
        let register = self.count;
        self.count = self.count.saturating_add(1);
        register
    }

    fn bind(&mut self, name: &str) -> Pattern {
        self.bound.insert(Name::from(name));
        Pattern::Bind(self.register(name))
    }

    /// Whether every variable in the term has a value.
    fn is_ground(&self, term: &Term) -> bool {
        match &term.kind {
            TermKind::Var(name) => self.bound.contains(name) || matches!(&**name, "data" | "input"),
            TermKind::Array(items) | TermKind::Set(items) => items.iter().all(|item| self.is_ground(item)),
            TermKind::Ref(items) => items.iter().all(|item| self.is_ground(item)),
            TermKind::Object(entries) => {
                entries.iter().all(|(key, value)| self.is_ground(key) && self.is_ground(value))
            }
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => true,
        }
    }

    /// The value of a term; what has to be done for it first is put into `steps`.
    fn operand(&mut self, term: &Term, steps: &mut Steps) -> Lowered<Operand> {
        if let Some(value) = constant(term) {
            return Ok(Operand::Const(value));
        }
        Ok(match &term.kind {
            TermKind::Var(name) if matches!(&**name, "data" | "input") => self.hoist(term, steps)?,
            TermKind::Var(name) => {
                if !self.bound.contains(name) {
                    return Err(internal(term.at, format!("the variable `{name}` has no value here")));
                }
                Operand::Reg(self.register(name))
            }
            TermKind::Array(items) => Operand::Array(self.operands(items, steps)?),
            TermKind::Set(items) => Operand::Set(self.operands(items, steps)?),
            TermKind::Object(entries) => {
                let mut operands = Vec::new();
                for (key, value) in entries {
                    operands.push((self.operand(key, steps)?, self.operand(value, steps)?));
                }
                Operand::Object(operands)
            }
            TermKind::Ref(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_) => self.hoist(term, steps)?,
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Template(_) => return Err(internal(term.at, "a term was left by the compiler")),
        })
    }

    fn operands(&mut self, terms: &[Term], steps: &mut Steps) -> Lowered<Vec<Operand>> {
        terms.iter().map(|term| self.operand(term, steps)).collect()
    }

    /// Computes a term into a register.
    fn hoist(&mut self, term: &Term, steps: &mut Steps) -> Lowered<Operand> {
        let register = self.fresh();
        self.compute(term.at, term, Pattern::Bind(register), steps)?;
        Ok(Operand::Reg(register))
    }

    /// Computes a reference, comprehension or call, and matches its value.
    fn compute(&mut self, at: Loc, term: &Term, end: Pattern, steps: &mut Steps) -> Lowered<()> {
        match &term.kind {
            TermKind::ArrayCompr(item, body) => self.comprehension(at, body, end, steps, |frame, steps| {
                Ok(ComprehensionKind::Array(frame.operand(item, steps)?))
            }),
            TermKind::SetCompr(item, body) => self.comprehension(at, body, end, steps, |frame, steps| {
                Ok(ComprehensionKind::Set(frame.operand(item, steps)?))
            }),
            TermKind::ObjectCompr(key, value, body) => {
                self.comprehension(at, body, end, steps, |frame, steps| {
                    Ok(ComprehensionKind::Object(frame.operand(key, steps)?, frame.operand(value, steps)?))
                })
            }
            TermKind::Call(call) => {
                let name = builtin_name(&call.operator);
                let (target, _) = self.target(at, &call.operator, name)?;
                let args = self.operands(&call.args, steps)?;
                let target = compiled(at, target, &args)?;
                steps.push(Step { at, kind: StepKind::Call(Call { target, args, result: end }) });
                Ok(())
            }
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Ref(_)
            | TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::Template(_) => self.walk(at, term, end, steps),
        }
    }

    fn comprehension(
        &mut self,
        at: Loc,
        body: &Body,
        result: Pattern,
        steps: &mut Steps,
        head: impl FnOnce(&mut Self, &mut Steps) -> Lowered<ComprehensionKind>,
    ) -> Lowered<()> {
        let bound = self.bound.clone();
        let mut inner = Steps::new();
        self.body(body, &mut inner)?;
        let kind = head(self, &mut inner)?;
        self.bound = bound;
        let comprehension = Box::new(Comprehension { kind, against: None, steps: inner, result });
        steps.push(Step { at, kind: StepKind::Comprehend(comprehension) });
        Ok(())
    }

    /// What a value must look like; variables without a value get theirs.
    fn pattern(&mut self, term: &Term, steps: &mut Steps) -> Lowered<Pattern> {
        if self.is_ground(term) {
            return Ok(Pattern::Equal(self.operand(term, steps)?));
        }
        Ok(match &term.kind {
            TermKind::Var(name) if name.starts_with('$') => Pattern::Any,
            TermKind::Var(name) => self.bind(name),
            TermKind::Array(items) => {
                Pattern::Array(items.iter().map(|item| self.pattern(item, steps)).collect::<Lowered<_>>()?)
            }
            TermKind::Object(entries) => {
                let mut patterns = Vec::new();
                for (key, value) in entries {
                    patterns.push((self.operand(key, steps)?, self.pattern(value, steps)?));
                }
                Pattern::Object(patterns)
            }
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Ref(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => {
                return Err(Fault::new(
                    term.at,
                    RegoErrorKind::Refused,
                    "a variable without a value stands where it cannot be given one",
                )
                .hint("compare with `==`, or give it its value first"));
            }
        })
    }

    // Unification.

    fn unify(&mut self, at: Loc, a: &Term, b: &Term, steps: &mut Steps) -> Lowered<()> {
        let computed = |term: &Term| {
            matches!(
                term.kind,
                TermKind::Ref(_)
                    | TermKind::ArrayCompr(..)
                    | TermKind::SetCompr(..)
                    | TermKind::ObjectCompr(..)
                    | TermKind::Call(_)
            ) || matches!(variable(term), Some("data" | "input"))
        };
        match (computed(a), computed(b)) {
            (true, true) => {
                // OPA evaluates references before comprehensions.
                let (first, second) =
                    if is_comprehension(a) && !is_comprehension(b) { (b, a) } else { (a, b) };
                let register = self.fresh();
                self.compute(at, first, Pattern::Bind(register), steps)?;
                // What is in the data document OPA looks at only when the other side has been evaluated.
                let is_data = matches!(
                    steps.last(),
                    Some(Step { kind: StepKind::Walk(Walk { root: Root::Data(..), .. }), .. })
                );
                self.compute(at, second, Pattern::Equal(Operand::Reg(register)), steps)?;
                if !is_data {
                    compare(steps);
                }
                Ok(())
            }
            (true, false) => self.compute_into(at, a, b, steps),
            (false, true) => {
                self.compute_into(at, b, a, steps)?;
                compare(steps);
                Ok(())
            }
            (false, false) => self.unify_terms(at, a, b, steps),
        }
    }

    /// The pattern's variables get their values after the reference's own: `x = input[x]` reads by a bound `x`.
    fn compute_into(&mut self, at: Loc, source: &Term, pattern: &Term, steps: &mut Steps) -> Lowered<()> {
        if self.is_ground(pattern) {
            let operand = self.operand(pattern, steps)?;
            return self.compute(at, source, Pattern::Equal(operand), steps);
        }
        let register = self.fresh();
        self.compute(at, source, Pattern::Bind(register), steps)?;
        let pattern = self.pattern(pattern, steps)?;
        // The value goes where it belongs at once, if nothing has to be done in between.
        if let Some(Step { kind, .. }) = steps.last_mut()
            && let Some(end) = end_of(kind)
            && matches!(end, Pattern::Bind(last) if *last == register)
        {
            *end = pattern;
            return Ok(());
        }
        steps.push(Step { at, kind: StepKind::Match(Operand::Reg(register), pattern) });
        Ok(())
    }

    /// Two terms that are not computed. Pairs of which neither side has all its values wait for those that bind them.
    fn unify_terms(&mut self, at: Loc, a: &Term, b: &Term, steps: &mut Steps) -> Lowered<()> {
        let mut open = vec![(a, b)];
        while !open.is_empty() {
            let mut waiting = Vec::new();
            let count = open.len();
            for (a, b) in open {
                match (self.is_ground(a), self.is_ground(b)) {
                    (true, _) => {
                        let operand = self.operand(a, steps)?;
                        let pattern = self.pattern(b, steps)?;
                        steps.push(Step { at, kind: StepKind::Match(operand, pattern) });
                    }
                    (false, true) => {
                        let operand = self.operand(b, steps)?;
                        let pattern = self.pattern(a, steps)?;
                        steps.push(Step { at, kind: StepKind::Match(operand, pattern) });
                    }
                    (false, false) => match (&a.kind, &b.kind) {
                        (TermKind::Array(a), TermKind::Array(b)) if a.len() == b.len() => {
                            waiting.extend(a.iter().zip(b));
                        }
                        (TermKind::Object(a), TermKind::Object(b)) if a.len() == b.len() => {
                            for (key, value) in a {
                                let constant = constant(key).ok_or_else(|| computed_key(key.at))?;
                                let same = |(other, _): &&(Term, Term)| {
                                    super::terms::constant(other).is_some_and(|other| other == constant)
                                };
                                match b.iter().find(same) {
                                    Some((_, other)) => waiting.push((value, other)),
                                    None => steps.push(never(at)),
                                }
                            }
                        }
                        (TermKind::Var(a), TermKind::Var(b)) if a == b => {}
                        (TermKind::Var(name), _) | (_, TermKind::Var(name)) if name.starts_with('$') => {}
                        (TermKind::Var(_), _) | (_, TermKind::Var(_)) => waiting.push((a, b)),
                        _ => steps.push(never(at)),
                    },
                }
            }
            let is_stuck = waiting.len() >= count
                && waiting.iter().all(|(a, b)| {
                    (variable(a).is_some() || variable(b).is_some())
                        && !self.is_ground(a)
                        && !self.is_ground(b)
                });
            if is_stuck {
                return Err(Fault::new(
                    at,
                    RegoErrorKind::Refused,
                    "two variables without a value are made equal",
                )
                .hint("give one of them its value first"));
            }
            open = waiting;
        }
        Ok(())
    }

    // References.

    fn walk(&mut self, at: Loc, term: &Term, end: Pattern, steps: &mut Steps) -> Lowered<()> {
        let all = parts(term);
        let (root, used) = self.root(all, steps)?;
        let mut path = Vec::new();
        for part in all.iter().skip(used) {
            path.push(if self.is_ground(part) {
                Hop::Key(self.operand(part, steps)?)
            } else {
                Hop::Each(self.pattern(part, steps)?)
            });
        }
        if let (Root::Slot(slot), Some(full)) = (&root, below_input(term)) {
            // What the slot already covers is not walked again.
            let _ = (slot, full);
        }
        steps.push(Step { at, kind: StepKind::Walk(Walk { root, path, end, search: None }) });
        Ok(())
    }

    /// Where the reference starts, and how many of its parts that takes.
    fn root(&mut self, all: &[Term], steps: &mut Steps) -> Lowered<(Root, usize)> {
        let Some((head, rest)) = all.split_first() else {
            return Ok((Root::Operand(Operand::Const(Value::Null)), 0));
        };
        match variable(head) {
            Some("input") => {
                let known = |path: &Vec<Name>| {
                    path.len() <= rest.len()
                        && path.iter().zip(rest).all(|(name, part)| text(part) == Some(name))
                };
                let at = self.setting.slots.iter().position(known);
                let (Some(at), Some(path)) = (at, at.and_then(|at| self.setting.slots.get(at))) else {
                    return Err(internal(head.at, "a part of the input was not seen"));
                };
                let slot =
                    u32::try_from(at).map_err(|_| internal(head.at, "too much of the input is read"))?;
                Ok((Root::Slot(slot), path.len().saturating_add(1)))
            }
            Some("data") => Ok(self.data_root(rest)),
            _ => Ok((Root::Operand(self.operand(head, steps)?), 1)),
        }
    }

    fn data_root(&self, rest: &[Term]) -> (Root, usize) {
        let mut node = Some(&self.setting.families.tree);
        let mut path = Vec::new();
        let mut used = 1_usize;
        for part in rest {
            if let Some(group) = node.and_then(|node| node.group) {
                return (Root::Group(group), used);
            }
            let Some(key) = constant(part) else { break };
            node = node.and_then(|node| node.child(&key));
            path.push(key);
            used = used.saturating_add(1);
        }
        if let Some(node) = node {
            return match node.group {
                Some(group) => (Root::Group(group), used),
                None => (Root::Tree(path), used),
            };
        }
        let mut value = Some(self.setting.data.clone());
        for key in &path {
            value = value.and_then(|value| value.stored(key));
        }
        (Root::Data(path, value), used)
    }
}

/// The target with its constant pattern compiled, if it has one.
///
/// # Errors
/// If OPA takes the pattern and this engine would not.
fn compiled(at: Loc, target: Target, args: &[Operand]) -> Lowered<Target> {
    let Target::Builtin(name, run) = target else { return Ok(target) };
    if let Some(why) = refusal(name, args) {
        return Err(Fault::new(at, RegoErrorKind::Refused, why).hint("write a smaller one, or several"));
    }
    Ok(match matcher(name, args) {
        Some(matcher) => Target::Pattern(name, run, Box::new(matcher)),
        None => Target::Builtin(name, run),
    })
}

fn is_comprehension(term: &Term) -> bool {
    matches!(term.kind, TermKind::ArrayCompr(..) | TermKind::SetCompr(..) | TermKind::ObjectCompr(..))
}

/// A comprehension that was lowered last is evaluated only if what it is compared with may be equal to it.
fn compare(steps: &mut Steps) {
    if let Some(Step { kind: StepKind::Comprehend(comprehension), .. }) = steps.last_mut()
        && let Pattern::Equal(operand) = &comprehension.result
    {
        comprehension.against = Some(operand.clone());
    }
}

/// Whether the term has only constants and variables in it.
fn is_plain(term: &Term) -> bool {
    match &term.kind {
        TermKind::Array(items) => items.iter().all(is_plain),
        TermKind::Object(entries) => {
            entries.iter().all(|(key, value)| constant(key).is_some() && is_plain(value))
        }
        TermKind::Var(_) => true,
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Ref(_)
        | TermKind::Set(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => constant(term).is_some(),
    }
}

fn end_of(kind: &mut StepKind) -> Option<&mut Pattern> {
    match kind {
        StepKind::Walk(walk) => Some(&mut walk.end),
        StepKind::Call(call) => Some(&mut call.result),
        StepKind::Comprehend(comprehension) => Some(&mut comprehension.result),
        StepKind::Holds(_)
        | StepKind::Match(..)
        | StepKind::Not(..)
        | StepKind::Every { .. }
        | StepKind::Relate { .. }
        | StepKind::With(..)
        | StepKind::Print(_) => None,
    }
}

fn never(at: Loc) -> Step {
    Step { at, kind: StepKind::Holds(Operand::Const(Value::Bool(false))) }
}

fn computed_key(at: Loc) -> Fault {
    Fault::new(at, RegoErrorKind::Refused, "objects with computed keys are matched against each other")
        .hint("give one of them a name first")
}

fn internal(at: Loc, message: impl Into<String>) -> Fault {
    Fault::new(at, RegoErrorKind::Refused, message)
}
