// SPDX-License-Identifier: MPL-2.0

package catalog

import "strings"

// A Source is a set of places that a fact of the catalog comes from.
type Source uint16

// The sources of the catalog.
const (
	SourceDeskPhone     Source = 1 << iota // an export of a Desk Phone 9861
	SourceMultiplatform                    // a default file for 6800, 7800 and 8800 multiplatform phones
	SourceSPA                              // a configuration of an SPA 5xx
	SourceXMLReference                     // XML Reference Guide for Cisco IP Phone Multiplatform Phones, 2025
	SourceCertificate                      // Custom Device Certificate on 9800/8875, help.webex.com article jidk3p
	SourceReleaseNotes                     // Release Notes for Cisco PhoneOS, help.webex.com article n1trwjh
	SourceGuide                            // administration and provisioning guides of multiplatform phones
	Source8865                             // a configuration of an 8865 multiplatform phone
	SourceReport                           // what a multiplatform phone reported of itself
)

// sources are the names of the sources and their letters in the data files, in
// bit order, with the generation of the phones that they are about.
var sources = [...]struct {
	name       string
	letter     rune
	generation Generation
}{
	{"Desk Phone 9861 export", 'd', PhoneOS},
	{"multiplatform default file", 'm', Multiplatform},
	{"SPA 5xx configuration", 's', SPA},
	{"XML Reference Guide", 'x', PhoneOS},
	{"Custom Device Certificate", 'c', PhoneOS},
	{"PhoneOS release notes", 'r', PhoneOS},
	{"administration guides", 'g', PhoneOS},
	{"8865 multiplatform configuration", 'e', Multiplatform},
	{"multiplatform phone's report", 'p', Multiplatform},
}

// String lists the sources, separated by commas.
func (s Source) String() string {
	var names []string
	for i, source := range sources {
		if s&(1<<i) != 0 {
			names = append(names, source.name)
		}
	}
	return strings.Join(names, ", ")
}

// sourceOf returns the source with the letter, 0 if there is none.
func sourceOf(letter rune) Source {
	for i, source := range sources {
		if source.letter == letter {
			return 1 << i
		}
	}
	return 0
}

func (s Source) generation() (newest Generation) {
	for i, source := range sources {
		if s&(1<<i) != 0 {
			newest = max(newest, source.generation)
		}
	}
	return newest
}

// A Generation is one of the product lines that read this format, the oldest
// first.
type Generation uint8

// The generations of phones.
const (
	SPA           Generation = iota // SPA 300 and 500 phones
	Multiplatform                   // 6800, 7800 and 8800 multiplatform phones
	PhoneOS                         // Desk Phone 9800, 8875, and what current documents describe
)

// String names the phones: "SPA phones".
func (g Generation) String() string {
	switch g {
	case SPA:
		return "SPA phones"
	case Multiplatform:
		return "6800, 7800 and 8800 multiplatform phones"
	}
	return "9800 and 8875 phones"
}
