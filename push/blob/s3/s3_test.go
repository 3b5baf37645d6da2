// SPDX-License-Identifier: MPL-2.0

package s3_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/storetest"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/versitygw"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/blob/s3"
)

func open(t *testing.T, location string, o push.Options) push.Store {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	s, err := s3.Open(u, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func at(address, path string) string {
	return "s3://phones" + path + "?path_style=true&endpoint=" + url.QueryEscape("http://"+address)
}

// credentials puts what the SDK finds into the environment, and hides what the
// machine has.
func credentials(t *testing.T, access, secret string) {
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "",
		"AWS_PROFILE": "", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

func TestContract(t *testing.T) {
	credentials(t, versitygw.AccessKey, versitygw.SecretKey)
	address, bucket := versitygw.Start(t)
	storetest.Run(t, open(t, at(address, "/cfg"), push.Options{MaxSize: 1000}), 1000)
	s := open(t, at(address, ""), push.Options{})
	storetest.Writers(t, 4, 8, func() push.Store { return open(t, at(address, "/n"), push.Options{Timeout: time.Minute}) })
	if _, err := s.Put(t.Context(), "site/a.xml", []byte("a"), ""); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(bucket, "site/a.xml")); err != nil || string(data) != "a" {
		t.Errorf("the server has %q, %v", data, err)
	}
	if s.String() != "s3://phones" {
		t.Errorf("it is named %s", s)
	}
}

// TestFaults: of two writers one gets a conflict, whenever the second one writes.
func TestFaults(t *testing.T) {
	credentials(t, versitygw.AccessKey, versitygw.SecretKey)
	address, _ := versitygw.Start(t)
	storetest.Faults(t, address, storetest.Promised(t, "../../..", "s3"), func(address string, timeout time.Duration) push.Store {
		return open(t, at(address, ""), push.Options{Timeout: timeout})
	})
}

// TestRefusals: each error says what to do, and none shows a secret.
func TestRefusals(t *testing.T) {
	address, _ := versitygw.Start(t)
	for _, c := range []struct{ secret, location, want string }{
		{"swordfish", at(address, ""), "credentials of AWS"},
		{versitygw.SecretKey, strings.Replace(at(address, ""), "phones", "none", 1), "bucket does not exist"},
	} {
		credentials(t, versitygw.AccessKey, c.secret)
		s := open(t, c.location, push.Options{Timeout: time.Minute})
		_, _, gerr := s.Get(t.Context(), "a.xml")
		_, perr := s.Put(t.Context(), "a.xml", nil, push.Any)
		_, cerr := s.Put(t.Context(), "a.xml", nil, "")
		_, lerr := s.List(t.Context())
		for _, err := range []error{gerr, perr, cerr, lerr, s.Delete(t.Context(), "a.xml", push.Any)} {
			if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), c.secret) {
				t.Errorf("%v, want %q", err, c.want)
			}
		}
	}
}

func TestOpen(t *testing.T) {
	credentials(t, "x", "x")
	for location, want := range map[string]string{
		"s3:///cfg":                             "s3://BUCKET",
		"s3://key:SECRET@b/":                    "credentials",
		"s3://b/#x":                             "fragment",
		"s3://b/":                               "no region",
		"s3://b/?region=a&region=b":             "once",
		"s3://b/?awssdk=v2":                     "parameter",
		"s3://b/?endpoint=h:1":                  "endpoint",
		"s3://b/?endpoint=http://a:SECRET@h":    "endpoint",
		"s3://b/?region=eu-1&path_style=maybe":  "true or false",
		"s3://b/?region=eu-1&profile=not-there": "configuration of AWS",
	} {
		u, err := url.Parse(location)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := s3.Open(u, push.Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(fmt.Sprint(s, err), "SECRET") {
			t.Errorf("%s: %v, want %q", location, err, want)
		}
	}
	if s := open(t, "s3://b/cfg?region=eu-1", push.Options{}); s.String() != "s3://b/cfg" {
		t.Errorf("it is named %s", s)
	}
}
