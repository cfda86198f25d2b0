//! The types of Rego values, as far as a compiler can know them.

use std::sync::Arc;

use super::constant::Constant;
use crate::rego::builtins::signature::{Shape, Signature};

/// Types that are nested deeper become [`Type::Any`], which agrees with everything: no policy is refused for it.
const MAX_DEPTH: u32 = 200;

/// Types with more parts become [`Type::Any`].
const MAX_PARTS: u32 = 1_000_000;

/// Unions of more types become [`Type::Any`]. They come from rules with very many definitions, of which no two make an
/// object with the same keys.
const MAX_ALTERNATIVES: usize = 2_000;

/// A set of values. Parts are shared: a copy is cheap.
#[derive(Clone, Debug, Default)]
pub(super) enum Type {
    /// Nothing is known (yet); agrees with nothing.
    #[default]
    Unknown,
    Null,
    Boolean,
    Number,
    String,
    Array(Arc<ArrayType>),
    Object(Arc<ObjectType>),
    Set(Arc<SetType>),
    /// Every value; agrees with everything but functions.
    Any,
    /// One of at least one type, in order.
    Union(Arc<UnionType>),
    Function(Arc<FunctionType>),
}

/// Elements by position, and those after.
#[derive(Clone, Debug)]
pub(super) struct ArrayType {
    pub(super) fixed: Vec<Type>,
    /// [`Type::Unknown`]: there are no others.
    pub(super) others: Type,
    bulk: Bulk,
}

/// Properties by key in order, and others.
#[derive(Clone, Debug)]
pub(super) struct ObjectType {
    pub(super) fixed: Vec<(Constant, Type)>,
    /// The types of other keys and of their values.
    pub(super) others: Option<(Type, Type)>,
    bulk: Bulk,
}

#[derive(Clone, Debug)]
pub(super) struct SetType {
    pub(super) of: Type,
    bulk: Bulk,
}

#[derive(Clone, Debug)]
pub(super) struct UnionType {
    pub(super) of: Vec<Type>,
    bulk: Bulk,
}

#[derive(Clone, Debug)]
pub(super) struct FunctionType {
    pub(super) args: Vec<Type>,
    /// [`Type::Unknown`]: it gives no value.
    pub(super) result: Type,
    /// The type of further arguments, if there can be any.
    pub(super) variadic: Option<Type>,
    bulk: Bulk,
}

/// How large a type is, known when it is made so that nobody has to walk through it.
#[derive(Clone, Copy, Debug, Default)]
struct Bulk {
    depth: u32,
    parts: u32,
    /// Somewhere inside is a type that is not known.
    unknown: bool,
}

impl Bulk {
    fn of<'t>(types: impl Iterator<Item = &'t Type>) -> Self {
        let mut whole = Self { depth: 0, parts: 1, unknown: false };
        for part in types {
            let bulk = part.bulk();
            whole.depth = whole.depth.max(bulk.depth);
            whole.parts = whole.parts.saturating_add(bulk.parts);
            whole.unknown |= bulk.unknown;
        }
        whole.depth = whole.depth.saturating_add(1);
        whole
    }

    fn is_too_large(self) -> bool {
        self.depth > MAX_DEPTH || self.parts > MAX_PARTS
    }
}

impl Type {
    pub(super) fn array(fixed: Vec<Type>, others: Type) -> Self {
        let bulk = Bulk::of(fixed.iter().chain(others.is_known().then_some(&others)));
        if bulk.is_too_large() {
            return Self::Any;
        }
        Self::Array(Arc::new(ArrayType { fixed, others, bulk }))
    }

    /// An object; of properties with the same key the first is found.
    pub(super) fn object(mut fixed: Vec<(Constant, Type)>, others: Option<(Type, Type)>) -> Self {
        fixed.sort_by(|a, b| a.0.cmp(&b.0));
        Self::sorted_object(fixed, others)
    }

    fn sorted_object(fixed: Vec<(Constant, Type)>, others: Option<(Type, Type)>) -> Self {
        let parts = others.iter().flat_map(|(key, value)| [key, value]);
        let bulk = Bulk::of(fixed.iter().map(|(_, value)| value).chain(parts));
        if bulk.is_too_large() {
            return Self::Any;
        }
        Self::Object(Arc::new(ObjectType { fixed, others, bulk }))
    }

    pub(super) fn set(of: Type) -> Self {
        let bulk = Bulk::of(std::iter::once(&of));
        if bulk.is_too_large() { Self::Any } else { Self::Set(Arc::new(SetType { of, bulk })) }
    }

    /// A union of types that are in order, each once.
    pub(super) fn union(of: Vec<Type>) -> Self {
        if of.is_empty() || of.len() > MAX_ALTERNATIVES {
            return Self::Any;
        }
        // What a union does not know is never asked for: it counts as known.
        let bulk = Bulk { unknown: false, ..Bulk::of(of.iter()) };
        if bulk.is_too_large() { Self::Any } else { Self::Union(Arc::new(UnionType { of, bulk })) }
    }

    pub(super) fn function(args: Vec<Type>, result: Type, variadic: Option<Type>) -> Self {
        let bulk = Bulk::of(args.iter().chain([&result]));
        if bulk.is_too_large() {
            return Self::Any;
        }
        Self::Function(Arc::new(FunctionType { args, result, variadic, bulk }))
    }

    fn bulk(&self) -> Bulk {
        match self {
            Self::Unknown => Bulk { depth: 0, parts: 1, unknown: true },
            Self::Null | Self::Boolean | Self::Number | Self::String | Self::Any => {
                Bulk { depth: 0, parts: 1, unknown: false }
            }
            Self::Array(array) => array.bulk,
            Self::Object(object) => object.bulk,
            Self::Set(set) => set.bulk,
            Self::Union(union) => union.bulk,
            Self::Function(function) => function.bulk,
        }
    }

    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }

    /// Whether it, or a part of it, is not known.
    pub(super) fn has_unknown(&self) -> bool {
        self.bulk().unknown
    }
}

impl ArrayType {
    pub(super) fn has_unknown(&self) -> bool {
        self.bulk.unknown
    }
}

impl ObjectType {
    pub(super) fn has_unknown(&self) -> bool {
        self.bulk.unknown
    }
}

impl UnionType {
    /// Puts a type in its place, at `index`.
    ///
    /// Unlike a new union this costs no copy when nobody else holds the union: rules with thousands of definitions
    /// would take quadratic time otherwise.
    pub(super) fn insert(union: Arc<Self>, index: usize, new: Type) -> Type {
        let mut union = union;
        let own = Arc::make_mut(&mut union);
        let added = new.bulk();
        own.bulk.depth = own.bulk.depth.max(added.depth.saturating_add(1));
        own.bulk.parts = own.bulk.parts.saturating_add(added.parts);
        own.of.insert(index.min(own.of.len()), new);
        let is_too_large = own.bulk.is_too_large() || own.of.len() > MAX_ALTERNATIVES;
        if is_too_large { Type::Any } else { Type::Union(union) }
    }
}

impl From<&Shape> for Type {
    fn from(shape: &Shape) -> Self {
        match shape {
            Shape::Any => Self::Any,
            Shape::Null => Self::Null,
            Shape::Boolean => Self::Boolean,
            Shape::Number => Self::Number,
            Shape::String => Self::String,
            Shape::Array(others) => Self::array(Vec::new(), Self::from(*others)),
            Shape::Tuple(fixed) => Self::array(fixed.iter().map(Self::from).collect(), Self::Unknown),
            Shape::Object(fixed, others) => Self::object(
                fixed
                    .iter()
                    .map(|(key, value)| (Constant::String((*key).into()), Self::from(value)))
                    .collect(),
                others.map(|(key, value)| (Self::from(key), Self::from(value))),
            ),
            Shape::Set(of) => Self::set(Self::from(*of)),
            Shape::Union(of) => Self::union(of.iter().map(Self::from).collect()),
        }
    }
}

impl From<&Signature> for Type {
    fn from(signature: &Signature) -> Self {
        Self::function(
            signature.args.iter().map(Self::from).collect(),
            signature.result.as_ref().map_or(Self::Unknown, Self::from),
            signature.variadic.as_ref().map(Self::from),
        )
    }
}
