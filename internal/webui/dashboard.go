//go:build web

package webui

import (
	"embed"
	"io/fs"
)

// Dashboard says whether this build holds the dashboard.
const Dashboard = true

//go:embed all:dist
var dist embed.FS

func embedded() (*site, error) {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return loadSite(root)
}
