package ldap

import "acropolis/forum"

// Person is the entry as the city's rules know people.
func (e Entry) Person() forum.DirectoryPerson {
	duties := make([]forum.Duty, len(e.Duties))
	for i, duty := range e.Duties {
		duties[i] = forum.Duty(duty)
	}
	return forum.DirectoryPerson{
		Official: forum.Official{UID: e.UID, Name: e.Name, NameEn: e.NameEn, Title: e.Title, TitleEn: e.TitleEn,
			Department: e.Department, Email: e.Mail, Phone: e.Phone, Duties: duties},
		SuperiorUID: e.Manager, SubstituteUID: e.Substitute,
	}
}

// Department is the unit as the city's rules know departments.
func (u Unit) Department() forum.Department {
	return forum.Department{Code: u.OU, Name: u.Name, NameEn: u.NameEn, Parent: u.Parent}
}
