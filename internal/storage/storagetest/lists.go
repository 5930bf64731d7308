package storagetest

import (
	"context"
	"encoding/base64"
	"slices"
	"testing"
	"time"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/storage"
)

func testLists(t *testing.T, open Open) {
	t.Run("pages", pages(open))
	t.Run("filters", filters(open))
	t.Run("a page looks at so many rows only", boundedScan(open))
	t.Run("what waits or runs", unfinished(open))
	t.Run("above an id", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		rows := idsOf(w.insert(5, voltrun.StatusSuccess))
		for limit, want := range map[int][]string{2: rows[2:4], 10: rows[2:]} {
			got, err := w.db.ExecutionsAfter(t.Context(), w.owner, w.function, rows[1], limit)
			must(t, err)
			if !slices.Equal(got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
		w.function = "fn_OTHER"
		more := idsOf(w.insert(1, voltrun.StatusPending))
		got, err := w.db.ExecutionsAfter(t.Context(), w.owner, "", rows[3], 10)
		must(t, err)
		if want := append(rows[4:], more...); !slices.Equal(got, want) {
			t.Fatalf("of every function: got %v, want %v", got, want)
		}
	})
	t.Run("bad pages", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		encoded := base64.RawURLEncoding.EncodeToString
		for _, page := range []voltrun.PageRequest{{Size: -1}, {Size: voltrun.MaxPageSize + 1}, {Token: "!"}, {Token: "YQ"}, {Token: encoded([]byte("exe_1' OR 1=1"))},
			{Token: encoded([]byte(voltrun.NewID(voltrun.PrefixUser)))}, {Token: encoded([]byte("\x00"))}} {
			_, err := w.db.ListExecutions(t.Context(), voltrun.ExecutionFilter{OwnerID: w.owner}, page)
			wantCode(t, err, voltrun.CodeValidation)
			_, err = w.db.Functions(t.Context(), voltrun.FunctionFilter{OwnerID: w.owner}, page)
			wantCode(t, err, voltrun.CodeValidation)
		}
	})
}

// list reads every page of this size and returns the ids, calling between before each further page.
func (w *world) list(filter voltrun.ExecutionFilter, size int, between func()) []string {
	w.Helper()
	filter.OwnerID = w.owner
	var ids []string
	for page := (voltrun.PageRequest{Size: size}); ; {
		got, err := w.db.ListExecutions(context.Background(), filter, page)
		must(w, err)
		if len(got.Items) > size {
			w.Fatalf("%d items on a page of %d", len(got.Items), size)
		}
		for _, e := range got.Items {
			if e.Input != nil || e.Output != nil {
				w.Fatal("a list carries input or output")
			}
			ids = append(ids, e.ID)
		}
		if got.NextToken == "" {
			return ids
		}
		page.Token = got.NextToken
		between()
	}
}

func pages(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		rows := idsOf(w.insert(30, voltrun.StatusSuccess))
		other := &world{TB: t, db: w.db, owner: voltrun.NewID(voltrun.PrefixUser), function: w.function}
		other.insert(3, voltrun.StatusSuccess)
		for _, size := range []int{1, 7, 10, 29, 30, 31, 200} {
			if got := w.list(voltrun.ExecutionFilter{}, size, func() {}); !slices.Equal(got, reversed(rows)) {
				t.Fatalf("pages of %d: %d ids", size, len(got))
			}
		}
		// What is added while somebody turns pages comes before the first page: nothing repeats, nothing is missed.
		if got := w.list(voltrun.ExecutionFilter{FunctionID: w.function}, 7, func() { w.insert(3, voltrun.StatusSuccess) }); !slices.Equal(got, reversed(rows)) {
			t.Fatalf("while inserting: %d ids, want %d", len(got), len(rows))
		}
		first, err := w.db.ListExecutions(t.Context(), voltrun.ExecutionFilter{OwnerID: w.owner}, voltrun.PageRequest{})
		must(t, err)
		if want := min(42, voltrun.DefaultPageSize); len(first.Items) != want {
			t.Fatalf("%d items on a page of the default size, want %d", len(first.Items), want)
		}
		empty, err := w.db.ListExecutions(t.Context(), voltrun.ExecutionFilter{OwnerID: "nobody"}, voltrun.PageRequest{})
		must(t, err)
		if empty.Items == nil || len(empty.Items) != 0 || empty.NextToken != "" {
			t.Fatalf("nobody's list: %+v", empty)
		}
	}
}

// unfinished looks for what has not ended among much that has, and for what others wait for.
func unfinished(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		first := idsOf(w.insert(2, voltrun.StatusPending))
		w.insert(10, voltrun.StatusSuccess)
		runs := idsOf(w.insert(3, voltrun.StatusRunning))
		elsewhere := &world{TB: t, db: w.db, owner: w.owner, function: "fn_OTHER"}
		theirs := idsOf(elsewhere.insert(1, voltrun.StatusPending))
		(&world{TB: t, db: w.db, owner: "usr_OTHER", function: w.function}).insert(4, voltrun.StatusPending)
		all := slices.Concat(first, runs, theirs)
		for name, test := range map[string]struct {
			filter voltrun.ExecutionFilter
			want   []string
		}{
			"waits":                {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusPending}}, slices.Concat(first, theirs)},
			"runs":                 {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusRunning}}, runs},
			"either":               {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusRunning, voltrun.StatusPending}}, all},
			"either of a function": {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusRunning, voltrun.StatusPending}, FunctionID: w.function}, slices.Concat(first, runs)},
			"and more":             {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusRunning}, FunctionID: w.function, Query: "HELLO", Version: 1}, runs},
			"another version":      {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusRunning}, Version: 2}, nil},
		} {
			for _, size := range []int{1, 2, 200} {
				if got := w.list(test.filter, size, func() {}); !slices.Equal(got, reversed(test.want)) {
					t.Errorf("%s, pages of %d: got %v, want %v", name, size, got, test.want)
				}
			}
		}
		for limit, want := range map[int][]string{1: first[:1], 4: slices.Concat(first, runs[:2]), 100: all} {
			if got, err := w.db.UnfinishedExecutions(t.Context(), w.owner, "", limit); err != nil || !slices.Equal(got, want) {
				t.Errorf("at most %d: got %v, %v, want %v", limit, got, err, want)
			}
		}
		if got, err := w.db.UnfinishedExecutions(t.Context(), w.owner, "fn_OTHER", 9); err != nil || !slices.Equal(got, theirs) {
			t.Errorf("of a function: got %v, %v", got, err)
		}
		statuses, err := w.db.Statuses(t.Context(), w.owner, slices.Concat(first, runs, []string{"exe_none"}))
		if err != nil || len(statuses) != 5 || statuses[first[0]] != voltrun.StatusPending || statuses[runs[2]] != voltrun.StatusRunning {
			t.Errorf("statuses %v, %v", statuses, err)
		}
		if statuses, err := w.db.Statuses(t.Context(), "usr_other", first); err != nil || len(statuses) != 0 {
			t.Errorf("somebody else is told %v, %v", statuses, err)
		}
	}
}

// boundedScan looks for what is rare and old.
func boundedScan(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		rare := w.execution(voltrun.StatusSuccess)
		rare.Trigger, rare.FunctionName, rare.Version, rare.Duration = voltrun.TriggerReplay, "needle", 9, time.Minute
		splinter := w.execution(voltrun.StatusCanceled)
		splinter.FunctionName = "splinter"
		w.put(rare, splinter)
		for range storage.MaxScan / 200 {
			w.insert(200, voltrun.StatusTimeout)
		}
		for name, filter := range map[string]voltrun.ExecutionFilter{
			"trigger":              {Trigger: voltrun.TriggerReplay},
			"trigger and function": {Trigger: voltrun.TriggerReplay, FunctionID: w.function},
			"success":              {Statuses: []voltrun.Status{voltrun.StatusSuccess}},
			"success of function":  {Statuses: []voltrun.Status{voltrun.StatusSuccess}, FunctionID: w.function},
			"query":                {Query: "needle"},
			"version":              {Version: 9},
			"took long":            {MinDuration: time.Minute},
			"two, one not indexed": {Statuses: []voltrun.Status{voltrun.StatusSuccess, voltrun.StatusFailed}},
			"two, and a query":     {Statuses: []voltrun.Status{voltrun.StatusCanceled, voltrun.StatusFailed, voltrun.StatusSuccess}, Query: "needle"},
		} {
			filter.OwnerID = w.owner
			first, err := w.db.ListExecutions(t.Context(), filter, voltrun.PageRequest{})
			must(t, err)
			if len(first.Items) != 0 || first.NextToken == "" {
				t.Errorf("%s: the first page has %d rows and the token %q", name, len(first.Items), first.NextToken)
			}
			if got := w.list(filter, 50, func() {}); !slices.Equal(got, []string{rare.ID}) {
				t.Errorf("%s: found %v", name, got)
			}
		}
		// One walk ends at once, and what it finds comes only when the other one has come as far.
		both := voltrun.ExecutionFilter{OwnerID: w.owner, Statuses: []voltrun.Status{voltrun.StatusCanceled, voltrun.StatusTimeout}, Query: "splinter"}
		if first, err := w.db.ListExecutions(t.Context(), both, voltrun.PageRequest{}); err != nil || len(first.Items) != 0 || first.NextToken == "" {
			t.Errorf("two walks: %d rows, token %q, %v", len(first.Items), first.NextToken, err)
		}
		if got := w.list(both, 50, func() {}); !slices.Equal(got, []string{splinter.ID}) {
			t.Errorf("two walks: found %v", got)
		}
		for _, status := range []voltrun.Status{voltrun.StatusFailed, voltrun.StatusPending, voltrun.StatusRunning} {
			found, err := w.db.ListExecutions(t.Context(), voltrun.ExecutionFilter{OwnerID: w.owner, Statuses: []voltrun.Status{status}}, voltrun.PageRequest{})
			must(t, err)
			if len(found.Items) != 0 || found.NextToken != "" {
				t.Errorf("%s has an index: %d rows, token %q", status, len(found.Items), found.NextToken)
			}
		}
	}
}

func filters(open Open) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, open)
		// Ids and created_at must agree within reason, as they do in life.
		now := time.Now().UTC().Truncate(time.Microsecond)
		made := func(status voltrun.Status, name string, change func(*voltrun.Execution)) string {
			e := w.execution(status)
			e.FunctionName, e.CreatedAt = name, now
			change(e)
			w.put(e)
			return e.ID
		}
		none := func(*voltrun.Execution) {}
		a := made(voltrun.StatusSuccess, "100%_Sure", none)
		b := made(voltrun.StatusFailed, "Größe", func(e *voltrun.Execution) {
			e.Error = &voltrun.ExecutionError{Type: "TypeError", Message: "Can't read ÄÖÜ\x00 of \\undefined"}
		})
		c := made(voltrun.StatusTimeout, "plain", func(e *voltrun.Execution) {
			e.Trigger, e.FunctionID = voltrun.TriggerAPI, "fn_OTHER"
			e.Version, e.Duration = 7, 2*time.Second
		})
		d := made(voltrun.StatusRunning, "100 per cent", func(e *voltrun.Execution) { e.CreatedAt = now.Add(time.Second) })
		w.finish(&voltrun.Execution{ID: d, Attempt: 1, Status: voltrun.StatusFailed, Error: &voltrun.ExecutionError{Type: "RangeError", Message: "late"}})

		for name, test := range map[string]struct {
			filter voltrun.ExecutionFilter
			want   []string
		}{
			"function":               {voltrun.ExecutionFilter{FunctionID: w.function}, []string{d, b, a}},
			"two statuses":           {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusTimeout, voltrun.StatusFailed, voltrun.StatusFailed}}, []string{d, c, b}},
			"any status":             {voltrun.ExecutionFilter{Statuses: voltrun.Statuses}, []string{d, c, b, a}},
			"success and timeout":    {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusSuccess, voltrun.StatusTimeout}}, []string{c, a}},
			"statuses of a function": {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusTimeout, voltrun.StatusFailed}, FunctionID: w.function}, []string{d, b}},
			"version":                {voltrun.ExecutionFilter{Version: 7}, []string{c}},
			"took long":              {voltrun.ExecutionFilter{MinDuration: 2 * time.Second}, []string{c}},
			"took longer":            {voltrun.ExecutionFilter{MinDuration: 2*time.Second + time.Microsecond}, nil},
			"status":                 {voltrun.ExecutionFilter{Statuses: []voltrun.Status{voltrun.StatusFailed}}, []string{d, b}},
			"trigger":                {voltrun.ExecutionFilter{Trigger: voltrun.TriggerAPI}, []string{c}},
			"function and status":    {voltrun.ExecutionFilter{FunctionID: w.function, Statuses: []voltrun.Status{voltrun.StatusSuccess}}, []string{a}},
			"from is included":       {voltrun.ExecutionFilter{From: now.Add(time.Second)}, []string{d}},
			"to is excluded":         {voltrun.ExecutionFilter{To: now.Add(time.Second)}, []string{c, b, a}},
			"nothing so old":         {voltrun.ExecutionFilter{To: now.Add(-24 * time.Hour)}, nil},
			"name, ASCII case":       {voltrun.ExecutionFilter{Query: "SURE"}, []string{a}},
			"name, other case":       {voltrun.ExecutionFilter{Query: "GRÖSSE"}, nil},
			"name, Unicode case":     {voltrun.ExecutionFilter{Query: "GRÖ"}, []string{b}},
			"percent is itself":      {voltrun.ExecutionFilter{Query: "100%"}, []string{a}},
			"underscore is itself":   {voltrun.ExecutionFilter{Query: "%_s"}, []string{a}},
			"backslash is itself":    {voltrun.ExecutionFilter{Query: `\U`}, []string{b}},
			"NUL":                    {voltrun.ExecutionFilter{Query: "äöü\x00"}, []string{b}},
			"invalid UTF-8":          {voltrun.ExecutionFilter{Query: "\xffzz"}, nil},
			"error type":             {voltrun.ExecutionFilter{Query: "typeerr"}, []string{b}},
			"error of a finish":      {voltrun.ExecutionFilter{Query: "rangeerror"}, []string{d}},
			"quote":                  {voltrun.ExecutionFilter{Query: "can't"}, []string{b}},
			"id":                     {voltrun.ExecutionFilter{Query: c[4:]}, []string{c}},
			"query, status, trigger": {voltrun.ExecutionFilter{Query: "100", Statuses: []voltrun.Status{voltrun.StatusSuccess}, Trigger: voltrun.TriggerAsync}, []string{a}},
		} {
			if got := w.list(test.filter, 2, func() {}); !slices.Equal(got, test.want) {
				t.Errorf("%s: got %v, want %v", name, got, test.want)
			}
		}
	}
}
