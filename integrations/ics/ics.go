// Package ics reads holidays from a calendar file (iCalendar, RFC 5545), as almanacs and other calendars hand them out.
package ics

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ical "github.com/arran4/golang-ical"

	"acropolis/forum"
)

// What a file may hold: a year's holidays are some twenty days.
const (
	MaxDays  = 366
	maxRange = 31 // days of one event
)

const unnamed = "휴일" // what a day of an event without a name is called

// Holidays reads the days of a calendar's events: whole days, one or several in a row, each with its name; the first name of
// a day counts. Times, repetitions and cancelled events make no holiday. It refuses (Invalid) what is no calendar in UTF-8
// "calendar_file.unreadable", and by the event's name one that has a time "calendar_file.not_a_day", that repeats
// "calendar_file.repeats", that is too long "calendar_file.too_long"; also too many days "calendar_file.too_many" and a file
// without one "holiday.none".
func Holidays(file []byte) ([]forum.Holiday, error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) {
		return nil, forum.Refuse(forum.Invalid, "calendar_file.unreadable").At("file")
	}
	calendar, err := ical.ParseCalendar(bytes.NewReader(file))
	if err != nil || calendar == nil {
		return nil, forum.Refuse(forum.Invalid, "calendar_file.unreadable").At("file")
	}
	named := map[string]string{}
	for _, event := range calendar.Events() {
		if strings.EqualFold(value(event, ical.ComponentPropertyStatus), "CANCELLED") {
			continue
		}
		days, err := daysOf(event)
		if err != nil {
			return nil, err
		}
		for _, day := range days {
			if _, twice := named[day]; !twice {
				named[day] = cmp.Or(nameOf(event), unnamed)
			}
		}
		if len(named) > MaxDays {
			return nil, forum.Refuse(forum.Invalid, "calendar_file.too_many").At("file")
		}
	}
	if len(named) == 0 {
		return nil, forum.Refuse(forum.Invalid, "holiday.none").At("file")
	}
	var all []forum.Holiday
	for day, name := range named {
		all = append(all, forum.Holiday{Day: day, Name: name, Kind: forum.Imported})
	}
	slices.SortFunc(all, func(a, b forum.Holiday) int { return strings.Compare(a.Day, b.Day) })
	return all, nil
}

// daysOf are an event's days; its end, where it has one, is the day after the last.
func daysOf(event *ical.VEvent) ([]string, error) {
	named := func(refusal *forum.Error) error { return refusal.At("file").With("event", nameOf(event)) }
	for _, repeats := range []ical.ComponentProperty{ical.ComponentPropertyRrule, ical.ComponentPropertyRdate} {
		if event.HasProperty(repeats) {
			return nil, named(forum.Refuse(forum.Invalid, "calendar_file.repeats"))
		}
	}
	first, err := time.Parse("20060102", value(event, ical.ComponentPropertyDtStart))
	if err != nil || event.HasProperty(ical.ComponentPropertyDuration) {
		return nil, named(forum.Refuse(forum.Invalid, "calendar_file.not_a_day"))
	}
	end := first.AddDate(0, 0, 1)
	if event.HasProperty(ical.ComponentPropertyDtEnd) {
		if end, err = time.Parse("20060102", value(event, ical.ComponentPropertyDtEnd)); err != nil || !end.After(first) {
			return nil, named(forum.Refuse(forum.Invalid, "calendar_file.not_a_day"))
		}
	}
	if end.After(first.AddDate(0, 0, maxRange)) {
		return nil, named(forum.Refuse(forum.Invalid, "calendar_file.too_long"))
	}
	var days []string
	for day := first; day.Before(end); day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(time.DateOnly))
	}
	return days, nil
}

func value(event *ical.VEvent, name ical.ComponentProperty) string {
	if p := event.GetProperty(name); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}

// nameOf is an event's name on one line.
func nameOf(event *ical.VEvent) string {
	return strings.Join(strings.Fields(ical.FromText(value(event, ical.ComponentPropertySummary))), " ")
}
