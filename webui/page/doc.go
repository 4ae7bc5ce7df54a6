// Package page is the shared ground of the public site and the intranet: it turns data and errors into pages and problem
// documents in the reader's language, and reads what people send.
//
// A part of the site is made once and mounted on an engine:
//
//	site, err := page.New(page.Options{
//		Audience:  page.Public,
//		Templates: templates, // an fs.FS of *.html
//		CityName:  map[string]string{"ko": "서울특별시", "en": "Seoul"},
//		Menu:      func(*gin.Context) []page.Link { return []page.Link{{Key: "nav.forums", Path: "/forums"}} },
//	})
//	engine := site.Engine()      // headers, request id, access log, recovery, cross-origin check, /static
//	pages := site.Pages(engine)  // the routes under /ko, /en and so on
//	pages.GET("/forums/:id", site.Handle(p.forum))
//	pages.POST("/forums/:id/opinions", site.Limit(20, 5), site.Handle(p.postOpinion))
//	engine.GET("/api/v1/forums/:id", site.API(p.apiForum))
//	http.Server{Handler: page.Head(engine)}
//
// A handler is parse, ask, show, and returns what went wrong; Handle and API make pages and problem documents of it:
//
//	func (p *Pages) postOpinion(c *gin.Context) error {
//		form, err := page.Form(c)
//		if err != nil && form == nil {
//			return err // not a form at all: 400, 413, 415
//		}
//		view := opinionForm{Title: form.Get("title"), Text: form.Get("text")}
//		if err == nil {
//			err = p.opinions.Post(c, …)
//		}
//		if err != nil {
//			return p.site.Refused(c, "opinion_new", view, err) // the same page, the words kept, the reason beside the field
//		}
//		p.site.Flash(c, "notice.opinion_posted") // told once on the next page
//		return p.site.Redirect(c, page.To(c, "receipts", receipt)) // 303
//	}
//
// A template file forum.html defines two blocks, "title" and "main"; the layout does the rest. Files whose name begins with
// an underscore are partials that every page of that part may use. The dot is a *View:
//
//	{{define "title"}}{{.Data.Title}}{{end}}
//	{{define "main"}}
//	<h1>{{.Data.Title}}</h1> {{template "status-tag" (.Status "forum" .Data.Status)}}
//	<p>{{.T "forum.period" "from" (.Date .Data.OpensAt) "to" (.Date .Data.ClosesAt)}}</p>
//	<p>{{.T "forum.opinions" "count" .Data.Opinions}}</p>
//	{{range .Data.Items}}<a href="{{$.To "forums" .ID}}">{{.Title}}</a>{{end}}
//	<form method="post" action="{{.To "forums" .Data.ID "opinions"}}" novalidate data-warn>
//	  {{template "form-key" .}}
//	  {{template "field" (.Field "text" "opinion.text" .Data.Text "kind" "area" "hint" "opinion.text_hint" "max" 4000 "required" true)}}
//	  <button class="button primary">{{.T "opinion.post"}}</button>
//	</form>
//	{{template "pagination" (.Pagination .Data.Page .Data.Pages)}}
//	{{end}}
//
// Other partials: timeline (.Timeline steps), chart-line, chart-bars and chart-stack (.LineChart, .BarChart, .StackChart).
// The script adds to what works without it: a GET form with data-live="#list" swaps the element with that id while one
// types, data-warn asks before typed text is lost, data-print on a button prints.
//
// Words are flat keys in locales/{ko,en,zh,ja}/{common,public,errors}.json and locales/{ko,en}/office.json. A
// refusal's text is "error.<key>" there; its Fields are the text's values. Texts with a "count" may be an object of "one" and "other".
package page
