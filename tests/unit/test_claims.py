"""Claims: promises are caught in every language, honest sentences pass, and a source covers its paragraph."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treatments.claim_rules import COMMON, FOLDER, NoClaimRulesError, languages_with_rules, read_claim_rules, rules_for
from treatments.claims import Finding, Kind, Reason, find_claims, find_outcome_claims
from treatments.content_files import ContentError, read_toml

DATA = Path(__file__).parents[1] / "data"
SEEDS: list[dict[str, Any]] = tomllib.loads((DATA / "seed_claims.toml").read_text(encoding="utf-8"))["claim"]
WORDS: dict[str, dict[str, Any]] = tomllib.loads((DATA / "claims.toml").read_text(encoding="utf-8"))
LANGUAGES = sorted(WORDS["promises"])
EN = rules_for("en")


def cases(table: str) -> list[Any]:
    return [
        pytest.param(language, *(case if isinstance(case, list) else [case]), id=f"{language}-{number}")
        for language, sentences in WORDS[table].items()
        for number, case in enumerate(sentences)
    ]


def rules_broken(findings: list[Finding]) -> set[str]:
    return {finding.kind for finding in findings} | {finding.reason for finding in findings if finding.reason}


def test_every_language_has_its_data() -> None:
    assert set(languages_with_rules()) >= set(LANGUAGES)
    assert all(sorted(table) == LANGUAGES for table in WORDS.values())
    for language in languages_with_rules():
        # every reason of FACTS.md §9 has words in every language
        assert set(rules_for(language).forbidden) == set(Reason)


@pytest.mark.parametrize("claim", SEEDS, ids=lambda claim: f"seed-{claim['seed']}-{claim['sentence'][:30]}")
def test_promise_of_a_seed_is_caught(claim: dict[str, Any]) -> None:
    assert claim["rule"] in rules_broken(find_claims(claim["sentence"], rules_for(claim["language"])))


def test_every_seed_is_in_the_set() -> None:
    assert {claim["seed"] for claim in SEEDS} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(("language", "sentence", "rule"), cases("promises"))
def test_promise_is_caught(language: str, sentence: str, rule: str) -> None:
    assert rule in rules_broken(find_claims(sentence, rules_for(language)))


@pytest.mark.parametrize(("language", "sentence"), cases("honest"))
def test_honest_sentence_passes(language: str, sentence: str) -> None:
    assert find_claims(sentence, rules_for(language)) == []


@pytest.mark.parametrize(("language", "sentence"), cases("praise"))
def test_praise_of_the_service_passes(language: str, sentence: str) -> None:
    assert find_outcome_claims(sentence, rules_for(language)) == []


@pytest.mark.parametrize(("language", "sentence"), cases("results"))
def test_word_about_a_result_is_caught(language: str, sentence: str) -> None:
    assert Kind.OUTCOME in rules_broken(find_outcome_claims(sentence, rules_for(language)))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It helped 26 of 50 people.[^FJ52]", 0),
        ("It helped 26 of 50 people[^FJ52] here.", 0),
        ("It helped 26 of 50 people. Nobody knows why. It was small.[^FJ52]", 0),
        ("A study.[^FJ52] It helped 26 of 50 people.", 1),
        ("It helped 26 of 50 people.\n\nThe next paragraph.[^FJ52]", 1),
        ("- It helped 26 of 50 people.\n- The next point.[^FJ52]", 1),
        ("| Who | Source |\n| --- | --- |\n| It helped 26 of 50 people | A trial[^FJ52] |", 0),
        ("| Who | Source |\n| --- | --- |\n| It helped 26 of 50 people | none |\n| Next | A trial[^FJ52] |", 1),
        ("    It helped 26 of 50 people.", 1),
        ("It helped [26 of 50 people](https://a.example \"and 30 of 60\").", 1),
        ("It helped 26&nbsp;of 50\u00ad people.", 1),
        ("It helped *26* of\n50 people.", 1),
    ],
)  # fmt: skip
def test_source_covers_what_stands_before_it_in_its_paragraph(text: str, count: int) -> None:
    assert len(find_claims(text, EN)) == count


def test_source_that_is_no_record_covers_nothing() -> None:
    text = "It helped 26 of 50 people.[^GONE]"
    assert find_claims(text, EN, known_sources=frozenset({"GONE"})) == []
    assert rules_broken(find_claims(text, EN, known_sources=frozenset())) == {Kind.UNSOURCED_NUMBER}


def test_source_makes_no_promise_speakable() -> None:
    assert rules_broken(find_claims("It is highly effective.[^FJ52]", EN)) == {Kind.FORBIDDEN_WORD, Reason.EXAGGERATED}


@pytest.mark.parametrize(
    "text",
    [
        "It cur\u0435s pain.",
        "You will be p\u0430in-fr\u0435\u0435.",
        "G\u03c5arant\u0435\u0435d.",
        "It is ris\u03ba-free.",
        "\u0421ured!",
    ],
)
def test_letters_of_another_script_hide_no_word(text: str) -> None:
    assert Kind.FORBIDDEN_WORD in rules_broken(find_claims(text, EN))


def test_word_all_in_another_script_stays() -> None:
    (finding,) = find_claims("\u0421\u043e\u0440\u0435 cures you, \u03b2-blockers and 5 \u03bcm.", EN)
    assert finding.sentence == "\u0421\u043e\u0440\u0435 cures you, \u03b2-blockers and 5 \u03bcm."


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Some people have relief for one year."),
        ("en", "It may lower the pain for a week."),
        ("en", "It may lower the pain after one visit."),
        ("de", "Manche haben Linderung für ein Jahr."),
        ("de", "Es kann die Schmerzen einen Monat lang lindern."),
        ("hr", "Neki ljudi imaju olakšanje jednu godinu."),
        ("hr", "Može ublažiti bol na jedan tjedan."),
        ("nl", "Sommige mensen hebben één jaar verlichting."),
        ("nl", "Het kan de pijn een maand verminderen."),
        ("it", "Alcune persone hanno sollievo per un anno."),
        ("it", "Può ridurre il dolore per una settimana."),
    ],
)
def test_one_is_a_number_beside_an_effect(language: str, sentence: str) -> None:
    rules = rules_for(language)
    assert rules_broken(find_claims(sentence, rules)) == {Kind.UNSOURCED_NUMBER}
    assert find_claims(f"{sentence}[^S1]", rules) == []


def test_question_is_no_claim_only_where_it_is_denied() -> None:
    assert find_claims("Does it cure worn joints?", EN, following="No. The wear stays.") == []
    assert find_claims("Does it cure worn joints?", EN, following="Yes, always.")
    assert find_claims("Does it cure worn joints?", EN)


def test_finding_names_the_sentence_and_the_words() -> None:
    (finding,) = find_claims("First. **It cures** you.[^S1] Last.", EN)
    assert finding == Finding(Kind.FORBIDDEN_WORD, "It cures you.", "cures", Reason.CURE)


@given(st.text(alphabet=st.sampled_from("ab .!?\n|-*#[]^()1%,:"), max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_can_be_read(text: str, language: str) -> None:
    rules = rules_for(language)
    for finding in [*find_claims(text, rules), *find_outcome_claims(text, rules)]:
        assert finding.match in finding.sentence or finding.kind == Kind.UNSOURCED_NUMBER


@given(
    st.sampled_from([claim for claim in SEEDS if claim["language"] == "en"]),
    st.lists(st.sampled_from(["This is plain.", "You lie down.", "Ask us."]), max_size=3),
    st.sampled_from(["{}", "**{}**", "- {}", "> {}", "1. {}", "### {}"]),
)
def test_promise_is_caught_wherever_it_stands(claim: dict[str, Any], around: list[str], form: str) -> None:
    text = "\n\n".join([*around, form.format(claim["sentence"]), *around])
    assert claim["rule"] in rules_broken(find_claims(text, rules_for(claim["language"])))


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["of", "in", "out of"]))
def test_any_ratio_needs_a_source_and_is_content_with_one(few: int, many: int, word: str) -> None:
    sentence = f"It came in {few} {word} {many:,} reports."
    assert rules_broken(find_claims(sentence, EN)) == {Kind.UNSOURCED_NUMBER}
    assert find_claims(f"{sentence}[^S1]", EN) == []


def test_language_without_a_file_has_no_rules() -> None:
    with pytest.raises(NoClaimRulesError, match=r"xx\.toml"):
        rules_for("xx")
    with pytest.raises(NoClaimRulesError):
        rules_for(COMMON)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[outcome]", "[results]", "outcome"),
        ("hedges = [", "hedged = [", "effect.hedges"),
        ("cure = [", "cures = [", "forbidden.cures"),
        ('near = ["no"', 'near = ["(no"', "the phrase"),
        ("joins = [", "joins = [1, ", "negation.joins"),
    ],
)  # fmt: skip
def test_file_that_is_not_right_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = (FOLDER / "en.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "en.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError, match=named):
        read_claim_rules(path, read_toml(FOLDER / f"{COMMON}.toml"))
