package ics_test

import (
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/ics"
)

// file is a calendar of events, each given by its lines.
func file(events ...string) []byte {
	text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//KO\n"
	for _, e := range events {
		text += "BEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n" + e + "\nEND:VEVENT\n"
	}
	return []byte(strings.ReplaceAll(text+"END:VCALENDAR\n", "\n", "\r\n"))
}

func TestWholeDaysAreHolidays(t *testing.T) {
	days, err := ics.Holidays(append([]byte("\ufeff"), file(
		"DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225\nSUMMARY:임시공휴일\\, 국무회의 \n  의결",
		"DTSTART;VALUE=DATE:20270503\nSUMMARY:하루",
		"DTSTART;VALUE=DATE:20270226\nDTEND;VALUE=DATE:20270301\nSUMMARY:사흘",
		"DTSTART;VALUE=DATE:20270503\nSUMMARY:같은 날",
		"DTSTART;VALUE=DATE:20270504\nSUMMARY:취소된 날\nSTATUS:CANCELLED")...))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range days {
		if h.Kind != forum.Imported {
			t.Errorf("%s is %s", h.Day, h.Kind)
		}
		got = append(got, h.Day+" "+h.Name)
	}
	want := "2026-12-24 임시공휴일, 국무회의 의결|2027-02-26 사흘|2027-02-27 사흘|2027-02-28 사흘|2027-05-03 하루"
	if strings.Join(got, "|") != want {
		t.Errorf("%v", got)
	}
}

func TestWhatMakesNoHolidayIsRefusedByName(t *testing.T) {
	many := make([]string, 14)
	for i := range many {
		many[i] = "DTSTART;VALUE=DATE:20" + string(rune('3'+i/10)) + string(rune('0'+i%10)) + "0101\nDTEND;VALUE=DATE:20" + string(rune('3'+i/10)) + string(rune('0'+i%10)) + "0201\nSUMMARY:한 달"
	}
	for key, content := range map[string][]byte{
		"calendar_file.unreadable": []byte("날짜,이름\n2026-12-24,임시공휴일\n"),
		"calendar_file.not_a_day":  file("DTSTART:20261224T090000Z\nSUMMARY:회의"),
		"calendar_file.repeats":    file("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY\nSUMMARY:해마다"),
		"calendar_file.too_long":   file("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20270201\nSUMMARY:두 달"),
		"calendar_file.too_many":   file(many...),
		"holiday.none":             file(),
	} {
		_, err := ics.Holidays(content)
		refusal := forum.RefusalIn(err)
		if refusal == nil || refusal.Key != key {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	for name, content := range map[string][]byte{
		"EUC-KR":         append(file(), 0xc0, 0xd3),
		"nothing":        nil,
		"end before":     file("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224\nSUMMARY:빈 날"),
		"for a duration": file("DTSTART;VALUE=DATE:20261224\nDURATION:P1D\nSUMMARY:하루"),
		"no start":       file("SUMMARY:언제인지"),
		"cut off":        file("DTSTART;VALUE=DATE:20261224\nSUMMARY:하루")[:60],
	} {
		if days, err := ics.Holidays(content); forum.CodeOf(err) != forum.Invalid {
			t.Errorf("%s: %v, %v", name, days, err)
		}
	}
}

func FuzzHolidays(f *testing.F) {
	f.Add(file("DTSTART;VALUE=DATE:20261224\nSUMMARY:하루"))
	f.Fuzz(func(t *testing.T, content []byte) {
		days, err := ics.Holidays(content)
		if (err == nil) != (len(days) > 0) || len(days) > ics.MaxDays+31 {
			t.Errorf("%d days, %v", len(days), err)
		}
	})
}
