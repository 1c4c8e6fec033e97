# METADATA
# title: Terms
# description: >-
#   What the agreement says about a command, carried by it so that services hold no copy of
#   agreements.
package ketenaanpak.terms

import data.ketenaanpak.agreements
import data.ketenaanpak.cases
import data.ketenaanpak.mandates

# METADATA
# title: The terms that a command carries
default carried(_, _, _) := {}

carried("submit_referral", agreement, roles) := {
	"participants": participants,
	"cap": data.agreements[agreement].case_cap,
	"latest_review_days": modalities(agreement).latest_review_days,
	"match_working_days": modalities(agreement).match_working_days,
} if {
	participants := invited_first(agreement, [mandates.acting(agreement, roles).partner])
}

carried("change_stage", agreement, _) := {
	"participants": participants,
	"cap": data.agreements[agreement].case_cap,
	"follow_up_months": modalities(agreement).follow_up_months,
	"reporting_rhythm_days": modalities(agreement).reporting_rhythm_days,
	"same_person_may": modalities(agreement).same_person_may,
} if {
	participants := invited_first(agreement, present)
}

# Of those who take part, the parties to the succeeding agreement.
carried("take_over_case", agreement, _) := {
	"participants": participants,
	"cap": data.agreements[agreement].case_cap,
	"quorum": modalities(agreement).quorum,
	"supported_decision": modalities(agreement).supported_decision,
	"match_working_days": modalities(agreement).match_working_days,
} if {
	participants := invited_first(agreement, [partner |
		some partner in present
		agreements.is_party(agreement, partner)
	])
}

carried("appoint_director", agreement, _) := {
	"partner": cases.director_partner(input.case, input.facts.person),
	"mandate_days": modalities(agreement).mandate_days,
}

carried("open_emergency", agreement, _) := {
	"minutes": modalities(agreement).emergency_minutes,
	"review_working_days": modalities(agreement).emergency_review_working_days,
}

# The partners of the person are kept out of it, as the person is.
carried(action, agreement, _) := {
	"partners": mandates.partners(agreement, input.facts.person),
	"answer_working_days": modalities(agreement).wall_working_days,
} if {
	action in {"raise_wall", "propose_lifting"}
}

carried("close_weighing", agreement, _) := {"quorum": modalities(agreement).quorum}

carried("propose_plan", agreement, _) := {
	"position_days": modalities(agreement).position_days,
	"latest_action_days": modalities(agreement).latest_action_days,
}

carried("adopt_plan", agreement, _) := {
	"quorum": modalities(agreement).quorum,
	"adoption": modalities(agreement).adoption,
	"same_person_may": modalities(agreement).same_person_may,
}

carried("record_decision", agreement, _) := {
	"quorum": modalities(agreement).quorum,
	"supported_decision": modalities(agreement).supported_decision,
	"same_person_may": modalities(agreement).same_person_may,
}

carried("report_progress", agreement, _) := {"reporting_rhythm_days": modalities(agreement).reporting_rhythm_days}

carried("record_follow_up", agreement, _) := {
	"not_before": object.get(input.case, "follow_up_on", null),
	"latest_next_days": modalities(agreement).latest_next_days,
}

carried("record_informing", agreement, _) := {"latest_review_days": modalities(agreement).latest_review_days}

carried("correct_informing", agreement, _) := {"latest_review_days": modalities(agreement).latest_review_days}

carried("schedule_session", agreement, _) := {"latest_session_days": modalities(agreement).latest_session_days}

carried("put_on_agenda", agreement, _) := {"guest_hours": modalities(agreement).guest_hours}

carried("move_session", agreement, _) := {
	"latest_session_days": modalities(agreement).latest_session_days,
	"guest_hours": modalities(agreement).guest_hours,
	"until": data.agreements[agreement].valid_until,
}

carried("add_involved_service", agreement, _) := {"mandate_days": modalities(agreement).mandate_days}

carried("request_information", agreement, _) := {"latest_due_days": modalities(agreement).latest_due_days}

carried("invite_participant", agreement, _) := {"parties": agreements.parties(agreement)}

carried("list_cases", _, roles) := {
	"parties": [[id, acting.partner] |
		some id in serving(roles)
		acting := mandates.acting(id, roles)
		at_the_table(acting.roles)
		agreements.is_party(id, acting.partner)
	],
	"agreements": [id |
		some id in serving(roles)
		some role in mandates.acting(id, roles).roles
		data.purposes[input.purpose][role] == "coordination"
	],
}

carried("read_sessions", _, roles) := {"agreements": serving(roles)}

carried("read_audit", _, roles) := {"agreements": sort(mandates.agreements(roles))}

carried("read_checkpoints", _, roles) := {"agreements": sort(mandates.agreements(roles))}

modalities(agreement) := data.agreements[agreement].modalities

# By invitation only those who take part already do; otherwise every party does.
invited_first(agreement, _) := agreements.parties(agreement) if {
	modalities(agreement).participation == "all_parties"
}

invited_first(agreement, present) := present if modalities(agreement).participation == "invited"

present := [participant.partner | some participant in input.case.participants]

at_the_table(roles) if {
	some role in roles
	data.purposes[input.purpose][role] in {"chair", "participant"}
}

# Agreements in force under which the viewer acts for this purpose.
serving(roles) := sort({id |
	some id in mandates.agreements(roles)
	agreements.in_force(id)
	agreements.serves(id, input.purpose)
})
