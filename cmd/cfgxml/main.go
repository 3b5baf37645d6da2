// SPDX-License-Identifier: MPL-2.0

// Command cfgxml reviews, edits and compares the configuration files of Cisco
// desk phones (9800 series, 8875), and runs a lab to try them in. `cfgxml help`
// lists its commands; docs/cli.md describes them.
package main

import (
	"os"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli"
)

// version is set by the build.
var version string

func main() {
	cli.Version = version
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
