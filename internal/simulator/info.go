package simulator

import (
	"strconv"
	"time"
)

// pluginConnection is what the service knows about a plugin's connection.
type pluginConnection struct {
	online                      bool
	connectedAt, disconnectedAt time.Time
}

// appendInfo writes the response of the App Connection Info API,
// https://docs.octoeverywhere.com/app-connections/apis/info-api/.
func appendInfo(b []byte, p *printer, c pluginConnection) []byte {
	address := hashOf(p.key, purposeAddress, 0)
	w := jsonWriter{b: b}
	w.text(`{"PrinterName":`)
	w.quoted(p.Name)
	w.text(`,"PrinterLocalIp":"192.168.`)
	w.integer(int64(address >> 8 % 100))
	w.text(".")
	w.integer(int64(2 + address%250))
	w.text(`","IsOnline":`)
	w.b = strconv.AppendBool(w.b, c.online)
	w.text(`,"LastDisconnectTimeUtc":"`)
	w.b = c.disconnectedAt.UTC().AppendFormat(w.b, time.RFC3339)
	w.text(`","LastConnectionTimeUtc":"`)
	w.b = c.connectedAt.UTC().AppendFormat(w.b, time.RFC3339)
	w.text(`","UserFacingPrinterUrl":"https://octoeverywhere.com/view/`)
	w.text(p.Name)
	w.text(`","PrinterLimits":{"MaxDownloadFileSizeBytes":104857600,"MaxUploadFileSizeBytes":104857600,"MaxSingleWebcamStreamLengthSeconds":600}}`)
	return w.b
}
