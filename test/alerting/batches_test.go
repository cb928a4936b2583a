package alerting

import "time"

// batchScenarios are about what hits several prints of a site, at once or one after the other.
var batchScenarios = []scenario{
	{"A power failure of 2 minutes ends ten prints and takes their plugins along", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 12}, some(1, 10)...)
		w.fail("601", "all")
		w.gone(some(1, 10)...)
		w.pass(2)
		w.fail("", "all")
		w.pass(60)
	}},
	{"A power failure of 8 minutes ends eight prints and takes their plugins along", counts{pages: 1, pagesResolved: 1, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 10}, some(1, 8)...)
		w.fail("601", "all")
		w.gone(some(1, 8)...)
		w.pass(8)
		w.fail("", "all")
		w.pass(60)
	}},
	{"A power failure at half past takes twenty printing printers that are probed every 10 minutes", counts{pages: 1}, func(w *world) {
		w.add(fleet{printers: 20, interval: 10 * time.Minute})
		w.pass(5)
		w.print("all")
		w.pass(22)
		w.fail("785", "all")
		w.pass(90)
	}},
	{"A power failure of 2 minutes ends six prints at each of two sites", counts{pages: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 6, sites: []string{"a", "b"}}, "all")
		w.fail("785", "all")
		w.gone("all")
		w.pass(2)
		w.fail("", "all")
		w.pass(60)
	}},
	{"Five prints are lost at once", counts{pages: 5}, func(w *world) {
		w.addPrinting(fleet{printers: 12}, some(1, 8)...)
		w.fail("785", some(1, 5)...)
		w.pass(60)
	}},
	{"Five prints are lost at once, and a sixth 3 minutes later", counts{pages: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 12}, some(1, 8)...)
		w.fail("785", some(1, 5)...)
		w.pass(3)
		w.fail("785", "a-6")
		w.pass(60)
	}},
	{"Printers are probed every 10 minutes, and six prints are lost at once", counts{pages: 1}, func(w *world) {
		w.add(fleet{printers: 12, interval: 10 * time.Minute})
		w.pass(25)
		w.print(some(1, 8)...)
		w.pass(25)
		w.fail("785", some(1, 6)...)
		w.pass(60)
	}},
	{"Six prints are lost at once, and six others two hours later", counts{pages: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 14}, some(1, 12)...)
		w.fail("785", some(1, 6)...)
		w.pass(120)
		w.fail("785", some(7, 12)...)
		w.pass(40)
	}},
	{"A print has been lost for 13 hours when eight others are lost at once", counts{pages: 2, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 12}, some(1, 9)...)
		w.fail("785", "a-9")
		w.pass(780)
		w.fail("785", some(1, 8)...)
		w.pass(40)
	}},
	{"Half of a site's plugins have been off for hours, without prints, when two prints lose theirs, 2 hours apart", counts{pages: 2, tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 8}, "a-7", "a-8")
		w.fail("601", some(1, 4)...)
		w.pass(180)
		w.fail("601", "a-7")
		w.pass(120)
		w.fail("601", "a-8")
		w.pass(40)
	}},
	{"Half of a site's connections have been revoked for hours, without prints, when one with a print is", counts{tickets: 2}, func(w *world) {
		w.addPrinting(fleet{printers: 8}, "a-7", "a-8")
		w.fail("604", some(1, 4)...)
		w.pass(180)
		w.fail("604", "a-7")
		w.pass(120)
	}},
	{"Every connection is refused for 2 of every 10 minutes, for 2 hours, with prints", counts{tickets: 1}, func(w *world) {
		w.addPrinting(fleet{printers: 6}, "all")
		w.cycle(12, func() { w.fail("401", "all") }, 2, func() { w.fail("", "all") }, 8)
	}},
	{"A site without prints is off for 20 of every 60 minutes, for 4 hours", counts{tickets: 3, ticketsResolved: 2}, func(w *world) {
		w.add(fleet{printers: 4, sites: []string{"a", "b"}})
		w.pass(25)
		w.cycle(4, func() { w.fail("601", "a") }, 20, func() { w.fail("", "a") }, 40)
	}},
}

// some returns the names of printers of site a.
func some(from, to int) (names []string) {
	for i := from; i <= to; i++ {
		names = append(names, "a-"+itoa(i))
	}
	return names
}
