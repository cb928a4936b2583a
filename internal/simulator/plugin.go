package simulator

// pong is the plugin's response to `ping`.
const pong = `{"Status": 200, "Result": {"Message": "Pong"}}`

// codeUnknownCommand is the plugin's code for an unknown command.
const codeUnknownCommand = 754

// pluginErrorTexts are the plugin's error texts by code.
var pluginErrorTexts = map[int]string{
	codeUnknownCommand: "The command path didn't match any known commands.",
	785:                "Host not connected",
}

// appendPluginError appends the plugin's envelope with an error.
func appendPluginError(b []byte, code int) []byte {
	w := jsonWriter{b: b}
	w.text(`{"Status": `)
	w.integer(int64(code))
	w.text(`, "Error": `)
	if text, ok := pluginErrorTexts[code]; ok {
		w.quoted(text)
	} else {
		w.quoted("Failed to get current status.")
	}
	w.text(`}`)
	return w.b
}
