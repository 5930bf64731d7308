package cli

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress shows that something takes long: a line on stderr that is redrawn, on a terminal only,
// and that makes way for what is printed.
type progress struct {
	screen *screen
	mu     sync.Mutex
	label  string
	shown  bool
	began  time.Time
	quit   chan struct{}
	once   sync.Once
	done   sync.WaitGroup
}

// erase goes to the start of the line and clears it.
const erase = "\r\x1b[K"

func (s *session) progress(label string) *progress {
	p := &progress{screen: s.err, label: label, began: time.Now(), quit: make(chan struct{})}
	if s.err.colour { // without colour the terminal may not know the sequences
		p.done.Go(p.draw)
	}
	return p
}

func (p *progress) draw() {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-ticker.C:
			p.mu.Lock()
			label := neutralise(oneLine(p.label), false)
			fmt.Fprintf(p.screen.w, "%s%s%s %s%s", erase, dim, label, duration(time.Since(p.began).Truncate(100*time.Millisecond)), reset)
			p.shown = true
			p.mu.Unlock()
		}
	}
}

func (p *progress) set(label string) {
	p.mu.Lock()
	p.label = label
	p.mu.Unlock()
}

// print runs a function that writes, with the line out of the way.
func (p *progress) print(write func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	write()
}

func (p *progress) clear() {
	if p.shown {
		io.WriteString(p.screen.w, erase)
		p.shown = false
	}
}

// stop removes the line. It may be called more than once.
func (p *progress) stop() {
	p.once.Do(func() {
		close(p.quit)
		p.done.Wait()
		p.print(func() {})
	})
}
