"""Fires."""
