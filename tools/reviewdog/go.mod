module github.com/phonecfg/terraform-provider-ciscophone/tools/reviewdog

go 1.26.0

require github.com/reviewdog/reviewdog v0.21.2

require google.golang.org/protobuf v1.36.12
