package control

import (
	"context"

	"github.com/voltrun/voltrun"
)

// Functions are the use cases of functions and their versions. A ref is an id or a name.
// Another owner's function is not found.
type Functions struct{}

func (f *Functions) Create(ctx context.Context, owner string, change FunctionChange) (voltrun.Function, error) {
	panic("not yet")
}
func (f *Functions) List(ctx context.Context, filter voltrun.FunctionFilter, page voltrun.PageRequest) (voltrun.Page[voltrun.Function], error) {
	panic("not yet")
}

// Get returns the function and its active version with files.
func (f *Functions) Get(ctx context.Context, owner, ref string) (voltrun.Function, voltrun.Version, error) {
	panic("not yet")
}
func (f *Functions) Update(ctx context.Context, owner, ref string, change FunctionChange) (voltrun.Function, error) {
	panic("not yet")
}
func (f *Functions) Delete(ctx context.Context, owner, ref string) error { panic("not yet") }

// Versions lists all versions, newest first, without files.
func (f *Functions) Versions(ctx context.Context, owner, ref string) ([]VersionInfo, error) {
	panic("not yet")
}
func (f *Functions) Version(ctx context.Context, owner, ref string, number int) (VersionInfo, error) {
	panic("not yet")
}
func (f *Functions) Activate(ctx context.Context, owner, ref string, number int) (voltrun.Function, error) {
	panic("not yet")
}

// Resolve returns what the data plane needs to run a version; 0 means the active one.
// It is on the hot path: answers are cached and dropped at every change.
func (f *Functions) Resolve(ctx context.Context, owner, ref string, version int) (*voltrun.Deployment, error) {
	panic("not yet")
}
