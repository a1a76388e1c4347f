"""The reference records: places and telephone numbers that hardly change."""

from server.store.areas import Area
from server.store.reference import Contact, Setting
from server.store.sites import Hospital, Site
from sync.records.view import View, iso


class SiteCardView(View):
    table = Site
    alike = True

    def body(self, row: Site) -> dict:
        return {
            "code": row.code,
            "name": row.name,
            "kind": row.kind,
            "area": row.area_id,
            "address": row.address,
            "phone": row.duty_phone or row.head_phone,
            "lat": row.lat,
            "lng": row.lng,
            "accepts": row.accepts,
        }


class HospitalView(View):
    table = Hospital
    alike = True

    def body(self, row: Hospital) -> dict:
        return {
            "name": row.name,
            "colour": row.colour,
            "area": row.area_id,
            "address": row.address,
            "phone": row.phone,
            "services": row.services,
            "how_to_get_there": row.how_to_get_there,
            "admission": row.admission,
            "checked_at": iso(row.checked_at),
            "lat": row.lat,
            "lng": row.lng,
        }


class AreaView(View):
    table = Area
    alike = True

    def body(self, row: Area) -> dict:
        return {"name": row.name, "short": row.short, "kind": row.kind, "tier": row.tier}


class ContactView(View):
    table = Contact
    alike = True

    def body(self, row: Contact) -> dict:
        return {"name": row.name, "what": row.what, "phone": row.phone, "area": row.area_id}


class SettingView(View):
    table = Setting
    alike = True

    def body(self, row: Setting) -> dict:
        return {"value": row.value}


VIEWS = {
    "site_card": SiteCardView,
    "hospital": HospitalView,
    "area": AreaView,
    "contact": ContactView,
    "setting": SettingView,
}
