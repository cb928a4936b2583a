// Package browser tests the pages of package web in Chromium, and takes the screenshots of the documentation.
package browser
