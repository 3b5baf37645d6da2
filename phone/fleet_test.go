// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

func TestFleet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var phones []*Phone
	for i := range 5 {
		c := w.config
		c.Identity.MAC = device.MAC{0, 0x1a, 0x2b, 0x3c, 0x4d, byte(i)}
		c.MIC = nil
		p, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		p.SetParameters(w.enrollment())
		p.Tick(t.Context())
		phones = append(phones, p)
	}
	f := NewFleet(phones...)
	h := f.Handler()
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec
	}
	list := get("/").Body.String()
	for _, p := range phones {
		name := fleetName(p)
		if !strings.Contains(list, `href="`+name+`/admin/"`) {
			t.Errorf("%s is not in the list", name)
		}
		status := get("/" + name + "/admin/status.xml")
		if status.Code != 200 || !strings.Contains(status.Body.String(), "phone-"+p.identity().MAC.Lower()+".example.nl") {
			t.Errorf("%s: its status is %d", name, status.Code)
		}
		if rec := get("/" + name + "/"); rec.Code != 302 || rec.Header().Get("Location") != "admin/" {
			t.Errorf("%s: %d to %q", name, rec.Code, rec.Header().Get("Location"))
		}
	}
	if get("/SEP000000000000/admin/").Code != 404 {
		t.Error("a phone that is not there answers")
	}
	if get("/style.css").Code != 200 {
		t.Error("no style sheet")
	}
	metrics := get("/metrics").Body.String()
	for _, want := range []string{
		`ciscophone_phones{state="installed"} 5`, `ciscophone_phones{state="asking"} 0`,
		`ciscophone_enrollments_total{kind="initial",result="success"} 5`, `ciscophone_enrollments_total{kind="renewal",result="failure"} 0`,
		"ciscophone_config_fetches_total{result=\"read\"} ", "ciscophone_certificate_not_after_seconds 17",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %q:\n%s", want, metrics)
		}
	}
	if len(f.Phones()) != 5 {
		t.Error("phones are missing")
	}
}

var w1client = &http.Client{Transport: &http.Transport{}}
