package webui

import (
	"net/url"
	"path"
	"strings"
)

const (
	// placeholder is the segment that pages with a variable part, such as the id of a function, were exported for once.
	placeholder = "_"
	// maxPath bounds, in bytes, a path that is looked at.
	maxPath = 1024
	// maxVariable bounds, in bytes, what a variable segment may hold; names and ids are shorter.
	maxVariable = 128
)

// resolve returns the file for the path of a request, or nil: the file of that name, the page
// of that name, or the one that was exported for the variable segments. Only names of the
// manifest are ever looked up, so there is nothing to climb out of.
func (s *site) resolve(raw string) *file {
	if raw == "/" {
		return s.files["index.html"]
	}
	segments, ok := split(raw)
	if !ok {
		return nil
	}
	return s.find(".", segments)
}

// find looks below a folder that exists. Fixed names go before the variable one.
func (s *site) find(folder string, segments []string) *file {
	name := segments[0]
	if len(segments) == 1 {
		return s.leaf(folder, name)
	}
	for _, child := range []string{name, placeholder} {
		if child == placeholder && !variable(name) {
			continue
		}
		below := path.Join(folder, child)
		if _, ok := s.folders[below]; !ok {
			continue
		}
		if f := s.find(below, segments[1:]); f != nil {
			return f
		}
	}
	return nil
}

func (s *site) leaf(folder, name string) *file {
	candidates := []string{name}
	if name != "index" { // which is the page at /
		candidates = append(candidates, name+".html")
	}
	// What a page asks for when it leads to another within the browser is a text beside the page.
	if bare, isText := strings.CutSuffix(name, ".txt"); isText && variable(bare) {
		candidates = append(candidates, placeholder+".txt")
	} else if variable(name) {
		candidates = append(candidates, placeholder+".html")
	}
	for _, candidate := range candidates {
		if f := s.files[path.Join(folder, candidate)]; f != nil {
			return f
		}
	}
	return nil
}

// split takes a path apart and decodes its segments. It refuses what no link of ours contains.
func split(raw string) ([]string, bool) {
	rest, ok := strings.CutPrefix(raw, "/")
	if !ok || len(raw) > maxPath {
		return nil, false
	}
	segments := strings.Split(rest, "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil || decoded == "" || decoded == "." || decoded == ".." || strings.ContainsAny(decoded, "/\\\x00") {
			return nil, false
		}
		segments[i] = decoded
	}
	return segments, true
}

// variable reports whether a segment can be a name or an id: the rest, such as a file that is not there, is no page.
func variable(segment string) bool {
	if segment == "" || len(segment) > maxVariable {
		return false
	}
	for i := 0; i < len(segment); i++ {
		b := segment[i]
		if !('a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '-') {
			return false
		}
	}
	return true
}
