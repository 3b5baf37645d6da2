// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
)

// grown returns copies of a DER value, each with two NULLs (one could be the
// parameters of an algorithm) at the end of another
// SEQUENCE of it: inside OCTET STRINGs nothing is touched.
func grown(der []byte) (copies [][]byte) {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(der, &v); err != nil || !v.IsCompound {
		return nil
	}
	if v.Class == asn1.ClassUniversal && v.Tag == asn1.TagSequence {
		copies = append(copies, appendValue(nil, der[0], append(append([]byte(nil), v.Bytes...), 5, 0, 5, 0)))
	}
	for at, rest := 0, v.Bytes; len(rest) > 0; {
		var part asn1.RawValue
		next, err := asn1.Unmarshal(rest, &part)
		if err != nil {
			return nil
		}
		for _, c := range grown(part.FullBytes) {
			body := append(append(append([]byte(nil), v.Bytes[:at]...), c...), next...)
			copies = append(copies, appendValue(nil, der[0], body))
		}
		at, rest = len(v.Bytes)-len(next), next
	}
	return copies
}

// TestNothingHidesInAMessage: an element more at the end of any SEQUENCE is an
// error, at every depth of a message, an envelope and a request.
func TestNothingHidesInAMessage(t *testing.T) {
	client, ca := party(t, 0, "client"), party(t, 1, "ca")
	message := request(t, client, ca, AES128CBC)
	m, err := Open(message)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := Decrypt(m.Content, ca.Certificate, ca.Key.(*rsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		der  []byte
		min  int
		read func([]byte) error
	}{
		{"message", message, 10, func(der []byte) error { _, err := Open(der); return err }},
		{"envelope", m.Content, 7, func(der []byte) error {
			_, err := Decrypt(der, ca.Certificate, ca.Key.(*rsa.PrivateKey))
			return err
		}},
		{"request", csr, 4, func(der []byte) error { _, err := ParseCSR(der); return err }},
	} {
		if err := c.read(c.der); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		all := grown(c.der)
		if len(all) < c.min {
			t.Errorf("%s: only %d SEQUENCEs were tried", c.name, len(all))
		}
		for i, der := range all {
			if c.name == "message" && !bytes.Contains(der, client.Certificate.RawTBSCertificate) {
				continue // what is within the signed part of a certificate is its issuer's affair
			}
			if c.read(der) == nil {
				t.Errorf("%s: accepted with an element more in SEQUENCE %d of %d: %x", c.name, i+1, len(all), der)
			}
		}
	}
}

func TestBySubjectKeyIdentifier(t *testing.T) {
	ca := party(t, 1, "ca")
	withID := func(k int, id ...byte) Signer {
		c := issue(t, ca, &key(k).PublicKey, "phone", func(c *x509.Certificate) { c.SubjectKeyId = id })
		return Signer{Certificate: c, Key: key(k)}
	}
	phone, twin, none := withID(0, 1, 2, 3), withID(2, 1, 2, 3), withID(0)
	byID := func(s Signer, certs ...*x509.Certificate) []byte {
		f := honest(t, s)
		f.certs, f.byKeyID = certs, []byte{1, 2, 3}
		return f.encode(t)
	}
	if m, err := Open(byID(phone, phone.Certificate)); err != nil || !m.Signer.Equal(phone.Certificate) {
		t.Errorf("signer by subject key identifier: %v", err)
	}
	if m, err := Open(byID(phone), phone.Certificate); err != nil || !m.Signer.Equal(phone.Certificate) {
		t.Errorf("known signer by subject key identifier: %v", err)
	}
	if _, err := Open(byID(phone, phone.Certificate, twin.Certificate)); err == nil {
		t.Error("two certificates with the identifier were accepted")
	}
	if _, err := Open(byID(twin, phone.Certificate)); err == nil {
		t.Error("a signature by another key was accepted")
	}
	if _, err := Open(byID(none, none.Certificate)); err == nil {
		t.Error("a certificate without identifier was accepted")
	}
	e := envelope{to: phone.Certificate, plain: pad("text", 16), c: AES128CBC, byKeyID: true}
	if plain, err := Decrypt(e.encode(t), phone.Certificate, key(0)); err != nil || string(plain) != "text" {
		t.Errorf("recipient by subject key identifier: %q, %v", plain, err)
	}
	if _, err := Decrypt(e.encode(t), none.Certificate, key(0)); !errors.Is(err, ErrNotRecipient) {
		t.Errorf("a certificate without the identifier: %v", err)
	}
}

func TestChallengeStrings(t *testing.T) {
	const want = "Pässwort-漢𝄞"
	var bmp, universal []byte
	for _, u := range utf16.Encode([]rune(want)) {
		bmp = append(bmp, byte(u>>8), byte(u))
	}
	for _, r := range want {
		universal = append(universal, 0, byte(r>>16), byte(r>>8), byte(r))
	}
	csr := func(tag int, text []byte) (*CSR, error) {
		return ParseCSR(forgedCSR(t, key(0), &key(0).PublicKey, crypto.SHA256,
			attr(t, oidChallengePassword, asn1.RawValue{Tag: tag, Bytes: text})))
	}
	for _, c := range []struct {
		name string
		tag  int
		text []byte
		want string
	}{
		{"UTF8String", asn1.TagUTF8String, []byte(want), want},
		{"BMPString", tagBMPString, bmp, want},
		{"UniversalString", tagUniversalString, universal, want},
		{"T61String", tagTeletexString, []byte("P\xe4sswort"), "Pässwort"},
		{"T61String in ASCII", tagTeletexString, []byte("D233CCF9"), "D233CCF9"},
		{"PrintableString", asn1.TagPrintableString, []byte("D233CCF9"), "D233CCF9"},
		{"IA5String", asn1.TagIA5String, []byte("D233*CF9"), "D233*CF9"},
		{"255 characters of three bytes", asn1.TagUTF8String, []byte(strings.Repeat("漢", 255)), strings.Repeat("漢", 255)},
	} {
		if got, err := csr(c.tag, c.text); err != nil || got.Challenge.Reveal() != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for name, c := range map[string]asn1.RawValue{
		"BMPString of an odd length": {Tag: tagBMPString, Bytes: bmp[:3]},
		"half a surrogate pair":      {Tag: tagBMPString, Bytes: []byte{0xd8, 0x34}},
		"UniversalString cut short":  {Tag: tagUniversalString, Bytes: universal[:6]},
		"beyond Unicode":             {Tag: tagUniversalString, Bytes: []byte{0, 0x11, 0, 0}},
		"UTF8String that is not":     {Tag: asn1.TagUTF8String, Bytes: []byte{0xff}},
		"INTEGER":                    {Tag: asn1.TagInteger, Bytes: []byte{1}},
		"256 characters":             {Tag: asn1.TagUTF8String, Bytes: []byte(strings.Repeat("a", 256))},
	} {
		if _, err := csr(c.Tag, c.Bytes); !errors.Is(err, ErrChallenge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestChallengeByOpenSSL: the string types that string_mask makes openssl write.
func TestChallengeByOpenSSL(t *testing.T) {
	for mask, input := range map[string]string{"default": "D233*CF9_x", "pkix": "D233*CF9_x", "utf8only": "D233*CF9_x", "nombstr": "D233*CF9_x", "MASK:0x800": "D233*CF9_x"} {
		config := "[req]\nprompt=no\nstring_mask=" + mask + "\ndistinguished_name=dn\nattributes=at\n[dn]\nCN=phone\n[at]\nchallengePassword=" + input + "\n"
		run := openssl(t, map[string][]byte{"c.cnf": []byte(config), "k.pem": pemKey(0)})
		der := run("req", "-new", "-config", "c.cnf", "-key", "k.pem", "-outform", "DER")
		if csr, err := ParseCSR([]byte(der)); err != nil || csr.Challenge.Reveal() != input {
			t.Errorf("string_mask=%s: %v", mask, err)
		}
	}
}
