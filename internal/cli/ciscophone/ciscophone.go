// SPDX-License-Identifier: MPL-2.0

// Package ciscophone is the command line ciscophone, put together from its families.
package ciscophone

import (
	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/operate"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// Program does what goes over a network.
var Program = term.Program{
	Name:  "ciscophone",
	Short: "Operate Cisco desk phones with custom device certificates, and try them out in a lab",
	Long: `ciscophone does what goes over a network around the custom device certificates of
Cisco Desk Phones 9800 and 8875: it checks SCEP servers before phones meet them,
reads what phones, CAs and RADIUS servers say of certificates, wakes phones, and
runs a lab with a CA, a provisioning server and simulated phones. cfgxml is its
counterpart for files.

Exit status: 0 clean, 1 findings, 2 wrong usage, 3 input/output or internal
error, 4 cannot tell.`,
	Groups: []*cobra.Group{
		{ID: term.GroupOperate, Title: "Operate:"},
		{ID: term.GroupTry, Title: "Try out:"},
	},
	Commands: func(a *term.App) []*cobra.Command {
		return []*cobra.Command{
			operate.LabCommand(a),
			operate.PhoneCommand(a),
			operate.PreflightCommand(a),
			operate.EnrollCommand(a),
			operate.VerifyCommand(a),
			operate.ReportCommand(a),
			operate.ResyncCommand(a),
			operate.PushCommand(a),
		}
	},
	Other:         "cfgxml",
	OtherCommands: []string{"lint", "diff", "check-plan", "git-setup", "get", "list", "rules", "explain", "xsd", "lsp", "set", "fmt", "merge", "render", "encrypt", "decrypt", "option43"},
}
