default p := {"a": [1], "b": {2}}
# ----
default p
# ----
default p.q
# ----
default p.q := 1
# ----
default p := input.x
# ----
default p := [x | x := 1]
# ----
default p := count([1])
# ----
default f(x, _) := 1
# ----
default f(x, x) := 1
# ----
default f([x]) := 1
# ----
default p contains 1
# ----
p := 1 if { not x; y with input.a as 1 with data.b as {2}
 some z
 some k, v in xs; every k, v in {1: 2} { true; false } }
# ----
p contains x if x := a["b c"].d[e][1][_].if
# ----
p contains x
# ----
p contains
# ----
f(x) contains 1
# ----
q[x].r := -y.z if 1 + 2 * 3 == x
# ----
f(x, _) := a[b] | c & (d | e) - 1 if { x in [1] } else = 4
# ----
g := {x | x := 1} if [y | y = 1][0].a == {a: b | c}.d
# ----
h := $"a{x}b\{ \" {y.z}"
# ----
i := $`a{x} \n
"`
# ----
i := $"{not x}"
# ----
i := $"{x := 1}"
# ----
i := $"{x = 1}"
# ----
i := $"{some x}"
# ----
i := $"{every x in y { z }}"
# ----
i := $"{}"
# ----
i := $"{x"
# ----
i := $"{x y}"
# ----
j := [1, "aé\t\"", null, true, {}, set(), {1}, {"a": {}}, 1e5, .5, `raw`]
# ----
k if f(x).y.z
# ----
l if { (a, b in c) ; x := y; x = y; f(x); data.f.g(x); x != 1; -x > 3; a%b }
# ----
r.s.t if 1
# ----
r.s["a b"][x] if 2
# ----
some_ contains 1
# ----
p if { every x in y { z }  }
# ----
p if {1 == 2 in [3]}
# ----
p if ((1+2)*3) > 2
# ----
p if {}
# ----
p if { x
# ----
p if
# ----
p if set()
# ----
p if {1}
# ----
p if {1, 2}
# ----
p if {"a": 1}
# ----
p if {a: 1}.b
# ----
p if [x, y]
# ----
p[x] { x = 1 }
# ----
p[x] = y { x = 1 } { y = 2 }
# ----
p.q { 1 }
# ----
p["a"]
# ----
p.q.r
# ----
p
# ----
"p"
# ----
p; q
# ----
not p
# ----
p with input as 1
# ----
some p
# ----
f(_) = 1 { 2 } { 3 }
# ----
f(x)
# ----
count(x)
# ----
a + b
# ----
a+b
# ----
a == b
# ----
f() := 1
# ----
f() if x
# ----
p := 1 q := 2
# ----
p := 1; q := 2
# ----
p = 1
# ----
1 = p
# ----
p[0] = 1
# ----
p[0] := 1 if x
# ----
import future.keywords
q contains x if x
# ----
import rego.v1
q contains x if x
# ----
q contains x if x
import rego.v1
p { x }
# ----
import rego.v1 as r
# ----
import rego.v2
# ----
import rego
# ----
import future
# ----
import future.keywords as k
# ----
import future.keywords.in as k
# ----
import future.keywords.x
# ----
import future.keywords.in
p := 1 in [1]
# ----
import future.keywords.every
import future.keywords.if
import future.keywords.contains
p contains x if every x in y { z }
q if { x in y }
# ----
import data.a.b as c
import input.x
import data
# ----
import data.a as input
# ----
import data.a as 1
# ----
import data.a[x]
# ----
import data.if
# ----
import data["a b"].c
# ----
import foo.bar
# ----
import f(x)
# ----
import
# ----
p if x else := {} if { y } else := 3
# ----
p { x } else = 2 { y } else { z }
# ----
p { x } else { y } { z }
# ----
p { x } { y } else { z }
# ----
p if x else
# ----
p if x else if
# ----
p if x else if y
# ----
p[x] if y else := 1
# ----
p contains x if y else := 1
# ----
p.q if y else := 1
# ----
p[input.x] if y else := 1
# ----
x := [a | b; c, d]
# ----
x := [a | b, c]
# ----
x := [a | b, c in d]
# ----
x := {a | b, c}
# ----
x := {a | b; c}
# ----
x := {a | b | c}
# ----
x := {a: b | c, d}
# ----
x := {a: b | c}
# ----
x := {a + 1: b | c; d}
# ----
x := {a: b + 1, c: d}
# ----
x := {a: b + 1 | c}
# ----
x := {a + 1 | c}
# ----
x := {"a": 1, "b": [1, {2, 3}], "c": {"d": e | f}, g: h}
# ----
x := {"a": 1, "b": }
# ----
x := {"a": 1, "b"}
# ----
x := {"a": 1 "b": 2}
# ----
x := {"a" 1}
# ----
x := {1 2}
# ----
x := [1 2]
# ----
x := [1, 2,]
# ----
x := {1, 2,}
# ----
x := {1: 2,}
# ----
x := f(1, 2,)
# ----
x := [, 1]
# ----
x := {, 1}
# ----
x := {, 1: 2}
# ----
x := [,]
# ----
x := {x |}
# ----
x if some y, z
# ----
x if { some y, z in w with input as 1; some a; a[1] }
# ----
x if some y in z.w
# ----
x if some f(y)
# ----
x if some y + 1
# ----
x if not some y
# ----
x if not every y in z { w }
# ----
x if every y { w }
# ----
x if every y in z
# ----
x if every 1 in z { w }
# ----
x if every 1, y in z { w }
# ----
x if every y in z { }
# ----
x if a, b in c
# ----
x if a in b in c
# ----
x if {a, b in c}
# ----
x if { a; }
# ----
x if { ; a }
# ----
x if { a b }
# ----
x if { a
b; c
 d }
# ----
p if {
	x # comment
	y
} # end
else := 3 if {
	z }
# ----
p := x[y[z[1]], 2 in w].a.b("c").d(e)[f].g
# ----
p := x . y
# ----
p := x .y
# ----
p := x. y
# ----
p := x [y]
# ----
p := f (x)
# ----
p (x) := 1
# ----
p [x] { x = 1 }
# ----
q := [1,2][0]
# ----
r := {"a": 1}.a
# ----
s := "a".b
# ----
s := 1.b
# ----
t := f()
# ----
u := set().a
# ----
v := f(1)(2)
# ----
p if { input.x[_] == data.y[_].z; walk(x, [a, b]); -1 < -x }
# ----
q := -1.5e3 - -2
# ----
r := 1-1
# ----
s := -f(x)
# ----
s := --x
# ----
s := -(x)
# ----
s := - x
# ----
s := - 1
# ----
s := . 5
# ----
s := 1.
# ----
s := 1e
# ----
s := 01
# ----
s := 00.1
# ----
s := 0e1
# ----
s := 1a
# ----
s := 1e40000
# ----
s := 1e30000
# ----
s := "\x"
# ----
s := "\u12"
# ----
s := "\u00e9\ud83d\ude00\ud83d"
# ----
s := "a
# ----
s := `a
# ----
s := "a	\n"
# ----
default.x if 1
# ----
p if default.y
# ----
p if not.x
# ----
in.y if 1
# ----
p if x.in
# ----
p if in[1]
# ----
p if { if.x }
# ----
p if x in[1]
# ----
if := 1
# ----
contains := 1
# ----
every if x
# ----
null := 1
# ----
p := eq(1, 2)
# ----
q if assign(x, 1)
# ----
count(x) := 1
# ----
eq(x, 1)
# ----
p if x with y as z as w
# ----
p if x with 1 as y
# ----
p if x with f(y) as 1
# ----
p if x with y
# ----
p if x with input.a["b"] as {"c": 1} | d
# ----
p if x = y = z
# ----
p if x := y := z
# ----
p if x == y == z
# ----
p if x = not y
# ----
p if 1 + 2 - 3 * 4 / 5 % 6 & 7 | 8 < 9
# ----
p if a < b + c | d & e * f
# ----
p if x +
# ----
p if { x + }
# ----
p if { x + == y }
# ----
p if x = ~y
# ----
p if x@y
# ----
p if x ! y
# ----
p if x $ y
# ----
péq := 1
# ----
p := "é" + x y
# ----
p := a[1
# ----
p := a[1)
# ----
p := a[]
# ----
p := (1
# ----
p := ()
# ----
p := f(1 2)
# ----
p := f(,)
# ----
input := 1
# ----
data.x := 1
# ----
f(input) := 1
# ----
f(x).y if z
# ----
f(x) = y { z }
# ----
p := {
  "a":
    1,
  # comment
  "b": 2
}
# ----
import future.keywords.and
p if x and y
# ----
import future.keywords.not
p if not x
