package forum

import "time"

// Origin is what is kept of where a vote or an opinion came from, so that crowds which one hand steers can be told from people:
// keyed hashes that name nobody and lead back to no address. Nil where it isn't known.
type Origin struct {
	Network []byte        // of the /24 or, for IPv6, the /64
	Wide    []byte        // of the /16 or the /48 around it
	Domain  []byte        // of the mail address's domain, for who is signed in
	Common  bool          // a domain at which anybody gets an address
	Age     time.Duration // of the account; 0: nobody signed in
}

// OriginDays is how many days after a forum's close origins are kept, unless the city sets it: long enough for its results to be signed.
const OriginDays = 90

// OfNobody leaves out what tells of the account.
func (o Origin) OfNobody() Origin { return Origin{Network: o.Network, Wide: o.Wide} }

// commonDomains are where anybody gets an address: many of them at once are no sign of anything.
var commonDomains = map[string]bool{
	"naver.com": true, "gmail.com": true, "daum.net": true, "hanmail.net": true, "kakao.com": true, "nate.com": true, "outlook.com": true,
	"hotmail.com": true, "yahoo.com": true, "icloud.com": true, "me.com": true, "live.com": true, "yahoo.co.kr": true, "hotmail.co.kr": true,
	"proton.me": true, "protonmail.com": true, "qq.com": true, "163.com": true, "yahoo.co.jp": true,
}

// IsCommonDomain says whether a mail domain is one of the common providers'.
func IsCommonDomain(domain string) bool { return commonDomains[domain] }
