// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/status"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// pagesModel is what the provider's configuration says of phones' web pages.
type pagesModel struct {
	Username   types.String `tfsdk:"phone_username"`
	Password   types.String `tfsdk:"phone_password_file"`
	CAFile     types.String `tfsdk:"phone_ca_file"`
	Vocabulary types.String `tfsdk:"status_vocabulary_file"`
}

func pagesSchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"phone_username": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "User name for the phones' web pages, where they ask for one. Default: `admin`.",
		},
		"phone_password_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Absolute path of a file that holds its password; it goes only to a page that asks for it, by Digest where the page offers that.",
		},
		"phone_ca_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Absolute path of a file of the CAs (PEM) that may have issued the certificates of phones' `https` pages.",
		},
		"status_vocabulary_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Absolute path of a file that says how the phones' status names their certificate, for `ciscophone_enrollment`; " +
				"`ciscophone verify --learn` drafts one. Default: the names of this project's simulated phone.",
		},
	}
}

// pages is how phones' web pages are read.
type pages struct {
	client       *http.Client
	vocabularies []*status.Vocabulary
}

// open reads the files that the configuration names. It returns nil, and says why,
// when one cannot be used.
func (m pagesModel) open(diags *diag.Diagnostics) *pages {
	wrong := func(attribute string, err error) *pages {
		diags.AddAttributeError(path.Root(attribute), "File Cannot Be Used", sentence(err))
		return nil
	}
	p := &pages{vocabularies: status.Builtin()}
	if file := m.Vocabulary.ValueString(); file != "" {
		data, err := readFile(file, maxTemplate)
		if err != nil {
			return wrong("status_vocabulary_file", err)
		}
		v, err := status.ParseVocabulary(data)
		if err != nil {
			return wrong("status_vocabulary_file", fmt.Errorf("%s: %w", file, err))
		}
		p.vocabularies = append([]*status.Vocabulary{v}, p.vocabularies...)
	}
	access := verify.Access{User: m.Username.ValueString()}
	var err error
	if file := m.Password.ValueString(); file != "" {
		at := path.Root("phone_password_file")
		if access.Password, err = readSecretFile(file, at, diags); err != nil {
			return wrong("phone_password_file", err)
		}
	}
	if file := m.CAFile.ValueString(); file != "" {
		if access.Roots, err = readRoots(file); err != nil {
			return wrong("phone_ca_file", err)
		}
	}
	if p.client, err = access.Client(); err != nil {
		return wrong("phone_password_file", err)
	}
	return p
}
