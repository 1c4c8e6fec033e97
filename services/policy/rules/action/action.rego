# METADATA
# title: Action
# description: >-
#   Who may do which command, and the terms of the agreement that the command carries. The table is
#   `data.actions`: a row says what the command is about, its purposes, roles and stages, and which
#   conditions (ketenaanpak.conditions) it needs, each with the reason when it is not met.
package ketenaanpak.action

import data.ketenaanpak.agreements
import data.ketenaanpak.cases
import data.ketenaanpak.conditions
import data.ketenaanpak.fragments
import data.ketenaanpak.mandates
import data.ketenaanpak.question
import data.ketenaanpak.stages
import data.ketenaanpak.terms

# METADATA
# title: The decision
# description: >-
#   `hide` says that the viewer may not even know of what the command is about: it is then answered
#   like an id that does not exist.
# entrypoint: true
decision := {
	"allow": true,
	"hide": false,
	"reasons": [],
	"obligations": [{"kind": "record"}, {"kind": "use_limitation"}],
	"terms": terms.carried(input.action, agreement, roles),
	"partner": acting.partner,
	"roles": acting.roles,
	"agreement": agreement,
	"agreement_version": version,
	"policy_revision": question.revision,
} if {
	permitted
} else := {
	"allow": false,
	"hide": hide,
	"reasons": sort(reasons),
	"obligations": [{"kind": "record"}],
	"terms": {},
	"partner": identity.partner,
	"roles": identity.roles,
	"agreement": agreement,
	"agreement_version": version,
	"policy_revision": question.revision,
}

row := data.actions[input.action]

# Roles that the row allows and the purpose serves.
roles := {role | some role in row.roles; data.purposes[input.purpose][role]}

# METADATA
# title: The command may go on
default permitted := false

permitted if {
	well_formed
	input.purpose in row.purposes
	acting
	stage_fits
	count(unmet) == 0
}

default well_formed := false

well_formed if {
	question.well_formed
	is_object(input.facts)
	agreement_agrees
}

# An agreement that the caller names beside the facts is the one of the facts.
agreement_agrees if object.get(input, "agreement", null) == null

agreement_agrees if input.agreement == agreement

default stage_fits := false

stage_fits if not row.stages

stage_fits if input.case.stage in row.stages

# What the row needs and is not so. `conditions.met` is positive: unknown is unmet.
unmet contains code if {
	some condition, code in row.needs
	not conditions.met(condition, acting)
}

# METADATA
# title: The agreement that the command falls under
# description: Null where it is about several or none.
default agreement := null

agreement := input.facts.agreement if {
	row.about in {"agreement", "succession"}
	is_string(input.facts.agreement)
}

agreement := input.case.agreement if {
	row.about in {"case", "crisis", "danger"}
	is_string(input.case.agreement)
}

agreement := input.target.agreement if {
	row.about == "session"
	is_string(input.target.agreement)
}

default version := null

version := data.agreements[agreement].version

# METADATA
# title: As whom the viewer acts
# description: Partner and roles; undefined when agreement, mandate or standing do not carry it.
acting := cases.access(input.case, input.purpose, roles) if {
	row.about in {"case", "crisis"}
	agreements.serves(agreement, input.purpose)
}

# Of acute danger everybody warns who takes part, also where the stage shows the case to few.
acting := found if {
	row.about == "crisis"
	agreements.serves(agreement, input.purpose)
	not cases.access(input.case, input.purpose, roles)
	found := cases.of_participant(input.case, input.purpose, roles)
}

acting := found if {
	row.about in {"agreement", "session"}
	agreements.in_force(agreement)
	agreements.serves(agreement, input.purpose)
	found := mandates.acting(agreement, roles)
	partner_fits(agreement, found)
}

acting := found if {
	row.about == "mandates"
	found := together({id |
		some id in mandates.agreements(roles)
		agreements.in_force(id)
		agreements.serves(id, input.purpose)
	})
}

# Acute danger needs no place at the case, and under the agreement that succeeds nobody has one
# yet: the wall, the region and the mandate of a party decide.
acting := cases.of_party(input.case, agreement, roles) if {
	row.about in {"danger", "succession"}
	agreements.serves(agreement, input.purpose)
}

# The record outlives the agreement: who supervised it still reads it after its end.
acting := together(mandates.agreements(roles)) if row.about == "record"

# METADATA
# title: Without a mandate
# description: Whom to call at a partner is for anyone with a login.
acting := {"partner": null, "roles": []} if row.about == "login"

together(ids) := {"partner": single(partners), "roles": sort(held)} if {
	count(ids) > 0
	acts := [mandates.acting(id, roles) | some id in ids]
	partners := {act.partner | some act in acts}
	held := {role | some act in acts; some role in act.roles}
}

single(partners) := partner if {
	count(partners) == 1
	some partner in partners
} else := null

partner_fits(id, found) if agreements.is_party(id, found.partner)

partner_fits(_, found) if {
	found.partner == null
	found.roles == ["coordination_team"]
}

# METADATA
# title: Whether a refusal hides what the command is about
default hide := true

hide := false if row.about in {"agreement", "mandates", "record", "login"}

hide := false if {
	row.about in {"case", "crisis", "danger", "succession"}
	target_visible(cases.access(input.case, "own_tasks", cases.roles_for("own_tasks")))
}

# Whoever could take the case over may know of it.
hide := false if {
	row.about == "succession"
	acting
	count(unmet) == 0
}

# Whoever may read the session is told why it may not be changed.
hide := false if {
	row.about == "session"
	input.target.found == true
	agreements.in_force(agreement)
	mandates.acting(agreement, {role | some role in data.actions.read_session.roles})
}

target_visible(_) if not row.target

target_visible(_) if {
	row.target == "session"
	conditions.met("session_of_case", null)
}

target_visible(access) if {
	row.target == "fragment"
	access.standing in {"chair", "participant"}
	fragments.well_formed(input.target)
	known_to(access)
}

known_to(access) if input.target.source == access.partner

known_to(access) if {
	shown := stages.shown(input.case, access)
	fragments.verdict(input.target, access.partner, shown).level != "none"
}

# METADATA
# title: Why the command was refused
default reasons := {"denied"}

reasons := {"malformed"} if not question.well_formed

reasons := {"action_unknown"} if {
	question.well_formed
	not row
}

reasons := {"malformed"} if {
	question.well_formed
	row
	not well_formed
}

reasons := found if {
	well_formed
	row
	found := union({
		{"purpose_not_allowed" | not input.purpose in row.purposes},
		{"stage" | not stage_fits},
		unmet_of_somebody,
		unfit,
	})
	count(found) > 0
}

# A condition about the own partner says nothing while it is unknown whose partner that is.
default unmet_of_somebody := set()

unmet_of_somebody := unmet if acting

default unfit := set()

unfit := cases.problems(input.case, input.purpose, roles) if {
	row.about in {"case", "crisis"}
	not cases.access(input.case, input.purpose, roles)
	is_object(input.case)
}

unfit := {"malformed"} if {
	row.about in {"case", "crisis"}
	not is_object(input.case)
}

unfit := union({
	cases.barred(input.case, agreement, roles),
	{"purpose_not_allowed" | not agreements.serves(agreement, input.purpose)},
	{"not_party" |
		found := mandates.acting(agreement, roles)
		not agreements.is_party(agreement, found.partner)
	},
}) if {
	row.about in {"danger", "succession"}
}

unfit := {"purpose_not_allowed"} if {
	row.about in {"case", "crisis"}
	cases.access(input.case, input.purpose, roles)
	not agreements.serves(agreement, input.purpose)
}

unfit := {"agreement_unknown"} if {
	row.about in {"agreement", "session"}
	agreement == null
}

unfit := union({
	agreements.problems(agreement),
	mandates.problems(agreement, roles),
	{"purpose_not_allowed" | not agreements.serves(agreement, input.purpose)},
	{"not_party" |
		found := mandates.acting(agreement, roles)
		not partner_fits(agreement, found)
	},
}) if {
	row.about in {"agreement", "session"}
	agreement != null
}

unfit := {"mandate_missing"} if {
	row.about in {"mandates", "record"}
	not acting
}

# Whom the record names for a refusal, as far as the mandates show.
default identity := {"partner": null, "roles": []}

identity := mandates.acting(agreement, roles)
