package alerting

import "time"

// sizeScenarios are about small fleets, long intervals and printers that are disabled.
var sizeScenarios = []scenario{
	{"Printers are probed every 30 minutes, and a print is lost", counts{pages: 1}, func(w *world) {
		w.add(fleet{printers: 4, interval: 30 * time.Minute})
		w.pass(45)
		w.print("a-1")
		w.pass(45)
		w.fail("785", "a-1")
		w.pass(150)
	}},
	{"Healthy printers are probed every 30 minutes", counts{}, func(w *world) {
		w.add(fleet{printers: 12, interval: 30 * time.Minute})
		w.pass(300)
	}},
	{"Printers are probed every 10 minutes, and the service is down for 40 minutes", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.add(fleet{printers: 6, interval: 10 * time.Minute})
		w.pass(45)
		w.fail("503", "all")
		w.pass(40)
		w.fail("", "all")
		w.pass(60)
	}},
	{"Two of four printers are disabled in the configuration, and unreachable", counts{}, func(w *world) {
		w.add(fleet{printers: 4, disabled: 2})
		w.fail("785", "a-1", "a-2")
		w.pass(120)
	}},
	{"The only printer loses its plugin during a print", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 1}, "a-1")
		w.fail("601", "a-1")
		w.pass(90)
	}},
	{"Both printers of a fleet lose their plugins, one of them during a print", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 2}, "a-1")
		w.fail("601", "all")
		w.pass(90)
	}},
	{"503 for one of three printers for 3 hours", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 3})
		w.pass(20)
		w.fail("503", "a-1")
		w.pass(180)
	}},
	{"The plugin of one of two printers hangs for 3 hours", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 2})
		w.pass(20)
		w.fail(hangs, "a-1")
		w.pass(180)
	}},
	{"The service is down for a fleet of three", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.add(fleet{printers: 3})
		w.pass(20)
		w.print("a-1")
		w.pass(20)
		w.fail("503", "all")
		w.pass(40)
		w.fail("", "all")
		w.pass(60)
	}},
	{"503 for two of five printers for 3 hours", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 5})
		w.pass(20)
		w.fail("503", "a-1", "a-2")
		w.pass(180)
	}},
	{"503 for two of ten printers for 3 hours", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 10})
		w.pass(20)
		w.fail("503", "a-1", "a-2")
		w.pass(180)
	}},
	{"Printers without the label site lose their internet connection during prints", counts{pages: 1, pagesResolved: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 4, bare: true}, "a-1", "a-2")
		w.fail("601", "all")
		w.pass(60)
		w.fail("", "all")
		w.pass(60)
	}},
	{"A site with one printer loses its plugin, without a print", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 1, sites: []string{"a", "b", "c"}})
		w.pass(25)
		w.fail("601", "b")
		w.pass(120)
	}},
	{"The address of a printer does not exist", counts{tickets: 1}, func(w *world) {
		w.add(fleet{printers: 4})
		w.pass(25)
		w.fail("404", "a-1")
		w.pass(120)
	}},
}
