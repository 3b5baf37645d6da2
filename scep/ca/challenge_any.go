// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"errors"
	"time"
)

// AnyOf accepts what one of the challenges accepts, asked in their order. Of
// several refusals it tells the one that says most: that a challenge was used or
// belongs to another name, rather than that the others do not know it.
func AnyOf(challenges ...Challenges) Challenges { return anyOf(challenges) }

type anyOf []Challenges

func (a anyOf) Redeem(challenge, commonName string, now time.Time) error {
	return a.first(func(c Challenges) error { return c.Redeem(challenge, commonName, now) })
}

func (a anyOf) Check(challenge, commonName string, now time.Time) error {
	return a.first(func(c Challenges) error { return c.Check(challenge, commonName, now) })
}

func (a anyOf) first(ask func(Challenges) error) error {
	refusal := ErrWrongChallenge
	for _, c := range a {
		err := ask(c)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrWrongChallenge) {
			refusal = err
		}
	}
	return refusal
}

func (a anyOf) attach(j journal) error {
	for _, c := range a {
		if c, ok := c.(journaled); ok {
			if err := c.attach(j); err != nil {
				return err
			}
		}
	}
	return nil
}
