// SPDX-License-Identifier: MPL-2.0

package estate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// ErrNoList is returned for a store that cannot list its files.
var ErrNoList = errors.New("a web server cannot be listed: use the directory behind it, or name the files yourself")

var errNoStore = errors.New("no store given: use the result of push.Open")

// Names returns the sorted names of a store's files that may be configurations:
// those that begin with prefix and end with .xml or .cfg, in any case.
func Names(ctx context.Context, store push.Store, prefix string) ([]string, error) {
	if store == nil {
		return nil, errNoStore
	}
	all, err := store.List(ctx)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, fmt.Errorf("%s: %w", store, ErrNoList)
	}
	if err != nil {
		return nil, err
	}
	names := all[:0]
	for _, name := range all {
		if lower := strings.ToLower(name); strings.HasPrefix(name, prefix) && (strings.HasSuffix(lower, ".xml") || strings.HasSuffix(lower, ".cfg")) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Values of [File.Challenge].
const (
	ChallengeSet    = "set"
	ChallengeMasked = "masked" // asterisks, as a phone's own export has: not the password
)

// A File describes one configuration file of a store.
type File struct {
	Path  string `json:"path"`            // its name in the store
	MAC   string `json:"mac,omitempty"`   // twelve digits, by the file's name
	Model string `json:"model,omitempty"` // such as DP-9871, by the file's or the certificate's name

	Server            string `json:"server,omitempty"`              // CDC_Server_1_
	RootCAFingerprint string `json:"root_ca_fingerprint,omitempty"` // CDC_Root_CA_Fingerprint_1_, as it stands there
	CommonName        string `json:"common_name,omitempty"`         // CDC_Common_Name_1_, macros as they stand there
	Challenge         string `json:"challenge,omitempty"`           // "", ChallengeSet or ChallengeMasked

	// Problem says why the file cannot be managed as it is: it is encrypted, it is
	// not a configuration, or a phone could not enroll with it. It is empty if the
	// file can be managed.
	Problem string `json:"problem,omitempty"`
}

// Look reads a file of a store. Its error is that of the store; what is wrong with
// the content is the [File.Problem].
func Look(ctx context.Context, store push.Store, name string) (File, error) {
	if store == nil {
		return File{}, errNoStore
	}
	data, _, err := store.Get(ctx, name)
	if err != nil {
		return File{}, err
	}
	return file(name, data), nil
}

func file(name string, data []byte) File {
	f := File{Path: name}
	f.identify(name)
	doc, err := cfgxml.Parse(data)
	if err != nil {
		f.Problem = unreadable(data, err)
		return f
	}
	e := doc.Enrollment()
	f.Server, f.RootCAFingerprint, f.CommonName = secret.Redact(e.Server), e.RootCAFingerprint, secret.Redact(e.CommonName)
	if f.Server != e.Server || f.CommonName != e.CommonName {
		f.Problem = "a secret stands in a value that is not a secret: take it out of the file"
	}
	switch {
	case e.ChallengePassword.IsZero():
	case e.ChallengePassword.Masked():
		f.Challenge = ChallengeMasked
	default:
		f.Challenge = ChallengeSet
	}
	if first, _, _ := strings.Cut(e.CommonName, "."); f.Model == "" {
		if id, err := device.ParseMICName(first); err == nil && (f.MAC == "" || f.MAC == id.MAC.Upper()) {
			f.Model, f.MAC = id.Model.String(), id.MAC.Upper()
		}
	}
	for _, p := range validate.AtLeast(validate.Enrollment(e, validate.Settings{}), validate.Error) {
		f.Problem = p.Message
		break
	}
	return f
}

// unreadable says why data could not be read as a configuration.
func unreadable(data []byte, err error) string {
	switch cipher, gzip, ok := seal.Detect(data); {
	case ok && cipher != seal.None:
		return "encrypted (" + cipher.String() + ")"
	case ok && gzip:
		return "compressed (gzip)"
	}
	return "no configuration of a phone: " + err.Error()
}

// identify takes from a file's name whose it is.
func (f *File) identify(name string) {
	id, ok := device.IdentityOfFile(name)
	if !ok {
		return
	}
	f.MAC = id.MAC.Upper()
	if id.Model != (device.Model{}) {
		f.Model = id.Model.String()
	}
}
