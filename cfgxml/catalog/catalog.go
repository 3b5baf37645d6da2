// SPDX-License-Identifier: MPL-2.0

package catalog

import "iter"

// A Parameter is what the catalog knows about one parameter of the phones:
// facts that exported configurations show and that Cisco's documents state.
type Parameter struct {
	// Name is the element's name, "CDC_Server_1_".
	Name string
	// Section is the phone's own label for the group that the parameter
	// stands in, "Wi-Fi Settings".
	Section string
	// Type says how the value is written, and whether it is a secret. It was
	// inferred for most parameters, so it is a hint; Text says nothing.
	Type Type
	// Choices are the values that the phone offers, in its order, nil where
	// they are not known. Newer firmware may offer more. Not to be modified.
	Choices []string
	// UserAccess is the ua attribute in the phone's export, "na", "ro" or
	// "rw", and empty where it is not known.
	UserAccess string
	// Meaning is one line about the parameters that matter to enrolling
	// certificates and provisioning, and empty for the others.
	Meaning string
	// Sources says where the facts come from.
	Sources Source
}

// Generation returns the newest generation of phones that is known to have the
// parameter.
func (p Parameter) Generation() Generation { return p.Sources.generation() }

// Current reports whether an export of a 9800 or a document of Cisco's about
// current firmware knows the parameter. The others are known only from
// earlier phones; whether current ones have them is not known for each.
func (p Parameter) Current() bool { return p.Generation() == PhoneOS }

// Secret reports whether the parameter holds a password or a key.
func (p Parameter) Secret() bool { return p.Type == Secret }

// All returns all parameters of the catalog, in the order of the
// sections in a phone's export, parameters of earlier generations last.
func All() iter.Seq[Parameter] {
	return func(yield func(Parameter) bool) {
		t := table()
		for _, i := range t.order {
			if !yield(t.parameters[i]) {
				return
			}
		}
	}
}

// Lookup finds a parameter by its exact name; names are case-sensitive, as the
// phone has it. It does not allocate.
func Lookup(name string) (Parameter, bool) {
	i, ok := table().index[name]
	if !ok {
		return Parameter{}, false
	}
	return table().parameters[i], true
}
