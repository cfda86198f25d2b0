#!/usr/bin/env python3
"""Asks OPA what its built-in functions answer, and writes builtins-core.json.

Needs the Python bindings of OPA's engine: python3 builtins-core.py FOLDER_OF_OPA_BINDINGS

A case is [function, arguments, answer]. The answer is the text of Rego of an array of the result, or {"error": message},
or null for undefined. Arguments are JSON; {"$set": [..]} is a set, {"$object": [[key, value], ..]} an object whose keys
are not all strings. Numbers are written as they stand.
"""

import itertools
import json
import pathlib
import random
import sys

sys.path.insert(0, sys.argv[1])
from opa_bindings import OpaEngine, OpaError, OpaUndefinedError  # noqa: E402


class N(str):
    """A number by its digits."""


class Set(list):
    """A set."""


class Obj(list):
    """An object by its pairs."""


def rego(value):
    if isinstance(value, N):
        return str(value)
    if isinstance(value, Set):
        return "{" + ", ".join(map(rego, value)) + "}" if value else "set()"
    if isinstance(value, Obj):
        return "{" + ", ".join(f"{rego(k)}: {rego(v)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(rego, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{rego(k)}: {rego(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


def dump(value):
    if isinstance(value, N):
        return str(value)
    if isinstance(value, Set):
        return '{"$set":' + dump(list(value)) + "}"
    if isinstance(value, Obj):
        return '{"$object":' + dump([list(pair) for pair in value]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(dump, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{dump(k)}:{dump(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


INFIX = {
    "plus": "+", "minus": "-", "mul": "*", "div": "/", "rem": "%", "and": "&", "or": "|",
    "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "equal": "==", "neq": "!=",
}  # fmt: skip


def ask(function, args):
    # object.get hides the types from the type check.
    lets = "".join(f'\n  x{i} := object.get({{}}, "none", {rego(a)})' for i, a in enumerate(args))
    names = [f"x{i}" for i in range(len(args))]
    if function in INFIX:
        call = f" {INFIX[function]} ".join(names)
    elif function == "internal.member_2":
        call = "x0 in x1"
    elif function == "internal.member_3":
        call = "(x0, x1 in x2)"
    elif function == "walk":
        call = "[y | walk(x0, y)]"
    else:
        call = f"{function}({', '.join(names)})"
    body = "{" + lets + f"\n  z := {call}\n}}\n"
    engine = OpaEngine()
    try:
        engine.add_policy("m.rego", 'package t\nr := sprintf("%v", [[z]]) if ' + body)
        return engine.eval_document("t", {}).get("r")
    except OpaUndefinedError:
        return None
    except OpaError as problem:
        if problem.code != "eval_error":
            print("left out:", function, [rego(a) for a in args], problem.code, str(problem)[:160], file=sys.stderr)
            return LEFT_OUT
        text = str(problem)
        text = text.split(f"_error: {function}: ", 1)[1] if f"_error: {function}: " in text else text
        return {"error": text.split("\n")[0]}


LEFT_OUT = object()
cases = []


def case(function, *args):
    cases.append((function, list(args)))


def each(function, *lists):
    for args in itertools.product(*lists):
        case(function, *args)


def build():
    rng = random.Random(7)
    n = N
    numbers = [n(t) for t in (
        "0 -0 0.0 -0.0 1 1.0 1.50 -1 2 3 7 -7 10 10.0 100 1e2 1E2 1e-2 0.1 0.2 0.3 -0.5 0.5 1.5 2.5 -1.5 -2.5 1234567.5 "
        "999999.5 0.00012345 0.0000123 9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 "
        "18446744073709551616 18446744073709551617 1e30 1e-30 123456789012345678901234567890 0.1234567890123456789012 "
        "12345678901234567890.5 3.141592653589793 1e300 1e-300 4611686018427387904 1.0000000000000000000000").split()]
    others = [None, True, False, "", "a", "1", [], [n("1")], {}, {"a": n("1")}, Set(), Set([n("1")])]
    everything = others + [n("0"), n("1.0"), n("1"), n("2"), n("-3.5"), "b", "aa", "é", "\U0001f600", [n("1"), n("2")], [[]],
                           {"a": n("2")}, {"a": n("1"), "b": None}, Obj([(n("1"), n("2"))]), Set(["a", n("1.0")]), Set([Set()])]

    for f in ("plus", "minus", "mul", "div", "rem"):
        each(f, numbers, rng.sample(numbers, 14))
        each(f, [n("1"), "a", Set(["a"]), None], [n("2"), "a", Set(["b", "a"]), []])
    for f in ("abs", "ceil", "floor", "round"):
        each(f, numbers + others)
    for _ in range(1500):
        def some():
            kind = rng.randrange(7)
            sign = rng.choice(["", "-"])
            digits = str(rng.randrange(1, 10 ** rng.randrange(1, 25)))
            if kind < 2:
                return n(sign + digits)
            if kind < 5:
                return n(f"{sign}{rng.randrange(0, 10 ** rng.randrange(1, 12))}.{rng.randrange(10 ** 9):0{rng.randrange(1, 12)}d}")
            if kind == 5:
                return n(f"{sign}{digits}e{rng.randrange(-40, 40)}")
            return n(f"{sign}{rng.randrange(10)}.{rng.randrange(1000)}E{rng.randrange(-400, 400)}")
        case(rng.choice(["plus", "minus", "mul", "div", "lt", "equal"]), some(), some())
        if rng.random() < 0.4:
            case(rng.choice(["ceil", "floor", "round", "abs"]), some())
        if rng.random() < 0.2:
            case(rng.choice(["sum", "product", "max", "min", "sort"]), [some() for _ in range(rng.randrange(1, 5))])
    for f in ("lt", "lte", "gt", "gte", "equal", "neq"):
        each(f, rng.sample(everything, 12), everything)
        each(f, rng.sample(numbers, 10), numbers)

    integers = [n(t) for t in "0 1 2 3 -1 -5 255 1.0 1e2 1.5 9223372036854775808 -18446744073709551617".split()]
    for f in ("bits.and", "bits.or", "bits.xor"):
        each(f, integers + ["a"], rng.sample(integers, 6) + [None])
    each("bits.negate", integers + others)
    for f in ("bits.lsh", "bits.rsh"):
        each(f, integers, [n(t) for t in "0 1 3 64 100 -1 1.5 2.0".split()] + ["a"])
    ends = [n(t) for t in "0 1 -1 3 10 1.0 1e1 1.5 18446744073709551616 18446744073709551619".split()]
    each("numbers.range", ends[:8] + ["a"], ends[:8] + [None])
    each("numbers.range", ends[8:], ends[8:])
    each("numbers.range_step", ends[:7], ends[:7], [n(t) for t in "1 2 3 0 -1 2.0 1.5 100".split()] + ["a"])

    collections = [[], Set(), [n("1")], [n("1"), n("2.5")], Set([n("1"), n("2")]), ["a", n("1")], Set(["a"]), [n("0.1"), n("0.2")],
                   [n("1"), n("1.0")], [n("1.0"), n("1")], [True, True], [True, False], Set([True]), Set([False, True]), [n("1"), True],
                   [n("9223372036854775807"), n("1")], [n("0.1"), n("0.2"), n("3.3")], [n("1e30"), n("0.5")], [None], [None, None],
                   [[n("2")], [n("1")]], {"a": n("1")}, "abc", "é\U0001f600", n("1"), None, True, [n("1e3"), n("2")], [n("3"), n("0.5")],
                   Set([n("3.5"), n("0.25")]), [n("1.1")] * 9]
    for f in ("count", "sum", "product", "max", "min", "sort"):
        each(f, collections)
    each("internal.member_2", everything[:14], collections + [{"x": "a"}, Obj([(n("1"), n("1.0"))])])
    each("internal.member_3", [n("0"), n("0.0"), n("1"), "a", "x", n("0e0")], [n("1"), "a", n("1.0")],
         [[n("1"), "a"], Set(["a", n("1")]), {"a": n("1"), "x": "a"}, "a", None, Obj([(n("1.0"), n("1"))])])

    arrays = [[], [n("1")], [n("1"), n("2"), n("3")], [[n("1"), [n("2")]], n("3"), []], Set([n("1")]), "a", None]
    each("array.concat", arrays, arrays)
    each("array.reverse", arrays)
    each("array.flatten", arrays + [[Set([n("1")]), [Set()]]])
    each("array.slice", arrays[:3] + ["a"], [n(t) for t in "0 1 2 -1 5 1.0 1.5 1e0".split()] + ["1"], [n(t) for t in "0 1 3 -2 9 1.0 9223372036854775808".split()] + [None])
    sets = [Set(), Set([n("1")]), Set([n("1.0"), "a"]), Set(["a", "b", Set()]), Set([n("1"), n("2"), n("3")]), [n("1")], None]
    for f in ("and", "or", "minus"):
        each(f, sets, sets)
    groups = [Set(), Set([Set()]), Set([Set([n("1")]), Set([n("1.0"), n("2")])]), Set([Set([n("1")]), "a"]), [Set()], Set([Set(["a", "b"]), Set(["b", "c"]), Set(["b"])])]
    for f in ("union", "intersection"):
        each(f, groups)

    objects = [{}, {"a": n("1")}, {"a": {"b": n("1"), "c": n("2")}}, {"a": {"b": n("3")}, "d": []}, Obj([(n("1"), "x"), ("1", "y"), (None, n("0"))]),
               {"a": [n("1"), {"b": n("2")}], "s": Set(["x", [n("1")]])}, "a", [n("1")]]
    keys = ["a", "b", n("1"), n("1.0"), "1", None, [], ["a"], ["a", "b"], ["a", n("1"), "b"], ["a", "1"], ["s", "x"], ["s", [n("1")]], ["a", "x", "y"], ["a", n("0"), n("0")], Set()]
    each("object.get", objects, keys, ["default"])
    each("object.keys", objects)
    each("object.union", objects, objects)
    selections = [[], ["a"], Set(["a", n("1.0")]), {"a": n("0"), "d": n("0")}, [n("1"), None], "a", None]
    each("object.remove", objects, selections)
    each("object.filter", objects, selections)
    each("object.union_n", [[], [{}], [{"a": n("1")}], [{"a": {"b": n("2")}}, {"a": n("4")}, {"a": {"c": n("3")}}], objects[:6], [{"a": n("1")}, "x"], ["x"], Set([Obj([])]),
                            [{"a": {"b": {"c": n("1")}}}, {"a": {"b": {"d": n("2")}}}, {"a": {"b": n("5"), "e": n("1")}}]])
    holders = [{}, {"a": n("1")}, {"a": n("1.0"), "b": {"c": [n("1"), n("2"), n("3")], "d": Set([n("1")])}}, {"b": {"c": [n("2"), n("3")]}}, {"b": {"d": Set()}}, {"b": {"c": [n("3"), n("2")]}},
               {"b": {"c": []}}, Set(), Set([n("1")]), Set([n("1"), n("2")]), [], [n("1"), n("1")], [n("1"), n("2"), n("1")], [n("2"), n("1")], "a", None]
    each("object.subset", holders, holders)

    texts = ["", "a", "aa", "abc", "Hello, World", "é", "日本語", "\U0001f600x", "a,b,,c", "  x \t\u00a0\n", "ßıİſK", "aXbXc", "..a..b..", "\u0000\u0001\"\\"]
    parts = ["", "a", "b", "aa", "é", "本", ",", "X", ".", "xyz", " "]
    wrong = [n("1"), None, ["a"]]
    for f in ("contains", "startswith", "endswith", "strings.count", "indexof", "indexof_n", "split", "trim", "trim_left", "trim_right", "trim_prefix", "trim_suffix"):
        each(f, texts, parts)
        each(f, wrong, ["a"])
        each(f, ["a"], wrong)
    each("indexof_n", ["aaaa", "abababa", "éaéaé"], ["aa", "aba", "éaé"])
    for f in ("lower", "upper", "strings.reverse", "trim_space", "count"):
        each(f, texts + wrong + ["ǅ", "ΑΣ", "ŉ", "ᾳ", "İi", "ⓐ", "\u1c89", "ﬁ", "\u0085x\u2003", "Ω"])
    each("substring", texts, [n(t) for t in "0 1 2 -1 1.0 100".split()], [n(t) for t in "0 1 2 -1 100 1.5".split()])
    each("substring", ["abc", n("1")], [n("1"), "a"], [n("1"), None])
    each("replace", ["", "a", "aXbX", "aaa", "abcabc"], ["a", "X", "aa", "abc", "z", ""], ["", "b", "XX", "é"])
    each("replace", ["日本語"], ["本", "語"], ["", "x"])
    each("replace", [n("1"), "a"], ["a", None], ["b", n("1")])
    each("strings.replace_n", [{}, {"a": "1"}, {"a": "1", "b": "2", "ab": "3"}, {"<": "&lt;", ">": "&gt;"}, {"": "-", "b": "2"}, {"aa": "b", "a": "c"}, {"a": n("1")}, Obj([(n("1"), "a")]), []],
         ["", "a", "abcab", "<b>", "aaa", n("1")])
    each("strings.replace_n", [{"é": "e", "本": ""}], ["café 日本"])
    each("strings.split_n", ["", "a", "a-b-c", "日-本", "--"], ["-", "", "x"], [n(t) for t in "0 1 2 5 -1 -2 -9 1.0 1.5 9223372036854775807".split()])
    each("strings.split_n", [n("1"), "a"], ["-", n("1")], [n("1"), "1"])
    lists = ["", "a", "abc", [], ["a"], ["", ""], ["abc", "xbc"], Set(["abc", "é"]), ["x", n("1")], n("1"), Set(), ["b", "a", "ab"]]
    for f in ("strings.any_prefix_match", "strings.any_suffix_match"):
        each(f, lists, lists)
    each("concat", ["", ",", "é", n("1")], [[], ["a"], ["a", "b"], Set(["b", "a"]), ["a", n("1")], [n("1")], "a", Set(), ["", ""], None])
    each("format_int", numbers[:40] + ["a"], [n("2"), n("8"), n("10"), n("16"), n("10.0"), n("3"), "2"])

    values = [n("0"), n("1"), n("-42"), n("65"), n("128512"), n("1.0"), n("1.5"), n("-2.25"), n("1234567.891"), n("1e5"), n("0.000001234"), n("1e300"), n("123456789012345678901234567890"),
              n("-123456789012345678901"), "", "a", "héllo\n\"`", True, None, [n("1"), "a"], Set([n("2")]), {"a": Set()}, n("100000000.5"), n("9223372036854775808"), n("2.5"), n("0.1")]
    verbs = "v d s q x X b o O c U t e E f F g G T w p z".split()
    flags = ["", "+", "-", "#", "0", " ", "5", "-8", "08", "+.2", ".3", "10.2", "-10.3", "+08.3", "# ", "#+", ".0", ".", "+10", "012", "#10", "#.3", "0.2", "-05"]
    for verb in verbs:
        for value in values:
            if verb == "p" and isinstance(value, N) and len(value) > 18 and "." not in value:
                continue
            for flag in [""] + rng.sample(flags, 6):
                case("sprintf", f"<%{flag}{verb}>", [value])
    for text, args in [("", []), ("%", []), ("%%", []), ("100%", [n("1")]), ("%d %s", [n("1")]), ("x", [n("1"), "a", n("1.5"), n("123456789012345678901")]), ("%[2]d %[1]d", [n("1"), n("2")]), ("%[3]d", [n("1")]),
                       ("%[1]d %d %d", [n("1"), n("2")]), ("%*d", [n("5"), n("1")]), ("%-*d|", [n("5"), n("1")]), ("%*d", [n("-5"), n("1")]), ("%.*f", [n("2"), n("1.2345")]), ("%*d", ["a", n("1")]), ("%.*d", [n("-1"), n("3")]),
                       ("%[1]*d", [n("3")]), ("%[2]*[1]d", [n("1"), n("6")]), ("%[5]", [n("1")]), ("%[", [n("1")]), ("%[x]d", [n("1")]), ("%[0]d", [n("1")]), ("%[-1]d", [n("1")]), ("%[1]2d", [n("1")]), ("%[1].2d", [n("1")]),
                       ("%é", [n("1")]), ("%!", [n("1")]), ("%99999999d", [n("1")]), ("% d|%+d|% +d", [n("1"), n("2"), n("3")]), ("%6.2f|%-8.3e|%+g", [n("3.14159"), n("31415.9"), n("2.5")]), ("%s %s", ["a", "b"]), ("%v%v", [True, None]),
                       ("%5%|%d", [n("7")]), ("%w %+v %#v", [n("1"), n("1.5"), "a"]), ("%#v %#v %+v", [n("1"), n("1.5"), n("123456789012345678901")]), ("%x % x %#x % #x", ["hé", "hé", "hé", "hé"]), ("%.3s|%.10s|%5.1s", ["héllo", "a", "xyz"]),
                       ("%08.3f|%-08.3f|%+08.3f", [n("3.14159"), n("3.14159"), n("3.14159")]), ("%08d|%-08d|%+08d|% 08d", [n("42")] * 4), ("%.5d|%8.5d|%-8.5d|%08.5d", [n("42")] * 4), ("%q %+q %#q", ["é", "é", "é"]), ("%q %+q %c", [n("233"), n("233"), n("233")]),
                       ("%U %#U %08U", [n("233"), n("233"), n("233")]), ("%x %X %#x %b", [n("255")] * 4), ("%x %X %.2x %#x", [n("1.5")] * 4), ("%b %g %G", [n("1.5"), n("1e-7"), n("1.0e-7")]), ("%g %g %g", [n("100000.5"), n("1000000.5"), n("123456789.5")]),
                       ("%e %E %.0e", [n("123.456"), n("123.456"), n("155.5")]), ("%f", [n("1e20")]), ("%.0f %.0f %.0f", [n("0.5"), n("1.5"), n("2.5")]), ("%#g %#.3g %#f %#e", [n("1.5")] * 4), ("%v %v", [n("1e21"), n("1.0e21")]), ("%d", ["1"])]:
        case("sprintf", text, args)
    each("sprintf", [n("1"), "%v"], [[n("1")], "a", Set([n("1")])])

    for f in ("is_null", "is_boolean", "is_number", "is_string", "is_array", "is_object", "is_set", "type_name"):
        each(f, others + [n("1.5")])
    each("to_number", others + [n("1.50")] + ["0", "-0", "1.50", "+1", "-1", "1e5", "1E-5", ".5", "5.", "007", "--1", "+-1", " 1", "1 ", "1e400", "-1e400", "1e-400", "inf", "-Inf", "NaN", "infinity", "0x", "1e", "e1", "1_", "_1", ".", "1.2.3", "12345678901234567890123", "9" * 30, "1,5", "١"])

    documents = [{"a": {"b": n("1"), "c": [n("1"), {"d": n("2")}, n("3")]}, "e": Set(["x", n("1")])}, {}, {"a": n("1"), "": n("2"), "a/b": n("3"), "m~n": n("4")}, Obj([(n("1"), {"x": n("1")}), ("1", n("2"))]), [n("1")], "a"]
    paths = [[], ["a"], ["/a"], ["a/b"], Set(["a/b", "a/c/1/d"]), ["a/c/0", "a/c/2"], [["a", "c", n("1")]], [["a", "c", "1"]], ["e/x"], [["e", n("1")]], ["a", "a/b"], ["a/b", "a"], [""], ["/"], ["a~1b", "m~0n"], ["//a"], [[n("1"), "x"]], ["1"], [[]], [n("1")], "a", ["a/c/9"], ["zzz/y"]]
    each("json.filter", documents, paths)
    each("json.remove", documents, paths)
    op = lambda name, path, **more: {"op": name, "path": path, **more}  # noqa: E731
    target = {"a": {"b": n("1")}, "l": [n("1"), n("2"), n("3")], "s": Set([n("1"), [n("0")]]), "x": None}
    patches = [[], [op("add", "/a/c", value=n("2"))], [op("add", "/l/1", value="i")], [op("add", "/l/-", value="e")], [op("add", "/l/3", value="e")], [op("add", "/l/4", value="e")], [op("add", "/l/-1", value="e")], [op("add", "/l/01", value="e")],
               [op("add", "/l/1.0", value="e")], [op("add", "/l/+1", value="e")], [op("add", ["l", n("1")], value="e")], [op("add", ["l", n("1.5")], value="e")], [op("add", "", value=n("9"))], [op("add", "/n/m", value=n("1"))], [op("add", "/x/y", value=n("1"))],
               [op("remove", "/a/b")], [op("remove", "/a/zz")], [op("remove", "/l/0")], [op("remove", "/l/3")], [op("remove", "/l/-")], [op("remove", ["s", n("1")])], [op("remove", "/s/1")], [op("add", ["s", n("2")], value=n("2"))], [op("add", ["s", n("2")], value=n("3"))],
               [op("add", ["s", [n("0")], n("1")], value=n("1"))], [op("replace", "/a/b", value=n("5"))], [op("replace", "/l/2", value=n("5"))], [op("replace", "/zz", value=n("5"))], [op("replace", "", value=n("5"))], [op("replace", "/a")], [op("move", "/m", **{"from": "/a"})],
               [op("move", "/a/b/c", **{"from": "/a"})], [op("copy", "/m", **{"from": "/a"})], [op("copy", "/m", **{"from": "/zz"})], [op("move", "/m")], [op("test", "/a/b", value=n("1.0"))], [op("test", "/a/b", value=n("2"))], [op("test", "/zz", value=n("2"))], [op("test", "/a/b")],
               [op("add", "/a/c", value=n("2")), op("remove", "/a/b"), op("copy", "/l/0", **{"from": "/a/c"})], [op("nope", "/a")], [{"op": "add"}], [{"path": "/a"}], [op(n("1"), "/a")], ["x"], "x", [op("add", n("1"), value=n("1"))], [op("add", "/a/c")],
               [op("remove", "/a"), op("add", "/a/b", value=n("1"))], [op("add", "a", value=n("1"))], [op("add", "//a", value=n("1"))], [op("add", "/", value=n("1"))], [op("remove", "/l/1"), op("add", "/l/1", value="n"), op("remove", "/l/0")]]
    each("json.patch", [target], patches)
    each("json.patch", [[n("1"), [n("2")]], "a", Set(["a"])], patches[:14])
    odd = [None, True, n("1.50"), n("1e5"), "", "<a>&'\"\\/\u2028\u007f\u0001\b\f\n\r\té\U0001f600", [], [n("1"), [None]], {}, {"b": n("1"), "a": [n("2")]}, Set([n("2"), n("1")]), Obj([(n("1"), n("2")), ("1", n("3")), (Set(["<"]), []), (None, {}), (["a"], n("0"))]), Obj([(Obj([(n("1"), n("2"))]), n("3"))])]
    each("json.marshal", odd)
    options = [{}, {"pretty": True}, {"pretty": False}, {"indent": "  "}, {"prefix": "> "}, {"indent": "", "prefix": "#"}, {"pretty": False, "indent": "  "}, {"pretty": True, "indent": " ", "prefix": ""}, {"indent": n("1")}, {"prefix": None}, {"pretty": "x"}, {"other": n("1")}, Obj([(n("1"), n("2"))]), "a"]
    each("json.marshal_with_options", odd, options)
    sources = ["", " ", "1", " 1 ", "01", "-", "-0", "1.50", "1e5", "1E+5", "1.", ".5", "+1", "nul", "null", "true", "tru", "\"a\"", "\"\\u00e9\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\x\"", "\"a\nb\"", "'a'", "[]", "[1,]", "[1 2]", "[,1]", "{}", "{\"a\":1,\"a\":2}", "{\"a\":1,}", "{a:1}", "{\"a\" 1}",
               "1 2", "1 null", "1null", "1nullx", "[1] null ]", "1 nul", "1x", "{}x", "\"a\"null", "[[[[1]]]]", "{\"a\":{\"b\":[null]}}", "\ufeff1", "1e400", "\"\u007f\"", "\t\r\n1", "\u000b1", "[1]]", "NaN", "\"\\/\"", "\"\\u12g4\"", "123456789012345678901234567890", "1,2", "1 \"a\"", "1 [", "{\"$serde_json::private::Number\":\"1\"}"]
    each("json.unmarshal", sources + [n("1"), None])
    each("json.is_valid", sources + [n("1"), None])

    graphs = [{}, {"a": ["b", "c"], "b": ["d"], "c": ["d", "x"], "d": ["a"]}, {"a": Set(["b"]), "b": [], "c": ["a"]}, {"a": ["a"]}, {"a": ["a", "b"], "b": ["a"]}, {"a": None, "b": "a", "c": n("1")}, {"a": ["z"]}, {"a": ["b", "b"], "b": ["c"], "c": []}, [], {"a": ["b"], "b": ["b", "c"], "c": []},
              {"a": ["b", "c", "d"], "b": ["c", "d"], "c": ["d"], "d": []}, Obj([(n("1"), [n("2.0")]), (n("2"), [])])]
    starts = [[], ["a"], Set(["a", "b"]), ["zz"], "a", ["a", "a"], [n("1.0")], None, ["c"]]
    for f in ("graph.reachable", "graph.reachable_paths"):
        each(f, graphs, starts)
    each("walk", [None, n("1"), "a", [], {}, Set(), [n("1"), [n("2"), {"a": n("3")}]], {"b": {"c": n("1")}, "a": Set([n("1"), [n("2")]])}, Obj([(n("1"), n("2")), (None, []), (["x"], n("0"))])])

    amounts = ["", "0", "1", "10", "-5", "+5", "1.5", ".5", "5.", "1e3", "1E3", "1e-3", "1e", "1e+", "1.2.3", "007", "1,5", "1e1000000", "1e-5", "0.1234567890123", "99999999999999999999", "--1", "1-", "0e0", "1e2e3"]
    units = ["", "m", "k", "K", "ki", "KI", "Ki", "kI", "M", "Mi", "mI", "g", "Gi", "T", "tI", "P", "pi", "E", "Ei", "b", "B", "kb", "KB", "KiB", "mb", "MiB", "gb", "tib", "PB", "eib", "e", "ee", "xyz", " k", "\"k\"", "é", "K\u212a", "\u212a"]
    for f in ("units.parse", "units.parse_bytes"):
        each(f, [a + u for a in amounts for u in rng.sample(units, 6)] + [a for a in amounts] + ["10" + u for u in units] + [n("1"), None, "1 0", "\"10\"K"])


build()
lines, left_out, seen = [], 0, set()
for function, args in cases:
    key = (function, dump(args))
    if key in seen:
        continue
    seen.add(key)
    answer = ask(function, args)
    if answer is LEFT_OUT:
        left_out += 1
        continue
    lines.append(f"[{dump(function)},{dump(args)},{json.dumps(answer)}]")
pathlib.Path(__file__).with_suffix(".json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
print(len(lines), "cases,", left_out, "left out", file=sys.stderr)
