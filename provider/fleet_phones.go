// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// phones works out every phone of the fleet. shared is what all of them get;
// check asks the rules about each, for which all values must be known.
func (m fleetModel) phones(shared reconcile.Desired, check bool) ([]batch.Phone, diag.Diagnostics) {
	var diags diag.Diagnostics
	rows, err := m.read()
	if err != nil {
		diags.AddAttributeError(path.Root(m.from()), "Inventory Cannot Be Read", sentence(err))
		return nil, diags
	}
	for _, c := range batch.Columns(rows) {
		if inventory.Parameter(c) && catalog.IsSecret(c) {
			diags.AddAttributeError(path.Root(m.from()), "Password Would Be Stored",
				"The column "+c+" holds passwords or keys, and the inventory is stored in the state. Keep them in the template.")
			return nil, diags
		}
	}
	phones, said := batch.Expand(rows, batch.Options{Shared: shared, Path: m.Path.ValueString(), Check: check, Setter: setter})
	return phones, remarks(said, m.from())
}

// managed is what a state says is managed.
func (m *fleetModel) managed() reconcile.Desired {
	return reconcile.Desired{Settings: reconcile.Settings{Values: m.values()}}
}

// digests are the digests of a state, by phone.
func (m *fleetModel) digests() (map[string]string, error) { return decoded[string](m.Phones) }

// A phoneEnrollment is what the state says of a phone's enrollment.
type phoneEnrollment struct {
	ID         string  `json:"id"`
	CommonName *string `json:"common_name,omitempty"`
}

func decoded[T any](text types.String) (map[string]T, error) {
	out := map[string]T{}
	if text.IsNull() || text.IsUnknown() {
		return out, nil
	}
	err := json.Unmarshal([]byte(text.ValueString()), &out)
	return out, err
}

func encoded(v any) types.String {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of strings
	}
	return types.StringValue(string(b))
}

// written lists the phones of a state whose files it brought to what they are:
// those of an apply that failed in part are not all of its inventory.
func (m *fleetModel) written() ([]batch.Phone, diag.Diagnostics) {
	phones, diags := m.phones(reconcile.Desired{}, false)
	done, err := m.digests()
	if err != nil {
		diags.AddAttributeError(path.Root("phones"), "State Cannot Be Read", sentence(err))
	}
	return slices.DeleteFunc(phones, func(p batch.Phone) bool { _, ok := done[p.Key()]; return !ok }), diags
}
