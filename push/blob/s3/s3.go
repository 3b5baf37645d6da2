// SPDX-License-Identifier: MPL-2.0

// Package s3 is a [push.Store] in a bucket of Amazon S3, or of a server that speaks
// its protocol.
//
//	s, err := s3.Open(location, push.Options{})
//
// where location is s3://BUCKET/PREFIX with, as a query, region, profile, endpoint
// (http://HOST:PORT of another server) and path_style=true (for servers that have
// no name for each bucket). Credentials come from where the SDK of AWS looks for
// them: the environment, ~/.aws, the role of the machine.
//
// The conditions If-Match and If-None-Match are sent with each write. Amazon S3
// honors both in one step; what another server does with them is its own matter.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	gocloud "gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign/answer"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/blob"
)

// parameters are what the query of a location may hold.
var parameters = []string{"endpoint", "path_style", "profile", "region"}

// Open returns the store at an s3:// URL. It reads the configuration of the SDK and
// does not touch the network, so a bucket that is not there shows at the first
// operation.
func Open(location *url.URL, o push.Options) (push.Store, error) {
	if location == nil || location.Scheme != "s3" || location.Host == "" {
		return nil, errors.New("want a store of the form s3://BUCKET/PREFIX?region=REGION")
	}
	shown := "s3://" + location.Host + location.EscapedPath()
	if location.User != nil || location.Fragment != "" {
		return nil, fmt.Errorf("store %q carries credentials or a fragment: credentials come from the environment or ~/.aws", shown)
	}
	query, err := url.ParseQuery(location.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("store %q: its query cannot be read", shown)
	}
	for name, values := range query {
		if !slices.Contains(parameters, name) || len(values) != 1 {
			return nil, fmt.Errorf("store %q: parameter %.40q: want each of %s once at most", shown, name, strings.Join(parameters, ", "))
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = push.DefaultTimeout
	}
	client, err := connect(query, o, shown)
	if err != nil {
		return nil, err
	}
	bucket, err := s3blob.OpenBucket(context.Background(), client, location.Host, &s3blob.Options{RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired})
	if err != nil {
		return nil, fmt.Errorf("store %q: %w", shown, err)
	}
	if prefix := strings.Trim(location.Path, "/"); prefix != "" {
		bucket = gocloud.PrefixedBucket(bucket, prefix+"/")
	}
	return blob.New(bucket, shown, service, o)
}

func connect(query url.Values, o push.Options, shown string) (*s3.Client, error) {
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(o.Timeout / 2)), // of one attempt
	}
	if region := query.Get("region"); region != "" {
		load = append(load, config.WithRegion(region))
	}
	if profile := query.Get("profile"); profile != "" {
		load = append(load, config.WithSharedConfigProfile(profile))
	}
	c, err := config.LoadDefaultConfig(context.Background(), load...)
	if err != nil {
		return nil, fmt.Errorf("store %q: the configuration of AWS cannot be read: %w", shown, err)
	}
	endpoint := query.Get("endpoint")
	if endpoint != "" {
		u, err := url.Parse(endpoint)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
			return nil, fmt.Errorf("store %q: its endpoint is not of the form https://HOST:PORT", shown)
		}
	}
	if c.Region == "" {
		if endpoint == "" {
			return nil, fmt.Errorf("store %q: no region is known: give it as ?region=REGION, or in AWS_REGION", shown)
		}
		c.Region = "us-east-1" // another server has none, but it is part of what is signed
	}
	style := query.Get("path_style")
	if style != "" && style != "true" && style != "false" {
		return nil, fmt.Errorf("store %q: path_style is %.20q: want true or false", shown, style)
	}
	return s3.NewFromConfig(c, func(so *s3.Options) {
		so.UsePathStyle = style == "true"
		so.Logger = logging.Nop{} // it would write to the terminal of whoever runs us
		so.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		if endpoint != "" {
			so.BaseEndpoint = &endpoint
		}
	}), nil
}

var service = blob.Service{
	Tag: func(r *gocloud.Reader) string {
		var out s3.GetObjectOutput
		if !r.As(&out) {
			return ""
		}
		return aws.ToString(out.ETag)
	},
	Write: func(as func(any) bool, tag string) error {
		var in *transfermanager.UploadObjectInput
		if tag != "" && as(&in) {
			in.IfMatch = &tag
		}
		return nil
	},
	Delete: func(as func(any) bool, tag string) error {
		var in *s3.DeleteObjectInput
		if tag != "" && as(&in) {
			in.IfMatch = &tag
		}
		return nil
	},
	Conflict: func(err error) bool {
		return slices.Contains([]string{"PreconditionFailed", "ConditionalRequestConflict"}, code(err))
	},
	NoBucket: func(err error) bool { return code(err) == "NoSuchBucket" },
	Reason:   reason,
}

// code is what the service calls an error, "" where it was not the service.
func code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	return api.ErrorCode()
}

// reason says what to do about an error. The text of the service is left out.
func reason(err error) error {
	var response *awshttp.ResponseError
	switch {
	case !errors.As(err, &response):
		return err
	case response.HTTPStatusCode() == 0:
		return fmt.Errorf("the service does not answer: %w", response.Err)
	}
	status := answer.Status(response.HTTPStatusCode())
	if c := response.HTTPStatusCode(); c == http.StatusForbidden || c == http.StatusUnauthorized {
		return fmt.Errorf("%s: the credentials of AWS (environment, ~/.aws, role) are wrong or do not allow that", status)
	}
	return fmt.Errorf("the service answered %s", status)
}
