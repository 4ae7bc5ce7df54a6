package page

import (
	"net/netip"

	"github.com/gin-gonic/gin"
)

// FromProxy says whether a request was handed over by one of the trusted proxies: only what those say of a citizen is listened to.
// It asks who is at the other end of the connection, which no header can say otherwise.
func (s *Site) FromProxy(c *gin.Context) bool {
	peer, err := netip.ParseAddr(c.RemoteIP())
	if err != nil {
		return false
	}
	peer = peer.Unmap().WithZone("")
	for _, proxy := range s.options.TrustedProxies {
		if network, err := netip.ParsePrefix(proxy); err == nil && network.Contains(peer) {
			return true
		}
		if one, err := netip.ParseAddr(proxy); err == nil && one.Unmap() == peer {
			return true
		}
	}
	return false
}
