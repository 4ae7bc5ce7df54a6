// Package analysis makes the figures of a closed forum: who took part, which opinions people agreed on, which were posted
// twice, which words they used, and who may be considered for an award.
//
// Its functions are pure and deterministic: the same rows give the same result on every machine and in every order, so
// that a frozen figure can be computed again and compared. No clock, no dice, no I/O; only the standard library.
//
//	question                             answered by                      where the formula comes from
//	which opinions are agreed on?        Rank, WilsonLower                Wilson 1927
//	…across opinion groups?              GroupAware, ShrunkenShare        Polis; Laplace
//	which were posted more than once?    Reposts                          equal letters and digits
//	how many took part, day by day?      Figures, FillDays, CivilDays     the civil calendar
//	how is a rate shown?                 Rate                             a count and its denominator
//	what do people write about?          FrequentTerms                    document frequency
//	what sets a theme apart?             DistinctiveTerms                 Monroe, Colaresi and Quinn 2008
//	whom does the jury look at?          Candidates                       the city's rules for awards
//
// The usual way through it, once the forum is closed and the rows are read:
//
//	figures.Days, _ = analysis.FillDays(analysis.CivilDays(opens, closes, seoul), counted)
//	ranked := analysis.Rank(tallies)
//	copies := analysis.Reposts(texts)
//	candidates := analysis.Candidates(analysis.Field{Ranked: ranked, Authors: authors, Staff: staff, Reposts: copies}, 10)
//
// # Choices worth knowing
//
// Agreement is ranked by what can be said with confidence and not by raw counts: an early opinion collects more votes
// than a late one of the same worth, and a share alone puts one vote of one above ninety of a hundred. On real
// conversations with a reference ranking across opinion groups, the bound comes much nearer to it than votes for do, and
// ShrunkenShare, which trusts a young opinion more, nearer still (TestAgainstReferenceRanking prints both). For awards the
// bound is right all the same: it asks an opinion to have shown its agreement. Where the groups are known, GroupAware
// is the reference itself.
//
// A re-post is equal text, nothing looser: what is said in other words is another matter (themes). Short texts count as
// copies only together with an equal, telling title, because people agree in the same few words without copying.
//
// A day is a day of the city's calendar, counted whole at both ends. A rate keeps its denominator wherever it goes and is
// rounded half up, in integers, when it is shown.
//
// Callers pass published opinions alone; hidden, held and withdrawn ones must not reach this package, for it can't tell.
package analysis
