package cli

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed templates
var templateFiles embed.FS

// template is a function to start from; its files lie in templates/<name>.
type template struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Runtime     string `json:"runtime"`
	Handler     string `json:"handler"`
}

var templates = []template{
	{"node", "JavaScript, ES module", "nodejs", "index.handler"},
	{"node-cjs", "JavaScript, CommonJS", "nodejs", "index.handler"},
	{"node-http", "JavaScript, answers HTTP requests", "nodejs", "index.handler"},
	{"python", "Python", "python", "lambda_function.lambda_handler"},
	{"python-http", "Python, answers HTTP requests", "python", "lambda_function.lambda_handler"},
}

const ignoreTemplate = `# What is not part of the function, in the syntax of .gitignore.
event.json
README*
test/
tests/
*.log
`

func initCommand(s *session) *cobra.Command {
	var name, kind string
	var list bool
	cmd := &cobra.Command{
		Use:   "init [dir]",
		Short: "Start a function from a template",
		Long: `Write a function to start from: code, volt.yaml, .voltignore and an event to try it with.
Nothing that exists is overwritten. On a terminal, what is not given is asked for.`,
		Example: "  volt init hello\n  volt init mailer --template python --name send-mail\n  volt init --list",
		Args:    between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return s.listTemplates()
			}
			dir := s.world.Dir
			if len(args) > 0 {
				dir = s.path(args[0])
			}
			return s.init(cmd.Context(), dir, name, kind)
		},
	}
	cmd.Flags().StringVarP(&kind, "template", "t", "", "template to start from (default node)")
	cmd.Flags().StringVar(&name, "name", "", "name of the function (default: that of the folder)")
	cmd.Flags().BoolVar(&list, "list", false, "list the templates")
	cmd.RegisterFlagCompletionFunc("template", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return templateNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

func templateNames() []string {
	var names []string
	for _, t := range templates {
		names = append(names, t.Name)
	}
	return names
}

func (s *session) listTemplates() error {
	if s.flags.json {
		return s.printJSON(map[string]any{"items": templates})
	}
	rows := [][]string{{"TEMPLATE", "RUNTIME", "DESCRIPTION"}}
	for _, t := range templates {
		rows = append(rows, []string{t.Name, t.Runtime, t.Description})
	}
	s.table(rows)
	return nil
}

// unfit are the characters that a function's name does not have.
var (
	unfit     = regexp.MustCompile(`[^a-z0-9-]+`)
	validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
)

func (s *session) init(ctx context.Context, dir, name, kind string) (err error) {
	proposal := strings.Trim(unfit.ReplaceAllString(strings.ToLower(filepath.Base(dir)), "-"), "-")
	if proposal == "" {
		proposal = "hello"
	}
	if s.interactive() {
		if kind == "" {
			if kind, err = s.ask(ctx, "Template ("+strings.Join(templateNames(), ", ")+")", "node"); err != nil {
				return err
			}
		}
		if name == "" {
			if name, err = s.ask(ctx, "Name", proposal); err != nil {
				return err
			}
		}
	}
	if kind == "" {
		kind = "node"
	}
	if name == "" {
		name = proposal
	}
	if !validName.MatchString(name) {
		return usage("%q cannot be a function's name; use letters, digits, - and _, at most 64", name)
	}
	for _, t := range templates {
		if t.Name == kind {
			return s.write(dir, name, t)
		}
	}
	return usage("there is no template %q; choose one of %s", kind, strings.Join(templateNames(), ", "))
}

// write creates the files of a template. It looks for what is in the way before it writes anything.
func (s *session) write(dir, name string, t template) error {
	files, err := templateContent(name, t)
	if err != nil {
		return err
	}
	for _, file := range files {
		if _, err := os.Lstat(filepath.Join(dir, file[0])); !errors.Is(err, fs.ErrNotExist) {
			return usage("%s is in the way; nothing was written. Choose another folder, or move it", filepath.Join(dir, file[0]))
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	var written []string
	for _, file := range files {
		if err := writeNew(filepath.Join(dir, file[0]), file[1]); err != nil {
			return err
		}
		written = append(written, file[0])
	}
	if s.flags.json {
		return s.printJSON(map[string]any{"dir": dir, "name": name, "template": t.Name, "files": written})
	}
	for _, file := range written {
		s.printf("%s %s\n", s.out.style(green, "+"), file)
	}
	s.errf("deploy it with: volt deploy %s\nthen run it:    volt invoke %s --file %s\n", dir, name, filepath.Join(dir, "event.json"))
	return nil
}

func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = file.WriteString(text)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// templateContent lists name and text of every file, volt.yaml first.
func templateContent(name string, t template) ([][2]string, error) {
	settings := fmt.Sprintf(`# What volt deploys from this folder; see docs/cli.md for every setting.
name: %s
runtime: %s
handler: %s
memory_mb: 128
timeout: 3s
isolation: fresh
`, name, t.Runtime, t.Handler)
	files := [][2]string{{projectFile, settings}, {".voltignore", ignoreTemplate}}
	entries, err := templateFiles.ReadDir("templates/" + t.Name)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		data, err := templateFiles.ReadFile("templates/" + t.Name + "/" + entry.Name())
		if err != nil {
			return nil, err
		}
		files = append(files, [2]string{entry.Name(), string(data)})
	}
	return files, nil
}
