# METADATA
# title: How the viewer stands to a case
# description: >-
#   Joins the facts of domain.md, section 7: agreement, region, wall, mandate, party,
#   participant and stage. Each is stated positively and is able to deny alone.
package ketenaanpak.cases

import data.ketenaanpak.agreements
import data.ketenaanpak.mandates
import data.ketenaanpak.question
import data.ketenaanpak.stages
import data.ketenaanpak.walls

# METADATA
# title: The viewer's access to a case
# description: >-
#   `{standing, who, partner, roles}` for somebody who acts for `purpose` in one of `roles`.
#   Undefined when the case is hidden from the viewer.
access(case, purpose, roles) := seat(case, footing) if {
	case.found == true
	well_formed(case)
	walls.clear(case)
	footing := stands(case.agreement, purpose, roles)
	agreements.covers(case.agreement, case.region)
}

# The strongest standing that gives a place.
seat(case, footing) := {"standing": standing, "who": who, "partner": footing.partner, "roles": footing.roles} if {
	standing := footing.standings[0]
	who := place(standing, case, footing)
}

else := [seated |
	some standing in array.slice(footing.standings, 1, 6)
	who := place(standing, case, footing)
	seated := {"standing": standing, "who": who, "partner": footing.partner, "roles": footing.roles}
][0]

# METADATA
# title: As whom the viewer comes to the cases of an agreement
# description: "`{partner, party, roles, standings}`, the strongest standing first."
stands(agreement, purpose, roles) := {
	"partner": acting.partner,
	"party": agreements.is_party(agreement, acting.partner),
	"roles": acting.roles,
	"standings": [standing |
		some standing in ["chair", "participant", "coordination", "referrer", "guest", "emergency"]
		standing in held
	],
} if {
	agreements.in_force(agreement)
	acting := mandates.acting(agreement, roles)
	held := {data.purposes[purpose][role] | some role in acting.roles}
}

# METADATA
# title: As whom the people of a party come to a case, whatever their place at it
# description: >-
#   Partner and roles under `agreement`, which need not be the case's own. Undefined behind a wall,
#   outside the region, and when agreement or mandate do not hold.
of_party(case, agreement, roles) := acting if {
	case.found == true
	well_formed(case)
	walls.clear(case)
	agreements.in_force(agreement)
	agreements.covers(agreement, case.region)
	acting := mandates.acting(agreement, roles)
	agreements.is_party(agreement, acting.partner)
}

# METADATA
# title: As whom the people of a partner that takes part come to a case, whatever the stage
# description: As `of_party`, for a purpose that serves participants or the chair.
of_participant(case, purpose, roles) := acting if {
	acting := of_party(case, case.agreement, roles)
	stages.takes_part(case, acting.partner)
	some role in acting.roles
	data.purposes[purpose][role] in {"chair", "participant"}
}

# METADATA
# title: The partner for which a person would direct the case (casusregisseur)
# description: >-
#   The one that takes part and whose team member the person is now. Undefined when there is none,
#   or several: nobody could say for whom the person directs.
director_partner(case, person) := partner if {
	partners := {mandate.partner |
		some mandate in data.mandates[person]
		mandate.agreement == case.agreement
		mandate.role == "team_member"
		mandates.holds(mandate)
		agreements.is_party(case.agreement, mandate.partner)
		stages.takes_part(case, mandate.partner)
	}
	count(partners) == 1
	some partner in partners
}

# METADATA
# title: Roles that serve a purpose
roles_for(purpose) := object.keys(data.purposes[purpose])

# METADATA
# title: The facts of a case are all there
well_formed(case) if {
	is_string(case.id)
	is_string(case.agreement)
	is_string(case.region)
	is_array(data.stages[case.stage])
	is_string(case.submitted_by)
	is_array(case.participants)
	is_array(case.contributors)
	is_array(case.followers)
	is_array(case.conflicts)
	is_boolean(case.crisis)
	is_boolean(case.evaluating)
	type_name(object.get(case, "referrer", null)) in {"string", "null"}
	type_name(object.get(case, "director", null)) in {"string", "null"}
	type_name(object.get(case, "guest", null)) in {"object", "null"}
	type_name(object.get(case, "emergency", null)) in {"object", "null"}
}

place("chair", case, footing) := stages.audience(case, "chair", footing.partner) if footing.party

place("participant", case, footing) := stages.audience(case, "participant", footing.partner) if {
	footing.party
	stages.takes_part(case, footing.partner)
}

place("coordination", _, _) := "coordination"

place("referrer", case, footing) := "referrer" if refers(case, footing)

place("guest", case, footing) := stages.audience(case, "guest", footing.partner) if {
	refers(case, footing)
	data.agreements[case.agreement].modalities.guest_reads == true
	question.now < time.parse_rfc3339_ns(case.guest.until)
}

# Whoever opened the case for acute danger, for that partner and until the access ends; the partner
# need not take part.
place("emergency", case, footing) := "emergency" if {
	footing.party
	agreements.opens_in_danger(case.agreement)
	case.stage in data.actions.open_emergency.stages
	is_string(case.emergency.grant)
	case.emergency.partner == footing.partner
	question.now < time.parse_rfc3339_ns(case.emergency.until)
}

# The viewer made the referral, for the partner that submitted it.
refers(case, footing) if {
	footing.party
	case.referrer == input.viewer.person
	case.submitted_by == footing.partner
}

# METADATA
# title: Why a case is hidden from the viewer
# description: The codes of all facts that deny; `denied` when none of them explains it.
problems(case, purpose, roles) := {"malformed"} if not facts_known(case)

else := found if {
	found := union({
		barred(case, object.get(case, "agreement", null), roles),
		outside(case, purpose, roles),
	})
	count(found) > 0
}

else := {"denied"}

# METADATA
# title: Why a case stays hidden from everybody who comes to it under an agreement
# description: Whatever their place at the case; empty when nothing bars it.
barred(case, agreement, roles) := {"malformed"} if not facts_known(case)

else := {"unknown_case"} if case.found == false

else := {"malformed"} if not well_formed(case)

else := union({
	walls.problems(case),
	agreements.problems(agreement),
	mandates.problems(agreement, roles),
	{"region_outside" | not agreements.covers(agreement, case.region)},
})

facts_known(case) if {
	is_string(case.id)
	is_boolean(case.found)
}

outside(case, purpose, roles) := {code |
	well_formed(case)
	footing := stands(case.agreement, purpose, roles)
	count([1 | some standing in footing.standings; place(standing, case, footing)]) == 0
	some code in missed(case, footing)
}

missed(_, footing) := {"role_not_allowed"} if count(footing.standings) == 0

missed(case, footing) := {code |
	some standing in footing.standings
	code := lacks(standing, case, footing)
} if {
	count(footing.standings) > 0
}

lacks(_, _, footing) := "not_party" if not footing.party

lacks("participant", case, footing) := "not_participant" if {
	footing.party
	not stages.takes_part(case, footing.partner)
}

lacks("participant", case, footing) := "stage" if {
	footing.party
	stages.takes_part(case, footing.partner)
}

lacks("chair", _, footing) := "stage" if footing.party

lacks("referrer", _, footing) := "not_referrer" if footing.party

lacks("guest", _, footing) := "guest_reads_nothing" if footing.party

lacks("emergency", case, footing) := "emergency_not_allowed" if {
	footing.party
	not agreements.opens_in_danger(case.agreement)
}

lacks("emergency", case, footing) := "emergency_not_open" if {
	footing.party
	agreements.opens_in_danger(case.agreement)
}
