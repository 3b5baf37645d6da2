// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// An inventory is text in the configuration, or a file that it names. Of the
// latter the plan and the state hold the rows, by phone: a CLI shows the rows of
// 10,000 that change.

// from returns the attribute that the inventory comes from.
func (m *fleetModel) from() string {
	if m.Inventory.IsNull() {
		return "inventory_file"
	}
	return "inventory"
}

// read returns the rows of the inventory: those of the text, those that a state or
// a plan has of a file, or those of the file itself.
func (m *fleetModel) read() ([]inventory.Row, error) {
	if !m.Inventory.IsNull() {
		return inventory.Parse(m.Inventory.ValueString())
	}
	if m.Rows.IsNull() || m.Rows.IsUnknown() {
		data, err := readFile(m.InventoryFile.ValueString(), maxTemplate)
		if err != nil {
			return nil, err
		}
		return inventory.Parse(string(data))
	}
	return inventory.Parse(m.Rows.ValueString())
}

// rowsOf returns what a plan shows of the rows of phones, null where the inventory
// is text and shows by itself.
func (m *fleetModel) rowsOf(phones []batch.Phone) types.String {
	if !m.Inventory.IsNull() {
		return types.StringNull()
	}
	rows := make([]inventory.Row, len(phones))
	for i := range phones {
		rows[i] = phones[i].Row
	}
	text, err := inventory.ByMAC(rows)
	if err != nil {
		return types.StringUnknown() // phones are of good rows
	}
	return types.StringValue(text)
}

// key tells the fleets of a run apart.
func (m *fleetModel) key() string {
	return strings.Join([]string{m.Path.ValueString(), m.InventoryFile.ValueString(), m.Inventory.ValueString()}, "\n")
}
