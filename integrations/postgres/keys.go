package postgres

import (
	"fmt"
	"strings"
)

// voterKeys reads the present key and the earlier ones.
func voterKeys(s Settings) (map[string][]byte, error) {
	keys := map[string][]byte{s.VoterName: []byte(s.VoterKey)}
	for pair := range strings.SplitSeq(s.OldVoters, ",") {
		if pair == "" {
			continue
		}
		id, key, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("VOTER_KEYS_OLD: want id=key,id=key")
		}
		keys[id] = []byte(key)
	}
	for id, key := range keys {
		if len(key) < 32 {
			return nil, fmt.Errorf("voter key %q has %d characters, want at least 32", id, len(key))
		}
	}
	return keys, nil
}
