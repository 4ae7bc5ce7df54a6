package public

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// OpenAPI is GET /api/v1/openapi.json.
func (h *Handlers) OpenAPI(c *gin.Context) error {
	c.JSON(http.StatusOK, openAPI(h.address(c)))
	return nil
}

// operation is one call of the API, as the document tells it.
type operation struct {
	method, path string
	summary      string
	parameters   []object
	body         object // schema of the JSON body, or nil
	bodyOptional bool
	status       string   // of success
	answer       object   // schema of success; nil: no body
	media        string   // of success, JSON when empty
	refusals     []string // beside what any call like it may answer: see mayAnswer
}

type object = map[string]any

// operations is the table that the document is made of; a test compares it with the routes.
var operations = []operation{
	{method: "get", path: "/challenge", summary: "A task for somebody without a confirmed session, asked for with challenge.required while a forum is under pressure, by ALTCHA's protocol. Its solution is good for one write",
		parameters: []object{{"name": "for", "in": "query", "required": true, "description": "a forum's id, or suggestions", "schema": textSchema}}, status: "200", answer: ref("Challenge")},
	{method: "get", path: "/forums", summary: "Forums that citizens may see",
		parameters: []object{query("status", publicStatuses...), query("track", forum.General, forum.Youth), searchParameter, pageParameter, sizeParameter},
		status:     "200", answer: listOf("Topic")},
	{method: "get", path: "/forums/{id}", summary: "A topic with its approved dossier, its counts, and the city's answer once it is published",
		parameters: []object{idParameter}, status: "200", answer: ref("TopicWithDossier"), refusals: []string{"404"}},
	{method: "get", path: "/forums/{id}/opinions", summary: "The board: published opinions",
		parameters: []object{idParameter, query("sort", boardSorts...),
			{"name": "theme", "in": "query", "description": "one of the terms that the published response answers", "schema": textSchema}, searchParameter, untilParameter, pageParameter, sizeParameter},
		status: "200", answer: listOf("Opinion"), refusals: []string{"404"}},
	{method: "post", path: "/forums/{id}/opinions", summary: "Post an opinion. The receipt opens its status; keep it secret",
		parameters: []object{idParameter, keyParameter(true)}, body: ref("NewOpinion"),
		status: "201", answer: ref("Accepted"), refusals: []string{"404", "409"}},
	{method: "get", path: "/forums/{id}/results", summary: "The answer, the best opinions and the follow-up, after publication",
		parameters: []object{idParameter}, status: "200", answer: ref("Results"), refusals: []string{"404"}},
	{method: "get", path: "/forums/{id}/export.csv", summary: "All published opinions as CSV, after publication",
		parameters: []object{idParameter}, status: "200", answer: object{"type": "string"}, media: "text/csv", refusals: []string{"404"}},
	{method: "get", path: "/forums/{id}/export.json", summary: "All published opinions as JSON, after publication",
		parameters: []object{idParameter}, status: "200", answer: object{"type": "array", "items": ref("OpenOpinion")}, refusals: []string{"404"}},
	{method: "get", path: "/forums/{id}/days.csv", summary: "Opinions, votes and hits per civil day of the period as CSV, the hits also by the language of the page, after publication. A language's cells are empty where it isn't known",
		parameters: []object{idParameter}, status: "200", answer: object{"type": "string"}, media: "text/csv", refusals: []string{"404"}},
	{method: "put", path: "/opinions/{id}/vote", summary: "Vote for or against an opinion, or change one's vote",
		parameters: []object{idParameter, keyParameter(false)}, body: ref("NewVote"),
		status: "200", answer: ref("Tally"), refusals: []string{"401", "404", "409"}},
	{method: "delete", path: "/opinions/{id}/vote", summary: "Take one's vote back",
		parameters: []object{idParameter, keyParameter(false)}, status: "200", answer: ref("Tally"), refusals: []string{"401", "404", "409"}},
	{method: "delete", path: "/opinions/{id}", summary: "Withdraw one's own opinion: by its receipt in the header X-Receipt or in the body",
		parameters: []object{idParameter, {"name": "X-Receipt", "in": "header", "schema": receiptSchema}},
		body:       fields(object{"receipt": receiptSchema}, "receipt"), bodyOptional: true,
		status: "200", answer: fields(object{"id": idSchema, "status": textSchema}), refusals: []string{"404", "409"}},
	{method: "post", path: "/opinions/{id}/report", summary: "Report an opinion to the moderators, once; it stays public until they answer. Known by the browser's cookie, which a 401 brings",
		parameters: []object{idParameter}, body: fields(object{"reason": enum(forum.ReasonCodes...), "text": textSchema, "altcha": solutionSchema}, "reason"),
		status: "200", answer: fields(object{"id": idSchema, "reported": object{"type": "boolean"}}, "id", "reported"), refusals: []string{"401", "404", "409"}},
	{method: "post", path: "/opinions/{id}/appeal", summary: "Appeal against the hiding of one's own opinion, once: by its receipt in the header X-Receipt or in the body",
		parameters: []object{idParameter, {"name": "X-Receipt", "in": "header", "schema": receiptSchema}}, body: fields(object{"text": textSchema, "receipt": receiptSchema}, "text"),
		status: "200", answer: fields(object{"id": idSchema, "appeal": textSchema}, "id", "appeal"), refusals: []string{"404", "409"}},
	{method: "get", path: "/suggestions", summary: "Accepted suggestions",
		parameters: []object{query("status", suggestionStatuses...), query("track", forum.General, forum.Youth), searchParameter, pageParameter, sizeParameter},
		status:     "200", answer: listOf("Suggestion")},
	{method: "post", path: "/suggestions", summary: "Suggest a topic",
		parameters: []object{keyParameter(true)}, body: ref("NewSuggestion"),
		status: "201", answer: ref("Accepted")},
	{method: "get", path: "/suggestions/{id}", summary: "One suggestion", parameters: []object{idParameter}, status: "200", answer: ref("Suggestion"), refusals: []string{"404"}},
	{method: "put", path: "/suggestions/{id}/support", summary: "Support a suggestion, as a confirmed citizen",
		parameters: []object{idParameter, keyParameter(false)}, status: "200", answer: ref("Supports"), refusals: []string{"401", "404", "409"}},
	{method: "delete", path: "/suggestions/{id}/support", summary: "Take one's support back",
		parameters: []object{idParameter, keyParameter(false)}, status: "200", answer: ref("Supports"), refusals: []string{"401", "404", "409"}},
	{method: "get", path: "/receipts/{receipt}", summary: "What became of what was sent, up to the answering paragraph",
		parameters: []object{{"name": "receipt", "in": "path", "required": true, "schema": receiptSchema}},
		status:     "200", answer: ref("ReceiptStatus"), refusals: []string{"404"}},
	{method: "post", path: "/session", summary: "Have a six-digit code mailed; the answer is the same for every address",
		body: fields(object{"email": emailSchema}, "email"), status: "202", answer: fields(object{"expires_in": countSchema})},
	{method: "post", path: "/session/confirm", summary: "Turn the code into a session: a cookie. The address may be left out where the cookie of the first call is kept",
		body: fields(object{"code": textSchema, "email": emailSchema}, "code"), status: "200", answer: fields(object{"until": timeSchema})},
	{method: "delete", path: "/session", summary: "End the session", status: "204"},
	{method: "get", path: "/me/news", summary: "How often whoever is signed in hears of what they follow", status: "200", answer: ref("News"), refusals: []string{"401"}},
	{method: "put", path: "/me/news", summary: "Choose it: a letter a day, each at once, or none, which ends every subscription", body: ref("News"),
		status: "200", answer: ref("News"), refusals: []string{"401"}},
	{method: "post", path: "/subscriptions", summary: "Get news of one forum or of all; a mail asks to confirm",
		body: fields(object{"email": emailSchema, "forum": idSchema}, "email"), status: "202", answer: fields(object{"status": textSchema}), refusals: []string{"404"}},
	{method: "get", path: "/openapi.json", summary: "This document", status: "200", answer: object{"type": "object"}},
}

var refusalTexts = map[string]string{
	"400": "What was sent can't be read: no UTF-8, NUL or control characters, no JSON", "401": "Nobody is signed in, or not in the way that the forum's identity asks for",
	"403": "Another site's page made a browser send this, or the forum is under pressure (challenge.required; fields.challenge is where a task is)", "404": "No such thing, or not public",
	"409": "The right request at the wrong moment, as after the close", "413": "Too large", "415": "Another content type than application/json",
	"422": "Something to mend; the field is in fields.field", "429": "Too many requests; see Retry-After", "500": "A fault of ours; tell us the request_id", "503": "Try again soon; see Retry-After",
}

// mayAnswer is every refusal that a program may meet: its own, and those of each call that has a body, is asked something or
// changes something.
func (o operation) mayAnswer() []string {
	all := append([]string{"429", "500", "503"}, o.refusals...)
	if o.method != "get" {
		all = append(all, "403")
	}
	if o.body != nil {
		all = append(all, "400", "413", "415", "422")
	}
	for _, p := range o.parameters {
		if p["in"] != "path" {
			all = append(all, "400", "422")
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// openAPI is the OpenAPI 3.1 document of this installation.
func openAPI(address string) object {
	paths := object{}
	for _, o := range operations {
		path, ok := paths[o.path].(object)
		if !ok {
			path = object{}
			paths[o.path] = path
		}
		path[o.method] = o.document()
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Acropolis: policy forums of a city", "version": "1", "description": strings.Join([]string{
			"Every refusal is an RFC 9457 problem document in the language of Accept-Language (ko, en, zh, ja), with a stable code and key.",
			"Writes carry an Idempotency-Key: the same key and body get the same answer with Idempotency-Replayed: true, another body 422.",
			"Keys are scoped to the browser's cookie; a program without cookies sends at least 16 random characters. Keep cookies always or never.",
			"Texts are normalised to NFC; lengths are in characters.",
		}, " ")},
		"servers":    []object{{"url": address + "/api/v1"}},
		"paths":      paths,
		"components": object{"schemas": schemas, "securitySchemes": object{"session": object{"type": "apiKey", "in": "cookie", "name": sessionCookie}}},
	}
}

func (o operation) document() object {
	media := o.media
	if media == "" {
		media = "application/json"
	}
	success := object{"description": "Done"}
	if o.answer != nil {
		success["content"] = object{media: object{"schema": o.answer}}
	}
	if o.status == "201" {
		success["headers"] = object{"Location": object{"description": "where the receipt opens", "schema": textSchema},
			"Idempotency-Replayed": object{"description": "true for an answer given before", "schema": textSchema}}
	}
	responses := object{o.status: success}
	for _, status := range o.mayAnswer() {
		refusal := object{"description": refusalTexts[status], "content": object{"application/problem+json": object{"schema": ref("Problem")}}}
		if status == "429" || status == "503" {
			refusal["headers"] = object{"Retry-After": object{"description": "seconds to wait", "required": true, "schema": countSchema}}
		}
		responses[status] = refusal
	}
	document := object{"summary": o.summary, "operationId": o.method + operationName.Replace(o.path), "responses": responses}
	if o.parameters != nil {
		document["parameters"] = o.parameters
	}
	if slices.Contains(o.refusals, "401") {
		document["security"] = []object{{"session": []string{}}, {}} // a forum that knows the browser needs nobody signed in
	}
	if o.body != nil {
		document["requestBody"] = object{"required": !o.bodyOptional, "content": object{"application/json": object{"schema": o.body}}}
	}
	return document
}

var operationName = strings.NewReplacer("/", "_", "{", "", "}", "", ".", "_")
