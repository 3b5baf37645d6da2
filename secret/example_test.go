// SPDX-License-Identifier: MPL-2.0

package secret_test

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func Example() {
	s := secret.New("Gentle-Otter-42")
	fmt.Println(s)
	fmt.Printf("%q %+v %#v\n", s, s, s)
	fmt.Println(len(s.Reveal()))
	// Output:
	// (secret)
	// (secret) (secret) (secret)
	// 15
}

func ExampleIsMask() {
	fmt.Println(secret.IsMask("********"), secret.IsMask("(sensitive value)"), secret.IsMask("Gentle-Otter-42"))
	// Output: true true false
}

func ExampleCheck() {
	rule := "[--key ********] https://prov.example.nl/$MA.cfg"
	fmt.Println(errors.Is(secret.Check(rule, false), secret.ErrMask))
	// Output: true
}

func ExampleSpans() {
	rule := `[--key "correct horse battery"] https://prov.example.nl/$MA.cfg`
	for _, s := range secret.Spans(rule) {
		fmt.Println(rule[s.Start:s.End])
	}
	fmt.Println(secret.Redact(rule))
	// Output:
	// correct horse battery
	// [--key "(secret)"] https://prov.example.nl/$MA.cfg
}

func ExampleParse() {
	s, note, err := secret.Parse([]byte("\xef\xbb\xbfGentle-Otter-42\r\n"))
	fmt.Println(s.Len(), err)
	fmt.Println(note)
	// Output:
	// 15 <nil>
	// the byte order mark at its start was left out, as it is not part of the secret; save the file as UTF-8 without one
}
