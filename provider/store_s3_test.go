// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/versitygw"
)

// TestStoreOnS3: a file is planned and written, with credentials of the environment.
func TestStoreOnS3(t *testing.T) {
	address, bucket := versitygw.Start(t)
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": versitygw.AccessKey, "AWS_SECRET_ACCESS_KEY": versitygw.SecretKey, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	c := newWire(t, "")
	if ds := c.configure(map[string]any{"store": "s3://phones/cfg?path_style=true&endpoint=" + url.QueryEscape("http://"+address)}); len(ds) > 0 {
		t.Fatal(ds)
	}
	phone := map[string]any{"path": "site/a.xml", "scep_server": "http://scep.example.net", "root_ca_fingerprint": fingerprint}
	planned, ds := c.plan("ciscophone_config", state{}, phone)
	if _, more := c.apply("ciscophone_config", state{}, planned, phone); ds.failed() || more.failed() {
		t.Fatal(ds, more)
	}
	if data, err := os.ReadFile(filepath.Join(bucket, "cfg/site/a.xml")); err != nil || !strings.Contains(string(data), "http://scep.example.net") {
		t.Errorf("%q, %v", data, err)
	}
}
