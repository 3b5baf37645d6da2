// SPDX-License-Identifier: MPL-2.0

package scep_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"fmt"
	"log"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A phone asks, the CA reads.
func Example() {
	now := time.Now()
	newParty := func(name string) scep.Signer {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			log.Fatal(err)
		}
		cert, err := scep.SelfSigned(pkix.Name{CommonName: name}, key, now, rand.Reader)
		if err != nil {
			log.Fatal(err)
		}
		return scep.Signer{Certificate: cert, Key: key}
	}
	phone, ca := newParty("CP-9871-SEP001A2B3C4D5E"), newParty("CA")

	csr, err := scep.CreateCSR(scep.CSRRequest{CommonName: "CP-9871-SEP001A2B3C4D5E", Challenge: secret.New("D233CCF9B9952A15"), Key: phone.Key}, rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	envelope, err := scep.Encrypt(csr, ca.Certificate, scep.AES128CBC, rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	nonce, err := scep.NewNonce(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	request, err := scep.Sign(envelope, scep.Attributes{TransactionID: "4711", MessageType: scep.PKCSReq, SenderNonce: nonce},
		phone, crypto.SHA256, now, rand.Reader)
	if err != nil {
		log.Fatal(err)
	}

	// On the other side of the network.
	message, err := scep.Open(request)
	if err != nil {
		log.Fatal(err)
	}
	plain, err := scep.Decrypt(message.Content, ca.Certificate, ca.Key.(*rsa.PrivateKey))
	if err != nil {
		log.Fatal(err)
	}
	asked, err := scep.ParseCSR(plain)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(message.TransactionID, message.MessageType == scep.PKCSReq, asked.Subject)
	// Output: 4711 true CN=CP-9871-SEP001A2B3C4D5E
}
