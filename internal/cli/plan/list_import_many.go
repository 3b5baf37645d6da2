// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/estate"
)

// writeForEach writes one resource with an instance for each file, and what imports
// them.
func writeForEach(w *bufio.Writer, files []estate.File) {
	if len(files) == 0 {
		return
	}
	fmt.Fprint(w, "locals {\n  phones = {\n")
	for _, f := range files {
		fmt.Fprintf(w, "    %s = {\n", hclString(f.Path))
		for _, arg := range [][2]string{{"scep_server        ", f.Server}, {"root_ca_fingerprint", f.RootCAFingerprint}, {"common_name        ", f.CommonName}} {
			value := "null"
			if arg[1] != "" {
				value = hclString(arg[1])
			}
			fmt.Fprintf(w, "      %s = %s\n", arg[0], value)
		}
		fmt.Fprint(w, "    }\n")
	}
	fmt.Fprint(w, `  }
}

import {
  for_each = local.phones
  to       = ciscophone_config.phone[each.key]
  id       = each.key
}

# Challenge passwords in the files stay as they are. challenge_password_file or
# challenge_password_wo would manage them.
resource "ciscophone_config" "phone" {
  for_each = local.phones

  path                = each.key
  scep_server         = each.value.scep_server
  root_ca_fingerprint = each.value.root_ca_fingerprint
  common_name         = each.value.common_name
}
`)
}

// notInventoried says why a file cannot be that of a phone of an inventory, "" if it
// can.
func notInventoried(f estate.File) string {
	switch {
	case f.MAC == "":
		return "its name does not tell the MAC address, which an inventory has"
	case f.Model == "":
		return "neither its name nor its common name tells the model, which an inventory has: add the line by hand"
	case strings.ContainsAny(f.Path, "${}"):
		return "its name has one of $ { }, which a path of a fleet would replace"
	}
	return ""
}

// writeInventory writes the phones of a fleet.
func writeInventory(w *bufio.Writer, files []estate.File) {
	out := csv.NewWriter(w)
	rows := [][]string{{"mac", "model", "file", cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamCommonName}}
	for _, f := range files {
		rows = append(rows, []string{f.MAC, f.Model, f.Path, f.Server, f.RootCAFingerprint, f.CommonName})
	}
	_ = out.WriteAll(rows) // an error is that of w
}
