// SPDX-License-Identifier: MPL-2.0

// Catalogen writes cfgxml/catalog/exports.txt, the part of the parameter
// catalogue that comes from exported phone configurations.
//
//	go run ./cfgxml/catalog/internal/catalogen \
//	    -desk-phone desk-phone-9861.xml -multiplatform cp-phone.xml -spa spa5xx.xml \
//	    > cfgxml/catalog/exports.txt
//
// It takes names, user access, choices and the phone's own section labels, all
// of them facts, and no value, no description and no comment of the template's
// author. Families of numbered names become one line with a range.
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
# Sources: d = Desk Phone 9861 export, m = multiplatform default file, s = SPA 5xx configuration.
`

func main() {
	log.SetFlags(0)
	log.SetPrefix("catalogen: ")
	inputs := []struct {
		source byte
		path   *string
	}{
		{'d', flag.String("desk-phone", "", "configuration of a Desk Phone 9800")},
		{'m', flag.String("multiplatform", "", "default file of the 6800/7800/8800 multiplatform phones")},
		{'s', flag.String("spa", "", "configuration of an SPA 5xx")},
	}
	flag.Parse()
	var all collection
	for _, in := range inputs {
		if *in.path == "" {
			continue
		}
		if err := all.read(*in.path, in.source); err != nil {
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
