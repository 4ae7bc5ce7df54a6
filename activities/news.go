package activities

import (
	"encoding/json"

	"acropolis/forum"
)

// newsTopic is what a day's letter tells of one forum or suggestion.
type newsTopic struct {
	Title   string
	Subject forum.ID
	Lines   []forum.NewsLine
}

// news gives a day's events by their topics, each where it first happened.
func news(raw string) ([]*newsTopic, error) {
	var lines []forum.NewsLine
	if err := json.Unmarshal([]byte(raw), &lines); err != nil {
		return nil, err
	}
	var topics []*newsTopic
	known := map[forum.ID]*newsTopic{}
	for _, line := range lines {
		topic := known[line.Subject]
		if topic == nil {
			topic = &newsTopic{Title: line.Data["title"], Subject: line.Subject}
			known[line.Subject], topics = topic, append(topics, topic)
		}
		topic.Lines = append(topic.Lines, line)
	}
	return topics, nil
}
