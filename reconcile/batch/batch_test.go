// SPDX-License-Identifier: MPL-2.0

package batch_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// sheet is an inventory of n phones.
func sheet(n int) string {
	var b strings.Builder
	b.WriteString("mac,model,site\n")
	for i := range n {
		fmt.Fprintf(&b, "001A2B3C%04X,9871,site%d\n", i, i%3)
	}
	return b.String()
}

// made returns a batch over a new folder.
func made(t *testing.T, inventoryText, template string) (*batch.Batch, string) {
	t.Helper()
	dir := t.TempDir()
	store, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := inventory.Parse(inventoryText)
	if err != nil {
		t.Fatal(err)
	}
	shared := reconcile.Desired{Settings: reconcile.Settings{Values: map[string]string{cdc.ParamCommonName: "$MAU.{site}.example.nl"}}}
	if template != "" {
		if shared.Template, err = reconcile.NewTemplate("template", []byte(template)); err != nil {
			t.Fatal(err)
		}
	}
	phones, remarks := batch.Expand(rows, batch.Options{Shared: shared, Path: "{site}/SEP$MAU.xml", Check: true})
	if len(remarks) > 0 || len(phones) != len(rows) {
		t.Fatalf("%d phones of %d, %+v", len(phones), len(rows), remarks)
	}
	return &batch.Batch{Store: store, Shared: shared, Phones: phones}, dir
}

const template = "<flat-profile>\n<Station_Name>x</Station_Name>\n<CDC_Common_Name_1_></CDC_Common_Name_1_>\n</flat-profile>\n"

// TestPush: what is pushed is there, is not pushed again, and what somebody wrote in
// between is not overwritten.
func TestPush(t *testing.T) {
	t.Parallel()
	b, dir := made(t, sheet(300), template)
	pushed := func() (written int, failed []error) {
		var mu sync.Mutex
		b.Push(t.Context(), func(i int, err error) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				failed = append(failed, err)
			case !b.Findings[i].Same:
				written++
			}
		})
		return written, failed
	}
	if n, failed := pushed(); n != 300 || len(failed) > 0 {
		t.Fatalf("%d written, %v", n, failed)
	}
	got, err := os.ReadFile(filepath.Join(dir, "site1", "SEP001A2B3C0001.xml"))
	if want := strings.Replace(template, "<CDC_Common_Name_1_>", "<CDC_Common_Name_1_>$MAU.site1.example.nl", 1); err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	if err := b.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, failed := pushed(); n != 0 || len(failed) > 0 {
		t.Errorf("%d are written again, %v", n, failed)
	}
	file := filepath.Join(dir, "site0", "SEP001A2B3C0000.xml")
	if err := os.WriteFile(file, []byte("<flat-profile/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(b.Tally().Text(), "\n"); !strings.Contains(text, "SEP001A2B3C0000.xml") || !b.Findings[0].Exists || b.Findings[0].Same {
		t.Errorf("what changes is %s", text)
	}
	if err := os.WriteFile(file, []byte("<flat-profile></flat-profile>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, failed := pushed(); n != 0 || len(failed) != 1 || !errors.Is(failed[0], push.ErrConflict) {
		t.Errorf("%d written over what came between, %v", n, failed)
	}
}

// TestPushInterrupted: phones that were not reached are left out.
func TestPushInterrupted(t *testing.T) {
	t.Parallel()
	b, _ := made(t, sheet(50), template)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.Push(ctx, func(i int, err error) {
		if err == nil {
			t.Errorf("phone %d is done", i)
		}
	})
}

// TestMustExist: without a template a phone without a file is refused.
func TestMustExist(t *testing.T) {
	t.Parallel()
	b, dir := made(t, sheet(3), "")
	b.MustExist = true
	if err := os.MkdirAll(filepath.Join(dir, "site0"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "site0", "SEP001A2B3C0000.xml"), []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, batch.ErrNoFile, batch.ErrNoFile} {
		if err := b.Findings[i].Err; !errors.Is(err, want) {
			t.Errorf("phone %d: %v, want %v", i, err, want)
		}
	}
	if remarks := b.Remarks(nil); len(remarks) != 2 || remarks[1].Warning || !strings.Contains(remarks[1].Text, "The same with 1 more phone.") {
		t.Errorf("%+v", remarks)
	}
}

// TestExpandRemarks: what is wrong with an inventory is said once for many phones.
func TestExpandRemarks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"mac,model\n001A2B3C0001,9871\n001A2B3C0001,9871\n":                                  "this MAC address is in line 2 already",
		"mac,model\n001A2B3C000,9871\n":                                                      "Line 2",
		"mac,model,CDC_Server_1_\n001A2B3C0001,9871,https://x/\n":                            "set by --server",
		"mac,model,CDC_Common_Name_1_\n001A2B3C0001,9871,one\n001A2B3C0002,9871,one\n":       `request the common name "one"`,
		"mac,model,Enable_Web_Server\n001A2B3C0001,9871,Maybe\n001A2B3C0002,9871,Maybe\n":    "The same with 1 more phone.",
		"mac,model,Station_Name\n001A2B3C0001,9871,{nosuch}\n":                               "",
		"mac,model,CDC_Root_CA_Fingerprint_1_\n001A2B3C0001,9871,zz\n001A2B3C0002,9871,zz\n": "The same with 1 more phone.",
	} {
		rows, err := inventory.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, remarks := batch.Expand(rows, batch.Options{Path: "SEP$MAU.xml", Check: true, Setter: func(f reconcile.Field) string { return "set by --" + f.Flag }})
		var said []string
		for _, r := range remarks {
			said = append(said, r.Title+": "+r.Text)
		}
		if all := strings.Join(said, "\n"); want != "" && !strings.Contains(all, want) {
			t.Errorf("%q: %q, want %q", text, all, want)
		}
	}
}

// TestDispose: a file that nobody manages any longer stays, is cleared or goes.
func TestDispose(t *testing.T) {
	t.Parallel()
	for how, want := range map[batch.Disposal]string{
		batch.Keep: "<CDC_Common_Name_1_>$MAU.site0", batch.Clear: "<CDC_Common_Name_1_></", batch.Delete: "",
	} {
		b, dir := made(t, sheet(1), template)
		b.Push(t.Context(), func(_ int, err error) {
			if err != nil {
				t.Fatal(err)
			}
		})
		for range 2 { // what is gone is no error
			if err := errors.Join(batch.Dispose(t.Context(), b.Store, b.Phones, how, &b.Shared)...); err != nil {
				t.Errorf("%s: %v", how, err)
			}
		}
		data, err := os.ReadFile(filepath.Join(dir, b.Phones[0].Name))
		if errors.Is(err, os.ErrNotExist) != (how == batch.Delete) || !strings.Contains(string(data), want) {
			t.Errorf("%s: %v %s", how, err, data)
		}
	}
}

// Two phones of a sheet, pushed into a folder.
func Example() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		log.Fatal(err)
	}
	rows, err := inventory.Parse("mac,model,site\n001A2B3C4D5E,9871,Lobby\n001A2B3C4D5F,9841,Bar\n")
	if err != nil {
		log.Fatal(err)
	}
	base, err := reconcile.NewTemplate("base.xml", []byte("<flat-profile></flat-profile>"))
	if err != nil {
		log.Fatal(err)
	}
	shared := reconcile.Desired{Template: base, Settings: reconcile.Settings{Values: map[string]string{"Station_Name": "{site}"}}}
	phones, _ := batch.Expand(rows, batch.Options{Shared: shared, Path: "SEP$MAU.xml"})
	b := batch.Batch{Store: store, Shared: shared, Phones: phones}
	if err := b.Look(context.Background()); err != nil {
		log.Fatal(err)
	}
	for _, line := range b.Tally().Text() {
		fmt.Println(line)
	}
	b.Push(context.Background(), func(i int, err error) {
		if err != nil {
			log.Print(b.Phones[i].Name, ": ", err)
		}
	})
	data, _, err := store.Get(context.Background(), "SEP001A2B3C4D5E.xml")
	fmt.Println(string(data), err)
	// Output:
	// 2 phones, such as SEP001A2B3C4D5E.xml: new file: 1 parameter
	// SEP001A2B3C4D5E.xml: Station_Name: added "Lobby"
	// SEP001A2B3C4D5F.xml: Station_Name: added "Bar"
	// <flat-profile>
	// <Station_Name>Lobby</Station_Name>
	// </flat-profile> <nil>
}
