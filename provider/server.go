// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// Serve serves the provider to the CLI that started this process, until that
// ends it. The address begins with the CLI's registry host. With debug it waits
// for a CLI instead, and prints what TF_REATTACH_PROVIDERS must be.
func Serve(version, address string, debug bool) error {
	var opts []tf6server.ServeOpt
	if debug {
		opts = append(opts, tf6server.WithManagedDebug())
	} else if err := skipUnheardLogs(); err != nil {
		return err
	}
	return withBallast(func() error {
		return tf6server.Serve(address, func() tfprotov6.ProviderServer { return NewServer(version) }, opts...)
	})
}

// NewServer gives the provider as a CLI sees it, for protocol 6.
func NewServer(version string) tfprotov6.ProviderServer {
	return &server{providerserver.NewProtocol6(&ciscophone{version: version})().(framework)}
}

// framework is what the framework's server has.
type framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// A server is the framework's, but for one attribute: the map phones of a
// fleet, which has an element for each phone, is one text to the framework.
// That would go through every element a dozen times an apply, ask the schema
// about each and make a chain of contexts that is longer with each: three
// quarters of a plan's processor time at 10,000 phones, and growing with the
// square of their number. See docs/design/131-digests-pass-the-framework-by.md.
//
// The text is the map as the protocol has it, in MessagePack. Outside of this
// file only [packDigests] and [unpackDigests] know that.
type server struct{ framework }

const (
	fleetType   = "ciscophone_fleet"
	phonesField = "phones"
)

// packDigests gives the text of a map, unpackDigests the map of a text.
func packDigests(digests map[string]string) string {
	b, err := msgpack.Marshal(digests)
	if err != nil {
		panic(err) // a map of strings
	}
	return string(b)
}

func unpackDigests(text string) (digests map[string]string, err error) {
	if text != "" {
		err = msgpack.Unmarshal([]byte(text), &digests)
	}
	return digests, err
}

func (s *server) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := s.framework.GetProviderSchema(ctx, req)
	if err != nil || resp.ResourceSchemas[fleetType] == nil {
		return resp, err
	}
	for _, a := range resp.ResourceSchemas[fleetType].Block.Attributes {
		if a.Name == phonesField {
			a.Type = tftypes.Map{ElementType: tftypes.String}
		}
	}
	return resp, nil
}

func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if req.TypeName != fleetType {
		return s.framework.ValidateResourceConfig(ctx, req)
	}
	inner := *req
	if err := asText(&inner.Config); err != nil {
		return nil, err
	}
	return s.framework.ValidateResourceConfig(ctx, &inner)
}

// UpgradeResourceState hands on the stored state without the map, and puts it
// into the answer.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if req.TypeName != fleetType || req.RawState == nil || req.RawState.JSON == nil {
		return s.framework.UpgradeResourceState(ctx, req)
	}
	var attributes map[string]json.RawMessage
	if err := json.Unmarshal(req.RawState.JSON, &attributes); err != nil {
		return nil, fmt.Errorf("the stored state of %s cannot be read: %w", fleetType, err)
	}
	var digests map[string]string
	if stored, ok := attributes[phonesField]; ok {
		if err := json.Unmarshal(stored, &digests); err != nil {
			return nil, fmt.Errorf("the stored state of %s cannot be read: %s: %w", fleetType, phonesField, err)
		}
	}
	attributes[phonesField] = json.RawMessage("null")
	raw, err := json.Marshal(attributes)
	if err != nil {
		return nil, err
	}
	inner := *req
	inner.RawState = &tfprotov6.RawState{JSON: raw}
	resp, err := s.framework.UpgradeResourceState(ctx, &inner)
	if err != nil || digests == nil {
		return resp, err
	}
	return resp, exchange(&resp.UpgradedState, func([]byte) ([]byte, error) { return msgpack.Marshal(digests) })
}

func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if req.TypeName != fleetType {
		return s.framework.ReadResource(ctx, req)
	}
	inner := *req
	if err := asText(&inner.CurrentState); err != nil {
		return nil, err
	}
	resp, err := s.framework.ReadResource(ctx, &inner)
	if err != nil {
		return resp, err
	}
	return resp, asMap(&resp.NewState)
}

func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if req.TypeName != fleetType {
		return s.framework.PlanResourceChange(ctx, req)
	}
	inner := *req
	if err := asText(&inner.PriorState, &inner.ProposedNewState, &inner.Config); err != nil {
		return nil, err
	}
	resp, err := s.framework.PlanResourceChange(ctx, &inner)
	if err != nil {
		return resp, err
	}
	return resp, asMap(&resp.PlannedState)
}

func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if req.TypeName != fleetType {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	inner := *req
	if err := asText(&inner.PriorState, &inner.PlannedState, &inner.Config); err != nil {
		return nil, err
	}
	resp, err := s.framework.ApplyResourceChange(ctx, &inner)
	if err != nil {
		return resp, err
	}
	return resp, asMap(&resp.NewState)
}

func (s *server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := s.framework.ImportResourceState(ctx, req)
	if err != nil || req.TypeName != fleetType {
		return resp, err
	}
	for _, r := range resp.ImportedResources {
		if err := asMap(&r.State); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

func (s *server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	if req.TypeName != fleetType {
		return s.framework.GenerateResourceConfig(ctx, req)
	}
	inner := *req
	if err := asText(&inner.State); err != nil {
		return nil, err
	}
	resp, err := s.framework.GenerateResourceConfig(ctx, &inner)
	if err != nil {
		return resp, err
	}
	return resp, asMap(&resp.Config)
}

// asText exchanges the map for its text, where it is known and not null.
func asText(values ...**tfprotov6.DynamicValue) error {
	for _, v := range values {
		if err := exchange(v, func(old []byte) ([]byte, error) {
			if !present(old) {
				return old, nil
			}
			return msgpack.Marshal(string(old))
		}); err != nil {
			return err
		}
	}
	return nil
}

// asMap exchanges the text for the map.
func asMap(v **tfprotov6.DynamicValue) error {
	return exchange(v, func(old []byte) ([]byte, error) {
		if !present(old) {
			return old, nil
		}
		var text string
		err := msgpack.Unmarshal(old, &text)
		return []byte(text), err
	})
}

// present tells a value from null and from one that is not known yet.
func present(value []byte) bool { return value[0] != msgpcode.Nil && !msgpcode.IsExt(value[0]) }

// exchange replaces an object, if there is one, with one that has another phones.
func exchange(v **tfprotov6.DynamicValue, with func(old []byte) ([]byte, error)) error {
	if *v == nil || len((*v).MsgPack) == 0 || !present((*v).MsgPack) {
		return nil
	}
	data := (*v).MsgPack
	start, end, err := find(data, phonesField)
	if err != nil {
		return fmt.Errorf("a value of %s cannot be read: %w", fleetType, err)
	}
	old := data[start:end]
	value, err := with(old)
	if err != nil {
		return fmt.Errorf("a value of %s cannot be read: %s: %w", fleetType, phonesField, err)
	}
	out := make([]byte, 0, len(data)-len(old)+len(value))
	out = append(append(append(out, data[:start]...), value...), data[end:]...)
	*v = &tfprotov6.DynamicValue{MsgPack: out}
	return nil
}

// find gives the place of a field's value in an object.
func find(object []byte, field string) (start, end int, err error) {
	r := bytes.NewReader(object)
	d := msgpack.NewDecoder(r)
	n, err := d.DecodeMapLen()
	if err != nil {
		return 0, 0, err
	}
	for range n {
		name, err := d.DecodeString()
		if err != nil {
			return 0, 0, err
		}
		start = len(object) - r.Len()
		if err := d.Skip(); err != nil {
			return 0, 0, err
		}
		if name == field {
			return start, len(object) - r.Len(), nil
		}
	}
	return 0, 0, fmt.Errorf("it has no field %s", field)
}
