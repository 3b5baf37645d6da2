// SPDX-License-Identifier: MPL-2.0

package merge

import "slices"

// A chunk is a stretch of a three-way comparison: either all three sequences
// agree (stable), or at least one side changed what the base has.
type chunk struct {
	stable             bool
	base, ours, theirs [2]int // half-open ranges of indexes
}

// diff3 splits three sequences into chunks, stable and changed ones in turn.
func diff3(base, ours, theirs []string) []chunk {
	toOurs, toTheirs := match(base, ours), match(base, theirs)
	var chunks []chunk
	b, o, t := 0, 0, 0
	for {
		n := 0
		for b+n < len(base) && toOurs[b+n] == o+n && toTheirs[b+n] == t+n {
			n++
		}
		if n > 0 {
			chunks = append(chunks, chunk{true, [2]int{b, b + n}, [2]int{o, o + n}, [2]int{t, t + n}})
			b, o, t = b+n, o+n, t+n
		}
		i := b
		for i < len(base) && (toOurs[i] < 0 || toTheirs[i] < 0) {
			i++
		}
		nextO, nextT := len(ours), len(theirs)
		if i < len(base) {
			nextO, nextT = toOurs[i], toTheirs[i]
		}
		if i == b && nextO == o && nextT == t {
			return chunks
		}
		chunks = append(chunks, chunk{false, [2]int{b, i}, [2]int{o, nextO}, [2]int{t, nextT}})
		b, o, t = i, nextO, nextT
	}
}

// match pairs elements of a with equal ones of b, in ascending order on both
// sides: for each index of a the index of b, or -1. It anchors on what occurs
// once in both (patience diff) and widens from there, so that repeated lines
// pair up beside their neighbors.
func match(a, b []string) []int {
	pairs := make([]int, len(a))
	for i := range pairs {
		pairs[i] = -1
	}
	matchRange(a, b, pairs, 0, len(a), 0, len(b))
	return pairs
}

func matchRange(a, b []string, pairs []int, aLow, aHigh, bLow, bHigh int) {
	for aLow < aHigh && bLow < bHigh && a[aLow] == b[bLow] {
		pairs[aLow] = bLow
		aLow, bLow = aLow+1, bLow+1
	}
	for aLow < aHigh && bLow < bHigh && a[aHigh-1] == b[bHigh-1] {
		pairs[aHigh-1] = bHigh - 1
		aHigh, bHigh = aHigh-1, bHigh-1
	}
	if aLow == aHigh || bLow == bHigh {
		return
	}
	anchors := uniquePairs(a[aLow:aHigh], b[bLow:bHigh])
	if len(anchors) == 0 {
		if (aHigh-aLow)*(bHigh-bLow) <= maxTable {
			longestCommon(a[aLow:aHigh], b[bLow:bHigh], func(i, j int) { pairs[aLow+i] = bLow + j })
		}
		return
	}
	i, j := aLow, bLow
	for _, p := range anchors {
		matchRange(a, b, pairs, i, aLow+p[0], j, bLow+p[1])
		pairs[aLow+p[0]] = bLow + p[1]
		i, j = aLow+p[0]+1, bLow+p[1]+1
	}
	matchRange(a, b, pairs, i, aHigh, j, bHigh)
}

// maxTable bounds the table of longestCommon. Stretches without a single unique
// line are short in real files; a longer one is taken as replaced.
const maxTable = 1 << 20

// uniquePairs returns the longest ascending series of pairs of elements that
// occur exactly once in a and once in b.
func uniquePairs(a, b []string) [][2]int {
	type place struct{ inA, inB, index int }
	places := make(map[string]*place, len(a))
	for _, s := range a {
		if p := places[s]; p != nil {
			p.inA++
		} else {
			places[s] = &place{inA: 1}
		}
	}
	for j, s := range b {
		if p := places[s]; p != nil {
			p.inB++
			p.index = j
		}
	}
	var pairs [][2]int
	for i, s := range a {
		if p := places[s]; p.inA == 1 && p.inB == 1 {
			pairs = append(pairs, [2]int{i, p.index})
		}
	}
	return ascending(pairs)
}

// ascending returns the longest subsequence whose second members ascend.
func ascending(pairs [][2]int) [][2]int {
	var tops []int // indexes of the smallest ends of series of each length
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(tops, p[1], func(top, want int) int { return pairs[top][1] - want })
		before[i] = -1
		if n > 0 {
			before[i] = tops[n-1]
		}
		if n == len(tops) {
			tops = append(tops, i)
		} else {
			tops[n] = i
		}
	}
	out := make([][2]int, len(tops))
	for at, i := len(tops)-1, 0; at >= 0; at-- {
		if at == len(tops)-1 {
			i = tops[at]
		} else {
			i = before[i]
		}
		out[at] = pairs[i]
	}
	return out
}

// longestCommon reports the pairs of a longest common subsequence.
func longestCommon(a, b []string, pair func(i, j int)) {
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width) // of the tails from i and j
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pair(i, j)
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
}
