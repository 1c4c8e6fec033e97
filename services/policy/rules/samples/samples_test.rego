# METADATA
# title: Samples
# description: >-
#   A table of people, a case and its fragments to test with. Everybody may act; a test changes the
#   one thing that it is about.
package ketenaanpak.samples_test

import data.ketenaanpak.action
import data.ketenaanpak.release

now := "2026-03-10T09:00:00Z"

bundles := {"bundle.tar.gz": {"manifest": {"revision": "revision-of-the-test"}}}

partners := [party.partner | some party in data.agreements["sample-brugge"].parties]

mandate(person, partner, role, changes) := object.union(
	{
		"id": sprintf("m-%s-%s", [person, role]),
		"person": person,
		"agreement": "sample-brugge",
		"partner": partner,
		"role": role,
		"from": "2026-01-01T00:00:00+01:00",
		"until": "2027-01-01T00:00:00+01:00",
		"confidentiality_signed_on": "2026-01-01",
	},
	changes,
)

# One member of the operational team per partner, by the partner's id.
team := {partner: [mandate(partner, partner, "team_member", {})] | some partner in partners}

others := {
	"chair": [mandate("chair", "stad-gemeente", "chair", {})],
	"referrer": [mandate("referrer", "caw", "referrer", {})],
	"coordination": [mandate("coordination", null, "coordination_team", {})],
	"steering": [mandate("steering", "stad-gemeente", "steering_group", {})],
	"auditor": [
		mandate("auditor", null, "auditor", {}),
		mandate("auditor", null, "auditor", {"agreement": "kaw-pilot-2018"}),
	],
	"of-two": [
		mandate("of-two", "caw", "team_member", {}),
		mandate("of-two", "ggz", "team_member", {"id": "m-of-two-ggz"}),
	],
	"elsewhere": [mandate("elsewhere", "caw-kortrijk", "team_member", {"agreement": "sample-kortrijk"})],
	"member-and-chair": [
		mandate("member-and-chair", "stad-gemeente", "chair", {}),
		mandate("member-and-chair", "stad-gemeente", "team_member", {}),
	],
}

people := object.union(team, others)

members := {agreement: [held |
	some mandates in people
	some held in mandates
	held.agreement == agreement
] |
	some agreement in {"sample-brugge", "sample-kortrijk", "kaw-pilot-2018"}
}

# A case in forming that CAW submitted for a colleague and in which every party takes part.
case(changes) := object.union(
	{
		"id": "case-1",
		"found": true,
		"agreement": "sample-brugge",
		"region": "31005",
		"stage": "forming",
		"version": 4,
		"submitted_by": "caw",
		"referrer": "referrer",
		"submitted_at": "2026-02-01T09:00:00Z",
		"participants": [taking_part(partner) | some partner in partners],
		"contributors": ["caw"],
		"persons": ["person-1"],
		"director": null,
		"follow_up_on": null,
		"followers": [],
		"crisis": false,
		"victim_informed": true,
		"informing_confirmed": false,
		"evaluating": false,
		"guest": null,
		"emergency": null,
		"conflicts": [],
		"session": null,
	},
	changes,
)

taking_part(partner) := {"partner": partner, "since": "2026-02-01T09:00:00Z", "answered": null}

unknown := {"id": "case-1", "found": false, "agreement": null, "fragments": []}

fragment(id, category, changes) := object.union(
	{
		"id": id,
		"kind": "item",
		"category": category,
		"source": "the-table",
		"subjects": ["person-1"],
		"only_for": [],
		"withhold_from": [],
		"addressed_to": [],
		"of": null,
		"status": "offered",
	},
	changes,
)

asks(person, resource, purpose, cases) := {
	"now": now,
	"purpose": purpose,
	"resource": resource,
	"viewer": {"person": person, "mandate": null},
	"cases": cases,
}

# What `person` is given when reading one case with these fragments for the table.
reads(person, changes, fragments) := decision if {
	listed := [object.union(case(changes), {"fragments": fragments})]
	decision := decided(asks(person, "case", "case_consultation", listed))
}

# The decision on the one case of a question; undefined when it gives a code that nobody knows.
decided(question) := decision if {
	answer := release.decision with input as question
		with data.mandates as people
		with data.members as members
		with data.system.bundles as bundles
	decision := answer.decisions["case-1"]
	every reason in decision.reasons {
		data.reasons[reason]
	}
	every verdict in decision.fragments {
		data.reasons[verdict.reasons[0]]
	}
}

# Fragment id → level.
levels(decision) := {id: verdict.level | some id, verdict in decision.fragments}

does(person, command, purpose, facts, about) := object.union(
	{
		"now": now,
		"purpose": purpose,
		"viewer": {"person": person, "mandate": null},
		"action": command,
		"facts": facts,
		"agreement": null,
		"case": null,
		"target": null,
		"refers": [],
		"session": null,
	},
	about,
)

ruled(question) := answer if {
	answer := action.decision with input as question
		with data.mandates as people
		with data.members as members
		with data.system.bundles as bundles
	every reason in answer.reasons {
		data.reasons[reason]
	}
}

# METADATA
# title: What the tests of several packages ask
one_item := [fragment("f-1", "incidents", {})]

reading(changes) := asks(
	"parket", "case", "case_consultation",
	[object.union(object.union(case({}), {"fragments": one_item}), changes)],
)

consult := "case_consultation"

of_case(changes) := {"case": case(changes), "agreement": "sample-brugge"}

session := {"id": "session-1", "found": true, "agreement": "sample-brugge", "table": "table-brugge"}

item(source, changes) := fragment("f-1", "judicial", object.union({"source": source}, changes))

# What is asked about a wall around somebody of the partners that it is kept from.
wall_question(kept_from, answerers) := fragment("f-1", "identity", {
	"kind": "wall_question",
	"source": "table",
	"withhold_from": kept_from,
	"addressed_to": answerers,
})

refused(question, reasons, hide) if {
	decision := ruled(question)
	decision.allow == false
	decision.reasons == reasons
	decision.hide == hide
	decision.terms == {}
	decision.obligations == [{"kind": "record"}]
}

permitted(question) if {
	decision := ruled(question)
	decision.allow == true
	decision.hide == false
	decision.reasons == []
}

by_invitation(question) := decision if {
	invited := object.union(data.agreements["sample-brugge"], {"modalities": {"participation": "invited"}})
	decision := action.decision with input as question
		with data.mandates as people
		with data.system.bundles as bundles
		with data.agreements as {"sample-brugge": invited}
}

# A case that everybody of the team reads at every stage, so that nothing but the step decides.
open_case(changes) := of_case(object.union(
	{
		"contributors": partners,
		"director": "parket",
		"followers": partners,
		"crisis": true,
		"evaluating": true,
		"follow_up_on": "2026-09-10",
	},
	changes,
))

# What a plan refers to, as risk and intake report it.
resting := {"weighing": "weighing-1", "assessments": ["assessment-1"], "involved_services": ["service-1"]}

referred := [
	fragment("weighing-1", "joint", {"kind": "weighing"}),
	fragment("assessment-1", "safety", {"kind": "assessment"}),
	fragment("service-1", "assistance", {"kind": "involved_service"}),
]

# What each acts on, of the member's partner; most act on nothing, or on what the team made.
aimed_at := {
	"recall_assessment": fragment("f-1", "safety", {"kind": "assessment", "source": "ggz"}),
	"update_action": fragment("f-1", "joint", {"kind": "action", "addressed_to": ["ggz"]}),
	"update_trajectory": fragment("f-1", "joint", {"kind": "trajectory"}),
}

# A step of a case that was taken into weighing or further.
later(person, command, purpose, changes) := does(
	person, command, purpose, object.union(resting, {"person": "parket"}),
	object.union(open_case(changes), {
		"target": object.get(aimed_at, command, null),
		"refers": referred,
	}),
)

visit := {"guest": {"session": "session-1", "until": "2026-03-10T10:00:00Z"}}
