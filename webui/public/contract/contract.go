// Package contract holds the API's answers against the OpenAPI document that the API gives of itself. Tests use it: an answer
// whose path, method, status, content type, required header or body the document doesn't describe is a fault.
package contract

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// official is https://spec.openapis.org/oas/3.1/schema/2022-10-07, under Apache-2.0.
//
//go:embed testdata/openapi-3.1-schema-2022-10-07.json
var official []byte

const (
	base         = "/api/v1"
	documentName = "https://acropolis.example/openapi.json"
	problemMedia = "application/problem+json"
)

type object = map[string]any

// Contract is a document that was read and found valid.
type Contract struct {
	paths    []path
	compiler *jsonschema.Compiler
	mu       sync.Mutex
	schemas  map[string]*jsonschema.Schema
}

type path struct {
	template   string
	pattern    *regexp.Regexp
	operations object
}

// Read takes a document that is valid OpenAPI 3.1, with schemas that are valid JSON Schema 2020-12.
func Read(document []byte) (*Contract, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	if err := conforms(value); err != nil {
		return nil, err
	}
	c := &Contract{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(documentName, value); err != nil {
		return nil, err
	}
	paths, _ := value.(object)["paths"].(object)
	for template, operations := range paths {
		pattern := variable.ReplaceAllString(regexp.QuoteMeta(template), `[^/]+`)
		c.paths = append(c.paths, path{template, regexp.MustCompile("^" + pattern + "$"), operations.(object)})
	}
	return c, c.compileAll(value, "")
}

var variable = regexp.MustCompile(`\\\{[a-z_]+\\\}`)

func conforms(document any) error {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(official))
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://spec.openapis.org/oas/3.1/schema/2022-10-07", schema); err != nil {
		return err
	}
	compiled, err := compiler.Compile("https://spec.openapis.org/oas/3.1/schema/2022-10-07")
	if err != nil {
		return err
	}
	return compiled.Validate(document)
}

// compileAll compiles each schema of the document, wherever it stands, so that none is wrong unseen.
func (c *Contract) compileAll(value any, pointer string) error {
	var faults []error
	switch v := value.(type) {
	case object:
		for name, part := range v {
			at := pointer + "/" + escaped.Replace(name)
			if name == "schema" || pointer == "/components/schemas" {
				_, err := c.schema(at)
				faults = append(faults, err)
				continue
			}
			faults = append(faults, c.compileAll(part, at))
		}
	case []any:
		for i, part := range v {
			faults = append(faults, c.compileAll(part, pointer+"/"+strconv.Itoa(i)))
		}
	}
	return errors.Join(faults...)
}

var escaped = strings.NewReplacer("~", "~0", "/", "~1")

func (c *Contract) schema(pointer string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.schemas[pointer]; s != nil {
		return s, nil
	}
	s, err := c.compiler.Compile(documentName + "#" + percent.Replace(pointer))
	if err == nil {
		c.schemas[pointer] = s
	}
	return s, err
}

var percent = strings.NewReplacer("%", "%25", "{", "%7B", "}", "%7D", "+", "%2B")

// Check says what the document doesn't describe of this answer. What isn't part of the API isn't looked at; an address that
// the document doesn't have may only be refused, by a problem document.
func (c *Contract) Check(method, address string, status int, header http.Header, body []byte) error {
	rest, isAPI := strings.CutPrefix(address, base+"/")
	if !isAPI {
		return nil
	}
	head := method == http.MethodHead
	if head {
		method = http.MethodGet
	}
	answer := fmt.Sprintf("%s %s: %d", method, address, status)
	template, operation := c.operation(method, "/"+rest)
	if operation == nil {
		if status != http.StatusNotFound && status != http.StatusMethodNotAllowed && status != http.StatusForbidden {
			return fmt.Errorf("%s, where the document has nothing", answer)
		}
		return c.body(answer, "/components/schemas/Problem", problemMedia, header, body, head)
	}
	response, ok := at(operation, "responses", strconv.Itoa(status)).(object)
	if !ok {
		return fmt.Errorf("%s is not described: %.300s", answer, body)
	}
	pointer := "/paths/" + escaped.Replace(template) + "/" + strings.ToLower(method) + "/responses/" + strconv.Itoa(status)
	headers, _ := response["headers"].(object)
	for name, described := range headers {
		if at(described, "required") == true && header.Get(name) == "" {
			return fmt.Errorf("%s has no %s", answer, name)
		}
	}
	content, _ := response["content"].(object)
	if content == nil {
		if len(body) > 0 {
			return fmt.Errorf("%s has a body: %.300s", answer, body)
		}
		return nil
	}
	for media := range content {
		return c.body(answer, pointer+"/content/"+escaped.Replace(media)+"/schema", media, header, body, head)
	}
	return fmt.Errorf("%s: no content type is described", answer)
}

func (c *Contract) operation(method, address string) (string, object) {
	for _, p := range c.paths {
		if p.pattern.MatchString(address) {
			operation, _ := p.operations[strings.ToLower(method)].(object)
			return p.template, operation
		}
	}
	return "", nil
}

func (c *Contract) body(answer, pointer, media string, header http.Header, body []byte, head bool) error {
	given, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || given != media {
		return fmt.Errorf("%s is %q, described as %s: %.300s", answer, header.Get("Content-Type"), media, body)
	}
	if head || !strings.HasSuffix(media, "json") {
		return nil
	}
	schema, err := c.schema(pointer)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s is no JSON: %w: %.300s", answer, err, body)
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("%s: %w: %.600s", answer, err, body)
	}
	return nil
}

func at(value any, names ...string) any {
	for _, name := range names {
		part, _ := value.(object)
		value = part[name]
	}
	return value
}
