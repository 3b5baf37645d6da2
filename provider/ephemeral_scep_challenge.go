// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// challengeEphemeral is the ephemeral resource ciscophone_scep_challenge: a
// challenge password that is in no state and no plan.
type challengeEphemeral struct{}

var _ ephemeral.EphemeralResourceWithValidateConfig = challengeEphemeral{}

func newChallengeEphemeral() ephemeral.EphemeralResource { return challengeEphemeral{} }

func (challengeEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_scep_challenge"
}

type challengeModel struct {
	Length    types.Int64  `tfsdk:"length"`
	Command   types.List   `tfsdk:"command"`
	NDES      types.String `tfsdk:"ndes_url"`
	Username  types.String `tfsdk:"ndes_username"`
	Password  types.String `tfsdk:"ndes_password"`
	Timeout   types.String `tfsdk:"timeout"`
	Challenge types.String `tfsdk:"challenge_password"`
}

// Bounds of a generated challenge; and how long one may take to be had.
const (
	defaultChallengeLength  = 32
	defaultChallengeTimeout = 30 * time.Second
)

func (challengeEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A challenge password for SCEP, in no state and no plan: generated, from a command, or from the page `mscep_admin` of Microsoft NDES. " +
			"For Terraform 1.10 and OpenTofu 1.11 or newer; hand it to `challenge_password_wo`.\n\n" +
			"A CLI asks anew at **every plan and every apply**. A command that reads a password from a vault gives the same one each time, so the second plan is empty. " +
			"A generated password, and one that a server makes for one use, is another each time: every plan then shows that the phone's file changes, and every apply makes the phone " +
			"request a new certificate. Use those where each run is meant to enroll.",
		Attributes: map[string]schema.Attribute{
			"length": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Generates a password of this many letters and digits, 16 to 64. Without any source, one of 32.",
				Validators: []validator.Int64{int64validator.Between(16, 64),
					int64validator.ConflictsWith(path.MatchRoot("command"), path.MatchRoot("ndes_url"))},
			},
			"command": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "A program and its arguments, not a shell's line: `[\"vault\", \"kv\", \"get\", \"-field=challenge\", \"secret/scep\"]`. " +
					"What it writes to standard output, one line, is the password.",
				Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ConflictsWith(path.MatchRoot("ndes_url"))},
			},
			"ndes_url": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Address of the page, such as `https://ndes.example.net/certsrv/mscep_admin/`. The page must accept Basic authentication; for NTLM use `command`.",
				Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("ndes_username"), path.MatchRoot("ndes_password"))},
			},
			"ndes_username": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "User name for the page, mostly `DOMAIN\\\\user`.",
				Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("ndes_url"))},
			},
			"ndes_password": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "Password for the page, for instance from an ephemeral variable.",
				Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("ndes_url"))},
			},
			"timeout": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "How long the command or the page may take, such as `10s`; 30 seconds by default.",
			},
			"challenge_password": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The challenge password.",
			},
		},
	}
}

func (challengeEphemeral) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	var m challengeModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if _, err := m.timeout(); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("timeout"), "Invalid Duration", sentence(err))
	}
	if err := ndesAddress(m.NDES.ValueString()); !m.NDES.IsNull() && !m.NDES.IsUnknown() && err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("ndes_url"), "Invalid Address", sentence(err))
	}
}

func (m challengeModel) timeout() (time.Duration, error) {
	if m.Timeout.IsNull() || m.Timeout.IsUnknown() {
		return defaultChallengeTimeout, nil
	}
	d, err := time.ParseDuration(m.Timeout.ValueString())
	if err == nil && (d <= 0 || d > 10*time.Minute) {
		err = errors.New("timeout " + d.String() + ": want more than 0 and at most 10m")
	}
	return d, err
}

func (challengeEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var m challengeModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	limit, err := m.timeout()
	if resp.Diagnostics.HasError() || err != nil {
		return // validate has told
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	at := path.Root("length")
	var challenge string
	switch {
	case !m.Command.IsNull():
		at = path.Root("command")
		var args []string
		if resp.Diagnostics.Append(m.Command.ElementsAs(ctx, &args, false)...); resp.Diagnostics.HasError() {
			return
		}
		challenge, err = challengeFromCommand(ctx, args)
	case !m.NDES.IsNull():
		at = path.Root("ndes_url")
		challenge, err = challengeFromNDES(ctx, m.NDES.ValueString(), m.Username.ValueString(), m.Password.ValueString())
	default:
		n := m.Length.ValueInt64()
		if m.Length.IsNull() {
			n = defaultChallengeLength
		}
		challenge, err = generateChallenge(rand.Reader, int(n))
	}
	if err != nil {
		resp.Diagnostics.AddAttributeError(at, "No Challenge Password", sentence(err))
		return
	}
	resp.Diagnostics.Append(problemDiagnostics(challengeProblems(challenge), leastAtPlan, func(string) path.Path { return at })...)
	m.Challenge = types.StringValue(challenge)
	resp.Diagnostics.Append(resp.Result.Set(ctx, m)...)
}

// alphabet has what survives every keyboard, phone page and file format: no
// character that looks like another, none that XML escapes.
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

// generateChallenge draws n characters, each with the same chance.
func generateChallenge(random io.Reader, n int) (string, error) {
	out := make([]byte, 0, n)
	one := make([]byte, 1)
	for len(out) < n {
		if _, err := io.ReadFull(random, one); err != nil {
			return "", err
		}
		if int(one[0]) < 256/len(alphabet)*len(alphabet) {
			out = append(out, alphabet[int(one[0])%len(alphabet)])
		}
	}
	return string(out), nil
}
