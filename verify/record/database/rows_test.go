// SPDX-License-Identifier: MPL-2.0

package database

import (
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

func TestRevoked(t *testing.T) {
	t.Parallel()
	f, err := revoked([]byte("255"), []byte(`{"Serial":"255","RevokedAt":"2026-12-01T12:00:00+01:00","ReasonCode":1,"Reason":""}`))
	want := record.Fact{Kind: record.Revoked, Serial: "ff", At: time.Date(2026, 12, 1, 11, 0, 0, 0, time.UTC), Reason: "keyCompromise"}
	if err != nil || f != want {
		t.Errorf("%+v, %v", f, err)
	}
	for _, c := range [][2]string{{"x", "{}"}, {"-1", "{}"}, {strings.Repeat("9", 81), "{}"}, {"1", "["}, {"1", `{"RevokedAt":"soon"}`}} {
		if f, err := revoked([]byte(c[0]), []byte(c[1])); err == nil {
			t.Errorf("%q: %+v", c, f)
		}
	}
}

func TestPostAuth(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 1, 11, 0, 0, 0, time.UTC)
	mac := device.MAC{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}
	if f, err := postAuth("a@b", "Access-Accept", "00-1A-2B-3C-4D-5E", at); err != nil || f != (record.Fact{Kind: record.Accepted, User: "a@b", MAC: mac, At: at}) {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := postAuth("a@b", "Access-Reject", "", at); err != nil || f.Kind != record.Rejected {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := postAuth("a@b", "Access-Challenge", "", at); err != nil || f.Kind != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	for _, c := range [][2]string{{"", ""}, {"OK", ""}, {"Access-Accept", "port 1"}} {
		if f, err := postAuth("a@b", c[0], c[1], at); err == nil {
			t.Errorf("%q: %+v", c, f)
		}
	}
	if _, err := postAuth("a@b", "Access-Accept", "", time.Time{}); err == nil {
		t.Error("a row without its time is read")
	}
}

func FuzzRows(f *testing.F) {
	f.Add("255", `{"RevokedAt":"2026-12-01T12:00:00Z","ReasonCode":1}`, "Access-Accept", "00-1A-2B-3C-4D-5E")
	f.Add("-", "null", "", "x")
	f.Fuzz(func(t *testing.T, key, value, reply, station string) {
		if got, err := revoked([]byte(key), []byte(value)); err == nil && (got.Serial == "" || got.Kind != record.Revoked) {
			t.Errorf("%+v", got)
		}
		if got, err := postAuth("u", reply, station, time.Unix(1, 0)); err == nil && got.Kind != 0 && got.Kind != record.Accepted && got.Kind != record.Rejected {
			t.Errorf("%+v", got)
		}
	})
}
