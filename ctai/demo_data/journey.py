"""A file carried through the machine by the services alone, at past instants; the demonstration and tests use it."""

from __future__ import annotations

from ctai.demo_data.decision_steps import DecisionSteps
from ctai.demo_data.diagnostic_steps import DiagnosticSteps
from ctai.demo_data.meeting_steps import MeetingSteps
from ctai.demo_data.proposal_steps import ProposalSteps
from ctai.demo_data.walking import Duo

__all__ = ["Duo", "Journey"]


class Journey(MeetingSteps, DiagnosticSteps, ProposalSteps, DecisionSteps):
    """One file from its letter to its signature; each step advances the clock and returns the journey itself."""
