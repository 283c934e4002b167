"""Files on their way in: read bytes -> recognise -> map -> parse -> check -> record. One module per step."""

from data.ingest import jobs
from data.ingest.fileplan import FilePlan, Plan
from data.ingest.goals import read_goals
from data.ingest.options import Options, read_counts, read_keys, read_maps, read_stages, read_years
from data.ingest.plan import plan
from data.ingest.read import Source
from data.ingest.record import run
from data.ingest.rehearse import Counts, rehearse
from data.ingest.remarks import Offer, Question, Remark, reason_text

__all__ = [
    "Counts",
    "FilePlan",
    "Offer",
    "Options",
    "Plan",
    "Question",
    "Remark",
    "Source",
    "jobs",
    "plan",
    "read_counts",
    "read_goals",
    "read_keys",
    "read_maps",
    "read_stages",
    "read_years",
    "reason_text",
    "rehearse",
    "run",
]
