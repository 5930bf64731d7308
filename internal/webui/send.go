package webui

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v3"
)

const (
	// filePolicy is for what is no page: scripts and styles, which only matter when one of them is started as a worker.
	filePolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
	// permissions that no page needs and no script on one shall ask for.
	permissions = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
)

// send answers with f as the client can read it, or that it has not changed.
func (s *site) send(c fiber.Ctx, f *file, status int) error {
	if status == http.StatusOK && unchanged(c.Get(fiber.HeaderIfNoneMatch), f.ETag) {
		setHeaders(c, f, status)
		c.Status(http.StatusNotModified)
		return nil
	}
	body, length, encoding, err := s.represent(c, f)
	if err != nil {
		return err
	}
	setHeaders(c, f, status)
	c.Response().Header.SetContentType(f.Type)
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Status(status)
	c.Response().SetBodyStream(body, length)
	return nil
}

// setHeaders sets what goes with f whether or not it is sent.
func setHeaders(c fiber.Ctx, f *file, status int) {
	policy, caching := filePolicy, "no-cache"
	if f.isPage() {
		policy = f.CSP
	}
	if f.Immutable {
		caching = "public, max-age=31536000, immutable"
	}
	c.Set(fiber.HeaderCacheControl, caching)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", permissions)
	if status == http.StatusOK {
		// Weak: the content is the same, its bytes differ with the encoding.
		c.Set(fiber.HeaderETag, `W/"`+f.ETag+`"`)
	}
}

// represent returns the body for this client, its length in bytes and its encoding. What dist holds is sent as it
// lies there; gzip is for browsers that know Brotli over TLS only.
func (s *site) represent(c fiber.Ctx, f *file) (body io.Reader, length int, encoding string, err error) {
	switch {
	case f.Encoding == "" || accepts(c, f.Encoding):
		body, err = s.dist.Open(f.File)
		return body, f.stored, f.Encoding, err
	case accepts(c, "gzip"):
		packed, err := f.gzip()
		return bytes.NewReader(packed), len(packed), "gzip", err
	default:
		body, err = s.open(f)
		return body, f.Bytes, "", err
	}
}

// accepts reports whether the client asks for an encoding; one that says nothing gets the plain content.
func accepts(c fiber.Ctx, encoding string) bool {
	return c.Get(fiber.HeaderAcceptEncoding) != "" && c.AcceptsEncodings(encoding) == encoding
}

// unchanged reports whether the header names the tag, as RFC 9110 compares weakly.
func unchanged(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || candidate == `"`+tag+`"` {
			return true
		}
	}
	return false
}
