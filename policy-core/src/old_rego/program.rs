//! A policy as the checks see it: modules with their packages and imports, and every rule by its path.

use std::collections::BTreeMap;

use regorus::unstable::{Expr, Module, Ref, Rule, RuleHead, Span};

use super::error::{RegoError, RegoErrorKind};

/// A path below `data`, as segments.
pub(super) type Path = Vec<String>;

/// All modules of a policy, parsed, with the rules indexed by path, and the data document.
pub(super) struct Program {
    pub(super) modules: Vec<ModuleView>,
    pub(super) rules: BTreeMap<Path, RuleView>,
    pub(super) data: serde_json::Value,
}

/// One module.
pub(super) struct ModuleView {
    pub(super) node: Ref<Module>,
    pub(super) package: Path,
    /// What each alias stands for; the first segment is `data` or `input`.
    pub(super) imports: BTreeMap<String, Path>,
}

/// The definitions that share one path.
pub(super) struct RuleView {
    pub(super) kind: RuleKind,
    pub(super) definitions: Vec<Definition>,
    pub(super) has_default: bool,
}

/// What a rule produces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleKind {
    Complete,
    Set,
    Object,
    Function { arity: usize },
}

/// One definition of a rule.
pub(super) struct Definition {
    pub(super) module: usize,
    pub(super) rule: Ref<Rule>,
}

/// What the root of a reference means in a module, local variables aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Global {
    /// `input`, or an import of a part of it: the steps below `input`.
    Input(Path),
    /// `data`, a rule of this package, or an import: the steps below `data`.
    Data(Path),
}

impl Program {
    pub(super) fn new(modules: &[Ref<Module>], data: serde_json::Value) -> Result<Self, Vec<RegoError>> {
        let mut errors = Vec::new();
        let mut views = Vec::new();
        for node in modules {
            match ModuleView::new(node) {
                Ok(view) => views.push(view),
                Err(error) => errors.push(error),
            }
        }
        let mut rules: BTreeMap<Path, RuleView> = BTreeMap::new();
        for (module, view) in views.iter().enumerate() {
            for rule in &view.node.policy {
                if let Err(error) = index_rule(&mut rules, module, &view.package, rule) {
                    errors.push(error);
                }
            }
        }
        if errors.is_empty() { Ok(Self { modules: views, rules, data }) } else { Err(errors) }
    }

    /// The module with an index that came from this program.
    pub(super) fn module(&self, index: usize) -> Option<&ModuleView> {
        self.modules.get(index)
    }

    /// What a name means at the top of a module; `None` if it can only be a local variable.
    pub(super) fn global(&self, module: usize, name: &str) -> Option<Global> {
        let view = self.module(module)?;
        match name {
            "input" => return Some(Global::Input(Path::new())),
            "data" => return Some(Global::Data(Path::new())),
            _ => {}
        }
        let mut path = view.package.clone();
        path.push(name.to_owned());
        if self.any_rule_under(&path) {
            return Some(Global::Data(path));
        }
        let (root, rest) = view.imports.get(name)?.split_first()?;
        Some(if root == "input" { Global::Input(rest.to_vec()) } else { Global::Data(rest.to_vec()) })
    }

    /// The rules at a path or below it.
    pub(super) fn rules_under<'a>(
        &'a self,
        path: &'a [String],
    ) -> impl Iterator<Item = (&'a Path, &'a RuleView)> + 'a {
        self.rules.range(path.to_vec()..).take_while(move |(rule, _)| rule.starts_with(path))
    }

    /// The rules at a path, below it, or on the way to it.
    pub(super) fn rules_touching<'a>(
        &'a self,
        path: &'a [String],
    ) -> impl Iterator<Item = (&'a Path, &'a RuleView)> + 'a {
        let above = (0..path.len()).filter_map(|n| self.rules.get_key_value(path.get(..n)?));
        above.chain(self.rules_under(path))
    }

    fn any_rule_under(&self, path: &[String]) -> bool {
        self.rules_under(path).next().is_some()
    }

    /// The value in the data document at a path, where no rule has a say.
    pub(super) fn data_at(&self, path: &[String]) -> Option<&serde_json::Value> {
        if self.rules_touching(path).next().is_some() {
            return None;
        }
        path.iter().try_fold(&self.data, |value, step| value.as_object()?.get(step))
    }

    /// The path of the function that a call names, and its arity; `None` for a built-in or an unknown name.
    pub(super) fn function(&self, module: usize, call: &[String]) -> Option<(Path, usize)> {
        let (root, rest) = call.split_first()?;
        let Some(Global::Data(mut path)) = self.global(module, root) else { return None };
        path.extend(rest.iter().cloned());
        match self.rules.get(&path)?.kind {
            RuleKind::Function { arity } => Some((path, arity)),
            RuleKind::Complete | RuleKind::Set | RuleKind::Object => None,
        }
    }
}

impl ModuleView {
    fn new(node: &Ref<Module>) -> Result<Self, RegoError> {
        let package = constant_path(&node.package.refr).ok_or_else(|| {
            RegoError::at(
                &node.package.span,
                RegoErrorKind::Parse,
                "the package path has a part that is no name",
                "use names separated by dots",
            )
        })?;
        if node.target.is_some() {
            return Err(RegoError::at(
                &node.package.span,
                RegoErrorKind::Refused,
                "`__target__` has no meaning here",
                "remove it",
            ));
        }
        let mut imports = BTreeMap::new();
        for import in &node.imports {
            let refused = |message: &str, hint: &str| {
                Err(RegoError::at(&import.span, RegoErrorKind::Compile, message, hint))
            };
            let Some(path) = constant_path(&import.refr) else {
                return refused("the import path has a part that is no name", "use names separated by dots");
            };
            if !matches!(path.first().map(String::as_str), Some("data" | "input")) {
                continue;
            }
            let alias =
                import.r#as.as_ref().map(|span| span.text().to_owned()).or_else(|| path.last().cloned());
            let Some(alias) = alias else { continue };
            if alias != "input" && alias != "data" && imports.insert(alias, path).is_some() {
                return refused("two imports have the same name", "give one of them another name with `as`");
            }
        }
        Ok(Self { node: node.clone(), package, imports })
    }
}

fn index_rule(
    rules: &mut BTreeMap<Path, RuleView>,
    module: usize,
    package: &[String],
    rule: &Ref<Rule>,
) -> Result<(), RegoError> {
    let (refr, kind, is_default) = match rule.as_ref() {
        Rule::Spec { head: RuleHead::Compr { refr, .. }, .. } => {
            let kind = if head_path(refr).1 { RuleKind::Object } else { RuleKind::Complete };
            (refr, kind, false)
        }
        Rule::Spec { head: RuleHead::Set { refr, .. }, .. } => (refr, RuleKind::Set, false),
        Rule::Spec { head: RuleHead::Func { refr, args, .. }, .. } => {
            (refr, RuleKind::Function { arity: args.len() }, false)
        }
        Rule::Default { refr, args, .. } if args.is_empty() => (refr, RuleKind::Complete, true),
        Rule::Default { refr, args, .. } => (refr, RuleKind::Function { arity: args.len() }, true),
    };
    let (steps, _) = head_path(refr);
    if steps.is_empty() {
        return Err(RegoError::at(rule.span(), RegoErrorKind::Parse, "the rule has no name", ""));
    }
    if let Some(name @ ("input" | "data")) = steps.first().map(String::as_str) {
        return Err(RegoError::at(
            rule.span(),
            RegoErrorKind::Compile,
            format!("rules must not shadow {name}"),
            "use another name",
        ));
    }
    let mut path = package.to_vec();
    path.extend(steps);
    let view =
        rules.entry(path).or_insert_with(|| RuleView { kind, definitions: Vec::new(), has_default: false });
    let at = |kind, message: &str, hint: &str| Err(RegoError::at(rule.span(), kind, message, hint));
    if view.kind != kind {
        return at(
            RegoErrorKind::Type,
            "conflicting rules: another rule of the same name is of another kind or takes another number of arguments",
            "give one of them another name",
        );
    }
    if is_default {
        if view.has_default {
            return at(RegoErrorKind::Type, "multiple default rules of the same name", "keep one of them");
        }
        view.has_default = true;
    }
    view.definitions.push(Definition { module, rule: rule.clone() });
    Ok(())
}

/// The constant steps of a rule's head, from its name on, and whether more steps follow that are not constant.
pub(super) fn head_path(refr: &Ref<Expr>) -> (Path, bool) {
    let reference = Reference::of(refr);
    let mut path = Path::new();
    let Expr::Var { span, .. } = reference.base.as_ref() else { return (path, false) };
    path.push(span.text().to_owned());
    for step in &reference.steps {
        match step.name() {
            Some(name) => path.push(name),
            None => return (path, true),
        }
    }
    (path, false)
}

/// The steps of a reference without variables: `a.b["c"]` is `a`, `b`, `c`.
pub(super) fn constant_path(refr: &Ref<Expr>) -> Option<Path> {
    match head_path(refr) {
        (path, false) if !path.is_empty() => Some(path),
        _ => None,
    }
}

/// A reference taken apart: what it starts from, and the steps from there.
pub(super) struct Reference<'a> {
    pub(super) base: &'a Ref<Expr>,
    pub(super) steps: Vec<Step<'a>>,
}

/// One step of a reference.
pub(super) enum Step<'a> {
    Field(&'a Span),
    Index(&'a Ref<Expr>),
}

impl<'a> Reference<'a> {
    /// Takes an expression apart; one that is no reference is its own base. A loop, because references are long.
    pub(super) fn of(mut expr: &'a Ref<Expr>) -> Self {
        let mut steps = Vec::new();
        loop {
            match expr.as_ref() {
                Expr::RefDot { refr, field, .. } => {
                    steps.push(Step::Field(&field.0));
                    expr = refr;
                }
                Expr::RefBrack { refr, index, .. } => {
                    steps.push(Step::Index(index));
                    expr = refr;
                }
                Expr::String { .. }
                | Expr::RawString { .. }
                | Expr::Number { .. }
                | Expr::Bool { .. }
                | Expr::Null { .. }
                | Expr::Var { .. }
                | Expr::Array { .. }
                | Expr::Set { .. }
                | Expr::Object { .. }
                | Expr::ArrayCompr { .. }
                | Expr::SetCompr { .. }
                | Expr::ObjectCompr { .. }
                | Expr::Call { .. }
                | Expr::UnaryExpr { .. }
                | Expr::BinExpr { .. }
                | Expr::BoolExpr { .. }
                | Expr::ArithExpr { .. }
                | Expr::AssignExpr { .. }
                | Expr::Membership { .. } => {
                    steps.reverse();
                    return Self { base: expr, steps };
                }
            }
        }
    }

    /// The name of the variable that the reference starts from.
    pub(super) fn root(&self) -> Option<&'a str> {
        match self.base.as_ref() {
            Expr::Var { span, .. } => Some(span.text()),
            _ => None,
        }
    }

    /// The leading steps that are constant names, and whether that is all of them.
    pub(super) fn constant_steps(&self) -> (Path, bool) {
        let names: Path = self.steps.iter().map_while(Step::name).collect();
        let all = names.len() == self.steps.len();
        (names, all)
    }
}

impl Step<'_> {
    /// The name, if the step is a constant one.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Field(span) => Some(span.text().to_owned()),
            Self::Index(index) => match index.as_ref() {
                Expr::String { value, .. } | Expr::RawString { value, .. } => {
                    value.as_string().ok().map(|text| text.to_string())
                }
                _ => None,
            },
        }
    }
}

/// Whether a name is the wildcard.
pub(super) fn is_wildcard(name: &str) -> bool {
    name == "_"
}
