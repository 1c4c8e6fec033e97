# METADATA
# title: Conditions
# description: >-
#   What a command needs beside role, purpose and stage, by the names that `data.actions` uses. Each
#   is stated positively: what is unknown or malformed is not met.
package ketenaanpak.conditions

import data.ketenaanpak.agreements
import data.ketenaanpak.cases
import data.ketenaanpak.fragments
import data.ketenaanpak.mandates
import data.ketenaanpak.question
import data.ketenaanpak.stages

# METADATA
# title: A condition is met
# description: "`acting` is as whom the viewer acts: partner and roles."
default met(_, _) := false

met("region_fits", _) if agreements.covers(input.facts.agreement, input.facts.region)

met("referrer_fits", _) if object.get(input.facts, "referrer", null) == null

met("referrer_fits", _) if input.facts.referrer == input.viewer.person

met("referrer_fits", acting) if {
	some mandate in data.mandates[input.facts.referrer]
	mandate.agreement == input.facts.agreement
	mandate.partner == acting.partner
	mandate.role in {"referrer", "team_member"}
	mandates.holds(mandate)
}

met("table_known", _) if {
	some table in data.agreements[input.facts.agreement].tables
	table.id == input.facts.table
}

met("session_found", _) if input.target.found == true

met("refers_to_known", _) if {
	input.facts.weighing in referred("weighing")
	every assessment in input.facts.assessments {
		assessment in referred("assessment")
	}
	every service in input.facts.involved_services {
		service in referred("involved_service")
	}
}

met("session_was_held", _) if object.get(input.facts, "session", null) == null

# The team did it at a session that has begun and had the case on its agenda.
met("session_was_held", _) if {
	input.session.found == true
	input.session.id == input.facts.session
	input.session.agreement == input.case.agreement
	input.session.lists_case == true
	time.parse_rfc3339_ns(input.session.starts_at) <= question.now
}

met("session_of_case", _) if {
	input.target.found == true
	input.target.agreement == input.case.agreement
}

met("transition_fits", acting) if {
	transition := data.transitions[input.facts.command]
	some role in transition.roles
	role in acting.roles
	of_partner(transition, acting)
}

met("transition_fits", _) if {
	data.transitions[input.facts.command].or == "director"
	input.case.director == input.viewer.person
}

met("by_invitation", _) if {
	data.agreements[input.case.agreement].modalities.participation == "invited"
}

met("invited_is_party", _) if agreements.is_party(input.case.agreement, input.facts.partner)

met("invited_is_new", _) if {
	is_string(input.facts.partner)
	not stages.takes_part(input.case, input.facts.partner)
}

met("takes_part", acting) if stages.takes_part(input.case, acting.partner)

met("named_are_parties", _) if {
	parties := agreements.parties(input.case.agreement)
	every partner in named("only_for") {
		partner in parties
	}
	every partner in named("withhold_from") {
		partner in parties
	}
}

met("own_source", acting) if {
	is_string(input.target.source)
	input.target.source == acting.partner
}

met("is_item", _) if input.target.kind in {"item", "whereabouts"}

met("is_part", _) if input.target.kind in data.referral.parts

met("is_withdrawable", _) if input.target.kind in data.referral.withdrawable

# Who belongs to the client system is added to by whoever reads who they are, or submitted it.
met("reads_identity", acting) if stages.shown(input.case, acting).table.identity.level == "full"

met("reads_identity", acting) if {
	acting.standing == "referrer"
	input.case.stage == "referred"
}

met("reads_target", acting) if {
	fragments.verdict(input.target, acting.partner, stages.shown(input.case, acting)).level == "full"
}

met("reads_target", acting) if {
	acting.standing == "referrer"
	fragments.referrer_verdict(input.target, acting.partner).level == "full"
}

met("is_person", _) if input.target.kind == "person"

met("is_informing", _) if input.target.kind == "informing"

met("is_assessment", _) if input.target.kind == "assessment"

met("asks_or_chairs", acting) if {
	input.target.kind == "request"
	"chair" in acting.roles
}

met("asks_or_chairs", acting) if {
	input.target.kind == "request"
	input.target.source == acting.partner
}

met("addressee_takes_part", _) if stages.takes_part(input.case, input.facts.to)

met("addressed_to_us", acting) if asked_of(input.target, acting)

# An item need not answer a question.
met("answers_own_question", _) if object.get(input.facts, "answers", null) == null

met("answers_own_question", acting) if {
	some request in input.refers
	request.id == input.facts.answers
	asked_of(request, acting)
}

met("follows_action", acting) if {
	input.target.kind == "action"
	acting.partner in input.target.addressed_to
}

met("directs", _) if input.case.director == input.viewer.person

met("chairs_or_directs", acting) if "chair" in acting.roles

met("chairs_or_directs", _) if input.case.director == input.viewer.person

met("acts_for_somebody", _) if mandates.known(input.case.agreement, input.facts.person)

# Whoever is shown what is asked about a wall answers it.
met("asked_about_wall", acting) if {
	input.target.kind == "wall_question"
	fragments.verdict(input.target, acting.partner, stages.shown(input.case, acting)).level == "full"
}

# The referrer remains in the own role.
met("can_direct", _) if {
	is_string(cases.director_partner(input.case, input.facts.person))
	input.facts.person != object.get(input.case, "referrer", null)
}

met("chair_fits_direction", _) if {
	data.agreements[input.case.agreement].modalities.same_person_may.direct == true
}

met("chair_fits_direction", _) if {
	is_string(input.facts.person)
	not chairs(input.facts.person)
}

met("emergency_agreed", _) if agreements.opens_in_danger(input.case.agreement)

met("agreement_succeeds", _) if data.agreements[input.facts.agreement].succeeds == input.case.agreement

met("predecessor_ended", _) if agreements.ended(input.case.agreement)

of_partner(transition, _) if not transition.of

of_partner(transition, acting) if {
	transition.of == "submitting_partner"
	acting.partner == input.case.submitted_by
}

# Whether the person has a chair's mandate now, under the agreement of the case.
chairs(person) if {
	some mandate in data.mandates[person]
	mandate.agreement == input.case.agreement
	mandate.role == "chair"
	mandates.holds(mandate)
}

asked_of(request, acting) if {
	request.kind == "request"
	acting.partner in request.addressed_to
}

# What a body may refer to: what its owner holds of this case and was not recalled.
referred(kind) := {fragment.id |
	some fragment in input.refers
	fragment.kind == kind
	fragment.status == "offered"
}

# Undefined, so unmet, when it is not a list.
named(fact) := partners if {
	partners := object.get(input.facts, fact, [])
	is_array(partners)
}
