package forum_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

// TestWhatIsRefusedAtTheDoor gives each rule one value that breaks it; the field at fault is named.
func TestWhatIsRefusedAtTheDoor(t *testing.T) {
	award := forum.ID("01900000-0000-7000-8000-000000000001")
	soon := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		key, field string
		err        error
	}{
		{"award.too_many_picks", "picks", forum.ValidatePicks(slices.Repeat([]forum.AwardPick{{}}, forum.Prizes+forum.RunnersUp+1))},
		{"award.places_broken", "picks", forum.ValidatePicks([]forum.AwardPick{{Award: award, Rank: 2, Reason: "참신합니다"}})},
		{"reason.missing", "reason", forum.ValidatePicks([]forum.AwardPick{{Award: award, Rank: 1, Reason: "네"}})},
		{"score.out_of_range", "score", forum.AwardScore{Award: award, Score: forum.ScoreMax + 1}.Validate()},
		{"score.out_of_range", "mark[need]", forum.RoundScore{Marks: map[string]int{"need": forum.ScoreMin - 1}}.Validate([]forum.Criterion{{Code: "need", Weight: 1}})},
		{"track.unknown", "track", forum.Seat{Track: "old"}.Validate()},
		{"committee.ends_before_start", "until", forum.Seat{Track: forum.Youth, From: soon, Until: soon.AddDate(0, 0, -1)}.Validate()},
		{"committee.weight_out_of_range", "weight[need]", forum.ValidateCriteria([]forum.Criterion{{Code: "need", Name: "필요성", Weight: forum.WeightMax + 1}})},
		{"committee.no_criterion", "", forum.ValidateCriteria([]forum.Criterion{{Code: "need", Name: "필요성"}})},
		{"milestone.due_missing", "due", forum.Milestone{Title: "광장 개장"}.Validate()},
		{"text.too_short", "title", forum.Milestone{Title: "광", Due: soon}.Validate()},
		{"dossier.no_such_kind", "kind", forum.DossierItem{Kind: "rumour", Title: "소문", Body: "들은 이야기"}.Validate()},
		{"dossier.stance_missing", "stance", forum.DossierItem{Kind: forum.ExpertOpinion, Title: "의견", Body: "좋습니다", Name: "김전문"}.Validate()},
		{"dossier.link_malformed", "link", forum.DossierItem{Kind: forum.Video, Title: "영상", Link: "javascript:alert(1)"}.Validate()},
		{"dossier.file_missing", "file", forum.DossierItem{Kind: forum.Attachment, Title: "계획"}.Validate()},
		{"text.missing", "alt", forum.DossierItem{Kind: forum.Attachment, Title: "조감도", File: forum.DossierFile{ID: award, Type: forum.PNG}}.Validate()},
		{"dossier.too_many_files", "", forum.ValidateFiles(slices.Repeat([]forum.DossierItem{{File: forum.DossierFile{ID: award}}}, forum.FilesMax+1))},
		{"dossier.files_too_large", "", forum.ValidateFiles([]forum.DossierItem{{File: forum.DossierFile{ID: award, Size: forum.FilesBytesMax + 1}}})},
		{"file.empty", "file", forum.NewFile{Name: "a.pdf", Type: forum.PDF}.Validate()},
		{"file.ending_lies", "file", forum.NewFile{Name: "a.pdf", Type: forum.PNG, Content: []byte("a")}.Validate()},
		{"invitation.consent_missing", "consent", forum.InvitedDraft{Title: "제목", Body: "글", Stance: forum.StanceFor}.Validate(forum.InvitedOpinion)},
		{"text.too_short", "body", forum.InvitedDraft{Title: "제목", Body: "글"}.Validate(forum.InvitedSuggestion)},
		{"text.missing", "email", forum.NewInvitation{Kind: forum.InvitedSuggestion, Name: "김전문", Affiliation: "연구원"}.Validate()},
		{"response.disposition_missing", "disposition", forum.Paragraph{Text: "광장을 만듭니다."}.Validate()},
		{"reason.missing", "reason", forum.Paragraph{Text: "어렵습니다.", Disposition: forum.NotAdopted}.Validate()},
		{"opinion.no_such_answer", "to", forum.Verdict{To: "withdrawn", Reason: "까닭"}.Validate()},
		{"opinion.none_picked", "", forum.Batch{To: forum.AnswerSeen}.Validate()},
		{"opinion.no_such_answer", "to", forum.Batch{To: forum.AnswerDismiss, Reason: "까닭", Opinions: []forum.ID{award}}.Validate()},
		{"reason.missing", "code", forum.Verdict{To: forum.AnswerHide}.Validate()},
		{"reason.missing", "reason", forum.Verdict{To: forum.AnswerHide, Code: forum.AnotherCause}.Validate()},
		{"reason.missing", "reason", forum.Verdict{To: forum.AnswerDismiss}.Validate()},
		{"reason.no_such_code", "code", forum.Verdict{To: forum.AnswerHide, Code: "ugly", Reason: "까닭"}.Validate()},
		{"reason.no_such_code", "code", forum.NewReport{}.Validate()},
		{"text.missing", "text", forum.ValidateAppeal("")},
		{"suggestion.no_such_answer", "to", forum.Screening{To: forum.SuggestionSelected, Reason: "까닭"}.Validate()},
		{"suggestion.merge_target_missing", "merge_into", forum.Screening{To: forum.SuggestionMerged, Reason: "같은 내용"}.Validate()},
		{"period.in_the_past", "opens_at", forum.Period{OpensAt: soon.Add(-time.Second), ClosesAt: soon}.Validate(soon)},
		{"period.ends_before_start", "closes_at", forum.Period{OpensAt: soon, ClosesAt: soon}.Validate(soon)},
		{"text.missing", "text", forum.NewOpinion{}.Validate()},
		{"text.too_long", "title", forum.NewOpinion{Text: "광장", Title: strings.Repeat("가", forum.OpinionTitleMax+1)}.Validate()},
		{"email.malformed", "email", forum.NewOpinion{Text: "광장", Email: "nobody"}.Validate()},
		{"idempotency.missing", "Idempotency-Key", parseKey("")},
		{"idempotency.malformed", "Idempotency-Key", parseKey("줄\n바꿈")},
		{"vote.no_such_choice", "choice", parseChoice("maybe")},
	} {
		refusal := forum.RefusalIn(c.err)
		if refusal == nil || refusal.Code != forum.Invalid || refusal.Key != c.key || refusal.Fields["field"] != c.field {
			t.Errorf("got %v %v, want %s at %s", c.err, refusal, c.key, c.field)
		}
	}
}

func parseKey(key string) error {
	_, err := forum.ParseIdempotencyKey(key)
	return err
}

func parseChoice(choice string) error {
	_, err := forum.ParseChoice(choice)
	return err
}

func TestAddressesThatNameNothing(t *testing.T) {
	for _, id := range []string{"", "1", "01900000-0000-7000-8000-00000000000G", "01900000-0000-7000-8000-000000000001 "} {
		if _, err := forum.ParseID(id); !errors.Is(err, forum.Refuse(forum.NotFound, "page.not_found")) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, receipt := range []string{"", "00", strings.Repeat("0", 31), strings.Repeat("g", 32)} {
		if _, err := forum.ParseReceipt(receipt); !errors.Is(err, forum.Refuse(forum.NotFound, "receipt.not_found")) {
			t.Errorf("%q: %v", receipt, err)
		}
	}
}

// TestRefusalIsTheSameRulesWhateverItsValues: values are for the text, and adding one leaves the first refusal as it was.
func TestRefusalIsTheSameRulesWhateverItsValues(t *testing.T) {
	bare := forum.Refuse(forum.Invalid, "text.too_long")
	told := bare.At("text").With("most", "4000")
	if !errors.Is(told, bare) || errors.Is(told, forum.Refuse(forum.Conflict, "text.too_long")) || errors.Is(told, forum.Refuse(forum.Invalid, "text.missing")) {
		t.Error("two refusals are the same by code and key alone")
	}
	if len(bare.Fields) != 0 || told.Fields["field"] != "text" || told.Fields["most"] != "4000" || told.At("title").Fields["field"] != "title" {
		t.Errorf("%v %v", bare.Fields, told.Fields)
	}
	if forum.CodeOf(errors.New("pgx: …")) != forum.Internal || forum.RefusalIn(errors.New("pgx: …")) != nil {
		t.Error("an ordinary error is no refusal")
	}
}
