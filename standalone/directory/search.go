package directory

import (
	"errors"
	"slices"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/jimlambrt/gldap"
)

// search answers whoever has proven who they are. A paging control is taken and needs no answer: everything comes at once.
func (s *Server) search(w *gldap.ResponseWriter, r *gldap.Request) {
	done := r.NewSearchDoneResponse(gldap.WithResponseCode(gldap.ResultSuccess))
	defer func() { _ = w.Write(done) }()
	m, err := r.GetSearchMessage()
	if err != nil {
		done.SetResultCode(gldap.ResultProtocolError)
		return
	}
	found, code := s.find(r.ConnectionID(), m)
	done.SetResultCode(code)
	for _, e := range found {
		answer := r.NewSearchResponseEntry(e.dn)
		for _, a := range e.attributes {
			if wanted(m.Attributes, a) {
				answer.AddAttribute(a.name, a.values)
			}
		}
		if w.Write(answer) != nil {
			return
		}
	}
}

func (s *Server) find(connection int, m *gldap.SearchMessage) (found []*entry, code int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.bound[connection] {
		return nil, gldap.ResultInsufficientAccessRights
	}
	base := same(m.BaseDN)
	if s.byDN[base] == nil {
		return nil, gldap.ResultNoSuchObject
	}
	filter, err := ldap.CompileFilter(m.Filter)
	if err != nil {
		return nil, gldap.ResultProtocolError
	}
	for _, e := range s.entries {
		if !within(same(e.dn), base, m.Scope) {
			continue
		}
		matches, err := e.matches(filter)
		if err != nil {
			return nil, gldap.ResultUnwillingToPerform
		}
		if matches {
			if m.SizeLimit > 0 && len(found) == int(m.SizeLimit) {
				return found, gldap.ResultSizeLimitExceeded
			}
			found = append(found, e)
		}
	}
	return found, gldap.ResultSuccess
}

// within says whether the entry lies in the scope under the base; both are in their comparable form.
func within(dn, base string, scope gldap.Scope) bool {
	switch scope {
	case gldap.BaseObject:
		return dn == base
	case gldap.SingleLevel:
		_, parent, _ := strings.Cut(dn, ",")
		return parent == base
	}
	return dn == base || strings.HasSuffix(dn, ","+base)
}

// wanted says whether the search asks for the attribute: by its name, all by *, or all by asking for none.
func wanted(names []string, a attribute) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return name == "*" || a.answers(name) })
}

var errFilter = errors.New("this directory knows and, or, not, equality, presence and substrings")

// matches evaluates the filter.
func (e *entry) matches(f *ber.Packet) (bool, error) {
	switch f.Tag {
	case ldap.FilterAnd, ldap.FilterOr:
		for _, child := range f.Children {
			if yes, err := e.matches(child); err != nil || yes == (f.Tag == ldap.FilterOr) {
				return yes, err
			}
		}
		return f.Tag == ldap.FilterAnd, nil
	case ldap.FilterNot:
		yes, err := e.matches(f.Children[0])
		return !yes, err
	case ldap.FilterPresent:
		return len(e.values(f.Data.String())) > 0, nil
	case ldap.FilterEqualityMatch:
		name, value := f.Children[0].Data.String(), f.Children[1].Data.String()
		return slices.ContainsFunc(e.values(name), func(v string) bool {
			return strings.EqualFold(v, value) || isDN[strings.ToLower(name)] && same(v) == same(value)
		}), nil
	case ldap.FilterSubstrings:
		return slices.ContainsFunc(e.values(f.Children[0].Data.String()), func(v string) bool {
			return holds(strings.ToLower(v), f.Children[1].Children)
		}), nil
	}
	return false, errFilter
}

var isDN = map[string]bool{"member": true, "manager": true, "secretary": true, "seealso": true}

// holds says whether the text has the parts in their order, the first and last at its ends.
func holds(text string, parts []*ber.Packet) bool {
	for _, p := range parts {
		part := strings.ToLower(p.Data.String())
		switch p.Tag {
		case ldap.FilterSubstringsInitial:
			if !strings.HasPrefix(text, part) {
				return false
			}
			text = text[len(part):]
		case ldap.FilterSubstringsFinal:
			return strings.HasSuffix(text, part)
		default:
			_, after, ok := strings.Cut(text, part)
			if !ok {
				return false
			}
			text = after
		}
	}
	return true
}
