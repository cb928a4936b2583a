// Package crds pins the types of the Prometheus Operator and of Flux, from which controller-gen generates the custom resource
// definitions that test/deploy validates the manifests and the documentation with:
//
//	go tool controller-gen crd:maxDescLen=0 paths=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1 output:crd:dir=FOLDER
package crds

import (
	_ "github.com/fluxcd/helm-controller/api/v2"
	_ "github.com/fluxcd/source-controller/api/v1"
	_ "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)
