package journey

import (
	"context"
	"fmt"
	"time"
)

// analyse waits for figures and terms, lets the analyst sum them up and the head of the office sign.
func (j *journey) analyse(ctx context.Context) error {
	analyst, err := j.who(ctx, j.Staff.Analyst[0])
	if err != nil {
		return err
	}
	path := j.forumPage("analysis")
	var figures page
	err = await(ctx, "the analysis", 2*time.Minute, func(ctx context.Context) (bool, error) {
		p, err := analyst.read(ctx, path)
		if err != nil {
			return false, err
		}
		figures = p
		_, open := p.form("form-summary")
		return open && j.isMade(p), nil
	})
	if err != nil {
		return err
	}
	j.terms = termsOf(figures)
	err = analyst.fillAndSend(ctx, figures, "form-summary", func(f *form) error { return f.set("summary", 0, j.topic.summary(j.terms)) })
	if err != nil {
		return fmt.Errorf("save the summary: %w", err)
	}
	l := line{noun: "analysis", page: path, action: "analysis.submit", on: path, drafter: j.Staff.Analyst[0], signers: j.signers(j.Staff.Approver[0])}
	if err := j.approve(ctx, l); err != nil {
		return err
	}
	return await(ctx, "the awards to begin", patience, analyst.shows(path, "status", "awarding", "responding"))
}

// isMade says whether the analysis is there: its ranking has the opinions, unless none was accepted.
func (j *journey) isMade(p page) bool {
	for _, one := range j.posted {
		if one.ID != "" {
			return len(termsOf(p)) > 0 || firstFigure(p, "best") != ""
		}
	}
	return true
}

func firstFigure(p page, table string) string {
	for _, row := range p.rows(table) {
		for cell := range row.Descendants() {
			if cell.Data == "td" && attribute(cell, "colspan") == "" {
				return textOf(cell)
			}
		}
	}
	return ""
}

// termsOf are the frequent terms, the most frequent first.
func termsOf(p page) []string {
	var terms []string
	for _, row := range p.rows("terms") {
		if term := firstOf(row, "th"); term != "" {
			terms = append(terms, term)
		}
	}
	return terms
}
