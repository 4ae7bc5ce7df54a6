package public

import (
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// origin is what is kept of where a vote or an opinion comes from. The address itself stays here.
func (h *Handlers) origin(c *gin.Context) (forum.Origin, error) {
	r, err := h.reader(c)
	if err != nil || len(h.Origins) == 0 {
		return forum.Origin{}, err
	}
	o := forum.Origin{Domain: r.session.Domain, Common: r.session.Common}
	if r.citizen != "" {
		o.Age = max(time.Since(r.session.Since), time.Second)
	}
	near, wide := networksOf(c.ClientIP())
	if near != "" {
		o.Network, o.Wide = keyed(h.Origins, "network "+near)[:8], keyed(h.Origins, "network "+wide)[:8]
	}
	return o, nil
}

// networksOf are the network of an address and the wider one around it; empty for what is no address.
func networksOf(ip string) (near, wide string) {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return "", ""
	}
	address = address.Unmap().WithZone("")
	bits, around := 24, 16
	if address.Is6() {
		bits, around = 64, 48
	}
	return netip.PrefixFrom(address, bits).Masked().String(), netip.PrefixFrom(address, around).Masked().String()
}
