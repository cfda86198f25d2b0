#!/usr/bin/env python3
"""Writes ../parse.json: what the parser of OPA 1.20.2 makes of many texts.

The texts are those of texts.rego, each as v1 and as v0, and damaged ones made of them with a fixed seed.
Needs Go: `cd judge && go build -o /tmp/judge . && cd .. && python3 generate.py /tmp/judge`.
"""

import json
import pathlib
import random
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
DAMAGED = 900
TOKEN = re.compile(r'\$?"(?:\\.|[^"\\\n])*"|\$?`[^`]*`|[A-Za-z_]\w*|\d[\w.]*|:=|==|!=|<=|>=|\s|.', re.S)
INSERTED = (
    "package import as default else not some with null true false in every contains if [ ] { } ( ) , : ; . + - * / % & | "
    '= == := != < > <= >= _ x y input data f( set() "a" `b` 1 0.5 1e3 1. 01 $"a{x}b" $`c` # @ ! $ "\\u00" \' é eq( plus('
).split(" ") + ["\n", "\n", "\t", " ", "if {", "else := 1", "some x in y", "every x in y {", "with input as"]


def damaged(texts, source):
    tokens = TOKEN.findall(source.choice(texts))
    for _ in range(source.choice([1, 1, 1, 2, 3])):
        place = source.randrange(len(tokens)) if tokens else 0
        kind = source.choice(["cut", "double", "swap", "insert", "insert", "insert", "end"])
        if kind == "insert" or not tokens:
            tokens.insert(place, source.choice(INSERTED))
        elif kind == "cut":
            del tokens[place]
        elif kind == "double":
            tokens.insert(place, tokens[place])
        elif kind == "swap":
            other = source.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        else:
            del tokens[place:]
    return "".join(tokens)


def main():
    source = random.Random(20)
    texts = ["package t\n" + text for text in (HERE / "texts.rego").read_text().split("\n# ----\n")]
    texts += ["", "# nothing", "p := 1", "package", "package 1", "package a.b.c", 'package a["b c"].if', "package a[x]",
              "package f(x)", "package t\npackage u", "\ufeffpackage t\n\np := ", "package t\np := \"\0\""]
    asked = [(text, version) for text in texts for version in (1, 0)]
    asked += [(damaged(texts, source), source.choice([1, 1, 1, 0])) for _ in range(DAMAGED)]
    asked = list(dict.fromkeys(asked))
    lines = "\n".join(json.dumps({"text": text, "version": version}) for text, version in asked)
    run = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True)
    cases = []
    for (text, version), line in zip(asked, run.stdout.splitlines(), strict=True):
        answer = json.loads(line)
        if not answer.get("panics"):
            cases.append({"text": text, "version": version, **answer})
    rows = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (HERE.parent / "parse.json").write_text(f"[\n{rows}\n]\n")


main()
