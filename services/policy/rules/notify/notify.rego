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
	"tell": sort({entry | some entry in tell}),
	"policy_revision": question.revision,
}

rule := data.notifications[sprintf("%s.%s", [input.event.source, input.event.type])]

tell contains {"person": person, "task": rule.task} if {
	fits(object.get(rule, "when", {}))
	some person in recipients
}

tell contains {"person": person, "task": entry.task} if {
	some entry in object.get(rule, "or", [])
	fits(entry.when)
	some person in people(entry.tell)
}

# Somebody has to find a deputy for a partner that takes part and that nobody may speak for.
tell contains {"person": person, "task": rule.unrepresented.task} if {
	some partner in input.event.data.participants
	not represented(partner)
	some person in people(rule.unrepresented.tell)
}

recipients := people(rule.tell) if count(people(rule.tell)) > 0

else := people(object.get(rule, "otherwise", []))

people(groups) := {mandate.person |
	some mandate in eligible
	some group in groups
	belongs(group, mandate)
}

represented(partner) if {
	some mandate in eligible
	member_of(mandate, partner)
}

# The mandates of those who may be told of this event.
eligible contains mandate if {
	question.revision != ""
	agreements.in_force(input.event.data.agreement)
	some mandate in data.members[input.event.data.agreement]
	mandates.holds(mandate)
	may_know(mandate)
}

fits(wanted) if {
	every member, values in wanted {
		input.event.data[member] in values
	}
}

# Somebody behind a wall in one role is behind it in every other.
may_know(mandate) if not walled(mandate)

walled(mandate) if {
	some wall in walls
	mandate.person in input.event.data[wall]
}

walled(_) if {
	some wall in walls
	not is_array(object.get(input.event.data, wall, []))
}

# Of a match nobody is told to whom the cases that it may be of do not exist.
walls := {"walled", "walled_from_matches"}

# METADATA
# title: The mandate belongs to a group that is told
default belongs(_, _) := false

belongs("chairs", mandate) if mandate.role == "chair"

belongs("coordination", mandate) if mandate.role == "coordination_team"

belongs("members", mandate) if mandate.role == "team_member"

belongs("team", mandate) if on_the_team(mandate)

belongs("team_without_answer", mandate) if {
	on_the_team(mandate)
	not mandate.partner in object.get(input.event.data, "answered", [])
}

belongs("referrer", mandate) if {
	mandate.role == "referrer"
	mandate.person == input.event.data.referrer
	mandate.partner == input.event.data.submitted_by
}

belongs("submitting_partner", mandate) if member_of(mandate, input.event.data.submitted_by)

belongs("partner_asked", mandate) if member_of(mandate, input.event.data.to)

belongs("partner_asking", mandate) if member_of(mandate, input.event.data.by)

belongs("partner_named", mandate) if member_of(mandate, input.event.data.partner)

belongs("follower", mandate) if member_of(mandate, input.event.data.follower)

belongs("person_named", mandate) if team_member(mandate, input.event.data.person)

belongs("director", mandate) if team_member(mandate, input.event.data.director)

on_the_team(mandate) if {
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
#   and end within `within_days` days: of a mandate its person and the coordination team are told,
#   of an agreement its chairs and the coordination team. A mandate that another one continues does
#   not end; the one that continues it is looked at as if it held already. `key` is the same on every
#   day, and another for another person, thing or end.
# entrypoint: true
endings := {
	"tell": sort({entry | some entry in ending}),
	"policy_revision": question.revision,
}

ending contains {"person": person, "task": "mandate_ends", "key": key("mandate", mandate.id, mandate.until, person)} if {
	some id in agreements_in_force
	some mandate in data.members[id]
	ongoing(id, mandate)
	soon(mandate.until)
	not continued(id, mandate)
	some person in ({mandate.person} | holders(id, {"coordination_team"}))
}

ending contains {"person": person, "task": "agreement_ends", "key": key("agreement", id, until, person)} if {
	some id in agreements_in_force
	until := data.agreements[id].valid_until
	soon(until)
	some person in holders(id, {"chair", "coordination_team"})
}

# The agreements in force, where a bundle decides.
agreements_in_force contains id if {
	question.revision != ""
	some id, _ in data.agreements
	agreements.in_force(id)
}

ongoing(_, mandate) if mandates.holds(mandate)

ongoing(id, mandate) if {
	some earlier in data.members[id]
	mandates.holds(earlier)
	continues(mandate, earlier)
}

continued(id, mandate) if {
	some later in data.members[id]
	continues(later, mandate)
}

# The same person goes on for the same partner in the same role, without a day between.
continues(later, earlier) if {
	every member in ["person", "partner", "role"] {
		later[member] == earlier[member]
	}
	mandates.signed(later)
	time.parse_rfc3339_ns(later.from) <= time.parse_rfc3339_ns(earlier.until)
	outlasts(later, earlier)
}

outlasts(later, _) if later.until == null

outlasts(later, earlier) if time.parse_rfc3339_ns(later.until) > time.parse_rfc3339_ns(earlier.until)

soon(until) if time.parse_rfc3339_ns(until) <= question.now + (((input.within_days * 24) * 3600) * 1000000000)

holders(id, roles) := {mandate.person |
	some mandate in data.members[id]
	mandate.role in roles
	mandates.holds(mandate)
}

key(kind, id, until, person) := crypto.sha256(concat(" ", [kind, id, until, person]))
