// Package onboard makes a configured printer of what OctoEverywhere gives a person to paste: the completion URL of the App
// Connection Portal, which is shown only once, or the URL of a Shared Connection. All in them is a credential: it goes into
// files that only their owner may read, and into no message.
package onboard
