// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// A CLI plans twice: once for people, and once more within apply, when it
// insists on the same values. Where a file has changed in between, the values
// are others and the CLI calls the provider broken ("Provider produced
// inconsistent final plan"). The second planning is given the state as the
// refresh before the first one left it, so the change can be noticed by
// comparing the files with that, and told in better words. A resource that is
// being created has no such state: there the CLI's words must do.

// privateRead is the key in private state under which a refresh leaves what it
// saw besides the state, and an apply leaves null.
const privateRead = "read"

type readMark struct {
	Base string `json:"base"` // digest of base_file, redacted; "" for none
}

// markRead notes at a refresh what base_file holds.
func (m configModel) markRead(ctx context.Context, private privateWriter) diag.Diagnostics {
	var mark readMark
	if !m.BaseFile.IsNull() {
		if data, err := readFile(m.BaseFile.ValueString(), maxBaseFile); err == nil {
			mark.Base = digestOf(data)
		}
	}
	b, err := json.Marshal(mark)
	if err != nil {
		panic(err) // a struct of strings
	}
	return private.SetKey(ctx, privateRead, b)
}

// remember notes after an apply what the state does not say.
func (m configModel) remember(ctx context.Context, private privateState) diag.Diagnostics {
	diags := markOf(ctx, private).settled().set(ctx, private)
	diags.Append(private.SetKey(ctx, privateChallenge, m.challengeMark())...)
	diags.Append(private.SetKey(ctx, privateRead, []byte("null"))...)
	return diags
}

// stillAsRead compares the files with what the refresh before saw of them.
// Without a refresh (-refresh=false) there is nothing to compare with.
func stillAsRead(ctx context.Context, private privateReader, prior, config configModel, o outcome) diag.Diagnostics {
	var mark *readMark
	b, diags := private.GetKey(ctx, privateRead)
	if diags.HasError() || len(b) == 0 || json.Unmarshal(b, &mark) != nil || mark == nil {
		return diags
	}
	const again = "\n\nNothing was written. Run plan again and review what it shows now. (With -refresh=false, leave that out.)"
	if mark.Base != "" && prior.BaseFile.Equal(config.BaseFile) && o.base != nil && digestOf(o.base) != mark.Base {
		diags.AddAttributeError(path.Root("base_file"), "Base File Changed Since Plan",
			config.BaseFile.ValueString()+" holds something else than when the file was last read for this plan."+again)
	}
	if !o.exists || !prior.sees(o.present, config.hasBase()) {
		diags.AddAttributeError(path.Root("path"), "Configuration File Changed Since Plan",
			"The file "+config.Path.ValueString()+" in the store holds something else than when it was last read for this plan."+again)
	}
	return diags
}

// sees tells whether a content is the one of the state: all of it where a base
// decides over all of it, else the parameters that are managed.
func (m configModel) sees(content []byte, whole bool) bool {
	if whole {
		return m.ContentDigest.ValueString() == digestOf(content)
	}
	now := m.observe(content)
	return now.Server.Equal(m.Server) && now.RootCAFingerprint.Equal(m.RootCAFingerprint) && now.CommonName.Equal(m.CommonName) && now.Parameters.Equal(m.Parameters)
}
