# METADATA
# title: Need to know
# description: >-
#   How much of each category a party needs to know, by the table that the agreement carries: its
#   domain's row, overruled by that of its type.
package ketenaanpak.need_to_know

import data.ketenaanpak.agreements

# METADATA
# title: Category → level for a party
# description: >-
#   Whereabouts are not in the table: they are for the partners that they name, wherever a stage
#   opens them. Undefined for a partner that is not a party.
levels(agreement, partner) := object.union(by_domain, by_type) if {
	party := agreements.party(agreement, partner)
	table := data.agreements[agreement].need_to_know
	by_domain := {category: row[party.domain] | some category, row in table.domains; category != "whereabouts"}
	by_type := {category: level |
		some category, level in object.get(table.types, party.type, {})
		category != "whereabouts"
	}
}
