#!/usr/bin/env python3
"""Asks OPA's own compiler which of the policies below have type errors, and where, and writes types.json beside this
file. Needs Go (types/main.go is built with OPA 1.20.2) and nothing else.

A case is a list of modules, and of errors: code, module, line and column of each. Policies that another stage refuses
are left out. So are those with an error for which OPA has no place, and what OPA rewrites with a policy's annotations.
"""

import json
import pathlib
import random
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
OPA = "v1.20.2"

# One policy a line, all in `package t`.
HAND = r"""
a := {"x": 1}\nr if a.y
a := {"x": 1}\nr if a.y with data.t.a as {"y": 2}
r if count(1)
r if { x := 1; count(x) }
r if 1 = "a"
r := x if { x = 1; x = "a" }
r if { every x in [1] { count(x) } }
r if { every x in [1] { x.y } }
f(x) := count(x)\nr := f(1)
f(x) := 1\nr := f(1, 2)
f(x) := 1\nr := f()
p contains 1\nr if p.x
p contains "a"\nr if p[1]
p := [1,2]\nr if p["a"]
p := [1,2]\nr if p[5]
p := {"a": {"b": 1}}\nr := p.a.c
p[x] := 1 if { x := "a" }\nr := p[1]
r := [y | y := count(1)]
r := {y | y := {1: 2}.z}
r := input.x.y[1][2]
r := data[1]
r := data.foo.bar
r if walk(1, 2)
r if walk({}, [x, y])
r if concat(1, 2)
r := concat(",", [1])
r := concat(",", ["a", input.x])
r := concat(",", ["a", 1])
r if net.cidr_contains(1, "a")
r if 1 in "a"
r := 1 + "a"
r := {1} - 2
r := {1} | [2]
r if { some x in [1]; x == "a" }
r if { some x in [1]; x = "a" }
f(x) := 1\nr if { f(1) = "a" }
f({"a": x}) := x\nr if f({"b": 1})
f([x, y]) := x\nr if f([1])
r if count([1]) with count as f\nf(x) := 1
r if count([1]) with count as f\nf(x, y) := 1
r if count([1]) with count as 1
r := f\nf(x) := 1
r := data.t.f\nf(x) := 1
r := time.now_ns
r := time.now_ns()
r := opa.runtime().x.y
r := sprintf("%d", 1)
r := sprintf("%d", [1, "a"])
r := object.get({}, 1, 2)
r := object.get([], 1, 2)
r := json.patch({}, [{"op": "add"}])
r := json.patch({}, [{"op": "add", "path": "a", "value": 1}])
r := to_number([])
r := sum([1, "a"])
r := sum([1, input.x])
r := {"a": 1}["a"]["b"]
r := x.y if x := 1
r if not count(1)
r if input.x == count(1)
r if [count(1)]
r if { x := {"a": 1, "b": "c"}; y := x[_]; y.z }
r if { x := ["a", {"b": 1}]; x[i].b }
default r := 1\nr := "a" if { input.x }\ns := r.y
r := 1 if input.x\nelse := "a"\ns := count(r)
r := {"a": 1} if input.x\nelse := "a"\ns := r.b
r contains x if { some x in [1, "a"] }\ns if { some y in r; y.z }
f(x) := y if { y := x.a }\nr := f("s")
f(x) := y if { startswith(x, "a"); y := 1 }\nr := f(1)
r if [x, y] = [1, 2, 3]
r if {"a": x} = {"b": 1}
r if {"a": x} = {"a": 1}
r if [x, y] = input
r if [1, x] = ["a", 2]
r if {1, 2} = {"a"}
r if { x = y; y = 1; x = "a" }
r if input = 1
r if data.t.r2 = 1\nr2 := "a"
r if data.t[x] = 1\nr2 := "a"
r if data.t[x].y = 1\nr2 := "a"
a.b.c := 1\nr := data.t.a.b.d
a.b.c := 1\nr := data.t.a.x
a.b[x] := 1 if x := "q"\nr := data.t.a.b.d.e
a.b[x].c := 1 if x := "q"\nr := data.t.a.b.d.e
a.b[x] contains 1 if x := "q"\nr := data.t.a.b.d.e
a[x] := {"s": 1} if x := "q"\na.b := "u"\nr := a.b.c
r := a.b.c\na[x] := 1 if x := "q"\na.b := "u"
nums[x] contains x if some x in [1, 2, 3]\nbug if {\n n1 := 1\n nums[n1]\n}
x := [1]\nr if x[0].y
x := [1]\nr if x[_].y
x := {}\nr if x.y.z
x := []\nr if x.y
x := set()\nr if x.y
r if {}[1]
r := [1][0] + "a"
r := -1 + count(1)
r := numbers.range(1, "a")
f(x) = y if { y = x }\nr := f(1).z
r := regex.match("a", 1)
r := glob.match("a", null, "b")
r := glob.match("a", 1, "b")
r := glob.match("a", [1], "b")
r := io.jwt.decode(1)
r := io.jwt.decode("a")[3]
r := io.jwt.decode("a")[2].x
[_, p, _] := io.jwt.decode("a")
r := p.x if [_, p, _] := io.jwt.decode("a")
r := p.x if [_, _, p] := io.jwt.decode("a")
r := p if [_, p] := io.jwt.decode("a")
p := {{"a": 1}: 2}\nr := p[{"a": 1}]
p := {{"a": 1}: 2}\nr := p[{"a": 2}]
p := {[1]: 2}\nr := p[[1]]
p := {[1]: 2}\nr := p[[2]]
p := {1: 2}\nr := p[1]
p := {1: 2}\nr := p[1.0]
p := {1.0: 2}\nr := p[1]
p := {1: 2}\nr := p["1"]
p := {true: 2}\nr := p[false]
p := {null: 2}\nr := p[null]
p := {{1}: 2}\nr := p[{1}]
p := {{1}: 2}\nr := p[[1]]
p := {input.x: 2}\nr := p.y
p := {input.x: 2, "a": 1}\nr := p.y
r := $"a {count(1)} b"
r := $"a {input.x} b"
r := startswith($"a {1} b", 1)
test_r if { data.t.a == 1 } with input as {"a": 1}\na := 1
r if { data.t.q.z with data.t.q as {"z": 1} }\nq := 1
r if { x := data.t.q with data.t.q as {"z": 1}; x.y }\nq := {"z": 2}
r if input.x with input.x as 1 with input.y as count(1)
r if { every k, v in {"a": 1} { k == 1; v.x } }
r if { every k, v in {"a": 1} { v.x } with data.t.f as g }\nf(x) := 1\ng(x) := 2
f(x, y) if x == y\nr if f(1, "a", true)
f(x, y) if x == y\nr if f(1, "a", 2)
f(x) := true\nr if f(1, "a")
r if count("a", 1)
r if count("a", "b")
r if { count("a", x); x == 1; x = "s" }
print(1, 2, "a")
r if print(1, count(2))
r if { print(data.t.a.b.c) }\na := 1
r if trace(1)
r := [x | x := [y | y := count(1)]]
r := [x | x := [y | y := input[_]; y = 1]; x = "a"]
r := {k: v | k := [1][_]; v := k.x}
r if { xs := [1]; y := [x | x := xs[_]]; y = ["a"] }
r if { xs := [1]; y := [x | x := xs[_]]; y = "a" }
r if { xs := [1]; y := [z | z := [x | x := xs[_]]]; y = [["a"]] }
r if input.foo[count(1)]
r if data.t.x[input.y] = 1\nx := {"a": "b"}
r if { x := input.y; data.t.x[x] = 1 }\nx := {"a": "b"}
r if { x := 1; data.t[x] }
r if data.t[1]
r if data.foo[1]
r if data.foo[1].a
r if data.foo.bar[1]
r if data.t.x[[1]]\nx := {"a": "b"}
r if data.t.x[{"a"}]\nx := {"a": "b"}
r if data.t.x[{"a": input.y}]\nx contains {"a": 1}
r if data.t.x[{"a": input.y}]\nx contains {"b": 1}
r if data.t.x[[1, y]]\nx contains [1, "a"]
r if data.t.x[[1, y, z]]\nx contains [1, "a"]
r if { data.t.x[[1, y]]; y = 1 }\nx contains [1, "a"]
r := union({1})
r := union({{1}, {2}})
r := object.union({}, 1).x
r := object.union({}, {}).x
r := json.unmarshal("1").x.y
r := http.send({}).x
r := http.send([])
r := urlquery.decode_object("a").x.y
r := urlquery.decode_object("a").x[0].z
r := semver.compare("a", "b").c
r := graph.reachable({"a": ["b"]}, ["a"])
r := graph.reachable({"a": "b"}, ["a"])
r := graph.reachable({"a": 1}, ["a"])
r := strings.replace_n({"a": "b"}, "c")
r := strings.replace_n({"a": 1}, "c")
r := strings.any_prefix_match("a", ["b", 1])
r := max([1, "a"]).x
r := sort({1})["a"]
r := time.clock([1, "a", "b"])
r := time.clock([1, 2])
r := time.format([1, "a", "b"])
r := json.match_schema({}, {})[1][0].nope
r := json.match_schema({}, {})[1][0].desc.x
r if data.t.a.y with data.t.a as {"y": 2} with input as 1\na := {"x": 1}
a := {"x": 1}\nb := a\nr if b.y with data.t.a as {"y": 2}
a := {"x": 1}\nb := a\nc := b.x\nr if c.y with data.t.a as {"y": 2}
a := {"x": 1}\nf(x) := a\nr if f(1).y with data.t.a as {"y": 2}
a := {"x": 1}\nr if a.y with input as {"y": 2}
a.b := {"x": 1}\nr if data.t.a.b.y with data.t.a.b as 1
a.b := {"x": 1}\nr if data.t.a.b.y with data.t.a as {"b": {"y": 1}}
a := {"x": count(data.foo.z)}\nr if a.y with count as 1
g(x) := 1\na := {"x": g(data.foo.z)}\nr if a.y with data.t.g as 1
g(x) := 1\nh(x) := 2\nr if g(1) = 2 with data.t.g as h
g(x) := 1\nh(x) := "a"\nr if g(1) = "a" with data.t.g as h
g(x) := 1\nh(x, y) := 2\nr if g(1) = 2 with data.t.g as h
g({"a": x}) := x\nh({"b": x}) := x\nr if g({"a": 1}) with data.t.g as h
r if time.now_ns() = "a" with time.now_ns as "a"
f := 1\ng(x) := x\nr if count([1]) with count as f
p := x if { x := [1, 2][_]; x = "a" }
p contains x if { x := {"a": 1, "b": "c"}[_] }\nr if { some y in p; y = null }
p contains x if { x := {"a": 1, "b": "c"}[_] }\nr if p[null]
p[x].q contains y if { some x, y in {"a": 1} }\nr if { p.a.q[y]; y = "s" }
p[x].q := y if { some x, y in {"a": 1} }\nr if { p.a.q = "s" }
p.q := 1\np.r := "a"\ns if { data.t.p[x] = null }
p.q := 1\np.r := "a"\ns if { data.t.p.q = "a" }
default f(_) := 0\nf(x) := "a" if x == 1\nr if f(1) = null
default f(_) := 0\nf(x) := "a" if x == 1\nr if f(1) = "b"
f(x) := 1 if x == 1\nelse := "a"\nr if f(1) = null
f(x) := 1 if x == 1\nelse := "a"\nr if f(1) = "a"
f(x) := x if { x = 1 }\nr if f("a")
f(x) := x if { x == 1 }\nr if f("a")
f(x) := y if { y := x + 1 }\nr if f("a")
f([x, y]) := 1\nf("a") := 2\nr if f(1)
f([x, y]) := 1\nf("a") := 2\nr if f(["a", 1])
f(x) := g(x)\ng(x) := count(x)\nr if f(1)
r if { x := [1, "a"]; y := x[_]; y = null }
r if { x := [1, "a"]; some i; y := x[i]; i = "a" }
r if { some i, x in [1]; i = "a" }
r if { some k, v in {"a": 1}; k = 1 }
r if { some k, v in {"a": 1}; v = 1; k == 1 }
r if { {"a": x, "b": [y, z]} = {"a": 1, "b": [2, "c"]}; z = 1 }
r if { {"a": x, "b": [y, z]} := input; z = 1; y = "a" }
r if { {"a": x} = {"a": y}; x = 1; y = "a" }
r if { [x, 1] = [1, y]; x = "a" }
r if { [x, y] = input.z; x = 1; x = "a" }
r if { x = [y | y = input.a]; x = {1} }
r if { x = {y: 1 | y = input.a}; x = {"a": "b"} }
r if { x = {y | y = input.a}; x = ["a"] }
r if { object.get(input, "a", 1) = [x]; x.y.z }
r if { json.unmarshal("{}").a.b = 1 }
r if { [_, claims, _] := io.jwt.decode(input.t); claims.sub = 1; claims[1] }
r if { [ok, _, _] := io.jwt.decode_verify(input.t, {}); ok.x }
r if { time.clock(1)[0].x }
r if { x := {1, "a"}; x[null] }
r if { x := {1, "a"}; x["b"] }
r if { x := {1, "a"}; x[input.y] }
r if { x := {[1, "a"]}; x[[1, y]]; y = 1 }
r if { x := {[1, "a"]}; x[[1, y]]; y = "b" }
r if { x := {"a": {"b": [{"c": 1}]}}; x.a.b[0].c.d }
r if { x := {"a": {"b": [{"c": 1}]}}; x.a.b[0].d }
r if { x := {"a": {"b": [{"c": 1}]}}; x.a.b[1].c }
r if { x := {"a": {"b": [{"c": 1}]}}; x[_][_][_].d }
r if { every x in [1, 2] { x = "a" } }
r if { every x in [1, 2] { y := [z | z = x; z = "a"]; y } }
r if not data.t.p.x\np := 1
r if not count(1) = 2
r if { x := input.x; not x.y.z; count(x); x + 1 }
r := count(1) + count(2)
r := {"a": count(1), "b": lower(2)}
r := [count(1) | lower(2)]
r := "a" if count(1)\nelse := "b" if lower(2)\nelse := upper(3)
r[count(1)] := 2
r[x] := lower(2) if x := count(1)
r contains count(1)
r := 1 in 2
r := 1, 2 in 3
r if "a" in {"a": 1}
r := input.x[data.t.p[1]]\np := {"a": 1}
r := data.t.p[data.t.q]\np := {"a": 1}\nq := 1
r := data.t.p[data.t.q]\np := {"a": 1}\nq := "z"
r := data.t.p[input.x].y\np := {"a": 1}
r := p[q][0]\np[x] := [x] if some x in ["a"]\nq := "a"
r := p[q].z\np[x] := [x] if some x in ["a"]\nq := "a"
r := -count([1])
r := 1 - "a"
r := {1} - {2}
r := {1} - 2
r := {1} & "a"
r := ({1} | {2})[1]
r := ({1} | {2}).x.y
x := "a"\nr := x[0]
x := null\nr := x[_]
x := true\nr if x.y
x := 1.5\nr if x[y]
"""

# Every built-in function with each of these in each place.
LITERALS = ["null", "1", '"a"', '["a", 1]', '{"a": 1}', "{1}", "[input.x]"]


def calls():
    """Policies of eight rules, each with one call."""
    capabilities = subprocess.run([judge, "capabilities"], check=True, capture_output=True, text=True).stdout
    rules = []
    for builtin in json.loads(capabilities):
        name, places = builtin["name"], len(builtin["decl"].get("args", []))
        if name.startswith(("internal.", "rego.metadata.")) or name in ("eq", "assign") or builtin.get("deprecated"):
            continue
        for place in range(places):
            for literal in LITERALS:
                args = ["input.x"] * places
                args[place] = literal
                infix = builtin.get("infix")
                call = f"({args[0]} {infix} {args[1]})" if infix else f"{name}({', '.join(args)})"
                rules.append(f"r{len(rules)} if {call}" if len(rules) % 2 else f"r{len(rules)} := {call}")
        if "result" in builtin["decl"]:
            rules.append(f"r{len(rules)} if {name}({', '.join(['input.x'] * places)}) = null")
            rules.append(f'r{len(rules)} if {name}({", ".join(["input.x"] * places)})["a"]')
    for start in range(0, len(rules), 8):
        yield ["package t\n" + "\n".join(rules[start : start + 8])]


class Policy:
    """A random policy: rules of many shapes, and one rule that uses them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.vars = []
        self.count = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def var(self):
        return self.pick(*self.vars) if self.vars else "input.y"

    def fresh(self):
        self.count += 1
        return f"v{self.count}"

    def literal(self, depth=0):
        kind = self.random.random()
        if kind < 0.5 or depth > 1:
            return self.pick("1", '"a"', "true", "null", "0")
        parts = range(self.random.randint(0, 2))
        if kind < 0.7:
            return "[" + ", ".join(self.literal(depth + 1) for _ in parts) + "]"
        if kind < 0.9:
            return "{" + ", ".join(f"{self.pick(*KEYS)}: {self.literal(depth + 1)}" for _ in parts) + "}"
        return "{" + ", ".join(self.literal(depth + 1) for _ in [0, *parts]) + "}"

    def reference(self):
        head = self.var() if self.vars and self.random.random() < 0.6 else self.pick(*HEADS)
        parts = self.pick(0, 0, 0, 1, 1, 2)
        return head + "".join(self.pick(".a", ".b", "[0]", "[_]", f"[{self.var()}]", "[[1]]") for _ in range(parts))

    def call(self):
        text = self.pick(*CALLS)
        while "?" in text:
            text = text.replace("?", self.pick(self.literal(1), self.reference(), self.var()), 1)
        return text

    def term(self, depth=0):
        kind = self.random.random()
        if kind < 0.35:
            return self.literal(depth)
        if kind < 0.65:
            return self.reference()
        if kind < 0.75:
            return self.var()
        if kind < 0.9 or depth > 1:
            return self.call()
        outside = list(self.vars)
        body, term = self.expression(depth + 1), self.term(2)
        text = self.pick("[{1} | {0}]", "{{{1} | {0}}}", '{{"a": {1} | {0}}}').format(body, term)
        self.vars = outside
        return text

    def expression(self, depth=0):
        kind = self.random.random()
        term = self.term(depth + 1)
        if kind < 0.25:
            self.vars.append(self.fresh())
            return f"{self.vars[-1]} := {term}"
        if kind < 0.4:
            self.vars.append(self.fresh())
            return f"some {self.vars[-1]} in {term}"
        if kind < 0.65:
            return f"{term} = {self.term(depth + 1)}"
        if kind < 0.75:
            return f"{self.reference()} with {self.pick(*TARGETS)} as {term}"
        if kind < 0.85:
            return f"not {self.pick(self.reference(), self.call())}"
        return self.pick(self.reference(), self.call())

    def text(self):
        rules = ["package t"] + [rule.replace("?", self.literal(), 1) for rule in RULES if self.random.random() < 0.7]
        rules += ["f(x) := " + self.pick("x", "x.a", "1", '{"a": x}'), 'g([x, y]) := x if y == 1\ng("a") := 2']
        body = "; ".join(self.expression() for _ in range(self.pick(1, 2, 2, 3)))
        head = self.pick("r", f"r := {self.var()}", f"r contains {self.var()}", f"r.q[{self.var()}] := 1")
        return "\n".join([*rules, f"{head} if {{ {body} }}"]) + "\n"


KEYS = ('"a"', '"b"', "1")
HEADS = ("input", "input.x", "p", "o", "s", "data.t.p", "ob", "ob.b", "data.t", "data.nope", "m", "e", "data.t.o.a")
TARGETS = ("input", "input.x", "data.t.p", "data.t.o", "data.nope", "data.t.s", "count")
CALLS = ("f(?)", "g(?)", "g([1, ?])", "count(?)", "lower(input.x)", "object.get({}, ?, ?)", "max([?])", "walk(?)",
         "io.jwt.decode(?)", "time.clock(1)", "object.union({\"a\": ?}, {})", "json.unmarshal(input.x)", "sort([?, 1])")
RULES = ("p := ?", "p := ? if input.q", 'o := {"a": ?, "b": 1}', "s contains ?", "s contains ? if input.y",
         "ob.a := ?", "ob.b[x] := ? if some x in [1, \"q\"]", "ob.b.a := ?", "m[x] contains y if { some x, y in input.l }",
         "m.q contains ?", "e := ? if input.a\nelse := ? if input.b\nelse := 1", "default e := ?")


def answers(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    out = subprocess.run([judge], input=lines, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    cases = [["package t\n" + line.replace("\\n", "\n")] for line in HAND.strip().splitlines()]
    cases += calls()
    cases += [[Policy(seed).text()] for seed in range(1000)]
    kept = []
    for modules, errors in zip(cases, answers(cases), strict=True):
        if all(code == "rego_type_error" and line > 0 for code, _, line, _ in errors):
            kept.append(json.dumps({"modules": modules, "errors": errors}))
    (HERE / "types.json").write_text("[\n" + ",\n".join(kept) + "\n]\n")
    print(len(kept), "of", len(cases))


with tempfile.TemporaryDirectory() as folder:
    judge = str(pathlib.Path(folder) / "judge")
    pathlib.Path(folder, "main.go").write_bytes((HERE / "types" / "main.go").read_bytes())
    pathlib.Path(folder, "go.mod").write_text(f"module judge\n\ngo 1.24\n\nrequire github.com/open-policy-agent/opa {OPA}\n")
    subprocess.run(["go", "build", "-mod=mod", "-o", judge, "."], cwd=folder, check=True)
    main()
