package alerting

// printScenarios are about prints that are lost, fail or stop.
var printScenarios = []scenario{
	{"A power failure takes the exporter and a printing printer; the exporter is back after 3 minutes", counts{pages: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		f.exporters[0].restart(3)
		w.pass(120)
	}},
	{"A power failure ends the print of a printer that is back, idle, before the exporter is, after 4 minutes", counts{pages: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.gone("a-1")
		f.exporters[0].restart(4)
		w.pass(60)
	}},
	{"A power failure takes eight printing printers", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 10}, "all")
		w.fail("785", "a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7", "a-8")
		w.pass(120)
	}},
	{"A brown-out: unreachable for 60 seconds, then idle", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.gone("a-1")
		w.pass(1)
		w.fail("", "a-1")
		w.pass(120)
	}},
	{"A print is lost in a service outage of 20 minutes in which the exporter restarts", counts{pages: 2, pagesResolved: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 6}, "a-1")
		w.fail("503", "all")
		w.pass(8)
		f.exporters[0].restart(1)
		w.pass(11)
		w.fail("", "all")
		w.fail("785", "a-1")
		w.pass(120)
	}},
	{"A lost print pages, then the connection is refused for 20 minutes, then the printer is disconnected again", counts{pages: 1, tickets: 1, ticketsResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		w.fail("403", "a-1")
		w.pass(30)
		w.fail("785", "a-1")
		w.pass(120)
	}},
	{"A user pauses on Bambu, where that is an error, then the power fails", counts{pages: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.each(func(p *printer) { p.platform = "01.08-BambuPrinters.P1S" }, "a-1")
		w.print("a-1")
		w.pass(20)
		w.each(func(p *printer) { p.state, p.subState = "error", "Paused By User" }, "a-1")
		w.pass(20)
		w.fail("785", "a-1")
		w.pass(120)
	}},
	{"A bad Wi-Fi: 7 minutes off and 7 on during a print, for 4 hours", counts{pages: 1, tickets: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.cycle(17, func() { w.fail("601", "a-1") }, 7, func() { w.fail("", "a-1") }, 7)
	}},
	{"A bad Wi-Fi: 8 minutes off and 40 on during a print, for 12 hours", counts{pages: 2, tickets: 1, pagesResolved: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.cycle(15, func() { w.fail("785", "a-1") }, 8, func() { w.fail("", "a-1") }, 40)
	}},
	{"Filament runs out: paused for 6 hours", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.each(func(p *printer) { p.platform = "01.08-BambuPrinters.P1S" }, "a-1")
		w.print("a-1")
		w.pass(20)
		w.each(func(p *printer) { p.state, p.subState = "error", "Filament Runout" }, "a-1")
		w.pass(360)
	}},
	{"A user pauses for 6 hours", counts{}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.each(func(p *printer) { p.platform = "01.08-BambuPrinters.P1S" }, "a-1")
		w.print("a-1")
		w.pass(20)
		w.each(func(p *printer) { p.state, p.subState = "paused", "Paused By User" }, "a-1")
		w.pass(360)
	}},
	{"An error in mid-print that waits for somebody", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.each(func(p *printer) { p.platform = "01.08-BambuPrinters.P1S" }, "a-1")
		w.print("a-1")
		w.pass(20)
		w.each(func(p *printer) { p.state = "error" }, "a-1")
		w.pass(120)
	}},
	{"An error ends a print on Klipper", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.each(func(p *printer) { p.state = "error" }, "a-1")
		w.pass(240)
	}},
	{"A print fails, the next one starts", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.each(func(p *printer) { p.state = "error" }, "a-1")
		w.pass(60)
		w.print("a-1")
		w.pass(120)
	}},
	{"A lost print that nobody acknowledges for 14 hours", counts{pages: 1, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(840)
	}},
	{"A lost print is acknowledged, the printer stays off", counts{pages: 1, pagesResolved: 1, tickets: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		f.post("/-/acknowledge?target=a-1")
		w.pass(120)
	}},
	{"A lost print is found alive", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.pass(30)
		w.fail("", "a-1")
		w.pass(60)
	}},
	{"A lost print is found dead", counts{pages: 1, pagesResolved: 1, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("785", "a-1")
		w.gone("a-1")
		w.pass(30)
		w.fail("", "a-1")
		w.pass(120)
	}},
	{"A printer is removed from the configuration while its print is lost", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		f := w.addPrinting(fleet{printers: 4}, "a-4")
		w.fail("785", "a-4")
		w.pass(30)
		f.configure(fleet{printers: 3, interval: 60e9, sites: []string{"a"}})
		f.post("/-/reload")
		w.pass(60)
	}},
	{"Two prints of a site are lost two hours apart", counts{pages: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "a-1", "a-2")
		w.fail("785", "a-1")
		w.pass(120)
		w.fail("785", "a-2")
		w.pass(60)
	}},
	{"A print makes no progress for 4 hours", counts{tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.each(func(p *printer) { p.stuckAt = 40 }, "a-1")
		w.pass(240)
	}},
	{"The plugin of a printing printer restarts and first reports that it is disconnected", counts{}, func(w *world) {
		w.addPrinting(fleet{printers: 4}, "a-1")
		w.fail("601", "a-1")
		w.pass(1)
		w.fail("785", "a-1")
		w.pass(1)
		w.fail("", "a-1")
		w.pass(60)
	}},
	{"A print completes, another is cancelled on a printer that says so", counts{}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(5)
		w.print("a-1", "a-2")
		w.pass(30)
		w.each(func(p *printer) { p.state = "complete" }, "a-1")
		w.each(func(p *printer) { p.state = "cancelled" }, "a-2")
		w.pass(60)
	}},
}
