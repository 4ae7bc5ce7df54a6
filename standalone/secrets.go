package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// secrets are made at a city's first start and kept with it: the demo people's password, and the key behind voters.
type secrets struct {
	Password string `json:"password"`
	VoterKey string `json:"voter_key"`
}

func loadSecrets(dir string) (secrets, error) {
	file := filepath.Join(dir, "secrets.json")
	var s secrets
	raw, err := os.ReadFile(file)
	if err == nil {
		return s, json.Unmarshal(raw, &s)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	s = secrets{Password: rand.Text()[:12], VoterKey: rand.Text() + rand.Text()}
	if raw, err = json.MarshalIndent(s, "", "  "); err != nil {
		return s, err
	}
	return s, os.WriteFile(file, raw, 0o600)
}
