package t
import rego.v1
import data.tab.a as imp

ra if input.x == 1
rr if input.q == 1
default rb := false
rb if input.y
rc := 5
rd := x if { x := input.x }
default d := false
d if input.x == 1
d2 := 5
s contains "a"
s contains x if { some x in input.l; x == "b" }
rk contains input.missing
p["k1"] := 1 if input.x == 1
po.a.b := 1
ro.a.b := 1 if input.x == 1
ro.c := 2
q.w := 1
q.v := input.x
rp[k] := 3 if { k := "a"; input.y }
rp[k] := v if { some k, v in input.o; k != "a" }
rx.q := true if input.z
f(x) if x == "a"
f(x) := y if { y := x.name }
g(x) := x == "a"
f2(x, y) if x == y
default fd(_) := 0
fd(x) := 1 if x == "a"
h(x) := 1 if { x == 1 } else := 2 if { x == 2 }
