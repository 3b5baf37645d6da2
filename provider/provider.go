// SPDX-License-Identifier: MPL-2.0

// Package provider is the Terraform and OpenTofu provider ciscophone.
//
// It holds no knowledge of phones of its own: it turns configuration into calls
// of cfgxml, validate, push, scep/client and verify, and their answers into
// plans, state and diagnostics. The command line does the same with the same
// packages, so both give equal bytes.
//
// [Serve] serves it to a CLI over protocol 6. Objects:
//
//   - resource ciscophone_config: one cfg.xml in a store
//   - resource ciscophone_fleet: those of thousands of phones
//   - resource ciscophone_enrollment: waits for a phone's certificate
//   - resource ciscophone_fleet_enrollment: waits for those of a fleet
//   - data sources ciscophone_enrollment, ciscophone_fleet_enrollment,
//     ciscophone_scep_ca and ciscophone_document: look at a phone, at what is on
//     record of many, a SCEP server, a file
//   - ephemeral ciscophone_scep_challenge: a challenge password
//   - action ciscophone_resync and a list of ciscophone_config, for Terraform 1.14
//   - functions render, splice, parse, diff, common_name, user_id,
//     expand_macros, fingerprint, option43_encode and option43_decode
//
// # Secrets
//
// The challenge password is in what is pushed and nowhere else: not in state,
// not in a plan, not in a message, not in a log. State holds digests of
// redacted content only, because a digest of the whole file lets anybody who
// has the rest of it try passwords. What a plan needs to know about a secret
// (has somebody changed it in the file?) is found out at plan time by comparing
// the file with the configuration, and forgotten.
package provider

import (
	"context"
	"crypto/rand"
	"maps"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	fw "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// Address is the provider's source address, without the registry's host.
const Address = "phonecfg/ciscophone"

// Serve serves the provider to the CLI that started this process, until that
// ends it. The address begins with the CLI's registry host. With debugging it
// waits for a CLI instead, and prints what TF_REATTACH_PROVIDERS must be.
func Serve(version, address string, debugging bool) error {
	debug.SetGCPercent(150) // a plan of many phones is short-lived garbage: docs/design/076
	return providerserver.Serve(context.Background(), func() fw.Provider { return &ciscophone{version: version} },
		providerserver.ServeOpts{Address: address, Debug: debugging, ProtocolVersion: 6})
}

// NewServer returns the provider as a CLI sees it, for protocol 6.
func NewServer(version string) tfprotov6.ProviderServer {
	return providerserver.NewProtocol6(&ciscophone{version: version})()
}

// Environment variables in place of the provider's arguments.
const (
	EnvStore         = "CISCOPHONE_STORE"
	EnvStoreUsername = "CISCOPHONE_STORE_USERNAME"
	EnvStorePassword = "CISCOPHONE_STORE_PASSWORD"
)

type ciscophone struct{ version string }

var (
	_ fw.Provider                       = (*ciscophone)(nil)
	_ fw.ProviderWithFunctions          = (*ciscophone)(nil)
	_ fw.ProviderWithActions            = (*ciscophone)(nil)
	_ fw.ProviderWithListResources      = (*ciscophone)(nil)
	_ fw.ProviderWithEphemeralResources = (*ciscophone)(nil)
)

func (p *ciscophone) Metadata(_ context.Context, _ fw.MetadataRequest, resp *fw.MetadataResponse) {
	resp.TypeName = "ciscophone"
	resp.Version = p.version
}

func (p *ciscophone) Schema(_ context.Context, _ fw.SchemaRequest, resp *fw.SchemaResponse) {
	attributes := storeSchema()
	maps.Copy(attributes, pagesSchema())
	attributes["evidence"] = schema.ListAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Records that say which phones hold certificates, for `ciscophone_fleet_enrollment`: `index:/var/lib/ca/index.txt` (OpenSSL, micromdm), " +
			"`pem:/var/lib/ca/issued` (a folder of certificates, which also say when they were issued), `csv:` (AD CS, EJBCA, ISE), `jsonl:`, `freeradius:`, `nginx:`, `apache:`, `caddy:`, each with an absolute path.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Configures Cisco 9800 and 8875 phones to obtain a certificate of their own by SCEP (*Custom Device Certificate*), " +
			"by their configuration file `cfg.xml`, and checks that they hold it.",
		Attributes: attributes,
	}
}

type providerModel struct {
	storeModel
	pagesModel
	Evidence types.List `tfsdk:"evidence"`
}

// A session is what the provider's configuration gives its objects.
type session struct {
	store   push.Store // nil: none configured
	unknown bool       // the store is not known before apply
	*ledger            // who writes which file
	now     func() time.Time

	pages   *pages           // how phones' web pages are read
	sources []*record.Source // what others recorded of certificates
	later   bool             // the sources are not known before apply

	mu     sync.Mutex
	fleets map[string]*fleet // planned last, by path and inventory: within an apply, what to apply
}

// plan keeps a fleet that was planned, planned returns it. Within apply a CLI asks
// the same process for the plan once more and then for the apply, which is about
// what the plan has just worked out and seen.
func (s *session) plan(m fleetModel, f *fleet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fleets[m.key()] = f
}

func (s *session) planned(m fleetModel) *fleet {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := m.key()
	f := s.fleets[key]
	delete(s.fleets, key)
	return f
}

// enrollmentID returns an enrollment_id, which never repeats. One that begins
// with a time asks for a certificate of after that.
func (s *session) enrollmentID(again bool) string {
	at := "kept"
	if again {
		at = s.now().UTC().Format(idTime)
	}
	return at + "-" + rand.Text()[:8]
}

// idTime is the form of the time in an enrollment_id.
const idTime = "20060102T150405.000Z"

func (p *ciscophone) Configure(ctx context.Context, req fw.ConfigureRequest, resp *fw.ConfigureResponse) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	s := &session{ledger: newLedger(), now: time.Now, fleets: map[string]*fleet{}, unknown: m.storeModel.unknown()}
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData = s, s, s
	if s.later = !fullyKnown(m.Evidence); !s.later {
		s.sources = sourcesOf(m.Evidence, path.Root("evidence"), &resp.Diagnostics)
	}
	if s.pages = m.pagesModel.open(&resp.Diagnostics); s.pages == nil {
		return
	}
	if !s.unknown {
		s.store = m.storeModel.open(&resp.Diagnostics)
	}
}

func orEnv(v types.String, name string) string {
	if s := v.ValueString(); s != "" {
		return s
	}
	return os.Getenv(name)
}

// configured takes the session out of what Configure of a resource or data
// source is given, nil before the provider is configured.
func configured(data any, diags *diag.Diagnostics) *session {
	if data == nil {
		return nil
	}
	s, ok := data.(*session)
	if !ok {
		diags.AddError("Unexpected Provider Data", "This is a fault of the provider; please report it to its developers.")
	}
	return s
}

func (p *ciscophone) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newConfigResource, newFleetResource, newEnrollmentResource, newFleetEnrollmentResource}
}

func (p *ciscophone) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newEnrollmentData, newFleetEnrollmentData, newSCEPCAData, newDocumentData}
}

func (p *ciscophone) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newResyncAction}
}

func (p *ciscophone) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newConfigList}
}

func (p *ciscophone) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newChallengeEphemeral}
}

func (p *ciscophone) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		newRenderFunction, newSpliceFunction, newParseFunction, newDiffFunction,
		newCommonNameFunction, newUserIDFunction, newExpandMacrosFunction, newFingerprintFunction,
		newOption43EncodeFunction, newOption43DecodeFunction,
	}
}
