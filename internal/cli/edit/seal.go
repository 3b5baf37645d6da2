// SPDX-License-Identifier: MPL-2.0

package edit

import (
	"crypto"
	_ "crypto/md5"    // for --digest md5
	_ "crypto/sha256" // for --digest sha256
	"errors"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// sealFlags are the flags of `cfgxml encrypt` and `cfgxml decrypt`.
type sealFlags struct {
	key, cipher, digest, keyID, output string
	gzip                               bool
}

var digests = map[string]crypto.Hash{"": 0, "sha256": crypto.SHA256, "md5": crypto.MD5}

// EncryptCommand returns the command `cfgxml encrypt`.
func EncryptCommand(a *term.App) *cobra.Command {
	var f sealFlags
	c := &cobra.Command{
		Use:     "encrypt FILE",
		GroupID: term.GroupEdit,
		Short:   "Encrypt a file for its way to the phone",
		Long: `encrypt packs a configuration file as phones take it: with aes-256-cbc as
"openssl enc -aes-256-cbc" writes it, for which the phone's Profile_Rule names
the key by [--key], or with aes128gcm (RFC 8188), for which the phone holds the
key as IKM_HTTP_Encrypt_Content. Nothing authenticates aes-256-cbc: who can
change the file can change what the phone reads.

The key comes from a file, a variable or standard input, never as an argument.`,
		Example: `  cfgxml encrypt phone.xml --key @key.txt -o phone.enc
  cfgxml encrypt phone.xml --key @key.txt --gzip --cipher aes128gcm > phone.enc`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return runEncrypt(a, args[0], f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.key, "key", "", "where the key is: `source` is @PATH, env:VARIABLE or -")
	flags.StringVar(&f.cipher, "cipher", seal.AES256CBC.String(), "`cipher`: aes-256-cbc or aes128gcm")
	flags.StringVar(&f.digest, "digest", "sha256", "with aes-256-cbc, the `digest` that makes the key: sha256, or md5 for openssl before 1.1.0")
	flags.StringVar(&f.keyID, "key-id", "", "with aes128gcm, the `name` of the key")
	flags.BoolVar(&f.gzip, "gzip", false, "compress before encrypting")
	flags.StringVarP(&f.output, "output", "o", "", "write the result into `file`")
	term.CompleteWith(c, "cipher", seal.Ciphers()...)
	term.CompleteWith(c, "digest", "sha256", "md5")
	return c
}

// DecryptCommand returns the command `cfgxml decrypt`.
func DecryptCommand(a *term.App) *cobra.Command {
	var f sealFlags
	c := &cobra.Command{
		Use:     "decrypt FILE",
		GroupID: term.GroupEdit,
		Short:   "Decrypt what a phone would",
		Long: `decrypt undoes encrypt: it sees from the file whether it is encrypted, compressed,
both or neither, and gives the document. A readable file is given back as it is.

The key comes from a file, a variable or standard input, never as an argument.
With the wrong key the exit status is 1.`,
		Example: `  cfgxml encrypt phone.xml --key @key.txt | cfgxml decrypt - --key @key.txt
  cfgxml encrypt phone.xml --key @key.txt -o p.enc && cfgxml decrypt p.enc --key @key.txt -o p.xml`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return runDecrypt(a, args[0], f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.key, "key", "", "where the key is: `source` is @PATH, env:VARIABLE or -")
	flags.StringVar(&f.digest, "digest", "", "with aes-256-cbc, the `digest` that made the key: sha256 or md5 (default either)")
	flags.StringVarP(&f.output, "output", "o", "", "write the result into `file`")
	term.CompleteWith(c, "digest", "sha256", "md5")
	return c
}

func runEncrypt(a *term.App, file string, f sealFlags) error {
	cipher, err := seal.ParseCipher(f.cipher)
	if err != nil {
		return term.UsageError("%w", err)
	}
	if f.keyID != "" && cipher != seal.AES128GCM {
		return term.UsageError("--key-id is for aes128gcm")
	}
	o := seal.Options{Gzip: f.gzip, Cipher: cipher, KeyID: f.keyID}
	if o.Digest, o.Key, err = sealKey(a, file, f, true); err != nil {
		return err
	}
	if f.output == "" && term.IsTerminal(a.Stdout) {
		return term.UsageError("an encrypted file is not for a terminal").Hint("write it into a file with -o")
	}
	doc, err := a.ParseFile(file)
	if err != nil {
		return err
	}
	sealed, err := seal.Seal(doc.Bytes(), o)
	if err != nil {
		return term.Failure(&term.FileError{File: file, Err: err})
	}
	return a.WriteResult(sealed, file, f.output, false)
}

func runDecrypt(a *term.App, file string, f sealFlags) error {
	var o seal.OpenOptions
	var err error
	if o.Digest, o.Key, err = sealKey(a, file, f, false); err != nil {
		return err
	}
	data, err := a.ReadFile(file)
	if err != nil {
		return term.Failure(err)
	}
	plain, err := seal.Open(data, o)
	switch {
	case errors.Is(err, seal.ErrNoKey):
		return term.UsageError("%s is encrypted", file).Hint("say where the key is: --key @PATH")
	case errors.Is(err, seal.ErrWrongKey):
		return &term.ExitError{Code: term.ExitFindings, Err: &term.FileError{File: file, Err: err}}
	case err != nil:
		return term.Failure(&term.FileError{File: file, Err: err})
	}
	return a.WriteResult(plain, file, f.output, false)
}

// sealKey reads the digest and the key that the flags name.
func sealKey(a *term.App, file string, f sealFlags, needed bool) (digest crypto.Hash, key secret.Text, err error) {
	digest, ok := digests[f.digest]
	switch {
	case !ok:
		return 0, key, term.UsageError("unknown digest %q", f.digest).Hint("choose from sha256, md5")
	case f.key == "" && needed:
		return 0, key, term.UsageError("there is no key").Hint("say where it is: --key @PATH")
	case f.key == "":
		return digest, key, nil
	case f.key == term.StdinName && file == term.StdinName:
		return 0, key, term.UsageError("standard input is named twice")
	}
	key, err = a.ReadSecret(f.key)
	return digest, key, err
}
