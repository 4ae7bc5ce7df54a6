package public

import (
	"net/http"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Calendar is /calendar.ics: when boards open and close and when the city answered. An event keeps its UID while its
// instant moves, so that a subscribed calendar moves it too; what was withdrawn is cancelled there, not forgotten.
func (h *Handlers) Calendar(c *gin.Context) error {
	dates, err := h.Store.PublicDates(c.Request.Context())
	if err != nil {
		return err
	}
	lang := page.Lang(c)
	calendar := ical.NewCalendarFor("Acropolis")
	calendar.SetProductId("-//Acropolis//Policy forums//KO")
	calendar.SetMethod(ical.MethodPublish)
	calendar.SetName(h.site.Text(lang, "layout.public_name"))
	calendar.SetXWRTimezone(page.Seoul.String())
	for _, d := range dates {
		topic := h.address(c) + page.To(c, "forums", d.Forum.ID)
		h.addEvent(calendar, lang, d, "opens", d.Forum.OpensAt, topic)
		h.addEvent(calendar, lang, d, "closes", d.Forum.ClosesAt, topic)
		h.addEvent(calendar, lang, d, "answered", d.AnsweredAt, topic+"/results")
	}
	c.Header("Vary", "Accept-Language")
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", []byte(calendar.Serialize(ical.WithNewLine("\r\n"))))
	return nil
}

func (h *Handlers) addEvent(calendar *ical.Calendar, lang string, d forum.PublicDates, what string, at time.Time, link string) {
	if at.IsZero() {
		return
	}
	event := calendar.AddEvent(string(d.Forum.ID) + "-" + what)
	event.SetDtStampTime(d.ChangedAt)
	event.SetLastModifiedAt(d.ChangedAt)
	event.SetStartAt(at)
	event.SetSummary(page.OneLine(h.site.Text(lang, "public.event."+what, "title", titleOf(d.Forum, lang))))
	event.SetDescription(summaryOf(d.Forum, lang))
	event.SetURL(link)
	event.SetTimeTransparency(ical.TransparencyTransparent)
	event.SetStatus(ical.ObjectStatusConfirmed)
	if d.Forum.Status == forum.Withdrawn {
		event.SetStatus(ical.ObjectStatusCancelled)
	}
}
