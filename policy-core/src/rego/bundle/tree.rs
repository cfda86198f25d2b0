//! The program: modules, rules, expressions and terms. Every field is named when it is taken apart, so that a new one
//! does not go missing.

use super::CompiledError;
use super::reader::Reader;
use super::writer::Writer;
use crate::rego::syntax::{
    Body, Call, Every, Expr, ExprKind, Head, Loc, Module, Package, Rule, SomeDecl, Term, TermKind, With,
};

type Written = Result<(), CompiledError>;
type Read<T> = Result<T, CompiledError>;

/// Branches of one `else` chain; the parser stops at 128.
const CHAIN: usize = 256;

/// What the compiler takes out of a program.
const LEFT_OVER: CompiledError = CompiledError::Malformed("it has an import or a template string");

/// What the stages of the compiler leave in every program, and what comes after them takes for granted.
pub(super) fn check(modules: &[Module]) -> Result<(), CompiledError> {
    let is_head = |rule: &Rule| {
        let first = rule.head.reference.first();
        rule.head.reference.len() > 1
            && first.is_some_and(|term| matches!(&term.kind, TermKind::Var(name) if &**name == "data"))
    };
    let all = modules.iter().flat_map(|module| &module.rules).all(|rule| {
        std::iter::successors(Some(rule), |rule| rule.otherwise.as_deref())
            .all(|rule| is_head(rule) && !rule.body.is_empty())
    });
    if all { Ok(()) } else { Err(CompiledError::Malformed("a rule has no name or no body")) }
}

impl Writer {
    pub(super) fn module(&mut self, module: &Module) -> Written {
        let Module { package: Package { at, path }, imports, rules, is_v1 } = module;
        if !imports.is_empty() {
            return Err(LEFT_OVER);
        }
        self.loc(*at);
        self.items(path, |writer, name| {
            writer.text(name);
            Ok(())
        })?;
        self.byte(u8::from(*is_v1));
        self.items(rules, Self::chain)
    }

    /// A rule with its `else` branches, in a row.
    fn chain(&mut self, rule: &Rule) -> Written {
        let branches: Vec<&Rule> =
            std::iter::successors(Some(rule), |rule| rule.otherwise.as_deref()).collect();
        if branches.len() > CHAIN {
            return Err(CompiledError::TooLarge("branches of `else`"));
        }
        self.items(&branches, |writer, rule| writer.rule(rule))
    }

    fn rule(&mut self, rule: &Rule) -> Written {
        let Rule { at, is_default, head, body, otherwise: _ } = rule;
        let Head { at: head_at, reference, args, key, value, is_assigned } = head;
        self.loc(*at);
        self.byte(u8::from(*is_default));
        self.loc(*head_at);
        self.items(reference, Self::term)?;
        self.option(args.as_ref(), |writer, args| writer.items(args, Self::term))?;
        self.option(key.as_ref(), Self::term)?;
        self.option(value.as_ref(), Self::term)?;
        self.byte(u8::from(*is_assigned));
        self.body(body)
    }

    fn body(&mut self, body: &Body) -> Written {
        self.items(body, Self::expr)
    }

    fn expr(&mut self, expr: &Expr) -> Written {
        let Expr { at, is_negated, kind, with, is_generated } = expr;
        self.loc(*at);
        self.byte(u8::from(*is_negated) | u8::from(*is_generated) << 1);
        self.deeper(|writer| match kind {
            ExprKind::Term(term) => writer.tagged(0, |writer| writer.term(term)),
            ExprKind::Call(call) => writer.tagged(1, |writer| writer.call(call)),
            ExprKind::Some(SomeDecl { at, symbols }) => writer.tagged(2, |writer| {
                writer.loc(*at);
                writer.items(symbols, Self::term)
            }),
            ExprKind::Every(every) => writer.tagged(3, |writer| {
                let Every { at, key, value, domain, body } = &**every;
                writer.loc(*at);
                writer.option(key.as_ref(), Self::term)?;
                writer.term(value)?;
                writer.term(domain)?;
                writer.body(body)
            }),
        })?;
        self.items(with, |writer, With { at, target, value }| {
            writer.loc(*at);
            writer.term(target)?;
            writer.term(value)
        })
    }

    fn call(&mut self, Call { operator, args }: &Call) -> Written {
        self.term(operator)?;
        self.items(args, Self::term)
    }

    fn tagged(&mut self, tag: u8, write: impl FnOnce(&mut Self) -> Written) -> Written {
        self.byte(tag);
        write(self)
    }

    fn term(&mut self, Term { at, kind }: &Term) -> Written {
        self.loc(*at);
        self.deeper(|writer| match kind {
            TermKind::Null => writer.tagged(0, |_| Ok(())),
            TermKind::Bool(false) => writer.tagged(1, |_| Ok(())),
            TermKind::Bool(true) => writer.tagged(2, |_| Ok(())),
            TermKind::Number(text) => writer.tagged_text(3, text),
            TermKind::String(text) => writer.tagged_text(4, text),
            TermKind::Var(text) => writer.tagged_text(5, text),
            TermKind::Ref(terms) => writer.tagged(6, |writer| writer.items(terms, Self::term)),
            TermKind::Array(terms) => writer.tagged(7, |writer| writer.items(terms, Self::term)),
            TermKind::Set(terms) => writer.tagged(8, |writer| writer.items(terms, Self::term)),
            TermKind::Object(entries) => writer.tagged(9, |writer| {
                writer.items(entries, |writer, (key, value)| {
                    writer.term(key)?;
                    writer.term(value)
                })
            }),
            TermKind::ArrayCompr(term, body) => writer.tagged(10, |writer| {
                writer.term(term)?;
                writer.body(body)
            }),
            TermKind::SetCompr(term, body) => writer.tagged(11, |writer| {
                writer.term(term)?;
                writer.body(body)
            }),
            TermKind::ObjectCompr(key, value, body) => writer.tagged(12, |writer| {
                writer.term(key)?;
                writer.term(value)?;
                writer.body(body)
            }),
            TermKind::Call(call) => writer.tagged(13, |writer| writer.call(call)),
            TermKind::Template(_) => Err(LEFT_OVER),
        })
    }

    fn tagged_text(&mut self, tag: u8, text: &str) -> Written {
        self.byte(tag);
        self.text(text);
        Ok(())
    }

    fn loc(&mut self, Loc { file, line, column }: Loc) {
        for part in [file, line, column] {
            self.number(u64::from(part));
        }
    }
}

impl Reader<'_> {
    pub(super) fn module(&mut self) -> Read<Module> {
        let at = self.loc()?;
        let path = self.items(Self::text)?;
        let is_v1 = self.flag()?;
        let rules = self.items(Self::chain)?;
        Ok(Module { package: Package { at, path }, imports: Vec::new(), rules, is_v1 })
    }

    fn chain(&mut self) -> Read<Rule> {
        let branches = self.items(Self::rule)?;
        if branches.len() > CHAIN {
            return Err(CompiledError::TooLarge("branches of `else`"));
        }
        let fold = |below: Option<Rule>, rule: Rule| Some(Rule { otherwise: below.map(Box::new), ..rule });
        branches.into_iter().rev().fold(None, fold).ok_or(CompiledError::Malformed("a rule has no branch"))
    }

    fn rule(&mut self) -> Read<Rule> {
        self.node()?;
        let at = self.loc()?;
        let is_default = self.flag()?;
        let head = Head {
            at: self.loc()?,
            reference: self.items(Self::term)?,
            args: self.option(|reader| reader.items(Self::term))?,
            key: self.option(Self::term)?,
            value: self.option(Self::term)?,
            is_assigned: self.flag()?,
        };
        Ok(Rule { at, is_default, head, body: self.body()?, otherwise: None })
    }

    fn body(&mut self) -> Read<Body> {
        self.items(Self::expr)
    }

    fn expr(&mut self) -> Read<Expr> {
        self.node()?;
        let at = self.loc()?;
        let (is_negated, is_generated) = match self.byte()? {
            0 => (false, false),
            1 => (true, false),
            2 => (false, true),
            3 => (true, true),
            _ => return Err(CompiledError::Malformed("an expression is of no kind")),
        };
        let kind = self.deeper(|reader| {
            Ok(match reader.byte()? {
                0 => ExprKind::Term(reader.term()?),
                1 => ExprKind::Call(reader.call()?),
                2 => ExprKind::Some(SomeDecl { at: reader.loc()?, symbols: reader.items(Self::term)? }),
                3 => ExprKind::Every(Box::new(Every {
                    at: reader.loc()?,
                    key: reader.option(Self::term)?,
                    value: reader.term()?,
                    domain: reader.term()?,
                    body: reader.body()?,
                })),
                _ => return Err(CompiledError::Malformed("an expression is of no kind")),
            })
        })?;
        let with = self
            .items(|reader| Ok(With { at: reader.loc()?, target: reader.term()?, value: reader.term()? }))?;
        Ok(Expr { at, is_negated, kind, with, is_generated })
    }

    fn call(&mut self) -> Read<Call> {
        Ok(Call { operator: self.term()?, args: self.items(Self::term)? })
    }

    fn term(&mut self) -> Read<Term> {
        self.node()?;
        let at = self.loc()?;
        let kind = self.deeper(Self::term_kind)?;
        Ok(Term { at, kind })
    }

    fn term_kind(&mut self) -> Read<TermKind> {
        Ok(match self.byte()? {
            0 => TermKind::Null,
            1 => TermKind::Bool(false),
            2 => TermKind::Bool(true),
            3 => TermKind::Number(self.text()?),
            4 => TermKind::String(self.text()?),
            5 => TermKind::Var(self.text()?),
            6 => TermKind::Ref(self.items(Self::term)?),
            7 => TermKind::Array(self.items(Self::term)?),
            8 => TermKind::Set(self.items(Self::term)?),
            9 => TermKind::Object(self.items(|reader| Ok((reader.term()?, reader.term()?)))?),
            10 => TermKind::ArrayCompr(Box::new(self.term()?), self.body()?),
            11 => TermKind::SetCompr(Box::new(self.term()?), self.body()?),
            12 => TermKind::ObjectCompr(Box::new(self.term()?), Box::new(self.term()?), self.body()?),
            13 => TermKind::Call(Box::new(self.call()?)),
            _ => return Err(CompiledError::Malformed("a term is of no kind")),
        })
    }

    fn loc(&mut self) -> Read<Loc> {
        Ok(Loc { file: self.small()?, line: self.small()?, column: self.small()? })
    }
}
