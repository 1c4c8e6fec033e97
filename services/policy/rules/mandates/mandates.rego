# METADATA
# title: Mandates (mandaten)
# description: >-
#   For whom the viewer may act. A token proves who somebody is; partner and role come from
#   mandates only, and a mandate that the token claims selects among them.
package ketenaanpak.mandates

import data.ketenaanpak.question

# METADATA
# title: Every mandate that the viewer ever had
held := object.get(data.mandates, input.viewer.person, [])

# METADATA
# title: Those that the viewer chose to act by
selected := held if input.viewer.mandate == null

selected := [mandate | some mandate in held; mandate.id == input.viewer.mandate] if {
	is_string(input.viewer.mandate)
}

# METADATA
# title: Those that hold now
current := [mandate | some mandate in selected; holds(mandate)]

# METADATA
# title: A mandate holds now
# description: It has begun, has not ended, and confidentiality was signed.
default holds(_) := false

holds(mandate) if {
	begun(mandate)
	lasting(mandate)
	signed(mandate)
}

default begun(_) := false

begun(mandate) if time.parse_rfc3339_ns(mandate.from) <= question.now

# METADATA
# title: A mandate has not ended
default lasting(_) := false

lasting(mandate) if mandate.until == null

lasting(mandate) if question.now < time.parse_rfc3339_ns(mandate.until)

# METADATA
# title: Confidentiality was signed, today or before
default signed(_) := false

signed(mandate) if question.day(mandate.confidentiality_signed_on) <= question.today

# METADATA
# title: As whom the viewer acts under an agreement
# description: >-
#   Partner and roles (of those given). Undefined without a mandate that holds, and when the
#   mandates are of several partners: the viewer has to choose one.
acting(agreement, roles) := {"partner": partner, "roles": sort({mandate.role | some mandate in found})} if {
	found := [mandate |
		some mandate in current
		mandate.agreement == agreement
		mandate.role in roles
	]
	partners := {mandate.partner | some mandate in found}
	count(partners) == 1
	some partner in partners
}

# METADATA
# title: Whether a person acts, acted or will act under an agreement, for a partner or for none
known(agreement, person) if {
	some mandate in data.mandates[person]
	mandate.agreement == agreement
}

# METADATA
# title: The partners that a person acts, or acted, for under an agreement
partners(agreement, person) := sort({mandate.partner |
	some mandate in data.mandates[person]
	mandate.agreement == agreement
	mandate.partner != null
})

# METADATA
# title: Somebody of another than these partners chairs the table
chaired(agreement, partners) if {
	some mandate in data.members[agreement]
	mandate.role == "chair"
	holds(mandate)
	not mandate.partner in partners
}

# METADATA
# title: Agreements under which the viewer acts in one of the roles
agreements(roles) := {mandate.agreement |
	some mandate in current
	acting(mandate.agreement, roles)
}

# METADATA
# title: Why the viewer cannot act under an agreement in one of the roles
problems(agreement, roles) := {code |
	not acting(agreement, roles)
	some code in union({unheld(agreement), unfit(agreement), several(agreement, roles), other_role(agreement, roles)})
}

unheld(agreement) := {"mandate_missing"} if {
	count([1 | some mandate in held; mandate.agreement == agreement]) == 0
}

else := {"mandate_not_held"} if {
	count([1 | some mandate in selected; mandate.agreement == agreement]) == 0
}

else := set()

unfit(agreement) := {code |
	some mandate in selected
	mandate.agreement == agreement
	some code, met in {
		"mandate_not_begun": begun(mandate),
		"mandate_ended": lasting(mandate),
		"confidentiality_unsigned": signed(mandate),
	}
	not met
}

several(agreement, roles) := {"mandate_ambiguous" |
	count({mandate.partner |
		some mandate in current
		mandate.agreement == agreement
		mandate.role in roles
	}) > 1
}

other_role(agreement, roles) := {"role_not_allowed" |
	under := [mandate | some mandate in current; mandate.agreement == agreement]
	count(under) > 0
	count([1 | some mandate in under; mandate.role in roles]) == 0
}
