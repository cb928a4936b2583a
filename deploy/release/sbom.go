package main

// sbom generates software bills of materials with cyclonedx-gomod, which reads them from the binaries.
type sbom struct{ tool, version string }

// of returns a function that creates the SBOM of a binary: CycloneDX JSON, including the standard library, without serial
// number and time stamp.
func (s sbom) of(b binary) func() ([]byte, error) {
	return func() ([]byte, error) {
		text, err := output("", s.tool, "bin", "-json", "-std", "-noserial", "-notimestamp", "-version=v"+s.version, b.path)
		return []byte(text + "\n"), err
	}
}
