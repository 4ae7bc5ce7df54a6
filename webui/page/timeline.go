package page

import "time"

// Step is one stage of a lifecycle. Give Text or the noun and status it is named after.
type Step struct {
	Text    string
	At      time.Time // when it was reached, or will be; zero when nobody knows
	Note    string    // what it brought, or whom it waits for
	URL     string
	Done    bool
	Current bool
	Late    bool
}

// Timeline is a lifecycle as the partial "timeline" draws it.
type Timeline struct {
	Label string
	Steps []TimelineStep
}

// TimelineStep is a step in the reader's words; State is "done", "current" or "ahead", StateText says so.
type TimelineStep struct {
	Text, Note, NoteLang, URL, State, StateText string
	Day, ISO                                    string
	Late                                        bool
}

// Timeline prepares steps for the partial "timeline".
func (v *View) Timeline(steps []Step) Timeline {
	t := Timeline{Label: v.site.text(v.Lang, "timeline.label")}
	for _, step := range steps {
		one := TimelineStep{Text: step.Text, Note: step.Note, NoteLang: v.LangOf(step.Note), URL: step.URL, State: "ahead", Late: step.Late, Day: Date(v.Lang, step.At)}
		switch {
		case step.Current:
			one.State = "current"
		case step.Done:
			one.State = "done"
		}
		one.StateText = v.site.text(v.Lang, "timeline."+one.State)
		if !step.At.IsZero() {
			one.ISO = step.At.In(Seoul).Format(time.DateOnly)
		}
		t.Steps = append(t.Steps, one)
	}
	return t
}
