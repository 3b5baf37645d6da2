// SPDX-License-Identifier: MPL-2.0

// Reviewdog reads diagnostics in the format rdjson as reviewdog does, by its own
// message types, but takes no field that these do not have. It prints how many
// diagnostics and suggestions it read.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/reviewdog/reviewdog/proto/rdf"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	data, err := io.ReadAll(os.Stdin)
	var all rdf.DiagnosticResult
	if err == nil {
		err = protojson.Unmarshal(data, &all)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "reviewdog:", err)
		os.Exit(1)
	}
	suggestions := 0
	for _, d := range all.GetDiagnostics() {
		suggestions += len(d.GetSuggestions())
	}
	fmt.Println(len(all.GetDiagnostics()), suggestions)
}
