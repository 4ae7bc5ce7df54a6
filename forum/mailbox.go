package forum

import "strings"

// tagging are the common providers at which a "+" and a word behind the name leads to the same mailbox. Elsewhere it may be another's.
var tagging = map[string]bool{
	"gmail.com": true, "outlook.com": true, "outlook.kr": true, "hotmail.com": true, "hotmail.co.kr": true, "live.com": true, "live.co.kr": true,
	"msn.com": true, "icloud.com": true, "me.com": true, "mac.com": true, "proton.me": true, "protonmail.com": true, "pm.me": true,
}

// Mailbox is the one spelling under which an address is known: otherwise whoever has one mailbox would be as many voters as they
// think of words, and could be sent as many codes. Migration 0037 spells what was kept before in the same way.
func Mailbox(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	host := address[at+1:]
	if host == "googlemail.com" { // Gmail's other name
		host = "gmail.com"
	}
	name, _, _ := strings.Cut(address[:at], "+")
	if host == "gmail.com" {
		name = strings.ReplaceAll(name, ".", "")
	}
	if !tagging[host] || name == "" {
		return address
	}
	return name + "@" + host
}
