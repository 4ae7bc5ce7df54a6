package excel

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"acropolis/forum"
)

// everyWord calls see with the path and text of every field.
func everyWord(path string, v reflect.Value, see func(path, text string)) {
	switch v.Kind() {
	case reflect.String:
		see(path, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			everyWord(path+"."+v.Type().Field(i).Name, v.Field(i), see)
		}
	case reflect.Array:
		for i := range v.Len() {
			everyWord(fmt.Sprintf("%s[%d]", path, i), v.Index(i), see)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			everyWord(path+"["+key.String()+"]", v.MapIndex(key), see)
		}
	default:
		panic(path + " is no text")
	}
}

func collected(w words) map[string]string {
	all := map[string]string{}
	everyWord("", reflect.ValueOf(w), func(path, text string) { all[path] = text })
	return all
}

var placeholder = regexp.MustCompile(`%\[\d\][sd]|%%|%s`)

func TestBothLanguagesSayEverything(t *testing.T) {
	ko, en := collected(koreanWords), collected(englishWords)
	if len(ko) != len(en) {
		t.Errorf("%d texts in Korean, %d in English", len(ko), len(en))
	}
	for path, text := range ko {
		if text == "" || en[path] == "" {
			t.Errorf("%s: Korean %q, English %q", path, text, en[path])
		}
		one, other := placeholder.FindAllString(text, -1), placeholder.FindAllString(en[path], -1)
		slices.Sort(one)
		slices.Sort(other)
		if !slices.Equal(slices.Compact(one), slices.Compact(other)) {
			t.Errorf("%s: placeholders differ: %q, %q", path, text, en[path])
		}
		if regexp.MustCompile(`[가-힣]`).MatchString(en[path]) {
			t.Errorf("%s: Korean in the English text %q", path, en[path])
		}
	}
}

func TestSheetNamesAreOnesThatExcelTakes(t *testing.T) {
	for _, w := range []words{koreanWords, englishWords} {
		seen := map[string]bool{}
		everyWord("", reflect.ValueOf(w.Sheets), func(path, name string) {
			if seen[name] || len([]rune(name)) > 31 || regexp.MustCompile(`[:\\/?*\[\]']`).MatchString(name) {
				t.Errorf("%s: %q", path, name)
			}
			seen[name] = true
		})
	}
}

// One vocabulary for citizens, staff and heads: the workbook's words for statuses are the pages'.
func TestStatusesAreCalledAsOnThePages(t *testing.T) {
	for _, w := range []words{koreanWords, englishWords} {
		raw, err := os.ReadFile("../../webui/page/locales/" + w.Lang + "/common.json")
		if err != nil {
			t.Fatal(err)
		}
		var pages map[string]any
		if err := json.Unmarshal(raw, &pages); err != nil {
			t.Fatal(err)
		}
		same := func(key, ours string) {
			if pages[key] != ours {
				t.Errorf("%s %s: %q in the workbook, %q on the pages", w.Lang, key, ours, pages[key])
			}
		}
		for status, ours := range w.ForumStatus {
			same("status.forum."+string(status), ours)
		}
		for status, ours := range w.OpinionStatus {
			same("status.opinion."+string(status), ours)
		}
		for status, ours := range w.AwardStatus {
			same("status.award."+string(status), ours)
		}
		for disposition, ours := range w.Dispositions {
			same("status.disposition."+string(disposition), ours)
		}
		if len(w.Dispositions) != len(forum.Dispositions) || len(w.ForumStatus) != 1+len(forum.ForumSteps)+1 {
			t.Errorf("%s: %d dispositions, %d statuses", w.Lang, len(w.Dispositions), len(w.ForumStatus))
		}
	}
}
