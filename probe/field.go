package probe

import (
	"iter"
	"time"
)

// Field is a number of a response.
type Field uint8

// The fields, in the order of the field table.
const (
	Progress          Field = iota + 1
	Duration                // of the print so far
	TimeLeft                // of the print, as estimated by the printer
	Layer                   // the current one; the first is 1
	Layers                  // of the whole print
	HotendActual            //
	HotendTarget            //
	BedActual               //
	BedTarget               //
	ChamberActual           //
	ChamberTarget           //
	GadgetScore             // damped by the plugin; its scale is not documented
	GadgetSuppressed        // the user has silenced Gadget for this print
	ConnectionOnline        // the plugin is connected to the service
	LastConnection          //
	LastDisconnection       //
	gadgetScoreAge          // this and the next two are shown as something else
	gadgetPauseAge          //
	gadgetWarningAge        //
	stateField              // no number, as all that follow
	platformField           // a text, as all that follow
	jobIDField              //
	fileNameField           //
	subStateField           //
	errorField              //
)

// numberFields bounds the fields that are numbers.
const numberFields = stateField

// Unit is the unit of a field, and with it the JSON type it is read from. It is that of the metric the field becomes.
type Unit uint8

// The units.
const (
	UnitRatio   Unit = iota + 1 // 0 to 1
	UnitSeconds                 // a duration
	UnitCount                   // a whole number
	UnitCelsius                 // a temperature
	UnitScore                   // a number without a unit
	UnitBool                    // 0 or 1, from a JSON boolean
	UnitTime                    // Unix time, from an RFC 3339 string
	unitState                   // no number: Reading.State
	unitText                    // no number: Reading.PlatformVersion and others
)

// FieldInfo is a row of the field table: everything that is said about a field, once. Decoder, metrics, JSON, page and
// terminal read it.
type FieldInfo struct {
	Field         Field
	Name          string // the key in JSON; "": the field is not among the numbers of Status.Numbers
	Label         string // for people
	Unit          Unit
	WhilePrinting bool   // known only while a print is in progress
	Sensor        string // of a temperature: where it is measured
	TargetOf      Field  // of a target temperature: the measured one

	request  Request // the request whose response has the field
	path     string  // keys from the top of the response
	min, max float64 // after scaling; values outside are unknown. Of a text, max is its longest in bytes
	divisor  float64 // 0: 1
	notZero  bool    // 0 is written for what is unknown
	requires Field   // the field is unknown where this one is
}

// Bounds. What is beyond them is an error of a clock, a sensor or a computation.
const (
	maxLayers  = 1e6 // ten meters of the thinnest layers
	maxScore   = 1e3
	day        = 24 * 3600.0
	year       = 366 * day
	month      = 31 * day
	minCelsius = -273
	maxCelsius = 1000
	year1971   = 365 * day       // an earlier time means never: year 1, or 1970
	year2100   = 4_102_444_800.0 // a later time means never: year 9999
)

// Paths of objects that hold several fields.
const (
	printPath  = "Result.JobStatus.CurrentPrint."
	tempsPath  = printPath + "Temps."
	gadgetPath = "Result.OctoEverywhereStatus.Gadget."
)

// fieldTable holds one row per field, in the order of the constants, which is that in which numbers are shown.
// Sources: https://docs.octoeverywhere.com/plugin-api/printer-status/ and
// https://docs.octoeverywhere.com/app-connections/apis/info-api/
var fieldTable = [...]FieldInfo{
	{
		Field: Progress, Name: "print_progress_ratio", Label: "progress", Unit: UnitRatio, WhilePrinting: true,
		request: StatusRequest, path: printPath + "Progress", divisor: 100, max: 1,
	},
	{
		Field: Duration, Name: "print_duration_seconds", Label: "print duration", Unit: UnitSeconds, WhilePrinting: true,
		request: StatusRequest, path: printPath + "DurationSec", max: year,
	},
	{
		Field: TimeLeft, Name: "print_time_left_seconds", Label: "time left", Unit: UnitSeconds, WhilePrinting: true,
		request: StatusRequest, path: printPath + "TimeLeftSec", max: year,
	},
	{
		Field: Layer, Name: "print_layer", Label: "layer", Unit: UnitCount, WhilePrinting: true,
		request: StatusRequest, path: printPath + "CurrentLayer", max: maxLayers,
	},
	{
		Field: Layers, Name: "print_layers", Label: "layers in total", Unit: UnitCount, WhilePrinting: true,
		request: StatusRequest, path: printPath + "TotalLayers", min: 1, max: maxLayers, notZero: true,
	},

	{
		Field: HotendActual, Name: "hotend_celsius", Label: "hotend", Unit: UnitCelsius, Sensor: "hotend",
		request: StatusRequest, path: tempsPath + "HotendActual", min: minCelsius, max: maxCelsius, notZero: true,
	},
	{
		Field: HotendTarget, Name: "hotend_target_celsius", Label: "hotend target", Unit: UnitCelsius, Sensor: "hotend", TargetOf: HotendActual,
		request: StatusRequest, path: tempsPath + "HotendTarget", max: maxCelsius,
	},
	{
		Field: BedActual, Name: "bed_celsius", Label: "bed", Unit: UnitCelsius, Sensor: "bed",
		request: StatusRequest, path: tempsPath + "BedActual", min: minCelsius, max: maxCelsius, notZero: true,
	},
	{
		Field: BedTarget, Name: "bed_target_celsius", Label: "bed target", Unit: UnitCelsius, Sensor: "bed", TargetOf: BedActual,
		request: StatusRequest, path: tempsPath + "BedTarget", max: maxCelsius,
	},
	{
		Field: ChamberActual, Name: "chamber_celsius", Label: "chamber", Unit: UnitCelsius, Sensor: "chamber",
		request: StatusRequest, path: tempsPath + "ChamberActual", min: minCelsius, max: maxCelsius, notZero: true,
	},
	{
		Field: ChamberTarget, Name: "chamber_target_celsius", Label: "chamber target", Unit: UnitCelsius, Sensor: "chamber", TargetOf: ChamberActual,
		request: StatusRequest, path: tempsPath + "ChamberTarget", max: maxCelsius,
	},

	// Before the first score, its age counts from 1970. A score stays when the next print begins.
	{
		Field: GadgetScore, Name: "gadget_score", Label: "Gadget score", Unit: UnitScore, WhilePrinting: true,
		request: StatusRequest, path: gadgetPath + "LastScore", max: maxScore, requires: gadgetScoreAge,
	},
	{
		Field: GadgetSuppressed, Name: "gadget_suppressed", Label: "Gadget suppressed", Unit: UnitBool, WhilePrinting: true,
		request: StatusRequest, path: gadgetPath + "IsSuppressed", max: 1, requires: gadgetScoreAge,
	},

	{Field: ConnectionOnline, Unit: UnitBool, request: InfoRequest, path: "IsOnline", max: 1},
	{Field: LastConnection, Unit: UnitTime, request: InfoRequest, path: "LastConnectionTimeUtc", min: year1971, max: year2100},
	{Field: LastDisconnection, Unit: UnitTime, request: InfoRequest, path: "LastDisconnectTimeUtc", min: year1971, max: year2100},

	{Field: gadgetScoreAge, Unit: UnitSeconds, request: StatusRequest, path: gadgetPath + "TimeSinceLastScoreSec", max: month, notZero: true},
	{Field: gadgetPauseAge, Unit: UnitSeconds, request: StatusRequest, path: gadgetPath + "TimeSinceLastPauseSec", max: month},
	{Field: gadgetWarningAge, Unit: UnitSeconds, request: StatusRequest, path: gadgetPath + "TimeSinceLastWarnSec", max: month},
	{Field: stateField, Unit: unitState, request: StatusRequest, path: "Result.JobStatus.State"},
	{Field: platformField, Unit: unitText, request: StatusRequest, path: "Result.PlatformVersion", max: maxPlatform},
	{Field: jobIDField, Unit: unitText, request: StatusRequest, path: "Result.OctoEverywhereStatus.MostRecentPrintIdStr", max: maxText},
	{Field: fileNameField, Unit: unitText, request: StatusRequest, path: printPath + "FileName", max: maxText},
	{Field: subStateField, Unit: unitText, request: StatusRequest, path: "Result.JobStatus.SubState", max: maxText},
	{Field: errorField, Unit: unitText, request: StatusRequest, path: "Result.JobStatus.Error", max: maxText},
}

// row returns the field's row; an empty one for a field that is not in the table.
func (f Field) row() *FieldInfo {
	if f == 0 || int(f) > len(fieldTable) {
		return &FieldInfo{}
	}
	return &fieldTable[f-1]
}

// Info returns the field's row in the field table.
func (f Field) Info() FieldInfo { return *f.row() }

// Sensor is a temperature sensor of a printer.
type Sensor struct {
	Name           string // a label value
	Actual, Target Field
}

// Sensors returns all temperature sensors, in the order of the field table.
func Sensors() []Sensor { return sensorsOf(fieldTable[:]) }

func sensorsOf(table []FieldInfo) (all []Sensor) {
	for _, target := range table {
		if target.TargetOf != 0 {
			all = append(all, Sensor{target.Sensor, target.TargetOf, target.Field})
		}
	}
	return all
}

// Number returns a field's value at now, and false where it is unknown. What the printer's software reported is unknown
// while the host layer is not up, and what belongs to a print is unknown while none is in progress.
func (s *Status) Number(f Field, now time.Time) (float64, bool) {
	return s.number(f.row(), now)
}

// Numbers returns the known numbers of the last status, each with its row, in the order of the field table.
func (s *Status) Numbers(now time.Time) iter.Seq2[FieldInfo, float64] {
	return func(yield func(FieldInfo, float64) bool) {
		for i := range fieldTable {
			row := &fieldTable[i]
			if row.Name == "" {
				continue
			}
			if v, known := s.number(row, now); known && !yield(*row, v) {
				return
			}
		}
	}
}

func (s *Status) number(row *FieldInfo, now time.Time) (float64, bool) {
	switch {
	case row.request == InfoRequest:
		connection, known := s.Connected(now)
		if !known {
			return 0, false
		}
		return connection.Value(row.Field)
	case !s.ReadingHolds(now), row.WhilePrinting && (!s.showsPrint() || s.isLeftOver(row.Field)):
		return 0, false
	case row.Field == GadgetScore:
		return s.score()
	}
	return s.Reading.Value(row.Field)
}
