package ldap_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"acropolis/integrations/ldap"
)

const (
	base           = "dc=city,dc=example"
	readerDN       = "cn=reader," + base
	readerPassword = "canary-reader"
	password       = "canary-한글-password"
)

// slapd is Debian's OpenLDAP server, a child of the test on a loopback port.
type slapd struct {
	address string // of ldap://
	secure  string // of ldaps://, when it has a certificate
	command *exec.Cmd
}

// startSlapd starts a server with the entries. extra goes into its configuration, before the database and after it.
func startSlapd(t *testing.T, ldif string, global, database string) *slapd {
	t.Helper()
	binary, err := exec.LookPath("slapd")
	if err != nil {
		if binary = "/usr/sbin/slapd"; !exists(binary) {
			t.Fatal("slapd is missing: apt-get install slapd ldap-utils")
		}
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	must(t, os.Mkdir(data, 0o700))
	config := filepath.Join(dir, "slapd.conf")
	must(t, os.WriteFile(config, []byte(`
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload retcode
pidfile `+dir+`/pid
`+global+`
database mdb
suffix "`+base+`"
rootdn "`+readerDN+`"
rootpw `+readerPassword+`
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=limited,`+base+`" read by users read by * none
directory `+data+`
`+database), 0o600))
	entries := filepath.Join(dir, "entries.ldif")
	must(t, os.WriteFile(entries, []byte(ldif), 0o600))
	add := exec.Command(binary, "-T", "add", "-q", "-f", config, "-l", entries)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v\n%s", err, out)
	}
	server := &slapd{address: freePort(t)}
	urls := "ldap://" + server.address + "/"
	if strings.Contains(global, "TLSCertificateFile") {
		server.secure = freePort(t)
		urls += " ldaps://" + server.secure + "/"
	}
	server.command = exec.Command(binary, "-f", config, "-h", urls, "-d", "0")
	server.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // no orphan when the test is killed
	must(t, server.command.Start())
	t.Cleanup(func() {
		_ = server.command.Process.Signal(syscall.SIGCONT)
		_ = server.command.Process.Kill()
		_ = server.command.Wait()
	})
	for range 500 {
		if c, err := net.Dial("tcp", server.address); err == nil {
			_ = c.Close()
			return server
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("slapd doesn't answer")
	return nil
}

func (s *slapd) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	must(t, s.command.Process.Signal(signal))
}

// settings to reach a server at the address, with whatever a test changes.
func settingsFor(address string, changes ...func(*ldap.Settings)) ldap.Settings {
	s := ldap.Settings{
		URL: "ldap://" + address, BaseDN: base, BindDN: readerDN, BindPassword: readerPassword, Timeout: 3 * time.Second,
		GroupDuties: []string{"forum-officers=officer", "forum-heads=head", "forum-auditors=auditor", "city-officers=officer"},
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

func client(t *testing.T, s ldap.Settings) *ldap.Client {
	t.Helper()
	c, err := ldap.New(s)
	must(t, err)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// authority writes a certificate authority and a server certificate for 127.0.0.1 that it signed.
func authority(t *testing.T) (caFile, config string) {
	t.Helper()
	dir := t.TempDir()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	must(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "directory"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	must(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	write := func(name, kind string, bytes []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600))
		return path
	}
	caFile = write("ca.pem", "CERTIFICATE", caDER)
	return caFile, fmt.Sprintf("TLSCACertificateFile %s\nTLSCertificateFile %s\nTLSCertificateKeyFile %s\n",
		caFile, write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER))
}
