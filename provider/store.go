// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/trust"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// storeModel is what the provider's configuration says of the store.
type storeModel struct {
	Store           types.String `tfsdk:"store"`
	Username        types.String `tfsdk:"store_username"`
	Password        types.String `tfsdk:"store_password"`
	PasswordFile    types.String `tfsdk:"store_password_file"`
	TokenFile       types.String `tfsdk:"store_token_file"`
	CAFile          types.String `tfsdk:"store_ca_file"`
	CertificateFile types.String `tfsdk:"store_certificate_file"`
	KeyFile         types.String `tfsdk:"store_key_file"`
	KnownHostsFile  types.String `tfsdk:"store_known_hosts_file"`
	HostKey         types.String `tfsdk:"store_host_key"`
}

func storeSchema() map[string]schema.Attribute {
	file := func(what string) schema.Attribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: what}
	}
	return map[string]schema.Attribute{
		"store": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Where the phones' configuration files are: an absolute directory, such as the root of a TFTP or web server, " +
				"the `http://` or `https://` base URL of a web server that accepts PUT (WebDAV), " +
				"`sftp://USER@HOST/DIRECTORY` (`/~/DIRECTORY` below the user's home), " +
				"or `s3://BUCKET/PREFIX?region=REGION` (also `profile`, and for other servers than Amazon's `endpoint` and `path_style=true`; " +
				"credentials from the environment, `~/.aws` or the machine's role). " +
				"Also from the environment variable `" + EnvStore + "`.",
		},
		"store_username": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "User name for a web server (Basic authentication) or for SFTP. Also from `" + EnvStoreUsername + "`.",
		},
		"store_password": schema.StringAttribute{
			Optional:            true,
			Sensitive:           true,
			MarkdownDescription: "Password for a web server or for SFTP. Also from `" + EnvStorePassword + "`, which keeps it out of plan files, as `store_password_file` does.",
		},
		"store_password_file":    file("Absolute path of a file that holds the password for a web server or for SFTP."),
		"store_token_file":       file("Absolute path of a file that holds a bearer token for a web server, in place of user name and password."),
		"store_ca_file":          file("Absolute path of a file of the CAs (PEM) that may have issued the certificate of an `https` store. Default: those of the system."),
		"store_certificate_file": file("Absolute path of a file of the certificate (PEM) that an `https` store is shown, for servers that ask for one."),
		"store_key_file": file("Absolute path of a file of its private key (PEM). Default: the key is in `store_certificate_file`. " +
			"For SFTP: of the user's private key, without a passphrase. Default: the keys of an agent (`SSH_AUTH_SOCK`) and of `~/.ssh`."),
		"store_known_hosts_file": file("Absolute path of a file of the host keys that SFTP accepts, as OpenSSH has it. Default: `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`."),
		"store_host_key":         file("The host key that SFTP accepts (`ssh-ed25519 AAAA…`), in place of known hosts."),
	}
}

// unknown reports whether something about the store is not known before apply.
func (m storeModel) unknown() bool {
	for _, v := range []types.String{m.Store, m.Username, m.Password, m.PasswordFile, m.TokenFile, m.CAFile, m.CertificateFile, m.KeyFile, m.KnownHostsFile, m.HostKey} {
		if v.IsUnknown() {
			return true
		}
	}
	return false
}

// open returns the store, nil where none is configured or diags say what is wrong.
func (m storeModel) open(diags *diag.Diagnostics) push.Store {
	location := orEnv(m.Store, EnvStore)
	if location == "" {
		return nil
	}
	if !m.fits(location, diags) {
		return nil
	}
	o := stores.Options{Username: orEnv(m.Username, EnvStoreUsername)}
	if stores.Fits(location, stores.HostKey) == nil {
		m.ssh(&o, diags)
	} else {
		o.TLS = m.tls(diags)
	}
	m.authenticate(&o, diags)
	if diags.HasError() {
		return nil
	}
	store, err := stores.Open(location, o)
	if err != nil {
		advice := "A relative directory depends on where the provider was started; in Terraform write \"${path.root}/store\" with abspath()."
		if strings.Contains(location, "://") {
			advice = "An address has the form https://HOST/PATH/, s3://BUCKET/PREFIX?region=REGION or sftp://USER@HOST/PATH; credentials go into store_username and store_password_file, or store_token_file."
		}
		diags.AddAttributeError(path.Root("store"), "Store Not Usable", sentence(err)+"\n\n"+advice)
		return nil
	}
	return store
}

// authenticate sets how the web server knows who writes.
func (m storeModel) authenticate(o *stores.Options, diags *diag.Diagnostics) {
	read := func(attribute string, file types.String) func() (string, error) {
		at := path.Root(attribute)
		s, err := readSecretFile(file.ValueString(), at, diags)
		if err != nil {
			diags.AddAttributeError(at, "File Cannot Be Used", sentence(err))
		}
		return func() (string, error) { return s.Reveal(), nil }
	}
	if !m.TokenFile.IsNull() {
		// One from the environment is for other configurations.
		if !m.Username.IsNull() || !m.Password.IsNull() || !m.PasswordFile.IsNull() {
			diags.AddAttributeError(path.Root("store_token_file"), "Two Ways to Authenticate", "Give either store_token_file, or store_username with a password.")
			return
		}
		o.Username, o.Token = "", read("store_token_file", m.TokenFile)
		return
	}
	if !m.PasswordFile.IsNull() {
		if !m.Password.IsNull() {
			diags.AddAttributeError(path.Root("store_password_file"), "Two Passwords", "Give either store_password_file or store_password.")
			return
		}
		o.Password = read("store_password_file", m.PasswordFile)
		return
	}
	if password := orEnv(m.Password, EnvStorePassword); password != "" {
		if secret.IsMask(password) {
			diags.AddAttributeError(path.Root("store_password"), "Masked Password", sentence(secret.ErrMask))
			return
		}
		o.Password = func() (string, error) { return password, nil }
	}
}

// fits reports whether none of the attributes that are set is about another kind of
// store.
func (m storeModel) fits(location string, diags *diag.Diagnostics) bool {
	key := stores.TLS
	if stores.Fits(location, stores.KeyFile) == nil {
		key = stores.KeyFile
	}
	for _, a := range []struct {
		name   string
		value  types.String
		option stores.Option
	}{
		{"store_ca_file", m.CAFile, stores.TLS}, {"store_certificate_file", m.CertificateFile, stores.TLS}, {"store_key_file", m.KeyFile, key},
		{"store_token_file", m.TokenFile, stores.Token}, {"store_known_hosts_file", m.KnownHostsFile, stores.KnownHosts}, {"store_host_key", m.HostKey, stores.HostKey},
	} {
		if a.value.IsNull() {
			continue
		}
		if err := stores.Fits(location, a.option); err != nil {
			diags.AddAttributeError(path.Root(a.name), "Not for This Store", fmt.Sprintf("%s %v.", a.name, err))
		}
	}
	return !diags.HasError()
}

// ssh sets who the server of SFTP is, and with which key the user is known.
func (m storeModel) ssh(o *stores.Options, diags *diag.Diagnostics) {
	for name, file := range map[string]types.String{"store_key_file": m.KeyFile, "store_known_hosts_file": m.KnownHostsFile} {
		if file.IsNull() {
			continue
		}
		if _, err := readFile(file.ValueString(), maxPEM); err != nil {
			diags.AddAttributeError(path.Root(name), "File Cannot Be Used", sentence(err))
		}
	}
	o.KeyFile, o.KnownHosts, o.HostKey = m.KeyFile.ValueString(), m.KnownHostsFile.ValueString(), m.HostKey.ValueString()
}

// tls returns what the files of certificates say, nil where none is named.
func (m storeModel) tls(diags *diag.Diagnostics) *tls.Config {
	if m.CAFile.IsNull() && m.CertificateFile.IsNull() && m.KeyFile.IsNull() {
		return nil
	}
	config := &tls.Config{}
	var err error
	if !m.CAFile.IsNull() {
		if config.RootCAs, err = readRoots(m.CAFile.ValueString()); err != nil {
			diags.AddAttributeError(path.Root("store_ca_file"), "CA Certificates Cannot Be Read", sentence(err))
		}
	}
	switch certFile, keyFile := m.CertificateFile.ValueString(), m.KeyFile.ValueString(); {
	case m.CertificateFile.IsNull() && m.KeyFile.IsNull():
	case m.CertificateFile.IsNull():
		diags.AddAttributeError(path.Root("store_key_file"), "Key Without Certificate", "store_certificate_file names the certificate that belongs to the key.")
	default:
		if m.KeyFile.IsNull() {
			keyFile = certFile
		}
		pair, err := readKeyPair(certFile, keyFile)
		if err != nil {
			diags.AddAttributeError(path.Root("store_certificate_file"), "Client Certificate Cannot Be Used", sentence(err))
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config
}

// maxPEM bounds a file of certificates; that of a whole system has 200 kB.
const maxPEM = 2 << 20

func readRoots(name string) (*x509.CertPool, error) {
	data, err := readFile(name, maxPEM)
	if err != nil {
		return nil, err
	}
	return trust.Roots(name, data)
}

func readKeyPair(certName, keyName string) (tls.Certificate, error) {
	cert, err := readFile(certName, maxPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readFile(keyName, maxPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	return trust.KeyPair(certName, cert, keyName, key)
}
