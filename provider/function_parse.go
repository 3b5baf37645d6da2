// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// parseFunction is parse: a document's parameters as a map.
type parseFunction struct{}

func newParseFunction() function.Function { return parseFunction{} }

func (parseFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse"
}

func (parseFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The parameters of a phone configuration file",
		MarkdownDescription: "Reads a `cfg.xml` as a phone does: white space around values stripped, references decoded, of several elements of a name the last. " +
			"Gives a map from element name to value. **It holds the document's passwords**: wrap the call in `sensitive()` or pick single parameters.",
		Parameters: []function.Parameter{function.StringParameter{Name: "document", MarkdownDescription: "The document, for instance `file(\"phone.xml\")`."}},
		Return:     function.MapReturn{ElementType: types.StringType},
	}
}

func (parseFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var document string
	if resp.Error = req.Arguments.Get(ctx, &document); resp.Error != nil {
		return
	}
	doc, ferr := documentOf(document, 0)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	parameters := map[string]string{}
	for p := range doc.All() {
		if value, ok := doc.Get(p.Name()); ok {
			parameters[p.Name()] = value
		}
	}
	resp.Error = resp.Result.Set(ctx, parameters)
}

// documentOf reads an argument that is a document.
func documentOf(text string, argument int64) (*cfgxml.Document, *function.FuncError) {
	doc, err := cfgxml.Parse([]byte(text))
	if err != nil {
		return nil, function.NewArgumentFuncError(argument, err.Error())
	}
	return doc, nil
}
