// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const writeOnlyLink = "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)"

// schemaMarkdown lists the arguments and attributes of an object: first the
// required ones, then the optional, then what can be read only; nested ones in
// sections of their own below.
func schemaMarkdown(s *tfprotov6.Schema) string {
	var b strings.Builder
	b.WriteString("## Schema\n")
	if len(s.Block.Attributes) == 0 && len(s.Block.BlockTypes) == 0 {
		b.WriteString("\nThis object has no arguments and no attributes.\n")
		return b.String()
	}
	level(&b, s.Block.Attributes, nil, "\n### %s\n\n")
	return b.String()
}

// level writes the attributes of one level and then those nested in them.
func level(b *strings.Builder, attributes []*tfprotov6.SchemaAttribute, parents []string, heading string) {
	attributes = slices.Clone(attributes)
	slices.SortFunc(attributes, func(x, y *tfprotov6.SchemaAttribute) int { return strings.Compare(x.Name, y.Name) })
	for _, group := range []struct {
		title string
		in    func(*tfprotov6.SchemaAttribute) bool
	}{
		{"Required", func(a *tfprotov6.SchemaAttribute) bool { return a.Required }},
		{"Optional", func(a *tfprotov6.SchemaAttribute) bool { return a.Optional }},
		{"Read-Only", func(a *tfprotov6.SchemaAttribute) bool { return !a.Required && !a.Optional }},
	} {
		first := true
		for _, a := range attributes {
			if !group.in(a) {
				continue
			}
			if first {
				fmt.Fprintf(b, heading, group.title)
				first = false
			}
			b.WriteString(line(a, parents) + "\n")
		}
	}
	for _, a := range attributes {
		if a.NestedType == nil {
			continue
		}
		path := append(slices.Clone(parents), a.Name)
		fmt.Fprintf(b, "\n<a id=\"%s\"></a>\n### Nested Schema for `%s`\n", anchor(path), strings.Join(path, "."))
		level(b, a.NestedType.Attributes, path, "\n%s:\n\n")
	}
}

// line is the line of one attribute.
func line(a *tfprotov6.SchemaAttribute, parents []string) string {
	words := []string{typeName(a.Type)}
	if a.NestedType != nil {
		words[0] = "Attributes"
		if nesting := a.NestedType.Nesting; nesting != tfprotov6.SchemaObjectNestingModeSingle {
			name := strings.ToLower(nesting.String())
			words[0] += " " + strings.ToUpper(name[:1]) + name[1:]
		}
	}
	if a.Sensitive {
		words = append(words, "Sensitive")
	}
	if a.WriteOnly {
		words = append(words, writeOnlyLink)
	}
	if a.Deprecated {
		words = append(words, "Deprecated")
	}
	text := fmt.Sprintf("- `%s` (%s)", a.Name, strings.Join(words, ", "))
	if a.Description != "" {
		text += " " + strings.TrimSpace(a.Description)
	}
	if a.NestedType != nil {
		text += fmt.Sprintf(" (see [below for nested schema](#%s))", anchor(append(slices.Clone(parents), a.Name)))
	}
	return text
}

func anchor(path []string) string { return "nestedatt--" + strings.Join(path, "--") }

// typeName says a type as the registries' pages say it.
func typeName(t tftypes.Type) string {
	switch t := t.(type) {
	case tftypes.List:
		return "List of " + typeName(t.ElementType)
	case tftypes.Set:
		return "Set of " + typeName(t.ElementType)
	case tftypes.Map:
		return "Map of " + typeName(t.ElementType)
	case tftypes.Object:
		return "Object"
	}
	switch {
	case t == nil:
		return ""
	case t.Is(tftypes.String):
		return "String"
	case t.Is(tftypes.Number):
		return "Number"
	case t.Is(tftypes.Bool):
		return "Boolean"
	}
	return "Dynamic"
}

// signature says a function's form: name(argument type, …) type.
func signature(name string, f *tfprotov6.Function) string {
	var arguments []string
	for _, p := range f.Parameters {
		arguments = append(arguments, p.Name+" "+strings.ToLower(typeName(p.Type)))
	}
	if p := f.VariadicParameter; p != nil {
		arguments = append(arguments, p.Name+" "+strings.ToLower(typeName(p.Type))+"...")
	}
	return fmt.Sprintf("%s(%s) %s", name, strings.Join(arguments, ", "), strings.ToLower(typeName(f.Return.Type)))
}

// argumentLines numbers the arguments of a function.
func argumentLines(f *tfprotov6.Function) string {
	var b strings.Builder
	parameters := slices.Clone(f.Parameters)
	if f.VariadicParameter != nil {
		parameters = append(parameters, f.VariadicParameter)
	}
	for i, p := range parameters {
		null := ""
		if p.AllowNullValue {
			null = ", Nullable"
		}
		fmt.Fprintf(&b, "%d. `%s` (%s%s) %s\n", i+1, p.Name, typeName(p.Type), null, strings.TrimSpace(p.Description))
	}
	return b.String()
}
