package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v3"
)

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsHeaders = "Authorization, Content-Type, Idempotency-Key, Prefer, X-Request-Id"
	corsExposed = "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, Location, Preference-Applied"
	corsMaxAge  = "600"
)

// originAllowed reports whether a page of this origin may use the API: the
// server's own pages, and those of the configured origins. "null" never may.
func (s *Server) originAllowed(c fiber.Ctx, origin string) bool {
	return sameOrigin(c, origin) || slices.Contains(s.Config.CORSOrigins, origin)
}

// sameOrigin compares host and port. The scheme is left out because a proxy in front may speak TLS.
func sameOrigin(c fiber.Ctx, origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, string(c.Request().Host()))
}

// allowOrigin tells the browser that a page of a configured origin may read the answer.
func (s *Server) allowOrigin(c fiber.Ctx) {
	if len(s.Config.CORSOrigins) == 0 {
		return
	}
	h := &c.Response().Header
	h.Add(fiber.HeaderVary, fiber.HeaderOrigin)
	origin := c.Get(fiber.HeaderOrigin)
	switch {
	case origin == "":
		return
	case slices.Contains(s.Config.CORSOrigins, origin):
		h.Set(fiber.HeaderAccessControlAllowOrigin, origin)
		h.Set(fiber.HeaderAccessControlAllowCredentials, "true")
	case slices.Contains(s.Config.CORSOrigins, "*"):
		h.Set(fiber.HeaderAccessControlAllowOrigin, "*") // without Credentials: tokens only
	default:
		return
	}
	h.Set(fiber.HeaderAccessControlExposeHeaders, corsExposed)
}

// preflight answers OPTIONS on a path that exists: Allow is set, allowOrigin adds the rest.
func (s *Server) preflight(c fiber.Ctx) {
	c.Response().ResetBody()
	c.Status(http.StatusNoContent)
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || c.Get(fiber.HeaderAccessControlRequestMethod) == "" {
		return
	}
	if slices.Contains(s.Config.CORSOrigins, origin) || slices.Contains(s.Config.CORSOrigins, "*") {
		h := &c.Response().Header
		h.Set(fiber.HeaderAccessControlAllowMethods, corsMethods)
		h.Set(fiber.HeaderAccessControlAllowHeaders, corsHeaders)
		h.Set(fiber.HeaderAccessControlMaxAge, corsMaxAge)
	}
}
