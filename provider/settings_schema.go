// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// Values of on_destroy.
const (
	destroyKeep   = string(batch.Keep)
	destroyClear  = string(batch.Clear)
	destroyDelete = string(batch.Delete)
)

// settingsAttributes are the attributes of a [settingsModel]; filled says how
// texts for many phones are filled, "" for one phone.
func settingsAttributes(filled string) map[string]schema.Attribute {
	all := contentAttributes(filled)
	maps.Copy(all, challengeAttributes())
	maps.Copy(all, encryptionAttributes())
	all["on_destroy"] = schema.StringAttribute{
		Optional: true, Computed: true,
		Default: stringdefault.StaticString(destroyKeep),
		MarkdownDescription: "What destroying does to the file: `keep` (default) leaves it, `clear` empties the four CDC parameters, `delete` removes the file. " +
			"A replacement leaves what it writes anew. None of them takes the certificate from the phone; only *Delete* on its web page does.",
		Validators: []validator.String{stringvalidator.OneOf(destroyKeep, destroyClear, destroyDelete)},
	}
	return all
}

// notWith refuses the attribute beside others.
func notWith(names ...string) validator.String {
	var others []path.Expression
	for _, name := range names {
		others = append(others, path.MatchRoot(name))
	}
	return stringvalidator.ConflictsWith(others...)
}

// contentAttributes say what a file holds.
func contentAttributes(filled string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"template_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Absolute path of the document to start from. It is read at plan and at apply; its content, which usually holds passwords, " +
				"is never in plan or state.",
			Validators: []validator.String{notWith("template"), absolutePath{}},
		},
		"template": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true,
			MarkdownDescription: "The document to start from, as text, for instance `file(\"phone.xml\")`. Write-only (Terraform 1.11, OpenTofu 1.11): never in plan or state.",
		},
		"scep_server": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`CDC_Server_1_`: address of the SCEP server, an `http://` URL or an IP address. HTTPS is not supported by the phone. " +
				"Left out, the parameter is not managed; `\"\"` empties it.",
		},
		"root_ca_fingerprint": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`CDC_Root_CA_Fingerprint_1_`: SHA-1 or SHA-256 of the SCEP server's root CA in hexadecimal. " +
				"Colons, spaces and lower case are accepted and written the way the phone takes them.",
			PlanModifiers: []planmodifier.String{sameFingerprint{}},
		},
		"common_name": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "`CDC_Common_Name_1_`: common name of the certificate request, macros such as `$MAU` allowed, at most 64 characters once expanded. " +
				"Empty, the phone uses the name in its factory certificate (MIC/SUDI)." + filled,
		},
		"parameters": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Further parameters by their element name, for instance `{ Certificate_Select = \"Custom installed\" }`. " +
				"Parameters that hold a password are refused, because this map is in the state; keep them in the template." + filled,
		},
	}
}

// challengeAttributes are the ways to give the challenge password.
func challengeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"challenge_password_wo": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true,
			MarkdownDescription: "`CDC_Challenge_Password_1_`: challenge password for the initial enrollment. Write-only (Terraform 1.11, OpenTofu 1.11): never in plan or state. " +
				"The plan compares it with the file, so a new value is pushed without further ado, unless `challenge_password_wo_version` is set. Empty, the phone authenticates by its factory certificate.",
			Validators: []validator.String{notWith("challenge_password_file", "challenge_password")},
		},
		"challenge_password_wo_version": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "A number to increase with each new `challenge_password_wo`. While it stays the same, a file that holds a challenge password keeps it: " +
				"set it where `challenge_password_wo` is another one in every run, as passwords for one use are.",
			Validators: []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("challenge_password_wo"))},
		},
		"challenge_password_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Absolute path of a file that holds the challenge password, one line end at its end ignored. Works with every CLI; the content is never in plan or state.",
			Validators:          []validator.String{notWith("challenge_password"), absolutePath{}},
		},
		"challenge_password": schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: "The challenge password itself. **It is stored in the state**, masked on screen only: prefer `challenge_password_wo` or `challenge_password_file`.",
			Validators:          []validator.String{stringvalidator.PreferWriteOnlyAttribute(path.MatchRoot("challenge_password_wo"))},
		},
	}
}

// encryptionAttributes say how the file is encrypted, and was.
func encryptionAttributes() map[string]schema.Attribute {
	requires := stringvalidator.AlsoRequires(path.MatchRoot("encryption"))
	return map[string]schema.Attribute{
		"encryption": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Encrypts the file: `aes-256-cbc` (as `openssl enc` does, SHA-256; the phone's `Profile_Rule` has `[--key \"SECRET\"]`) or " +
				"`aes128gcm` (RFC 8188; the web server must send `Content-Encoding: aes128gcm`). The plan opens the stored file and compares what is in it.",
			Validators: []validator.String{stringvalidator.OneOf(seal.Ciphers()...)},
		},
		"encryption_key_wo": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true,
			MarkdownDescription: "The secret of `encryption`. Write-only (Terraform 1.11, OpenTofu 1.11): never in plan or state. A refresh cannot open the file then; the plan can.",
			Validators:          []validator.String{requires, notWith("encryption_key_file")},
		},
		"encryption_key_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Absolute path of a file that holds the secret of `encryption`, one line end at its end ignored. Works with every CLI; the content is never in plan or state.",
			Validators:          []validator.String{requires, absolutePath{}},
		},
		"former_encryption_key_wo": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true,
			MarkdownDescription: "The secret that stored files were encrypted with before `encryption_key_wo` changed: they are opened with it and encrypted anew. Write-only.",
			Validators:          []validator.String{requires, notWith("former_encryption_key_file")},
		},
		"former_encryption_key_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Absolute path of a file that holds the secret that stored files were encrypted with before.",
			Validators:          []validator.String{requires, absolutePath{}},
		},
	}
}

// absolutePath accepts absolute paths only.
type absolutePath struct{}

func (absolutePath) Description(context.Context) string { return "must be an absolute path" }

func (v absolutePath) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (absolutePath) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if v := req.ConfigValue; !v.IsNull() && !v.IsUnknown() && !filepath.IsAbs(v.ValueString()) {
		resp.Diagnostics.AddAttributeError(req.Path, "Not an Absolute Path", notAbsolute(v.ValueString()))
	}
}

func notAbsolute(name string) string {
	return fmt.Sprintf("%q depends on where the provider was started.\n\nWrite abspath(\"${path.module}/...\") instead.", name)
}
