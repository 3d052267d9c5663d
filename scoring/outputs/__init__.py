"""What a run makes: tables, charts, workbooks, pages and their manifest."""

from scoring.outputs.unread_settings import leave_settings_unread

# Before any module of this room loads what draws.
leave_settings_unread()
