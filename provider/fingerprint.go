// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// sameFingerprint keeps the former spelling of a fingerprint when the new one
// differs in case, separators and labels only: that changes nothing on the phone,
// so it is no change in the plan either. (Semantic equality of a custom type
// would not do: the framework does not apply it while planning.)
type sameFingerprint struct{}

func (sameFingerprint) Description(context.Context) string {
	return "ignores case, separators and labels"
}

func (m sameFingerprint) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameFingerprint) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if cdc.Same(cdc.ParamRootCAFingerprint, req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
