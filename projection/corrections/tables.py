"""The tables of the correction store; migrations/versions tells how they came to be."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

HEAD = "0004"
"""The newest migration; a store at another version is migrated, or refused when it is newer."""

metadata = MetaData()
_NUMBERED = text("number > 0")

# labels: JSON list of {"label", "key", "colour"}; empty means the standard ones
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
    Column("labels", Text, nullable=False, default="", server_default=""),
    Column("guidelines", Text, nullable=False, default="", server_default=""),
)

# revision, edits, checked, flagged and note repeat the newest event of the main line, so that lists need not
# read histories
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
    Column("flagged", Boolean, nullable=False, default=False, server_default="0"),
    Column("note", Text, nullable=False, default="", server_default=""),
    UniqueConstraint("project_id", "position"),
    Index("sentence_state", "project_id", "checked", "flagged", "revision"),
)

# line "" is the main line; see `line` below. client and number name the message an editor sent; base is the
# revision the person saw; seconds how long the sentence had been open
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sentence_id", Integer, ForeignKey("sentence.id"), nullable=False),
    Column("line", Text, nullable=False, default="", server_default=""),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False, default=""),
    Column("at", String(32), nullable=False),
    Column("edits", Text, nullable=False),
    Column("base", Integer),
    Column("seconds", Float),
    Column("client", Text, nullable=False, default="", server_default=""),
    Column("number", Integer, nullable=False, default=0, server_default="0"),
    UniqueConstraint("sentence_id", "line", "revision", name="one_event_a_revision"),
    Index("event_client", "client", "number"),
    Index("one_event_a_message", "client", "number", unique=True, sqlite_where=_NUMBERED, postgresql_where=_NUMBERED),
)

# Versions of a sentence beside the main one: "@ana" is what Ana made of a sentence that several people do on
# their own, "~client" a change that lost against a newer one; open until somebody decided. It began on revision
# `base` of the line `parent`
line = Table(
    "line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sentence_id", Integer, ForeignKey("sentence.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("author", Text, nullable=False, default=""),
    Column("parent", Text, nullable=False, default="", server_default=""),
    Column("base", Integer, nullable=False, default=0),
    Column("revision", Integer, nullable=False, default=0),
    Column("edits", Text, nullable=False),
    Column("checked", Boolean, nullable=False, default=False),
    Column("flagged", Boolean, nullable=False, default=False),
    Column("open", Boolean, nullable=False, default=True),
    Column("at", String(32), nullable=False),
    UniqueConstraint("sentence_id", "name"),
)

# role: viewer, corrector, curator
member = Table(
    "member",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("at", String(32), nullable=False),
    UniqueConstraint("project_id", "person"),
)

# overlap: the person works on a line of their own
assignment = Table(
    "assignment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sentence_id", Integer, ForeignKey("sentence.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("overlap", Boolean, nullable=False, default=False),
    Column("by", Text, nullable=False, default=""),
    Column("at", String(32), nullable=False),
    UniqueConstraint("sentence_id", "person"),
)

# every setup under which a label was decided on, by the key that its Derivation carries
settings = Table(
    "settings",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("setup", Text, nullable=False),
    Column("at", String(32), nullable=False),
)

# what the pipeline said of a sentence when it was last read, for lists: never the truth, always computed again
reading = Table(
    "reading",
    metadata,
    Column("sentence_id", Integer, ForeignKey("sentence.id"), primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("settings", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("doubt", Float),
    Column("length", Integer, nullable=False, default=0),
    Column("text", Text, nullable=False, default=""),
    Column("row", Text, nullable=False),
    Index("reading_doubt", "project_id", "doubt"),
)

# an evaluation of methods against gold; settings: JSON of all that could change a figure, besides the methods;
# signatures: JSON, the newest of each method; revision grows with whatever is stored
run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("settings", Text, nullable=False),
    Column("signatures", Text, nullable=False, default="{}", server_default="{}"),
    Column("revision", Integer, nullable=False, default=0, server_default="0"),
    Column("created_at", String(32), nullable=False),
    Index("run_project", "project_id"),
)

# what every method of a run found in one sentence; content: a hash of the sentence and its gold as they were
result = Table(
    "result",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("run.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("row", Text, nullable=False),
    UniqueConstraint("run_id", "position"),
)

# the file with gold labels that a project was last evaluated against, as it was given; digest: of its content
gold_file = Table(
    "gold_file",
    metadata,
    Column("project_id", Integer, ForeignKey("project.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", String(16), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
