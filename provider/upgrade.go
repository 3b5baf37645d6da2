// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// States of version 0 of the schemas had other names for some attributes, a map
// of digests and a count of enrollments. Testdata has examples of them.

func (r *configResource) UpgradeState(ctx context.Context) map[int64]resource.StateUpgrader {
	return upgradeFrom0(ctx, r, func(state map[string]any) {
		rename(state, "server", "scep_server")
		rename(state, "base_file", "template_file")
		state["enrollment_id"] = formerID(state)
	})
}

func (r *fleetResource) UpgradeState(ctx context.Context) map[int64]resource.StateUpgrader {
	return upgradeFrom0(ctx, r, func(state map[string]any) {
		rename(state, "server", "scep_server")
		enrollments := map[string]phoneEnrollment{}
		phones, _ := state["phones"].(map[string]any)
		for mac := range phones {
			enrollments[mac] = phoneEnrollment{ID: formerID(state)}
		}
		state["phones"], state["enrollments"] = encoded(phones).ValueString(), encoded(enrollments).ValueString()
		if n, ok := state["reenrolls"].(float64); ok {
			state["reenrolls"], state["reenrolling_phones"] = n > 0, n
		}
	})
}

func (r *enrollmentResource) UpgradeState(ctx context.Context) map[int64]resource.StateUpgrader {
	return upgradeFrom0(ctx, r, func(state map[string]any) {
		if state["enrollment_revision"] != nil {
			state["enrollment_id"] = formerID(state)
		}
	})
}

// formerID is the enrollment_id that a count of enrollments becomes, the same for
// the file and for the enrollment that waits for it.
func formerID(state map[string]any) string {
	return fmt.Sprintf("revision-%v", state["enrollment_revision"])
}

func rename(state map[string]any, from, to string) {
	state[to] = state[from]
	delete(state, from)
}

// upgradeFrom0 changes a stored state; what the schema no longer has is dropped.
func upgradeFrom0(ctx context.Context, r resource.Resource, change func(state map[string]any)) map[int64]resource.StateUpgrader {
	return map[int64]resource.StateUpgrader{0: {StateUpgrader: func(_ context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
		var state map[string]any
		err := json.Unmarshal(req.RawState.JSON, &state)
		if err == nil {
			change(state)
			var now resource.SchemaResponse
			r.Schema(ctx, resource.SchemaRequest{}, &now)
			maps.DeleteFunc(state, func(name string, _ any) bool { return now.Schema.Attributes[name] == nil })
			var upgraded []byte
			if upgraded, err = json.Marshal(state); err == nil {
				resp.DynamicValue = &tfprotov6.DynamicValue{JSON: upgraded}
			}
		}
		if err != nil {
			resp.Diagnostics.AddError("State Cannot Be Read", sentence(fmt.Errorf("the stored state of version 0 cannot be upgraded: %w", err)))
		}
	}}}
}
