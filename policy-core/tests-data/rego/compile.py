#!/usr/bin/env python3
"""Asks the real OPA which of the policies below it refuses while it compiles them, with which errors, and writes
compile.json beside this file. Needs the `opa_bindings` package (OPA's engine as a library).

A case is one policy, or several modules. What is listed for it is what OPA says: nothing, or for each error its code,
its line and its message. OPA's text has no columns; where the column matters, a policy has a line for each part.

If OPA takes a policy, the case also has the numbers that OPA had given to variables of its own (`__local7__`) before
two later stages: they say that every stage before made the same variables. OPA does not print them. But if all keys of
an object turn out equal, the last one stays, in the order of the variables that hold them: so an object with many keys
whose values tell them apart says which variable had the greatest name, and that says which numbers they had.
"""

import json
import pathlib
import re

from opa_bindings import OpaEngine, OpaError, OpaUndefinedError

HERE = pathlib.Path(__file__).parent

# Each block: what comes before, what comes after, and texts to put between.
BODY = ("package t\nf(x) := x\ng(x, y) := x + y\np := 1\nq contains 1\nr if {\n", "\n}\n")

BODIES = r"""
x := 1; x == 1
x := 1; x := 2
x := 1; x := 1
x == 1; x := 1
f(x) == 1; x := 1
y = x; x := 1; y == 1
some x; x := 1
some x; x = 1
some x; x == 1; x = 1
some x, x; x = 1
some x; some x; x = 1
x := 1; some x; x = 2
x = 1; some x; x = 2
some x
some x, y; x = 1
some x; true
some _; true
some x in [1]
some x in [1]; x == 1
some x in [1]; some x in [2]; x == 1
x := 1; some x in [2]; x == 1
some x in [1]; x := 1; x == 1
some i, x in [1]; x == 1
some i, x in [1]; i == 0
some i, _ in [1]; i == 0
some _, x in [1]; x == 1
some x, x in [1]; x == 1
some [x, y] in [[1, 2]]; x == y
some {"a": x} in [{"a": 1}]; x == 1
some {x: y} in [{"a": 1}]; y == 1
some {"a": [x, {"b": y}]} in [1]; x == y
some x in y; y = [1]
some x in input.xs[y]; x == y
some 1 in [1]
some "a", 1 in {"a": 1}
some "a", x in {"a": 1}; x == 1
some x in x; x == 1
some k in f(k)
some x in f([1]); x == 1
some x in [y | y := 1]; x == 1
some x in {1} | {2}; x == 1
some x in data.t.q; x == 1
some x in q; x == 1
some x, y in p; x == y
some p in [1]; p == 1
some f in [1]; f == 1
every x in [1] { x == 1 }
every x in [1] { true }
every k, v in [1] { v == 1 }
every k, v in [1] { k == 0 }
every k, v in [1] { k == v }
every _ in [1] { true }
every _, v in [1] { v == 1 }
every k, _ in [1] { k == 1 }
every x, x in [1] { x == 1 }
x := 1; every x in [1] { x == 1 }
x = 1; every x in [1] { x == 1 }
every x in [1] { x == 1 }; x := 2
every x in [1] { y := x; y == 1 }
every x in [1] { x := 2; x == 1 }
every x in [1] { some x in [2]; x == 1 }
every x in x { x == 1 }
every x in [1] { every y in [2] { x == y } }
every x in [1] { every x in [2] { x == 1 } }
every x in [1] { some y; y = x }
every x in [1] { some y; x == 1 }
every x in input.xs { some y in x; y == 1 }
every x in [y | y := 1] { x == 1 }
every x in [1] { z := [y | y := x]; z == [1] }
every x in [1] { z := [w | every y in [1] { w = x; y == w }; w = 1]; z == [1] }
every p in [1] { p == 1 }
not x := 1
not some x
not every x in [1] { x == 1 }
not x == 1
1 := 1
"a" := "a"
null := null
true := true
{x} := {1}
{1} := {1}
f(1) := 1
f(x) := 1
x + 1 := 2
input.x := 1
data.x := 1
data.t.p := 1
a.b := 1
x[1] := 1
[x | x := 1] := [1]
{x | x := 1} := {1}
{x: 1 | x := 1} := {1: 1}
$"a" := "a"
[x, y] := [1, 2]; x < y
[x, x] := [1, 1]; x == 1
[x, _] := [1, 2]; x == 1
[_, _] := [1, 2]
_ := 1
[x, 1] := [1, 1]
[x, "a"] := [1, "a"]; x == 1
[x, {y}] := [1, {2}]
[x, input.y] := [1, 2]
{"a": x} := {"a": 1}; x == 1
{"a": x, "b": x} := {"a": 1, "b": 1}; x == 1
{"a": 1} := {"a": 1}
{y: x} := {"a": 1}; x == 1
y := "a"; {y: x} := {"a": 1}; x == 1
[[x], {"a": [y]}] := [[1], {"a": [2]}]; x < y
input := 1
data := 1
[input] := [1]
{"a": data} := {"a": 1}
input := {"x": 1}; input.x == 1
some input; input = 1
some data
some input in [1]; input == 1
every input in [1] { input == 1 }
assign(x, 1); x == 1
assign(x, 1, y)
assign(x)
assign(input, 1)
x := y; y := 1
y := 1; x := y; x == 1
x := x
x := f(x)
x := [x | x := 1]; x == [1]
x := 1; y := [x | x := 2]; y == [2]; x == 1
x := 1; y := [z | z := x]; y == [x]
y := [x | x = 1]; x := 2; y == [x]
y := [z | z := x]; x := 2
x := [y | some y]
x := [y | some y; y = 1]
x := [1 | some y; y = 1]
x := [1 | some y]
x := {y | some y in [1]}
x := {y: z | some y, z in [1]}
x := {y: 1 | some y, z in [1]}
x := {1: z | some y, z in [1]}
x := [y | y := 1; y := 2]
x := [y | y = 1; y := 2]
count([1]) == 1; count := 1
count := 1; count([1]) == 1
count := 1; count([1])
count = 1; count([1]) == 1
f := 1; f(1)
f := 1; f(1) == 1
f := 1; x := f(1)
f := 1; x := [f(1)]
f := 1; x := [y | y := f(1)]
f = 1; f(1) == 1
x := f(1); f := 1
plus := 1; 1 + 1 == 2
1 + 1 == 2; plus := 1
equal := 1; 1 == 1
1 == 1; equal := 1
eq := 1; 1 = 1
x = 1; eq := 1
time := 1; time.now_ns() > 1
x := time.now_ns(); time := 1
p := 2; p == 2
p == 1; p := 2
q := 2
data.t.p == 1; p := 2
t := 1; data.t.p == t
x := p; p := 2
true with input as 1
true with input.x as 1
true with input.x.y[0] as 1
true with input[x] as 1
x := 1; true with input[x] as 1
true with data as {}
true with data.foo as 1
true with data.t as 1
true with data.t.p as 1
true with data.t.p.a as 1
true with data.t.p.a.b as 1
true with data.t.q as 1
true with data.t.q.a as 1
true with p as 1
true with q as 1
true with f as 1
true with f as f
true with f as g
true with f as count
true with f as input.x
true with f as data.nothing
true with f as p
true with f as q
true with f as data.t
true with f as no.such.function
true with f as {1}
true with data.t.f as 1
true with data.t.f.a as 1
true with data.a.f as count
true with count as 1
true with count as f
true with count as p
true with count as input.x
true with count as {x | x := 1}
true with count as print
true with count as walk
true with time.now_ns as 1
true with time.now_ns as f
true with time as 1
true with walk as 1
true with walk as f
true with print as 1
true with print as f
true with internal.print as f
true with internal.member_2 as f
true with internal.template_string as f
true with rego.metadata.chain as f
true with rego.metadata.rule as f
true with eq as f
true with assign as f
true with equal as f
true with plus as g
true with opa.runtime as f
true with http.send as f
true with x as 1
true with foo.bar as 1
true with no as f
true with input as x
true with input as f(1)
true with input as f(x)
true with input as [f(1), input.x]
true with input as {x | x := 1}
true with input as [x | x := input.y[_]]
true with input as data.t.p
true with input as p with data.x as f(1)
x := 1; true with input as x
true with input as x; x := 1
not true with input as 1
not f(1) with input as f(2)
x := input.a with input as {"a": 1}; x == 1
x := input with input as x
input.x with input.x as y; y := 1
input.y; true with input.x as 1
print(1)
print("a", input.x, [1])
print()
print(x)
print(1, x)
print(x); x := 1
x := 1; print(x)
x = 1; print(x)
print(x); x = 1
x := print(1)
f(print(1))
[print(1)]
x := [print(1)]
print(print(1))
not print(1)
print(1) == 1
print(1) with input as 1
print(f(1))
print(f(x))
print(f(f(1)) + count([1]))
print([x | x := 1])
print([x | x = y])
[x | print(x); x := 1]
[x | x := 1; print(x)]
[x | x := 1; print(y)]
y := 1; [x | x := 1; print(y)]
[x | x := 1; print(y)]; y := 1
y = 1; [x | x := 1; print(y)]
[x | x := 1; print(y)]; y = 1
every x in [1] { print(x) }
every k, v in [1] { print(k); v == 1 }
every x in [1] { print(y) }
every x in [1] { print(y) }; y = 1
every x in [1] { y = x; print(y) }
every x in [y | y := 1; print(y)] { x == 1 }
z := 1; every x in [y | y := z; print(y, z)] { x == 1 }
z := 1; every x in [y | print(z); y := z] { x == 1 }
some x in [1]; print(x)
print(input[x])
input.xs[x]; print(x)
print(x, y, z)
x := {"a": [y | y := 1; print(y)]}
f([y | y := 1; print(y)])
internal.print([{1}])
x := internal.print([{1}])
x := $"a"
x := $"{1}"
x := $"{y}"
x := $"{f(y)}"
x := $"{input.x} {y}"
x := $"{input[y]}"
x := $"{[y]}"
x := $"{[y | y := 1]}"
x := $"{[1 | y]}"
x := $"{walk([1])}"
x := $"{count([walk([1])])}"
x := $"{print(1)}"
x := $"{f(print(1))}"
x := 1; y := $"{x}"
x := 1; y := $"{x + 1}"
x := 1; y := $"{f(x)}{$"{x}"}"
x = 1; y := $"{x + 1}"
y := $"{x + 1}"; x = 1
y := $"{x + 1}"; x := 1
$"{x}" == "1"; x = 1
x := [y | y := $"{z}"; z = 1]
x := [y | y := $"{z + 1}"; z = 1]
x := [$"{y}" | y := 1]
x := {$"{y}": $"{y}" | y := "a"}
x := {$"{y + 1}": 1 | y := 1}
x := [$"{y + 1}" | y := 1]
every x in [1] { $"{x}" == "1" }
every x in [1] { $"{x + 1}" == "2" }
every x in [1] { $"{x + y}" == "2" }
every x in [$"{1}"] { x == "1" }
every x in [$"{y + 1}"] { x == "1" }
every x in $"{y + 1}" { x == "1" }
x := $"{p}"
x := $"{data.t.p}"
x := {"1": 2}[$"{p}"]
x := $"{input with input as 1}"
x := $"{input.x with input as y}"
count = 1
count = 1; x := 2
count = 1; max = 2
count = 1; count([1]) == 1
count([1]) == 1; count = 1
count = 1; count([1])
count([count]) == 1
count = 1; time.now_ns() > 1
time = 1; time.now_ns() > 1
plus = 1; 1 + 1 == 2
eq = 1
print = 1
any = 1
count = 1; count := 2
count := 2; count = 1
count = 1; some count
some count; count = 1
count = 1; [1 | max := 1]
max := 1; [1 | max = 1]
max = 1; [1 | max = 1]
max = [max | max = 1]
max = 1; [1 | max := 1]
count = 1; every x in [1] { count := x; count == 1 }
count = 1; every x in [1] { some count; count = x }
count = 1; every count in [1] { count == 1 }
every x in [1] { count = x }
every x in [1] { count = x; count([1]) == 1 }
every x in [1] { x = 1 }; count = 1
every x in count { x = 1 }; count = [1]
some x in count; count = [1]
input[count]
input.x[count]
{"count": count} = {"count": 1}
$"{count}" == "1"; count = 1
count = 1 with input as 1
count = 1 with input as max; max = 2
true with count as f; count([1]) == 1
true with input as [1]; [1 | true with input as count]; count([1]) == 1
print(count); count = 1
f(count) == 1; count = 1
f(1, max)
x := 1; x
x.y.z == 1
x[y] == 1
x
not x
f(x)
no.such(1)
no(1)
x := no(1)
data.no(1)
data.t.no(1)
f(1, 2)
f(1, 2, 3)
f()
g(1)
x := g(1)
count(1, 2, 3)
p(1)
f(1) == 1
f(1) = x
g(1, 2, 3)
g(1, 2) == 3
input.x == y; y := 2
[x, y] = [1, 2]
{x: 1}[y]
[1, 2][x] == 1
[x | x := 1][_] == 1
f([1])[0] == 1
f(x)[0] == 1; x := [1]
{"a": f(1)}["a"] == 1
input[f("x")] == 1
input[input.x] == 1
{x | x = input[_]} == {1}
x := {y: z | z = input[y]}
1 in [1]
x in [1]
x in [1]; x = 1
1, 2 in {1: 2}
not x in [1]
walk(input, [x, y])
walk(input, x); x == 1
x := walk(input)
x := input.x | {1}
x := 1 y := 2
a := b := 1
contains("ab", "b")
x := contains("ab", "b")
contains := 1
r1 := 1
data := 2; data.x == 1
"""

MODULES = r"""
p := input
---
p := q
q := 1
---
p := [x | x := 1] if { x := 2; x == 2 }
---
p := [x | x := y] if { y := 2 }
---
p := {"a": [x | x := 1; x := 2]}
---
p := x if { x := 1 }
---
p := x if { x = 1 }
---
p := x if { some x; x = 1 }
---
p := x if { some x }
---
p := [x | some x] if { true }
---
p := [x | x = 1] if { some x; x = 1 }
---
p := 1 if { some x; x = 1 }
---
p := x if { x := 1 } else := y if { y := 2 }
---
p := x if { x := 1 } else := x if { y := 2 }
---
p := x if { x := 1 } else := x if { x := 2; x := 3 }
---
p contains x if { x := 1 }
---
p contains x if { some x in [1] }
---
p contains x if { some x, y in [1] }
---
p contains [x, y] if { some x, y in [1] }
---
p contains input.x
---
p contains f(1)
f(x) := x
---
p contains x
---
p[x] := y if { x := 1; y := 2 }
---
p[x] := y if { some x, y in [1] }
---
p[x] := 1 if { some x, y in [1] }
---
p[x].q[y] := 1 if { some x, y in [1] }
---
p[x].q[y] := z if { some x, y in [1] }
---
p[input.x] := 1
---
p[input.x].q := 1
---
p[input.x][input.y] := input.z
---
p[f(1)] := 1
f(x) := x
---
p[f(input.x)].q contains f(2)
f(x) := x
---
p[[1]] := 1
---
p[{1}] := 1
---
p[{"a": x}] := 1 if { x := 1 }
---
p[[x | x := 1]] := 1
---
p[$"a"] := 1
---
p[$"{input.x}"] := 1
---
p[x] contains y if { some x, y in input }
---
p[1] := 1
---
p[1.5].q[true][null] := 1
---
p.q.r := 1
p.q.s := 2
---
p.q contains 1
p.r contains x if { x := 2 }
---
p if { q }
q if { p }
---
f(x) := x
---
f(x) := y
---
f(x, x) := x
---
f(_) := 1
---
f(_, _) := 1
---
f(x) := x if { x := 1 }
---
f(x) := x if { some x; x = 1 }
---
f(x) := y if { some y in x }
---
f(x) := 1 if { every x in x { x == 1 } }
---
f(x) := [x | x := 1]
---
f(x) := [y | y := x]
---
f([x, y]) := x + y
---
f({"a": x, "b": [y]}) := x + y
---
f({x: 1}) := 1
---
f({x: y}, x) := y
---
f({x}) := 1
---
f([x | x := 1]) := 1
---
f(input) := 1
---
f(data) := 1
---
f([input]) := 1
---
f({"a": data}) := 1
---
f({input: 1}) := 1
---
f(input.x) := 1
---
f(data.t.x) := 1
---
f(x.y) := 1
---
f(g(1)) := 1
g(x) := x
---
f([g(1)]) := 1
g(x) := x
---
f(1 + 1) := 1
---
f(1) := 2
f(2) := 3
---
f("a", null, true, 1.5) := 2
---
f($"a") := 1
---
f($"{x}") := 1
---
f($"{x}", x) := 1
---
f(x) := 1 if { x } else := x if { not x } else := y
---
f(x) := 1 if { y := x; y } else := y if { y := 2 }
---
f(x) := 1 if { y := x; y } else := 2 if { x := 3 }
---
f(x) if { count(x) == 1; count := 2 }
---
f(x) := count if { count := x }
---
g(f) := f(1)
f(x) := x
---
g(f) if { f(1) }
f(x) := x
---
g(f) if { f == 1 }
f(x) := x
---
default p := 1
---
default p := [x | x := 1]
---
default p := input
---
default p := f(1)
f(x) := x
---
default f(x) := 1
---
default f(x) := x
---
default f(x, y) := 1
---
default f(_) := 1
f(x) := 2 if x
---
default f(1) := 1
---
default f(x, x) := 1
---
default p[x] := 1
---
default p.q := 1
---
input := 1
---
data := 1
---
input.x := 1
---
data.x := 1
---
input contains 1
---
data[x] := 1 if { x := 1 }
---
input(x) := 1
---
import data.a
import data.b
p := a + b
---
import data.a
import data.a
p := a
---
import data.a
import data.b as a
p := a
---
import data.a.b
import input.b
p := b
---
import input
p := input
---
import input as i
p := i.x
---
import data
p := data.x
---
import data as d
p := d.x
---
import data.a as p
p := 1
---
import data.a as p
q := p
p := 1
---
import data.a
a := 1
q := a
---
import input.x
p if { x := 1; x == 1 }
---
import input.x
p if { x == 1; x := 1 }
---
import input.x
p := [x | x := 1]
---
import input.x
p := x[x]
---
import input.x
p := x[x[x]].x
---
import input.x
f(x) := x
---
import input.x
p[x] := 1
---
import input.x
p contains x
---
import input.x
p if { some x in [1]; x == 1 }
---
import input.x
p if { every x in x { x == 1 } }
---
import input.x
p if { every y in x { y == x } }
---
import input.x
p if { {y | y := x} == {1} }
---
import input.x
p if { true with x as 1 }
---
import data.f
p := f(1)
---
import data.t.f
p := f(1)
f(x) := x
---
import rego.v1
import rego.v1
p := 1
---
import rego.v1
import future.keywords.in
import future.keywords.if
p := 1
---
import rego.v1
import data.v1
p := 1
---
import data.foo["bar baz"] as b
p := b
---
import data.foo["bar"]
p := bar
---
p := data.t.p2
p2 := 1
---
p := t
---
p := p2.x
p2 := {"x": 1}
---
p := data[p2]
p2 := "x"
---
p := input[p2][p3]
p2 := "x"
p3 := 1
---
p := [p2 | p2 := 1]
p2 := 2
---
p := [p2 | p2 = 1]
p2 := 2
---
p := {p2: p3}
p2 := "a"
p3 := 2
---
p := {p2, p3, p2}
p2 := "a"
p3 := 2
---
p if { p2 == 1; some p2; p2 = 1 }
p2 := 2
---
p if { some p2; p2 = 1; p2 == 1 }
p2 := 2
---
p := $"{p2}"
p2 := 2
---
p := $"{p2 + 1} {x}"
p2 := 2
---
p := $"{x}" if { x := 1 }
---
p := $"{x + 1}" if { x := 1 }
---
p := $"{x + 1}" if { x = 1 }
---
p := $"{x}"
---
p := $"{[x | x := 1]}"
---
p := $"{walk(1)}"
---
p contains $"{x}" if { some x in [1] }
---
p := print(1)
---
p contains print(1)
---
f(x) := print(x)
---
p := [x | x := 1; print(x)]
---
p := [x | print(x); x := 1]
---
p := [x | print(y); x := 1] if { y := 1 }
---
p := [x | x := 1; print(y)] if { y = 1 }
---
f(y) := [x | x := 1; print(y)]
---
f(x) if { print(x) }
---
f(x) if { print(y) }
---
f([x, y]) if { print(x, y) }
---
p if { q := 1; q == 1 }
q := 2
---
p.q[x] := 1 if { x := 1 } else := 2
---
p := 1 if { 1 == 2 } else := x
---
p := 1 if { 1 == 2 } else := f(1)
f(x) := x
---
p := 1 if { 1 == 2 } else := [x | x := 1; x := 2]
---
p := 1 if { 1 == 2 } else := input if { x := 1; x := 2 }
---
p := 1 if { x := 1; x := 2 } else := input if { x := 1; x := 2 }
---
p := 1 if { x := 1; x := 2 }
q := 1 if { x := 1; x := 2 }
r := 1 if { x := 1; x := 2 }
---
p if { x := 1; x := 2; x := 3; y := 1; some y }
---
p := count if { count = 1 }
---
p contains count if { count = 1 }
---
p[count] := max if { count = 1; max = 2 }
---
f(x) := count if { count = x }
---
f(count) := count if { count = 1 }
---
f(x) := count if { count = x } else := max if { max = x }
---
p := {count: [max | max := 1]} if { count = 1 }
---
p if { __local0__ := 1; __local0__ == 1 }
---
p if { __local0__ = 1; x := 2; x > __local0__ }
---
p if { some __local0__ }
---
p := rego.metadata.rule()
---
p := rego.metadata.chain()
---
p if true with data.t.f as data.t.g
f(x) := x
g(x) := x
---
p if true with data.t.a.f as data.t.g
a.f(x) := x
g(x) := x
---
p if true with data.t.a as {}
a.f(x) := x
---
p if true with data.t.a.b as {}
a.c := 1
---
p if true with data.t.a.c.d as {}
a.c := 1
---
p if true with data.t.a[x] as {}
a.c := 1
---
p if { x := "c"; true with data.t.a[x] as {} }
a.c := 1
---
p if { x := "c"; true with data.t.a.c[x] as {} }
a.c := 1
---
p if true with data.t.a[1] as {}
a[x] := 1 if { x := 1 }
---
p if true with data.t.a[1].b as {}
a[x].b := 1 if { x := 1 }
---
p if { f(1) with f as g }
f(x) := x
g(x) := x
---
p if { f(1) with f as g with g as f }
f(x) := x
g(x) := x
---
p if {
  f(
    x
  ) with
    foo.bar
    as
    1
}
f(x) := x
---
p if {
  [
    x,
    y,
    x,
    1
  ] := [
    1, 2, 3, 4]
}
---
p if {
  {
    "a": x,
    "b":
      {
        "c": y,
        "d": input.x
      }
  } := {}
}
---
p :=
  [
    x |
    x := 1
    x := 2
  ]
---
p := [
  f(
    count := 1
  )
]
---
p if {
  x := 1
  y := [
    z |
    x := 2
    z :=
      f(x)
  ]
  f := 2
}
f(x) := x
---
p if {
  f := 2
  y := [
    z |
    x := 2
    z :=
      f(x)
  ]
}
f(x) := x
---
p if {
  f := 2
  g(
    f(
      1),
    f(2)
  )
}
f(x) := x
---
p if {
  every
    x
    in
    [1] {
      some
        y
      x == 1
  }
}
---
p if {
  some
    x,
    y
  true
}
---
p if {
  some
    x,
    y
    in
    [1]
  true
}
---
p if {
  print(
    1,
    x,
    [
      y]
  )
}
---
p if {
  x := [
    1,
    print(
      1)
  ]
}
---
f(
  x,
  input
) := 1
---
f(
  x,
  g(
    1)
) := 1
g(x) := x
---
p if { not
  x :=
    1
}
---
import data.a
import data.b

import data.c as
  a
p := a
---
p
  :=
  input.x if {
  input
    :=
    1
}
"""

MULTI = [
    ["package t\np := q", "package t\nq := 1"],
    ["package t\np := q", "package u\nq := 1"],
    ["package t\nimport data.u\np := u.q", "package u\nq := 1"],
    ["package t\nimport data.u.q\np := q", "package u\nq := 1"],
    ["package t\nimport data.u.f\np := f(1)", "package u\nf(x) := x"],
    ["package t\nimport data.u\np := u.f(1)", "package u\nf(x) := x"],
    ["package t\np if { true with data.u.q as 1 }", "package u\nq := 1"],
    ["package t\np if { true with data.u.q.x as 1 }", "package u\nq := {}"],
    ["package t\np if { true with data.u as 1 }", "package u\nq := 1"],
    ["package t\np if { true with data.u.f as 1 }", "package u\nf(x) := x"],
    ["package t\np if { x := 1; x := 2 }", "package u\nq if { x := 1; x := 2 }"],
    ["package t\np if { f := 1; f(1) }", "package t\nf(x) := x"],
    ["package t.a\np := q", "package t\nq := 1"],
    ["package t\np := a.q", "package t.a\nq := 1"],
    ["package t\nimport data.t.a\np := a.q", "package t.a\nq := 1"],
    ["package t\np := __local0__ if { __local0__ := 1 }", "package u\nq := x if { x := 1 }"],
]


def ask(modules):
    """OPA's errors: nothing, or code, line and message of each, in OPA's order."""
    engine = OpaEngine()
    try:
        for index, source in enumerate(modules):
            engine.add_policy(f"m{index}.rego", source)
        try:
            engine.eval_document("t", {})
        except OpaUndefinedError:
            pass
        return []
    except OpaError as error:
        found = re.findall(
            r"(?:^|\n|occurred: )(?:m(\d+)\.rego:(\d+): )?(rego_\w+_error): ([^\n]*)", error.message
        )
        if not found:
            if error.code in ("eval_error", "eval_conflict_error"):
                return []
            raise SystemExit(f"{modules}: {error.code}: {error.message}")
        return [[code, int(file or 0), int(line or 0), message] for file, line, code, message in found]
    finally:
        engine.close()


# In each object the greatest name is not the last: __local99__ comes after __local100__, and __local999__ after
# __local1000__.
CALLS = 300
REFERENCES = 1000
DATA = {"zu": {f"a{key:03}": "a" for key in range(REFERENCES)}}
PROBE = (
    'package zz\nf(_) := "a"\np := {'
    + ", ".join(f"f({key}): {key}" for key in range(CALLS))
    + "}\nq := o if { o := {"
    + ", ".join(f"data.zu.a{key:03}: {key}" for key in range(REFERENCES))
    + "} }\n"
)


def numbers(modules):
    """How many variables OPA had made when it took the calls out of terms, and when it took the references out."""
    engine = OpaEngine()
    try:
        engine.add_data(DATA)
        for index, source in enumerate(modules):
            engine.add_policy(f"m{index}.rego", source)
        engine.add_policy("z.rego", PROBE)
        calls = first_number(engine.eval_document("zz.p", {})["a"], 0, CALLS)
        references = first_number(engine.eval_document("zz.q", {})["a"], calls + CALLS, REFERENCES) - CALLS
        return [calls, references]
    finally:
        engine.close()


def first_number(greatest, low, count):
    """The number of the first of so many variables, if the one at this place has the greatest name."""
    for first in range(low, low + 200):
        if max(range(first, first + count), key=lambda number: f"__local{number}__") - first == greatest:
            return first
    raise SystemExit(f"no number from {low} fits {greatest}")


def cases():
    before, after = BODY
    for line in BODIES.strip().split("\n"):
        yield [before + line + after]
    for text in MODULES.strip("\n").split("\n---\n"):
        yield ["package t\n" + text + "\n"]
    for modules in MULTI:
        yield modules


def main():
    lines = []
    for modules in cases():
        case = {"modules": modules, "opa": ask(modules)}
        if not case["opa"]:
            case["numbers"] = numbers(modules)
        lines.append(json.dumps(case, ensure_ascii=False))
    (HERE / "compile.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(len(lines))


if __name__ == "__main__":
    main()
