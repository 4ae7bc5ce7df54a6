// Package demo holds the demo city: its people, its forums and its citizens' words, all written for this project.
package demo

import (
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

//go:embed data
var files embed.FS

// seoul is the city's time. Korea has kept UTC+9 without daylight saving since 1988, so no zone file is needed.
var seoul = time.FixedZone("KST", 9*60*60)

// Text is one text in the city's two languages.
type Text struct {
	Ko string `json:"ko"`
	En string `json:"en"`
}

// Day is a calendar day of the city: a date ("2004-05-01"), or days from the day on which the demo city is founded
// ("-12", "+30"), so that its forums are as fresh next year as today.
type Day string

// Date gives the day's midnight in Seoul. An empty day is the zero time.
func (d Day) Date(today time.Time) (time.Time, error) {
	if d == "" {
		return time.Time{}, nil
	}
	if days, err := strconv.Atoi(string(d)); err == nil {
		y, m, day := today.In(seoul).Date()
		return time.Date(y, m, day+days, 0, 0, 0, 0, seoul), nil
	}
	return time.ParseInLocation(time.DateOnly, string(d), seoul)
}

// Row is one opinion of the first forum, as data/opinions.csv has it.
type Row struct {
	TopicID   string
	Topic     string
	OpinionID string
	Author    string // pseudonym
	Time      time.Time
	Lang      string // ko or en
	Title     string // may be empty
	Text      string
	VotesUp   int
	VotesDown int
	Themes    []string
	DupOf     string // OpinionID of the earlier copy, when this is an exact re-post
	District  string // the author's, from the column note
}

// Opinions gives the 109 opinions on the square in front of City Hall, oldest first.
func Opinions() ([]Row, error) {
	lines, err := csv.NewReader(bytes.NewReader(OpinionsCSV())).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("demo opinions: %w", err)
	}
	rows := make([]Row, 0, len(lines)-1)
	for n, line := range lines[1:] {
		row, err := opinionRow(lines[0], line)
		if err != nil {
			return nil, fmt.Errorf("demo opinion %d: %w", n+1, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// OpinionsCSV is the same file as it stands, for a reader of any opinions.csv.
func OpinionsCSV() []byte {
	data, err := files.ReadFile("data/opinions.csv")
	if err != nil {
		panic(err) // embedded: it can't be absent from a program that compiled
	}
	return data
}

func opinionRow(header, line []string) (Row, error) {
	at := make(map[string]string, len(header))
	for i, name := range header {
		at[name] = line[i]
	}
	row := Row{
		TopicID: at["topic_id"], Topic: at["topic"], OpinionID: at["opinion_id"], Author: at["author"], Lang: at["lang"],
		Title: at["title"], Text: at["text"], DupOf: at["dup_of"], District: at["note"],
	}
	if at["theme"] != "" {
		row.Themes = strings.Split(at["theme"], "|")
	}
	var err error
	if row.Time, err = time.Parse(time.RFC3339, at["time"]); err != nil {
		return Row{}, err
	}
	if row.VotesUp, err = strconv.Atoi(at["votes_up"]); err != nil {
		return Row{}, err
	}
	if row.VotesDown, err = strconv.Atoi(at["votes_down"]); err != nil {
		return Row{}, err
	}
	return row, nil
}

// Forums gives one forum in each status of a forum's life, and the suggestions that wait.
func Forums() (City, error) {
	var city City
	return city, read("data/forums.json", &city)
}

// Directory gives the city's departments and officials, as its LDAP directory answers.
func Directory() (Organisation, error) {
	var organisation Organisation
	return organisation, read("data/directory.json", &organisation)
}

// read refuses fields that no struct has, so that a misspelt one can't be lost silently.
func read(name string, into any) error {
	data, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("%s: more than one value", name)
	}
	return nil
}

// City is what goes on in the demo city.
type City struct {
	Forums      []Forum      `json:"forums"`
	Suggestions []Suggestion `json:"suggestions"`
}

// Forum is one topic and everything that has happened to it up to its status.
type Forum struct {
	Key        string `json:"key"` // stable, for the seeder
	Status     string `json:"status"`
	Track      string `json:"track"` // general or youth
	Lang       string `json:"lang"`
	Department string `json:"department"` // ou of the responsible one; the proposed one while assigning
	Title      Text   `json:"title"`
	Summary    Text   `json:"summary"`
	// Suggestion is what the forum grew from.
	Suggestion Suggestion `json:"suggestion"`
	// Opens and Closes are the first and the last day of the open period; empty before it is fixed.
	Opens  Day `json:"opens"`
	Closes Day `json:"closes"`
	// Reason is the public reason of a suspension or withdrawal, decided on ReasonOn.
	Reason   Text   `json:"reason"`
	ReasonOn Day    `json:"reason_on"`
	Dossier  []Item `json:"dossier"`
	// OpinionsFile says that the opinions are those of Opinions instead.
	OpinionsFile string      `json:"opinions_file"`
	Opinions     []Opinion   `json:"opinions"`
	Awards       []Award     `json:"awards"`
	Response     []Paragraph `json:"response"`
	Milestones   []Milestone `json:"milestones"`
	// HitsPerDay has one number for each day of a period that is over.
	HitsPerDay []int `json:"hits_per_day"`
}

// Item is one piece of a dossier.
type Item struct {
	Kind        string `json:"kind"` // background, plan, expert, example, video, map or attachment
	Title       string `json:"title"`
	Body        string `json:"body"` // Markdown
	Link        string `json:"link"` // of a video or map
	Name        string `json:"name"` // these three of an expert
	Affiliation string `json:"affiliation"`
	Stance      string `json:"stance"` // for, against or neutral
	// File is an attachment's name; it is made of Rows (.csv) or Lines (.pdf).
	File  string     `json:"file"`
	Rows  [][]string `json:"rows"`
	Lines []string   `json:"lines"`
}

// Opinion is one citizen's post on a demo forum.
type Opinion struct {
	Author    string   `json:"author"`
	District  string   `json:"district"`
	Lang      string   `json:"lang"`
	Title     string   `json:"title"`
	Text      string   `json:"text"`
	Up        int      `json:"up"`
	Down      int      `json:"down"`
	AtPercent int      `json:"at_percent"` // of the open period, 0 to 100; never after the founding day
	Themes    []string `json:"themes"`
	Status    string   `json:"status"` // empty for published, held or hidden
	Reason    string   `json:"reason"` // why it is held or hidden
}

// Award is a best opinion.
type Award struct {
	Opinion int    `json:"opinion"` // index into the forum's opinions, from 0
	Rank    int    `json:"rank"`
	Reason  string `json:"reason"` // the jury's
}

// Paragraph is one part of the city's answer.
type Paragraph struct {
	Text        string   `json:"text"`
	Disposition string   `json:"disposition"` // adopted, partly, later or not_adopted
	Reason      string   `json:"reason"`      // required when not adopted
	Themes      []string `json:"themes"`      // that it answers
}

// Milestone is a promise of the response, followed up until it is done.
type Milestone struct {
	Title string `json:"title"`
	Due   Day    `json:"due"`
	Done  Day    `json:"done"` // empty while it isn't
	Note  string `json:"note"`
}

// Suggestion is a topic that somebody has put forward.
type Suggestion struct {
	Title    string `json:"title"`
	Text     string `json:"text"`
	Author   string `json:"author"`
	Kind     string `json:"kind"`  // citizen, expert or official
	Track    string `json:"track"` // general or youth; that of the forum when it has one
	Supports int    `json:"supports"`
	At       Day    `json:"at"`
	Status   string `json:"status"` // submitted, accepted, rejected, merged or transferred; empty for one that became a forum
	Reason   string `json:"reason"` // of a rejection, merger or transfer
	Into     string `json:"into"`   // title of the one into which it was merged
}

// Organisation is the demo city's directory.
type Organisation struct {
	// Base is the DN under which departments, officials and groups stand.
	Base string `json:"base"`
	// Groups maps a duty (officer, head, juror, …) to the cn of the group that gives it.
	Groups      map[string]string `json:"groups"`
	Departments []Department      `json:"departments"`
	Officials   []Official        `json:"officials"`
}

// Department is a unit of the city. Parents stand before their children.
type Department struct {
	OU     string `json:"ou"`
	Kind   string `json:"kind"`   // city, bureau, division or committee
	Parent string `json:"parent"` // ou; empty for the city itself
	Name   Text   `json:"name"`
	Head   string `json:"head"` // uid
	// Work lists what a division is responsible for, in the words that its citizens use; empty above a division.
	Work Words `json:"work"`
}

// Words are key terms in the city's two languages.
type Words struct {
	Ko []string `json:"ko"`
	En []string `json:"en"`
}

// Official is a person whom the directory knows. Managers stand before those whom they lead.
type Official struct {
	UID        string   `json:"uid"`
	Name       Text     `json:"name"`
	Title      Text     `json:"title"`
	Rank       string   `json:"rank"`       // vice_mayor, director, head, leader, staff or member (of the committee)
	Department string   `json:"department"` // ou
	Manager    string   `json:"manager"`    // uid; empty at the top
	Mail       string   `json:"mail"`
	Phone      string   `json:"phone"`
	Duties     []string `json:"duties"`
	// Substitute signs while Absent lasts.
	Substitute string   `json:"substitute"`
	Absent     *Absence `json:"absent"`
}

// Absence is the first and the last day on which an official is away.
type Absence struct {
	From   Day  `json:"from"`
	Until  Day  `json:"until"`
	Reason Text `json:"reason"`
}
