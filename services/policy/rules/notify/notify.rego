# METADATA
# title: Notify
# description: >-
#   What follows from an event, by the row of the event (`data.notifications`): who is told that
#   something waits, and which deadlines begin and end. Only professionals with a mandate that holds
#   under an agreement in force are told, never somebody behind the wall of the case.
package ketenaanpak.notify

import data.ketenaanpak.agreements
import data.ketenaanpak.mandates
import data.ketenaanpak.question
import data.ketenaanpak.stages

# METADATA
# title: The decision
# description: >-
#   `{tell: [{person, task, urgent}], deadlines: [{change, kind, anchor}], repeat_on,
#   policy_revision}`, each person once; with `opens` false the message leads to nothing. A deadline
#   that begins has a day (`due`), `members` to decide by who is reminded,
#   and `again`: whether whoever comes to be among those to tell later is told of the event too. An
#   anchor of null means all of the kind in the case. `repeat_on` is the day on which what escalates
#   now is escalated again, if it still stands; null when it is not.
# entrypoint: true
decision := {
	"tell": [object.union(
		{"person": person, "task": told.task, "urgent": object.get(told, "urgent", false)},
		object.filter(told, ["opens"]),
	) |
		some person in sort(object.keys(told_by))
		told := rule.tell[min(told_by[person])]
	],
	"deadlines": sort({change | some change in changes}),
	"repeat_on": repeat_on,
	"policy_revision": question.revision,
}

rule := data.notifications[sprintf("%s.%s", [input.event.source, input.event.type])]

about := input.event.data

# Person → the places in the row of all by which they are told.
told_by[person] contains place if {
	some place, entry in rule.tell
	applies(entry)
	some person in recipients(entry)
}

recipients(entry) := people(reachable, entry.to) if entry.opens == false

else := people(eligible, entry.to) if count(people(eligible, entry.to)) > 0

else := people(eligible, object.get(entry, "otherwise", []))

people(held, groups) := {mandate.person |
	some mandate in held
	some group in groups
	belongs(group, mandate)
}

# METADATA
# title: An entry of the row counts for this event
default applies(_) := false

applies(entry) if {
	fits(object.get(entry, "when", {}))
	holds(object.get(entry, "if", "always"))
}

# A member that is absent is null.
fits(wanted) if {
	every member, values in wanted {
		object.get(about, member, null) in values
	}
}

# METADATA
# title: A condition of a row holds
default holds(_) := false

holds("always") := true

# Somebody has to find a deputy for a partner that takes part and that nobody may speak for.
holds("a_partner_has_nobody") if {
	some partner in about.participants
	not represented(partner)
}

holds("is_about_an_action") if is_string(about.action)

holds("everybody_answered") if {
	every partner in about.participants {
		partner in about.answered
	}
}

holds("informing_is_deferred") if is_string(about.informing_due)

holds("mandates_are_due") if is_string(about.mandates_due)

# Nor for one that the person acted for who has just been walled off.
holds("their_place_is_empty") if {
	some partner in about.participants
	lost_by_them(partner)
}

# Without anybody in one of these roles the case stands still.
holds("their_place_is_empty") if {
	some mandate in theirs
	mandate.role in {"chair", "coordination_team"}
	not filled(mandate.role)
}

lost_by_them(partner) if {
	some mandate in theirs
	member_of(mandate, partner)
	not staffed(partner)
}

# Of a wall only the partners of the person come to it.
left_with_nobody(partner) if {
	partner in about.participants
	not about.person
	not represented(partner)
}

left_with_nobody(partner) if {
	partner in about.participants
	lost_by_them(partner)
}

theirs := [mandate |
	some mandate in data.members[about.agreement]
	mandate.person == about.person
	mandates.holds(mandate)
]

filled(role) if {
	some mandate in data.members[about.agreement]
	mandate.role == role
	mandates.holds(mandate)
	not walled(mandate)
}

staffed(partner) if {
	some mandate in data.members[about.agreement]
	member_of(mandate, partner)
	mandates.holds(mandate)
	not walled(mandate)
}

represented(partner) if {
	some mandate in eligible
	member_of(mandate, partner)
}

# The mandates of those who may be told of this event: who could not open the message is not told.
eligible contains mandate if {
	some mandate in reachable
	opens(mandate)
}

# Who may be sent what leads to nothing. Somebody behind a wall in one role is behind it in every other.
reachable contains mandate if {
	question.revision != ""
	agreements.in_force(about.agreement)
	some mandate in data.members[about.agreement]
	mandates.holds(mandate)
	not walled(mandate)
}

# What leads to no case, such as a session, is opened by whoever belongs to those who are told.
opens(_) if not about.case

opens(mandate) if mandate.role == "coordination_team"

opens(mandate) if mandate.role == "referrer"

opens(mandate) if {
	standing := data.purposes.own_tasks[mandate.role]
	agreements.is_party(about.agreement, mandate.partner)
	comes(standing, mandate.partner)
	stages.audience(known, standing, mandate.partner)
}

# Who directs the case has a place of the own.
opens(mandate) if {
	team_member(mandate, about.director)
	comes("participant", mandate.partner)
	some entry in data.stages[about.stage]
	entry.who == "director"
}

comes("chair", _) := true

comes("participant", partner) if partner in about.participants

# The case as far as the event tells of it. What it does not tell gives nobody a place.
known := {
	"stage": about.stage,
	"submitted_by": about.submitted_by,
	"participants": [{"partner": partner} | some partner in about.participants],
	"contributors": [about.submitted_by],
	"followers": array.concat([follower | follower := about.follower], object.get(about, "followers", [])),
	"director": object.get(about, "director", null),
	"crisis": input.event.type == "crisis_raised",
	"evaluating": false,
}

walled(mandate) if {
	some wall in walls
	mandate.person in about[wall]
}

walled(_) if {
	some wall in walls
	not is_array(object.get(about, wall, []))
}

# Of a match nobody is told to whom the cases that it may be of do not exist.
walls := {"walled", "walled_from_matches"}

changes contains {
	"change": "begins",
	"kind": entry.deadline,
	"anchor": thing[object.get(entry, "anchor", "case")],
	"due": day(entry, thing),
	"members": {member: thing[member] | some member in object.get(entry, "with", [])},
	"again": object.get(entry, "again", false),
} if {
	some entry in rule.begins
	applies(entry)
	some thing in things(entry)
}

changes contains {"change": change, "kind": kind, "anchor": anchor} if {
	some change in ["ends", "suspends", "resumes"]
	some entry in rule[change]
	applies(entry)
	some kind in entry.deadlines
	some anchor in anchors(entry)
}

things(entry) := about[entry.each] if entry.each

else := [about]

# All of the kind, or the one that the member names; none where the member is null.
anchors(entry) := [null] if not entry.anchor

anchors(entry) := [anchor | anchor := about[entry.anchor]; is_string(anchor)] if entry.anchor

# The day that the event names, or days after it in Belgium: of the agreement, or else of the kind.
day(entry, thing) := thing[entry.on] if entry.on

day(entry, _) := date if {
	not entry.on
	days := object.get(
		data.agreements, [about.agreement, "modalities", "deadline_days", entry.deadline],
		data.deadlines[entry.deadline].days,
	)
	began := time.format([time.parse_rfc3339_ns(input.event.time), "Europe/Brussels", "2006-01-02"])
	due := time.add_date(question.day(began), 0, 0, days)
	date := time.format([due, "UTC", "2006-01-02"])
}

# What endangers somebody is not forgotten by having been escalated.
default repeat_on := null

repeat_on := day({"deadline": kind}, about) if {
	input.event.source == "notifications"
	endswith(input.event.type, "_overdue")
	kind := trim_suffix(input.event.type, "_overdue")
	data.deadlines[kind].repeats
}

# METADATA
# title: The mandate belongs to a group that is told
default belongs(_, _) := false

belongs("chairs", mandate) if mandate.role == "chair"

belongs("coordination", mandate) if mandate.role == "coordination_team"

belongs("members", mandate) if mandate.role == "team_member"

belongs("team", mandate) if on_the_team(mandate)

belongs("team_without_answer", mandate) if {
	on_the_team(mandate)
	not mandate.partner in object.get(about, "answered", [])
}

# Whoever may submit a referral may be its referrer.
belongs("referrer", mandate) if {
	mandate.role in data.actions.submit_referral.roles
	mandate.person == about.referrer
	mandate.partner == about.submitted_by
}

belongs("submitting_partner", mandate) if member_of(mandate, about.submitted_by)

belongs("partner_asked", mandate) if member_of(mandate, about.to)

belongs("partner_asking", mandate) if member_of(mandate, about.by)

belongs("partner_named", mandate) if member_of(mandate, about.partner)

belongs("representatives", mandate) if {
	mandate.role in {"chair", "steering_group"}
	left_with_nobody(mandate.partner)
}

belongs("follower", mandate) if member_of(mandate, about.follower)

belongs("followers", mandate) if {
	some follower in about.followers
	member_of(mandate, follower)
}

belongs("person_named", mandate) if team_member(mandate, about.person)

belongs("director", mandate) if team_member(mandate, about.director)

# Of a wall those are asked who may see what is asked (ketenaanpak.fragments).
belongs("wall_answerers", mandate) if {
	about.answerers == []
	mandate.role == "chair"
	not mandate.partner in kept_from
}

belongs("wall_answerers", mandate) if {
	about.answerers == []
	not mandates.chaired(about.agreement, kept_from)
	not mandate.partner in kept_from
	on_the_team(mandate)
	reads_identity(mandate)
}

belongs("wall_answerers", mandate) if {
	mandate.partner in about.answerers
	not mandate.partner in kept_from
	mandate.role == "team_member"
	reads_identity(mandate)
}

belongs("wall_answerers", mandate) if {
	mandate.partner in about.answerers
	not mandate.partner in kept_from
	mandate.role == "chair"
}

# The partners of whoever is walled off, also since it was asked: others are asked then.
kept_from := {partner | some partner in about.kept_from} | {mandate.partner |
	some mandate in data.members[about.agreement]
	walled(mandate)
}

# As far as the event tells: not who follows an action at a later stage.
reads_identity(mandate) if {
	who := stages.audience(known, "participant", mandate.partner)
	stages.levels(about.agreement, mandate.partner, about.stage, who).table.identity.level == "full"
}

on_the_team(mandate) if {
	mandate.role == "team_member"
	mandate.partner in about.participants
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
