package public

import "cmp"

// District is a part of the city that a citizen may name. Its Korean name is what the city keeps.
type District struct{ Name, NameEn, NameZh, NameJa string }

// SeoulDistricts are the twenty-five.
var SeoulDistricts = []District{
	{"강남구", "Gangnam-gu", "江南区", "江南区"}, {"강동구", "Gangdong-gu", "江东区", "江東区"}, {"강북구", "Gangbuk-gu", "江北区", "江北区"},
	{"강서구", "Gangseo-gu", "江西区", "江西区"}, {"관악구", "Gwanak-gu", "冠岳区", "冠岳区"}, {"광진구", "Gwangjin-gu", "广津区", "広津区"},
	{"구로구", "Guro-gu", "九老区", "九老区"}, {"금천구", "Geumcheon-gu", "衿川区", "衿川区"}, {"노원구", "Nowon-gu", "芦原区", "蘆原区"},
	{"도봉구", "Dobong-gu", "道峰区", "道峰区"}, {"동대문구", "Dongdaemun-gu", "东大门区", "東大門区"}, {"동작구", "Dongjak-gu", "铜雀区", "銅雀区"},
	{"마포구", "Mapo-gu", "麻浦区", "麻浦区"}, {"서대문구", "Seodaemun-gu", "西大门区", "西大門区"}, {"서초구", "Seocho-gu", "瑞草区", "瑞草区"},
	{"성동구", "Seongdong-gu", "城东区", "城東区"}, {"성북구", "Seongbuk-gu", "城北区", "城北区"}, {"송파구", "Songpa-gu", "松坡区", "松坡区"},
	{"양천구", "Yangcheon-gu", "阳川区", "陽川区"}, {"영등포구", "Yeongdeungpo-gu", "永登浦区", "永登浦区"}, {"용산구", "Yongsan-gu", "龙山区", "龍山区"},
	{"은평구", "Eunpyeong-gu", "恩平区", "恩平区"}, {"종로구", "Jongno-gu", "钟路区", "鍾路区"}, {"중구", "Jung-gu", "中区", "中区"},
	{"중랑구", "Jungnang-gu", "中浪区", "中浪区"},
}

// in is the district's name in a language; English where that language has none.
func (d District) in(lang string) string {
	name := map[string]string{"ko": d.Name, "zh": d.NameZh, "ja": d.NameJa}[lang]
	return cmp.Or(name, d.NameEn, d.Name)
}

// districtName is a district as the reader calls it; one that isn't in the list stays as it was written.
func (h *Handlers) districtName(name, lang string) string {
	for _, d := range h.Districts {
		if d.Name == name {
			return d.in(lang)
		}
	}
	return name
}
