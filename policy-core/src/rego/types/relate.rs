//! How types relate: their order, their unions, and what is inside them.

use std::cmp::Ordering;
use std::sync::Arc;

use super::constant::Constant;
use super::effort::Effort;
use super::kind::{ArrayType, FunctionType, ObjectType, Type, UnionType};

/// A total order, in which unions are kept.
pub(super) fn compare(effort: &Effort, a: &Type, b: &Type) -> Ordering {
    if !effort.step() {
        return Ordering::Equal;
    }
    match (a, b) {
        (Type::Array(a), Type::Array(b)) => {
            if Arc::ptr_eq(a, b) {
                return Ordering::Equal;
            }
            let presence = a.others.is_known().cmp(&b.others.is_known());
            presence
                .then_with(|| compare(effort, &a.others, &b.others))
                .then_with(|| compare_all(effort, a.fixed.iter(), b.fixed.iter()))
        }
        (Type::Object(a), Type::Object(b)) => {
            if Arc::ptr_eq(a, b) {
                Ordering::Equal
            } else {
                compare_objects(effort, a, b)
            }
        }
        (Type::Set(a), Type::Set(b)) => {
            if Arc::ptr_eq(a, b) {
                return Ordering::Equal;
            }
            compare(effort, &a.of, &b.of)
        }
        (Type::Union(a), Type::Union(b)) => {
            if Arc::ptr_eq(a, b) {
                return Ordering::Equal;
            }
            compare_all(effort, a.of.iter(), b.of.iter())
        }
        (Type::Function(a), Type::Function(b)) => a
            .args
            .len()
            .cmp(&b.args.len())
            .then_with(|| compare_all(effort, a.args.iter(), b.args.iter()))
            .then_with(|| compare(effort, &a.result, &b.result)),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn compare_objects(effort: &Effort, a: &ObjectType, b: &ObjectType) -> Ordering {
    let others = match (&a.others, &b.others) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (Some((a_key, a_value)), Some((b_key, b_value))) => {
            compare(effort, a_key, b_key).then_with(|| compare(effort, a_value, b_value))
        }
    };
    if others.is_ne() {
        return others;
    }
    for ((a_key, a_value), (b_key, b_value)) in a.fixed.iter().zip(&b.fixed) {
        let unequal = a_key.cmp(b_key).then_with(|| compare(effort, a_value, b_value));
        if unequal.is_ne() {
            return unequal;
        }
    }
    a.fixed.len().cmp(&b.fixed.len())
}

fn compare_all<'t>(
    effort: &Effort,
    a: impl ExactSizeIterator<Item = &'t Type>,
    b: impl ExactSizeIterator<Item = &'t Type>,
) -> Ordering {
    let lengths = a.len().cmp(&b.len());
    for (a, b) in a.zip(b) {
        let unequal = compare(effort, a, b);
        if unequal.is_ne() {
            return unequal;
        }
    }
    lengths
}

fn rank(of: &Type) -> u8 {
    match of {
        Type::Unknown => 0,
        Type::Null => 1,
        Type::Boolean => 2,
        Type::Number => 3,
        Type::String => 4,
        Type::Array(_) => 5,
        Type::Object(_) => 6,
        Type::Set(_) => 7,
        Type::Any => 8,
        Type::Union(_) => 9,
        Type::Function(_) => 10,
    }
}

/// The union of two types. What is unknown adds nothing; functions unite only with functions.
pub(super) fn or(effort: &Effort, a: Type, b: Type) -> Type {
    if !effort.step() {
        return Type::Any;
    }
    match (a, b) {
        (Type::Unknown, other) | (other, Type::Unknown) => other,
        (Type::Function(a), Type::Function(b)) => unite_functions(effort, &a, &b),
        (Type::Function(_), _) | (_, Type::Function(_)) => Type::Unknown,
        (Type::Any, _) | (_, Type::Any) => Type::Any,
        (Type::Union(a), Type::Union(b)) => unite(effort, &a, &b),
        (Type::Union(union), other) | (other, Type::Union(union)) => {
            match union.of.binary_search_by(|known| compare(effort, known, &other)) {
                Ok(_) => Type::Union(union),
                Err(index) => UnionType::insert(union, index, other),
            }
        }
        (a, b) => match compare(effort, &a, &b) {
            Ordering::Equal => a,
            Ordering::Less => Type::union(vec![a, b]),
            Ordering::Greater => Type::union(vec![b, a]),
        },
    }
}

fn unite(effort: &Effort, a: &UnionType, b: &UnionType) -> Type {
    let (mut left, mut right) = (a.of.iter().peekable(), b.of.iter().peekable());
    let mut merged = Vec::with_capacity(a.of.len().max(b.of.len()));
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) => match compare(effort, a, b) {
                Ordering::Less => left.next(),
                Ordering::Greater => right.next(),
                Ordering::Equal => {
                    right.next();
                    left.next()
                }
            },
            (Some(_), None) => left.next(),
            (None, _) => right.next(),
        };
        match next {
            Some(next) => merged.push(next.clone()),
            None => return Type::union(merged),
        }
    }
}

fn unite_functions(effort: &Effort, a: &FunctionType, b: &FunctionType) -> Type {
    if a.args.len() != b.args.len() || a.variadic.is_some() != b.variadic.is_some() {
        return Type::Unknown;
    }
    let args = a.args.iter().zip(&b.args).map(|(a, b)| or(effort, a.clone(), b.clone())).collect();
    let result = or(effort, a.result.clone(), b.result.clone());
    let variadic =
        a.variadic.clone().map(|further| or(effort, further, b.variadic.clone().unwrap_or_default()));
    Type::function(args, result, variadic)
}

/// Whether `whole` is `part`, or a union that lists it.
fn contains(effort: &Effort, whole: &Type, part: &Type) -> bool {
    match whole {
        Type::Any => !matches!(part, Type::Function(_)),
        Type::Union(union) => union.of.binary_search_by(|known| compare(effort, known, part)).is_ok(),
        Type::Unknown
        | Type::Null
        | Type::Boolean
        | Type::Number
        | Type::String
        | Type::Array(_)
        | Type::Object(_)
        | Type::Set(_)
        | Type::Function(_) => compare(effort, whole, part).is_eq(),
    }
}

/// The type of what is found under a constant key; unknown if there can be nothing.
pub(super) fn select(effort: &Effort, of: &Type, key: &Constant) -> Type {
    if !effort.step() {
        return Type::Any;
    }
    match of {
        Type::Array(array) => {
            let index = if let Constant::Number(text) = key { text.parse().ok() } else { None };
            index.map_or(Type::Unknown, |index| array.at(index))
        }
        Type::Object(object) => object.select(effort, key),
        Type::Set(set) => {
            let wanted = type_of(key);
            if contains(effort, &set.of, &wanted) { wanted } else { Type::Unknown }
        }
        Type::Any => Type::Any,
        Type::Union(union) => {
            union.of.iter().fold(Type::Unknown, |sum, part| or(effort, sum, select(effort, part, key)))
        }
        Type::Unknown | Type::Null | Type::Boolean | Type::Number | Type::String | Type::Function(_) => {
            Type::Unknown
        }
    }
}

impl ArrayType {
    /// The type of the element at this position.
    pub(super) fn at(&self, index: i64) -> Type {
        match usize::try_from(index) {
            Ok(index) => self.fixed.get(index).unwrap_or(&self.others).clone(),
            Err(_) => Type::Unknown,
        }
    }
}

impl ObjectType {
    /// The type of the values under keys that are not named, if there are any.
    pub(super) fn other_values(&self) -> Option<&Type> {
        self.others.as_ref().map(|(_, values)| values).filter(|values| values.is_known())
    }

    /// The type of the value under this key; unknown if there can be none.
    pub(super) fn select(&self, effort: &Effort, key: &Constant) -> Type {
        let from = self.fixed.partition_point(|(known, _)| known < key);
        let equal = self.fixed.iter().skip(from).take_while(|(known, _)| known == key);
        for (known, value) in equal {
            if known.is_found_by(key) {
                return value.clone();
            }
        }
        match &self.others {
            Some((keys, values)) if contains(effort, keys, &type_of(key)) => values.clone(),
            Some(_) | None => Type::Unknown,
        }
    }
}

/// The type of the keys by which parts of a value can be found; unknown if it has no parts.
pub(super) fn keys(effort: &Effort, of: &Type) -> Type {
    if !effort.step() {
        return Type::Any;
    }
    match of {
        Type::Array(_) => Type::Number,
        Type::Object(object) => {
            let fixed =
                object.fixed.iter().fold(Type::Unknown, |sum, (key, _)| or(effort, sum, type_of(key)));
            match &object.others {
                Some((keys, _)) => or(effort, fixed, keys.clone()),
                None => fixed,
            }
        }
        Type::Set(set) => set.of.clone(),
        Type::Any => Type::Any,
        Type::Union(union) => {
            union.of.iter().fold(Type::Unknown, |sum, part| or(effort, sum, keys(effort, part)))
        }
        Type::Unknown | Type::Null | Type::Boolean | Type::Number | Type::String | Type::Function(_) => {
            Type::Unknown
        }
    }
}

/// The type of the parts of a value; unknown if it has none.
pub(super) fn values(effort: &Effort, of: &Type) -> Type {
    if !effort.step() {
        return Type::Any;
    }
    match of {
        Type::Array(array) => array
            .fixed
            .iter()
            .chain([&array.others])
            .fold(Type::Unknown, |sum, item| or(effort, sum, item.clone())),
        Type::Object(object) => {
            let fixed =
                object.fixed.iter().fold(Type::Unknown, |sum, (_, value)| or(effort, sum, value.clone()));
            match &object.others {
                Some((_, values)) => or(effort, fixed, values.clone()),
                None => fixed,
            }
        }
        Type::Set(set) => set.of.clone(),
        Type::Any => Type::Any,
        Type::Union(union) => {
            union.of.iter().fold(Type::Unknown, |sum, part| or(effort, sum, values(effort, part)))
        }
        Type::Unknown | Type::Null | Type::Boolean | Type::Number | Type::String | Type::Function(_) => {
            Type::Unknown
        }
    }
}

/// The type of exactly this constant.
pub(super) fn type_of(constant: &Constant) -> Type {
    match constant {
        Constant::Null => Type::Null,
        Constant::Bool(_) => Type::Boolean,
        Constant::Number(_) => Type::Number,
        Constant::String(_) => Type::String,
        Constant::Array(items) => Type::array(items.iter().map(type_of).collect(), Type::Unknown),
        Constant::Object(entries) => Type::object(
            entries.iter().map(|(key, value)| (Constant::String(key.clone()), type_of(value))).collect(),
            None,
        ),
    }
}

/// Whether a value can be of both types.
pub(super) fn agree(effort: &Effort, a: &Type, b: &Type) -> bool {
    if !effort.step() {
        return true;
    }
    match (a, b) {
        (Type::Unknown, _) | (_, Type::Unknown) => false,
        (Type::Any, other) | (other, Type::Any) => !matches!(other, Type::Function(_)),
        // A union is tried part by part from both sides: parts are themselves unions only by nesting.
        (Type::Union(union), other) | (other, Type::Union(union)) => {
            !matches!(other, Type::Function(_)) && union.of.iter().any(|part| agree(effort, part, other))
        }
        (Type::Null, Type::Null)
        | (Type::Boolean, Type::Boolean)
        | (Type::Number, Type::Number)
        | (Type::String, Type::String) => true,
        (Type::Array(a), Type::Array(b)) => {
            if Arc::ptr_eq(a, b) && !a.has_unknown() {
                return true;
            }
            arrays_agree(effort, a, b)
                && arrays_agree(effort, b, a)
                && (!a.others.is_known() || !b.others.is_known() || agree(effort, &a.others, &b.others))
        }
        (Type::Object(a), Type::Object(b)) => {
            if Arc::ptr_eq(a, b) && !a.has_unknown() {
                return true;
            }
            if !objects_agree(effort, a, b) || !objects_agree(effort, b, a) {
                return false;
            }
            match (a.other_values(), b.other_values()) {
                (Some(a), Some(b)) => agree(effort, a, b),
                _ => true,
            }
        }
        (Type::Set(a), Type::Set(b)) => agree(effort, &a.of, &b.of),
        (Type::Function(a), Type::Function(b)) => {
            a.args.len() == b.args.len() && a.args.iter().zip(&b.args).all(|(a, b)| agree(effort, a, b))
        }
        _ => false,
    }
}

fn arrays_agree(effort: &Effort, a: &ArrayType, b: &ArrayType) -> bool {
    a.fixed
        .iter()
        .enumerate()
        .all(|(index, item)| agree(effort, item, b.fixed.get(index).unwrap_or(&b.others)))
}

/// A property that the other object does not name may be missing there if either has properties beside those it names.
fn objects_agree(effort: &Effort, a: &ObjectType, b: &ObjectType) -> bool {
    a.fixed.iter().all(|(key, value)| {
        let other = b.select(effort, key);
        if !other.is_known() {
            return a.other_values().is_some() || b.other_values().is_some();
        }
        // Of properties with the same key only the first is found.
        let own = a.select(effort, key);
        agree(effort, if own.is_known() { &own } else { value }, &other)
    })
}
