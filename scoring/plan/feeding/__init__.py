"""From the plan to points: what is known of a plan becomes inputs of the items it decides."""

from scoring.plan.feeding.feed_figures import inputs_from_plan
from scoring.plan.feeding.feeds import FEEDS, Feed, check_feeds
from scoring.plan.feeding.merging import merge_inputs
from scoring.plan.feeding.record import PlanRecord, confirmed_links, empty_record, unit_names
from scoring.plan.feeding.tables import (
    read_feeds,
    read_links,
    read_progress,
    read_record,
    read_reports,
    read_units,
)

__all__ = [
    "FEEDS",
    "Feed",
    "PlanRecord",
    "check_feeds",
    "confirmed_links",
    "empty_record",
    "inputs_from_plan",
    "merge_inputs",
    "read_feeds",
    "read_links",
    "read_progress",
    "read_record",
    "read_reports",
    "read_units",
    "unit_names",
]
