# METADATA
# title: Notify
# description: >-
#   Who is told that something waits, by event (`data.notifications`). Only professionals with a
#   mandate that holds under an agreement in force, never somebody behind the wall of the case.
package ketenaanpak.notify

import data.ketenaanpak.agreements
import data.ketenaanpak.mandates
import data.ketenaanpak.question

# METADATA
# title: The decision
# description: "`{tell: [{person, task}], policy_revision}`, each person once."
# entrypoint: true
decision := {
	"tell": sort({told | some told in tell}),
	"policy_revision": question.revision,
}

rule := data.notifications[sprintf("%s.%s", [input.event.source, input.event.type])]

tell contains {"person": mandate.person, "task": rule.task} if {
	question.revision != ""
	fits(object.get(rule, "when", {}))
	agreements.in_force(input.event.data.agreement)
	some mandate in data.members[input.event.data.agreement]
	mandates.holds(mandate)
	some group in rule.tell
	belongs(group, mandate)
	may_know(mandate)
}

fits(wanted) if {
	every member, values in wanted {
		input.event.data[member] in values
	}
}

# Somebody behind a wall in one role is behind it in every other.
may_know(mandate) if not walled(mandate)

walled(mandate) if mandate.person in input.event.data.walled

walled(_) if not is_array(object.get(input.event.data, "walled", []))

# METADATA
# title: The mandate belongs to a group that is told
default belongs(_, _) := false

belongs("chairs", mandate) if mandate.role == "chair"

belongs("coordination", mandate) if mandate.role == "coordination_team"

belongs("members", mandate) if mandate.role == "team_member"

belongs("team", mandate) if of_the_team(mandate)

belongs("team_to_answer", mandate) if {
	of_the_team(mandate)
	not has_answered(mandate)
}

belongs("referrer", mandate) if {
	mandate.role in {"referrer", "team_member"}
	mandate.person == input.event.data.referrer
}

belongs("submitting_partner", mandate) if member_of(mandate, input.event.data.submitted_by)

belongs("partner_asked", mandate) if member_of(mandate, input.event.data.to)

belongs("partner_asking", mandate) if member_of(mandate, input.event.data.by)

belongs("partner_named", mandate) if member_of(mandate, input.event.data.partner)

belongs("follower", mandate) if member_of(mandate, input.event.data.follower)

belongs("person_named", mandate) if team_member(mandate, input.event.data.person)

belongs("director", mandate) if team_member(mandate, input.event.data.director)

has_answered(mandate) if mandate.partner in input.event.data.answered

of_the_team(mandate) if {
	mandate.role == "team_member"
	mandate.partner in input.event.data.participants
}

team_member(mandate, person) if {
	mandate.role == "team_member"
	mandate.person == person
}

member_of(mandate, partner) if {
	mandate.role == "team_member"
	mandate.partner == partner
}

# METADATA
# title: What ends soon
# description: >-
#   `{tell: [{person, task, key}], policy_revision}` for the mandates and agreements that hold now
#   and end within `within_days` days: a mandate that no other one continues tells its person and the
#   coordination team, an agreement its chairs and the coordination team. `key` is the same whenever it is asked, and
#   another for another person, thing or end.
# entrypoint: true
endings := {
	"tell": sort({told | some told in ending}),
	"policy_revision": question.revision,
}

ending contains {"person": person, "task": "mandate_ends", "key": key("mandate", mandate.id, mandate.until, person)} if {
	some id in asked
	some mandate in data.members[id]
	mandates.holds(mandate)
	soon(mandate.until)
	not continued(id, mandate)
	some person in ({mandate.person} | holders(id, {"coordination_team"}))
}

ending contains {"person": person, "task": "agreement_ends", "key": key("agreement", id, until, person)} if {
	some id in asked
	until := data.agreements[id].valid_until
	soon(until)
	some person in holders(id, {"chair", "coordination_team"})
}

# The agreements in force, where a bundle decides.
asked contains id if {
	question.revision != ""
	some id, _ in data.agreements
	agreements.in_force(id)
}

# The same person goes on for the same partner in the same role without a gap.
continued(id, mandate) if {
	some other in data.members[id]
	other.person == mandate.person
	other.partner == mandate.partner
	other.role == mandate.role
	is_string(other.confidentiality_signed_on)
	time.parse_rfc3339_ns(other.from) <= time.parse_rfc3339_ns(mandate.until)
	lasts_longer(other.until, mandate.until)
}

lasts_longer(null, _) := true

lasts_longer(until, than) if time.parse_rfc3339_ns(until) > time.parse_rfc3339_ns(than)

soon(until) if time.parse_rfc3339_ns(until) <= question.now + (((input.within_days * 24) * 3600) * 1000000000)

holders(id, roles) := {mandate.person |
	some mandate in data.members[id]
	mandate.role in roles
	mandates.holds(mandate)
}

key(kind, id, until, person) := crypto.sha256(concat(" ", [kind, id, until, person]))
