// Package browser tests package web in a real Chromium, and takes the pictures that the documents show.
package browser
