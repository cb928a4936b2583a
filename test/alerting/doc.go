// Package alerting plays incidents against the shipped rules and routes: a simulated relay, the exporter with its storage,
// Prometheus' rule engine, and Alertmanager's dispatcher, inhibition and notification pipeline, all in fake time. It counts the
// notifications that people receive. It is a module of its own, so that the exporter does not depend on Prometheus.
package alerting
