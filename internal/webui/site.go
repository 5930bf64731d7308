package webui

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// site is a set of files and the headers they are sent with. It does not change once it is made.
type site struct {
	dist    fs.FS
	files   map[string]*file    // by path below the root, such as "functions/_.html"
	folders map[string]struct{} // that hold files, "." being the root
	missing *file               // the page for what is not there
}

// file is an entry of the manifest.
type file struct {
	File      string `json:"file"`      // where its bytes lie in dist
	ETag      string `json:"etag"`      // a hash of its content, without quotes
	Type      string `json:"type"`      // the media type
	Bytes     int    `json:"bytes"`     // of the content, unpacked
	Encoding  string `json:"encoding"`  // how dist holds it: "br", or "" as it is
	Immutable bool   `json:"immutable"` // the path changes with the content
	CSP       string `json:"csp"`       // the Content-Security-Policy, of pages

	stored int                    // bytes in dist
	gzip   func() ([]byte, error) // the content packed for clients that do not know Brotli, kept after the first
}

func (f *file) isPage() bool { return f != nil && strings.HasPrefix(f.Type, "text/html") }

// loadSite reads the manifest of dist and checks that all it names is there.
func loadSite(dist fs.FS) (*site, error) {
	manifest, err := fs.ReadFile(dist, "manifest.json")
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(manifest))
	decoder.DisallowUnknownFields()
	files := map[string]*file{}
	if err := decoder.Decode(&files); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	return newSite(dist, files)
}

func newSite(dist fs.FS, files map[string]*file) (*site, error) {
	s := &site{dist: dist, files: files, folders: map[string]struct{}{}}
	for name, f := range files {
		if err := s.add(name, f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	s.missing = files["404.html"]
	if files["index.html"] == nil || s.missing == nil {
		return nil, errors.New("index.html or 404.html is missing")
	}
	delete(files, "404.html") // no path of its own answers 200 with it
	return s, nil
}

func (s *site) add(name string, f *file) error {
	info, err := fs.Stat(s.dist, f.File)
	if err != nil {
		return err
	}
	f.stored = int(info.Size())
	switch {
	case f.Encoding != "" && f.Encoding != "br":
		return fmt.Errorf("unknown encoding %q", f.Encoding)
	case f.Encoding == "" && f.stored != f.Bytes:
		return fmt.Errorf("has %d bytes, not %d", f.stored, f.Bytes)
	case f.ETag == "" || f.Type == "":
		return errors.New("has no etag or no type")
	case f.isPage() && f.CSP == "":
		return errors.New("is a page without a policy")
	}
	f.gzip = sync.OnceValues(func() ([]byte, error) { return s.pack(f) })
	for folder := path.Dir(name); ; folder = path.Dir(folder) {
		s.folders[folder] = struct{}{}
		if folder == "." {
			return nil
		}
	}
}

// open returns the content of f; reading it unpacks, and takes no memory in proportion to its size.
func (s *site) open(f *file) (io.ReadCloser, error) {
	stored, err := s.dist.Open(f.File)
	if err != nil || f.Encoding == "" {
		return stored, err
	}
	return struct {
		io.Reader
		io.Closer
	}{brotli.NewReader(stored), stored}, nil
}

func (s *site) pack(f *file) ([]byte, error) {
	content, err := s.open(f)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.Copy(w, content); err != nil {
		return nil, fmt.Errorf("unpack %s: %w", f.File, err)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
