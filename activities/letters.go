package activities

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"
	_ "time/tzdata"

	"acropolis/forum"
)

//go:embed letters
var letterFiles embed.FS

// Letters writes mails: a text per kind and language, its first line the subject.
type Letters struct {
	PublicURL, OfficeURL string // without a slash at the end
	words                map[string]*template.Template
}

// LoadLetters reads every letter; one missing in a language is an error.
func LoadLetters(publicURL, officeURL string) (*Letters, error) {
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		return nil, err
	}
	l := &Letters{PublicURL: publicURL, OfficeURL: officeURL, words: map[string]*template.Template{}}
	for _, lang := range []string{"ko", "en"} {
		funcs := template.FuncMap{"when": func(at string) string { return when(at, lang, zone) }, "fields": strings.Fields,
			"day": func(day string) string { return dayOf(day, lang) }, "digest": digest, "instant": instant, "place": place}
		words, err := template.New(lang).Funcs(funcs).Option("missingkey=error").ParseFS(letterFiles, "letters/"+lang+"/*.txt")
		if err != nil {
			return nil, err
		}
		for _, kind := range forum.MailKinds {
			if words.Lookup(string(kind)+".txt") == nil {
				return nil, fmt.Errorf("letters/%s/%s.txt is missing", lang, kind)
			}
		}
		l.words[lang] = words
	}
	return l, nil
}

// further are the languages that the public pages have and the letters lack: their readers get an English letter that leads
// to their own pages.
var further = map[string]bool{"zh": true, "ja": true}

// Write gives a letter's subject and text in the recipient's language.
func (l *Letters) Write(letter forum.Letter) (subject, text string, err error) {
	lang, pages := letter.Lang, letter.Lang
	if l.words[lang] == nil {
		lang, pages = "ko", "ko"
		if further[letter.Lang] {
			lang, pages = "en", letter.Lang
		}
	}
	var out strings.Builder
	err = l.words[lang].ExecuteTemplate(&out, string(letter.Kind)+".txt", map[string]any{
		"Public": l.PublicURL + "/" + pages, "Office": l.OfficeURL + "/" + lang, "Subject": letter.Subject, "Data": letter.Data,
	})
	if err != nil {
		return "", "", err
	}
	subject, text, _ = strings.Cut(out.String(), "\n")
	return subject, strings.TrimLeft(text, "\n"), nil
}

// when writes an instant as the city reads it: 2026. 11. 23.(월) 18:00.
func when(at, lang string, zone *time.Location) string {
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return at
	}
	t = t.In(zone)
	if lang == "en" {
		return date(t, lang) + t.Format(", 15:04")
	}
	return date(t, lang) + t.Format(" 15:04")
}

// dayOf writes a day of the city: 2026. 11. 23.(월).
func dayOf(day, lang string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return date(t, lang)
}

func date(t time.Time, lang string) string {
	if lang == "en" {
		return t.Format("2 January 2006 (Mon)")
	}
	return t.Format("2006. 1. 2.") + "(" + []string{"일", "월", "화", "수", "목", "금", "토"}[t.Weekday()] + ")"
}
