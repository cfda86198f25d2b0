#!/usr/bin/env python3
"""Asks the real OPA what the policies beside this file decide, and writes its answers as JSON. See README.md."""

import itertools
import json
import pathlib
import random
import re
import sys

from opa_bindings import OpaEngine, OpaError, OpaUndefinedError

HERE = pathlib.Path(__file__).parent
HEAD = "package t\nimport rego.v1\n"
DATA = {"blocked": ["a", "x"], "tab": {"a": {"k": 1, "name": "a"}, "b": "a"}, "d": {"n": 3, "s": ["q"]}, "s": "str"}
INPUTS = [
    {},
    {"x": 1, "y": "a", "l": ["a", "b"], "o": {"a": 1, "b": {"c": True}}, "u": {"name": "a", "roles": ["a", "admin"]}},
    {"x": "a", "y": 1, "l": "no", "o": 5, "z": False, "u": {"name": "b"}},
    {"x": "a", "y": "a", "l": ["a"], "z": "b", "o": {"a": "a", "k": {"b": 1}}, "u": {"roles": []}},
    {"x": None, "l": {"a": "b"}, "z": [1], "o": {"a": {"name": "a"}, "b": "c"}},
    {"x": 2, "y": True, "l": [1, 2], "z": 1, "o": [], "u": "admin"},
]


def ask(modules, data, inputs):
    """OPA's answer to each input, or the code with which it refuses the policy."""
    engine = OpaEngine()
    try:
        if data:
            engine.add_data(data)
        for index, source in enumerate(modules):
            engine.add_policy(f"m{index}.rego", source)
        return [answer(engine, value) for value in inputs]
    except OpaError as error:
        found = re.search(r"rego_\w+", error.message)
        return {"refused": found.group(0) if found else error.code}
    finally:
        engine.close()


def answer(engine, value):
    try:
        return {"value": engine.eval_document("t.r", value)}
    except OpaUndefinedError:
        return "undefined"
    except OpaError as error:
        # Refused when first evaluated; everything else went wrong in the evaluation.
        if error.code != "eval_error" or re.search(r"rego_\w+_error", error.message):
            raise
        return "error"


def write(name, data, inputs, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    head = json.dumps({"data": data, "inputs": inputs}, ensure_ascii=False)[:-1]
    (HERE / name).write_text(f'{head}, "cases": [\n{lines}\n]}}\n')
    print(name, len(cases))


def lines(name):
    text = (HERE / name).read_text().splitlines()
    return [line.replace("\\n", "\n") for line in text if line and not line.startswith("# ")]


def constructs():
    helpers = (HERE / "helpers.rego").read_text()
    sources = [f"{helpers}r if {{\n{body}\n}}\n" for body in lines("bodies.txt")]
    for source in lines("modules.txt"):
        sources.append(HEAD + source + ("" if re.search(r"^(default )?r\b", source, re.M) else "\nr := 1"))
    cases = [{"policy": s.removeprefix(helpers), "helpers": s.startswith(helpers)} for s in sources]
    for case, source in zip(cases, sources):
        case["opa"] = ask([source], DATA, INPUTS)
    write("constructs.json", DATA, INPUTS, cases)


class Generator:
    """Random rules, heavy on negation and on what may be undefined."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = []

    def pick(self, *choices):
        return self.random.choice(choices)

    def rules(self):
        found = []
        for _ in range(self.random.randint(1, 2)):
            self.names = []
            found.append(f"{self.pick('r', 'r', 'r := true')} if {{ {self.body(0, self.random.randint(1, 3))} }}")
        if self.random.random() < 0.3:
            found.append("default r := false")
        return "\n".join(found) + "\n"

    def body(self, depth, length):
        return "; ".join(self.statement(depth) for _ in range(length))

    def statement(self, depth):
        name = self.pick("x", "y", "v")
        kind = self.random.random()
        if kind < 0.15:
            term = self.term(depth + 1)
            self.names.append(name)
            return f"{name} := {term}"
        if kind < 0.25:
            collection = self.pick("input.l", "input.o", "s", "rp", "data.tab", "data.blocked", "input.u.roles")
            self.names.append(name)
            return f"some {name} in {collection}"
        if kind < 0.30:
            self.names.append("i")
            return f"input.l[i] == {self.term(depth + 1)}"
        if kind < 0.36 and depth < 2:
            outer, self.names = list(self.names), self.names + ["e"]
            inner = self.body(depth + 1, 1)
            self.names = outer
            return f"every e in {self.pick('input.l', 'input.o', 's')} {{ e != 7; {inner} }}"
        if kind < 0.75:
            return f"not {self.expression(depth)}"
        if kind < 0.79:
            target = self.pick("input", "input.x", "input.l")
            return f"{self.pick('', 'not ')}{self.expression(depth)} with {target} as {self.pick('1', '[1]', 'input.y')}"
        return self.expression(depth)

    def expression(self, depth):
        kind = self.random.random()
        if kind < 0.3:
            return f"{self.term(depth + 1)} {self.pick('==', '==', '!=', '<', '>=')} {self.term(depth + 1)}"
        if kind < 0.5:
            return f"{self.term(depth + 1)} in {self.pick('input.l', 's', 'data.blocked', 'input.u.roles')}"
        if kind < 0.7:
            return self.call(depth + 1)
        return self.term(depth + 1)

    def call(self, depth):
        name, arity = self.pick(
            ("count", 1), ("startswith", 2), ("f", 1), ("g", 1), ("f2", 2), ("fd", 1), ("h", 1), ("is_string", 1),
            ("lower", 1), ("contains", 2), ("type_name", 1), ("data.t.f", 1), ("split", 2),
        )
        return f"{name}({', '.join(self.term(depth + 1) for _ in range(arity))})"

    def term(self, depth):
        kind = self.random.random()
        if kind < 0.3:
            return self.pick("input.x", "input.y", "input.l", "input.o.a", "input.z", "input.u.name", "input.missing")
        if kind < 0.45 or depth > 3:
            return self.pick('"a"', '"b"', "1", "2", "true", "false", "null", "[]", '{"a"}', '["a", "b"]')
        if kind < 0.62:
            return self.pick(*self.names) if self.names else "input.x"
        if kind < 0.78:
            return self.pick("ra", "rb", "rc", "rd", "d", "s", "rk", "ro.a.b", "rp.a", 's["a"]', "data.tab.a", "imp.k")
        if kind < 0.84:
            return f"{self.pick('input.o', 'data.tab', 'rp', 's')}[{self.term(depth + 1)}]"
        if kind < 0.92:
            return self.call(depth)
        outer = list(self.names)
        inner = self.body(depth + 1, 1)
        text = f"{{{self.term(4)} | {inner}}}"
        self.names = outer
        return text


def generated(wanted):
    helpers = (HERE / "helpers.rego").read_text()
    cases = []
    for seed in itertools.count():
        if len(cases) == wanted:
            break
        policy = Generator(seed).rules()
        opa = ask([helpers + policy], DATA, INPUTS)
        # Of what OPA refuses, a few; its type errors are beyond this engine.
        if isinstance(opa, dict) and (opa["refused"] == "rego_type_error" or seed % 10):
            continue
        cases.append({"policy": policy, "helpers": True, "opa": opa})
    write("generated.json", DATA, INPUTS, cases)


STRINGS = [
    "", "a", "A", "abc", "a.b.c", "a/b/c", "/a/b", "api:x:y", "aXbX", "  a b ", "é", "日本", "%zz", "a%20b", "a+b",
    "x=1&y=2&x=3", "aGk=", "aGk", "_-8=", "6869", "1", "-1", "1.5", "1.0.0", '{"a":1}', "[1,2", "null", "5m", "1h30m",
    "1.5h", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.5+02:00", "2024-01-02 03:04:05Z", "2024-02-30T00:00:00Z",
    "10.0.0.0/8", "10.1.2.3", "10.1.2.0/24", "::ffff:10.1.2.3", "fe80::/10", "10.0.0.0/33", "*", "**", "a*", "a/*",
    "a/**", "*.b.*", "{a,b}", "[a-c]", "[!a]", "[^a]", "^a", "a$", "[0-9]+", "\\d+", "(a|b)c", "(?i)ABC", "a{2,3}",
    "%s-%d", "%v", "/", ".", ":", "cba", "b", "c", "a:b",
]
OTHERS = [
    0, 1, -1, 2, 10, 1.5, 255, 1704164645000000000, [], ["a"], ["b", "a", "b"], [1, 2, 3], ["a", 1], ["/"], ["."], [":"],
    {}, {"a": 1}, {"a": {"b": 1}}, {"a": ["b"], "b": ["c"], "c": []}, True, False, None, ["1.5", "2"], ["", "a"],
]


def builtins():
    table = (HERE / "../../../src/rego/builtins/table.rs").read_text()
    chosen = random.Random(1)
    cases = []
    for name, arity in re.findall(r'offered\("([a-z0-9_.]+)", (\d)', table):
        if name in ("print", "walk", "time.now_ns", "numbers.range") or name.startswith("__"):
            continue
        arity = int(arity)
        pool = STRINGS + OTHERS
        tuples = [[value] for value in pool] if arity == 1 else []
        for _ in range(0 if arity == 1 else 250):
            first = chosen.choice(pool if chosen.random() < 0.3 else STRINGS)
            rest = [chosen.choice(pool) for _ in range(arity - 1)]
            if name == "glob.match":
                rest = [chosen.choice([["/"], ["."], [], None, [":"]]), chosen.choice(STRINGS)]
            if chosen.random() < 0.7 and arity == 2:
                rest = [chosen.choice(STRINGS)]
            tuples.append([first, *rest])
        args = ", ".join(f"input[{index}]" for index in range(arity))
        policy = f"{HEAD}r := {name}({args})\n"
        cases.append({"policy": policy, "inputs": tuples, "opa": ask([policy], None, tuples)})
    write("builtins.json", {}, [], cases)


if __name__ == "__main__":
    parts = {"constructs": constructs, "generated": lambda: generated(600), "builtins": builtins}
    for part in sys.argv[1:] or parts:
        parts[part]()
