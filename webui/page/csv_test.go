package page

import (
	"errors"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestCSVHoldsNoFormulaAndEndsAtTheFirstError(t *testing.T) {
	s, _ := testSite(t, Options{})
	e := s.Engine()
	e.GET("/:lang/table.csv", s.Handle(func(c *gin.Context) error {
		return CSV(c, []string{"글", "수"}, func(yield func([]string, error) bool) {
			_ = yield([]string{"=1+1", "@SUM(A1)"}, nil) && yield([]string{"＝1", "큰 \"따옴표\", 쉼표"}, nil) && yield([]string{"", "\t여백"}, nil)
		})
	}))
	want := "\uFEFF글,수\r\n'=1+1,'@SUM(A1)\r\n'＝1,\"큰 \"\"따옴표\"\", 쉼표\"\r\n,'\t여백\r\n"
	if got := ask(e, "GET", "/ko/table.csv", ""); got.Body.String() != want {
		t.Errorf("%q, want %q", got.Body, want)
	}
	broken := errors.New("the cursor broke")
	e.GET("/:lang/broken.csv", func(c *gin.Context) {
		if err := CSV(c, nil, func(yield func([]string, error) bool) { _ = yield(nil, broken) && yield([]string{"more"}, nil) }); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	})
	ask(e, "GET", "/ko/broken.csv", "")
}
