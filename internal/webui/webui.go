// Package webui serves what a browser sees outside the API.
//
// A build with the tag web embeds the dashboard, which web/scripts/pack.mjs puts into dist: every file
// compressed, and a manifest of paths and headers. A build without it embeds a page that stands on its
// own, so that building and testing the server needs no Node.js.
package webui

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v3"
)

// Handler answers GET and HEAD for the pages and their files. It returns fiber.ErrNotFound for what it does not
// have, unless the caller is a browser that wants HTML: then it answers 404 with a page. It fails when what
// was embedded is incomplete.
func Handler() (fiber.Handler, error) {
	s, err := embedded()
	if err != nil {
		return nil, fmt.Errorf("the embedded dashboard cannot be served: %w; build it anew with `make clean build`", err)
	}
	return s.serve, nil
}

func (s *site) serve(c fiber.Ctx) error {
	path := c.Path()
	if f := s.resolve(path); f != nil {
		return s.send(c, f, http.StatusOK)
	}
	// Pages have no slash at the end; who types one means the page. Only the path of a page can lead
	// here, so the address cannot be one of another server, such as //example.com.
	if bare := strings.TrimSuffix(path, "/"); bare != path && s.resolve(bare).isPage() {
		if query := c.Request().URI().QueryString(); len(query) > 0 {
			bare += "?" + string(query)
		}
		return c.Redirect().Status(http.StatusPermanentRedirect).To(bare)
	}
	if strings.Contains(c.Get(fiber.HeaderAccept), "text/html") {
		return s.send(c, s.missing, http.StatusNotFound)
	}
	return fiber.ErrNotFound
}
