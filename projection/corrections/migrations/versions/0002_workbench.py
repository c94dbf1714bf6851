"""Lines beside the main one, who sent what, flags and notes, people, label sets, readings for the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def key(name: str, table: str) -> sa.Column:
    return sa.Column(name, sa.Integer, sa.ForeignKey(f"{table}.id"), nullable=False)


def upgrade() -> None:
    # no batches: they build tables anew, which SQLite refuses while rows of others point to them
    op.add_column("project", text("labels"))
    op.add_column("project", text("guidelines"))
    op.add_column("sentence", flag("flagged"))
    op.add_column("sentence", text("note"))
    op.create_index("sentence_state", "sentence", ["project_id", "checked", "flagged", "revision"])
    _events_with_lines()
    op.create_table(
        "line",
        sa.Column("id", sa.Integer, primary_key=True),
        key("sentence_id", "sentence"),
        sa.Column("name", sa.Text, nullable=False),
        text("author"),
        text("parent"),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("edits", sa.Text, nullable=False),
        flag("checked"),
        flag("flagged"),
        sa.Column("open", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("sentence_id", "name"),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer, primary_key=True),
        key("project_id", "project"),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("project_id", "person"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer, primary_key=True),
        key("sentence_id", "sentence"),
        sa.Column("person", sa.Text, nullable=False),
        flag("overlap"),
        text("by"),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("sentence_id", "person"),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("setup", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "reading",
        sa.Column("sentence_id", sa.Integer, sa.ForeignKey("sentence.id"), primary_key=True),
        key("project_id", "project"),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("doubt", sa.Float),
        sa.Column("length", sa.Integer, nullable=False),
        text("text"),
        sa.Column("row", sa.Text, nullable=False),
    )
    op.create_index("reading_doubt", "reading", ["project_id", "doubt"])


def _events_with_lines() -> None:
    """Build the table anew and copy: its one constraint has no name, and SQLite cannot change constraints."""
    op.rename_table("event", "event_0001")
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        key("sentence_id", "sentence"),
        text("line"),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        text("author"),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("edits", sa.Text, nullable=False),
        sa.Column("base", sa.Integer),
        sa.Column("seconds", sa.Float),
        text("client"),
        sa.Column("number", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("sentence_id", "line", "revision", name="one_event_a_revision"),
    )
    columns = "id, sentence_id, revision, kind, author, at, edits"
    op.execute(f"INSERT INTO event ({columns}) SELECT {columns} FROM event_0001")
    op.drop_table("event_0001")
    op.create_index("event_client", "event", ["client", "number"])
    numbered = sa.text("number > 0")
    op.create_index(
        "one_event_a_message",
        "event",
        ["client", "number"],
        unique=True,
        sqlite_where=numbered,
        postgresql_where=numbered,
    )
    if op.get_bind().dialect.name == "postgresql":  # the copied numbers were not drawn from the sequence
        op.execute(
            "SELECT setval(pg_get_serial_sequence('event', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM event), false)"
        )
