// SPDX-License-Identifier: MPL-2.0

// Catalogen writes cfgxml/catalog/exports.txt, the part of the parameter
// catalog that comes from exported phone configurations.
//
//	go run ./cfgxml/catalog/internal/catalogen \
//	    -desk-phone desk-phone-9861.xml -multiplatform cp-phone.xml -spa spa5xx.xml \
//	    -8865 fusionpbx-8865.xml -report open-mpp-schema.yml > cfgxml/catalog/exports.txt
//
// It takes names, user access, choices and the phone's own section labels, all
// of them facts, and no value, no description and no comment of the template's
// author. Families of numbered names become one line with a range. A parameter
// is a secret if its name says so.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
)

const header = `# SPDX-License-Identifier: MPL-2.0
# Written by cfgxml/catalog/internal/catalogen from exported configurations; do not edit.
# [section], then, between tabs: name, user access or -, type, sources, choices.
# Sources: d = Desk Phone 9861 export, m = multiplatform default file, s = SPA 5xx configuration,
# e = 8865 multiplatform configuration, p = report of a multiplatform phone.
`

func main() {
	log.SetFlags(0)
	log.SetPrefix("catalogen: ")
	var all collection
	inputs := []struct {
		source byte
		path   *string
		read   func(path string, source byte) error
	}{
		{'d', flag.String("desk-phone", "", "configuration of a Desk Phone 9800"), all.readXML},
		{'m', flag.String("multiplatform", "", "default file of the 6800/7800/8800 multiplatform phones"), all.readXML},
		{'s', flag.String("spa", "", "configuration of an SPA 5xx"), all.readXML},
		{'e', flag.String("8865", "", "configuration of an 8865, also one with Smarty tags"), all.readXML},
		{'p', flag.String("report", "", "names and values that a multiplatform phone reported, as YAML"), all.readReport},
	}
	flag.Parse()
	for _, in := range inputs {
		if *in.path == "" {
			continue
		}
		if err := in.read(*in.path, in.source); err != nil {
			log.Fatal(err)
		}
	}
	if len(all.entries) == 0 {
		log.Fatal("no parameters: name at least one export, for example -desk-phone FILE")
	}
	out := bufio.NewWriter(os.Stdout)
	write(out, fold(all.inferred()))
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

func write(w io.Writer, entries []entry) {
	fmt.Fprint(w, header)
	section := ""
	for _, e := range entries {
		if e.section != section {
			section = e.section
			fmt.Fprintf(w, "[%s]\n", section)
		}
		ua := e.ua
		if ua == "" {
			ua = "-"
		}
		line := []string{e.name, ua, e.kind, e.sources}
		if e.choices != "" {
			line = append(line, e.choices)
		}
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
}
