package api

import (
	"net/http"
	"net/netip"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"
)

// packFrom is the length, in bytes, from which an answer is worth compressing: it takes more than two packets otherwise.
const packFrom = 4 << 10

// pack compresses what reading answers, lists, statistics and logs, for whoever can unpack it. Answers of executions stay as they are,
// as do those to this very machine, where sending is faster than packing. A token in a header, which no other site can make a browser
// send, is what keeps lengths from telling secrets.
func pack(c fiber.Ctx, k *call) {
	response := c.Response()
	if c.Method() != fiber.MethodGet || response.StatusCode() != http.StatusOK || response.IsBodyStream() ||
		len(response.Body()) < packFrom || len(response.Header.ContentEncoding()) > 0 {
		return
	}
	response.Header.Add(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if address, err := netip.ParseAddr(k.address); (err == nil && address.IsLoopback()) || !c.Request().Header.HasAcceptEncoding("gzip") {
		return
	}
	response.SetBodyRaw(fasthttp.AppendGzipBytesLevel(nil, response.Body(), fasthttp.CompressBestSpeed))
	response.Header.SetContentEncoding("gzip")
}
