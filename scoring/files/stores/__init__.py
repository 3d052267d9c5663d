"""Folders and buckets under one kind of address."""
