package analysis

import "testing"

func TestNearCopySharesMostOfItsTriples(t *testing.T) {
	text := "시청 앞 광장에 나무를 더 많이 심고 그늘을 만들어 주십시오. 여름에는 너무 덥습니다."
	for _, c := range []struct {
		other string
		near  bool
	}{
		{text, true},
		{"[퍼온 글] " + text + " 부탁드립니다!!!", true},
		{"시청 앞 광장에 나무를 더 많이 심고 그늘막을 만들어 주세요. 여름에는 너무 덥습니다", true},
		{"시청 앞 광장에는 잔디만 있으면 됩니다. 나무는 시야를 가립니다.", false},
		{"", false},
		{"광장", false},
	} {
		share := ShapeOf(text).Shared(ShapeOf(c.other))
		if back := ShapeOf(c.other).Shared(ShapeOf(text)); back != share {
			t.Errorf("%q: %v one way, %v the other", c.other, share, back)
		}
		if (share >= NearCopy) != c.near {
			t.Errorf("%q shares %.2f", c.other, share)
		}
	}
	if share := ShapeOf(text).Shared(ShapeOf(text)); share != 1 {
		t.Errorf("a text shares %v with itself", share)
	}
}
