// Package office is the staff's intranet. Each file is one noun and says through a small interface of its own what it asks of
// the city's memory; routes.go is the table of contents.
//
//	desk := office.New(site, office.Options{Store: store, Directory: …, Conductor: …, Workbook: …, Sessions: sessions, Vitals: …})
//	site.Mount(engine, office.Routes(desk), desk.Guard) // page.Options has Menu: office.Menu, Templates: office.Templates()
//	http.Server{Handler: sessions.LoadAndSave(engine)}
//
// # Forms
//
// A program may use the intranet as people do: everything is an HTML form, sent as application/x-www-form-urlencoded and
// answered with 303 to the page that shows the result; what is refused comes back as the same form with 422 (or 409, 403, 503).
//
// POST /:lang/login takes name, password and next.
//
// A decision is POST /:lang/<nouns>/:id/decisions/:action, where :action is a forum.Action (assignment.propose). The form has
// the element id form-<action> and these fields; each has a key as well, a UUID made when the form was drawn, which is the
// decision's id: sent twice it is one decision. reason is always taken.
//
//	forums/:id     assignment.propose, assignment.transfer  department (code); transfer: reason
//	               assignment.accept
//	               dossier.submit, analysis.submit, response.submit  the line: reviewer[]…, consulted[]…, approver (ids);
//	                     keep_line=yes: kept as the department's usual one
//	               forum.set_period     opens_at, closes_at
//	               forum.extend         closes_at, reason, the line; after_the_fact=yes: done at once
//	               forum.close          reason, the line, confirmed=yes; after_the_fact=yes: done at once
//	               forum.suspend        reason, confirmed=yes; with a line it is approved afterwards
//	               forum.withdraw       reason, confirmed=yes
//	               forum.resume, analysis.start
//	               award.submit         pick[<award>] = place from 1, reason[<award>], the line; the form is on forums/:id/awards
//	               response.publish     confirmed=yes
//	               followup.plan        milestone_title[]…, milestone_due[]… side by side; none: reason
//	               followup.complete, followup.drop  milestone (id), reason
//	rounds/:id     round.start_scoring  suggestion[]… (ids), deadline
//	               round.choose         chosen[]… (ids), reason[<suggestion>] for each that isn't chosen
//	               round.submit_minutes the line
//	approvals/:id  approval.sign        agrees (yes, no) of a department that is consulted; final=yes: by delegation
//	               approval.return      reason, to (a place in the line from 1; 0: the drafter)
//	               approval.recall
//	               approval.settle      reason
//	awards/:id     award.deliver; the forum stands in the query: ?forum=<id>
//
// What has confirmed=yes is shown once more without it. Instants are datetime-local values in Seoul to any fraction of a second
// (2026-11-23T09:00, …:05, …:05.250) or RFC 3339; nothing is rounded. When no answer comes in time the redirect leads to
// /:lang/decisions/:key, whose <data id="outcome"> is pending, done or refused.
//
// The other forms are no decisions of a procedure:
//
//	suggestions                  kind (citizen, expert, official), track, lang, title, text, pseudonym, email, key
//	suggestions/:id/screening    to (accepted, merged, transferred, rejected), merge_into (id), reason
//	approvals/:id/comments       text, key
//	lines/:id/drop
//	delegations                  noun, department (code; empty: the city), duty, reason
//	delegations/:id/end          reason
//	calendar/holidays            day…, name…, reason; imported for those of a file
//	calendar/holidays/:day/remove  reason
//	calendar/import              file (multipart, .ics)
//	rounds                       track, month (2026-11), deadline
//	rounds/:id/scores            suggestion (id), score (1 to 5, or conflict)
//	forums/:id/dossier           base (the version one began from), do=save, and side by side for each item: item_kind[],
//	                             item_title[], item_body[], item_link[], item_name[], item_affiliation[], item_stance[]
//	forums/:id/analysis          summary
//	forums/:id/awards/scores     award (id), score (1 to 5, or conflict), reason
//	forums/:id/response          base, do=save, and side by side for each paragraph: paragraph_text[], paragraph_disposition[],
//	                             paragraph_reason[], paragraph_terms[] (separated by commas)
//	opinions/moderation          opinion[]… (<opinion>@<forum>), to (published, hidden, seen), code (of hiding), reason, key, back, confirmed=yes
//	opinions/:id/lock            take_over=yes where another moderator works on it; opinions/:id/release ends it
//	opinions/:id/appeal          to (published, dismissed), reason
//	opinions/batches/:id/undo    reason
//	forums/:id/moderation        moderation (before, after), reason
//	health/retry                 workflow, back
//	health/restart               noun, id
//	mails/:id/retry
//
// GET /:lang/approvals/:id/record.json gives a document to programs: version 1 has its exact text with the SHA-256 that is signed,
// the line, and all that was done in it (approval_record.go). /print is the same for a filing cabinet.
//
// Pages about one thing carry its status in <data id="status" value="open">; a suggestion that became a forum, <a id="forum">;
// a forum's and a round's documents, <a id="approval-<noun>">; rows of award candidates, data-award and data-opinion.
package office
