package ketenaanpak.agreements_test

import data.ketenaanpak.agreements

test_the_pilot_is_in_force_for_its_year_only if {
	not agreements.in_force("kaw-pilot-2018") with input.now as "2018-08-31T21:59:59Z"
	agreements.in_force("kaw-pilot-2018") with input.now as "2018-08-31T22:00:00Z"
	agreements.in_force("kaw-pilot-2018") with input.now as "2019-08-31T21:59:59Z"
	not agreements.in_force("kaw-pilot-2018") with input.now as "2019-08-31T22:00:00Z"
}

test_the_pilot_covers_the_23_municipalities_of_the_division if {
	count(data.agreements["kaw-pilot-2018"].region) == 23
	agreements.covers("kaw-pilot-2018", "35013")
	not agreements.covers("kaw-pilot-2018", "34022")
}

test_the_pilot_takes_twenty_cases_in_all_and_knows_no_emergency_access if {
	pilot := data.agreements["kaw-pilot-2018"]
	pilot.case_cap == {"number": 20, "counts": "total"}
	pilot.modalities.emergency_access == false
	pilot.modalities.follow_up_months == 6
	pilot.modalities.participation == "all_parties"
	pilot.focus == ["partner_violence"]
	count(pilot.parties) == 9
	"jongerenwelzijn" in agreements.parties("kaw-pilot-2018")
}

test_the_samples_say_that_they_are_fictitious if {
	every id in ["sample-brugge", "sample-kortrijk", "sample-westhoek"] {
		contains(data.agreements[id].title, "fictief")
		startswith(data.agreements[id].note, "Fictitious")
		data.agreements[id].case_cap.counts == "concurrent"
		data.agreements[id].modalities.emergency_access
	}
}

test_the_sample_has_the_parties_of_the_pilot_under_todays_names if {
	renamed := {party | some party in agreements.parties("kaw-pilot-2018"); party != "jongerenwelzijn"}
	{party | some party in agreements.parties("sample-brugge")} == renamed | {"opgroeien"}
}

test_an_agreement_with_dates_that_are_none_is_not_in_force if {
	every name in ["valid_from", "valid_until", "approved_on", "approved_by", "legal_basis"] {
		faulty := object.union(object.remove(data.agreements["sample-brugge"], [name]), {name: {}})
		not agreements.in_force("a") with input.now as "2026-03-10T09:00:00Z" with data.agreements as {"a": faulty}
	}
}

test_nothing_is_known_of_an_agreement_that_is_not_there if {
	not agreements.in_force("no-such") with input.now as "2026-03-10T09:00:00Z"
	not agreements.covers("no-such", "31005")
	not agreements.serves("no-such", "audit")
	agreements.problems("no-such") == {"agreement_unknown"}
}

# METADATA
# title: What is approved today is in force today, from midnight in Brussels
test_an_approval_counts_on_its_day[now] if {
	some now, in_force in {
		"2026-01-14T22:59:59Z": false,
		"2026-01-14T23:00:00Z": true,
		"2026-01-15T09:00:00Z": true,
	}
	approved := object.union(data.agreements["sample-brugge"], {"approved_on": "2026-01-15"})
	found := agreements.in_force("a") with input.now as now with data.agreements as {"a": approved}
	found == in_force
}
