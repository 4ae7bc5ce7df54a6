package activities

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"
	_ "time/tzdata"

	"acropolis/forum"
)

//go:embed letters
var letterFiles embed.FS

// Letters writes mails: a text per kind and language, its first line the subject. Citizens' are in four languages, staff's in two.
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
	for _, lang := range []string{"ko", "en", "zh", "ja"} {
		funcs := template.FuncMap{"when": func(at string) string { return when(at, lang, zone) },
			"until": func(at string) string { return until(at, lang, zone) }, "fields": strings.Fields,
			"day": func(day string) string { return dayOf(day, lang) }, "digest": digest, "instant": instant, "place": place, "news": news,
			"others": func(topics []*newsTopic) int { return len(topics) - 1 }}
		words, err := template.New(lang).Funcs(funcs).Option("missingkey=error").ParseFS(letterFiles, "letters/"+lang+"/*.txt")
		if err != nil {
			return nil, err
		}
		for _, kind := range forum.MailKinds {
			if words.Lookup(string(kind)+".txt") == nil && !(further[lang] && slices.Contains(forum.StaffKinds, kind)) {
				return nil, fmt.Errorf("letters/%s/%s.txt is missing", lang, kind)
			}
		}
		if words.Lookup(newsFoot) == nil {
			return nil, fmt.Errorf("letters/%s/%s is missing", lang, newsFoot)
		}
		l.words[lang] = words
	}
	return l, nil
}

// newsFoot ends each letter with news: how to get less of it, or none.
const newsFoot = "news_foot.txt"

// further are the languages that citizens have and staff lack.
var further = map[string]bool{"zh": true, "ja": true}

// Write gives a letter's subject and text in the recipient's language.
func (l *Letters) Write(letter forum.Letter) (subject, text string, err error) {
	lang := l.langOf(letter)
	var out strings.Builder
	data := map[string]any{"Public": l.PublicURL + "/" + lang, "Office": l.OfficeURL + "/" + lang, "Subject": letter.Subject, "Data": letter.Data,
		"Unsubscribe": letter.Unsubscribe}
	if err := l.words[lang].ExecuteTemplate(&out, string(letter.Kind)+".txt", data); err != nil {
		return "", "", err
	}
	if letter.Unsubscribe != "" {
		if err := l.words[lang].ExecuteTemplate(&out, newsFoot, data); err != nil {
			return "", "", err
		}
	}
	subject, text, _ = strings.Cut(out.String(), "\n")
	return subject, strings.TrimLeft(text, "\n"), nil
}

// langOf is the language in which a letter is written: its reader's, where it has words in it.
func (l *Letters) langOf(letter forum.Letter) string {
	switch {
	case l.words[letter.Lang] == nil:
		return "ko"
	case l.words[letter.Lang].Lookup(string(letter.Kind)+".txt") == nil:
		return "en"
	}
	return letter.Lang
}

// unsubscribeURL is where a mail program sends its one-click end of the news.
func (l *Letters) unsubscribeURL(letter forum.Letter) string {
	if letter.Unsubscribe == "" {
		return ""
	}
	return l.PublicURL + "/unsubscribe/" + letter.Unsubscribe
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

// until writes an end: midnight is 24:00 of the day that ends with it.
func until(at, lang string, zone *time.Location) string {
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil || t.In(zone).Format(time.TimeOnly) != "00:00:00" {
		return when(at, lang, zone)
	}
	return strings.TrimSuffix(when(t.Add(-time.Second).Format(time.RFC3339Nano), lang, zone), "23:59") + "24:00"
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
	switch lang {
	case "en":
		return t.Format("2 January 2006 (Mon)")
	case "zh":
		return t.Format("2006年1月2日") + "（星期" + weekday(t, "日一二三四五六") + "）"
	case "ja":
		return t.Format("2006年1月2日") + "（" + weekday(t, "日月火水木金土") + "）"
	}
	return t.Format("2006. 1. 2.") + "(" + weekday(t, "일월화수목금토") + ")"
}

func weekday(t time.Time, names string) string { return string([]rune(names)[t.Weekday()]) }
