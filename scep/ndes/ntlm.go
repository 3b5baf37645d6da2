// SPDX-License-Identifier: MPL-2.0

package ndes

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/go-ntlmssp"
)

// Schemes of WWW-Authenticate. IIS takes the messages of NTLM under both.
const (
	schemeNTLM      = "NTLM"
	schemeNegotiate = "Negotiate"
)

// ntlm asks for the page as MS-NTHT says: NEGOTIATE, which is answered by a
// CHALLENGE, then AUTHENTICATE on the same connection. The messages are those of
// go-ntlmssp; its Negotiator is not used, because it takes a broken connection
// for a refusal and reads answers of any length.
func (c *conversation) ntlm(ctx context.Context) (answer, error) {
	a, err := c.ask(ctx, "") // says nothing to a server that does not want NTLM
	if err != nil || a.status != http.StatusUnauthorized || !a.offers(schemeNTLM) {
		return a, err
	}
	scheme := schemeNTLM
	if _, ok := a.offered(scheme); !ok {
		scheme = schemeNegotiate
	}
	negotiate, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return answer{}, err
	}
	a, err = c.ask(ctx, scheme+" "+base64.StdEncoding.EncodeToString(negotiate))
	if err != nil || a.status != http.StatusUnauthorized {
		return a, err
	}
	c.bound.Store(true)
	data, _ := a.offered(scheme)
	authenticate, err := c.authenticate(data)
	if err != nil {
		return answer{}, err
	}
	return c.ask(ctx, scheme+" "+base64.StdEncoding.EncodeToString(authenticate))
}

// authenticate answers the challenge that a server sent, in base64.
func (c *conversation) authenticate(data string) ([]byte, error) {
	if data == "" {
		return nil, errors.New("the server offers NTLM and answers its first message without a challenge: is NTLM enabled for mscep_admin in IIS, and allowed by the domain?")
	}
	challenge, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, errors.New("the server's challenge for NTLM is not base64")
	}
	message, err := ntlmssp.NewAuthenticateMessage(challenge, c.page.Username, c.page.Password.Reveal(), nil)
	if err != nil {
		return nil, fmt.Errorf("the server's challenge for NTLM cannot be answered: %w", err)
	}
	return message, nil
}
