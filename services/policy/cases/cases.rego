# METADATA
# title: How the viewer stands to a case
# description: >-
#   Joins the facts of section 7 of the domain: agreement, region, wall, mandate, party,
#   participant and stage. Each is asked positively and is able to deny alone.
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
access(case, purpose, roles) := found if {
	well_formed(case)
	case.found == true
	walls.clear(case)
	agreements.in_force(case.agreement)
	agreements.covers(case.agreement, case.region)
	acting := mandates.acting(case.agreement, roles)
	standings := {data.purposes[purpose][role] | some role in acting.roles}
	found := [stand |
		some standing in ["chair", "participant", "coordination", "referrer", "guest"]
		standing in standings
		who := place(standing, case, acting.partner)
		stand := {"standing": standing, "who": who, "partner": acting.partner, "roles": acting.roles}
	][0]
}

# METADATA
# title: Roles that serve a purpose
roles_for(purpose) := object.keys(data.purposes[purpose])

# METADATA
# title: The facts of a case are all there
default well_formed(_) := false

well_formed(case) if {
	is_string(case.id)
	is_string(case.agreement)
	is_string(case.region)
	is_array(data.stages[case.stage])
	is_string(case.submitted_by)
	is_array(case.participants)
	is_array(case.followers)
	is_array(case.conflicts)
	is_boolean(case.crisis)
	is_boolean(case.evaluating)
	type_name(object.get(case, "referrer", null)) in {"string", "null"}
	type_name(object.get(case, "director", null)) in {"string", "null"}
	type_name(object.get(case, "guest", null)) in {"object", "null"}
}

place("chair", case, partner) := stages.audience(case, "chair", partner) if {
	agreements.party(case.agreement, partner)
}

place("participant", case, partner) := stages.audience(case, "participant", partner) if {
	agreements.party(case.agreement, partner)
	stages.takes_part(case, partner)
}

place("coordination", _, _) := "coordination"

place("referrer", case, partner) := "referrer" if refers(case, partner)

place("guest", case, partner) := stages.audience(case, "guest", partner) if {
	refers(case, partner)
	data.agreements[case.agreement].modalities.guest_reads == true
	question.now < time.parse_rfc3339_ns(case.guest.until)
}

# The viewer made the referral, for the partner that submitted it.
refers(case, partner) if {
	agreements.party(case.agreement, partner)
	case.referrer == input.viewer.person
	case.submitted_by == partner
}

# METADATA
# title: Why a case is hidden from the viewer
# description: The codes of all facts that deny; `denied` when none of them explains it.
problems(case, purpose, roles) := {"malformed"} if not facts_known(case)

else := {"unknown_case"} if case.found == false

else := {"malformed"} if not well_formed(case)

else := found if {
	found := union({
		walls.problems(case),
		agreements.problems(case.agreement),
		mandates.problems(case.agreement, roles),
		{"region_outside" | not agreements.covers(case.agreement, case.region)},
		outside(case, purpose, roles),
	})
	count(found) > 0
}

else := {"denied"}

facts_known(case) if {
	is_string(case.id)
	is_boolean(case.found)
}

outside(case, purpose, roles) := {code |
	acting := mandates.acting(case.agreement, roles)
	standings := {data.purposes[purpose][role] | some role in acting.roles}
	count([1 | some standing in standings; place(standing, case, acting.partner)]) == 0
	some standing in standings
	some code in missed(standing, case, acting.partner)
}

missed(standing, case, partner) := {"not_party"} if {
	standing in {"chair", "participant", "referrer", "guest"}
	not agreements.party(case.agreement, partner)
}

else := {"not_participant"} if {
	standing == "participant"
	not stages.takes_part(case, partner)
}

else := {"stage"} if standing in {"chair", "participant"}

else := {"not_referrer"} if standing == "referrer"

else := {"guest_reads_nothing"} if standing == "guest"

else := {"role_not_allowed"}
