package journey

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Row is one opinion of the input.
type Row struct {
	Ref      string // opinion_id
	Topic    string
	Author   string // a pseudonym; "" where unknown
	Lang     string // zh of zh-TW; "" where that is no language's code
	Title    string
	Text     string
	District string
	Up, Down int // votes for and against; unknown is none
}

// ReadRows reads opinions as CSV in UTF-8 by RFC 4180, with a header. The columns opinion_id and text must be there; topic,
// author, lang, title, votes_up, votes_down and note may be; others are left alone. A note that names a district (마포구) is
// the author's.
func ReadRows(from io.Reader) ([]Row, error) {
	reader := csv.NewReader(from)
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("the input's header: %w", err)
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, needed := range []string{"opinion_id", "text"} {
		if _, ok := column[needed]; !ok {
			return nil, fmt.Errorf("the input has no column %s", needed)
		}
	}
	var rows []Row
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the input: %w", err)
		}
		row, err := rowOf(func(name string) string {
			if i, ok := column[name]; ok {
				return record[i]
			}
			return ""
		})
		if err != nil {
			line, _ := reader.FieldPos(0)
			return nil, fmt.Errorf("the input's line %d: %w", line, err)
		}
		rows = append(rows, row)
	}
}

var (
	district = regexp.MustCompile(`^\p{Hangul}{1,4}구$`)
	language = regexp.MustCompile(`^[a-z]{2,3}\b`)
)

func rowOf(value func(string) string) (Row, error) {
	row := Row{Ref: value("opinion_id"), Topic: value("topic"), Author: value("author"), Lang: language.FindString(value("lang")), Title: value("title"), Text: value("text")}
	if note := value("note"); district.MatchString(note) {
		row.District = note
	}
	var err error
	if row.Up, err = votesOf(value("votes_up")); err != nil {
		return row, fmt.Errorf("votes_up: %w", err)
	}
	if row.Down, err = votesOf(value("votes_down")); err != nil {
		return row, fmt.Errorf("votes_down: %w", err)
	}
	return row, nil
}

func votesOf(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && n < 0 {
		err = fmt.Errorf("%d is no number of votes", n)
	}
	return n, err
}
