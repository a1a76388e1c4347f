"""WHO, interim guidance on quarantine, 25 June 2021 (R-50): 14 days from the last contact; of positives it says nothing here."""

from server.domain.terms import Term

CONTACT = Term(14, source="R-50")
WHO_2021 = dict.fromkeys(("close_contact", "secondary_contact", "general_contact", "risk_area_person", "accompanying"), CONTACT)
