// Package onboard turns a URL that OctoEverywhere shows to a user into a configured printer: the completion URL of the App
// Connection Portal, which is shown only once, or the URL of a Shared Connection. Everything in them is a credential: it is
// written to files that only their owner can read, and to no message.
package onboard
