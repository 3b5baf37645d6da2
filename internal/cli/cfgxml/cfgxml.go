// SPDX-License-Identifier: MPL-2.0

// Package cfgxml is the command line cfgxml, put together from its families.
package cfgxml

import (
	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/compare"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/edit"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/editor"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/plan"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/review"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// Program works on files. It opens no network connection, so that it is
// safe in any pipeline and editor.
var Program = term.Program{
	Name:  "cfgxml",
	Short: "Review and edit the configuration files of Cisco desk phones",
	Long: `cfgxml works on the cfg.xml files of Cisco Desk Phones 9800 and 8875, above all on
the four parameters with which a phone enrolls a custom device certificate by
SCEP: CDC_Server_1_, CDC_Root_CA_Fingerprint_1_, CDC_Challenge_Password_1_ and
CDC_Common_Name_1_. An edit changes the bytes of the edited parameters and not
one byte besides. cfgxml works on files and opens no network connection; what
goes over a network is a command of ciscophone.

Exit status: 0 clean, 1 findings or differences, 2 wrong usage, 3 input/output
or internal error, 4 cannot tell.`,
	Groups: []*cobra.Group{
		{ID: term.GroupReview, Title: "Review:"},
		{ID: term.GroupEdit, Title: "Edit:"},
	},
	Commands: func(a *term.App) []*cobra.Command {
		return []*cobra.Command{
			review.LintCommand(a),
			compare.DiffCommand(a),
			plan.CheckPlanCommand(a),
			compare.GitSetupCommand(a),
			edit.GetCommand(a),
			plan.ListCommand(a),
			review.RulesCommand(a),
			review.ExplainCommand(a),
			review.XSDCommand(a),
			editor.LSPCommand(a),
			edit.SetCommand(a),
			edit.FmtCommand(a),
			compare.MergeCommand(a),
			edit.RenderCommand(a),
			edit.EncryptCommand(a),
			edit.DecryptCommand(a),
			option43.Option43Command(a),
		}
	},
	Other:         "ciscophone",
	OtherCommands: []string{"lab", "phone", "preflight", "enroll", "verify", "report", "resync", "push"},
}
