// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/boolvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ndes"
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
	Auth      types.String `tfsdk:"ndes_auth"`
	CAFile    types.String `tfsdk:"ndes_ca_file"`
	AllowHTTP types.Bool   `tfsdk:"ndes_allow_http"`
	Timeout   types.String `tfsdk:"timeout"`
	Challenge types.String `tfsdk:"challenge_password"`
}

// Bounds of a generated challenge; and how long one may take to be had.
const (
	defaultChallengeLength  = 32
	defaultChallengeTimeout = 30 * time.Second
)

func (challengeEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	withNDES := stringvalidator.AlsoRequires(path.MatchRoot("ndes_url"))
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
				MarkdownDescription: "Address of the page, such as `https://ndes.example.net/certsrv/mscep_admin/`. No redirect is followed and no proxy is used.",
				Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("ndes_username"), path.MatchRoot("ndes_password"))},
			},
			"ndes_username": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "User name for the page: `DOMAIN\\user` (with two backslashes, as HCL wants them) or `user@domain`.",
				Validators:          []validator.String{withNDES},
			},
			"ndes_password": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "Password for the page, for instance from an ephemeral variable.",
				Validators:          []validator.String{withNDES},
			},
			"ndes_auth": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How to log in: `basic` (default) or `ntlm` (version 2), which Windows offers by default. It is never changed by what the server offers. " +
					"IIS with *Extended Protection* set to *Required* takes neither; use `command` then.",
				Validators: []validator.String{withNDES, stringvalidator.OneOf(string(ndes.Basic), string(ndes.NTLM))},
			},
			"ndes_ca_file": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Absolute path of the CA certificates (PEM) that may have issued the web server's certificate; by default those that this machine trusts.",
				Validators:          []validator.String{withNDES, absolutePath{}},
			},
			"ndes_allow_http": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Lets `ndes_url` begin with `http://`. Whoever is on the way then reads the password (`basic`) or gets what is needed to try passwords (`ntlm`), " +
					"and reads the challenge password.",
				Validators: []validator.Bool{boolvalidator.AlsoRequires(path.MatchRoot("ndes_url"))},
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
	if page, known := m.page(); known {
		page.Auth = "" // has a validator of its own
		if err := page.Check(); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("ndes_url"), "Invalid Address", sentence(err)+ndesAdvice(err))
		}
	}
}

func (m challengeModel) timeout() (time.Duration, error) {
	if m.Timeout.IsNull() || m.Timeout.IsUnknown() {
		return defaultChallengeTimeout, nil
	}
	d, err := time.ParseDuration(m.Timeout.ValueString())
	if err != nil || d <= 0 || d > 10*time.Minute {
		return 0, fmt.Errorf("timeout %q: want a duration of more than 0 and at most 10m, such as 10s", m.Timeout.ValueString())
	}
	return d, nil
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
		challenge, err = m.fromNDES(ctx, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
	default:
		n := m.Length.ValueInt64()
		if m.Length.IsNull() {
			n = defaultChallengeLength
		}
		challenge, err = generateChallenge(rand.Reader, int(n))
	}
	if err != nil {
		resp.Diagnostics.AddAttributeError(at, "No Challenge Password", sentence(err)+ndesAdvice(err))
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
