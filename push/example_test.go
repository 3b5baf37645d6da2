// SPDX-License-Identifier: MPL-2.0

package push_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

var ctx = context.Background()

// Many objects at once: what two files have in common is not copied for each.
func ExampleBulk() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		log.Fatal(err)
	}
	b := push.NewBulk(s)
	defer b.Close()
	head, tail := []byte("<flat-profile><Station_Name>"), []byte("</Station_Name></flat-profile>")
	for _, name := range []string{"Lobby", "Bar"} {
		b.Put(ctx, push.Item{Name: name + ".xml", Data: [][]byte{head, []byte(name), tail}})
	}
	fmt.Println("written:", b.Commit(ctx))
	data, err := b.Read(ctx, "Bar.xml")
	fmt.Println(string(data), err)
	// Output:
	// written: [<nil> <nil>]
	// <flat-profile><Station_Name>Bar</Station_Name></flat-profile> <nil>
}

// A change that must not overwrite another's: read, decide, write on the
// condition that nobody wrote in between.
func Example() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		log.Fatal(err)
	}
	v, err := s.Put(ctx, "SEP001A2B3C4D5E.xml", []byte("<flat-profile/>"), "")
	fmt.Println("created:", err)
	_, err = s.Put(ctx, "SEP001A2B3C4D5E.xml", []byte("<flat-profile></flat-profile>"), v)
	fmt.Println("changed:", err)
	_, err = s.Put(ctx, "SEP001A2B3C4D5E.xml", []byte("<flat-profile> </flat-profile>"), v)
	fmt.Println("outdated:", errors.Is(err, push.ErrConflict))
	// Output:
	// created: <nil>
	// changed: <nil>
	// outdated: true
}

func openDir(t *testing.T, dir string) push.Store {
	t.Helper()
	s, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
