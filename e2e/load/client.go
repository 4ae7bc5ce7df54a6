// Package load is many citizens at once: each keeps one connection and sends the next request when the last one is answered
// (closed loop). It costs so little that what is measured is the city.
package load

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Answer is what came back. Body is only good until the next request.
type Answer struct {
	Status     int
	RetryAfter string
	Body       []byte
}

// Client is one keep-alive connection of HTTP/1.1. It is for one goroutine.
type Client struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
	body    bytes.Buffer
	renew   time.Time // when the connection gets a new deadline
}

// NewClient will connect to host:port when it is first needed, and again whenever the connection was lost.
func NewClient(address string) *Client { return &Client{address: address} }

// patience is longer than any answer takes; an answer is waited for at least as long, at most twice.
const patience = 30 * time.Second

// Do sends a whole request, as Request makes it, and reads the whole answer. An error means that nobody knows whether the
// request was carried out.
func (c *Client) Do(request []byte) (Answer, error) {
	a, err := c.do(request)
	if err != nil {
		c.Close()
	}
	return a, err
}

// Close gives the connection up.
func (c *Client) Close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

func (c *Client) do(request []byte) (Answer, error) {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.address, 5*time.Second)
		if err != nil {
			return Answer{}, err
		}
		c.conn = conn
		if c.in == nil {
			c.in = bufio.NewReaderSize(nil, 32<<10)
		}
		c.in.Reset(conn)
		c.renew = time.Time{}
	}
	if now := time.Now(); now.After(c.renew) { // not for each request: it costs as much as reading a page
		c.renew = now.Add(patience / 2)
		_ = c.conn.SetDeadline(now.Add(2 * patience))
	}
	if _, err := c.conn.Write(request); err != nil {
		return Answer{}, err
	}
	return c.read()
}

var errMalformed = errors.New("load: an answer that is no HTTP/1.1")

// read takes the status, the two or three headers that matter, and the body.
func (c *Client) read() (Answer, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return Answer{}, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return Answer{}, errMalformed
	}
	a := Answer{}
	if a.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, errMalformed
	}
	length, chunked, closes := int64(-1), false, false
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.ParseInt(string(value), 10, 64); err != nil {
				return a, errMalformed
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		case bytes.EqualFold(name, []byte("Connection")):
			closes = bytes.EqualFold(value, []byte("close"))
		case bytes.EqualFold(name, []byte("Retry-After")):
			a.RetryAfter = string(value)
		}
	}
	c.body.Reset()
	switch {
	case a.Status == http.StatusNotModified || a.Status == http.StatusNoContent:
	case chunked:
		err = c.readChunks()
	case length >= 0:
		c.body.Grow(int(length))
		_, err = io.ReadFull(c.in, c.body.AvailableBuffer()[:length])
		c.body.Write(c.body.AvailableBuffer()[:length])
	default:
		_, err = io.Copy(&c.body, c.in)
		closes = true
	}
	if closes {
		c.Close()
	}
	a.Body = c.body.Bytes()
	return a, err
}

func (c *Client) readChunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return errMalformed
		}
		if _, err := io.CopyN(&c.body, c.in, size); err != nil {
			return err
		}
		if _, err := c.in.ReadSlice('\n'); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}

// Request writes a request's bytes; headers come in pairs.
func Request(method, host, path string, body []byte, headers ...string) []byte {
	var b bytes.Buffer
	b.WriteString(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n")
	for i := 0; i+1 < len(headers); i += 2 {
		b.WriteString(headers[i] + ": " + headers[i+1] + "\r\n")
	}
	if body != nil {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}
