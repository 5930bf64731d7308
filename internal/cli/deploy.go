package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/client"
)

func deployCommand(s *session) *cobra.Command {
	var options deployOptions
	cmd := &cobra.Command{
		Use:   "deploy [dir]",
		Short: "Create or update the function in a folder",
		Long: `Create or update the function that the volt.yaml of a folder describes, and show what changes.

What volt.yaml leaves out stays as it is on the server. Variables in env are set over those
that exist; null removes one. Secrets name environment variables (secrets: [TOKEN], or
TOKEN: $MY_TOKEN); those that the server has already are kept unless --update-secrets.`,
		Example: `  volt deploy
  volt deploy ./hello --dry-run
  volt deploy -m "greet politely"`,
		Args: between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return s.deploy(cmd.Context(), s.path(dir), options)
		},
	}
	cmd.Flags().BoolVarP(&options.dryRun, "dry-run", "n", false, "show what would change, and change nothing")
	cmd.Flags().StringVarP(&options.message, "message", "m", "", "message kept with the version")
	cmd.Flags().BoolVar(&options.updateSecrets, "update-secrets", false, "send secrets that the server has already, too")
	return cmd
}

type deployOptions struct {
	dryRun, updateSecrets bool
	message               string
}

// deployment is what deploy did or would do.
type deployment struct {
	Function *client.Function `json:"function"`
	Action   string           `json:"action"` // "created", "updated" or "none"
	DryRun   bool             `json:"dry_run"`
	Files    []fileChange     `json:"files"`
	Settings []settingChange  `json:"settings"`
}

func (s *session) deploy(ctx context.Context, dir string, options deployOptions) error {
	p, err := s.deployable(dir)
	if err != nil {
		return err
	}
	plan, change, err := s.plan(ctx, p, options)
	if err != nil {
		return err
	}
	plan.DryRun = options.dryRun
	if !s.flags.json {
		s.showPlan(p.Name, plan)
	}
	if !options.dryRun && plan.Action != "none" {
		if err := s.apply(ctx, p.Name, &plan, change); err != nil {
			return err
		}
	}
	return s.showDeployment(p.Name, plan)
}

func (s *session) deployable(dir string) (*project, error) {
	p, err := findProject(dir)
	switch {
	case err != nil:
		return nil, err
	case p == nil:
		return nil, usage("%s has no volt.yaml; make a function with: volt init %s", dir, dir)
	case p.Name == "" || p.Runtime == "":
		return nil, usage("%s/volt.yaml must give name and runtime", dir)
	}
	return p, nil
}

// plan compares the folder with what is deployed.
func (s *session) plan(ctx context.Context, p *project, options deployOptions) (deployment, client.FunctionChange, error) {
	var none client.FunctionChange
	files, err := gather(p.dir)
	if err != nil {
		return deployment{}, none, err
	}
	api, err := s.client()
	if err != nil {
		return deployment{}, none, err
	}
	plan := deployment{Action: "updated"}
	current, err := api.Function(ctx, p.Name)
	switch {
	case client.CodeOf(err) == voltrun.CodeNotFound:
		plan.Action = "created"
	case err != nil:
		return plan, none, err
	default:
		plan.Function = &current
	}
	change, settings, err := s.settings(p, plan.Function, options.updateSecrets)
	if err != nil {
		return plan, none, err
	}
	plan.Settings = settings
	plan.Files = compare(deployedFiles(plan.Function, files), files)
	if len(plan.Files) > 0 {
		change.Files = files
	}
	if len(plan.Files) == 0 && len(settings) == 0 {
		plan.Action = "none"
	}
	if options.message != "" {
		change.Message = &options.message
	}
	return plan, change, nil
}

// deployedFiles are the files on the server. Code of a single file comes without its name.
func deployedFiles(current *client.Function, local map[string]string) map[string]string {
	if current == nil {
		return nil
	}
	if current.Files != nil || current.Code == "" {
		return current.Files
	}
	return map[string]string{singleFile(current, local): current.Code}
}

// singleFile is the name of the one file of a function: where the handler's module lies among
// the local files, otherwise where the server keeps single-file code.
func singleFile(current *client.Function, local map[string]string) string {
	standard := "index.mjs"
	if len(current.Runtime) >= 6 && current.Runtime[:6] == "python" {
		standard = "lambda_function.py"
	}
	if _, ok := local[standard]; ok {
		return standard
	}
	for name, text := range local {
		if text == current.Code || len(local) == 1 {
			return name
		}
	}
	return standard
}

func (s *session) apply(ctx context.Context, name string, plan *deployment, change client.FunctionChange) error {
	api, err := s.client()
	if err != nil {
		return err
	}
	progress := s.progress("deploying " + name)
	defer progress.stop()
	var function client.Function
	if plan.Action == "created" {
		function, err = api.CreateFunction(ctx, change)
	} else {
		function, err = api.UpdateFunction(ctx, plan.Function.ID, change)
	}
	if err != nil {
		return fmt.Errorf("deploy %s: %w", name, err)
	}
	plan.Function = &function
	return nil
}

func (s *session) showPlan(name string, plan deployment) {
	marks := map[string]string{"added": s.out.style(green, "+"), "changed": s.out.style(yellow, "~"), "removed": s.out.style(red, "-")}
	for _, file := range plan.Files {
		s.printf("%s %s  %s %s\n", marks[file.Change], file.Path, s.out.style(green, fmt.Sprintf("+%d", file.Added)), s.out.style(red, fmt.Sprintf("-%d", file.Removed)))
	}
	for _, setting := range plan.Settings {
		s.printf("%s %s: %s → %s\n", marks["changed"], setting.Name, dash(setting.From), dash(setting.To))
	}
}

func (s *session) showDeployment(name string, plan deployment) error {
	if s.flags.json {
		if plan.Function != nil {
			plan.Function.Code, plan.Function.Files = "", nil // the code is in the folder
		}
		return s.printJSON(plan)
	}
	switch {
	case plan.Action == "none":
		s.printf("%s is up to date (version %d)\n", name, plan.Function.Version)
	case plan.DryRun:
		s.printf("%s would be %s; nothing was changed\n", name, plan.Action)
	default:
		s.printf("%s %s, version %d\n", name, plan.Action, plan.Function.Version)
		s.errf("run it with: volt invoke %s\n", name)
	}
	return nil
}
