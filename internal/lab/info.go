// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/desk"
)

// InfoFile is the name of the file that describes a running lab.
const InfoFile = desk.InfoFile

// Info says where everything in a lab is. Paths are absolute. Secrets stand in
// files of their own.
type Info struct {
	SCEPURL         string `json:"scep_url"`
	ProvisioningURL string `json:"provisioning_url"`
	// Store is the directory the provisioning server serves.
	Store string `json:"store"`
	// CAFile is the root certificate in PEM; the fingerprints are its own, in
	// upper case hexadecimal.
	CAFile            string `json:"ca_file"`
	FingerprintSHA1   string `json:"fingerprint_sha1"`
	FingerprintSHA256 string `json:"fingerprint_sha256"`
	ChallengeFile     string `json:"challenge_file"`
	// ProvisioningUsername and the password in ProvisioningPasswordFile allow PUT
	// on the provisioning server.
	ProvisioningUsername     string `json:"provisioning_username"`
	ProvisioningPasswordFile string `json:"provisioning_password_file"`
	// DeskURL is where requests to the CA are approved, with the password in
	// DeskPasswordFile: see package desk.
	DeskURL          string `json:"desk_url"`
	DeskPasswordFile string `json:"desk_password_file"`
	// PhonePasswordFile holds the password of the account admin on the phones.
	PhonePasswordFile string  `json:"phone_password_file"`
	Phones            []Phone `json:"phones"`
}

// Phone says where one phone of a lab is.
type Phone struct {
	Name          string `json:"name"`            // dp-9871-1
	Model         string `json:"model"`           // DP-9871
	MAC           string `json:"mac"`             // 00:1a:2b:3c:4d:5e
	MICCommonName string `json:"mic_common_name"` // CP-9871-SEP001A2B3C4D5E
	Config        string `json:"config"`          // name in the store
	ConfigURL     string `json:"config_url"`      // where the phone fetches it
	AdminFile     string `json:"admin_file"`      // the administrator's own file
	Page          string `json:"page"`            // base of the phone's web pages
}

// Read reads the lab.json in dir.
func Read(dir string) (Info, error) {
	var info Info
	data, err := os.ReadFile(filepath.Join(dir, InfoFile))
	if err != nil {
		return info, err
	}
	if err := json.Unmarshal(data, &info); err != nil {
		return info, fmt.Errorf("%s: %w", filepath.Join(dir, InfoFile), err)
	}
	return info, nil
}

func (i Info) write(dir string) error {
	data, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return err
	}
	return maybe.WriteFile(filepath.Join(dir, InfoFile), append(data, '\n'), 0o644)
}
