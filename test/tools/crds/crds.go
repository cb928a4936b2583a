// Package crds pins the modules with the custom resources that test/deploy validates the manifests and the documentation with. From the
// Go types of the Prometheus Operator and of Flux, controller-gen generates the definitions:
//
//	go tool controller-gen crd:maxDescLen=0 paths=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1 output:crd:dir=FOLDER
//
// The modules of the Gateway API and of the Vertical Pod Autoscaler contain the definitions.
package crds

import (
	_ "github.com/fluxcd/helm-controller/api/v2"
	_ "github.com/fluxcd/source-controller/api/v1"
	_ "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	_ "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1"
	_ "sigs.k8s.io/gateway-api/apis/v1"
)
