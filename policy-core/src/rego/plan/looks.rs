//! What a definition looks at, as OPA's index sees it: parts of the input and the data, arguments, and what they must be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::groups::Families;
use super::terms::{below_data, below_input, builtin_name, constant, parts, text, variable};
use crate::rego::syntax::{Call, Expr, ExprKind, Loc, Name, Rule, Term, TermKind};
use crate::rego::value::Value;

/// Where arguments stand among parts: they have no place of their own, and come last.
const NOWHERE: Loc = Loc { file: u32::MAX, line: 0, column: 0 };

/// A part of the input or of the data, or an argument.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Arg(usize),
    Input(Vec<Value<'static>>),
    Data(Vec<Value<'static>>),
}

/// A part, where the first look at it stands, and how many there are.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) part: Part,
    pub(super) at: Loc,
    pub(super) count: usize,
}

/// The parts that the definitions of a document look at.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) all: Vec<Known>,
    places: BTreeMap<String, Vec<usize>>,
}

impl Parts {
    fn note(&mut self, part: Part, at: Loc) -> usize {
        let near = self.places.entry(name(&part)).or_default();
        let known = near.iter().copied().find(|at| self.all.get(*at).is_some_and(|known| known.part == part));
        if let Some(index) = known {
            if let Some(known) = self.all.get_mut(index) {
                known.count = known.count.saturating_add(1);
            }
            return index;
        }
        let index = self.all.len();
        near.push(index);
        self.all.push(Known { part, at, count: 1 });
        index
    }
}

/// A text that equal parts share.
fn name(part: &Part) -> String {
    match part {
        Part::Arg(index) => index.to_string(),
        Part::Input(keys) | Part::Data(keys) => {
            keys.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("/")
        }
    }
}

/// What a part must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// There: a variable is to have its value.
    Any(Name),
    /// There: it is compared with something that the index cannot tell apart.
    Open(Value<'static>),
    /// A scalar.
    Is(Value<'static>),
    /// An array of these.
    Items(Vec<Item>),
    /// Text that comes apart at these characters as a pattern does.
    Split(Vec<Item>, String),
}

/// An item of an array.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    Any(Name),
    Open(Value<'static>),
    Is(Value<'static>),
}

impl Look {
    /// Whether it names a variable.
    pub(super) fn is_variable(&self) -> bool {
        matches!(self, Self::Any(_))
    }

    /// The look as far as it is told from others.
    fn same(&self) -> Self {
        match self {
            Self::Split(items, _) => Self::Items(items.clone()),
            Self::Any(_) | Self::Open(_) | Self::Is(_) | Self::Items(_) => self.clone(),
        }
    }
}

/// Everything that one definition looks at: the places of parts in [`Parts::all`], and what each must be.
pub(super) fn of(families: &Families<'_>, rule: &Rule, known: &mut Parts) -> Vec<(usize, Look)> {
    if rule.body.iter().any(prints) {
        return Vec::new();
    }
    let mut finder = Finder {
        families,
        rule,
        known,
        looks: Vec::new(),
        positions: HashMap::new(),
        variables: BTreeMap::new(),
        constants: BTreeMap::new(),
        places: Vec::new(),
        is_generated: false,
    };
    for expr in rule.body.iter().filter(|expr| !expr.is_negated && expr.with.is_empty()) {
        finder.expr(expr);
    }
    finder.looks
}

/// Whether the expression prints, or something in it does.
fn prints(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => builtin_name(&call.operator).as_deref() == Some("internal.print"),
        ExprKind::Every(every) => every.body.iter().any(prints),
        ExprKind::Term(_) | ExprKind::Some(_) => false,
    }
}

struct Finder<'a, 'k> {
    families: &'a Families<'a>,
    rule: &'a Rule,
    known: &'k mut Parts,
    looks: Vec<(usize, Look)>,
    /// Where each look at a part is in `looks`, and where those are that name a variable.
    positions: HashMap<(usize, Look), usize>,
    variables: BTreeMap<usize, BTreeSet<usize>>,
    /// Variables that are a constant.
    constants: BTreeMap<&'a str, Value<'static>>,
    /// Where the looks of generated expressions stand.
    places: Vec<Loc>,
    is_generated: bool,
}

impl<'a> Finder<'a, '_> {
    fn expr(&mut self, expr: &'a Expr) {
        self.is_generated = expr.is_generated;
        match &expr.kind {
            ExprKind::Term(term) if matches!(term.kind, TermKind::Ref(_)) || is_root(term) => {
                if let Some(part) = self.part(parts(term)) {
                    self.add(part, term, Look::Any(Name::from("")));
                }
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::Term(_) | ExprKind::Some(_) | ExprKind::Every(_) => {}
        }
    }

    fn call(&mut self, call: &'a Call) {
        let name = builtin_name(&call.operator).unwrap_or_default();
        match (name.as_str(), call.args.as_slice()) {
            ("eq" | "equal", [a, b]) => {
                let _ = self.element(a, b) || self.element(b, a) || self.equal(a, b) || self.equal(b, a);
            }
            ("internal.member_2", [item, collection]) => self.member(item, collection),
            ("glob.match", [pattern, delimiters, matched]) => {
                self.glob(pattern, delimiters, matched);
            }
            _ => {}
        }
    }

    /// `input.xs[_] == 1` is a look at `input.xs`.
    fn element(&mut self, reference: &'a Term, value: &'a Term) -> bool {
        let TermKind::Ref(all) = &reference.kind else { return false };
        let Some((last, above)) = all.split_last() else { return false };
        if constant(last).is_some() {
            return false;
        }
        let Some(part) = self.part(above) else { return false };
        let value = match variable(value) {
            Some(name) => self.constants.get(name).cloned(),
            None => constant(value),
        };
        match value {
            Some(value) if is_scalar(&value) => {
                self.add(part, reference, Look::Is(value));
                true
            }
            _ => false,
        }
    }

    fn equal(&mut self, one: &'a Term, other: &'a Term) -> bool {
        if let Some(name) = variable(one).filter(|_| !is_root(one)) {
            let value = constant(other);
            if let Some(value) = &value {
                self.constants.insert(name, value.clone());
            }
            let Some(look) = look(other) else { return false };
            let Some((part, at)) = self.part_of(name) else { return false };
            self.put(part, at, look);
            return true;
        }
        if !matches!(one.kind, TermKind::Ref(_)) && !is_root(one) {
            return false;
        }
        let Some(part) = self.part(parts(one)) else { return false };
        let known = variable(other).and_then(|name| self.constants.get(name)).map(fixed);
        let Some(look) = known.or_else(|| look(other)) else { return false };
        self.add(part, one, look);
        true
    }

    fn member(&mut self, item: &'a Term, collection: &'a Term) {
        if let Some((part, at)) = variable(item).and_then(|name| self.part_of(name)) {
            for look in self.members(collection) {
                self.put(part.clone(), at, look);
            }
            return;
        }
        let look = match variable(item) {
            Some(name) => self.constants.get(name).map_or_else(|| Look::Any(Name::from(name)), fixed),
            None => match constant(item) {
                Some(value) if is_scalar(&value) => Look::Is(value),
                _ => return,
            },
        };
        if let Some((part, at)) = variable(collection).and_then(|name| self.part_of(name)) {
            if !matches!(part, Part::Arg(_)) {
                self.put(part, at, look);
            }
        } else if let Some(part) = self.part(parts(collection)) {
            self.add(part, collection, look);
        }
    }

    fn members(&self, collection: &Term) -> Vec<Look> {
        let term = |term: &Term| match constant(term) {
            Some(value) => fixed(&value),
            None => look(term).unwrap_or(Look::Open(Value::Null)),
        };
        match &collection.kind {
            TermKind::Var(name) => match self.constants.get(&**name) {
                Some(Value::Array(items)) => items.items().iter().map(fixed).collect(),
                Some(Value::Set(items)) => items.items().iter().map(fixed).collect(),
                Some(Value::Object(object)) => {
                    object.entries().iter().map(|(_, value)| fixed(value)).collect()
                }
                Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => Vec::new(),
            },
            TermKind::Array(items) | TermKind::Set(items) => items.iter().map(term).collect(),
            TermKind::Object(entries) => entries.iter().map(|(_, value)| term(value)).collect(),
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Ref(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => Vec::new(),
        }
    }

    fn glob(&mut self, pattern: &Term, delimiters: &Term, matched: &'a Term) -> Option<()> {
        let TermKind::Array(items) = &delimiters.kind else { return None };
        let mut delimiter = items.iter().map(text).collect::<Option<String>>()?;
        if items.is_empty() {
            delimiter.push('.');
        }
        let items = super::pieces::pattern(text(pattern)?, &delimiter)?;
        let (part, at) = self.part_of(variable(matched)?)?;
        self.put(part, at, Look::Split(items, delimiter));
        Some(())
    }

    /// The part that a variable stands for, or the argument.
    fn part_of(&self, name: &str) -> Option<(Part, Loc)> {
        let look = self.looks.iter().find(|(_, look)| matches!(look, Look::Any(known) if &**known == name));
        if let Some(known) = look.and_then(|(part, _)| self.known.all.get(*part)) {
            return Some((known.part.clone(), known.at));
        }
        let at = self.rule.head.args.iter().flatten().position(|arg| variable(arg) == Some(name))?;
        Some((Part::Arg(at), NOWHERE))
    }

    /// The part that a reference without variables names, where no rule is.
    fn part(&self, all: &[Term]) -> Option<Part> {
        let (head, below) = all.split_first()?;
        let keys = || below.iter().map(constant).collect::<Option<Vec<_>>>();
        match variable(head)? {
            "input" => Some(Part::Input(keys()?)),
            "data" => {
                let keys = keys()?;
                (!self.families.is_virtual(&keys)).then_some(Part::Data(keys))
            }
            _ => None,
        }
    }

    fn add(&mut self, part: Part, reference: &Term, look: Look) {
        // What `with` replaces is worked out for each part of its expression; for OPA that is one look.
        if self.is_generated && self.places.contains(&reference.at) {
            return;
        }
        self.places.push(reference.at);
        let at = parts(reference).first().map_or(reference.at, |head| head.at);
        self.put(part, at, look);
    }

    /// A look takes the place of the first that only gives a variable its value.
    fn put(&mut self, part: Part, at: Loc, look: Look) {
        let part = self.known.note(part, at);
        let known = self.positions.get(&(part, look.same())).copied();
        let variables = self.variables.entry(part).or_default();
        let variable = variables.first().copied().filter(|_| !look.is_variable());
        let position = match (known, variable) {
            (Some(known), Some(variable)) if variable < known => variable,
            (None, Some(variable)) => variable,
            (Some(_), _) => return,
            (None, None) => self.looks.len(),
        };
        self.positions.entry((part, look.same())).or_insert(position);
        match self.looks.get_mut(position) {
            Some(place) => {
                variables.remove(&position);
                let (_, before) = std::mem::replace(place, (part, look));
                self.positions.remove(&(part, before.same()));
            }
            None => {
                if look.is_variable() {
                    variables.insert(position);
                }
                self.looks.push((part, look));
            }
        }
    }
}

/// `input` and `data` themselves.
fn is_root(term: &Term) -> bool {
    below_input(term).or_else(|| below_data(term)).is_some_and(<[Term]>::is_empty)
}

fn is_scalar(value: &Value<'_>) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_) | Value::Set(_))
}

/// What a term that stands in an equation says: a scalar, a variable, or an array of them.
fn look(term: &Term) -> Option<Look> {
    Some(match &term.kind {
        TermKind::Var(name) if !is_root(term) => Look::Any(name.clone()),
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {
            Look::Is(constant(term)?)
        }
        TermKind::Array(items) => {
            let item = |item: &Term| match look(item)? {
                Look::Any(name) => Some(Item::Any(name)),
                Look::Is(value) => Some(Item::Is(value)),
                Look::Open(_) | Look::Items(_) | Look::Split(..) => None,
            };
            Look::Items(items.iter().map(item).collect::<Option<_>>()?)
        }
        TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::Object(_)
        | TermKind::Set(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => return None,
    })
}

/// What a constant says: sets and objects are not told apart.
fn fixed(value: &Value<'static>) -> Look {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Look::Is(value.clone()),
        Value::Array(items) => {
            let item = |item: &Value<'static>| match is_scalar(item) {
                true => Item::Is(item.clone()),
                false => Item::Open(item.clone()),
            };
            Look::Items(items.items().iter().map(item).collect())
        }
        Value::Object(_) | Value::Set(_) => Look::Open(value.clone()),
    }
}
