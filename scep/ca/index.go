// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bufio"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteIndex writes every issued certificate in the format of OpenSSL's
// index.txt (openssl-ca(1)): status V, R or E at the CA's clock, end of
// validity, time of revocation, serial number, file name "unknown", and the
// subject as one line; six fields with tabs between them.
func (ca *CA) WriteIndex(w io.Writer) error {
	now, out := ca.now(), bufio.NewWriter(w)
	for _, r := range ca.Issued() {
		cert, err := r.Certificate()
		if err != nil {
			return fmt.Errorf("certificate %s: %w", r.Serial, err)
		}
		status, revoked := "V", ""
		switch {
		case r.revoked():
			status, revoked = "R", indexTime(r.RevokedAt)
		case now.After(r.NotAfter):
			status = "E"
		}
		serial := strings.ToUpper(r.Serial)
		if len(serial)%2 == 1 {
			serial = "0" + serial
		}
		if _, err := fmt.Fprintf(out, "%s\t%s\t%s\t%s\tunknown\t%s\n",
			status, indexTime(r.NotAfter), revoked, serial, oneLine(cert.RawSubject)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// indexTime is UTCTime as in a certificate, or GeneralizedTime from 2050 on.
func indexTime(t time.Time) string {
	t = t.UTC()
	if t.Year() < 2050 {
		return t.Format("060102150405Z")
	}
	return t.Format("20060102150405Z")
}

// oneLine is the subject as OpenSSL's X509_NAME_oneline writes it.
func oneLine(rawSubject []byte) string {
	var name pkix.RDNSequence
	if _, err := asn1.Unmarshal(rawSubject, &name); err != nil {
		return "/"
	}
	var b strings.Builder
	for _, set := range name {
		for _, attribute := range set {
			b.WriteByte('/')
			if short, ok := shortNames[attribute.Type.String()]; ok {
				b.WriteString(short)
			} else {
				b.WriteString(attribute.Type.String())
			}
			b.WriteByte('=')
			for _, c := range []byte(fmt.Sprint(attribute.Value)) {
				if c < ' ' || c > '~' {
					fmt.Fprintf(&b, `\x%02X`, c)
				} else {
					b.WriteByte(c)
				}
			}
		}
	}
	return b.String()
}

// shortNames are the attributes a subject may have, by OpenSSL's names.
var shortNames = map[string]string{
	"2.5.4.3":                    "CN",
	"2.5.4.5":                    "serialNumber",
	"2.5.4.6":                    "C",
	"2.5.4.7":                    "L",
	"2.5.4.8":                    "ST",
	"2.5.4.10":                   "O",
	"2.5.4.11":                   "OU",
	"0.9.2342.19200300.100.1.25": "DC",
	"1.2.840.113549.1.9.1":       "emailAddress",
	"1.2.840.113549.1.9.2":       "unstructuredName",
}

// normalSerial accepts a serial number as people copy it: colons, capitals,
// leading zeros.
func normalSerial(s string) string {
	s = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s), ":", ""))
	return strings.TrimLeft(s, "0")
}
