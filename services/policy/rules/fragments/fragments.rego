# METADATA
# title: Fragments
# description: >-
#   What is shown of one fragment. Who wins: ownership over stage, the source's `withhold_from` and
#   `only_for` over the table; both only narrow it. What was recalled is shown to its source only,
#   which has no content left of it.
package ketenaanpak.fragments

import data.ketenaanpak.mandates

# METADATA
# title: What a partner is shown of every fragment
# description: >-
#   Fragment id → `{level, reasons}`; `shown` is what the viewer's audience is shown
#   (ketenaanpak.stages). Undefined when a fact is missing or of the wrong type, and when two
#   fragments have one id. Most fragments are subject to the table only and are decided together.
#   What goes with another fragment (`of`), as a safety check goes with a report, is shown only where
#   that one is: by itself it would reveal it.
verdicts(listed, partner, shown) := object.union(decided, alone) if {
	ordinary := {fragment.id: verdict |
		some fragment in listed
		fragment.status == "offered"
		fragment.withhold_from == []
		fragment.only_for == []
		fragment.addressed_to == []
		fragment.of == null
		fragment.source != partner
		verdict := shown.table[fragment.category]
		fragment.kind != "whereabouts"
		not fragment.kind in data.emergency.for_review
		fragment.kind != "wall_question"
		is_string(fragment.id)
		is_string(fragment.kind)
		is_string(fragment.source)
		is_array(fragment.subjects)
	}
	others := {fragment.id: verdict(fragment, partner, shown) |
		count(ordinary) < count(listed)
		some fragment in listed
		not ordinary[fragment.id]
		well_formed(fragment)
	}
	decided := object.union(ordinary, others)
	count(decided) == count(listed)
	alone := {fragment.id: none("of_withheld") |
		count(others) > 0
		some fragment in listed
		fragment.of != null
		object.get(decided, [fragment.of, "level"], "none") == "none"
		decided[fragment.id].level != "none"
	}
}

# METADATA
# title: What a partner is shown of one fragment
verdict(fragment, partner, shown) := about_wall(fragment, partner, shown) if fragment.kind == "wall_question"

else := full("own_source") if fragment.source == partner

else := none("recalled") if fragment.status != "offered"

else := full("for_review") if {
	fragment.kind in data.emergency.for_review
	shown.review == true
}

else := none("withheld_by_source") if partner in fragment.withhold_from

else := whereabouts(fragment, partner, shown) if is_whereabouts(fragment)

else := none("only_for_others") if {
	count(fragment.only_for) > 0
	not partner in fragment.only_for
}

else := full("addressed") if {
	partner in fragment.addressed_to
	shown.open == true
}

else := object.get(shown.table, fragment.category, none("need_to_know"))

# METADATA
# title: What a referrer is shown of a fragment
# description: The own referral as the own partner submitted it, and the advice; never whereabouts.
referrer_verdict(fragment, partner) := none("recalled") if fragment.status != "offered"

else := none("not_named") if is_whereabouts(fragment)

else := full("own_referral") if {
	fragment.kind in data.referral.kinds
	fragment.source == partner
}

else := full("answer_to_referral") if fragment.kind in data.referral.answers

else := none("not_of_referral")

# METADATA
# title: Nothing of it, and why
none(reason) := {"level": "none", "reasons": [reason]}

# METADATA
# title: All of it, and why
full(reason) := {"level": "full", "reasons": [reason]}

# METADATA
# title: The fragment is a safe address or way of contact
# description: Known by kind or category; either is enough to keep it apart.
default is_whereabouts(_) := false

is_whereabouts(fragment) if fragment.category == "whereabouts"

is_whereabouts(fragment) if fragment.kind == "whereabouts"

# METADATA
# title: The facts of a fragment are all there
default well_formed(_) := false

well_formed(fragment) if {
	is_string(fragment.id)
	is_string(fragment.kind)
	is_string(fragment.category)
	is_string(fragment.source)
	is_array(fragment.subjects)
	is_array(fragment.only_for)
	is_array(fragment.withhold_from)
	is_array(fragment.addressed_to)
	type_name(fragment.of) in {"null", "string"}
	fragment.status in {"offered", "recalled"}
}

# For the partners that it names and nobody else: neither domain, type, crisis nor chair opens it.
whereabouts(fragment, partner, shown) := full("named_partner") if {
	partner in fragment.only_for
	shown.whereabouts == true
}

else := none("stage") if partner in fragment.only_for

else := none("not_named")

# What is asked about a wall is shown to whom it is asked of, and to the chair: a second person of the
# partners that it is addressed to, or whoever reads who the family is where no chair may answer.
# Never to a partner of somebody who is walled off (`walled`): as the source knew it, or by a mandate.
about_wall(fragment, partner, shown) := none("not_answerer") if partner in fragment.withhold_from

else := none("not_answerer") if partner in partners_walled(fragment, shown.agreement)

else := none("not_answerer") if not is_array(object.get(fragment, "walled", []))

else := full("addressed") if {
	shown.review == true
	shown.chairs == true
}

else := full("addressed") if {
	shown.review == true
	shown.table.identity.level == "full"
	asked(fragment, partner, shown.agreement)
}

else := none("not_answerer")

partners_walled(fragment, agreement) := {partner |
	some person in object.get(fragment, "walled", [])
	some partner in mandates.partners(agreement, person)
}

asked(fragment, partner, _) if partner in fragment.addressed_to

asked(fragment, _, agreement) if {
	fragment.addressed_to == []
	kept_from := {partner | some partner in fragment.withhold_from} | partners_walled(fragment, agreement)
	not mandates.chaired(agreement, kept_from)
}
