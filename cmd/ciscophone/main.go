// SPDX-License-Identifier: MPL-2.0

// Command ciscophone operates Cisco desk phones (9800 series, 8875) that enroll
// for custom device certificates, and runs a lab to try that in. `ciscophone
// help` lists its commands; docs/cli.md describes them.
package main

import (
	"os"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/ciscophone"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// version is set by the build.
var version string

func main() {
	term.Version = version
	os.Exit(ciscophone.Program.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
