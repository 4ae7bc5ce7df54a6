//go:build unix

package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// An account is whom the server's processes run as: nil is ourselves. PostgreSQL refuses to run as root.
type account struct{ uid, gid int }

// accountFor says who runs the cluster in dir, and lets them into it.
func accountFor(dir string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(superuser)
	if err != nil {
		return nil, errors.New(`PostgreSQL refuses to run as root, and this system has no user "postgres" to run it as: ` +
			"install the distribution's package, which makes one, or start as an ordinary user")
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	a := &account{uid, gid}
	if err := a.own(dir); err != nil {
		return nil, err
	}
	return a, a.reaches(dir)
}

func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

func (a *account) attributes() *syscall.SysProcAttr {
	// A process group of its own: the terminal's Ctrl-C is for us, who stop the server when nobody needs it any more.
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		attributes.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attributes
}

// reaches finds the folder on the way that shuts the account out, which PostgreSQL itself wouldn't name.
func (a *account) reaches(dir string) error {
	if a.enters(dir) {
		return nil
	}
	path := "/"
	for _, name := range strings.Split(strings.Trim(dir, "/"), "/") {
		path = filepath.Join(path, name)
		if !a.enters(path) {
			return fmt.Errorf("PostgreSQL runs as the user %q because we are root, and that user may not enter %s: "+
				"allow it (chmod o+x %s) or use a data directory elsewhere, e.g. below /var/lib", superuser, path, path)
		}
	}
	return fmt.Errorf("the user %q may not enter %s", superuser, dir)
}

// enters tries, since permission bits alone don't tell (access lists, network file systems).
func (a *account) enters(dir string) bool {
	cmd := exec.Command("/bin/sh", "-c", `cd "$1"`, "sh", dir)
	cmd.SysProcAttr, cmd.Dir = a.attributes(), "/"
	return cmd.Run() == nil
}
