package journey

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func aJourney() *journey {
	j := &journey{began: time.Now()}
	j.lost.say = func(string, ...any) {}
	return j
}

func TestNothingIsDoneTwiceWhenTheFirstAnswerIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, done, acts := aJourney(), false, 0
		err := j.reach(t.Context(), "it", func(context.Context) (bool, error) { return done, nil }, func(context.Context) error {
			acts++
			done = true
			return &interruption{errors.New("EOF")}
		})
		if err != nil || acts != 1 {
			t.Errorf("%v after %d acts", err, acts)
		}
	})
}

func TestARefusalAfterALostAnswerIsLookedAtOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, done := aJourney(), false
		moved := &refusal{Status: 409, Text: "moved on"}
		err := j.reach(t.Context(), "it", func(context.Context) (bool, error) { return done, nil }, func(context.Context) error {
			j.lost.note(errors.New("EOF")) // inside the act the answer was lost, and asking again met what the first had done
			done = true
			return moved
		})
		if err != nil {
			t.Error(err)
		}
		err = j.reach(t.Context(), "it", func(context.Context) (bool, error) { return false, nil }, func(context.Context) error {
			j.lost.note(errors.New("EOF"))
			return moved
		})
		if !errors.Is(err, moved) {
			t.Errorf("a refusal that stays is %v", err)
		}
	})
}

func TestARefusalEndsTheWaitAtOnce(t *testing.T) {
	j, acts := aJourney(), 0
	err := j.reach(t.Context(), "it", func(context.Context) (bool, error) { return false, nil }, func(context.Context) error {
		acts++
		return &refusal{Status: 403, Text: "not yours"}
	})
	if err == nil || !strings.Contains(err.Error(), "not yours") || acts != 1 {
		t.Errorf("%v after %d acts", err, acts)
	}
}

func TestAWaitInVainSaysForWhat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		acts := 0
		err := aJourney().reach(t.Context(), "the moon", func(context.Context) (bool, error) { return false, nil }, func(context.Context) error {
			acts++
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), "the moon") || acts != 1 {
			t.Errorf("%v after %d acts", err, acts)
		}
	})
}
