package fault

// notes are what docs/codes.md says besides the table. A ~ in it is a backquote, so that it can be a raw string. Sources of what
// platforms report: the source code of the plugin, versions 4.3.20 to 5.3.1.
const notes = `
## Who reports a code

*exporter*: how the request ended; *service*: HTTP status 600 to 699; *plugin*: ~Status~ in the body of a response with HTTP status 200;
*http*: any server or proxy on the way. The first of these that applies to a response counts: 6xx; 407 and 511; the header ~Cf-Mitigated~;
403 and 503 with ~Server: cloudflare~ and a challenge or access-denied page; then the other numbers. The label ~code~ has the reported number;
each printer has at most 20 different ones, any more are ~other~.

A plugin that the printer rejects alternates between 785 and the reason: 785 replaces 787 and 789 only at the third in a row. 789 exists since
plugin 5.1.0 (June 2026; before: 785). OctoPrint without its serial connection is 785 since plugin 5.3.0 (31 July 2026; before: state ~idle~).

## Backoff

How the time until the next ~status~ request grows: *none*: the printer's interval; *short*: it doubles up to 5 minutes; *long*: it doubles up to
30 minutes, and a reload that changes the printer's entry or its credential files ends it. *Retry-After* of a 429 or any 5xx is honored, at
most 30 minutes, and takes precedence. During the backoff of a host fault, ~ping~ is sent at the interval. While a print may be lost,
~host_disconnected~, ~host_unresponsive~ and ~too_many_clients~ have no backoff for 15 minutes: a ~status~ request makes the plugin reconnect,
and the recovery is seen within an interval ([detection times](internals/detection.md)).

~ping~ is not in the documented API. Only a pong, faults of ~network~ and ~access~, and 429, 502, 503, 504, 600, 601, 602 and 612 count as its
response. Anything else means that ~ping~ is not supported: it is not sent to that printer until its plugin was offline or, if the response
was not the plugin's, until a ~status~ request is good or gets such a response as well. Until then, a host that hangs is reported as
~no_answer~. If a ~ping~ gets no response, ~status~ follows at the next interval and finds the reason.

## States and what platforms mean by them

The plugin translates the states of each platform to the same few words, with different meanings:

| state | what it can mean |
| --- | --- |
| ~idle~ | The printer is idle. Or: Klipper has shut down or has an error in its configuration; a state that the plugin does not know, also during a print (Bambu Lab, Elegoo); a Bambu Lab printer that is offline or has not sent everything yet; OctoPrint is canceling a print or transferring a file; a print without layers has finished (Bambu Lab). |
| ~warmingup~ | A print is being prepared: homing, preheating, leveling. On PrusaLink also a printer that is busy without a print, and then without a file. |
| ~paused~ | A user, the printer or Gadget paused the print. |
| ~error~ | Bambu Lab: an error, a canceled print for a moment, or a print that waits: paused by a user, filament runout, a detected failure. PrusaLink: a printer that wants attention (filament runout, a dialog), or an error, until it is acknowledged. Klipper, OctoPrint, Elegoo: the print has ended with an error. |
| ~cancelled~ | The print was canceled. OctoPrint has no such state: the print is gone, and the printer is idle. |
| ~complete~ | The print has ended. Can also be reported as ~idle~ with a progress of 100 %. |

Reports can be older than the response: up to 5 seconds on Bambu Lab, 12 on PrusaLink, 30 on Elegoo Centauri Carbon 2, 55 on Elegoo Centauri
Carbon.
`
