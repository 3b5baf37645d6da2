// SPDX-License-Identifier: MPL-2.0

package rendered_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/provision/rendered"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const baseTemplate = "<flat-profile>\r\n  <!-- base -->\r\n  <Station_Name ua=\"na\"></Station_Name>\r\n  <Admin_Password>s3cret-pw</Admin_Password>\r\n</flat-profile>\r\n"

// expand returns the phones of an inventory.
func expand(t testing.TB, text string, shared reconcile.Desired) []batch.Phone {
	t.Helper()
	rows, err := inventory.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if shared.Template == nil {
		if shared.Template, err = reconcile.NewTemplate("base.xml", []byte(baseTemplate)); err != nil {
			t.Fatal(err)
		}
	}
	phones, remarks := batch.Expand(rows, batch.Options{Shared: shared, Path: "{site}/SEP$MAU.xml"})
	if len(remarks) > 0 {
		t.Fatal(remarks)
	}
	return phones
}

const twoPhones = "mac,model,site,Station_Name,domain\n" +
	"001A2B3C4D5E,9871,ams,Lobby & Co,example.net\n" +
	"001A2B3C4D5F,9841,ber,,\n"

// TestAsPushed: what is made on request is, byte for byte, what a push of
// the same phones writes.
func TestAsPushed(t *testing.T) {
	t.Parallel()
	shared := reconcile.Desired{Settings: reconcile.Settings{Values: map[string]string{
		"CDC_Server_1_": "http://10.0.0.1/scep", "Resync_Periodic": "3600", "Short_Name_1_": "{site}"}}}
	phones := expand(t, twoPhones, shared)
	store, err := push.OpenDir(t.TempDir(), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := batch.Batch{Store: store, Shared: phones[0].Desired, Phones: phones}
	b.Push(t.Context(), func(i int, err error) {
		if err != nil {
			t.Errorf("%s: %v", phones[i].Name, err)
		}
	})
	var source rendered.Source
	if err := source.Load(phones); err != nil {
		t.Fatal(err)
	}
	h := provision.Handler(&source, provision.Options{})
	for _, p := range phones {
		want, _, err := store.Get(t.Context(), p.Name)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/"+p.Name, nil))
		if !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("%s: %q, pushed was %q", p.Name, w.Body, want)
		}
		again := httptest.NewRequest("GET", "/"+p.Name, nil)
		again.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		if h.ServeHTTP(w, again); w.Code != 304 {
			t.Errorf("%s again: %d", p.Name, w.Code)
		}
	}
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest("GET", "/ams/SEP001A2B3C4D5F.xml", nil)); w.Code != 404 {
		t.Errorf("a file of no phone: %d", w.Code)
	}
}

// TestSealed: an encrypted file opens with the phone's key, and the phone
// that has it already is told so, though each encryption differs.
func TestSealed(t *testing.T) {
	t.Parallel()
	key := secret.New("input keying material")
	for cipher, encoding := range map[seal.Cipher]string{seal.AES128GCM: "aes128gcm", seal.AES256CBC: ""} {
		var source rendered.Source
		if err := source.Load(expand(t, twoPhones, reconcile.Desired{Sealing: &seal.Options{Cipher: cipher, Key: key}})); err != nil {
			t.Fatal(err)
		}
		h := provision.Handler(&source, provision.Options{Gzip: 1 << 20})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/ams/SEP001A2B3C4D5E.xml", nil))
		if w.Header().Get("Content-Encoding") != encoding || strings.Contains(w.Body.String(), "flat-profile") {
			t.Errorf("%v: header %v", cipher, w.Header())
		}
		plain, err := seal.Open(w.Body.Bytes(), seal.OpenOptions{Key: key})
		if err != nil || !strings.Contains(string(plain), "Lobby &amp; Co") {
			t.Errorf("%v: %q, %v", cipher, plain, err)
		}
		again := httptest.NewRequest("GET", "/ams/SEP001A2B3C4D5E.xml", nil)
		again.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		if h.ServeHTTP(w, again); w.Code != 304 {
			t.Errorf("%v again: %d", cipher, w.Code)
		}
	}
}

// TestLoad: what cannot be served is refused, and what was served before
// still is.
func TestLoad(t *testing.T) {
	t.Parallel()
	var source rendered.Source
	if _, err := source.Get(t.Context(), "a.xml"); err == nil {
		t.Error("no phones: no error")
	}
	phones := expand(t, twoPhones, reconcile.Desired{})
	if err := source.Load(phones); err != nil {
		t.Fatal(err)
	}
	bare, keeps := phones[0], phones[0]
	bare.Desired.Template = nil
	keeps.Desired.KeepChallenge = true
	for want, bad := range map[string][]batch.Phone{
		"no template": {phones[1], bare}, "challenge": {keeps}, "two phones": {phones[0], phones[0]},
	} {
		if err := source.Load(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
	if _, err := source.Get(t.Context(), phones[0].Name); err != nil {
		t.Errorf("after refused phones: %v", err)
	}
}

// TestReload: while phones are replaced no request fails, and each answer is
// of one of the inventories.
func TestReload(t *testing.T) {
	t.Parallel()
	var source rendered.Source
	load := func(i int) {
		text := fmt.Sprintf("mac,model,site,Station_Name\n001A2B3C4D5E,9871,ams,round-%d-\n", i)
		if err := source.Load(expand(t, text, reconcile.Desired{})); err != nil {
			t.Error(err)
		}
	}
	load(0)
	h := provision.Handler(&source, provision.Options{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for range 200 {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/ams/SEP001A2B3C4D5E.xml", nil))
				if w.Code != 200 || strings.Count(w.Body.String(), "round-") != 1 {
					t.Errorf("%d %q", w.Code, w.Body)
				}
			}
		})
	}
	for i := range 100 {
		load(i)
	}
	clients.Wait()
}
