package fault

import "strings"

// notes are what docs/codes.md says besides the table. A ~ in it is a backquote, so that it can be a raw string.
var notes = strings.ReplaceAll(rawNotes, "~", "`")

// Sources of what platforms report: the source code of the plugin, versions 4.3.20 to 5.3.1.
const rawNotes = `
Backoff is how the time until the next ~status~ request grows: *none*: the printer's interval; *short*: it doubles up to 5 minutes;
*long*: it doubles up to 30 minutes, and a reload that changes the printer's entry or its credential files ends it. *Retry-After* of a
429 or any 5xx is honored, at most 30 minutes, and takes precedence. During the backoff of a host fault, ~ping~ is sent at the
interval. While a print may be lost, ~host_disconnected~, ~host_unresponsive~ and ~too_many_clients~ have no backoff for 15 minutes:
a ~status~ request makes the plugin reconnect, and the recovery is seen within an interval. How soon each fault and its end are seen
is in [internals/detection.md](internals/detection.md).

~ping~ is not in the documented API. Only a pong, faults of ~network~ and ~access~, and 429, 502, 503, 504, 600, 601, 602 and 612
count as its response. Anything else changes nothing and means that ~ping~ is not supported: it is not sent to that printer until its
plugin was offline, or, if it was not the plugin that responded, until a ~status~ request is good or meets a response of that kind as
well. A host that hangs is reported as ~no_answer~ until then. Where a ~ping~ gets no response, ~status~ follows at the next interval and tells the reason.

The first of these that applies to a response counts: 6xx; 407 and 511; the header ~Cf-Mitigated~; 403 and 503 with ~Server: cloudflare~
and a challenge or access-denied page; then the other numbers in the table.

## States and what platforms mean by them

The plugin translates the states of each platform to the same few words. They do not mean the same on all of them:

| state | what it can mean |
| --- | --- |
| ~idle~ | The printer is idle, or: Klipper has shut down or has an error in its configuration (Moonraker still responds); a state that the plugin does not know, in the middle of a print as well (Bambu Lab, Elegoo); a Bambu Lab printer that is offline or has not sent everything yet; a print that OctoPrint is canceling, or a file that it is transferring; a print without layers that has finished (Bambu Lab). |
| ~warmingup~ | A print is being prepared: it homes, preheats, levels. On PrusaLink also a printer that is busy without a print; it then has no file. |
| ~paused~ | A user, the printer or Gadget paused the print. |
| ~error~ | On Bambu Lab a print that waits for somebody: paused by a user, filament runout, a failure that was detected; a canceled print for a moment; or an error. On PrusaLink a printer that wants attention, as with filament runout or a dialog, or an error, which stays until it is acknowledged. On Klipper, OctoPrint and Elegoo the print has ended with an error. |
| ~cancelled~ | The print was canceled. OctoPrint has no such state: the print is gone, and the printer is idle. |
| ~complete~ | The print has ended. It can also be reported as ~idle~ with a progress of 100 %. |

What the plugin reports can be older than the response: up to 5 seconds on Bambu Lab, 12 seconds on PrusaLink, 30 seconds on Elegoo Centauri
Carbon 2 and 55 seconds on Elegoo Centauri Carbon.

Some codes depend on the version of the plugin:

| code | since plugin | before |
| --- | --- | --- |
| 789, the printer rejects the plugin's credentials | 5.1.0 (June 2026) | 785 |
| 785 of OctoPrint without its serial connection | 5.3.0 (31 July 2026) | state ~idle~ |

A plugin that the printer rejects alternates between 785 and the reason: 785 replaces 787 and 789 only at the third in a row.

## Codes

The label ~code~ has the reported number. Each printer has at most 20 different ones; any more are ~other~.
`
