package testkit

// StatusResponse is a response to `status` of the usual size: about 900 bytes, of which a third is exported. Fields as in
// https://docs.octoeverywhere.com/plugin-api/printer-status/
const StatusResponse = `{"Status": 200, "Result": {"JobStatus": {"State": "printing", "SubState": null, "Error": null,
 "Lights": [{"Name": "chamber", "On": true}], "CurrentPrint": {"Progress": 47.53, "DurationSec": 5321, "TimeLeftSec": 5874,
 "FileName": "gearbox housing, left half (2 of 2), PETG, 0.2 mm.gcode", "EstTotalFilUsedMm": 18342, "EstTotalFilWeightMg": 54710,
 "CurrentLayer": 118, "TotalLayers": 254, "Temps": {"BedActual": 69.94, "BedTarget": 70.0, "HotendActual": 239.71,
 "HotendTarget": 240.0, "ChamberActual": 38.2, "ChamberTarget": 0.0}}}, "OctoEverywhereStatus": {"MostRecentPrintIdStr": "p-7f3a91c2",
 "PrintStartTimeSec": 1800000000.25, "Gadget": {"LastScore": 9.2, "ScoreHistory": [9.2, 9.1, 9.4, 8.8, 9.0, 9.3],
 "TimeSinceLastScoreSec": 21.4, "IntervalSec": 30.0, "IsSuppressed": false}}, "PlatformVersion": "v0.13.0-190-g5eb07966",
 "Features": 7, "ListWebcams": {"Webcams": [{"Name": "camera", "FlipH": false, "FlipV": false, "Rotation": 0, "Enabled": true}],
 "DefaultIndex": 0}}}`
