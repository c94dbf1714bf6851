"""The tables of the correction store; migrations/versions tells how they came to be."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0001"
"""The newest migration; a store at another version is migrated, or refused when it is newer."""

metadata = MetaData()

project = Table(
    "project",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("setup", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("deleted_at", String(32)),
    Column("document_name", Text, nullable=False, default=""),
    Column("document", LargeBinary),
)

# revision, edits and checked repeat the newest event, so that lists need not read histories
sentence = Table(
    "sentence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("task", Text, nullable=False),
    Column("revision", Integer, nullable=False, default=0),
    Column("edits", Text),
    Column("checked", Boolean, nullable=False, default=False),
    UniqueConstraint("project_id", "position"),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sentence_id", Integer, ForeignKey("sentence.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False, default=""),
    Column("at", String(32), nullable=False),
    Column("edits", Text, nullable=False),
    UniqueConstraint("sentence_id", "revision"),
)
