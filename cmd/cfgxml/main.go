// SPDX-License-Identifier: MPL-2.0

// Command cfgxml reviews, edits and compares the configuration files of Cisco
// desk phones (9800 series, 8875). It opens no network connection. `cfgxml help`
// lists its commands; docs/cli.md describes them.
package main

import (
	"os"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// version is set by the build.
var version string

func main() {
	term.Version = version
	os.Exit(cfgxml.Program.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
