"""`evaluate`: label rules, other words, ids, tables, and what is said when something is wrong."""

from __future__ import annotations

import json
import random
import re

import pytest
from typer.testing import CliRunner

from projection.cli import app
from projection.cli.evaluate import MatchChoice, PairChoice, RulesChoice
from projection.evaluation.counts import MATCHES
from projection.evaluation.label_rules import PRESETS
from projection.evaluation.pairing import PAIRINGS

RUNNER = CliRunner()
GOLD = """# sent_id = a
Anna B-PERSON
lives O
in O
Bern B-GPE
since O
May B-DATE

# sent_id = b
It O
rains O
in O
Bad-Ems B-LOC

"""
OUT = """# sent_id = a
Anna B-PER
lives O
in O
Bern B-LOC
since O
May B-MISC

# sent_id = b
It O
rains O
in O
Bad-Ems B-LOC

"""
SPLIT = OUT.replace("Bad-Ems B-LOC", "Bad B-LOC\n- I-LOC\nEms I-LOC")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("gold", GOLD), ("out", OUT), ("split", SPLIT)):
        (tmp_path / f"{name}.conll").write_text(text)
    return tmp_path


def run(*arguments, code=0):
    result = RUNNER.invoke(app, ["evaluate", *map(str, arguments)])
    assert result.exit_code == code, f"{result.stdout}{result.stderr}{result.exception!r}"
    return result


def rows(shown):
    return {line.split()[0]: line.split()[1:] for line in shown.splitlines() if line}


def test_the_choices_are_those_of_the_library():
    for choices, known in ((RulesChoice, PRESETS), (MatchChoice, MATCHES), (PairChoice, PAIRINGS)):
        assert [str(choice) for choice in choices] == list(known)


@pytest.mark.parametrize(
    ("rules", "counts"),  # found, predicted, gold
    [("all", "1 4 4"), ("europarl", "1 4 4"), ("masakhaner", "1 3 3"), ("uner", "1 3 1"), ("conll", "3 4 3")],
)
def test_rules_change_the_score_and_are_in_the_signature(folder, rules, counts):
    shown = run("out.conll", "gold.conll", "--rules", rules).stdout
    assert rows(shown)["all"][3:] == counts.split()
    assert re.search(rf"\|rules:{rules}(\[.+\])?\|", shown)


def test_what_was_renamed_and_ignored_is_said_of_each_side(folder):
    result = run("out.conll", "gold.conll", "--map", "PERSON=PER, GPE=LOC,NORP=MISC", "--ignore", "DATE,MISC,OTH")
    assert rows(result.stdout)["all"] == ["1.0000", "1.0000", "1.0000", "3", "3", "3"]
    assert "labels in gold: 1 GPE renamed to LOC, 1 PERSON renamed to PER, 1 DATE ignored\n" in result.stdout
    assert "labels in the prediction: 1 MISC ignored\n" in result.stdout
    assert "rules:all[GPE=LOC NORP=MISC PERSON=PER DATE=O MISC=O OTH=O]|" in result.stdout
    assert "--map NORP: neither file has an entity with this label." in result.stderr
    assert "--ignore OTH: neither file" in result.stderr and "--ignore MISC" not in result.stderr


def test_json_says_the_same(folder):
    made = json.loads(run("out.conll", "gold.conll", "--rules", "masakhaner", "--json").stdout)
    assert made["preparation"] == {
        "gold": {"renamed": [], "ignored": {"DATE": 1}},
        "predicted": {
            "pair_by": "ids", "missing": 0, "retokenised": 0, "inside_gold": 0, "inside_predicted": 0,
            "renamed": [], "ignored": {"MISC": 1},
        },
    }  # fmt: skip


def test_labels_that_the_rules_leave_nothing_of_are_named(folder):
    said = run("out.conll", "gold.conll", "--rules", "uner", "--labels", "PER,DATE,EVENT").stderr
    assert "No entity is left with the label DATE." in said
    assert "Neither file has an entity with the label EVENT." in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rules", "ontonotes"), "'ontonotes' is not one of 'all', 'europarl', 'masakhaner', 'uner', 'conll'"),
        (("--map", "PERSON"), "--map 'PERSON': write the old and the new label with = between them"),
        (("--map", "A=B,=C"), "--map '=C': write"),
        (("--map", "A=B,C="), "--map 'C=': write"),
        (("--map", "A=B=C"), "--map 'A=B=C': write"),
        (("--map", ""), "--map '': write"),
        (("--map", "A=B,A=C"), "--map renames A to B and to C: keep one of them."),
        (("--map", "DATE=O"), "O is no label. Say --ignore DATE to leave its entities out."),
        (("--ignore", " , "), "--ignore is empty: name labels separated by commas"),
        (("--labels", ""), "--labels is empty: name labels"),
        (("--by", "label,colour"), "--by colour: there are label, length, language, kind."),
        (("--pair", "line"), "'line' is not one of 'ids', 'order'"),
    ],
)
def test_options_that_make_no_sense_are_refused(folder, options, said):
    assert said in run("out.conll", "gold.conll", *options, code=2).stderr


def test_other_words_are_refused_and_compared_by_characters_when_asked(folder):
    refused = run("split.conll", "gold.conll", code=2).stderr
    assert "split.conll:10: Token 4 is 'Bad' here and 'Bad-Ems' in gold (gold.conll:10)" in refused
    assert "match by characters (--by-characters)" in refused
    shown = run("split.conll", "gold.conll", "--by-characters").stdout
    assert rows(shown)["LOC"][3:] == ["1", "2", "1"]
    assert "their words are not those of gold: 1; there, " in shown and "cannot be right: 0; " in shown
    assert "|words:by characters|" in shown
    (folder / "part.conll").write_text(SPLIT.replace("I-LOC", "O"))
    made = json.loads(run("part.conll", "gold.conll", "--by-characters", "--json").stdout)
    assert made["preparation"]["predicted"]["inside_gold"] == 1 and made["labels"]["LOC"]["predicted"] == 2


def test_sentences_of_both_files_are_paired_by_ids(folder):
    first, second, _ = OUT.split("\n\n")
    (folder / "turned.conll").write_text(f"{second}\n\n{first}\n\n")
    shown = run("turned.conll", "gold.conll", "--rules", "conll").stdout
    assert rows(shown)["all"][3:] == ["3", "4", "3"] and "|pairs:ids|" in shown
    refused = run("turned.conll", "gold.conll", "--pair", "order", code=2).stderr
    assert "turned.conll:8: The sentence “Anna lives" in refused and "sentences in the same order" in refused


def test_missing_sentences_are_counted_and_strange_ones_refused(folder):
    (folder / "part.conll").write_text(f"{OUT.split('# sent_id = b')[0]}")
    assert "2 sentences, 1 of them missing in the prediction" in run("part.conll", "gold.conll").stdout
    (folder / "more.conll").write_text(OUT + "# sent_id = c\nMore O\n\n")
    refused = run("more.conll", "gold.conll", code=2).stderr
    assert "more.conll:16: The sentence with the id 'c' (“More…”) does not come in gold." in refused


def test_ids_that_come_twice_are_refused_unless_the_order_counts(folder):
    (folder / "twice.conll").write_text(OUT.replace("= b", "= a"))
    refused = run("twice.conll", "gold.conll", code=2).stderr
    assert "twice.conll:10: The id 'a' comes 2 times, first at “Anna lives in Bern since May…” (line 2)." in refused
    assert "|pairs:order|" in run("twice.conll", "gold.conll", "--pair", "order").stdout


def jsonl(path, *sentences):
    rows = [
        {"id": f"s{number}", "tokens": ["Anna", "lives"], "language": language,
         "entities": [{"start": 0, "end": 1, "label": label}]}
        for number, (language, label) in enumerate(sentences)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_tables_by_language_and_kind_of_mistake(folder):
    jsonl(folder / "gold.jsonl", ("de", "PER"), ("de", "PER"), ("sw", "PER"))
    jsonl(folder / "out.jsonl", ("de", "PER"), ("de", "LOC"), ("sw", "PER"))
    result = run("out.jsonl", "gold.jsonl", "--by", "language,kind")
    language, kinds = result.stdout.split("\n\n")
    assert rows(language)["de"][:3] == ["0.5000"] * 3 and rows(language)["sw"][:3] == ["1.0000"] * 3
    assert re.search(r"(?m)^label +1  the right words", kinds) and rows(kinds)["all"][0] == "1"
    assert "one language" not in result.stderr
    made = json.loads(run("out.jsonl", "gold.jsonl", "--by", "language,kind", "--json", "--match", "span").stdout)
    assert made["languages"]["de"]["f1"] == 1 and made["kinds"]["label"] == 1 and made["kinds"]["missing"] == 0
    said = run("out.conll", "gold.conll", "--by", "kind,language", "--match", "type").stderr
    assert "All sentences are in one language (und)." in said and "counted against exact spans" in said


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("repair", ["conlleval", "discard"])
def test_illegal_labels_of_files_are_scored_as_by_seqeval(folder, repair):
    """IOB2 has to be said where illegal labels make another scheme likelier."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    generator = random.Random(5)
    tags = [
        [generator.choices(["O", "I-PER", "I-LOC", "B-PER"], k=generator.randint(1, 9)) for _ in range(60)]
        for _ in "pg"
    ]
    tags[0] = [generator.choices(["O", "I-PER", "I-LOC", "B-PER"], k=len(one)) for one in tags[1]]
    for name, side in zip(("mine", "theirs"), tags, strict=True):
        blocks = ("".join(f"w{place} {tag}\n" for place, tag in enumerate(one)) for one in side)
        (folder / f"{name}.conll").write_text("\n".join(blocks))
    mode = {"mode": "strict", "scheme": IOB2} if repair == "discard" else {}
    told = run("mine.conll", "theirs.conll", "--scheme", "iob2", "--repair", repair, "--pair", "order", "--json").stdout
    made = json.loads(told)
    assert made["overall"]["f1"] == pytest.approx(f1_score(tags[1], tags[0], **mode))
    assert made["signature"].startswith(f"scheme:IOB2|repair:{repair}|") and made["sentences"] == 60


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("options", [(), ("--match", "partial"), ("--against", "empty.conll")])
def test_files_without_entities_have_scores_of_nothing(folder, options):
    (folder / "empty.conll").write_text("It O\nrains O\n\n")
    shown = run("empty.conll", "empty.conll", "--by", "label,length,language,kind", *options).stdout
    assert rows(shown)["all"] and "F1: 0.0000 to 0.0000; 1 sentences" in shown


def test_a_report_is_one_page_with_both_predictions(folder):
    (folder / "other.conll").write_text(OUT.replace("Bern B-LOC", "Bern O"))
    result = run("out.conll", "gold.conll", "--against", "other.conll", "--rules", "conll", "--html", "report.html")
    assert "all " in result.stdout and "The report is in report.html." in result.stderr
    page = (folder / "report.html").read_text("utf-8")
    assert "out against gold.conll" in page and "other" in page and "rules:conll[" in page
    assert "<script" not in page and "http" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize(("option", "sign"), [("--latex", "\\toprule"), ("--markdown", "| Method |")])
def test_a_table_for_a_paper_is_all_that_is_printed(folder, option, sign):
    result = run("out.conll", "gold.conll", "--rules", "conll", option)
    assert sign in result.stdout and "predicted" not in result.stdout.splitlines()[0]
    assert "1.000" in result.stdout


def test_predictions_of_one_name_are_told_apart(folder):
    (folder / "old").mkdir()
    (folder / "old" / "out.conll").write_text(OUT)
    result = run("out.conll", "gold.conll", "--against", "old/out.conll", "--markdown")
    assert "| out.conll |" in result.stdout and "| old/out.conll |" in result.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--html", "gold.conll"], "gold.conll is also an input"),
        (["--html", "nowhere/report.html"], "The folder nowhere does not exist"),
        (["--json", "--latex"], "choose one"),
    ],
)
def test_reports_that_cannot_be_written_are_refused(folder, options, said):
    result = run("out.conll", "gold.conll", *options, code=2)
    assert said in result.stderr
    assert (folder / "gold.conll").read_text() == GOLD
