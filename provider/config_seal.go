// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// ciphers are the values of encryption.
var ciphers = map[string]seal.Cipher{
	seal.AES256CBC.String(): seal.AES256CBC,
	seal.AES128GCM.String(): seal.AES128GCM,
}

// sealingAttributes are the attributes of the encryption of what.
func sealingAttributes(what, refresh string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"encryption": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Encrypts " + what + ": `aes-256-cbc` (as `openssl enc` does, SHA-256; the phone's `Profile_Rule` has `[--key \"SECRET\"]`) or " +
				"`aes128gcm` (RFC 8188; the web server must send `Content-Encoding: aes128gcm`). The plan opens the stored file and compares what is in it.",
			Validators: []validator.String{stringvalidator.OneOf(seal.AES256CBC.String(), seal.AES128GCM.String())},
		},
		"encryption_key_wo": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true,
			MarkdownDescription: "The secret of `encryption`. Write-only (Terraform 1.11, OpenTofu 1.11): never in plan or state." + refresh,
			Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("encryption")), stringvalidator.ConflictsWith(path.MatchRoot("encryption_key_file"))},
		},
		"encryption_key_file": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Absolute path of a file that holds the secret of `encryption`, one line end at its end ignored. Works with every CLI; the content is never in plan or state.",
			Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("encryption"))},
		},
	}
}

// sealing gives how the file is encrypted, nil where it is not. A write-only
// key is in a configuration only, never in a state: there its absence gives
// options without a key.
func (m configModel) sealing() (*seal.Options, diag.Diagnostics) {
	var diags diag.Diagnostics
	if m.Encryption.IsNull() {
		return nil, diags
	}
	o := &seal.Options{Cipher: ciphers[m.Encryption.ValueString()]}
	o.Key = secret.New(m.EncryptionKeyWO.ValueString())
	if o.Key.Masked() {
		diags.AddAttributeError(path.Root("encryption_key_wo"), "Masked Key", sentence(secret.ErrMask))
	}
	if !m.EncryptionKeyFile.IsNull() {
		at := path.Root("encryption_key_file")
		var err error
		if o.Key, err = readSecretFile(m.EncryptionKeyFile.ValueString(), at, &diags); err != nil {
			diags.AddAttributeError(at, "Encryption Key File Cannot Be Used", sentence(err))
			return nil, diags
		}
	}
	return o, diags
}

// errSealed says that a stored file cannot be opened.
var errSealed = errors.New("encrypted with another key, or cut off")

// unsealed is what a stored file holds.
type unsealed struct {
	plain  []byte
	packed string // how it is packed otherwise than it should be, "" for as it should be
}

// unseal opens a stored file. Without sealing it is taken as it is. One that is
// readable, or encrypted in another way with the same key, opens too, and is
// packed again by the next push.
func unseal(raw []byte, o *seal.Options) (unsealed, error) {
	if o == nil {
		return unsealed{plain: raw}, nil
	}
	cipher, gzip, ok := seal.Detect(raw)
	if !ok {
		return unsealed{}, errSealed
	}
	plain, err := seal.Open(raw, seal.OpenOptions{Key: o.Key, MaxSize: maxBaseFile})
	if err != nil {
		return unsealed{}, errors.Join(errSealed, err)
	}
	u := unsealed{plain: plain}
	switch {
	case cipher == o.Cipher:
	case cipher != seal.None:
		u.packed = cipher.String()
	case gzip:
		u.packed = "gzip, not encrypted"
	default:
		u.packed = "not encrypted"
	}
	return u, nil
}

// seal packs a content for the store.
func sealWith(content []byte, o *seal.Options) ([]byte, error) {
	if o == nil {
		return content, nil
	}
	return seal.Seal(content, *o)
}

// becomes is the line of changes for a file that is packed in another way.
func (u unsealed) becomes(o *seal.Options) string {
	return fmt.Sprintf("the file becomes encrypted by %s; it was: %s", o.Cipher, u.packed)
}

// same compares what is stored with what it shall be.
func (u unsealed) same(content []byte) bool { return u.packed == "" && bytes.Equal(u.plain, content) }

// validateSealing tells what is wrong with the attributes of the encryption.
func (m configModel) validateSealing() diag.Diagnostics {
	var diags diag.Diagnostics
	if m.Encryption.IsUnknown() || m.EncryptionKeyWO.IsUnknown() || m.EncryptionKeyFile.IsUnknown() {
		return diags
	}
	keyed := !m.EncryptionKeyWO.IsNull() || !m.EncryptionKeyFile.IsNull()
	switch {
	case m.Encryption.IsNull():
	case !keyed:
		diags.AddAttributeError(path.Root("encryption"), "No Encryption Key", "Set encryption_key_wo or encryption_key_file: the secret that the phones have.")
	case !m.EncryptionKeyWO.IsNull() && m.EncryptionKeyWO.ValueString() == "":
		diags.AddAttributeError(path.Root("encryption_key_wo"), "No Encryption Key", "The key is empty.")
	case !m.EncryptionKeyWO.IsNull() && m.OnDestroy.ValueString() == destroyClear:
		diags.AddAttributeError(path.Root("on_destroy"), "File Could Not Be Opened",
			"When the file is cleared there is no configuration any more, and encryption_key_wo is in no state. Use encryption_key_file, or on_destroy = \"delete\" or \"keep\".")
	}
	return diags
}
