package ldap_test

import "fmt"

// city is a small directory: three units, six people (one uid twice), groups in groups and groups in a circle.
const city = `dn: dc=city,dc=example
objectClass: domain
dc: city

dn: ou=people,dc=city,dc=example
objectClass: organizationalUnit
ou: people

dn: ou=former,dc=city,dc=example
objectClass: organizationalUnit
ou: former

dn: ou=units,dc=city,dc=example
objectClass: organizationalUnit
ou: units

dn: ou=groups,dc=city,dc=example
objectClass: organizationalUnit
ou: groups

dn: ou=construction,ou=units,dc=city,dc=example
objectClass: organizationalUnit
ou: construction
description: 건설기획국
description;lang-en: Construction Planning Bureau

dn: ou=road-planning,ou=units,dc=city,dc=example
objectClass: organizationalUnit
ou: road-planning
description: 도로계획과
description;lang-en: Road Planning Division
seeAlso: ou=construction,ou=units,dc=city,dc=example

dn: uid=kim.road,ou=people,dc=city,dc=example
objectClass: inetOrgPerson
uid: kim.road
cn: 김도로
cn;lang-en: Kim Doro
sn: 김
title: 주무관
title;lang-en: Officer
departmentNumber: road-planning
mail: kim.road@city.example
telephoneNumber: 02-000-0001
manager: uid=lee.head,ou=people,dc=city,dc=example
secretary: uid=park.audit,ou=people,dc=city,dc=example
userPassword: canary-한글-password

dn: uid=lee.head,ou=people,dc=city,dc=example
objectClass: inetOrgPerson
uid: lee.head
cn: 이과장
sn: 이
departmentNumber: road-planning
manager: cn=Director Choi,ou=people,dc=city,dc=example
userPassword: canary-한글-password

dn: cn=Director Choi,ou=people,dc=city,dc=example
objectClass: inetOrgPerson
uid: choi
cn: Director Choi
sn: 최
departmentNumber: construction
userPassword: canary-한글-password

dn: uid=park.audit,ou=people,dc=city,dc=example
objectClass: inetOrgPerson
uid: park.audit
cn: 박감사
sn: 박
userPassword: canary-한글-password

dn: uid=twin,ou=people,dc=city,dc=example
objectClass: inetOrgPerson
uid: twin
cn: 쌍둥이
sn: 쌍
userPassword: canary-한글-password

dn: uid=twin,ou=former,dc=city,dc=example
objectClass: inetOrgPerson
uid: twin
cn: 쌍둥이
sn: 쌍
userPassword: canary-한글-password

dn: cn=limited,dc=city,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: limited
userPassword: limited

dn: cn=City-Officers,ou=groups,dc=city,dc=example
objectClass: groupOfNames
cn: City-Officers
member: cn=road-team,ou=groups,dc=city,dc=example

dn: cn=road-team,ou=groups,dc=city,dc=example
objectClass: groupOfNames
cn: road-team
member: UID=kim.road, OU=people, DC=city, DC=example
member: cn=circle,ou=groups,dc=city,dc=example

dn: cn=circle,ou=groups,dc=city,dc=example
objectClass: groupOfNames
cn: circle
member: cn=road-team,ou=groups,dc=city,dc=example
member: cn=circle,ou=groups,dc=city,dc=example

dn: cn=forum-heads,ou=groups,dc=city,dc=example
objectClass: groupOfUniqueNames
cn: forum-heads
uniqueMember: uid=lee.head,ou=people,dc=city,dc=example

dn: cn=forum-auditors,ou=groups,dc=city,dc=example
objectClass: posixGroup
cn: forum-auditors
gidNumber: 7
memberUid: park.audit
`

// crowd is n more people.
func crowd(n int) string {
	var text string
	for i := range n {
		text += fmt.Sprintf("\ndn: uid=p%04d,ou=people,dc=city,dc=example\nobjectClass: inetOrgPerson\nuid: p%04d\ncn: 사람 %d\nsn: 사람\n", i, i, i)
	}
	return text
}
