// SPDX-License-Identifier: MPL-2.0

// Gen writes a full-size configuration file of a phone to standard output.
//
//	go run ./testdata/gen -model DP-9871 -crlf > SEP001A2B3C4D5E.xml
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

func main() {
	var o fullsize.Options
	flag.StringVar(&o.Model, "model", "DP-9871", "model that the file is for")
	flag.BoolVar(&o.CRLF, "crlf", false, "end lines with CR LF")
	flag.IntVar(&o.Parameters, "parameters", 0, "number of parameters; 0 takes all that are known")
	flag.Uint64Var(&o.Seed, "seed", 0, "choose other values")
	flag.Parse()
	if _, err := os.Stdout.Write(fullsize.Document(o)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(3)
	}
}
