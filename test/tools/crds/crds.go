// Package crds pins the Prometheus Operator's types, out of which controller-gen makes the custom resource definitions that
// the manifests are checked against:
//
//	go tool controller-gen crd:maxDescLen=0 paths=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1 output:crd:dir=FOLDER
package crds

import _ "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
