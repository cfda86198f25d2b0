// Judge reads texts and says what OPA's parser makes of them: one JSON object a line, in and out.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/open-policy-agent/opa/v1/ast"
)

type question struct {
	Text    string `json:"text"`
	Version int    `json:"version"`
}

type fault struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

type answer struct {
	Printed string  `json:"printed,omitempty"`
	Faults  []fault `json:"faults,omitempty"`
	Panics  bool    `json:"panics,omitempty"`
}

func judge(q question) (a answer) {
	defer func() {
		if recover() != nil {
			a = answer{Panics: true}
		}
	}()
	options := ast.ParserOptions{RegoVersion: ast.RegoV1}
	if q.Version == 0 {
		options.RegoVersion = ast.RegoV0
	}
	module, err := ast.ParseModuleWithOpts("policy.rego", q.Text, options)
	switch err := err.(type) {
	case nil:
		a.Printed = module.String()
	case ast.Errors:
		for _, e := range err {
			a.Faults = append(a.Faults, fault{e.Location.Row, e.Location.Col, e.Message})
		}
	case *ast.Error:
		a.Faults = []fault{{err.Location.Row, err.Location.Col, err.Message}}
	default:
		panic(err)
	}
	return a
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		var q question
		if in.Decode(&q) != nil {
			return
		}
		if err := out.Encode(judge(q)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
