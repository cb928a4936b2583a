//go:build !race

package deploy

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// cluster is a Kubernetes API server without controllers and nodes: objects are validated, defaulted, admitted and stored,
// but nothing runs.
type cluster struct{ kubeconfig, cache string }

// newCluster starts etcd and kube-apiserver on loopback, with the Prometheus Operator's custom resource definitions.
func newCluster(t *testing.T) cluster {
	t.Helper()
	etcdPath, path := testkit.Tool(t, "etcd"), testkit.Tool(t, "kube-apiserver")
	testkit.Tool(t, "kubectl")
	crds := customResources(t)

	dir := t.TempDir()
	clients, peers := testkit.FreeAddress(t), "http://"+testkit.FreeAddress(t)
	startReady(t, etcdPath, clients, "/health",
		"--data-dir="+filepath.Join(dir, "etcd"), "--listen-client-urls=http://"+clients, "--advertise-client-urls=http://"+clients,
		"--listen-peer-urls="+peers, "--initial-advertise-peer-urls="+peers, "--initial-cluster=default="+peers)

	address := testkit.FreeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	token := rand.Text()
	key := writeFile(t, dir, "sa.key", newKey(t))
	server := startProcess(t, path, address,
		"--etcd-servers=http://"+clients, "--bind-address=127.0.0.1", "--secure-port="+port, "--cert-dir="+filepath.Join(dir, "certs"),
		"--authorization-mode=RBAC", "--token-auth-file="+writeFile(t, dir, "tokens.csv", token+",admin,admin,system:masters\n"),
		"--service-cluster-ip-range=10.0.0.0/24,fd00::/112", "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file="+key, "--service-account-key-file="+key)
	c := cluster{cache: filepath.Join(dir, "cache"), kubeconfig: writeFile(t, dir, "kubeconfig", fmt.Sprintf(`
apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: admin}}]
clusters: [{name: test, cluster: {server: "https://%s", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: %s}}]
`, address, token))}
	server.Until("it is ready", func() bool {
		_, _, err := c.tryKubectl(t, "", "get", "--raw", "/readyz")
		return err == nil
	})
	for _, crd := range crds {
		c.kubectl(t, "", "create", "-f", crd)
	}
	c.kubectl(t, "", "wait", "--for=condition=Established", "--timeout=90s", "crd", "--all")
	return c
}

// customResources returns the files with custom resource definitions: those of the Prometheus Operator and of Flux, generated from their
// Go types, and those in the modules of the Gateway API and of the Vertical Pod Autoscaler.
func customResources(t *testing.T) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), testkit.Tool(t, "controller-gen"), "crd:maxDescLen=0",
		"paths=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1",
		"paths=github.com/fluxcd/helm-controller/api/v2", "paths=github.com/fluxcd/source-controller/api/v1", "output:crd:dir="+dir)
	cmd.Dir = "../test/tools/crds"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("controller-gen: %v\n%s", err, out)
	}
	for _, name := range []string{
		"monitoring.coreos.com_servicemonitors", "monitoring.coreos.com_podmonitors", "monitoring.coreos.com_prometheusrules",
		"helm.toolkit.fluxcd.io_helmreleases", "source.toolkit.fluxcd.io_ocirepositories",
	} {
		paths = append(paths, filepath.Join(dir, name+".yaml"))
	}
	for module, file := range map[string]string{
		"sigs.k8s.io/gateway-api":                   "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
		"k8s.io/autoscaler/vertical-pod-autoscaler": "deploy/vpa-v1-crd-gen.yaml",
	} {
		list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module)
		list.Dir = "../test/tools/crds"
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list -m %s: %v", module, err)
		}
		paths = append(paths, filepath.Join(strings.TrimSpace(string(out)), file))
	}
	return paths
}

// newKey returns a key with which the API server signs service account tokens.
func newKey(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// tryKubectl runs kubectl with a standard input.
func (c cluster) tryKubectl(t *testing.T, input string, args ...string) (out, warnings string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), testkit.Tool(t, "kubectl"), append([]string{"--kubeconfig=" + c.kubeconfig, "--cache-dir=" + c.cache}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err
}

// kubectl runs kubectl with a standard input. The test fails if it fails or warns.
func (c cluster) kubectl(t *testing.T, input string, args ...string) string {
	t.Helper()
	out, warnings, err := c.tryKubectl(t, input, args...)
	if err != nil || warnings != "" {
		t.Fatalf("kubectl %v: %v\n%s%s", args, err, warnings, out)
	}
	return out
}
