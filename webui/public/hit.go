package public

import (
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Viewer notes a view of a topic page. It doesn't keep the reader waiting, and a repeated view is the store's to see.
type Viewer interface {
	View(forum.NewHit)
}

// robots are words by which programs that fetch pages call themselves.
var robots = []string{"bot", "crawl", "spider", "slurp", "yeti", "daumoa", "preview", "fetch", "monitor", "scan", "archiver", "facebookexternalhit",
	"kakaotalk-scrap", "embedly", "headlesschrome", "lighthouse", "wget", "python-requests", "scrapy", "httpclient", "feed", "validator"}

// noteView counts one person's look at a topic page. Robots, prefetching browsers and requests for the head alone don't
// count, and neither does who says nothing about what they read with. Nobody gets a cookie for reading: who is who is told by
// where they read from and with what, which the store keeps as a hash that is another one each day.
func (h *Handlers) noteView(c *gin.Context) {
	if isRobot(c.Request.UserAgent()) || isAhead(c) || page.IsHead(c) {
		return
	}
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return
	}
	visitor := page.Network(c) + "\n" + c.Request.UserAgent() + "\n" + c.GetHeader("Accept-Language")
	h.Writer.View(forum.NewHit{Forum: id, Visitor: []byte(visitor), Lang: page.Lang(c)})
}

func isRobot(agent string) bool {
	agent = strings.ToLower(agent)
	if agent == "" {
		return true
	}
	for _, word := range robots {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}

// isAhead says that a browser fetches the page before anybody asked for it.
func isAhead(c *gin.Context) bool {
	purpose := c.GetHeader("Sec-Purpose") + c.GetHeader("Purpose") + c.GetHeader("X-Moz")
	return strings.Contains(strings.ToLower(purpose), "prefetch") || strings.Contains(strings.ToLower(purpose), "preview")
}
