package main

import (
	"fmt"
	"slices"

	"acropolis/standalone/demo"
	"acropolis/standalone/directory"
)

// people gives the demo city's officials and departments as its directory holds them.
func people() ([]directory.Person, []directory.Unit, error) {
	organisation, err := demo.Directory()
	if err != nil {
		return nil, nil, err
	}
	var people []directory.Person
	for _, o := range organisation.Officials {
		people = append(people, directory.Person{UID: o.UID, Name: o.Name.Ko, NameEn: o.Name.En, Title: o.Title.Ko, TitleEn: o.Title.En,
			Department: o.Department, Mail: o.Mail, Phone: o.Phone, Manager: o.Manager, Substitute: o.Substitute, Duties: o.Duties})
	}
	var units []directory.Unit
	for _, d := range organisation.Departments {
		units = append(units, directory.Unit{OU: d.OU, Name: d.Name.Ko, NameEn: d.Name.En, Parent: d.Parent})
	}
	return people, units, nil
}

// duties in the order in which the journey needs them.
var duties = []string{"officer", "moderator", "committee", "head", "drafter", "analyst", "juror", "executive", "auditor", "operator"}

// logins names one login for each duty, those first who have few others.
func logins() ([]string, error) {
	organisation, err := demo.Directory()
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, duty := range duties {
		best := demo.Official{}
		for _, o := range organisation.Officials {
			if slices.Contains(o.Duties, duty) && (best.UID == "" || len(o.Duties) < len(best.Duties)) {
				best = o
			}
		}
		lines = append(lines, fmt.Sprintf("%-16s %-10s %s %s, %s", best.UID, duty, best.Name.Ko, best.Title.Ko, best.Title.En))
	}
	return lines, nil
}
