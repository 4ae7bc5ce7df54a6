package mail

import (
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
)

// Class says what an outbox should do about a letter that wasn't taken.
type Class string

// The classes of failure.
const (
	Temporary  Class = "temporary"   // nobody has it; try again later
	BadAddress Class = "bad address" // it can't be delivered to that address, now or later
	Refused    Class = "refused"     // the server won't take this letter or us as its sender; a person must look
	Unknown    Class = "unknown"     // the connection died after the whole letter was sent: they may have it
)

// Error is why a letter wasn't taken. It holds the class, the step and the server's codes, never an address nor the
// server's words, which often quote one: it may be stored and logged.
type Error struct {
	Class    Class
	Step     string // dial, hello, TLS, login, sender, recipient, content, answer, or letter before anything was sent
	Code     int    // the SMTP reply code, or 0 without a reply
	Enhanced string // as 5.1.1, or ""
	network  string // why there was no reply
}

func (e *Error) Error() string {
	text := fmt.Sprintf("mail %s at %s", e.Class, e.Step)
	if e.Code != 0 {
		text += fmt.Sprintf(": %d", e.Code)
	}
	if e.Enhanced != "" {
		text += " " + e.Enhanced
	}
	if e.network != "" {
		text += ": " + e.network
	}
	return text
}

var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// fault turns what went wrong at a step into an Error. Without a reply the class is Temporary: only the caller knows
// whether the letter had been sent by then.
func fault(step string, cause error) *Error {
	e := &Error{Class: Temporary, Step: step}
	var reply *textproto.Error
	if !errors.As(cause, &reply) {
		e.network = reason(cause)
		return e
	}
	e.Code, e.Enhanced = reply.Code, enhancedCode.FindString(reply.Msg)
	if e.Code < 500 { // 4xx, and replies that make no sense at this step
		return e
	}
	switch step {
	case "sender", "content", "answer":
		e.Class = Refused
	case "recipient":
		e.Class = badRecipient(e.Code, e.Enhanced)
	}
	return e // before a letter is concerned (hello, TLS, login) it is the settings' fault: mended, the letter goes
}

// badRecipient tells a bad address from other refusals at that step: 552 means full or too many (RFC 5321, 4.5.3.1.10),
// x.7.x is policy (our server is on a list, relaying is denied), 530 wants a login. None of them is the address's fault.
func badRecipient(code int, enhanced string) Class {
	switch {
	case code == 552:
		return Temporary
	case code == 530, len(enhanced) > 3 && enhanced[2:4] == "7.":
		return Refused
	}
	return BadAddress
}

// reason names a network failure without its text.
func reason(err error) string {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return "timeout"
	}
	return "connection lost"
}
