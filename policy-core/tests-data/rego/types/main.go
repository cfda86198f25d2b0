// Asks OPA's own compiler which policies it refuses. One JSON list of modules a line; answers one JSON list of errors a
// line: code, module, line, column. With the argument "capabilities" it lists the built-in functions.
//
// OPA 1.20.2 shares the first term of resolved references between all references in a module, so that an error in any
// of them is reported at the place of the last one. The table has the place of the reference itself: after OPA's stage
// ResolveRefs each reference gets its own first term back.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
)

type fault [4]any

func main() {
	if len(os.Args) > 1 && os.Args[1] == "capabilities" {
		if err := json.NewEncoder(os.Stdout).Encode(ast.CapabilitiesForThisVersion().Builtins); err != nil {
			panic(err)
		}
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var texts []string
		if err := json.Unmarshal(in.Bytes(), &texts); err != nil {
			panic(err)
		}
		if err := out.Encode(compile(texts)); err != nil {
			panic(err)
		}
	}
}

func compile(texts []string) []fault {
	modules := map[string]*ast.Module{}
	for index, text := range texts {
		module, err := ast.ParseModule(fmt.Sprintf("%d", index), text)
		if err != nil {
			return faults(err)
		}
		modules[fmt.Sprintf("%d", index)] = module
	}
	compiler := ast.NewCompiler().WithEnablePrintStatements(true).WithStageAfter("ResolveRefs",
		ast.CompilerStageDefinition{Name: "OwnPlaces", MetricName: "own_places", Stage: ownPlaces}).WithMetrics(metrics.New())
	compiler.SetErrorLimit(0)
	compiler.Compile(modules)
	if compiler.Failed() {
		return faults(compiler.Errors)
	}
	return []fault{}
}

func ownPlaces(compiler *ast.Compiler) *ast.Error {
	for _, module := range compiler.Modules {
		ast.WalkTerms(module, func(term *ast.Term) bool {
			if ref, ok := term.Value.(ast.Ref); ok && term.Location != nil && len(ref) > 0 {
				head := *ref[0]
				head.Location = term.Location
				ref[0] = &head
			}
			return false
		})
	}
	return nil
}

func faults(err error) []fault {
	all := []fault{}
	errors, ok := err.(ast.Errors)
	if !ok {
		return append(all, fault{"other", 0, 0, 0})
	}
	for _, one := range errors {
		if one.Location == nil {
			all = append(all, fault{one.Code, 0, 0, 0})
			continue
		}
		file, _ := strconv.Atoi(strings.TrimSpace(one.Location.File))
		all = append(all, fault{one.Code, file, one.Location.Row, one.Location.Col})
	}
	return all
}
