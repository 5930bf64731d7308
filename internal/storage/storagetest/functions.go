package storagetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
)

func testFunctions(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *world){
		"create and read": createFunction,
		"names":           functionNames,
		"update":          updateFunction,
		"racing updates":  racingUpdates,
		"delete":          deleteFunction,
		"list":            listFunctions,
		"versions":        versions,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, open))
		})
	}
}

// newFunction is a function of the world's owner and its first version.
func (w *world) newFunction(name string) (voltrun.Function, voltrun.Version) {
	fn := voltrun.Function{ID: voltrun.NewID(voltrun.PrefixFunction), OwnerID: w.owner, Name: name, Description: "says " + name, Runtime: "nodejs",
		Handler: "index.handler", Version: 1, MemoryMB: 128, CPUs: 0.25, Timeout: 1500 * time.Millisecond, Isolation: voltrun.IsolationWarm, MaxConcurrency: 7,
		CreatedAt: start, UpdatedAt: start}
	return fn, version(fn, 1, name)
}

func version(fn voltrun.Function, number int, code string) voltrun.Version {
	return voltrun.Version{FunctionID: fn.ID, Number: number, Digest: "digest of " + code, Runtime: fn.Runtime, Handler: fn.Handler,
		Files: map[string]string{"index.mjs": code, "lib/<größe>.mjs": hostile}, Message: "number ☃", CreatedAt: start}
}

func (w *world) create(name string, sealed map[string][]byte) voltrun.Function {
	w.Helper()
	fn, first := w.newFunction(name)
	must(w, w.db.CreateFunction(context.Background(), fn, first, sealed))
	return fn
}

func createFunction(t *testing.T, w *world) {
	sealed := map[string][]byte{"env:B": []byte("\x00\xff"), "secret:Z": []byte("z"), "secret:A": []byte("a"), "env:EMPTY": {}}
	want := w.create("hello", sealed)
	want.SecretNames = []string{"A", "Z"}
	for _, ref := range []string{want.ID, "hello"} {
		got, err := w.db.Function(t.Context(), w.owner, ref)
		if must(t, err); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	}
	stored, err := w.db.Secrets(t.Context(), want.ID)
	must(t, err)
	if len(stored) != len(sealed) {
		t.Fatalf("sealed %q, want %q", stored, sealed)
	}
	for name, value := range sealed {
		if string(stored[name]) != string(value) {
			t.Fatalf("%s is %q, want %q", name, stored[name], value)
		}
	}
	for _, ask := range [][2]string{{"usr_other", want.ID}, {w.owner, "hell"}, {w.owner, "HELLO"}, {w.owner, ""}, {w.owner, "\x00"}} {
		_, err := w.db.Function(t.Context(), ask[0], ask[1])
		wantCode(t, err, voltrun.CodeNotFound)
	}
	if none, err := w.db.Secrets(t.Context(), "fn_none"); err != nil || none == nil || len(none) != 0 {
		t.Fatalf("got %v, %v", none, err)
	}
}

func functionNames(t *testing.T, w *world) {
	first := w.create("taken", nil)
	fn, v := w.newFunction("taken")
	wantCode(t, w.db.CreateFunction(t.Context(), fn, v, nil), voltrun.CodeConflict)
	if list, err := w.db.Versions(t.Context(), fn.ID); err != nil || len(list) != 0 {
		t.Fatalf("a function that was refused left %d versions, %v", len(list), err)
	}
	fn.OwnerID = voltrun.NewID(voltrun.PrefixUser)
	must(t, w.db.CreateFunction(t.Context(), fn, v, nil))
	// A name may look like an id of another function; the id goes first.
	w.create(first.ID, nil)
	got, err := w.db.Function(t.Context(), w.owner, first.ID)
	if must(t, err); got.Name != "taken" {
		t.Fatalf("got %q", got.Name)
	}
	bad, v := w.newFunction("not text")
	v.Files = map[string]string{"index.mjs": "\xff"}
	wantCode(t, w.db.CreateFunction(t.Context(), bad, v, nil), voltrun.CodeValidation)
}

func updateFunction(t *testing.T, w *world) {
	fn := w.create("before", map[string][]byte{"env:A": []byte("1"), "secret:S": []byte("2")})
	w.create("other", nil)
	next := fn
	next.Name, next.Description, next.MemoryMB, next.CPUs, next.Timeout = "after", "", 256, 0, time.Second
	next.Isolation, next.MaxConcurrency, next.Runtime, next.Handler, next.Version = voltrun.IsolationFresh, 1, "python", "app.main", 2
	next.UpdatedAt = after(time.Minute)
	v2 := version(next, 2, "two")
	must(t, w.db.UpdateFunction(t.Context(), next, &v2, nil, fn.UpdatedAt))
	got, err := w.db.Function(t.Context(), w.owner, fn.ID)
	must(t, err)
	want := next
	want.SecretNames = []string{"S"}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	wantCode(t, w.db.UpdateFunction(t.Context(), next, nil, nil, fn.UpdatedAt), voltrun.CodeConflict)
	taken := next
	taken.Name = "other"
	wantCode(t, w.db.UpdateFunction(t.Context(), taken, nil, nil, next.UpdatedAt), voltrun.CodeConflict)
	// A version that exists undoes the whole change.
	wantCode(t, w.db.UpdateFunction(t.Context(), next, &v2, map[string][]byte{}, next.UpdatedAt), voltrun.CodeConflict)
	for _, stranger := range []voltrun.Function{{ID: fn.ID, OwnerID: "usr_other"}, {ID: "fn_none", OwnerID: w.owner}} {
		wantCode(t, w.db.UpdateFunction(t.Context(), stranger, nil, nil, next.UpdatedAt), voltrun.CodeNotFound)
	}
	// Without the clock moving, two states still differ.
	must(t, w.db.UpdateFunction(t.Context(), next, nil, map[string][]byte{"env:B": []byte("3")}, next.UpdatedAt))
	wantCode(t, w.db.UpdateFunction(t.Context(), next, nil, nil, next.UpdatedAt), voltrun.CodeConflict)
	sealed, err := w.db.Secrets(t.Context(), fn.ID)
	if must(t, err); !reflect.DeepEqual(sealed, map[string][]byte{"env:B": []byte("3")}) {
		t.Fatalf("sealed %q", sealed)
	}
}

func racingUpdates(t *testing.T, w *world) {
	fn := w.create("one", nil)
	var group sync.WaitGroup
	var errs [6]error
	for i := range errs {
		group.Go(func() {
			next := fn
			next.Description, next.Version, next.UpdatedAt = fmt.Sprint(i), 2, after(time.Duration(i+1)*time.Second)
			v := version(next, 2, fmt.Sprint(i))
			errs[i] = w.db.UpdateFunction(context.Background(), next, &v, nil, fn.UpdatedAt)
		})
	}
	group.Wait()
	winner := slices.Index(errs[:], nil)
	for i, err := range errs {
		if i != winner {
			wantCode(t, err, voltrun.CodeConflict)
		}
	}
	got, err := w.db.Function(t.Context(), w.owner, fn.ID)
	must(t, err)
	v, err := w.db.Version(t.Context(), fn.ID, 2)
	must(t, err)
	if got.Description != fmt.Sprint(winner) || v.Files["index.mjs"] != fmt.Sprint(winner) {
		t.Fatalf("update %d won, but the function is %q and the code %q", winner, got.Description, v.Files["index.mjs"])
	}
}

func deleteFunction(t *testing.T, w *world) {
	fn := w.create("gone", map[string][]byte{"secret:S": []byte("s")})
	w.function = fn.ID
	e := w.insert(1, voltrun.StatusSuccess)[0]
	wantCode(t, w.db.DeleteFunction(t.Context(), "usr_other", fn.ID, start), voltrun.CodeNotFound)
	must(t, w.db.DeleteFunction(t.Context(), w.owner, fn.ID, start))
	for _, id := range []string{fn.ID, "\x00"} {
		wantCode(t, w.db.DeleteFunction(t.Context(), w.owner, id, start), voltrun.CodeNotFound)
	}
	for _, ref := range []string{fn.ID, "gone"} {
		_, err := w.db.Function(t.Context(), w.owner, ref)
		wantCode(t, err, voltrun.CodeNotFound)
	}
	wantCode(t, w.db.UpdateFunction(t.Context(), fn, nil, nil, fn.UpdatedAt), voltrun.CodeNotFound)
	if sealed, err := w.db.Secrets(t.Context(), fn.ID); err != nil || len(sealed) != 0 {
		t.Fatalf("secrets are left: %q, %v", sealed, err)
	}
	w.get(e.ID)
	again := w.create("gone", nil)
	found, err := w.db.Functions(t.Context(), voltrun.FunctionFilter{OwnerID: w.owner}, voltrun.PageRequest{})
	if must(t, err); len(found.Items) != 1 || found.Items[0].ID != again.ID {
		t.Fatalf("listed %+v", found.Items)
	}
}

func listFunctions(t *testing.T, w *world) {
	var ids []string
	for i := range 12 {
		ids = append(ids, w.create(fmt.Sprintf("fn-%d", i), map[string][]byte{"secret:S": {byte(i)}, "env:E": []byte("e")}).ID)
	}
	special, v := w.newFunction("Größe_100%")
	special.Runtime = "python"
	must(t, w.db.CreateFunction(t.Context(), special, v, nil))
	ids = append(ids, special.ID)
	stranger := &world{TB: t, db: w.db, owner: voltrun.NewID(voltrun.PrefixUser)}
	stranger.create("fn-1", nil)
	list := func(filter voltrun.FunctionFilter, size int) (got []string) {
		filter.OwnerID = w.owner
		for page := (voltrun.PageRequest{Size: size}); ; {
			found, err := w.db.Functions(t.Context(), filter, page)
			must(t, err)
			for _, fn := range found.Items {
				if got = append(got, fn.ID); fn.ID != special.ID && !slices.Equal(fn.SecretNames, []string{"S"}) {
					t.Fatalf("secret names %v", fn.SecretNames)
				}
			}
			if page.Token = found.NextToken; page.Token == "" {
				return got
			}
		}
	}
	for _, size := range []int{1, 5, 13, 14} {
		if got := list(voltrun.FunctionFilter{}, size); !slices.Equal(got, reversed(ids)) {
			t.Fatalf("pages of %d: %v", size, got)
		}
	}
	for query, want := range map[string][]string{"GRÖ": {special.ID}, "_100%": {special.ID}, "FN-1": {ids[11], ids[10], ids[1]}, "SAYS fn-3": {ids[3]}, "%": {special.ID}, "none": nil} {
		if got := list(voltrun.FunctionFilter{Query: query}, 10); !slices.Equal(got, want) {
			t.Errorf("searching %q: %v, want %v", query, got, want)
		}
	}
	if got := list(voltrun.FunctionFilter{Runtime: "python"}, 10); !slices.Equal(got, []string{special.ID}) {
		t.Errorf("runtime python: %v", got)
	}
	sealed, err := w.db.SealedFor(t.Context(), append(ids, "fn_none"))
	must(t, err)
	if len(sealed) != 12 || string(sealed[ids[7]]["secret:S"]) != "\x07" || len(sealed[ids[7]]) != 2 {
		t.Fatalf("sealed values of %d functions: %q", len(sealed), sealed[ids[7]])
	}
}

func versions(t *testing.T, w *world) {
	fn := w.create("versioned", nil)
	same := version(fn, 2, "versioned")
	fn.Version, fn.UpdatedAt = 2, after(time.Second)
	must(t, w.db.UpdateFunction(t.Context(), fn, &same, nil, start))
	list, err := w.db.Versions(t.Context(), fn.ID)
	must(t, err)
	if len(list) != 2 || list[0].Number != 2 || list[1].Number != 1 || list[0].Files != nil || list[0].Digest != list[1].Digest {
		t.Fatalf("listed %+v", list)
	}
	for number := 1; number <= 2; number++ {
		got, err := w.db.Version(t.Context(), fn.ID, number)
		if must(t, err); !reflect.DeepEqual(got, version(fn, number, "versioned")) {
			t.Fatalf("got  %+v\nwant %+v", got, version(fn, number, "versioned"))
		}
	}
	_, err = w.db.Version(t.Context(), fn.ID, 3)
	wantCode(t, err, voltrun.CodeNotFound)
}
