package auth

import (
	"container/list"
	"sync"
	"time"
)

// Cache holds the answers of slow lookups, bounded by their weight (least recently used go
// first) and by age. Answers are dropped by tag: the id of the thing they were made from.
//
// A lookup takes the Generation before it starts and hands it to Put. Every Drop begins a new
// generation, and Put ignores answers from an older one: a lookup that raced with a
// change never leaves its stale answer behind.
type Cache[K comparable, V any] struct {
	maxWeight int64
	maxAge    time.Duration

	mu         sync.Mutex
	generation uint64
	weight     int64
	recent     *list.List // of *cached, most recently used first
	byKey      map[K]*list.Element
	byTag      map[string]map[K]struct{}
}

type cached[K comparable, V any] struct {
	key    K
	tag    string
	value  V
	weight int64
	until  time.Time
}

// NewCache makes a cache of at most maxWeight in all, whose answers live for at most maxAge.
func NewCache[K comparable, V any](maxWeight int64, maxAge time.Duration) *Cache[K, V] {
	return &Cache[K, V]{maxWeight: maxWeight, maxAge: maxAge, recent: list.New(),
		byKey: make(map[K]*list.Element), byTag: make(map[string]map[K]struct{})}
}

// Get returns the answer for key, and on a miss the generation to give to Put.
func (c *Cache[K, V]) Get(key K, now time.Time) (value V, generation uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byKey[key]
	if !ok {
		return value, c.generation, false
	}
	entry := element.Value.(*cached[K, V])
	if !now.Before(entry.until) {
		c.remove(element)
		return value, c.generation, false
	}
	c.recent.MoveToFront(element)
	return entry.value, c.generation, true
}

// Put keeps value, unless something was dropped since generation or it is heavier than the whole cache.
func (c *Cache[K, V]) Put(key K, tag string, value V, weight int64, now time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != c.generation || weight > c.maxWeight || c.maxAge <= 0 {
		return
	}
	if old, ok := c.byKey[key]; ok {
		c.remove(old)
	}
	c.byKey[key] = c.recent.PushFront(&cached[K, V]{key, tag, value, weight, now.Add(c.maxAge)})
	if c.byTag[tag] == nil {
		c.byTag[tag] = make(map[K]struct{})
	}
	c.byTag[tag][key] = struct{}{}
	for c.weight += weight; c.weight > c.maxWeight; {
		c.remove(c.recent.Back())
	}
}

// Drop forgets every answer with one of these tags. Lookups under way do not bring them back.
func (c *Cache[K, V]) Drop(tags ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for _, tag := range tags {
		for key := range c.byTag[tag] {
			c.remove(c.byKey[key])
		}
	}
}

func (c *Cache[K, V]) remove(element *list.Element) {
	entry := c.recent.Remove(element).(*cached[K, V])
	c.weight -= entry.weight
	delete(c.byKey, entry.key)
	keys := c.byTag[entry.tag]
	if delete(keys, entry.key); len(keys) == 0 {
		delete(c.byTag, entry.tag)
	}
}
