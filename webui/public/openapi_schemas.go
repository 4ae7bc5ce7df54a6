package public

import (
	"math"

	"acropolis/forum"
)

// The shapes of the API's documents. A test reads real answers against them.
var (
	textSchema     = object{"type": "string"}
	countSchema    = object{"type": "integer"}
	truthSchema    = object{"type": "boolean"}
	timeSchema     = object{"type": "string", "format": "date-time"}
	daySchema      = object{"type": "string", "format": "date"}
	idSchema       = object{"type": "string", "format": "uuid"}
	solutionSchema = object{"type": "string", "maxLength": maxSolution, "description": "under pressure: the solution of a task, as JSON {algorithm, challenge, number, salt, signature} in base64"}
	emailSchema    = object{"type": "string", "format": "email", "maxLength": 254}

	receiptSchema  = object{"type": "string", "pattern": "^[0-9a-f]{32}$"}
	idParameter    = object{"name": "id", "in": "path", "required": true, "schema": idSchema}
	untilParameter = object{"name": "until", "in": "query", "description": "only what was accepted until this Unix time: pages stay what they are while new opinions come",
		"schema": object{"type": "number", "minimum": 1, "maximum": math.MaxInt32}}
	searchParameter = object{"name": "q", "in": "query", "schema": object{"type": "string", "maxLength": queryMax}}
	pageParameter   = object{"name": "page", "in": "query", "schema": object{"type": "integer", "minimum": 1, "default": 1}}
	sizeParameter   = object{"name": "size", "in": "query", "schema": object{"type": "integer", "minimum": 1, "maximum": pageSizeMax, "default": pageSize}}
)

func keyParameter(required bool) object {
	return object{"name": "Idempotency-Key", "in": "header", "required": required, "schema": object{"type": "string", "minLength": 1, "maxLength": 100}}
}

func query[T ~string](name string, values ...T) object {
	return object{"name": name, "in": "query", "schema": object{"type": "string", "enum": values}}
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func arrayOf(items object) object { return object{"type": "array", "items": items} }

func listOf(name string) object {
	return fields(object{"items": arrayOf(ref(name)), "page": countSchema, "size": countSchema, "total": countSchema}, "items", "page", "size", "total")
}

// fields is an object with these properties, of which some are required; it has no others.
func fields(properties object, required ...string) object {
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func upTo(most int) object { return object{"type": "string", "maxLength": most} }

func sized(least, most int) object {
	return object{"type": "string", "minLength": least, "maxLength": most}
}

func enum[T ~string](values ...T) object { return object{"type": "string", "enum": values} }

// topicFields are a topic's, together with more.
func topicFields(more object) object {
	properties := object{
		"id": idSchema, "number": textSchema, "status": enum(publicStatuses...), "takes_opinions": truthSchema, "track": enum(forum.General, forum.Youth),
		"lang": textSchema, "title": textSchema, "title_en": textSchema, "summary": textSchema, "summary_en": textSchema,
		"identity":   enum(forum.IdentityEmail, forum.IdentityDevice, forum.IdentitySSO),
		"moderation": enum(forum.ModerateAfter, forum.ModerateBefore), "department": textSchema, "department_name": textSchema,
		"opens_at": timeSchema, "closes_at": timeSchema, "days": countSchema, "reason": textSchema, "imported": truthSchema, "counts": ref("Counts"),
	}
	for name, schema := range more {
		properties[name] = schema
	}
	return fields(properties, "id", "number", "status", "takes_opinions", "title", "counts")
}

// On the youth track the age is asked, and a child's address waits for its guardian's consent.
var (
	ageSchema      = object{"type": "string", "enum": forum.Ages, "description": "required on the youth track"}
	guardianSchema = object{"type": "string", "format": "email", "description": "under fourteen, beside an e-mail address: whom to ask for consent"}
)

func mediaTypes() []string {
	all := make([]string, len(forum.FileTypes))
	for i, t := range forum.FileTypes {
		all[i] = t.Media()
	}
	return all
}

var schemas = object{
	"Problem": object{"type": "object", "required": []string{"type", "title", "status", "detail", "code", "key"}, "properties": object{
		"type": textSchema, "title": textSchema, "status": countSchema, "detail": textSchema, "code": textSchema, "key": textSchema,
		"fields": object{"type": "object", "additionalProperties": textSchema}, "errors": arrayOf(object{"type": "object"}), "request_id": textSchema}},
	"Counts": fields(object{"opinions": countSchema, "voters": countSchema, "votes_for": countSchema, "votes_against": countSchema, "hits": countSchema}, "opinions", "voters", "votes_for", "votes_against", "hits"),
	"Topic":  topicFields(nil),
	"TopicWithDossier": topicFields(object{"response": ref("Response"), "dossier": fields(object{
		"version": countSchema, "items": arrayOf(ref("DossierItem")), "sha256": textSchema, "document": textSchema, "saved_at": timeSchema,
		"invited_opinions": arrayOf(ref("ExpertsOpinion"))}, "version", "items", "invited_opinions")}),
	"ExpertsOpinion": fields(object{"title": textSchema, "body": object{"type": "string", "description": "Markdown"}, "name": textSchema, "affiliation": textSchema,
		"stance": enum(forum.StanceFor, forum.StanceAgainst, forum.StanceNeutral), "lang": textSchema, "submitted_at": timeSchema, "published_at": timeSchema},
		"title", "body", "name", "stance", "lang", "submitted_at", "published_at"),
	"DossierItem": fields(object{"kind": enum(forum.ItemKinds...), "title": textSchema, "body": object{"type": "string", "description": "Markdown"}, "link": textSchema,
		"name": textSchema, "affiliation": textSchema, "stance": enum(forum.StanceFor, forum.StanceAgainst, forum.StanceNeutral),
		"alt": object{"type": "string", "description": "what a picture shows, for whoever can't see it"}, "file": fields(object{
			"url": object{"type": "string", "format": "uri"}, "name": textSchema, "type": enum(mediaTypes()...), "size": object{"type": "integer", "minimum": 1, "maximum": forum.FileMax},
			"sha256": object{"type": "string", "pattern": "^[0-9a-f]{64}$"}}, "url", "name", "type", "size", "sha256")}, "kind", "title", "body"),
	"Opinion": fields(object{"id": idSchema, "forum": idSchema, "number": textSchema, "status": textSchema, "title": textSchema, "text": textSchema, "pseudonym": textSchema, "district": textSchema,
		"lang": textSchema, "dossier_version": countSchema, "accepted_at": timeSchema, "for": countSchema, "against": countSchema, "mine": enum(forum.For, forum.Against), "awarded": truthSchema,
		"channel": enum(forum.Channels...), "received_on": daySchema},
		"id", "forum", "number", "status", "text", "lang", "accepted_at", "for", "against"),
	"NewOpinion": fields(object{"text": sized(forum.OpinionTextMin, forum.OpinionTextMax), "title": upTo(forum.OpinionTitleMax), "pseudonym": upTo(forum.PseudonymMax),
		"district": upTo(forum.DistrictMax), "email": emailSchema, "lang": object{"type": "string", "pattern": "^[a-z]{2,3}$"},
		"age": ageSchema, "guardian": guardianSchema, "altcha": solutionSchema}, "text"),
	"Challenge": fields(object{"algorithm": enum(hashName), "challenge": textSchema, "maxnumber": countSchema, "salt": textSchema, "signature": textSchema},
		"algorithm", "challenge", "maxnumber", "salt", "signature"),
	"OpenOpinion": fields(object{"number": textSchema, "accepted_at": timeSchema, "lang": textSchema, "title": textSchema, "text": textSchema, "district": textSchema, "for": countSchema, "against": countSchema,
		"channel": enum(append([]forum.Channel{""}, forum.Channels...)...)},
		"number", "accepted_at", "lang", "title", "text", "district", "for", "against", "channel"),
	"Accepted": fields(object{"id": idSchema, "number": textSchema, "receipt": receiptSchema, "status": textSchema, "accepted_at": timeSchema}, "id", "number", "receipt", "status"),
	"NewVote":  fields(object{"choice": enum(forum.For, forum.Against), "altcha": solutionSchema}, "choice"),
	"News":     fields(object{"news": enum(forum.NewsChoices...)}, "news"),
	"Tally":    fields(object{"for": countSchema, "against": countSchema, "mine": enum(forum.For, forum.Against, forum.NoChoice)}, "for", "against", "mine"),
	"Suggestion": fields(object{"id": idSchema, "number": textSchema, "status": textSchema, "track": enum(forum.General, forum.Youth), "kind": enum(forum.ByCitizen, forum.ByExpert, forum.ByOfficial),
		"title": textSchema, "text": textSchema, "pseudonym": textSchema, "lang": textSchema, "supports": countSchema, "submitted_at": timeSchema, "reason": textSchema, "merged_into": idSchema, "forum": idSchema,
		"channel": enum(forum.Channels...), "received_on": daySchema},
		"id", "number", "status", "title", "text", "supports"),
	"NewSuggestion": fields(object{"title": sized(forum.SuggestionTitleMin, forum.SuggestionTitleMax), "text": sized(forum.SuggestionTextMin, forum.SuggestionTextMax),
		"pseudonym": upTo(forum.PseudonymMax), "track": enum(forum.General, forum.Youth), "email": emailSchema, "lang": object{"type": "string", "pattern": "^[a-z]{2,3}$"},
		"age": ageSchema, "guardian": guardianSchema, "altcha": solutionSchema}, "title", "text"),
	"Supports":  fields(object{"supports": countSchema, "mine": truthSchema}, "supports", "mine"),
	"Paragraph": fields(object{"text": textSchema, "disposition": enum(forum.Dispositions...), "reason": textSchema, "terms": arrayOf(textSchema)}, "text", "disposition"),
	"Response": fields(object{"published_at": timeSchema, "document": textSchema, "sha256": textSchema, "paragraphs": arrayOf(ref("Paragraph")),
		"corrections": arrayOf(fields(object{"at": timeSchema, "reason": textSchema}, "at", "reason"))}, "published_at", "paragraphs", "corrections"),
	"ReceiptStatus": fields(object{"noun": enum(forum.TheOpinion, forum.TheSuggestion), "status": textSchema, "number": textSchema, "opinion": ref("Opinion"), "suggestion": ref("Suggestion"),
		"forum": ref("Topic"), "history": arrayOf(fields(object{"status": textSchema, "at": timeSchema, "code": enum(forum.ReasonCodes...), "reason": textSchema}, "status", "at")), "answer": ref("Paragraph"),
		"held_for": arrayOf(textSchema), "appeal": fields(object{"text": textSchema, "at": timeSchema, "status": textSchema, "reason": textSchema, "settled_at": timeSchema}, "text", "at", "status"),
		"award": fields(object{"status": textSchema, "rank": countSchema, "answer_by": timeSchema}, "status")}, "noun", "status", "number", "history"),
	"Figures": fields(object{"opinions": countSchema, "authors": countSchema, "voters": countSchema, "votes_for": countSchema, "votes_against": countSchema, "hits": countSchema,
		"days": arrayOf(fields(object{"date": daySchema, "opinions": countSchema, "votes_for": countSchema, "votes_against": countSchema, "hits": countSchema,
			"hits_by_language": object{"type": "object", "additionalProperties": countSchema,
				"description": "the same hits by the language of the page; absent where it isn't known, as in what was imported"}}, "date", "opinions", "votes_for", "votes_against", "hits")),
		"districts": arrayOf(fields(object{"name": textSchema, "opinions": countSchema}, "name", "opinions")), "frozen_at": timeSchema},
		"opinions", "authors", "voters", "votes_for", "votes_against", "hits", "days", "districts", "frozen_at"),
	"Results": fields(object{"forum": ref("Topic"), "figures": ref("Figures"), "response": ref("Response"), "awards": arrayOf(fields(object{
		"rank": countSchema, "opinion": idSchema, "number": textSchema, "title": textSchema, "text": textSchema, "pseudonym": textSchema,
		"channel": textSchema, "received_on": textSchema}, "rank", "opinion", "number", "text")),
		"milestones":       arrayOf(fields(object{"id": idSchema, "title": textSchema, "due": timeSchema, "status": textSchema, "done_at": timeSchema, "note": textSchema}, "id", "title", "due", "status")),
		"invited_opinions": arrayOf(ref("ExpertsOpinion")),
		"excluded_votes": fields(object{"votes": countSchema, "voters": countSchema, "reasons": object{"type": "array", "items": textSchema,
			"description": "what they had in common: network, domain, burst, vector, age, copies, choice"}}, "votes", "voters", "reasons")},
		"forum", "figures", "response", "awards", "milestones", "invited_opinions", "excluded_votes"),
}
