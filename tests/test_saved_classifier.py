"""A saved classifier comes back the same, bit for bit; what is damaged or foreign is refused."""

import dataclasses
import json
import shutil
import threading

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import saved_classifier
from helpers.models import rebuilding
from helpers.models.classifiers import PooledClassifier
from helpers.news_classifier import NewsClassifier
from helpers.saved_classifier import SavedClassifierError, load, save
from helpers.text.preprocess import simple_tokens, tokenize
from helpers.text.vocabulary import Vocabulary
from helpers.training import sealed_folder

WORDS = ["rates", "rise", "chip", "银行", "film", "café"]
TEXTS = ["Rates rise", "a chip, a film", "", "银行 café rates rise rise", "nothing known"]


def small(
    seed=0,
    kind=PooledClassifier,
    known=WORDS,
    tokenizer=simple_tokens,
    pairs=0,
    weighted=False,
    **options,
):
    torch.manual_seed(seed)
    vocabulary = Vocabulary({word: seed % 3 + 1 for word in known})
    rows = len(vocabulary) + pairs
    names = ["钱", "其他", "c"][: 3 if kind.__name__ == "Tied" else 2]
    rarity = torch.rand(rows) + 1 if weighted else None
    model = kind((rows, 3), len(names), rarity=rarity, **options)
    for parameter in model.parameters():  # also where a table begins with zeros
        parameter.data = torch.randn_like(parameter)
    return NewsClassifier(model, vocabulary, names, tokenizer, pairs)


def file_of(folder, part):
    (found,) = folder.glob(f"{part}*")
    return found


def reseal(folder, change_settings=lambda content: None, weights=None):
    """Change what is saved and seal it anew, as if it had been saved so."""
    content = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    kept = file_of(folder, "vocabulary").read_bytes()
    weights = (
        safetensors.torch.load_file(file_of(folder, "weights")) if weights is None else weights
    )
    weights = {name: tensor.clone() for name, tensor in weights.items()}
    change_settings(content)
    shutil.rmtree(folder)
    parts = {
        "weights.safetensors": lambda path: safetensors.torch.save_file(weights, path),
        "vocabulary.json": lambda path: path.write_bytes(kept),
    }
    sealed_folder.write(folder, content, parts)


@given(
    seed=st.integers(0, 1000),
    hidden=st.integers(0, 4),
    weighted=st.booleans(),
    pairs=st.integers(0, 5),
    share=st.floats(0, 0.9),
    words=st.lists(st.text("abc银é", min_size=1), unique=True, max_size=6),
    names=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2),
    train_vectors=st.booleans(),
    dtype=st.sampled_from([torch.float32, torch.float64, torch.bfloat16]),
)
@settings(max_examples=40, deadline=None)
def test_what_is_loaded_predicts_the_same_bit_for_bit(
    tmp_path_factory, seed, hidden, weighted, pairs, share, words, names, train_vectors, dtype
):
    options = {"dropout": share, "word_dropout": share, "train_vectors": train_vectors}
    options |= {"pairs": pairs, "weighted": weighted, "hidden": hidden, "sparse": weighted}
    before = small(seed, known=words, **options)
    before.model.to(dtype)
    before = dataclasses.replace(before, label_names=names)
    after = load(save(before, tmp_path_factory.mktemp("kept") / "it"), "cpu")
    texts = [*TEXTS, " ".join(words), "abc a"]
    np.testing.assert_array_equal(before.probabilities(texts), after.probabilities(texts))
    assert [before.classify(text) for text in texts] == [after.classify(text) for text in texts]
    assert (after.label_names, after.pairs) == (names, pairs)
    assert after.tokenize is simple_tokens and after.vocabulary.counts == before.vocabulary.counts
    assert after.model.vectors.weight.requires_grad is train_vectors
    assert str(after.model) == str(before.model)  # dropout, too
    assert after.model.word_dropout == share and after.model.vectors.sparse is weighted


def test_three_files_for_all_to_read(tmp_path):
    folder = save(small(), tmp_path / "a" / "b c.d")
    assert len(list(folder.iterdir())) == 3
    assert [path.name for path in folder.parent.iterdir()] == ["b c.d"]  # nothing beside
    plain = tmp_path / "plain"
    plain.mkdir()
    assert folder.stat().st_mode == plain.stat().st_mode
    (plain / "file").touch()
    assert {f.stat().st_mode for f in folder.iterdir()} == {(plain / "file").stat().st_mode}
    text = (folder / "settings.json").read_text(encoding="utf-8")
    assert '"钱"' in text and '"kind": "PooledClassifier"' in text
    assert set(safetensors.torch.load_file(file_of(folder, "weights"))) == {
        "vectors.weight",
        "layers.1.weight",
        "layers.1.bias",
    }


def test_saving_and_loading_leave_random_state_mode_and_weights_alone(tmp_path):
    classifier = small()
    classifier.model.train()
    weights = {name: w.clone() for name, w in classifier.model.state_dict().items()}
    state = torch.get_rng_state()
    again = load(save(classifier, tmp_path / "it"))
    assert torch.equal(state, torch.get_rng_state())
    assert classifier.model.training and not again.model.training
    assert all(torch.equal(weights[name], w) for name, w in classifier.model.state_dict().items())


def test_nltk_tokens_are_kept_by_name_and_ones_own_when_named(tmp_path, monkeypatch):
    assert load(save(small(tokenizer=tokenize), tmp_path / "nltk")).tokenize is tokenize
    own = small(tokenizer=str.split)
    with pytest.raises(SavedClassifierError, match=r"tokenizer 'split' is unknown .*TOKENIZERS"):
        save(own, tmp_path / "own")
    assert [path.name for path in tmp_path.iterdir()] == ["nltk"]
    monkeypatch.setitem(saved_classifier.TOKENIZERS, "spaces", str.split)
    assert load(save(own, tmp_path / "own")).tokenize is str.split
    monkeypatch.delitem(saved_classifier.TOKENIZERS, "spaces")
    with pytest.raises(
        SavedClassifierError, match=r"settings.json: the tokenizer 'spaces' is unkn"
    ):
        load(tmp_path / "own")


def test_shared_and_strided_weights_are_written_out_in_full(tmp_path):
    classifier = small(hidden=3)
    one, other = (classifier.model.layers[i] for i in (1, 4))
    other.weight.data = one.weight.data[1:]  # a view of the same memory
    other.bias.data = one.bias.data[:2]
    before = classifier.probabilities(TEXTS)
    after = load(save(classifier, tmp_path / "shared"))
    np.testing.assert_array_equal(before, after.probabilities(TEXTS))
    one.weight.data = one.weight.data.T  # other steps through memory, so rounded otherwise
    after = load(save(classifier, tmp_path / "strided"))
    np.testing.assert_array_equal(after.model.layers[1].weight.numpy(force=True), one.weight.data)


def test_tied_weights_are_tied_again(tmp_path, monkeypatch):
    class Tied(PooledClassifier):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            self.layers[-1].weight = self.layers[1].weight

    monkeypatch.setitem(rebuilding.KINDS, Tied, rebuilding.KINDS[PooledClassifier])
    classifier = small(kind=Tied, hidden=3)
    assert classifier.model.layers[-1].weight is classifier.model.layers[1].weight
    again = load(save(classifier, tmp_path / "it"))
    assert again.model.layers[-1].weight is again.model.layers[1].weight
    np.testing.assert_array_equal(classifier.probabilities(TEXTS), again.probabilities(TEXTS))


def test_sparse_gradients_do_not_matter(tmp_path):
    classifier = small(sparse=True, weighted=True)
    after = load(save(classifier, tmp_path / "it"))
    np.testing.assert_array_equal(classifier.probabilities(TEXTS), after.probabilities(TEXTS))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU")
def test_from_a_gpu_and_back_to_it(tmp_path):
    classifier = small()
    classifier.model.to("cuda")
    folder = save(classifier, tmp_path / "it")
    assert next(load(folder, "cuda").model.parameters()).device.type == "cuda"
    np.testing.assert_array_equal(
        classifier.probabilities(TEXTS), load(folder, "cuda").probabilities(TEXTS)
    )


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("part", ["weights", "vocabulary"])
@pytest.mark.parametrize("harm", [cut, flip])
def test_a_damaged_file_is_refused_by_name(tmp_path, part, harm):
    path = file_of(save(small(), tmp_path / "it"), part)
    harm(path)
    with pytest.raises(
        SavedClassifierError, match=f"{path.name} is not the {part} .* save it again"
    ):
        load(tmp_path / "it")


@pytest.mark.parametrize("part", ["weights", "vocabulary"])
def test_a_file_of_another_classifier_is_refused_under_its_name_or_ours(tmp_path, part):
    one, other = save(small(1), tmp_path / "one"), save(small(5), tmp_path / "other")
    ours, theirs = file_of(one, part), file_of(other, part)
    kept = ours.read_bytes()
    ours.write_bytes(theirs.read_bytes())
    with pytest.raises(SavedClassifierError, match=f"not the {part} that settings.json names"):
        load(one)
    ours.unlink()
    shutil.copy(theirs, one)
    with pytest.raises(SavedClassifierError, match=f"can't be read.*{theirs.name}, which is there"):
        load(one)
    ours.write_bytes(kept)
    load(one)
    shutil.copy(other / "settings.json", one)
    file_of(one, f"{part}-{theirs.name.split('-')[1][:12]}").unlink()
    with pytest.raises(SavedClassifierError, match="can't be read"):
        load(one)


def test_damaged_settings_are_refused(tmp_path):
    path = save(small(), tmp_path / "it") / "settings.json"
    text = path.read_text(encoding="utf-8")
    for changed, said in (
        (text.replace("钱", "金"), "was changed after it was written"),
        (text.replace('"pairs": 0', '"pairs": 1'), "was changed after it was written"),
        (text[:-5], "not readable as JSON"),
        ("", "not readable as JSON"),
        ("[1]", "not the settings of a course news classifier"),
        (text.replace("course news", "other"), "not the settings of a course news classifier"),
        (text.replace('"format": 1', '"format": 2'), "format 2, and this version .* reads 1; use"),
    ):
        path.write_text(changed, encoding="utf-8")
        with pytest.raises(SavedClassifierError, match=f"settings.json.*{said}"):
            load(tmp_path / "it")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SavedClassifierError, match="not readable as JSON"):
        load(tmp_path / "it")


def change(*place, to):
    def changed(content):
        for key in place[:-1]:
            content = content[key]
        content[place[-1]] = to

    return changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (change("model", "kind", to="Transformer"), "kind of model 'Transformer' is unknown here"),
        (change("model", "layers", to=2), "no PooledClassifier can be made with"),
        (change("model", "word_dropout", to=3), "word_dropout is 3"),
        (change("model", "hidden", to=2), "layers.4.weight is missing"),
        (change("model", "vectors", to=[9, 3]), r"8 words, marks and pairs, .* shape \[9, 3\]"),
        (change("model", "vectors", to=[]), "8 words, marks and pairs"),
        (change("model", "vectors", to=7), "vectors"),
        (change("model", to=None), "model is None"),
        (change("reading", "words", to=2), r"reading has \['pairs', 'words'\]; it must"),
        (change("reading", to=3), "reading is 3, which is no dict"),
        (change("tokenizer", to="letters"), "tokenizer 'letters' is unknown here"),
        (change("label_names", to=["a"]), "1 class names, for a model of 2"),
        (change("label_names", to=["a", 2]), "each must be a text"),
        (change("reading", "pairs", to=-1), "pairs is -1"),
        (change("reading", "pairs", to="9"), "pairs is '9'"),
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path, changed, said):
    folder = save(small(), tmp_path / "it")
    reseal(folder, changed)
    with pytest.raises(SavedClassifierError, match=f"settings.json: .*{said}.*save it again"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "tensor", "said"),
    [
        ("layers.1.bias", None, "layers.1.bias is missing"),
        ("layers.9.bias", torch.ones(2), "layers.9.bias is unknown to the model"),
        ("layers.1.bias", torch.ones(3), r"layers.1.bias has shape \(3,\)"),
        ("layers.1.bias", torch.ones(2, dtype=torch.int64), "type torch.int64"),
        ("layers.1.bias", torch.tensor([1, torch.nan]), "layers.1.bias has 1 numbers that are NaN"),
        ("layers.1.bias", torch.tensor([1, -torch.inf]), "has 1 numbers that are NaN or infinite"),
    ],
)
def test_weights_that_do_not_fit_are_refused(tmp_path, name, tensor, said):
    folder = save(small(), tmp_path / "it")
    weights = safetensors.torch.load(file_of(folder, "weights").read_bytes())
    weights = {n: w for n, w in {**weights, name: tensor}.items() if w is not None}
    reseal(folder, weights=weights)
    with pytest.raises(SavedClassifierError, match=f"{said}.*; save it again"):
        load(folder)


def test_a_pickle_in_place_of_the_weights_is_never_opened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was opened",))

    folder = save(small(), tmp_path / "it")
    content = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    vocabulary = file_of(folder, "vocabulary").read_bytes()
    shutil.rmtree(folder)
    parts = {
        "weights.safetensors": lambda path: torch.save({"layers": Bomb()}, path),
        "vocabulary.json": lambda path: path.write_bytes(vocabulary),
    }
    sealed_folder.write(folder, content, parts)
    with pytest.raises(SavedClassifierError, match=r"weights-.*; save it again"):
        load(folder)


def test_what_cannot_be_kept_is_refused_and_nothing_is_written(tmp_path):
    good = small()
    nan = small()
    nan.model.layers[1].bias.data[1] = torch.nan
    changed = small()
    changed.model.layers = torch.nn.Identity()
    wider = small()
    wider.model.layers[1].bias = None
    for classifier, said in (
        (nan, "layers.1.bias has 1 numbers that are NaN"),
        (changed, "this PooledClassifier has other parts than its constructor makes"),
        (wider, "this PooledClassifier has other parts"),
        (dataclasses.replace(good, model=torch.nn.Linear(2, 2)), "Linear is no kind of model"),
        (dataclasses.replace(good, label_names=["a"]), "1 class names"),
        (dataclasses.replace(good, vocabulary=Vocabulary({"a": 1})), "3 words, marks and pairs"),
        (dataclasses.replace(good, pairs=1), "9 words, marks and pairs"),
    ):
        with pytest.raises(SavedClassifierError, match=f"can't be saved: .*{said}"):
            save(classifier, tmp_path / "it")
    assert list(tmp_path.iterdir()) == []


def test_what_reads_back_differently_is_not_kept(tmp_path, monkeypatch):
    real = saved_classifier.load
    monkeypatch.setattr(
        saved_classifier, "load", lambda *a: dataclasses.replace(real(*a), model=small(1).model)
    )
    with pytest.raises(SavedClassifierError, match="reads back differently"):
        save(small(), tmp_path / "it")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_one_without_a_classifier(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere"):
        load(tmp_path / "nowhere")
    with pytest.raises(
        SavedClassifierError, match=r"has no settings.json, so it holds no course news"
    ):
        load(tmp_path)


def test_overwriting_only_when_asked_and_never_something_else(tmp_path):
    one, other = small(1), small(5)
    folder = save(one, tmp_path / "it")
    with pytest.raises(FileExistsError, match=r"was saved before; .*overwrite=True"):
        save(other, folder)
    np.testing.assert_array_equal(load(folder).probabilities(TEXTS), one.probabilities(TEXTS))
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    save(other, folder, overwrite=True)
    np.testing.assert_array_equal(load(folder).probabilities(TEXTS), other.probabilities(TEXTS))
    assert len(list(folder.iterdir())) == 4  # the notes stay, the old files are gone
    save(other, folder, overwrite=True)  # the same content has the same names
    load(folder)
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    save(one, thesis)  # an empty one will do
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "chapter.txt").touch()
    with pytest.raises(FileExistsError, match="holds other things already"):
        save(one, tmp_path / "more", overwrite=True)
    with pytest.raises(FileExistsError, match="is a file"):
        save(one, tmp_path / "more" / "chapter.txt", overwrite=True)


def test_threads_that_save_to_one_place_do_not_mix(tmp_path):
    them = [small(seed) for seed in range(6)]
    threads = [
        threading.Thread(target=save, args=(it, tmp_path / "it"), kwargs={"overwrite": True})
        for it in them
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = load(tmp_path / "it").probabilities(TEXTS)
    assert any((found == it.probabilities(TEXTS)).all() for it in them)
    assert [path.name for path in tmp_path.iterdir()] == ["it"]
    assert len(list((tmp_path / "it").iterdir())) == 3
