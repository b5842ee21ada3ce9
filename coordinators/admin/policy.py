"""When and how fast the team answers."""

from django.contrib import admin

from coordinators.admin.access import ManagersOnly
from coordinators.admin.forms import ReplyPolicyForm
from coordinators.models import ReplyPolicy
from treatments.admin.access import OnlyRow


@admin.register(ReplyPolicy)
class ReplyPolicyAdmin(ManagersOnly, OnlyRow[ReplyPolicy]):
    """Office hours, the promise, and who is asked when nobody fits."""

    form = ReplyPolicyForm
