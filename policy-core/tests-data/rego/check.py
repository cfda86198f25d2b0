"""Asks OPA which policies it refuses, and writes check.json beside this file.

    python3 check.py        (needs opa_bindings: pip install opa_golib_python_bindings)

Each case: the modules, the data if there is any, and what OPA reports: codes and lines, sorted; nothing if it takes the
policy. OPA gives lines but no columns, so each expression has its own line.
"""
import json
import pathlib
import random
import re

from opa_bindings import OpaEngine, OpaError, OpaUndefinedError

REPORT = re.compile(r"^(?:\d+ errors? occurred: ?)?(?:m(\d+)\.rego:(\d+): )?(rego_\w+): ", re.M)


def verdict(modules, data):
    engine = OpaEngine()
    try:
        if data is not None:
            engine.add_data(data)
        for index, text in enumerate(modules):
            engine.add_policy(f"m{index}.rego", text)
        engine.eval_document("nothing.here", {})
    except OpaUndefinedError:
        return []
    except OpaError as error:
        if error.code == "eval_error":
            return []
        text = error.message.replace("bundle activation failed: ", "")
        found = sorted({(code, int(file or 0), int(line or 0)) for file, line, code in REPORT.findall(text)})
        if not found:
            raise SystemExit(f"not understood: {modules} {error}")
        return [list(one) for one in found]
    return []


HAND = []


def case(*modules, data=None):
    HAND.append((list(modules), data))


def rules(text, data=None):
    case("package t\n" + text, data=data)


# Rules that contradict each other.
rules("p := 1\np := 2")
rules("p := 1\np := 2\np contains 1")
rules("p contains 1\np contains 2")
rules("p contains 1\np := 1")
rules("p if true\np(x) := x")
rules("f(x) := x\nf(x, y) := x")
rules("f(x) := x\nf(y) := y")
rules("f(x) := x\nf.g := 1")
rules("f.g(x) := x\nf.h := 1")
rules("f.g(x) := x\nf.g := 1")
rules("f.g(x) := x\nf := 1")
rules("f := 1\nf.g := 1")
rules("p.q := 1\np.q.r := 2")
rules("p.q := 1\np.r := 2")
rules("p.q contains 1\np.q.r := 2")
rules("p.q contains 1\np.q.r contains 2")
rules("p.q contains 1\np.q contains 2")
rules("p.q.r.s := 1\np.q := 2\np.q.r := 3")
rules('p[x] := 1 if x := "a"\np.q.r := 2\np := 3')
rules('p[x] := 1 if x := "a"\np.q.r := 2')
rules('p[x] := 1 if x := "a"\np.q := 2')
rules('p.q[x] := 1 if x := "a"\np.q contains 2')
rules('p.q[x] := 1 if x := "a"\np.q := 2')
rules('p.q[x] := 1 if x := "a"\np[y] contains 2 if y := "z"')
rules('p[x] := 1 if x := "a"\np[x].b := 2 if x := "r"')
rules('p[x] := 1 if x := "a"\np[x] contains 2 if x := "r"')
rules('p[x].r := 1 if x := "a"\np.q := 2')
rules('p[x].r := 1 if x := "a"\np.q.r := 2')
rules('p[x].r := 1 if x := "a"\np.q.r.s := 2')
rules('p.q[x].r := 1 if x := "a"\np.q.y.r.z := 2\np.q.y := 1')
rules("p[1] := 1\np[2] := 2")
rules("p[1] := 1\np := 2")
rules("p[true] := 1\np[null] := 2\np[1].x := 3")
rules("p[1] := 1\np[1].x := 3")
rules("default p := 1\ndefault p := 2")
rules("default p := 1\ndefault p := 1")
rules("default p := 1\np := 2")
rules("default p := 1\np contains 2")
rules("default p.q := 1\np.q := 2")
rules("default f(x) := 1\nf(x) := 2 if x")
rules("default f(x) := 1\ndefault f(y) := 2")
rules("default f(x) := 1\nf(x, y) := 2 if x")
rules("default f(_) := 1\nf := 2")
rules("p := 1 if false\nelse := 2\np := 3")
SOME = " if {\n  x = input.k[_]\n}"
for one in ["d[x] := 2", "d[x] contains 2", "d[x].e := 2", "d[x].e contains 2"]:
    for other in ["d.c(x) := 1", "d.c() := 1", "d.c := 1", "d.c contains 1", "d.c.e(x) := 1", "d.c.e.f(x) := 1", "d := 1",
                  "d contains 1", "d() := 1", "d(x) := 1", "d[1] := 1", "d[1] contains 1", "d[1].e(x) := 1"]:
        rules(one + SOME + "\n" + other)
case("package u.b\nd[x] := 2" + SOME, "package u\nb.d.c(x) := 1")
case("package a\nb := 1", "package a.b\nc := 1")
case("package a\nb := 1", "package a.b")
case("package a\nb contains 1", "package a.b\nc := 1")
case("package a\nb.c := 1", "package a.b\nd := 1")
case("package a\nb.c := 1", "package a.b\nc := 1")
case("package a\nb.c := 1", "package a.b\nc contains 1")
case("package a\nb.c := 1", "package a.b.c\nd := 1")
case("package a\nb.c := 1", "package a.b.c.d\nd := 1")
case('package a\nb.c[x] := 1 if x := "a"', "package a.b.c\nd := 1")
case('package a\nb.c[x] := 1 if x := "a"', "package a.b\nc := 1")
case('package a\nb[x] := 1 if x := "a"', "package a.b\nc := 1")
case("package a\nf(x) := 1", "package a.f\nc := 1")
case("package a\nf(x) := 1", "package a.f.g\nc := 1")
case("package a\ndefault b := 1", "package a\ndefault b := 2")
case("package a\nb := 1", "package a\nb contains 2")
case("package a\n\nb contains 1", "package a\nb := 2")
case("package a\nb := 1", "package a.b\nc := 1", "package a.b.c\nd := 1")
case("package a.b.c\nd := 1", "package a\nb := 1", "package a.b\nc := 1")

# Data where rules are.
TAKEN = [{"t": {"x": 1}}, {"t": {"y": 1}}, {"t": 1}, {"t": {}}, {"t": {"x": {}}}, {"t": {"x": None}}, {"t": [1]}]
TAKEN += [{"t": {"x": {"b": 1}}}, {}, {"t": {"x": {"a": {"b": 2}}}}, {"t": {"x": [{"b": 1}]}}, {"t": None}, {"u": 1}]
for taken in TAKEN:
    rules("x := 1", data=taken)
    rules("x.a := 1", data=taken)
    rules('x[a] := 1 if a := "z"', data=taken)
    rules('x[a].b := 1 if a := "z"', data=taken)
    rules("x(a) := 1", data=taken)
    rules("x contains 1", data=taken)
    rules("x.a.b := 1\nx.b := 2\ny := 3", data=taken)
    rules('x["0"].a := 1', data=taken)
    rules('x["0"].b := 1', data=taken)
    rules('x["00"].b := 1', data=taken)
    rules("", data=taken)

# Functions.
for call in [
    "foo(1)", "foo.bar(1)", "data.t.foo(1)", "data.u.f(1)", "count()", "count([1])", "count([1], n)", "count(1, 2, 3)",
    "f()", "f(1)", "f(1, 1)", "f(1, 2, 3)", "g()", "g(1)", "p(1, 2)", "t.f(1)", "input.f(1)", "plus(1)",
    "plus(1, 2, n)", "plus(1, 2, n, m)", "walk(input)", "walk(input, [p1, v1])", "walk(input, [p1, v1], 1)",
    "not foo(1)", "not f(1, 2, 3)", "x := foo(1)", "x := f(1, 2)", "x := f(1, 2, 3)", "x := f(f(1))",
    "x := f(foo(1))", "x := [y | y := foo(1)]", "x := [foo(1)]", "x := {y: foo(1) | y := 1}", "every y in [1] { foo(y) }",
    "every y in foo(1) { y }", "x := count(1, 2)", "print(foo(1))", "x := 1 + foo(1)", "input.a[foo(1)]",
    "x := 1 with input as foo(1)", "x := h(1) with data.t.f as foo", "x := f(1) with data.t.f as foo.bar",
    "x := count([1]) with count as f", "x := count([1]) with foo as f", "x := count([1]) with count as foo",
    "net.cidr_contains(1)", "net.cidr_foo(1, 2)", "internal.foo(1)", "startswith(1)", "eq(1)", "eq(1, 2, 3)",
]:
    rules(f"f(x) := x\nh(x) := f(x)\ng() := 1\np := 1\nr if {{\n  true\n  {call}\n}}")
rules("r := foo(1)")
rules("r contains foo(1)")
rules("r[foo(1)] := 2")
rules("r(x) := foo(x)")
rules("r(x) := 1 if {\n  false\n} else := foo(x)")
rules("r if foo(1)\nr if bar(1)\ns := baz(1)")
rules("f(x) := 1 if f2(x)\nf2(x) := 1 if f3(x)")
case("package a\nf(x) := x", "package b\nimport data.a\nr := a.f(1)")
case("package a\nf(x) := x", "package b\nimport data.a\nr := a.g(1)")
case("package a\nf(x) := x", "package b\nimport data.a\nr := a.f(1, 2, 3)")
case("package a\nf(x) := x", "package b\nimport data.a.f\nr := f(1)\ns := f(1, 2, 3)")
case('package a\np[x] := 1 if x := "f"', "package b\nr := data.a.p.f(1)\ns := data.a.p(1)")

# Unsafe variables in heads.
for head in [
    "p := x if true", "p contains x if true", "p[x] := 1 if true", "p[1] := x if true", "p[x].y := 1 if true",
    "p[x][y] := z if {\n  x := 1\n}", "f(x) := y if true", "f(x) := x", "f([x, y]) := x + y", 'f({"a": x}) := x',
    "f(_) := x", "p := [x]", "p := {x: 1}", "p := [y | x]", "p := [x | x := 1]", "p := {x | y := 1}", "p := input[x]",
    "p := count(x)", "p := x if x := 1", "p := x if not x", "p := 1 if {\n  false\n} else := x if true",
    "p := 1 if {\n  x := 1\n} else := x if true", "p := data[x].y", "p := {\"a\": {\"b\": x}}", "p contains [x, y] if x := 1",
    "p := x if every x in [1] {\n  x\n}", "p := y if y := [x | x := 1]", "p := x if y := [x | x := 1]", "p := _", "p contains _",
    "p := _ if true", "p := x if some x in [1]", "p := x if some x", "p[_] := 1", "p := input[_]", "p := [_]",
    "f(x) := y if {\n  x == 1\n} else := y if y := x", "default p := x", "default f(x) := x", "p := x with input as 1",
]:
    rules(head)
rules("p := x if true\nq := y if true\nr contains z if true")
rules("p.x[a] := b if {\n  a := 1\n}")

# Unsafe variables in bodies.
BODIES = [
    ["x"], ["x == 1"], ["x = 1"], ["x = y"], ["x = y", "y = 1"], ["x > 1", "x = 2"], ["not x"], ["not x", "x = 1"],
    ["not x = 1"], ["not x = 1", "x = 1"], ["not input[x]"], ["not input[x]", "input.y[x]"], ["not input[_]"],
    ["not input.a[_] == 1"], ["not f(_)"], ["not f(x)"], ["f(x)"], ["f(x)", "x = 1"], ["f(x) = y"], ["f(1) = y"],
    ["f(x, y)", "x = 1"], ["f(1, y)"], ["f(y, 1)"], ["g(y, x, z)", "x = y", "z = 1"], ["count(x)"], ["count(input, x)"],
    ["count(x, y)"], ["x = count(y)"], ["x := count(y)"], ["x := y"], ["x := y", "y := 1"], ["y := x", "x = 1"],
    ["[x, y] = [1, 2]"], ["[x, y] = [1, x]"], ["[x, y] = [y, 1]"], ["[x, y] = [y, x]"], ["[x, y] = z"],
    ["[x, y] = z", "z = input"], ["[x, [y]] = [z, z]", "z = input.a"], ['{"a": x} = {"a": 1}'], ['{"a": x} = {"b": 1}'],
    ['{x: 1} = {"a": 1}'], ['{"a": x} = input'], ["{x} = {1}"], ["{x} = input"], ["x = {y}"], ["x = {y}", "y = 1"],
    ["x = [y | y = 1]"], ["[x] = [y | y = 1]"], ["[y | y = 1] = [x]"], ["{x: 1} = {y: 1 | y = 1}"],
    ['{"a": x} = {y: 1 | y = 1}'], ['{y: 1 | y = 1} = {"a": x}'], ["x = [y | true]"], ["x = [y | y = z]"],
    ["x = [y | y = z]", "z = 1"], ["x = [y | y = z]", "y = 1", "z = 1"], ["x = [1 | y]"], ["x = [1 | y = 1; z = y]"],
    ["x = [x | true]"], ["x = [1 | x]"], ["x = [1 | x]", "x = [2]"], ["[x, y] = [[x | true], 1]"], ["x = [y | y = [z | z = w]]"],
    ["x = [y | y = [z | z = w]]", "w = 1"], ["x = [y | y = [z | z = w]; w = 1]"], ["x = {y: z | y = 1}"],
    ["x = {y: z | y = 1; z = y}"], ["x = {y | not y}"], ["x = {y | not y; y = 1}"], ["every x in [1] {\n    x == 1\n  }"],
    ["every x in y {\n    x == 1\n  }"], ["every x in y {\n    x == 1\n  }", "y = [1]"], ["every k, v in [1] {\n    k == w\n  }"],
    ["every k, v in [1] {\n    k == w\n  }", "w = 1"], ["every x in [1] {\n    y = x\n  }", "y = 1"], ["every x in [x] {\n    x\n  }"],
    ["every x in input {\n    every y in x {\n      z == y\n    }\n  }"], ["every x in input {\n    every y in x {\n      z == y\n    }\n  }", "z = 1"],
    ["not every x in [1] {\n    x == y\n  }"], ["every x in [1] {\n    not y\n  }", "y = 2"], ["input[x] = y"], ["x[y] = 1"],
    ["x[y] = 1", "x = input"], ["x[y][z]", "x = input"], ["input[x][y] = z", "not z"], ["data.foo[x]"], ["data[x]"], ["x.y"],
    ["x.y = 1", "x = {}"], ["[1, 2][x]"], ["[1, y][x]"], ["[1, y][x]", "y = 1"], ["f(1)[x]"], ["f(y)[x]"], ["input[input[x]]"],
    ["input[input[x]]", "not x"], ["input[y[x]]"], ["input[y[x]]", "y = input"], ["input[f(x)]"], ["input[f(x)]", "x = 1"],
    ["x = 1 with input as y"], ["x = 1 with input as y", "y = 1"], ["input.x = y with input as y"], ["x = input with input.a as x"],
    ["input[x] with input as {}"], ["x = data.foo with data.foo as y", "y = 1"], ["x = y with input.foo as y", "y = 3"],
    ["true with input as x"], ["true with input as [x]"], ["true with input as [x | x = 1]"], ["true with input.a[x] as 1"],
    ["walk(input, x)"], ["walk(input, [x, y])"], ["walk(x, [y, z])"], ["walk(x, [y, z])", "x = input"], ["walk(input, [x, x])"],
    ["not walk(input, [x, y])"], ["not walk(input, [_, _])"], ["walk(input, [[x], y])", "not y"], ["some x", "x = 1"],
    ["some x", "input[x]"], ["some x", "not x"], ["some x", "x == 1"], ["some x, y", "x = y"], ["some x in [1]"], ["some x in y"],
    ["some x in y", "y = [1]"], ["some k, v in input"], ["some k, v in input", "not k"], ["some [x, y] in input", "not y"],
    ['some {"a": x} in input', "not x"], ["some x in [x]"], ["some 1, x in input", "not x"], ["x in [1]"], ["x in [1]", "x = 1"],
    ["x, y in [1]"], ["1 in x"], ["1 in x", "x = [1]"], ["not 1 in x"], ["print(x)"], ["print(x)", "x = 1"], ["x = 1", "print(x)"],
    ["x = 1", "x = 2"], ["y == 1", "x = 3", "y == 1", "y = 1"], ["y == 1", "y == 1", "y = 1"], ["x = 1", "x = 1", "not x"],
    ["plus(data.x[i], w, z0)", "y = 1", "not data.q[i] == y"], ["plus(input.x[i], w, z0)", "w = 1"],
    ["z = 1", "x = array.concat(w, [1 | z > 0])", "w = [2]"], ["z = 1", "array.concat(w, [1 | z > 0], x)", "w = [2]"],
    ["z = 1", "w == [1 | z > 0]", "w = [2]"], ["x = $`a {y}`"], ["y = 1", "x = $`a {y}`"], ["x = sprintf(y, [z])"],
    ["x = sprintf(y, [z])", "y = \"a\"", "z = 1"], ["x = -y"], ["x = y + z"], ["x = y + z", "y = 1", "z = 2"], ["x + 1 = 2"],
    ["1 = x + y", "y = 1"], ["x = y | {1}"], ["count(x) = y", "x = [1]"], ["if"], ["contains"], ["in_ == 1"], ["every_"],
]
for body in BODIES:
    rules("f(a) := a\ng(a, b) := a + b\nr if {\n  " + "\n  ".join(body) + "\n}")
rules("f(x) if {\n  x == 1\n}\ng(x) if {\n  not x == y\n}")
rules("f(x) := y if {\n  [x, y] = [1, 2]\n} else := z if {\n  z = x\n} else := 1 if {\n  not w\n}")
rules("p if {\n  x == 1\n  y == 2\n}\nq if {\n  z == 3\n}")
rules("p if {\n  x == y\n  z\n  x == z\n}")
rules("p contains x if {\n  x == y\n}")

# Recursion.
rules("p if p")
rules("p if data[x].p")
rules("p if data.t.p")
rules("p if data.t[x]")
rules("p if data.t")
rules("p if data")
rules("p if input[data.t.p]")
rules("p if q\nq if r\nr if p\ns if p")
rules("p if q\nq if data.t[x]")
rules("p if not q\nq := 1 if p")
rules("p := 1 if false\nelse := 2 if q\nq := p")
rules("p := 1 if false\nelse := 2 if p")
rules("p := 1 if false\nelse := 2 if q\nelse := 3\nq := 1")
rules("p.a := 1\np.b := p.a")
rules('p[x] := 1 if x := "a"\np.b := p.a')
rules('p[x] := 1 if {\n  x := "a"\n}\np.b := p.c\np.c := 1')
rules('p[x] := p.a if x := "b"\np.a := 1')
rules('p[x].a := p[x].b if x := "b"')
rules('p[x].a := 1 if x := "b"\np.y.b := p.y.a')
rules("p contains 1\np contains x if some x in p")
rules("p contains x if x := [y | some y in p]")
rules("p := [y | y := q]\nq := {1 | p}")
rules("p := {1: q}\nq := [p]")
rules("f(x) := f(x)")
rules("f(x) := g(x)\ng(x) := h(x)\nh(x) := f(x)")
rules("f(x) := x if g(x)\ng(x) := x")
rules("f(x) := 1 if false\nelse := f(x)")
rules("default p := false\np if q\nq if p")
rules("p if not data.t.q with data.t.p as 1\nq := 1")
rules("p if {\n  q with data.t.r as 1\n}\nq if r\nr if p")
rules("f(x) := 1\ng(x) := y if y := f(x) with data.t.f as data.t.h\nh(x) := g(x)")
rules("f(x) := 1\nr if f(1) with data.t.f as g\ng(x) := r")
rules("p if every x in q {\n  x\n}\nq := [p]")
rules("p if every x in [1] {\n  p\n}")
rules("p := input.x\nq := p[p]\nr := q[r]")
rules("p := data.u.x")
rules("p := data[input.x]")
rules("p := data[input.x].y")
rules("p := data[input.x].p")
rules("p := data[[1]]")
rules('p := data["t"]["p"]')
rules("p := data.t[1]")
rules("a if b\nb if a\nc if d\nd if c\ne if a\nf if f")
case("package a\np := data.b.q", "package b\nq := data.a.p")
case("package a\np := data.b", "package b\nq := data.a.r", "package c\nr := 1")
case("package a\np := data.b", "package b.c\nq := data.a.p")
case("package a\np := data[x].q", "package b\nq := data.c.r", "package c\nr := data.a.p")
case("package a\np := data[x].z", "package b\nq := data.c.r", "package c\nr := data.a.p")
case("package a.b\np := data.a[x].c", "package a.c\nq := data.a.b.p")
case("package a.b\np := data.a[x].q", "package a.c\nq := data.a.b.p")
case("package system.main\nq := data[x]")
case("package system.main\nq := 1", "package a\np := data[x]")

# Functions that are gone.
for call in ["any([true])", "all([true])", 're_match("a", "a")', 'cast_string("a")', "set_diff({1}, {2})",
             'net.cidr_overlap("10.0.0.0/8", "10.0.0.1")', "cast_array([])", "cast_set({1})", "cast_object({})",
             "cast_null(null)", "cast_boolean(true)"]:
    rules(f"r if {{\n  {call}\n}}")
    rules(f"r if {{\n  true\n  x := [y |\n    y := {call}\n  ]\n}}")
rules("r if any([true])\ns if {\n  all([true])\n  any([])\n}")
rules("r if {\n  count([1]) == 1 with count as any\n}")

# Bodies at random.
SHAPES = [
    "A = 1", "A = B", "A == B", "A != B", "[A, B] = input.p", '{"k": A} = B', "[A, 1] = [B, C]", "[A, B] = [B, C]",
    "[A, [B, C]] = D", '{"k": A, "l": B} = {"l": C, "k": D}', "input.q[A]", "A = input.q[B]", "not A == 1",
    "not input.q[A]", "not data.d[A][B]", "count(A) > 1", "count(A, B)", "g(A, B, C)", "g(input.q[A], B, C)",
    "A = [B | B = input.r[C]]", "A = [1 | C > B]", "A = {B: C | B = input.r[C]}", "A = {B | [B, C] = D}",
    "every k, v in A {\n    v == B\n  }", "every v in input.s {\n    input.t[v] == A\n  }",
    "every v in input.s {\n    B = v\n    A = [B | B = C]\n  }", "startswith(A, B)", "walk(A, [B, C])", "walk(input, [A, B])",
    "A = B with input.u as C", "f(A)", "f(A, B)", "f(A) = B", "input[A][B] = C", "{A, B} = {1, 2}", "A in input.xs",
    "A = data.d[B] with data.d as C", "array.concat(A, [1 | B > 0]) = C", "g(data.d[A], B, C)", "A = B[C]", "A[B]", "A.b = C",
    "[A | A = B]", "not count(A) == 0", "not f(A)", "object.get(input, A, B, C)", "A = concat(B, [C])", "A + B = C",
    "A = {B: C}", "A = [f(B), C]", "input[f(A)] = B", "not [A | A = B] == C", "[[A, B] | B = input.r[C]] = D",
    "A = [B | not C; B = D]", "some e in A\n  B = e", "some e, [A2, B] in input.m\n  C = B", "A = [e | some e in B]",
    "A = {e: D | some e, D in B}", "true with input as A", "not input.z with input.z as [A | A = B]", "A", "B[0] = [A]",
]
HEADS = ["r := 1 if {", "r := 1 if {", "r := x if {", "r contains y if {", "r[x] := y if {", "h(x) := y if {", "h([x, _]) if {"]


def random_cases(count, seed):
    pick = random.Random(seed)
    for _ in range(count):
        names = ["w", "x", "y", "z"][: pick.choice([2, 3, 3, 4])]
        lines = []
        for _ in range(pick.choice([2, 3, 3, 4, 5])):
            line = pick.choice(SHAPES)
            for letter in "ABCD":
                line = re.sub(rf"\b{letter}\b", pick.choice(names), line)
            lines.append(line)
        for name in names:
            if pick.random() < 0.45:
                lines.insert(pick.randrange(len(lines) + 1), f"{name} = " + pick.choice(["input.a", "input.b[_]", "data.e"]))
        rules("f(a) := a\ng(a, b) := b\n" + pick.choice(HEADS) + "\n  " + "\n  ".join(lines) + "\n}")


random_cases(1200, 7)

out = []
for modules, data in HAND:
    one = {"modules": modules, "errors": verdict(modules, data)}
    if data is not None:
        one["data"] = data
    out.append(one)
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in out) + "\n]\n")
print(len(out), "cases,", sum(1 for one in out if one["errors"]), "refused")
