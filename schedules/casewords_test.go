package schedules_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/schedules"
)

// The compiler hands over sends first, and receives from the last one to the first.
func TestSelectCases(t *testing.T) {
	lines := strings.Split(`	select {
	case <-ctx.Done():
		select {
		case inner <- 1:
		}
	case s.out <- v:
	case v, ok := <-s.in[i]:
	case <-time.After(time.Second):
	case x = <-in:
	case done <- <-in:
	default:
	}
	select {
	case f(x) <- 1:
	case <-in:
	}`, "\n")
	require.Equal(t, []string{
		"send on s.out", "send on done", "receive from in", "receive from time.After", "receive from s.in[i]", "receive from ctx.Done",
	}, schedules.SelectCases(lines, 1))
	require.Equal(t, []string{"send on inner"}, schedules.SelectCases(lines, 3))
	require.Empty(t, schedules.SelectCases(lines, 2), "there is no select")
	require.Empty(t, schedules.SelectCases(lines, 13), "one case is too complicated")
	require.Empty(t, schedules.SelectCases(nil, 1))
}

// A value that is sent is no channel.
func TestNamesOfPolls(t *testing.T) {
	for line, want := range map[string]string{
		"case w.stop <- true:": "w.stop", "case <-c:": "c", "case v := <-c.in:": "c.in", "case v, ok = <-c:": "c",
	} {
		require.Equal(t, want, schedules.ChannelIn(line, "poll"), line)
	}
	for line, want := range map[string]string{
		"<-c": "c", "return <-s.done": "s.done", "f(<-c)": "c", "out <- <-in": "in", "for range c {": "c", "if v := <-c; v {": "c",
	} {
		require.Equal(t, want, schedules.ChannelIn(line, "receive"), line)
	}
}
