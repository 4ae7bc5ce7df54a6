// Package gateway reads what the city's sign-in says of a citizen: a JSON Web Token in its compact form, signed by a key that both
// share (HS256) or by the gateway's own (EdDSA with Ed25519). Which of the two is a matter of the key that is set here, never of
// what a token says of itself.
package gateway

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"acropolis/forum"
)

// Settings of the gateway. Without an address there is none.
type Settings struct {
	URL string `env:"GATEWAY_URL" help:"where the city's sign-in takes citizens of forums with the policy sso; default: no such forums"`
	Key string `env:"GATEWAY_KEY" secret:"true" help:"what its assertions are signed with: a shared key of at least 32 characters, or the gateway's Ed25519 public key as PEM"`
}

// Gateway is the city's sign-in.
type Gateway struct {
	address   url.URL
	audience  string
	algorithm string
	signed    func(text, signature []byte) bool
}

// ErrNotSet says that no gateway is configured.
var ErrNotSet = errors.New("no gateway is set")

// minKey is how long a shared key must be.
const minKey = 32

// New makes the gateway of a city that citizens find at audience; ErrNotSet where there is none.
func New(s Settings, audience string) (*Gateway, error) {
	if s.URL == "" && s.Key == "" {
		return nil, ErrNotSet
	}
	address, err := url.Parse(s.URL)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return nil, fmt.Errorf("GATEWAY_URL: %q is no address of a site", s.URL)
	}
	g := &Gateway{address: *address, audience: strings.TrimSuffix(audience, "/")}
	if strings.Contains(s.Key, "-----BEGIN") { // and never a shared key, whatever it holds
		return g, g.trust([]byte(s.Key))
	}
	if len(s.Key) < minKey {
		return nil, fmt.Errorf("GATEWAY_KEY has %d characters, want at least %d", len(s.Key), minKey)
	}
	g.algorithm, g.signed = "HS256", func(text, signature []byte) bool {
		mac := hmac.New(sha256.New, []byte(s.Key))
		mac.Write(text)
		return hmac.Equal(signature, mac.Sum(nil))
	}
	return g, nil
}

// trust takes the gateway's own public key.
func (g *Gateway) trust(text []byte) error {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" || len(bytes.TrimSpace(rest)) > 0 {
		return errors.New("GATEWAY_KEY: want one PUBLIC KEY in PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return errors.New("GATEWAY_KEY: want an Ed25519 public key")
	}
	g.algorithm, g.signed = "EdDSA", func(text, signature []byte) bool { return ed25519.Verify(key, text, signature) }
	return nil
}

// Address is where a citizen goes who shall come back with an assertion for this nonce.
func (g *Gateway) Address(nonce, lang string) string {
	to := g.address
	query := to.Query()
	query.Set("nonce", nonce)
	query.Set("lang", lang)
	to.RawQuery = query.Encode()
	return to.String()
}

// maxToken is more than any assertion of a few claims takes.
const maxToken = 4096

// claims are what an assertion must say, by the names of RFC 7519 and, for nonce, OpenID Connect.
type claims struct {
	Audience string `json:"aud"` // exactly one: an assertion for several cities is a key to each of them
	Subject  string `json:"sub"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	Nonce    string `json:"nonce"`
}

// Read gives what an assertion says, if the gateway signed it for this city; anything else is Invalid, and says no more. When it
// holds, and whether it was used before, is the store's to say.
func (g *Gateway) Read(token string) (forum.Assertion, error) {
	refusal := forum.Refuse(forum.Invalid, "session.not_vouched")
	text, signature, ok := cutLast(token)
	head, body, two := strings.Cut(text, ".")
	if !ok || !two || len(token) > maxToken || strings.Contains(body, ".") {
		return forum.Assertion{}, refusal
	}
	mark, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	if err != nil || !g.signed([]byte(text), mark) {
		return forum.Assertion{}, refusal
	}
	var header struct {
		Algorithm string   `json:"alg"`
		Critical  []string `json:"crit"` // extensions that must be understood, and aren't
	}
	var said claims
	if decode(head, &header) != nil || decode(body, &said) != nil || header.Algorithm != g.algorithm || header.Critical != nil {
		return forum.Assertion{}, refusal
	}
	if strings.TrimSuffix(said.Audience, "/") != g.audience || said.Subject == "" || said.Nonce == "" {
		return forum.Assertion{}, refusal
	}
	return forum.Assertion{Subject: said.Subject, Nonce: said.Nonce, IssuedAt: time.Unix(said.IssuedAt, 0), ExpiresAt: time.Unix(said.Expires, 0)}, nil
}

func cutLast(token string) (text, signature string, ok bool) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 {
		return "", "", false
	}
	return token[:i], token[i+1:], true
}

func decode(part string, into any) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}
