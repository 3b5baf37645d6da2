// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"iter"
	"slices"
	"strings"
)

// A Parameter is what the catalogue knows about one parameter of the phones:
// facts that exported configurations show and that Cisco's documents state.
type Parameter struct {
	// Name is the element's name, "CDC_Server_1_".
	Name string
	// Section is the phone's own label for the group that the parameter
	// stands in, "Wi-Fi Settings".
	Section string
	// Type says how the value is written. It was inferred for most
	// parameters, so it is a hint; Text says nothing.
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

// Current reports whether an export of a 9800 or a document of Cisco's about
// current firmware knows the parameter. The others are known only from
// configurations of earlier phones; current ones may well ignore them, as they
// ignore every name they do not know.
func (p Parameter) Current() bool {
	return p.Sources&^(SourceMultiplatform|SourceSPA) != 0
}

// Secret reports whether the parameter holds a password or a key, as
// [IsSecret] says.
func (p Parameter) Secret() bool { return IsSecret(p.Name) }

// Allows reports whether value is among the parameter's choices. The case of
// letters does not count, because real files write both "Yes" and "yes". An
// empty value and a parameter without known choices are allowed.
func (p Parameter) Allows(value string) bool {
	if value == "" || len(p.Choices) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Choices, func(c string) bool { return strings.EqualFold(c, value) })
}

// All returns all parameters of the catalogue, in the order of the
// sections in a phone's export, parameters of earlier generations last.
func All() iter.Seq[Parameter] {
	return slices.Values(catalog().parameters)
}

// Lookup finds a parameter by its exact name; names are
// case-sensitive, as the phone has it. It does not allocate.
func Lookup(name string) (Parameter, bool) {
	c := catalog()
	_, i := c.find(name)
	if i < 0 {
		return Parameter{}, false
	}
	return c.parameters[i], true
}

// A Type says how a parameter's value is written.
type Type uint8

// The types of values.
const (
	Text   Type = iota // anything
	YesNo              // Yes or No
	Number             // a decimal number
	Choice             // one of Parameter.Choices
)

// String names the type: "text", "yesno", "number" or "choice".
func (t Type) String() string {
	if int(t) < len(valueTypes) {
		return valueTypes[t]
	}
	return "unknown"
}

var valueTypes = [...]string{"text", "yesno", "number", "choice"}

// Source is a set of places that a fact of the catalogue comes from.
type Source uint16

// The sources of the catalogue.
const (
	SourceDeskPhone     Source = 1 << iota // an export of a Desk Phone 9861
	SourceMultiplatform                    // a default file for 6800, 7800 and 8800 multiplatform phones
	SourceSPA                              // a configuration of an SPA 5xx
	SourceXMLReference                     // XML Reference Guide for Cisco IP Phone Multiplatform Phones, 2025
	SourceCertificate                      // Custom Device Certificate on 9800/8875, help.webex.com article jidk3p
	SourceReleaseNotes                     // Release Notes for Cisco PhoneOS, help.webex.com article n1trwjh
	SourceGuide                            // administration and provisioning guides of multiplatform phones
)

// String lists the sources, separated by commas.
func (s Source) String() string {
	var names []string
	for i, name := range sourceNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

var sourceNames = [...]string{
	"Desk Phone 9861 export", "multiplatform default file", "SPA 5xx configuration",
	"XML Reference Guide", "Custom Device Certificate", "PhoneOS release notes", "administration guides",
}

// sourceLetters are the sources' letters in the data files, in bit order.
const sourceLetters = "dmsxcrg"
