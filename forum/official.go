package forum

import "slices"

// Duty is what a directory group lets an official do.
type Duty string

// The duties of PRODUCT.md section 3.
const (
	Officer   Duty = "officer"
	Moderator Duty = "moderator"
	Drafter   Duty = "drafter"
	Head      Duty = "head"
	Analyst   Duty = "analyst"
	Committee Duty = "committee"
	Juror     Duty = "juror"
	Executive Duty = "executive"
	Auditor   Duty = "auditor"
	Operator  Duty = "operator"
)

// Duties in the order in which pages list them.
var Duties = []Duty{Officer, Moderator, Drafter, Head, Analyst, Committee, Juror, Executive, Auditor, Operator}

// Official is a person of the city as the directory knows them.
type Official struct {
	ID         ID
	UID        string // the directory's login name
	Name       string
	NameEn     string
	Title      string
	TitleEn    string
	Department string // code
	Email      string
	Phone      string
	Superior   ID
	Substitute ID
	Absent     bool
	Duties     []Duty
}

// DirectoryPerson is an official as a whole reading of the directory tells them: whom they answer to and who stands in for
// them are login names still.
type DirectoryPerson struct {
	Official
	SuperiorUID   string
	SubstituteUID string
}

// Department is a unit of the city as the directory knows it.
type Department struct {
	Code   string
	Name   string
	NameEn string
	Parent string
}

// Has says whether the official holds the duty.
func (o Official) Has(d Duty) bool { return slices.Contains(o.Duties, d) }

// Action is something that staff may do, or read.
type Action string

// What staff do. Decisions on a procedure have an entry in decision.go too.
const (
	ReadForums         Action = "forum.read"
	ReadSuggestions    Action = "suggestion.read"
	ScreenSuggestion   Action = "suggestion.screen"
	EnterSuggestion    Action = "suggestion.enter"
	ReadRounds         Action = "round.read"
	SeatCommittee      Action = "round.seat"
	OpenRound          Action = "round.open"
	StartScoring       Action = "round.start_scoring"
	CloseRound         Action = "round.close"
	ScoreTopic         Action = "round.score"
	ChooseTopics       Action = "round.choose"
	SubmitMinutes      Action = "round.submit_minutes"
	ProposeDepartment  Action = "assignment.propose"
	AcceptAssignment   Action = "assignment.accept"
	TransferAssignment Action = "assignment.transfer"
	ConsultDepartment  Action = "assignment.consult"
	AnswerConsultation Action = "assignment.answer"
	HandOverForum      Action = "assignment.hand_over"
	AcceptHandover     Action = "assignment.accept_handover"
	DeclineHandover    Action = "assignment.decline_handover"
	EditDossier        Action = "dossier.edit"
	SubmitDossier      Action = "dossier.submit"
	ReadInvitations    Action = "invitation.read"
	InviteExpert       Action = "invitation.invite"
	RevokeInvitation   Action = "invitation.revoke"
	PublishInvitation  Action = "invitation.publish"
	RevealExpert       Action = "invitation.reveal"
	StartUrgent        Action = "forum.start_urgent"
	SetPeriod          Action = "forum.set_period"
	ExtendForum        Action = "forum.extend"
	SuspendForum       Action = "forum.suspend"
	ResumeForum        Action = "forum.resume"
	CloseForum         Action = "forum.close"
	WithdrawForum      Action = "forum.withdraw"
	ModerateOpinion    Action = "opinion.moderate"
	ReadModeration     Action = "opinion.read_log"
	SetModeration      Action = "forum.set_moderation"
	SetIdentity        Action = "forum.set_identity"
	ProtectForum       Action = "forum.protect"
	StartAnalysis      Action = "analysis.start"
	SubmitAnalysis     Action = "analysis.submit"
	ReadAnalysis       Action = "analysis.read"
	ScoreAward         Action = "award.score"
	ReadAwards         Action = "award.read"
	SubmitAwards       Action = "award.submit"
	DeliverAward       Action = "award.deliver"
	EditResponse       Action = "response.edit"
	SubmitResponse     Action = "response.submit"
	CorrectResponse    Action = "response.correct"
	PublishResponse    Action = "response.publish"
	PlanFollowUp       Action = "followup.plan"
	CompleteMilestone  Action = "followup.complete"
	DropMilestone      Action = "followup.drop"
	SignApproval       Action = "approval.sign"
	ReturnApproval     Action = "approval.return"
	RecallApproval     Action = "approval.recall"
	CommentApproval    Action = "approval.comment"
	SettleAlarm        Action = "approval.settle"
	KeepLine           Action = "line.keep"
	DropLine           Action = "line.drop"
	Delegate           Action = "delegation.add"
	EndDelegation      Action = "delegation.end"
	ReadApprovals      Action = "approval.read"
	DownloadWorkbook   Action = "report.download"
	ReadAudit          Action = "audit.read"
	DeclareHoliday     Action = "calendar.declare"
	RemoveHoliday      Action = "calendar.remove"
	ReadHealth         Action = "health.read"
	RetryStep          Action = "health.retry"
	RetryMail          Action = "mail.retry"
	ImportForum        Action = "forum.import"
	PauseClock         Action = "clock.pause"
	ResumeClock        Action = "clock.resume"
	EnterAbsence       Action = "absence.enter"
	EditProfile        Action = "department.profile"
	EndAbsence         Action = "absence.end"
	ReadRadar          Action = "radar.read"
	RehearseForum      Action = "forum.rehearse"
	ReadSuspects       Action = "suspects.read"
	AskExclusion       Action = "exclusion.ask"
	ConfirmExclusion   Action = "exclusion.confirm"
	DeclineExclusion   Action = "exclusion.decline"
	AskUndo            Action = "exclusion.ask_undo"
	ConfirmUndo        Action = "exclusion.confirm_undo"
	DeclineUndo        Action = "exclusion.decline_undo"
)

// Reach is how far a duty goes.
type Reach string

// A duty reaches the whole city, or only what is the official's own department's.
const (
	CityWide Reach = "city"
	OwnUnit  Reach = "own"
)

type permit struct {
	duty  Duty
	reach Reach
}

var (
	cityOfficer = permit{Officer, CityWide}
	everyStaff  = []permit{{Officer, CityWide}, {Moderator, CityWide}, {Analyst, CityWide}, {Executive, CityWide}, {Auditor, CityWide},
		{Operator, CityWide}, {Committee, CityWide}, {Juror, CityWide}, {Drafter, OwnUnit}, {Head, OwnUnit}}
	ownHead    = permit{Head, OwnUnit}
	ownDrafter = permit{Drafter, OwnUnit}
)

// policy is who may do what: the one table that every handler asks. What concerns no department (a suggestion, a round) is
// the city's, so an OwnUnit duty doesn't reach it.
var policy = map[Action][]permit{
	ReadForums:         everyStaff,
	ReadSuggestions:    {cityOfficer, {Moderator, CityWide}, {Committee, CityWide}, {Executive, CityWide}, {Auditor, CityWide}, {Analyst, CityWide}},
	ScreenSuggestion:   {cityOfficer, {Moderator, CityWide}},
	EnterSuggestion:    {cityOfficer, {Moderator, CityWide}},
	ReadRounds:         {cityOfficer, {Committee, CityWide}, {Executive, CityWide}, {Auditor, CityWide}},
	OpenRound:          {cityOfficer},
	SeatCommittee:      {cityOfficer},
	StartScoring:       {cityOfficer},
	CloseRound:         {cityOfficer},
	ScoreTopic:         {{Committee, CityWide}},
	ChooseTopics:       {cityOfficer},
	SubmitMinutes:      {cityOfficer},
	ProposeDepartment:  {cityOfficer},
	AcceptAssignment:   {ownHead},
	TransferAssignment: {ownHead},
	ConsultDepartment:  {cityOfficer, ownHead},
	AnswerConsultation: {ownHead},
	HandOverForum:      {cityOfficer, ownHead},
	AcceptHandover:     {ownHead},
	DeclineHandover:    {cityOfficer, ownHead},
	EditDossier:        {cityOfficer, ownDrafter, ownHead},
	SubmitDossier:      {cityOfficer, ownDrafter},
	ReadInvitations:    {cityOfficer, {Executive, CityWide}, {Auditor, CityWide}, ownDrafter, ownHead},
	InviteExpert:       {cityOfficer, ownDrafter},
	RevokeInvitation:   {cityOfficer, ownDrafter},
	PublishInvitation:  {cityOfficer},
	RevealExpert:       {cityOfficer, ownDrafter},
	StartUrgent:        {cityOfficer},
	SetPeriod:          {cityOfficer},
	ExtendForum:        {cityOfficer},
	SuspendForum:       {cityOfficer},
	ResumeForum:        {cityOfficer},
	CloseForum:         {cityOfficer},
	WithdrawForum:      {cityOfficer},
	ModerateOpinion:    {{Moderator, CityWide}},
	ReadModeration:     {cityOfficer, {Moderator, CityWide}, {Auditor, CityWide}},
	SetModeration:      {cityOfficer},
	SetIdentity:        {cityOfficer},
	ProtectForum:       {cityOfficer, {Moderator, CityWide}},
	EnterOpinion:       {cityOfficer, ownDrafter},
	StartAnalysis:      {cityOfficer, {Analyst, CityWide}},
	SubmitAnalysis:     {{Analyst, CityWide}},
	ReadAnalysis:       {cityOfficer, {Analyst, CityWide}, {Executive, CityWide}, {Auditor, CityWide}, ownDrafter, ownHead},
	ScoreAward:         {{Juror, CityWide}},
	ReadAwards:         {cityOfficer, {Juror, CityWide}, {Auditor, CityWide}, {Executive, CityWide}},
	SubmitAwards:       {cityOfficer},
	DeliverAward:       {cityOfficer},
	EditResponse:       {cityOfficer, ownDrafter, ownHead},
	SubmitResponse:     {cityOfficer, ownDrafter},
	CorrectResponse:    {cityOfficer, ownDrafter},
	PublishResponse:    {cityOfficer},
	PlanFollowUp:       {cityOfficer, ownDrafter},
	CompleteMilestone:  {cityOfficer, ownDrafter},
	DropMilestone:      {cityOfficer},
	SignApproval:       {cityOfficer, {Executive, CityWide}, ownHead, {Analyst, CityWide}},
	ReturnApproval:     {cityOfficer, {Executive, CityWide}, ownHead, {Analyst, CityWide}},
	RecallApproval:     {cityOfficer, ownDrafter, {Analyst, CityWide}},
	CommentApproval:    {cityOfficer, {Executive, CityWide}, ownHead, {Analyst, CityWide}, ownDrafter},
	SettleAlarm:        {cityOfficer},
	KeepLine:           {cityOfficer, {Analyst, CityWide}, ownHead, ownDrafter}, // whoever drafts for a department, and its head
	DropLine:           {cityOfficer, {Analyst, CityWide}, ownHead, ownDrafter},
	Delegate:           {cityOfficer, {Executive, CityWide}}, // and none for a duty of one's own: MayDelegate
	EndDelegation:      {cityOfficer, {Executive, CityWide}},
	ReadApprovals:      everyStaff,
	DownloadWorkbook:   {cityOfficer, {Analyst, CityWide}, {Executive, CityWide}, {Auditor, CityWide}, ownDrafter, ownHead},
	ReadAudit:          {cityOfficer, {Auditor, CityWide}, {Operator, CityWide}},
	DeclareHoliday:     {cityOfficer, {Operator, CityWide}},
	RemoveHoliday:      {cityOfficer, {Operator, CityWide}},
	ReadHealth:         {cityOfficer, {Operator, CityWide}, {Auditor, CityWide}},
	RetryStep:          {cityOfficer, {Operator, CityWide}},
	RetryMail:          {cityOfficer, {Operator, CityWide}},
	ImportForum:        {{Operator, CityWide}},
	PauseClock:         {cityOfficer, ownHead},
	ResumeClock:        {cityOfficer, ownHead},
	EnterAbsence:       {cityOfficer, ownHead}, // and everybody their own
	EditProfile:        {cityOfficer, ownHead, ownDrafter},
	EndAbsence:         {cityOfficer, ownHead},
	ReadRadar:          {cityOfficer, {Executive, CityWide}, {Auditor, CityWide}, {Operator, CityWide}, ownHead, ownDrafter},
	RehearseForum:      {cityOfficer, ownDrafter, ownHead},
	ReadSuspects:       {cityOfficer, {Moderator, CityWide}, {Analyst, CityWide}, {Auditor, CityWide}},
	AskExclusion:       {cityOfficer, {Moderator, CityWide}, {Analyst, CityWide}},
	ConfirmExclusion:   {cityOfficer, {Analyst, CityWide}}, // and never whoever asked: one_person_excludes_nothing
	DeclineExclusion:   {cityOfficer, {Moderator, CityWide}, {Analyst, CityWide}},
	AskUndo:            {cityOfficer, {Moderator, CityWide}, {Analyst, CityWide}},
	ConfirmUndo:        {cityOfficer, {Analyst, CityWide}},
	DeclineUndo:        {cityOfficer, {Moderator, CityWide}, {Analyst, CityWide}},
}

// Actions lists every action of the policy table, sorted.
func Actions() []Action {
	var all []Action
	for action := range policy {
		all = append(all, action)
	}
	slices.Sort(all)
	return all
}

// May refuses what the official's duties don't allow on something of department ("" for the city's own). What another
// department owns is NotFound to whom the action is otherwise allowed, so that nobody learns what is there.
func (o Official) May(action Action, department string) error {
	held := false
	for _, p := range policy[action] {
		if !o.Has(p.duty) {
			continue
		}
		if p.reach == CityWide || (department != "" && department == o.Department) {
			return nil
		}
		held = true
	}
	if held {
		return Refuse(NotFound, "page.not_found")
	}
	return Refuse(Forbidden, "duty.missing")
}

// SeesWholeCity says whether action is not bounded to the official's own department.
func (o Official) SeesWholeCity(action Action) bool {
	return slices.ContainsFunc(policy[action], func(p permit) bool { return p.reach == CityWide && o.Has(p.duty) })
}
