"""All addresses: each room's under its own. Each stands in its room's `policy.py`, or the server does not start."""

from django.apps import apps
from django.urls import include, path
from django.utils.module_loading import module_has_submodule

from liangshi.foundation.base.rooms import Room

urlpatterns = [
    path(room.address, include(f"{room.name}.urls"))
    for room in apps.get_app_configs()
    if isinstance(room, Room) and module_has_submodule(room.module, "urls")
]
handler400 = "liangshi.portal.home.views.bad_request"
handler403 = "liangshi.portal.home.views.forbidden"
handler404 = "liangshi.portal.home.views.not_found"
handler500 = "liangshi.foundation.ui.errors.server_error"
