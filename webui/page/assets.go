package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

//go:embed static
var own embed.FS

// ext holds other people's files (the KRDS tokens and fonts), which `npm run assets` copies there. A clone without them
// compiles and looks right: every token in acropolis.css has a fallback.
//
//go:embed all:ext
var ext embed.FS

// assets are the static files under one version, the hash of them all, so that a style sheet finds its fonts beside it and
// browsers may keep everything for ever.
type assets struct {
	version string
	files   map[string][]byte
	types   map[string]string
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
}

// gatherAssets reads the flat folders "static" of ours and "ext" of others.
func gatherAssets(ours, others fs.FS) (*assets, error) {
	a := &assets{files: map[string][]byte{}, types: map[string]string{}}
	for folder, files := range map[string]fs.FS{"static": ours, "ext": others} {
		entries, err := fs.ReadDir(files, folder)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			kind, ok := contentTypes[path.Ext(entry.Name())]
			if entry.IsDir() || !ok {
				continue // .gitkeep
			}
			content, err := fs.ReadFile(files, path.Join(folder, entry.Name()))
			if err != nil {
				return nil, err
			}
			a.files[entry.Name()], a.types[entry.Name()] = content, kind
		}
	}
	if _, ok := a.files["PretendardGOV-Regular.subset.woff2"]; !ok {
		delete(a.files, "fonts.css") // it would point to nothing
	}
	a.version = a.hash()
	return a, nil
}

func (a *assets) hash() string {
	names := make([]string, 0, len(a.files))
	for name := range a.files {
		names = append(names, name)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		one := sha256.Sum256(a.files[name])
		_, _ = sum.Write(append([]byte(name), one[:]...)) // a hash never fails
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func (a *assets) url(name string) string {
	if _, ok := a.files[name]; !ok {
		return ""
	}
	return "/static/" + a.version + "/" + name
}

// static serves a file; an address of another version leads to the present one and is not kept.
func (s *Site) static(c *gin.Context) error {
	name := c.Param("name")
	content, ok := s.assets.files[name]
	if !ok {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	if c.Param("version") != s.assets.version {
		c.Redirect(http.StatusTemporaryRedirect, s.assets.url(name))
		return nil
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, s.assets.types[name], content)
	return nil
}
