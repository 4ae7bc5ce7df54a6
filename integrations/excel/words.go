package excel

import "acropolis/forum"

const (
	korean  = "ko"
	english = "en"
)

// words are all that a workbook says in one language. Both languages fill every field with the same placeholders, which a
// test asks; texts with numbers name their places (%[1]s), because the languages order them differently.
type words struct {
	Lang       string
	FilePrefix string
	Product    string
	DayFormat  string // of cells and axes, as Excel writes formats
	TimeFormat string
	AxisFormat string
	Sheets     sheetNames

	// Cover
	ApprovalBox   string
	ApprovalSteps [4]string
	Title         string
	TitleInterim  string
	Quoted        string // a forum's title
	HeadIs        string
	OfficerIs     string
	Summary       string
	Opinions      string
	OpinionRates  string
	PerDay        string
	Votes         string
	VoteShares    string
	Hits          string
	HitRate       string
	Awarded       string
	NotAwarded    string
	Answered      string
	AnsweredEach  string
	NotAnswered   string
	Frozen        string
	Interim       string
	Outline       string
	Topic         string
	PeriodIs      string
	NoPeriod      string
	NumberIs      string
	KeyFigures    string
	UnitMixed     string
	Figure        string
	Figures       [6]string
	Total         string
	DailyAverage  string
	Share         string
	Answers       string
	ByDisposition string
	Trend         string

	// Lists
	UnitCount      string
	Serial         string
	Date           string
	For            string
	Against        string
	OpinionCount   string
	HitsShort      string
	HitsIn         map[string]string // by language of the page
	OutsidePeriod  string
	ChartOpinions  string
	ChartVotes     string
	ChartHits      string
	District       string
	NoDistrict     string
	ChartDistricts string
	Term           string
	TermOpinions   string
	TermShare      string
	Occurrences    string
	TermNote       string
	ChartTerms     string
	Number         string
	AcceptedAt     string
	OpinionTitle   string
	Opinion        string
	Pseudonym      string
	StatusIs       string
	Channel        string
	ChannelIs      map[forum.Channel]string
	Cut            string
	Clipped        string
	Rank           string
	Bound          string
	BoundNote      string
	Place          string
	RunnerUp       string
	Winner         string
	NameHidden     string
	Reason         string
	AwardNote      string
	NoAwards       string
	Expert         string
	Affiliation    string
	Stance         string
	ExpertNote     string
	Stances        map[forum.Stance]string

	// Response
	Paragraph     string
	Disposition   string
	ReasonIf      string
	TermsOf       string
	FillIn        [3]string
	ResponseNote  string
	ChooseTitle   string
	Choose        string
	TooLong       string
	StillToAnswer string

	// Provenance
	Item        string
	Content     string
	Source      string
	MadeAt      string
	FrozenAt    string
	NotFrozen   string
	ForumID     string
	ForumNumber string
	RowsWritten string
	RowsCounted string
	RowsDiffer  string
	Hash        string
	HashIs      string
	HashHow     string
	Version     string
	Scope       string
	ScopeIs     string

	ForumStatus   map[forum.ForumStatus]string
	OpinionStatus map[forum.OpinionStatus]string
	AwardStatus   map[forum.AwardStatus]string
	Dispositions  map[forum.Disposition]string
}

// sheetNames in the order of the workbook.
type sheetNames struct {
	Cover, Days, Districts, Terms, Opinions, Experts, Ranking, Awards, Response, Provenance string
}

// wordsOf gives Korean for every language but English.
func wordsOf(lang string) *words {
	if lang == english {
		return &englishWords
	}
	return &koreanWords
}
