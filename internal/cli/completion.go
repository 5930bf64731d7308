package cli

import (
	"context"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/voltrun/voltrun/internal/client"
)

func completionCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "completion <bash|zsh|fish>", Short: "Print the completion script of a shell",
		Long: "Print the script that lets a shell complete commands, flags and the names of your functions.",
		Example: `  source <(volt completion bash)
  volt completion zsh > "${fpath[1]}/_volt"
  volt completion fish > ~/.config/fish/completions/volt.fish`,
		Args:      between(1, 1),
		ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(s.world.Out, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(s.world.Out)
			case "fish":
				return cmd.Root().GenFishCompletion(s.world.Out, true)
			}
			return usage("there is no completion for %q; choose bash, zsh or fish", args[0])
		},
	}
}

// completable are the names that a shell is given: nothing it could take for more than a word.
var completable = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// completeFunctions offers the names of the user's functions. It is quick or gives up: somebody waits at the prompt.
func (s *session) completeFunctions(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	parent := cmd.Context()
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithTimeout(parent, 2*time.Second)
	defer cancel()
	api, err := s.client()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	page, err := api.Functions(ctx, client.FunctionFilter{Query: prefix, PageSize: 100})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, function := range page.Items {
		if completable.MatchString(function.Name) {
			names = append(names, function.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
