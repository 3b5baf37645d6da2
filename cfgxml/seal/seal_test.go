// SPDX-License-Identifier: MPL-2.0

package seal_test

import (
	"bytes"
	"compress/gzip"
	"crypto"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const sealedText = "<flat-profile>\n<CDC_Server_1_ ua=\"na\">http://scep.example.net/scep</CDC_Server_1_>\n</flat-profile>\n"

var sealKey = secret.New("correct horse battery staple")

func TestOpenUndoesSeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := []byte("<" + rapid.StringMatching(`[ -~\n]{0,300}`).Draw(t, "text"))
		o := seal.Options{
			Gzip:       rapid.Bool().Draw(t, "gzip"),
			Cipher:     rapid.SampledFrom([]seal.Cipher{seal.None, seal.AES256CBC, seal.AES128GCM}).Draw(t, "cipher"),
			Key:        secret.New(rapid.StringN(1, 40, -1).Filter(func(s string) bool { return !secret.IsMask(s) }).Draw(t, "key")),
			Digest:     rapid.SampledFrom([]crypto.Hash{0, crypto.SHA256, crypto.MD5}).Draw(t, "digest"),
			KeyID:      rapid.StringN(0, 20, 80).Draw(t, "key id"),
			RecordSize: rapid.IntRange(18, 200).Draw(t, "record size"),
		}
		sealed, err := seal.Seal(plain, o)
		if err != nil {
			t.Fatal(err)
		}
		c, _, ok := seal.Detect(sealed)
		if !ok || c != o.Cipher {
			t.Fatalf("Sealed says %v, %v", c, ok)
		}
		got, err := seal.Open(sealed, seal.OpenOptions{Key: o.Key})
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("Open gives %q, %v", got, err)
		}
		if o.Cipher != seal.None && len(plain) > 16 && bytes.Contains(sealed, plain) {
			t.Fatal("the encrypted document holds the plain one")
		}
	})
}

// The examples of RFC 8188, sections 3.1 and 3.2: one record; three records of
// 25 bytes with padding and a key id.
func TestRFC8188Vectors(t *testing.T) {
	decode := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, v := range map[string]struct {
		ikm, message, keyID string
		recordSize          int
		padded              bool
	}{
		"3.1": {
			ikm:     "yqdlZ-tYemfogSmv7Ws5PQ",
			message: "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg",
		},
		"3.2": {
			ikm:     "BO3ZVPxUlnLORbVGMpbT1Q",
			message: "uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA",
			keyID:   "a1", recordSize: 25, padded: true,
		},
	} {
		key := secret.New(string(decode(v.ikm)))
		message := decode(v.message)
		plain, err := seal.Open(message, seal.OpenOptions{Key: key})
		if err != nil || string(plain) != "I am the walrus" {
			t.Errorf("%s: Open gives %q, %v", name, plain, err)
		}
		if v.padded {
			continue // Seal does not pad, so it gives another message
		}
		sealed, err := seal.Seal([]byte("I am the walrus"), seal.Options{
			Cipher: seal.AES128GCM, Key: key, KeyID: v.keyID, RecordSize: v.recordSize,
			Rand: bytes.NewReader(message[:16]), // the vector's salt
		})
		if err != nil || !bytes.Equal(sealed, message) {
			t.Errorf("%s: Seal gives %x, %v; want %x", name, sealed, err, message)
		}
	}
}

// A random salt may begin as a document or a gzip header does.
func TestSealedKnowsCodingByItsHeader(t *testing.T) {
	for _, start := range []string{"<flat-profile><A", " \r\n<           ", "\ufeff<abcdefghijklm", "\x1f\x8b\x08bcdefghijklmn"} {
		o := seal.Options{Cipher: seal.AES128GCM, Key: sealKey, Rand: strings.NewReader((start + "................")[:16] + "another salt 16.")}
		sealed, err := seal.Seal([]byte(sealedText), o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := seal.Open(sealed, seal.OpenOptions{Key: sealKey})
		if err != nil || string(got) != sealedText {
			t.Errorf("salt %q: %q, %v", start, got, err)
		}
	}
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	packed := func(o seal.Options) []byte {
		o.Key = sealKey
		out, err := seal.Seal([]byte(strings.Repeat(sealedText, 20)), o)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	cbc := packed(seal.Options{Cipher: seal.AES256CBC})
	cbcGzip := packed(seal.Options{Cipher: seal.AES256CBC, Gzip: true})
	gcm := packed(seal.Options{Cipher: seal.AES128GCM, RecordSize: 100})
	zip := packed(seal.Options{Gzip: true})
	flipped := func(data []byte, at int) []byte {
		data = bytes.Clone(data)
		data[at] ^= 0x55
		return data
	}
	gcmHeader := 16 + 4 + 1
	for name, c := range map[string]struct {
		data []byte
		key  secret.Text
		want error
	}{
		"cbc, wrong key":            {cbc, secret.New("wrong"), seal.ErrWrongKey},
		"cbc, no key":               {cbc, secret.Text{}, seal.ErrNoKey},
		"cbc, not whole blocks":     {cbc[:len(cbc)-5], sealKey, seal.ErrDamaged},
		"cbc, last block gone":      {cbc[:len(cbc)-16], sealKey, seal.ErrDamaged},
		"cbc, only its header":      {cbc[:16], sealKey, seal.ErrDamaged},
		"cbc, only the magic":       {cbc[:8], sealKey, seal.ErrDamaged},
		"cbc, gzip inside damaged":  {flipped(cbcGzip, 60), sealKey, seal.ErrDamaged},
		"cbc, gzip, wrong key":      {cbcGzip, secret.New("wrong"), seal.ErrWrongKey},
		"gcm, wrong key":            {gcm, secret.New("wrong"), seal.ErrWrongKey},
		"gcm, no key":               {gcm, secret.Text{}, seal.ErrNoKey},
		"gcm, second record":        {flipped(gcm, gcmHeader+150), sealKey, seal.ErrDamaged},
		"gcm, cut off in a record":  {gcm[:len(gcm)-3], sealKey, seal.ErrDamaged},
		"gcm, cut off between them": {gcm[:gcmHeader+300], sealKey, seal.ErrDamaged},
		"gzip, cut off":             {zip[:len(zip)-6], secret.Text{}, seal.ErrDamaged},
		"gzip, damaged":             {flipped(zip, len(zip)-7), secret.Text{}, seal.ErrDamaged},
		"gzip, only its header":     {zip[:5], secret.Text{}, seal.ErrDamaged},
		"a picture":                 {[]byte("\x89PNG\r\n\x1a\n"), sealKey, seal.ErrNotSealed},
	} {
		out, err := seal.Open(c.data, seal.OpenOptions{Key: c.key})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %q, %v; want %v", name, out, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), sealKey.Reveal()) {
			t.Errorf("%s: the error holds the key", name)
		}
	}
}

// A block of CBC that was changed decrypts to noise, which mostly shows.
func TestOpenNoticesMostChangedBlocks(t *testing.T) {
	plain := []byte(strings.Repeat(sealedText, 40))
	sealed, err := seal.Seal(plain, seal.Options{Cipher: seal.AES256CBC, Key: sealKey})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	const tries = 200
	noticed := 0
	for range tries {
		changed := bytes.Clone(sealed)
		changed[32+random.IntN(len(sealed)-64)] ^= byte(1 + random.IntN(255))
		if _, err := seal.Open(changed, seal.OpenOptions{Key: sealKey}); errors.Is(err, seal.ErrDamaged) {
			noticed++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if noticed < tries/2 {
		t.Errorf("%d of %d changes noticed, want most", noticed, tries)
	}
}

func TestOpenTellsTheDigestByItself(t *testing.T) {
	for _, digest := range []crypto.Hash{crypto.SHA256, crypto.MD5} {
		sealed, err := seal.Seal([]byte(sealedText), seal.Options{Cipher: seal.AES256CBC, Key: sealKey, Digest: digest})
		if err != nil {
			t.Fatal(err)
		}
		got, err := seal.Open(sealed, seal.OpenOptions{Key: sealKey})
		if err != nil || string(got) != sealedText {
			t.Errorf("%v: %q, %v", digest, got, err)
		}
		other := crypto.SHA256 + crypto.MD5 - digest
		if _, err := seal.Open(sealed, seal.OpenOptions{Key: sealKey, Digest: other}); !errors.Is(err, seal.ErrWrongKey) {
			t.Errorf("%v opened as %v: %v, want %v", digest, other, err, seal.ErrWrongKey)
		}
	}
}

func TestOpenIsBounded(t *testing.T) {
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	chunk := bytes.Repeat([]byte("<"), 1<<20)
	for range 64 {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]seal.Options{
		"gzip":      {},
		"cbc, gzip": {Cipher: seal.AES256CBC, Key: sealKey},
		"gcm, gzip": {Cipher: seal.AES128GCM, Key: sealKey},
	} {
		sealed, err := seal.Seal(bomb.Bytes(), o)
		if err != nil {
			t.Fatal(err)
		}
		var limit *seal.SizeError
		_, err = seal.Open(sealed, seal.OpenOptions{Key: sealKey})
		if !errors.As(err, &limit) || limit.Limit != seal.DefaultMaxSize {
			t.Errorf("%s of 64 MiB: %v, want a LimitError with the default limit", name, err)
		}
	}
	_, err := seal.Open([]byte(sealedText), seal.OpenOptions{MaxSize: 10})
	var limit *seal.SizeError
	if !errors.As(err, &limit) {
		t.Errorf("readable, over the limit: %v", err)
	}
}

func TestSealRefuses(t *testing.T) {
	for name, o := range map[string]seal.Options{
		"cbc without key":      {Cipher: seal.AES256CBC},
		"gcm without key":      {Cipher: seal.AES128GCM},
		"an unknown cipher":    {Cipher: 9, Key: sealKey},
		"another digest":       {Cipher: seal.AES256CBC, Key: sealKey, Digest: crypto.SHA512},
		"a short record":       {Cipher: seal.AES128GCM, Key: sealKey, RecordSize: 17},
		"a long key id":        {Cipher: seal.AES128GCM, Key: sealKey, KeyID: strings.Repeat("k", 256)},
		"too little randomnes": {Cipher: seal.AES256CBC, Key: sealKey, Rand: strings.NewReader("1234")},
	} {
		if out, err := seal.Seal([]byte(sealedText), o); err == nil {
			t.Errorf("%s: sealed to %d bytes", name, len(out))
		}
	}
}

func TestSealGzipIsReproducible(t *testing.T) {
	a, err1 := seal.Seal([]byte(sealedText), seal.Options{Gzip: true})
	b, err2 := seal.Seal([]byte(sealedText), seal.Options{Gzip: true})
	if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("two results for one document: %v, %v", err1, err2)
	}
}

// Whatever arrives, Open gives a bounded result or one of its errors.
func FuzzOpen(f *testing.F) {
	for _, o := range []seal.Options{
		{}, {Gzip: true}, {Cipher: seal.AES256CBC}, {Cipher: seal.AES256CBC, Gzip: true, Digest: crypto.MD5},
		{Cipher: seal.AES128GCM, RecordSize: 40}, {Cipher: seal.AES128GCM, Gzip: true, KeyID: "k1"},
	} {
		o.Key = sealKey
		o.Rand = bytes.NewReader(make([]byte, 16))
		sealed, err := seal.Seal([]byte(sealedText), o)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sealed)
		f.Add(sealed[:len(sealed)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 16
		out, err := seal.Open(data, seal.OpenOptions{Key: sealKey, MaxSize: limit})
		if err == nil {
			if len(out) > limit {
				t.Fatalf("%d bytes, beyond the limit", len(out))
			}
			return
		}
		var size *seal.SizeError
		for _, known := range []error{seal.ErrWrongKey, seal.ErrDamaged, seal.ErrNotSealed} {
			if errors.Is(err, known) {
				return
			}
		}
		if !errors.As(err, &size) {
			t.Fatalf("unexpected error: %v", err)
		}
	})
}
