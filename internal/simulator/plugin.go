package simulator

// pong is the plugin's answer to `ping`.
const pong = `{"Status": 200, "Result": {"Message": "Pong"}}`

// unknownCommand is the plugin's code for a command that it does not know.
const codeUnknownCommand = 754

// refusals are the texts that the plugin sends along with its codes.
var pluginErrorTexts = map[int]string{
	codeUnknownCommand: "The command path didn't match any known commands.",
	785:                "Host not connected",
}

// appendRefusal writes the plugin's envelope without a result.
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
