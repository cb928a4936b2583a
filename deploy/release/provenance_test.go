package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestProvenance: the statement has the checksum of every file of the release, and the commit of its binaries.
func TestProvenance(t *testing.T) {
	dir := releaseDir(t)
	names, err := filepath.Glob(filepath.Join(dir, "*.provenance.json"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	var s statement
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, subject := range s.Subject {
		fmt.Fprintf(&want, "%s  %s\n", subject.Digest["sha256"], subject.Name)
	}
	for line := range strings.Lines(string(sums)) {
		if !strings.HasSuffix(line, ".provenance.json\n") && !strings.Contains(want.String(), line) {
			t.Errorf("not in the provenance: %s", line)
		}
	}
	_, info := binaryOf(t, dir, platforms[0])
	for _, setting := range info.Settings {
		if got := s.Predicate.BuildDefinition.ResolvedDependencies[0].Digest["gitCommit"]; setting.Key == "vcs.revision" && setting.Value != got {
			t.Errorf("commit %s, want %s", got, setting.Value)
		}
	}
}

// TestChartArchive: the chart has the version of the release, and its files are those of the archives.
func TestChartArchive(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(releaseDir(t), chartName+"-*.tgz"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(names[0]), chartName+"-"), ".tgz")
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if shown := run(t, "helm", "show", "chart", names[0]); !strings.Contains(shown, "\nversion: "+version+"\n") || !strings.Contains(shown, "appVersion: "+version+"\n") {
		t.Errorf("not version %s:\n%s", version, shown)
	}
	run(t, "helm", "template", names[0], "--kube-version=1.35.0") // a Helm built without a version assumes 1.20
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(h.Name, chartName+"/ci/") || !strings.HasPrefix(h.Name, chartName+"/") {
			t.Errorf("unexpected file %s", h.Name)
		}
	}
}

// TestSign: signatures are repeatable, verify with the public key, and openssl accepts them.
func TestSign(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, data []byte) string { return testkit.WriteFile(t, dir, name, "%s", data) }
	read, err := readKey(write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("checksums\n")
	signature, err := sign(read, message)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := sign(read, message); !bytes.Equal(signature, again) {
		t.Error("the signature is another one at the second call")
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(signature)))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(message)
	if !ecdsa.VerifyASN1(&key.PublicKey, hash[:], raw) {
		t.Error("the signature does not verify")
	}
	run(t, "openssl", "dgst", "-sha256", "-verify", write("key.pub", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
		"-signature", write("raw", raw), write("message", message))
}

// TestReadKeyRejects: other keys and files are errors, which show nothing of the key.
func TestReadKeyRejects(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"": "contains no PEM block PRIVATE KEY",
		string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: encoded})):       "contains no PEM block PRIVATE KEY",
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("0123456789abc")})): "contains no key in PKCS #8",
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})):                 "is not an ECDSA key on the curve P-256",
	} {
		_, err := readKey(testkit.WriteFile(t, t.TempDir(), "key.pem", "%s", text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
