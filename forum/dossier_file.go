package forum

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
)

// FileType is what a file is by its content; its name must end accordingly.
type FileType string

// The types that a dossier takes: the city's own word processor's, office documents without macros, pictures, plain tables.
const (
	PDF  FileType = "pdf"
	HWP  FileType = "hwp"
	HWPX FileType = "hwpx"
	DOCX FileType = "docx"
	XLSX FileType = "xlsx"
	PPTX FileType = "pptx"
	ODT  FileType = "odt"
	ODS  FileType = "ods"
	PNG  FileType = "png"
	JPEG FileType = "jpeg"
	CSV  FileType = "csv"
	TXT  FileType = "txt"
)

// FileTypes in the order in which pages name them.
var FileTypes = []FileType{PDF, HWP, HWPX, DOCX, XLSX, PPTX, ODT, ODS, PNG, JPEG, CSV, TXT}

var mediaTypes = map[FileType]string{
	PDF: "application/pdf", HWP: "application/x-hwp", HWPX: "application/hwp+zip", PNG: "image/png", JPEG: "image/jpeg", CSV: "text/csv", TXT: "text/plain",
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	ODT:  "application/vnd.oasis.opendocument.text",
	ODS:  "application/vnd.oasis.opendocument.spreadsheet",
}

// Media is the type as HTTP calls it.
func (t FileType) Media() string { return mediaTypes[t] }

// IsPicture says that somebody who can't see it needs words instead.
func (t FileType) IsPicture() bool { return t == PNG || t == JPEG }

// TypeOfName is the type that a file's name promises.
func TypeOfName(name string) (FileType, bool) {
	ending := FileType(strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")))
	if ending == "jpg" {
		return JPEG, true
	}
	_, known := mediaTypes[ending]
	return ending, known
}

// Limits of a dossier's files. What was replaced stays with the versions that had it, and so counts as stored.
const (
	FileMax       = 20 << 20 // bytes of one
	FilesMax      = 20       // of one version
	FilesBytesMax = 100 << 20
	FilesStored   = 500 << 20 // of all versions of a dossier
	FileNameMax   = 120       // characters
	AltMax        = 500       // characters of a picture's description
)

// DossierFile names a file of a dossier. An approval is bound to all of it.
type DossierFile struct {
	ID     ID       `json:"id"`
	Name   string   `json:"name"`
	Type   FileType `json:"type"`
	Size   int      `json:"size"` // bytes
	SHA256 string   `json:"sha256"`
}

// NewFile is a file whose content has been looked at.
type NewFile struct {
	Name    string
	Type    FileType
	Content []byte
}

// Named is the file as a dossier names it.
func (f NewFile) Named(id ID) DossierFile {
	sum := sha256.Sum256(f.Content)
	return DossierFile{ID: id, Name: f.Name, Type: f.Type, Size: len(f.Content), SHA256: hex.EncodeToString(sum[:])}
}

// Validate tells what the drafter can mend.
func (f NewFile) Validate() error {
	switch ending, known := TypeOfName(f.Name); {
	case !known || ending != f.Type:
		return Refuse(Invalid, "file.ending_lies").At("file")
	case len(f.Content) == 0:
		return Refuse(Invalid, "file.empty").At("file")
	case len(f.Content) > FileMax:
		return FileTooLarge()
	}
	return lengthOf("file", f.Name, 1, FileNameMax)
}

// FileTooLarge refuses a file of more than FileMax.
func FileTooLarge() *Error {
	return Refuse(TooLarge, "file.too_large").At("file").With("most", strconv.Itoa(FileMax>>20)+" MB")
}

// ValidateFiles refuses more files than a citizen could download.
func ValidateFiles(items []DossierItem) error {
	files, bytes := 0, 0
	for _, item := range items {
		if item.File.ID != "" {
			files, bytes = files+1, bytes+item.File.Size
		}
	}
	if files > FilesMax {
		return Refuse(Invalid, "dossier.too_many_files").With("most", strconv.Itoa(FilesMax))
	}
	if bytes > FilesBytesMax {
		return Refuse(Invalid, "dossier.files_too_large").With("most", strconv.Itoa(FilesBytesMax>>20))
	}
	return nil
}
