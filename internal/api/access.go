package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"
	"go.uber.org/zap"

	"github.com/voltrun/voltrun"
	"github.com/voltrun/voltrun/internal/auth"
)

// maxToken bounds a bearer token, in bytes.
const maxToken = 4096

// authenticate finds out who calls, and refuses who may not call this route.
func (s *Server) authenticate(c fiber.Ctx, k *call, r Route) error {
	switch r.Access {
	case Public:
		return nil
	case Cookie:
		return s.checkSite(c)
	}
	p, err := s.caller(c, r)
	if err != nil {
		if voltrun.CodeOf(err) == voltrun.CodeUnauthenticated {
			if limited := s.limitKey(c.Context(), k, "denied:"+k.address); limited != nil {
				return limited
			}
		}
		return err
	}
	k.principal = p
	return permit(p, r.Access)
}

// caller looks at what was presented: a bearer token or, for a stream that a page of this server opens, its cookie.
func (s *Server) caller(c fiber.Ctx, r Route) (auth.Principal, error) {
	token := bearer(c)
	if r.WebSocket {
		token = streamToken(c)
		if cookie := streamCookie(c); token == "" && cookie != "" {
			return s.Authenticator.AuthenticateCookie(c.Context(), cookie)
		}
	}
	return s.principal(c.Context(), token)
}

func (s *Server) principal(ctx context.Context, token string) (auth.Principal, error) {
	if token == "" {
		return auth.Principal{}, &voltrun.Error{Code: voltrun.CodeUnauthenticated,
			Message: "no token; send Authorization: Bearer with the token of a login or an API key"}
	}
	if len(token) > maxToken {
		return auth.Principal{}, &voltrun.Error{Code: voltrun.CodeUnauthenticated, Message: "the token is not valid; sign in again"}
	}
	return s.Authenticator.Authenticate(ctx, token)
}

// permit checks what p may do against what the route needs.
func permit(p auth.Principal, need Access) error {
	allowed := false
	switch need {
	case SignedIn:
		allowed = true
	case Person:
		allowed = p.Session()
	case Execute:
		allowed = p.CanExecuteSome()
	default:
		allowed = need.Scope() != "" && p.Can(need.Scope())
	}
	if allowed {
		return nil
	}
	if need == Person {
		return &voltrun.Error{Code: voltrun.CodeForbidden, Message: "API keys may not do this; sign in with a password"}
	}
	return &voltrun.Error{Code: voltrun.CodeForbidden,
		Message: "this API key lacks the scope " + string(need) + "; create a key that has it"}
}

// bearer returns the token of the Authorization header, or "".
func bearer(c fiber.Ctx) string { return tokenOf(c.Get(fiber.HeaderAuthorization)) }

func tokenOf(authorization string) string {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// limitCaller takes one call from the caller's budget: by user, or by address for who is unknown.
func (s *Server) limitCaller(ctx context.Context, k *call) error {
	if k.principal.UserID != "" {
		return s.limitKey(ctx, k, "user:"+k.principal.UserID)
	}
	return s.limitKey(ctx, k, "address:"+k.address)
}

func (s *Server) limitKey(ctx context.Context, k *call, key string) error {
	if s.Config.RateLimit <= 0 {
		return nil
	}
	burst := max(1, int(math.Ceil(s.Config.RateLimit)))
	rate := auth.Rate{Burst: burst, Per: time.Duration(float64(burst) / s.Config.RateLimit * float64(time.Second))}
	return s.take(ctx, k, key, rate)
}

// Budgets of login and register. The account's own is larger than what one address gets,
// so that one attacker cannot lock the owner out, and still bounds guessing from many addresses.
var (
	rateSignInPair    = auth.Rate{Burst: 10, Per: time.Minute}
	rateSignInAddress = auth.Rate{Burst: 30, Per: time.Minute}
	rateSignInAccount = auth.Rate{Burst: 100, Per: time.Minute}
)

// limitSignIn takes one call from the budgets of login and register.
func (s *Server) limitSignIn(ctx context.Context, email string) error {
	if s.Config.SignInLimitOff {
		return nil
	}
	k := callOf(ctx)
	account := hashed(strings.ToLower(strings.TrimSpace(email)))
	if err := s.take(ctx, k, "signin:address:"+k.address, rateSignInAddress); err != nil {
		return err
	}
	if err := s.take(ctx, k, "signin:account:"+account, rateSignInAccount); err != nil {
		return err
	}
	return s.take(ctx, k, "signin:pair:"+k.address+":"+account, rateSignInPair)
}

// hashed makes a limiter key of what a caller wrote: of bounded length, and not an e-mail address in somebody's memory.
func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

const (
	headerLimit     = "X-RateLimit-Limit"
	headerRemaining = "X-RateLimit-Remaining"
	headerReset     = "X-RateLimit-Reset"
)

// take takes one call from a budget and tells the caller what is left. When the
// limiter itself is down, calls pass: limits protect the service and must not stop it.
func (s *Server) take(ctx context.Context, k *call, key string, rate auth.Rate) error {
	d, err := s.Limiter.Allow(ctx, key, rate)
	if err != nil {
		s.Logger.Warn("rate limiter failed; the call passes", zap.Error(err), zap.String("request_id", k.requestID))
		return nil
	}
	k.setHeader(headerLimit, strconv.Itoa(d.Limit))
	k.setHeader(headerRemaining, strconv.Itoa(max(0, d.Remaining)))
	k.setHeader(headerReset, strconv.Itoa(int(math.Ceil(d.Reset.Seconds()))))
	if d.Allowed {
		return nil
	}
	seconds := retrySeconds(d.RetryAfter)
	return &voltrun.Error{Code: voltrun.CodeRateLimited, RetryAfter: d.RetryAfter,
		Message: "too many requests; try again in " + strconv.Itoa(seconds) + " s"}
}

// setHeader replaces an earlier value: the tightest budget is taken last and is the one shown.
func (k *call) setHeader(name, value string) {
	for i := range k.headers {
		if k.headers[i].name == name {
			k.headers[i].value = value
			return
		}
	}
	k.header(name, value)
}

// checkSite refuses a request that another site makes the browser send with its cookie.
// SameSite=Strict already keeps the cookie away from those; this also covers
// other ports and subdomains, which browsers count as the same site.
func (s *Server) checkSite(c fiber.Ctx) error {
	origin := c.Get(fiber.HeaderOrigin)
	if origin != "" && !s.originAllowed(c, origin) ||
		origin == "" && c.Get("Sec-Fetch-Site") == "cross-site" {
		return &voltrun.Error{Code: voltrun.CodeForbidden, Message: "this may not be called from another site"}
	}
	return nil
}

// mayExecute checks a key that is narrowed to some functions.
func (s *Server) mayExecute(p auth.Principal, functionID string) error {
	if p.CanExecute(functionID) {
		return nil
	}
	return &voltrun.Error{Code: voltrun.CodeForbidden,
		Message: "this API key may not execute this function; create a key with the scope functions:execute or functions:execute:" + functionID}
}
