package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/voltrun/voltrun"
)

const projectFile = "volt.yaml"

// project is a volt.yaml: one function and its settings. What it leaves out stays as it is on the server.
type project struct {
	Server         string             `yaml:"server"`
	Name           string             `yaml:"name"`
	Runtime        string             `yaml:"runtime"`
	Handler        *string            `yaml:"handler"`
	Description    *string            `yaml:"description"`
	MemoryMB       *int               `yaml:"memory_mb"`
	CPUs           *float64           `yaml:"cpus"`
	Timeout        *span              `yaml:"timeout"`
	Isolation      *voltrun.Isolation `yaml:"isolation"`
	MaxConcurrency *int               `yaml:"max_concurrency"`
	Env            map[string]*string `yaml:"env"` // null removes a variable
	Secrets        secretRefs         `yaml:"secrets"`

	dir string
}

// span is a duration such as 3s or 500ms.
type span time.Duration

func (s *span) UnmarshalYAML(node *yaml.Node) error {
	d, err := time.ParseDuration(node.Value)
	if err != nil || d <= 0 || d%time.Millisecond != 0 {
		return fmt.Errorf("line %d: timeout must be whole milliseconds with a unit, such as 3s or 500ms", node.Line)
	}
	*s = span(d)
	return nil
}

// secretRefs maps the names of secrets to environment variables that hold their values. Values
// themselves are refused: the file is meant to be committed.
type secretRefs map[string]string

var (
	environmentRef  = regexp.MustCompile(`^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})$`)
	environmentName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func (r *secretRefs) UnmarshalYAML(node *yaml.Node) error {
	*r = secretRefs{}
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			if !environmentName.MatchString(item.Value) {
				return fmt.Errorf("line %d: a list of secrets holds names only", item.Line)
			}
			(*r)[item.Value] = item.Value
		}
		return nil
	}
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: secrets must be a list of names, or NAME: $VARIABLE", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		match := environmentRef.FindStringSubmatch(value.Value)
		if match == nil {
			return fmt.Errorf("line %d: the secret %s must name an environment variable, as in %s: $%s; a secret's value does not belong into this file", value.Line, name.Value, name.Value, name.Value)
		}
		(*r)[name.Value] = match[1] + match[2]
	}
	return nil
}

// readProject reads the volt.yaml of dir.
func readProject(dir string) (*project, error) {
	path := filepath.Join(dir, projectFile)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, 1<<20+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(data) > 1<<20 {
		return nil, usage("%s is larger than 1 MiB", path)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	p := &project{dir: dir}
	if err := decoder.Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return nil, usage("%s: %v", path, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, usage("%s must hold one document", path)
	}
	return p, nil
}

// findProject reads the volt.yaml of dir; nil means there is none.
func findProject(dir string) (*project, error) {
	p, err := readProject(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return p, err
}

// functionName is the function that a command is about: the argument, or the project's.
func (s *session) functionName(args []string) (string, error) {
	if len(args) > 0 {
		if args[0] == "" {
			return "", usage("the function's name is empty")
		}
		return args[0], nil
	}
	p, err := findProject(s.world.Dir)
	if err != nil {
		return "", err
	}
	if p == nil || p.Name == "" {
		return "", usage("name a function, or run this in a folder with a volt.yaml that does")
	}
	return p.Name, nil
}
