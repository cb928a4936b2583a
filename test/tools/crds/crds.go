// Package crds pins the Prometheus Operator's types, from which controller-gen generates the custom resource definitions that
// test/deploy validates the manifests with:
//
//	go tool controller-gen crd:maxDescLen=0 paths=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1 output:crd:dir=FOLDER
package crds

import _ "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
