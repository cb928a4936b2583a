package alerting

// repeatedScenarios are about what fails repeatedly: it pages twice, then it is a ticket.
var repeatedScenarios = []scenario{
	{"The internet connection of a site is off for 7 of every 14 minutes, for 3 hours, with prints", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b"}}, "all")
		w.cycle(13, func() { w.fail("601", "a") }, 7, func() { w.fail("", "a") }, 7)
		w.pass(60)
	}},
	{"The internet connection of a site is off for 8 of every 48 minutes, for 5 hours, with prints", counts{pages: 2, pagesResolved: 2, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4, sites: []string{"a", "b"}}, "all")
		w.cycle(6, func() { w.fail("601", "a") }, 8, func() { w.fail("", "a") }, 40)
		w.pass(60)
	}},
	{"The service is down for 10 of every 40 minutes, for 5 hours", counts{pages: 2, pagesResolved: 2, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "a-1")
		w.cycle(7, func() { w.fail("503", "all") }, 10, func() { w.fail("", "all") }, 30)
		w.pass(60)
	}},
	{"The exporter is down for 15 of every 30 minutes, for 4 hours", counts{pages: 2, pagesResolved: 2, tickets: 1}, func(w *world) {
		f := w.add(fleet{printers: 6})
		w.pass(25)
		w.cycle(8, func() { f.exporters[0].stop() }, 15, func() { f.exporters[0].start() }, 15)
		w.pass(60)
	}},
	{"A plugin is off for 20 of every 40 minutes, for 4 hours, while idle", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(20)
		w.cycle(6, func() { w.fail("601", "a-1") }, 20, func() { w.fail("", "a-1") }, 20)
	}},
	{"A plugin hangs for 20 of every 40 minutes, for 4 hours", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 6})
		w.pass(20)
		w.cycle(6, func() { w.fail(hangs, "a-1") }, 20, func() { w.fail("", "a-1") }, 20)
	}},
	{"A bad Wi-Fi at three of eight printing printers: 7 minutes off and 7 on, for 4 hours", counts{pages: 3, pagesResolved: 3, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 8}, "all")
		w.cycle(17, func() { w.fail("601", "a-1", "a-2", "a-3") }, 7, func() { w.fail("", "all") }, 7)
	}},
	{"Prints of a printer fail every 40 minutes, for 4 hours", counts{pages: 2, pagesResolved: 2, tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(25)
		for range 7 {
			w.print("a-1")
			w.pass(20)
			w.each(func(p *printer) { p.state = "error" }, "a-1")
			w.pass(20)
		}
	}},
}
