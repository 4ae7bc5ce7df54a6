package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"acropolis/integrations/mail"
	"acropolis/integrations/postgres"
)

// BounceStore notes which letters came back.
type BounceStore interface {
	NoteBounce(ctx context.Context, messageID, status string, bad bool) (noted bool, err error)
}

// Bounces notes the letters that came back: the report on in, or each one that is new in a Maildir, which is then filed as read.
// What isn't a report of one of our letters stays where it is, for a person. It tells on out what it did, without an address.
func Bounces(ctx context.Context, s postgres.Settings, in io.Reader, maildir string, out io.Writer) error {
	store, err := postgres.Open(ctx, s)
	if err != nil {
		return err
	}
	defer store.Close()
	if maildir == "" {
		_, err := noteBounce(ctx, store, in, out)
		return err
	}
	return readMaildir(ctx, store, maildir, out)
}

func noteBounce(ctx context.Context, store BounceStore, in io.Reader, out io.Writer) (noted bool, err error) {
	b, err := mail.ReadBounce(in)
	if errors.Is(err, mail.ErrNoBounce) {
		fmt.Fprintln(out, "no report of a letter that came back")
		return false, nil
	}
	if err != nil {
		return false, err
	}
	noted, err = store.NoteBounce(ctx, b.MessageID, b.Status, b.BadAddress)
	switch {
	case err != nil:
	case !noted:
		fmt.Fprintln(out, "not a letter of ours, or noted before")
	case b.BadAddress:
		fmt.Fprintln(out, b.MessageID, b.Status, "the address is bad")
	default:
		fmt.Fprintln(out, b.MessageID, b.Status)
	}
	return noted, err
}

// readMaildir goes through what is new, oldest name first.
func readMaildir(ctx context.Context, store BounceStore, maildir string, out io.Writer) error {
	unread, err := os.ReadDir(filepath.Join(maildir, "new"))
	if err != nil {
		return err
	}
	for _, one := range unread {
		if !one.Type().IsRegular() {
			continue
		}
		path := filepath.Join(maildir, "new", one.Name())
		noted, err := noteFile(ctx, store, path, out)
		if err != nil {
			return err
		}
		if noted {
			if err := os.Rename(path, filepath.Join(maildir, "cur", one.Name()+":2,S")); err != nil {
				return err
			}
		}
	}
	return nil
}

func noteFile(ctx context.Context, store BounceStore, path string, out io.Writer) (bool, error) {
	file, err := os.Open(path) //nolint:gosec // the operator's own mailbox
	if err != nil {
		return false, err
	}
	defer file.Close()
	return noteBounce(ctx, store, file, out)
}
