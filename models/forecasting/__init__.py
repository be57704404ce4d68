"""Forecasts of a sum that is still to come: fitted curves, the past drawn again, and how they fared."""
