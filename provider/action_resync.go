// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// resyncAction is the action ciscophone_resync: a phone fetches its file now.
type resyncAction struct{}

var _ action.ActionWithValidateConfig = resyncAction{}

func newResyncAction() action.Action { return resyncAction{} }

func (resyncAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resync"
}

type resyncModel struct {
	PhoneURL types.String `tfsdk:"phone_url"`
	Password types.String `tfsdk:"admin_password_file"`
	FileURL  types.String `tfsdk:"file_url"`
}

// resyncTimeout bounds an invocation: a phone answers when it has fetched.
const resyncTimeout = time.Minute

func (resyncAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lets a phone fetch its configuration now (`/admin/resync` of its web page), instead of at its next periodic resync. For Terraform 1.14 or newer; OpenTofu has no actions. " +
			"The phone's web server must be on and allow direct actions.",
		Attributes: map[string]schema.Attribute{
			"phone_url": schema.StringAttribute{Required: true, MarkdownDescription: "Address of the phone's web page, such as `http://10.0.0.17/`."},
			"admin_password_file": schema.StringAttribute{Optional: true, MarkdownDescription: "Absolute path of a file that holds the password of the user `admin`, where the phone has one, one line end at its end ignored. " +
				"The content is never in a plan; write-only arguments do not work in actions yet."},
			"file_url": schema.StringAttribute{Optional: true, MarkdownDescription: "Where to fetch from, this once; by default from where the phone always does."},
		},
	}
}

func (resyncAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var m resyncModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || m.PhoneURL.IsUnknown() {
		return
	}
	if _, err := resyncAddress(m.PhoneURL.ValueString(), ""); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("phone_url"), "Invalid Address", sentence(err))
	}
}

// resyncAddress is where a phone is told to fetch.
func resyncAddress(page, file string) (string, error) {
	u, err := url.Parse(page)
	switch {
	case err != nil:
		return "", errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("%q: want an http:// or https:// URL", u.Redacted())
	case u.User != nil:
		return "", errors.New("the URL holds credentials: use admin_password_file")
	}
	u.Path, u.RawQuery, u.Fragment = strings.TrimSuffix(u.Path, "/")+"/admin/resync", "", ""
	if file != "" {
		u.RawQuery = url.QueryEscape(file)
	}
	return u.String(), nil
}

func (resyncAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m resyncModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	password := ""
	if !m.Password.IsNull() {
		data, err := readFile(m.Password.ValueString(), maxChallengeFile)
		if err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("admin_password_file"), "Password File Cannot Be Read", sentence(err))
			return
		}
		password = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	}
	ctx, cancel := context.WithTimeout(ctx, resyncTimeout)
	defer cancel()
	resp.SendProgress(action.InvokeProgressEvent{Message: "telling " + m.PhoneURL.ValueString() + " to fetch its configuration"})
	if err := resyncPhone(ctx, m.PhoneURL.ValueString(), m.FileURL.ValueString(), password); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("phone_url"), "Phone Did Not Resync", sentence(err))
	}
}

// resyncPhone asks a phone to fetch. It follows no redirect and uses no proxy:
// the password is for the phone.
func resyncPhone(ctx context.Context, page, file, password string) error {
	address, err := resyncAddress(page, file)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if password != "" {
		req.SetBasicAuth("admin", password)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	defer transport.CloseIdleConnections()
	hc := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := hc.Do(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		return errors.New("the phone wants the password of admin: set admin_password_file, or correct it")
	case http.StatusForbidden, http.StatusNotFound:
		return fmt.Errorf("the phone answers %s: direct actions are switched off there, or it is no such phone", resp.Status)
	}
	return fmt.Errorf("the phone answers %s: its status page tells why it could not fetch", resp.Status)
}
